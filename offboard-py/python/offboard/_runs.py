"""What both front ends ask of the core, in the words of Python."""

from __future__ import annotations

import datetime
import getpass
import json
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, TypeAlias

from . import _bridge
from . import _offboard as core
from ._credentials import Secret, TokenCredential, TokenFunction
from ._document import Document, to_bytes
from ._documents import Approval, Plan, Policy, Report
from ._findings import Finding
from ._records import JSON, Check, Event, Operation, RunSummary, Until
from .errors import UsageError
from .steps import Reader, Step

PlanSource: TypeAlias = Plan | bytes | str | Mapping[str, JSON] | os.PathLike[str]
ApprovalSource: TypeAlias = Approval | bytes | str | Mapping[str, JSON] | os.PathLike[str]
#: A policy, the name of one that comes with offboard, its bytes, its JSON, or the path of its file.
PolicySource: TypeAlias = Policy | bytes | str | Mapping[str, JSON] | os.PathLike[str]
ProfileSource: TypeAlias = bytes | str | Mapping[str, JSON] | os.PathLike[str]
Cloud: TypeAlias = Literal["worldwide", "us_gov_high", "us_gov_dod", "china"]
OnEvent: TypeAlias = Callable[[Event], object]
LeavesAt: TypeAlias = datetime.datetime | str


def _call(on_event: Callable[..., object], text: str, run: str | None) -> None:
    """Tells a function of the user's of an event; of which run, where there are many."""
    event = Event.of(json.loads(text))
    if run is None:
        on_event(event)
    else:
        on_event(run, event)


def operator() -> str:
    """Whoever uses this program, as the operating system calls him."""
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        raise UsageError("nobody says who is doing this", hint="name him") from None


def policy(source: PolicySource) -> Policy:
    """A policy from whatever names it."""
    if isinstance(source, Policy):
        return source
    if isinstance(source, os.PathLike):
        return Policy.read(source)
    if isinstance(source, str) and "\n" not in source:
        return Policy.shipped(source)
    return Policy(source)


def leaving(leaves_at: LeavesAt | None) -> str | None:
    """A last working moment as the core reads it."""
    if not isinstance(leaves_at, datetime.datetime):
        return leaves_at
    if leaves_at.tzinfo is None:
        raise UsageError("leaves_at has no time zone", hint="17:00 is another moment in every one of them")
    return leaves_at.isoformat()


def _profile(source: ProfileSource | None) -> tuple[bytes, str] | None:
    if source is None:
        return None
    if isinstance(source, os.PathLike):
        return Path(source).read_bytes(), str(source)
    if isinstance(source, Mapping):
        return to_bytes(source), "profile"
    return (source.encode() if isinstance(source, str) else source), "profile"


def open_core(
    tenant: str | core.Tenant,
    *,
    client_id: str | None,
    credential: Secret | TokenCredential | TokenFunction | None,
    journal: str | os.PathLike[str] | None,
    cloud: str,
    origin: str | None,
    profile: ProfileSource | None,
    exchange: str,
    ca_file: str | os.PathLike[str] | None,
    steps: Sequence[type[Step]],
    facets: Mapping[str, Reader],
) -> core.Work:
    """Work that opens the doors."""
    simulated = isinstance(tenant, core.Tenant)
    if not simulated and journal is None:
        raise UsageError(
            "a run is recorded before anything is sent, and no journal is named",
            hint="name the file by journal=...; the command line goes on with it too",
        )
    if not simulated and credential is None:
        raise UsageError(
            "nobody signs in", hint="name credential=..., a Secret or an object with get_token (azure-identity)"
        )
    if isinstance(credential, str):
        raise UsageError("a credential is no text", hint="write Secret(...) around a client secret")
    if credential is not None and not isinstance(credential, Secret):
        if not callable(getattr(credential, "get_token", credential)):
            raise UsageError("this credential cannot be asked for a token", hint="it needs get_token, or to be a function")
    readers: dict[str, Reader] = {}
    for step in steps:
        readers |= step.facets
    readers |= facets
    secret = credential._value if isinstance(credential, Secret) else None
    return core.connect(
        tenant=None if isinstance(tenant, core.Tenant) else tenant,
        client_id=client_id,
        secret=secret,
        credential=None if isinstance(credential, Secret) else credential,
        cloud=cloud,
        origin=origin,
        journal=None if journal is None else os.fspath(journal),
        profile=_profile(profile),
        exchange=exchange,
        extra_roots=None if ca_file is None else Path(ca_file).read_bytes(),
        sim=tenant if isinstance(tenant, core.Tenant) else None,
        steps=[_bridge.Class(step) for step in steps],
        facets=list(readers.items()),
    )


