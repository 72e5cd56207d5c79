"""offboard for asyncio: the same engine, awaited.

Cancelling a task that carries a run stops the run once what is in flight is recorded; ``resume`` brings it to the same end.
However many runs there are, no thread is made for each.
"""

from __future__ import annotations

import json
import os
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence

from . import _many, _runs
from . import _offboard as core
from ._credentials import Secret, TokenCredential, TokenFunction
from ._documents import Plan, Policy, Report
from ._loop import finish
from ._many import OnRosterEvent, RosterSource, RowsSource
from ._records import JSON, Check, Event, RunSummary, Until
from ._roster_report import RosterReport
from ._rosters import KeptRoster, Roster, RosterSummary
from ._runs import ApprovalSource, Cloud, LeavesAt, OnEvent, PlanSource, PolicySource, ProfileSource
from .steps import Reader, Step

__all__ = ["Engine", "connect"]


class Engine(_many.Base):
    """Plans and carries out, on one tenant. Made by :func:`connect`. Each method is its namesake of ``offboard.Engine``."""

    __slots__ = ()

    async def plan(
        self,
        policy: PolicySource,
        leaver: str | None = None,
        *,
        employee_id: str | None = None,
        successor: str | None = None,
        leaves_at: LeavesAt | None = None,
        made_by: str | None = None,
    ) -> Plan:
        """Makes a plan. Nothing is changed."""
        return Plan._made(await finish(self._plan(policy, leaver, employee_id, successor, leaves_at, made_by)))

    async def check(self, plan: PlanSource) -> Check:
        """Judges a plan against fresh readings. Nothing is changed."""
        made = Plan(plan)
        return _runs.checked(made, await finish(self._core.check(made.to_bytes())))

    async def apply(
        self,
        plan: PlanSource,
        approval: ApprovalSource,
        *,
        policy: PolicySource | None = None,
        supersede: bool = False,
        until: Until = "sent",
        on_event: OnEvent | None = None,
    ) -> Report:
        """Carries an approved plan out. ``on_event`` is called on another thread; :meth:`events` is made for loops."""
        return Report(await finish(self._apply(plan, approval, policy, supersede, until, on_event)))

    async def contain(
        self,
        leaver: str | None = None,
        *,
        employee_id: str | None = None,
        by: str | None = None,
        ticket: str | None = None,
        until: Until = "sent",
    ) -> Report:
        """Cuts somebody's access now: plan, approval and run in one."""
        by = by or _runs.operator()
        work = self._core.contain(leaver=leaver, employee_id=employee_id, by=by, ticket=ticket, until=until)
        return Report(await finish(work))

    async def resume(self, run: str, *, until: Until = "sent", on_event: OnEvent | None = None) -> Report:
        """Goes on with a run; it is only contained as long as :meth:`held_back_by` names a roster."""
        return Report(await finish(self._core.resume(run=run, until=until, on_event=on_event)))

    async def held_back_by(self, run: str) -> str | None:
        """The roster that holds a run back now: others of it can still sign in, so that ``resume`` only contains this one."""
        return await finish(self._core.held_back_by(run)) or None

    async def due(self) -> list[str]:
        """The runs whose time has come."""
        runs: list[str] = json.loads(await finish(self._core.due()))
        return runs

    async def runs(self, *, only_open: bool = False) -> list[RunSummary]:
        """The runs of this tenant, newest first."""
        return _runs.summaries(await finish(self._core.runs()), only_open)

    async def report(self, run: str) -> Report:
        """What has become of a run, by its journal alone."""
        return Report(await finish(self._core.report(run)))

    async def plan_of(self, run: str) -> Plan:
        """The plan that a run carries out."""
        return Plan(await finish(self._core.plan_of(run)))

    async def acknowledge(self, run: str, step: str, *, by: str | None = None) -> Report:
        """Somebody has done what a step asked for."""
        return Report(await finish(self._core.say(run, step, None, by or _runs.operator())))

    async def settle(self, run: str, step: str, *, happened: bool, by: str | None = None) -> Report:
        """Somebody decides what could not be read."""
        return Report(await finish(self._core.say(run, step, happened, by or _runs.operator())))

    async def cancel(self, run: str, *, by: str | None = None) -> Report:
        """Ends whatever of a run has not been sent."""
        return Report(await finish(self._core.cancel(run, by or _runs.operator())))

    async def undo(self, run: str, *, made_by: str | None = None) -> Plan:
        """The plan that takes a run back."""
        return Plan._made(await finish(self._core.undo(run, made_by or _runs.operator())))

    async def restore(
        self,
        who: str | None = None,
        *,
        employee_id: str | None = None,
        user_principal_name: str | None = None,
        without_taken_addresses: bool = False,
        made_by: str | None = None,
    ) -> Plan:
        """The plan that restores a deleted account, whoever deleted it."""
        return Plan(
            await finish(
                self._restore(who, employee_id, user_principal_name, without_taken_addresses, made_by)
            )
        )

    async def deleted_users(self) -> list[Mapping[str, JSON]]:
        """Everybody who lies among the deleted users, the latest first."""
        return list(json.loads(await finish(self._core.deleted_users())))

    async def plan_roster(
        self,
        policy: PolicySource,
        rows: RowsSource,
        *,
        leaves_at: LeavesAt | None = None,
        made_by: str | None = None,
        planned: Callable[[int], object] | None = None,
    ) -> Roster:
        """Makes a plan for everybody whom a file names, each in the knowledge that all of them leave."""
        return _many.planned(await finish(self._plan_roster(policy, rows, leaves_at, made_by, planned)))

    async def apply_roster(
        self,
        roster: RosterSource,
        approval: ApprovalSource,
        *,
        policy: PolicySource | None = None,
        until: Until = "sent",
        on_event: OnRosterEvent | None = None,
    ) -> RosterReport:
        """Carries everybody in an approved roster: everybody's access is cut before anything else is sent."""
        return RosterReport._carried(await finish(self._apply_roster(roster, approval, policy, until, on_event)))

    async def resume_roster(
        self,
        roster: str,
        *,
        only: Iterable[str] | None = None,
        until: Until = "sent",
        on_event: OnRosterEvent | None = None,
    ) -> RosterReport:
        """Goes on with a roster, or with some of its runs; others of it are contained first."""
        return RosterReport._carried(await finish(self._resume_roster(roster, only, until, on_event)))

    async def cancel_roster(self, roster: str, *, by: str | None = None) -> RosterReport:
        """Ends whatever of a roster has not been sent, of everybody."""
        return RosterReport(await finish(core.cancel_roster(self._core, roster, by or _runs.operator())))

    async def roster_report(self, roster: str) -> RosterReport:
        """What has become of everybody in a roster, by the journal alone."""
        return RosterReport(await finish(core.roster_report(self._core, roster)))

    async def kept_roster(self, roster: str) -> KeptRoster:
        """A roster as it was applied."""
        return KeptRoster.of(roster, await finish(core.kept_roster(self._core, roster)))

    async def rosters(self) -> list[RosterSummary]:
        """The rosters of this tenant, newest first."""
        return _many.summaries(await finish(core.rosters(self._core)))

    async def policy_of(self, run: str) -> Policy | None:
        """The policy that was kept with a run."""
        data: bytes = await finish(self._core.policy_of(run))
        return Policy(data, source_name=f"run {run}") if data else None

    async def events(self, run: str, *, after: int = 0, follow: bool = False) -> AsyncIterator[Event]:
        """What happened to a run, by the numbers of its journal; with ``follow`` as long as somebody carries it."""
        while batch := _runs.entries(await finish(self._core.events(run, after, follow))):
            for event in batch:
                after = event.seq or after
                yield event


async def connect(
    tenant: str | core.Tenant,
    *,
    client_id: str | None = None,
    credential: Secret | TokenCredential | TokenFunction | None = None,
    journal: str | os.PathLike[str] | None = None,
    cloud: Cloud = "worldwide",
    origin: str | None = None,
    profile: ProfileSource | None = None,
    exchange: str = "invoke_command",
    ca_file: str | os.PathLike[str] | None = None,
    steps: Sequence[type[Step]] = (),
    facets: Mapping[str, Reader] | None = None,
) -> Engine:
    """Opens the doors of a tenant, as :func:`offboard.connect` does. Nothing is sent yet."""
    work = _runs.open_core(
        tenant,
        client_id=client_id,
        credential=credential,
        journal=journal,
        cloud=cloud,
        origin=origin,
        profile=profile,
        exchange=exchange,
        ca_file=ca_file,
        steps=steps,
        facets=facets or {},
    )
    return Engine(await finish(work))
