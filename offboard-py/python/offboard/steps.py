"""Steps of yours: they stand in the catalog beside those of offboard and take part in the same durable run.

A step is a class. What it declares about itself has no defaults where a default could do harm: whoever does not know what
sending it twice would cost does not know the operation yet.

What it decides is pure: :meth:`Step.state`, :meth:`Step.effect`, :meth:`Step.reached` and their neighbours look at facts and
change nothing. What it writes is :meth:`Step.apply` and :meth:`Step.undo`, plain or coroutines. "The call returned" is never
taken for a result: the facts are read again.
"""

from __future__ import annotations

import datetime
import inspect
import json
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, TypeAlias

from . import _offboard as core
from ._findings import Finding
from ._records import JSON, Instructions, moment, thawed, time

__all__ = [
    "Context",
    "Facts",
    "Findings",
    "HandOff",
    "Is",
    "Lapsed",
    "Nothing",
    "Observe",
    "Partly",
    "Reader",
    "Seen",
    "Skip",
    "State",
    "Step",
    "Unknown",
]

#: Reads one fact for a leaver, by his object id; plain or a coroutine. Nothing means that there is none.
Reader: TypeAlias = Callable[[str], JSON | Awaitable[JSON]]

#: A facet: the name of a reader of yours, or one of offboard's own with the id of a person (``("user", id)``).
Facet: TypeAlias = str | tuple[str, str]


@dataclass(frozen=True, slots=True)
class Is:
    """The state is known."""

    state: JSON


@dataclass(frozen=True, slots=True)
class Nothing:
    """There is nothing of the kind."""

    why: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """It could not be read. Whatever destructive step depends on it is blocked."""

    why: str
    kind: str = "unavailable"


State: TypeAlias = Is | Nothing | Unknown


@dataclass(frozen=True, slots=True)
class HandOff:
    """A person or another system does it."""

    instructions: Instructions


@dataclass(frozen=True, slots=True)
class Skip:
    """There is nothing to do for this leaver."""

    why: str


@dataclass(frozen=True, slots=True)
class Observe:
    """offboard only watches until the facts show it."""


@dataclass(frozen=True, slots=True)
class Lapsed:
    """Its deadline passed without its being seen; the rest goes on."""

    why: str


@dataclass(frozen=True, slots=True)
class Partly:
    """As far as this way reaches it is so, and that is not all of it: what is left out, in words and with its count."""

    why: str


@dataclass(frozen=True, slots=True)
class Seen:
    """What is seen when a step is read back."""

    before: State
    now: State
    #: When the service accepted the write; nothing before a write.
    applied_at: datetime.datetime | None
    #: When ``now`` was read.
    at: datetime.datetime

    @property
    def state(self) -> JSON:
        """The state now, or nothing where it is not known."""
        return self.now.state if isinstance(self.now, Is) else None


def judged(row: Mapping[str, JSON]) -> State:
    """A state from its JSON."""
    name, value = next(iter(row.items()))
    if name == "is":
        return Is(value)
    return Nothing(value) if name == "nothing" else Unknown(value["message"], value["kind"])


class Facts:
    """What is known of the leaver and of everything around him. A step's ``effect`` changes it."""

    __slots__ = ("data",)

    def __init__(self, data: dict[str, JSON]) -> None:
        #: Everything, as it stands in a plan.
        self.data = data

    @property
    def leaver(self) -> Mapping[str, JSON]:
        """What is known of the leaver, each fact as ``{"known": value}``, ``"absent"`` or ``{"unknown": failure}``."""
        leaver: Mapping[str, JSON] = self.data["leaver"]
        return leaver

    @property
    def leaver_id(self) -> str:
        """The leaver's object id."""
        return str(self.leaver["id"])

    @property
    def user(self) -> Mapping[str, JSON] | None:
        """The leaver's account, where it is known."""
        fact = self.leaver["user"]
        user: Mapping[str, JSON] | None = fact.get("known") if isinstance(fact, dict) else None
        return user

    def state(self, facet: str, nothing: str) -> State:
        """What a reader of yours has read. ``nothing`` says what is missing where there is none."""
        fact = self.data["custom"].get(facet)
        if fact is None:
            return Unknown("this was not read")
        if fact == "absent":
            return Nothing(nothing)
        name, value = next(iter(fact.items()))
        if name == "known":
            return Is(value)
        return Nothing(f"{nothing}: not offered here") if name == "not_offered" else Unknown(value["message"], value["kind"])

    def set(self, facet: str, value: JSON) -> None:
        """What will be so afterwards."""
        self.data["custom"][facet] = {"known": value}

    def remove(self, facet: str) -> None:
        """There will be none afterwards."""
        self.data["custom"][facet] = "absent"


