"""What documents are made of: small frozen records, each from its part of the JSON."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal, TypeAlias

from ._findings import Finding

JSON: TypeAlias = Any

Outcome: TypeAlias = Literal[
    "done",
    "vouched",
    "already",
    "partial",
    "sent",
    "waiting",
    "handed_off",
    "skipped",
    "blocked",
    "failed",
    "unknown",
    "lapsed",
    "cancelled",
    "not_started",
]
Until: TypeAlias = Literal["contained", "sent", "done"]


def frozen(value: JSON) -> JSON:
    """The same value, which nobody can change."""
    if isinstance(value, dict):
        return MappingProxyType({key: frozen(item) for key, item in value.items()})
    if isinstance(value, list):
        return tuple(frozen(item) for item in value)
    return value


def thawed(value: JSON) -> JSON:
    """A copy of a frozen value that belongs to whoever asked for it."""
    if isinstance(value, Mapping):
        return {key: thawed(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [thawed(item) for item in value]
    return value


def time(text: str | None) -> datetime.datetime | None:
    """A time as the core writes it, with its offset."""
    return None if text is None else datetime.datetime.fromisoformat(text)


def moment(text: str) -> datetime.datetime:
    """The same, where there is always one."""
    return datetime.datetime.fromisoformat(text)


@dataclass(frozen=True, slots=True)
class Instructions:
    """What a person is asked to do, ready to be done."""

    #: Where: ``Active Directory``, ``Exchange admin center``, ...
    system: str
    #: Who can.
    role: str
    #: Why offboard does not do it.
    why: str
    #: What to do, line by line.
    commands: tuple[str, ...]
    #: The fact that would show it, in words.
    shown_by: str
    deadline: datetime.datetime | None = None

    @classmethod
    def of(cls, row: Mapping[str, JSON]) -> Instructions:
        return cls(
            row["system"], row["role"], row["why"], tuple(row["commands"]), row["shown_by"], time(row.get("deadline"))
        )

    def to_dict(self) -> dict[str, JSON]:
        row: dict[str, JSON] = {
            "system": self.system,
            "role": self.role,
            "why": self.why,
            "commands": list(self.commands),
            "shown_by": self.shown_by,
        }
        return row if self.deadline is None else row | {"deadline": self.deadline.isoformat()}


@dataclass(frozen=True, slots=True)
class Failure:
    """What went wrong, as it is kept."""

    kind: str
    message: str
    code: str | None = None
    hint: str | None = None
    request_id: str | None = None

    @classmethod
    def of(cls, row: Mapping[str, JSON]) -> Failure:
        return cls(row["kind"], row["message"], row.get("code"), row.get("hint"), row.get("request_id"))


@dataclass(frozen=True, slots=True)
class Identity:
    """Whom a document is about. Writes address the id; the rest is for people."""

    id: str
    user_principal_name: str
    display_name: str
    employee_id: str | None
    created: datetime.datetime | None

    @classmethod
    def of(cls, row: Mapping[str, JSON]) -> Identity:
        return cls(
            row["id"],
            row["user_principal_name"],
            row["display_name"],
            row.get("employee_id"),
            time(row.get("created_date_time")),
        )


@dataclass(frozen=True, slots=True)
class Step:
    """One operation on one object, as a plan has it."""

    id: str
    operation: str
    version: int
    title: str
    params: Mapping[str, JSON]
    direction: Literal["forward", "undo"]
    phase: str
    door: Literal["graph", "exchange", "share_point", "person"]
    kind: Literal["containment", "ordinary", "destructive"]
    #: What must be true of earlier steps.
    needs: Mapping[str, Literal["sent", "verified"]]
    not_before: datetime.datetime | None
    action: Literal["no_op", "change", "observe", "hand_off", "skip"]
    #: Why it is skipped.
    why: str | None
    #: What a person is asked to do.
    instructions: Instructions | None
    before: JSON
    goal: JSON
    reversal: Literal["exact", "partial", "impossible"]
    repeat: Literal["safe", "settle", "resume"]

    @classmethod
    def of(cls, row: Mapping[str, JSON]) -> Step:
        action, detail = next(iter(row["action"].items()))
        return cls(
            row["id"],
            row["operation"],
            row["version"],
            row["title"],
            frozen(row["params"]),
            row["direction"],
            row["phase"],
            row["door"],
            row["class"],
            frozen(row["needs"]),
            time(row["not_before"]),
            action,
            detail.get("why"),
            Instructions.of(detail["instructions"]) if action == "hand_off" else None,
            frozen(row["before"]),
            frozen(row["goal"]),
            next(iter(row["reversal"])),
            row["repeat"],
        )


@dataclass(frozen=True, slots=True)
class StepReport:
    """What has become of a step. ``done`` means read back and seen."""

    id: str
    title: str
    operation: str
    params: Mapping[str, JSON]
    kind: Literal["containment", "ordinary", "destructive"]
    outcome: Outcome
    #: In one line: why, or what is there.
    detail: str
    vouched_by: str | None
    not_before: datetime.datetime | None
    before: JSON
    after: JSON
    seen_at: datetime.datetime | None
    attempts: int
    failure: Failure | None
    findings: tuple[Finding, ...]
    drift: tuple[str, ...]
    instructions: Instructions | None

    @classmethod
    def of(cls, row: Mapping[str, JSON]) -> StepReport:
        failure, asked = row["failure"], row["instructions"]
        return cls(
            row["id"],
            row["title"],
            row["operation"],
            frozen(row["params"]),
            row["class"],
            row["outcome"],
            row["detail"],
            row["vouched_by"],
            time(row["not_before"]),
            frozen(row["before"]),
            frozen(row["after"]),
            time(row["seen_at"]),
            row["attempts"],
            None if failure is None else Failure.of(failure),
            tuple(Finding.of(finding) for finding in row["findings"]),
            tuple(row["drift"]),
            None if asked is None else Instructions.of(asked),
        )


@dataclass(frozen=True, slots=True)
class RunSummary:
    """A run in a list."""

    run: str
    tenant: str
    leaver: str
    leaver_name: str
    opened_at: datetime.datetime
    is_open: bool
    entries: int
    #: When it next wants to be looked at.
    wake_at: datetime.datetime | None

    @classmethod
    def of(cls, row: Mapping[str, JSON]) -> RunSummary:
        return cls(
            row["run"],
            row["tenant"],
            row["leaver"],
            row["leaver_name"],
            moment(row["opened_at"]),
            row["status"] == "open",
            row["entries"],
            time(row["wake_at"]),
        )


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened."""

    #: ``captured``, ``applied``, ``verified``, ...
    name: str
    #: To which step; nothing where it is the whole run.
    step: str | None
    at: datetime.datetime
    #: What else is known of it.
    data: Mapping[str, JSON]
    #: Its number in the journal, counted from 1; nothing for what a running engine tells.
    seq: int | None = None
    #: The hash of the entry, which the next one carries.
    hash: str | None = None

    @classmethod
    def of(cls, row: Mapping[str, JSON], seq: int | None = None, hash: str | None = None) -> Event:
        kind = dict(row["kind"])
        name = kind.pop("event")
        return cls(name, row["step"], moment(row["at"]), frozen(kind), seq, hash)

    @classmethod
    def of_entry(cls, row: Mapping[str, JSON]) -> Event:
        return cls.of(row["event"], row["seq"], row["hash"])


@dataclass(frozen=True, slots=True)
class Check:
    """A plan against fresh readings."""

    #: What speaks against it now.
    findings: tuple[Finding, ...]
    #: What is new since it was made.
    new: tuple[Finding, ...]
    #: What is no longer so.
    gone: tuple[Finding, ...]

    @property
    def standing(self) -> tuple[Finding, ...]:
        """What stops it now, unless it is accepted."""
        return tuple(finding for finding in self.findings if finding.stops)


@dataclass(frozen=True, slots=True)
class Operation:
    """A kind of change that an engine knows."""

    name: str
    version: int
    title: str
    phase: str
    kind: Literal["containment", "ordinary", "destructive"]
    door: Literal["graph", "exchange", "share_point", "person"]
    reversal: Literal["exact", "partial", "impossible"]
    repeat: Literal["safe", "settle", "resume"]
    example: JSON

    @classmethod
    def of(cls, row: Mapping[str, JSON]) -> Operation:
        return cls(
            row["name"],
            row["version"],
            row["title"],
            row["phase"],
            row["class"],
            row["door"],
            next(iter(row["reversal"])),
            row["repeat"],
            frozen(row["example"]),
        )
