"""What both front ends ask of the core about many leavers: rosters, and approvals that are given once."""

from __future__ import annotations

import datetime
import json
import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TypeAlias, overload

from . import _bridge, _runs
from . import _offboard as core
from ._documents import Approval, Plan
from ._findings import Expected, Waiver
from ._records import JSON, Event, Until
from ._rosters import ApprovedRoster, Roster, RosterSummary
from ._runs import ApprovalSource, LeavesAt, PlanSource, PolicySource
from ._standing import StandingApproval
from .errors import UsageError

#: A file in CSV: its bytes, its text, or its path.
RowsSource: TypeAlias = bytes | str | os.PathLike[str]
#: A roster, or the path of its folder.
RosterSource: TypeAlias = Roster | os.PathLike[str]
StandingSource: TypeAlias = StandingApproval | bytes | str | Mapping[str, JSON] | os.PathLike[str]
#: Sees the run of each event, and the event.
OnRosterEvent: TypeAlias = Callable[[str, Event], object]
#: A length of time: an ISO 8601 duration (``P30D``), or a ``timedelta``.
Lasts: TypeAlias = str | datetime.timedelta

#: The largest number that a document holds here.
_MOST = 2**32 - 1


def _rows(source: RowsSource) -> tuple[bytes, str]:
    """A file, and what errors call it."""
    if isinstance(source, os.PathLike):
        return Path(source).read_bytes(), str(source)
    if isinstance(source, bytes):
        return source, "rows"
    if not isinstance(source, str):
        raise TypeError(f"the rows of a roster are bytes, text or a path, and not {type(source)}")
    if "\n" not in source and "\r" not in source:
        raise UsageError(
            "this text is one line, and a roster has a header and a line for each leaver",
            hint="name a file by pathlib.Path(...)",
        )
    return source.encode(), "rows"


def roster(source: RosterSource) -> Roster:
    """A roster from whatever names it."""
    if isinstance(source, Roster):
        return source
    if isinstance(source, os.PathLike):
        return Roster.read(source)
    raise TypeError(
        f"this is a {type(source).__name__}, and not a Roster or the path of its folder; "
        "of bytes and plans one is made by Roster(bytes, plans=[...])"
    )


def planned(parts: list[bytes]) -> Roster:
    """A roster with its plans, from their bytes."""
    return Roster(parts[0], plans=parts[1:])


def summaries(text: str) -> list[RosterSummary]:
    """Rosters from their JSON."""
    return list(map(RosterSummary.of, json.loads(text)))