class Findings:
    """Collects what speaks against a step."""

    __slots__ = ("_code", "_found")

    def __init__(self, code: str) -> None:
        self._code = code
        self._found: list[Finding] = []

    def _push(self, severity: Literal["warn", "block", "never"], key: str, message: str, hint: str) -> None:
        self._found.append(Finding(self._code, severity, key, "", message, hint, None))

    def warn(self, key: str, message: str, hint: str) -> None:
        """Said aloud, and no more."""
        self._push("warn", key, message, hint)

    def block(self, key: str, message: str, hint: str) -> None:
        """Stops the step until somebody accepts exactly this."""
        self._push("block", key, message, hint)

    def never(self, key: str, message: str, hint: str) -> None:
        """Stops the step for good."""
        self._push("never", key, message, hint)


class Context:
    """What a step is given when it writes."""

    __slots__ = ("_core",)

    def __init__(self, given: core.Context) -> None:
        self._core = given

    @property
    def call_id(self) -> str:
        """The id of this call, for the other system's log: the same stands in the journal."""
        return self._core.call_id

    @property
    def facts(self) -> Facts:
        """The facts that were captured for this write."""
        return Facts(json.loads(self._core.facts))

    @property
    def cursor(self) -> JSON:
        """How far an earlier try came."""
        cursor = self._core.cursor
        return None if cursor is None else json.loads(cursor)

    @property
    def now(self) -> datetime.datetime:
        """When this write began, by the engine's clock."""
        return moment(self._core.now)

    @property
    def is_stopped(self) -> bool:
        """Nothing more may be sent. Long work looks before each of its calls."""
        return self._core.is_stopped

    def receipt(
        self,
        *,
        request_id: str | None = None,
        date: datetime.datetime | None = None,
        warnings: Iterable[str] = (),
    ) -> None:
        """Keeps what the other system said. ``date`` is its own clock, where it says."""
        self._core.receipt(
            request_id=request_id, date=None if date is None else date.isoformat(), warnings=list(warnings)
        )

    def progress(self, cursor: JSON) -> None:
        """Makes ``cursor`` durable before the next call of long work. For plain functions."""
        self._core.progress(json.dumps(cursor))

    async def progress_async(self, cursor: JSON) -> None:
        """The same for coroutines."""
        import asyncio

        await asyncio.get_running_loop().run_in_executor(None, self._core.progress, json.dumps(cursor))


