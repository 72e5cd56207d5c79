"""Many leavers at once: the roster, what it holds, and what an approval of it comes to."""

from __future__ import annotations

import datetime
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from . import _offboard as core
from ._document import Document, Source, table, write
from ._documents import Approval, Plan
from ._findings import Finding, Waiver
from ._records import JSON, Identity, frozen, moment
from .errors import DocumentError, OffboardError, _make

#: The roster's own file in its folder; its plans lie beside it, each under its digest.
FILE = "roster.json"


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row of the file from which no plan was made."""

    #: Counted from 1, as an editor does.
    line: int
    #: Where one is to blame.
    column: str | None
    #: As the file names him; empty where it names nobody.
    who: str
    why: str
    hint: str

    @classmethod
    def of(cls, row: Mapping[str, JSON]) -> BadRow:
        return cls(row["line"], row.get("column"), row["who"], row["why"], row["hint"])


@dataclass(frozen=True, slots=True)
class Member:
    """One leaver of a roster, and his plan."""

    #: The line of the file, counted from 1.
    line: int
    #: The plan's digest.
    plan: str
    leaver: Identity
    leaves_at: datetime.datetime
    #: How many steps the plan has.
    steps: int
    #: What stops the plan, unless it is accepted.
    stopped_by: tuple[Finding, ...]
    #: Steps that destroy data, device or account for good.
    irreversible: tuple[str, ...]

    @classmethod
    def of(cls, row: Mapping[str, JSON]) -> Member:
        return cls(
            row["line"],
            row["plan"],
            Identity.of(row["leaver"]),
            moment(row["leaves_at"]),
            row["steps"],
            tuple(map(Finding.of, row["stopped_by"])),
            tuple(row["irreversible"]),
        )

    @property
    def is_hopeless(self) -> bool:
        """Nobody can approve this plan as it is."""
        return any(finding.severity == "never" for finding in self.stopped_by)

    def waive(self, finding: Finding, reason: str) -> Waiver:
        """Accepts exactly this finding of exactly this plan."""
        if not any(finding.same(known) for known in self.stopped_by):
            raise ValueError(f"the plan of {self.leaver.user_principal_name} is not stopped by {finding.name}")
        accepted = finding.waive(reason)
        return Waiver(accepted.step, accepted.code, accepted.key, accepted.reason, self.plan)


class Roster(Document):
    """Several plans that are approved and run together. It names each by its digest, and has them beside it.

    Without its plans it can be looked at, and neither approved nor applied.
    """

    __slots__ = ("_plans",)
    what = "roster"

    _plans: tuple[Plan, ...]

    def __init__(self, source: Source, *, plans: Iterable[Plan | bytes] = ()) -> None:
        super().__init__(source)
        given = source._plans if isinstance(source, Roster) else ()
        known = {plan.digest: plan for plan in (*given, *map(Plan, plans))}
        order = [member.plan for member in self.members]
        for digest, plan in known.items():
            if digest not in order:
                raise DocumentError(
                    f"the plan {digest} of {plan.leaver.user_principal_name} is none of this roster",
                    hint="give the plans that were made with it, byte for byte",
                )
        object.__setattr__(self, "_plans", tuple(known[digest] for digest in order if digest in known))

    def _read(self, data: bytes) -> str:
        return core.roster_digest(data)

    @classmethod
    def read(cls, path: str | os.PathLike[str]) -> Self:
        """The roster in this folder, or in this file with its plans beside it, as the command line writes them."""
        named = Path(path)
        file = named / FILE if named.is_dir() else named
        alone, plans = cls(file.read_bytes()), list[bytes]()
        for member in alone.members:
            beside = file.with_name(f"{member.plan}.json")
            try:
                plans.append(beside.read_bytes())
            except FileNotFoundError:
                raise DocumentError(
                    f"the plan of {member.leaver.user_principal_name} is missing: there is no file {beside}",
                    hint="put the file back, or make the roster again by plan_roster",
                ) from None
        return cls(alone, plans=plans)

    def write(self, path: str | os.PathLike[str]) -> None:
        """Writes it and its plans into this folder, new or empty, as the command line does: only its owner can read them.

        :raises DocumentError: a plan of it is not here.
        """
        self._complete()
        folder = Path(path)
        folder.mkdir(mode=0o700, exist_ok=True)
        if any(folder.iterdir()):
            raise FileExistsError(f"the folder {folder} is not empty; a roster is written into one of its own")
        for plan in self._plans:
            write(plan.to_bytes(), folder / f"{plan.digest}.json")
        # The roster last: a folder without it is none.
        write(self._bytes, folder / FILE)

    def _complete(self) -> None:
        """Refuses one whose plans are not all here."""
        here = {plan.digest for plan in self._plans}
        for member in self.members:
            if member.plan not in here:
                raise DocumentError(
                    f"the plan {member.plan} of {member.leaver.user_principal_name} is missing",
                    hint="give the roster its plans, Roster(data, plans=[...]), or read both by Roster.read(folder)",
                )

    @property
    def plans(self) -> tuple[Plan, ...]:
        """The plans that are here, in the order of the members."""
        return self._plans

    @property
    def tenant_id(self) -> str:
        """The organisation."""
        return str(self._parsed["tenant"])

    @property
    def policy(self) -> str:
        """The policy's own name."""
        return str(self._parsed["policy"])

    @property
    def policy_digest(self) -> str:
        """SHA-256 of the policy's bytes."""
        return str(self._parsed["policy_digest"])

    @property
    def source(self) -> str:
        """SHA-256 of the file that it was made from."""
        return str(self._parsed["source"])

    @property
    def made_at(self) -> datetime.datetime:
        """When."""
        return moment(self._parsed["made_at"])

    @property
    def made_by(self) -> str:
        """By whom, as he calls himself."""
        return str(self._parsed["made_by"])

    @property
    def members(self) -> tuple[Member, ...]:
        """Everybody who has a plan, in the order of the file."""
        members: tuple[Member, ...] = self._kept("members", lambda: tuple(map(Member.of, self._data["members"])))
        return members

    @property
    def refused(self) -> tuple[BadRow, ...]:
        """The rows of the file from which no plan was made."""
        return tuple(map(BadRow.of, self._data["refused"]))

    def member(self, who: str) -> Member:
        """The member of this object id or user principal name."""
        member: Member = found(self.members, who)
        return member

    def plan(self, who: str) -> Plan:
        """His plan."""
        digest = self.member(who).plan
        for plan in self._plans:
            if plan.digest == digest:
                return plan
        raise KeyError(f"the plan {digest} of {who!r} is not here")

    def waive(self, finding: Finding, reason: str) -> tuple[Waiver, ...]:
        """Accepts exactly this finding in each plan that is stopped by it."""
        has_it = (member for member in self.members if any(finding.same(known) for known in member.stopped_by))
        accepted = tuple(member.waive(finding, reason) for member in has_it)
        if not accepted:
            raise ValueError(f"no plan of this roster is stopped by {finding.name}")
        return accepted

    def __reduce__(self) -> tuple[Any, ...]:
        return (_roster_again, (self._bytes, [plan.to_bytes() for plan in self._plans]))

    def __repr__(self) -> str:
        stopped = sum(bool(member.stopped_by) for member in self.members)
        return (
            f"<Roster {self.digest[:12]} of {self.policy}: {len(self.members)} leavers planned, {stopped} stopped, "
            f"{len(self.refused)} rows refused>"
        )

    def _repr_html_(self) -> str:
        rows = [("line", "leaver", "steps", "stopped by")]
        rows += [
            (
                str(member.line),
                member.leaver.user_principal_name,
                str(member.steps),
                ", ".join(finding.code for finding in member.stopped_by),
            )
            for member in self.members
        ]
        rows += [(str(row.line), row.who, "refused", row.why) for row in self.refused]
        return table(f"Roster of {self.policy}", rows)