class Base(_runs.Base):
    """What needs no waiting."""

    __slots__ = ()

    @overload
    def approve(
        self,
        plan: PlanSource,
        *,
        by: str,
        ticket: str | None = None,
        waivers: Iterable[Waiver] = (),
        irreversible: bool = False,
        standing: None = None,
    ) -> Approval: ...

    @overload
    def approve(self, plan: PlanSource, *, by: None = None, standing: StandingSource) -> Approval: ...

    def approve(
        self,
        plan: PlanSource,
        *,
        by: str | None = None,
        ticket: str | None = None,
        waivers: Iterable[Waiver] = (),
        irreversible: bool = False,
        standing: StandingSource | None = None,
    ) -> Approval:
        """Somebody accepts exactly one plan. Whoever made it may accept it himself only where it only cuts access.

        :param standing: approves it by a standing approval of its policy, which says by whom and what is accepted.
        :raises ApprovalRefused: findings stop the plan that ``waivers`` do not name, it is his own, or it is not covered.
        """
        made, rows = Plan(plan).to_bytes(), json.dumps([waiver.to_dict() for waiver in waivers])
        if standing is not None:
            if by is not None or ticket is not None or rows != "[]" or irreversible:
                raise UsageError(
                    "a standing approval says itself by whom and what is accepted", hint="leave out everything but standing"
                )
            return Approval(core.approve_by_standing(self._core, made, StandingApproval(standing).to_bytes()))
        if by is None:
            raise UsageError("an approval is by somebody, and nobody is named", hint="name him: by=...")
        return Approval._made(self._core.approve(made, by, ticket, rows, irreversible))

    def approve_roster(
        self,
        roster: RosterSource,
        *,
        by: str,
        ticket: str | None = None,
        waivers: Iterable[Waiver] = (),
        irreversible: bool = False,
    ) -> Approval:
        """Somebody accepts exactly one roster, and so each plan in it. :meth:`approved_roster` says who is left out.

        :param waivers: findings that are accepted, each of one plan: ``Member.waive``, or ``Roster.waive`` for all at once.
        :raises ApprovalRefused: he made it, and it does more than cut access; or nobody could be begun with.
        """
        made, plans = self._documents(roster)
        rows = json.dumps([waiver.to_dict() for waiver in waivers])
        return Approval(core.approve_roster(self._core, made.to_bytes(), plans, by, ticket, rows, irreversible))

    def approved_roster(self, roster: RosterSource, approval: ApprovalSource) -> ApprovedRoster:
        """What the two come to before anything is sent: whose each run will be, and who is left out and why."""
        made, plans = self._documents(roster)
        text = core.approved_roster(self._core, made.to_bytes(), plans, Approval(approval).to_bytes())
        return ApprovedRoster.of(made, text)

    def propose_standing(
        self,
        policy: PolicySource,
        *,
        per_day: int,
        by: str,
        lasts: Lasts = "P30D",
        expect: Iterable[Expected] = (),
        ticket: str | None = None,
    ) -> StandingApproval:
        """The first of two people accepts a policy, once for all plans that hold no surprise.

        :param per_day: how many runs may be started under it in 24 hours.
        :param lasts: how long; at most 90 days.
        :param expect: the findings that are expected: ``finding.expect("why")``, or ``Expected("G45", None, "why")`` for every
            case of a rule that stops nothing.
        """
        if not 1 <= per_day <= _MOST:
            bound = "at least one run" if per_day < 1 else f"at most {_MOST} runs"
            raise UsageError(
                f"per_day is {per_day}, and a standing approval allows {bound} a day",
                hint="say how many people may be begun with in 24 hours: per_day=5",
            )
        read = _runs.policy(policy)
        return StandingApproval(
            core.propose_standing(
                self._core,
                policy=read.to_bytes(),
                source=read.source_name,
                by=by,
                per_day=per_day,
                lasts=_bridge.period(lasts) if isinstance(lasts, datetime.timedelta) else lasts,
                expected=[(expected.name, expected.reason) for expected in expect],
                ticket=ticket,
            )
        )

    def second_standing(self, standing: StandingSource, *, by: str) -> StandingApproval:
        """A second person puts his name to it.

        :raises ApprovalRefused: he is the same person, or it cannot be used any more.
        """
        return StandingApproval(core.second_standing(self._core, StandingApproval(standing).to_bytes(), by))

    @staticmethod
    def _documents(source: RosterSource) -> tuple[Roster, list[bytes]]:
        made = roster(source)
        made._complete()
        return made, [plan.to_bytes() for plan in made.plans]

    def _plan_roster(
        self,
        source: PolicySource,
        rows: RowsSource,
        leaves_at: LeavesAt | None,
        made_by: str | None,
        planned: Callable[[int], object] | None,
    ) -> core.Work:
        read = _runs.policy(source)
        data, file = _rows(rows)
        work = core.plan_roster(
            self._core,
            policy=read.to_bytes(),
            source=read.source_name,
            rows=data,
            file=file,
            leaves_at=_runs.leaving(leaves_at),
            made_by=made_by or _runs.operator(),
            planned=planned,
        )
        self._policies[read.digest] = read.to_bytes()
        return work

    def _apply_roster(
        self,
        source: RosterSource,
        approval: ApprovalSource,
        policy: PolicySource | None,
        until: Until,
        on_event: OnRosterEvent | None,
    ) -> core.Work:
        made, plans = self._documents(source)
        return core.apply_roster(
            self._core,
            roster=made.to_bytes(),
            plans=plans,
            approval=Approval(approval).to_bytes(),
            policy=self._policy_of(made.policy_digest, policy, "this roster"),
            until=until,
            on_event=on_event,
        )

    def _resume_roster(
        self, roster: str, only: Iterable[str] | None, until: Until, on_event: OnRosterEvent | None
    ) -> core.Work:
        if isinstance(only, str):
            raise TypeError("only is a collection of runs, and not one name")
        runs = None if only is None else list(only)
        return core.resume_roster(self._core, roster=roster, only=runs, until=until, on_event=on_event)