class Base:
    """What needs no waiting."""

    __slots__ = ("_core", "_policies")

    def __init__(self, opened: core.Core) -> None:
        self._core = opened
        # The texts of the policies that plans were made from, to be kept with their runs.
        self._policies: dict[str, bytes] = {}

    @property
    def tenant_id(self) -> str:
        """The organisation's id."""
        return self._core.tenant_id

    @property
    def now(self) -> datetime.datetime:
        """The time, by the clock of this engine."""
        return datetime.datetime.fromisoformat(self._core.now())

    @property
    def operations(self) -> tuple[Operation, ...]:
        """What this engine can do, steps of yours included."""
        return tuple(map(Operation.of, json.loads(self._core.operations())))

    def run_id(self, plan: PlanSource, approval: ApprovalSource) -> str:
        """The run of exactly this plan with exactly this approval, before it begins."""
        return self._core.run_id(Plan(plan).to_bytes(), Approval(approval).to_bytes())

    def check_policy(self, source: PolicySource) -> Policy:
        """Reads a policy against the operations of this engine.

        :raises PolicyError: the first thing that is wrong, with its line.
        """
        read = policy(source)
        self._core.policy_name(read.to_bytes(), read.source_name)
        return read

    def __repr__(self) -> str:
        return f"<{type(self).__module__}.{type(self).__name__} on {self.tenant_id}>"

    def _plan(
        self,
        source: PolicySource,
        leaver: str | None,
        employee_id: str | None,
        successor: str | None,
        leaves_at: LeavesAt | None,
        made_by: str | None,
    ) -> core.Work:
        read = policy(source)
        work = self._core.plan(
            policy=read.to_bytes(),
            source=read.source_name,
            leaver=leaver,
            employee_id=employee_id,
            successor=successor,
            leaves_at=leaving(leaves_at),
            made_by=made_by or operator(),
        )
        self._policies[read.digest] = read.to_bytes()
        return work

    def _apply(
        self,
        plan: PlanSource,
        approval: ApprovalSource,
        source: PolicySource | None,
        supersede: bool,
        until: Until,
        on_event: OnEvent | None,
    ) -> core.Work:
        made = Plan(plan)
        return self._core.apply(
            plan=made.to_bytes(),
            approval=Approval(approval).to_bytes(),
            policy=self._policy_of(made.policy_digest, source, "this plan"),
            supersede=supersede,
            until=until,
            on_event=on_event,
        )

    def _restore(
        self,
        who: str | None,
        employee_id: str | None,
        user_principal_name: str | None,
        without_taken_addresses: bool,
        made_by: str | None,
    ) -> core.Work:
        return self._core.restore(
            who=who,
            employee_id=employee_id,
            user_principal_name=user_principal_name,
            without_taken_addresses=without_taken_addresses,
            made_by=made_by or operator(),
        )

    def _policy_of(self, digest: str, source: PolicySource | None, what: str) -> bytes:
        """The text of the policy that something was made from, to be kept with its runs."""
        if source is not None:
            named = policy(source)
            if named.digest != digest:
                raise UsageError(
                    f"{named.source_name} is not the policy that {what} was made from",
                    hint="name the text as it was then, or make a new plan",
                )
            return named.to_bytes()
        if digest in self._policies:
            return self._policies[digest]
        for name in core.shipped_policies():
            data = core.policy_bytes(name)
            if core.digest(data) == digest:
                return data
        return b""


def checked(plan: Plan, text: str) -> Check:
    """What a check says, beside what the plan said."""
    now = tuple(map(Finding.of, json.loads(text)))
    new = tuple(finding for finding in now if not any(finding.same(known) for known in plan.findings))
    gone = tuple(known for known in plan.findings if not any(known.same(finding) for finding in now))
    return Check(now, new, gone)


def summaries(text: str, only_open: bool) -> list[RunSummary]:
    """Runs from their JSON."""
    runs = map(RunSummary.of, json.loads(text))
    return [run for run in runs if run.is_open or not only_open]


def entries(text: str) -> list[Event]:
    """Events from the JSON of a journal's entries."""
    return list(map(Event.of_entry, json.loads(text)))


def report(data: Any) -> Report:
    """A report from its bytes."""
    return Report(data)


__all__ = ["ApprovalSource", "Base", "Document", "PlanSource", "PolicySource", "checked", "entries", "open_core"]
