"""The engine for programs without asyncio. Every call waits, with the interpreter released."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from . import _many, _runs
from . import _offboard as core
from ._credentials import Secret, TokenCredential, TokenFunction
from ._documents import Plan, Policy, Report
from ._many import OnRosterEvent, RosterSource, RowsSource
from ._records import JSON, Check, Event, RunSummary, Until
from ._roster_report import RosterReport
from ._rosters import KeptRoster, Roster, RosterSummary
from ._runs import ApprovalSource, Cloud, LeavesAt, OnEvent, PlanSource, PolicySource, ProfileSource
from .steps import Reader, Step


class Engine(_many.Base):
    """Plans and carries out, on one tenant. Made by :func:`connect`.

    Ctrl-C stops a run once what is in flight is recorded, and is then raised; a second one leaves at once. ``resume``, here
    or by the command line, brings a stopped run to the same end.
    """

    __slots__ = ()

    def plan(
        self,
        policy: PolicySource,
        leaver: str | None = None,
        *,
        employee_id: str | None = None,
        successor: str | None = None,
        leaves_at: LeavesAt | None = None,
        made_by: str | None = None,
    ) -> Plan:
        """Makes a plan. Nothing is changed.

        :param policy: a policy, the name of one that comes with offboard, or the path of a file.
        :param leaver: an object id, a user principal name, or a name that only one person has.
        :param successor: who takes over, where the policy speaks of one.
        :param leaves_at: the last working moment, with its time zone; now, if nothing is said.
        :param made_by: whoever makes it; the operating system's user, if nothing is said.
        """
        return Plan._made(self._plan(policy, leaver, employee_id, successor, leaves_at, made_by).wait())

    def check(self, plan: PlanSource) -> Check:
        """Judges a plan against fresh readings. Nothing is changed."""
        made = Plan(plan)
        return _runs.checked(made, self._core.check(made.to_bytes()).wait())

    def apply(
        self,
        plan: PlanSource,
        approval: ApprovalSource,
        *,
        policy: PolicySource | None = None,
        supersede: bool = False,
        until: Until = "sent",
        on_event: OnEvent | None = None,
    ) -> Report:
        """Carries an approved plan out. Applying the same two documents again goes on with the same run.

        :param policy: the policy's text, kept with the run; known for plans of this engine and shipped policies.
        :param supersede: ends the open runs of this person.
        :param until: ``contained``, ``sent`` (looked at for a minute) or ``done`` (but for dates and people).
        :param on_event: sees each event after it is durable, on another thread, between two writes. It must be quick; what it
            raises stops the run and is raised here.
        """
        return Report(self._apply(plan, approval, policy, supersede, until, on_event).wait())

    def contain(
        self,
        leaver: str | None = None,
        *,
        employee_id: str | None = None,
        by: str | None = None,
        ticket: str | None = None,
        until: Until = "sent",
    ) -> Report:
        """Cuts somebody's access now: plan, approval and run in one. It takes the place of his open runs."""
        by = by or _runs.operator()
        work = self._core.contain(leaver=leaver, employee_id=employee_id, by=by, ticket=ticket, until=until)
        return Report(work.wait())

    def resume(self, run: str, *, until: Until = "sent", on_event: OnEvent | None = None) -> Report:
        """Goes on with a run. What stands still is looked at once more.

        As long as others of its roster can still sign in (:meth:`held_back_by`), it is only contained, whatever ``until`` says.
        """
        return Report(self._core.resume(run=run, until=until, on_event=on_event).wait())

    def held_back_by(self, run: str) -> str | None:
        """The roster that holds a run back now: cutting access was not even tried of others of it, so that ``resume`` sends
        nothing else of this one. :meth:`resume_roster` cuts everybody off; then each may go on alone.
        """
        return self._core.held_back_by(run).wait() or None

    def due(self) -> list[str]:
        """The runs whose time has come: a date, or a reading."""
        runs: list[str] = json.loads(self._core.due().wait())
        return runs

    def runs(self, *, only_open: bool = False) -> list[RunSummary]:
        """The runs of this tenant, newest first."""
        return _runs.summaries(self._core.runs().wait(), only_open)

    def report(self, run: str) -> Report:
        """What has become of a run, by its journal alone."""
        return Report(self._core.report(run).wait())

    def plan_of(self, run: str) -> Plan:
        """The plan that a run carries out."""
        return Plan(self._core.plan_of(run).wait())

    def acknowledge(self, run: str, step: str, *, by: str | None = None) -> Report:
        """Somebody has done what a step asked for. The report says that it was vouched for, and not seen."""
        return Report(self._core.say(run, step, None, by or _runs.operator()).wait())

    def settle(self, run: str, step: str, *, happened: bool, by: str | None = None) -> Report:
        """Somebody decides what could not be read."""
        return Report(self._core.say(run, step, happened, by or _runs.operator()).wait())

    def cancel(self, run: str, *, by: str | None = None) -> Report:
        """Ends whatever of a run has not been sent. What was sent stays, and is read back by ``resume``."""
        return Report(self._core.cancel(run, by or _runs.operator()).wait())

    def undo(self, run: str, *, made_by: str | None = None) -> Plan:
        """The plan that takes a run back, to be approved and applied like any other."""
        return Plan._made(self._core.undo(run, made_by or _runs.operator()).wait())

    def restore(
        self,
        who: str | None = None,
        *,
        employee_id: str | None = None,
        user_principal_name: str | None = None,
        without_taken_addresses: bool = False,
        made_by: str | None = None,
    ) -> Plan:
        """The plan that restores a deleted account, whoever deleted it, to be approved and applied like any other.

        :param who: an object id, a user principal name, or a name that only one of the deleted has.
        :param user_principal_name: the name it comes back under, where another has the old one now.
        :param without_taken_addresses: without the addresses that others have now; the plan says which.
        """
        return Plan._made(
            self._restore(who, employee_id, user_principal_name, without_taken_addresses, made_by).wait()
        )

    def deleted_users(self) -> list[Mapping[str, JSON]]:
        """Everybody who lies among the deleted users, the latest first, as the plan would show him."""
        return list(json.loads(self._core.deleted_users().wait()))

    def plan_roster(
        self,
        policy: PolicySource,
        rows: RowsSource,
        *,
        leaves_at: LeavesAt | None = None,
        made_by: str | None = None,
        planned: Callable[[int], object] | None = None,
    ) -> Roster:
        """Makes a plan for everybody whom a file names, each in the knowledge that all of them leave. Nothing is changed.

        What is wrong with a row refuses that row (``Roster.refused``); what is wrong with the file is raised.

        :param rows: CSV with a header, as bytes, text or a path: ``id``, ``upn``, ``employee_id``, ``leaves``, ``successor``.
        :param leaves_at: the last working moment of whose row says none; now, if nothing is said.
        :param planned: is told how many plans there are so far, on another thread; what it raises ends the planning.
        """
        return _many.planned(self._plan_roster(policy, rows, leaves_at, made_by, planned).wait())

    def apply_roster(
        self,
        roster: RosterSource,
        approval: ApprovalSource,
        *,
        policy: PolicySource | None = None,
        until: Until = "sent",
        on_event: OnRosterEvent | None = None,
    ) -> RosterReport:
        """Carries everybody in an approved roster: everybody's access is cut before anything else is sent.

        Whoever cannot be begun with is refused alone. Applying the same two documents again goes on with the same runs.

        :param on_event: sees the run and the event, each after it is durable, on another thread, between two writes. What it
            raises stops everybody once what is in flight is recorded, and is raised here.
        """
        return RosterReport._carried(self._apply_roster(roster, approval, policy, until, on_event).wait())

    def resume_roster(
        self,
        roster: str,
        *,
        only: Iterable[str] | None = None,
        until: Until = "sent",
        on_event: OnRosterEvent | None = None,
    ) -> RosterReport:
        """Goes on with a roster; with ``only``, with those of its runs that are among these, such as :meth:`due`.

        As long as cutting access was not even tried of somebody else in the roster, it is tried of everybody, and nothing else
        is sent, whatever ``only`` and ``until`` say.
        """
        return RosterReport._carried(self._resume_roster(roster, only, until, on_event).wait())

    def cancel_roster(self, roster: str, *, by: str | None = None) -> RosterReport:
        """Ends whatever of a roster has not been sent, of everybody."""
        return RosterReport(core.cancel_roster(self._core, roster, by or _runs.operator()).wait())

    def roster_report(self, roster: str) -> RosterReport:
        """What has become of everybody in a roster, by the journal alone."""
        return RosterReport(core.roster_report(self._core, roster).wait())

    def kept_roster(self, roster: str) -> KeptRoster:
        """A roster as it was applied."""
        return KeptRoster.of(roster, core.kept_roster(self._core, roster).wait())

    def rosters(self) -> list[RosterSummary]:
        """The rosters of this tenant, newest first."""
        return _many.summaries(core.rosters(self._core).wait())

    def policy_of(self, run: str) -> Policy | None:
        """The policy that was kept with a run."""
        data: bytes = self._core.policy_of(run).wait()
        return Policy(data, source_name=f"run {run}") if data else None

    def events(self, run: str, *, after: int = 0, follow: bool = False) -> Iterator[Event]:
        """What happened to a run, by the numbers of its journal.

        With ``follow`` it goes on while somebody carries the run: until it rests where this engine carries it, until it is
        closed where another process does. Whoever reads slowly misses nothing and holds up nobody.
        """
        while batch := _runs.entries(self._core.events(run, after, follow).wait()):
            for event in batch:
                after = event.seq or after
                yield event


def connect(
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
    """Opens the doors of a tenant. Nothing is sent yet.

    :param tenant: the tenant's id, or a simulated tenant.
    :param client_id: the application that offboard signs in as.
    :param credential: a :class:`Secret`, a credential of ``azure-identity`` (plain or async), or a function from a scope to a
        token.
    :param journal: the file in which runs are recorded before anything is sent; only a simulated tenant does without.
    :param origin: a simulated tenant on this machine, as ``offboard sim serve`` prints it.
    :param profile: the tenant profile: services that are not used, protected people, caps.
    :param exchange: ``invoke_command``, or ``hand_off`` where every mail step is for a person.
    :param ca_file: certificates (PEM) to trust beside the system's own.
    :param steps: steps of yours, to stand in the catalog beside those of offboard.
    :param facets: readers for the facts that they need, by name.
    """
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
    return Engine(work.wait())