class Step:
    """A kind of change of yours. Its keyword parameters are those of the plan: ids, never names."""

    #: The name in policies, plans and journals.
    name: ClassVar[str]
    #: Raised when the parameters or the meaning change.
    version: ClassVar[int]
    #: One line for people, in the imperative.
    title: ClassVar[str]
    #: ``lock_out``, ``devices``, ``preserve``, ``mail``, ``files``, ``voice``, ``memberships``, ``licenses`` or ``end``.
    phase: ClassVar[str]
    #: Containment never waits for a reading; an unknown fact blocks what is destructive.
    kind: ClassVar[Literal["containment", "ordinary", "destructive"]]
    #: ``exact``, or a pair of ``partial`` or ``impossible`` and why.
    reversal: ClassVar[Literal["exact"] | tuple[Literal["partial", "impossible"], str]]
    #: Whether sending it twice costs nothing, or is settled by a person.
    repeat: ClassVar[Literal["safe", "settle"]]
    #: How long reading it back may take.
    latency: ClassVar[datetime.timedelta]
    #: How long it is read back before a person is asked; four times the latency, if nothing is said.
    give_up: ClassVar[datetime.timedelta | None] = None
    #: ``graph``, ``exchange``, or ``person``: the doors do not wait for each other.
    door: ClassVar[Literal["graph", "exchange", "share_point", "person"]] = "graph"
    #: Operations that must be over before, and that must wait for it.
    after: ClassVar[Sequence[str]] = ()
    before: ClassVar[Sequence[str]] = ()
    #: Fields of the state that the service stamps by its clock: never drift.
    clock_fields: ClassVar[Sequence[str]] = ()
    #: Readers for the facts that it needs, by name.
    facets: ClassVar[Mapping[str, Reader]] = {}
    #: Parameters that show how it is used; ``$leaver`` stands for the leaver's object id.
    example: ClassVar[Mapping[str, JSON]] = {"user": "$leaver"}
    #: JSON Schemas, for whoever writes policies.
    params_schema: ClassVar[Mapping[str, JSON]] = {"type": "object"}
    state_schema: ClassVar[Mapping[str, JSON]] = {}

    def __init__(self, *, user: str) -> None:
        #: Who is leaving, by object id.
        self.user = user

    def params(self) -> dict[str, JSON]:
        """The parameters, as they stand in a plan: by default the attributes that ``__init__`` takes."""
        names = [name for name in inspect.signature(type(self).__init__).parameters if name != "self"]
        return {name: thawed(getattr(self, name)) for name in names}

    def reads(self) -> Sequence[Facet]:
        """What must be read to judge it; by default what ``facets`` can read."""
        return tuple(self.facets)

    def touches(self) -> Sequence[tuple[str, str]]:
        """What it writes to, each a kind and an id. Writes to one object never overlap."""
        return ((self.name, self.user),)

    def permissions(self, facts: Facts) -> Sequence[str]:
        """Graph permissions that it needs, if any."""
        return ()

    def by_hand(self, facts: Facts, why: str) -> Instructions:
        """How a person would do it."""
        raise NotImplementedError(f"{self.name} does not say how a person would do it")

    def route(self, facts: Facts) -> HandOff | Skip | Observe | None:
        """Who does it for this leaver; nothing means that offboard writes."""
        return None

    def check(self, facts: Facts, findings: Findings) -> None:
        """What only this step knows to speak against it."""

    def undo_check(self, facts: Facts, before: JSON, findings: Findings) -> None:
        """What only this step knows to speak against taking it back."""

    def state(self, facts: Facts) -> State:
        """The part of the facts that it changes, as it is now."""
        raise NotImplementedError(f"{self.name} does not say what it changes")

    def effect(self, facts: Facts) -> None:
        """Changes the facts to what will be so afterwards."""
        raise NotImplementedError(f"{self.name} does not say what will be so afterwards")

    def put_back(self, facts: Facts, before: JSON) -> None:
        """Changes the facts to what will be so after it is taken back."""
        raise NotImplementedError(f"{self.name} does not say what will be so after it is taken back")

    def reached(self, seen: Seen) -> bool | Partly | Lapsed | None:
        """Whether what was wanted is so; nothing where no reading would show it."""
        raise NotImplementedError(f"{self.name} does not say how it is seen")

    def apply(self, context: Context, before: State) -> None | Awaitable[None]:
        """Writes. What it raises without saying more (:class:`offboard.StepFailed`) may have happened, for all that is known."""
        raise NotImplementedError(f"{self.name} does not say how it is done")

    def undo(self, context: Context, before: JSON, now: JSON) -> None | Awaitable[None]:
        """Writes the state before."""
        raise NotImplementedError(f"{self.name} does not say how it is taken back")

    def restored(self, before: JSON, now: JSON) -> bool:
        """Whether the state before is there again."""
        return bool(before == now)

    def lasts(self, now: JSON, applied_at: datetime.datetime | None) -> bool:
        """Whether what is read now is what stays."""
        return True


def _seen(row: Mapping[str, Any]) -> Seen:
    return Seen(judged(row["before"]), judged(row["now"]), time(row["applied_at"]), moment(row["at"]))