def _roster_again(data: bytes, plans: list[bytes]) -> Roster:
    return Roster(data, plans=plans)


def found(people: Iterable[Any], who: str) -> Any:
    """Who of them has this object id or user principal name."""
    for person in people:
        names = (person.leaver.id, person.leaver.user_principal_name.lower())
        if who.lower() in names:
            return person
    raise KeyError(f"{who!r} is not in this roster")


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A leaver whom the approval does not cover: the others go without him."""

    member: Member
    #: Why. It is not raised.
    error: OffboardError


@dataclass(frozen=True, slots=True)
class ApprovedRoster:
    """What a roster and its approval come to, before anything is sent."""

    #: This application of it. The same two documents are the same one.
    roster: str
    #: Whose each run is.
    runs: Mapping[str, Member]
    left_out: tuple[LeftOut, ...]

    @classmethod
    def of(cls, roster: Roster, text: str) -> ApprovedRoster:
        row = json.loads(text)
        left = [LeftOut(_member(roster, one["plan"]), _make(**one["error"])) for one in row["left_out"]]
        return cls(row["roster"], _runs(roster, row["runs"]), tuple(left))


@dataclass(frozen=True, slots=True)
class KeptRoster:
    """A roster as it was applied, and what somebody accepted of it."""

    #: This application of it.
    id: str
    #: Without its plans, which are kept with the runs: ``plan_of``.
    roster: Roster
    approval: Approval
    #: Whose each run is. It is known before it is begun, and also where none was begun.
    runs: Mapping[str, Member]

    @classmethod
    def of(cls, id: str, parts: list[bytes]) -> KeptRoster:
        document, approval, runs = parts
        roster = Roster(document)
        return cls(id, roster, Approval(approval), _runs(roster, json.loads(runs)))


def _member(roster: Roster, plan: str) -> Member:
    return next(member for member in roster.members if member.plan == plan)


def _runs(roster: Roster, rows: list[Mapping[str, str]]) -> Mapping[str, Member]:
    runs: Mapping[str, Member] = frozen({row["run"]: _member(roster, row["plan"]) for row in rows})
    return runs


@dataclass(frozen=True, slots=True)
class RosterSummary:
    """A roster in a list."""

    roster: str
    opened_at: datetime.datetime
    #: The policy's own name; nothing, as in what follows, where the roster was tampered with.
    policy: str | None
    #: How many have a plan.
    leavers: int | None
    approved_by: str | None

    @classmethod
    def of(cls, row: Mapping[str, JSON]) -> RosterSummary:
        return cls(row["roster"], moment(row["opened_at"]), row["policy"], row["leavers"], row["approved_by"])
