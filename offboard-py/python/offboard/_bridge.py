"""From what the core asks, in JSON, to the methods of a step."""

from __future__ import annotations

import datetime
import inspect
import json
from collections.abc import Awaitable, Mapping
from typing import Any

from . import _offboard as core
from ._records import JSON, thawed, time
from .errors import UsageError
from .steps import (
    Context,
    Facts,
    Findings,
    HandOff,
    Is,
    Lapsed,
    Nothing,
    Observe,
    Partly,
    Reader,
    Skip,
    State,
    Step,
    Unknown,
)
from .steps import _seen as seen_of
from .steps import judged

#: The parts of every step that have no default.
_DECLARED = ("name", "version", "title", "phase", "kind", "reversal", "repeat", "latency")
#: Facets of offboard's own that belong to nobody.
_COMMON = ("leaver_domain", "skus", "organization", "global_administrators", "one_drive_retention", "caller")
_EXAMPLE_ID = "00000000-0000-0000-0000-000000000001"


def period(length: datetime.timedelta) -> str:
    """A length of time as the core reads it."""
    if not isinstance(length, datetime.timedelta) or length < datetime.timedelta(0):
        raise UsageError(f"{length!r} is no length of time", hint="write it as a datetime.timedelta")
    seconds = length.days * 86400 + length.seconds
    return f"PT{seconds}.{length.microseconds:06d}S" if length.microseconds else f"PT{seconds}S"


def _state(state: State, of: str) -> str:
    if isinstance(state, Is):
        return json.dumps({"is": thawed(state.state)})
    if isinstance(state, Nothing):
        return json.dumps({"nothing": state.why})
    if isinstance(state, Unknown):
        return json.dumps({"unknown": {"kind": state.kind, "message": state.why, "retry": "later"}})
    raise TypeError(f"state of {of} gives Is, Nothing or Unknown, and not {type(state).__name__}")


class Class:
    """A step's class, as the catalog asks it."""

    __slots__ = ("_step",)

    def __init__(self, step: type[Step]) -> None:
        missing = [name for name in _DECLARED if not hasattr(step, name)]
        if missing:
            raise UsageError(
                f"the step {step.__name__} does not say its {', '.join(missing)}",
                hint="there are no defaults for these: whoever does not know them does not know the step yet",
            )
        self._step = step

    def declared(self) -> str:
        step = self._step
        reversal: JSON = {"exact": {}}
        if step.reversal != "exact":
            how, why = step.reversal
            reversal = {how: {"why": why}}
        return json.dumps(
            {
                "name": step.name,
                "version": step.version,
                "title": step.title,
                "phase": step.phase,
                "door": step.door,
                "class": step.kind,
                "after": list(step.after),
                "before": list(step.before),
                "reversal": reversal,
                "repeat": step.repeat,
                "latency": period(step.latency),
                "give_up": None if step.give_up is None else period(step.give_up),
                "clock_fields": list(step.clock_fields),
                "example": _exemplary(step.example),
                "params_schema": thawed(step.params_schema),
                "state_schema": thawed(step.state_schema),
            }
        )

    def make(self, params: str) -> Made:
        given = json.loads(params)
        if not isinstance(given, dict):
            raise TypeError("parameters are named")
        return Made(self._step(**given))


def _exemplary(value: JSON) -> JSON:
    text = json.dumps(thawed(value))
    return json.loads(text.replace('"$leaver"', json.dumps(_EXAMPLE_ID)))


def _facet(facet: str | tuple[str, str]) -> JSON:
    if isinstance(facet, tuple):
        kind, id = facet
        return {kind: id}
    return facet if facet in _COMMON else {"custom": facet}


class Made:
    """A step with its parameters. Takes and gives JSON."""

    __slots__ = ("_step",)

    def __init__(self, step: Step) -> None:
        self._step = step

    def made(self) -> str:
        step = self._step
        return json.dumps(
            {
                "params": step.params(),
                "reads": [_facet(facet) for facet in step.reads()],
                "touches": [f"{kind}/{id}" for kind, id in step.touches()],
            }
        )

    def permissions(self, facts: str) -> str:
        names = self._step.permissions(Facts(json.loads(facts)))
        return json.dumps([{"graph": {"any_of": [name]}} for name in names])

    def by_hand(self, facts: str, why: str) -> str:
        return json.dumps(self._step.by_hand(Facts(json.loads(facts)), why).to_dict())

    def route(self, facts: str) -> str:
        route = self._step.route(Facts(json.loads(facts)))
        if route is None:
            return json.dumps({"change": {}})
        if isinstance(route, HandOff):
            return json.dumps({"hand_off": route.instructions.to_dict()})
        if isinstance(route, Skip):
            return json.dumps({"skip": route.why})
        if isinstance(route, Observe):
            return json.dumps({"observe": {}})
        raise TypeError(f"route gives HandOff, Skip, Observe or nothing, and not {type(route).__name__}")

    def check(self, facts: str) -> str:
        findings = Findings(self._step.name)
        self._step.check(Facts(json.loads(facts)), findings)
        return json.dumps([finding.to_dict() for finding in findings._found])

    def undo_check(self, facts: str, before: str) -> str:
        findings = Findings(self._step.name)
        self._step.undo_check(Facts(json.loads(facts)), json.loads(before), findings)
        return json.dumps([finding.to_dict() for finding in findings._found])

    def state(self, facts: str) -> str:
        return _state(self._step.state(Facts(json.loads(facts))), self._step.name)

    def effect(self, facts: str) -> str:
        known = Facts(json.loads(facts))
        self._step.effect(known)
        return json.dumps(known.data)

    def put_back(self, facts: str, before: str) -> str:
        known = Facts(json.loads(facts))
        self._step.put_back(known, json.loads(before))
        return json.dumps(known.data)

    def reached(self, seen: str) -> str:
        reached = self._step.reached(seen_of(json.loads(seen)))
        if isinstance(reached, Lapsed):
            return json.dumps({"lapsed": reached.why})
        if isinstance(reached, Partly):
            return json.dumps({"partly": reached.why})
        if reached is None:
            return json.dumps({"unobservable": {}})
        return json.dumps({"yes" if reached else "not_yet": {}})

    def apply(self, context: core.Context, states: list[str]) -> None | Awaitable[None]:
        return self._step.apply(Context(context), judged(json.loads(states[0])))

    def undo(self, context: core.Context, states: list[str]) -> None | Awaitable[None]:
        before, now = map(json.loads, states)
        return self._step.undo(Context(context), before, now)

    def restored(self, before: str, now: str) -> str:
        return json.dumps(bool(self._step.restored(json.loads(before), json.loads(now))))

    def lasts(self, now: str, applied_at: str) -> str:
        return json.dumps(bool(self._step.lasts(json.loads(now), time(json.loads(applied_at)))))


def read_facet(reader: Reader, leaver: str) -> Any:
    """Asks a reader, which may answer later."""
    return reader(leaver)


def facet_value(value: JSON | Mapping[str, JSON]) -> str | None:
    """What a reader has read, as JSON; nothing where there is none."""
    if inspect.isawaitable(value):
        raise TypeError("a reader's answer was awaited, and has to be awaited again")
    return None if value is None else json.dumps(thawed(value))
