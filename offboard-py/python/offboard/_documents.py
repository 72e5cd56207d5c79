"""Documents: the same bytes and digests as those of the command line."""

from __future__ import annotations

import datetime
import json
import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, Self

from . import _offboard as core
from ._document import Document, Source, table
from ._findings import Finding, Waiver
from ._records import JSON, Identity, Outcome, Step, StepReport, frozen, moment, time
from ._standing import StandingApproval


class Plan(Document):
    """Every change for one leaver, with what is there now, what will be there after, and what speaks against it."""

    __slots__ = ()
    what = "plan"

    def _read(self, data: bytes) -> str:
        return core.plan_digest(data)

    @property
    def tenant_id(self) -> str:
        """The organisation. A plan is never applied to another."""
        return str(self._parsed["tenant"])

    @property
    def leaver(self) -> Identity:
        """Whom it means."""
        return Identity.of(self._data["leaver"])

    @property
    def policy(self) -> str:
        """The policy's own name."""
        return str(self._parsed["source"]["policy"])

    @property
    def policy_digest(self) -> str:
        """SHA-256 of the policy's bytes."""
        return core.plan_policy_digest(self._bytes)

    @property
    def undoes(self) -> str | None:
        """The run that it takes back."""
        undoes: Mapping[str, str] | None = self._data["source"].get("undoes")
        return None if undoes is None else undoes["run"]

    @property
    def direction(self) -> Literal["forward", "undo"]:
        """Forward, or taking a run back."""
        direction: Literal["forward", "undo"] = self._data["direction"]
        return direction

    @property
    def made_at(self) -> datetime.datetime:
        """When."""
        return moment(self._parsed["made_at"])

    @property
    def made_by(self) -> str:
        """By whom, as he calls himself."""
        return str(self._parsed["made_by"])

    @property
    def steps(self) -> tuple[Step, ...]:
        """What will be done, in an order that satisfies every need."""
        steps: tuple[Step, ...] = self._kept("steps", lambda: tuple(map(Step.of, self._data["steps"])))
        return steps

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What speaks against it."""
        found: tuple[Finding, ...] = self._kept("findings", lambda: tuple(map(Finding.of, self._data["findings"])))
        return found

    @property
    def standing(self) -> tuple[Finding, ...]:
        """What stops it, unless it is accepted."""
        return tuple(finding for finding in self.findings if finding.stops)

    @property
    def is_containment_only(self) -> bool:
        """Only cuts access, so that whoever made it may also approve it."""
        return bool(self._parsed["intent"]["containment_only"])

    @property
    def facts(self) -> Mapping[str, JSON]:
        """What was known."""
        facts: Mapping[str, JSON] = self._data["facts"]
        return facts

    def step(self, id: str) -> Step:
        """The step with this name."""
        for step in self.steps:
            if step.id == id:
                return step
        raise KeyError(f"the plan has no step {id!r}; its steps are {', '.join(step.id for step in self.steps)}")

    def __repr__(self) -> str:
        name = self.leaver.user_principal_name
        return f"<Plan {self.digest[:12]} for {name}: {len(self.steps)} steps, {len(self.standing)} findings stop it>"

    def _repr_html_(self) -> str:
        rows = [("step", "action", "kind")]
        rows += [(step.title, step.action, step.kind) for step in self.steps]
        return table(f"Plan for {self.leaver.display_name}", rows)


class Approval(Document):
    """Somebody accepts exactly one plan, or exactly one roster, by the digest of its bytes."""

    __slots__ = ()
    what = "approval"

    def _read(self, data: bytes) -> None:
        core.approval_is_for(data)

    @property
    def plan(self) -> str:
        """The digest of the plan, or of the roster."""
        return str(self._parsed["plan"])

    @property
    def by(self) -> str:
        """Who, as he calls himself."""
        return str(self._parsed["by"])

    @property
    def at(self) -> datetime.datetime:
        """When."""
        return moment(self._parsed["at"])

    @property
    def expires_at(self) -> datetime.datetime:
        """Until when a run may be started with it."""
        return moment(self._parsed["expires_at"])

    @property
    def ticket(self) -> str | None:
        """A ticket, for the auditor."""
        ticket: str | None = self._data.get("ticket")
        return ticket

    @property
    def waivers(self) -> tuple[Waiver, ...]:
        """What is accepted."""
        return tuple(map(Waiver.of, self._data["waivers"]))

    @property
    def irreversible(self) -> bool:
        """Steps that destroy something for good are accepted."""
        return bool(self._parsed["irreversible"])

    @property
    def roster(self) -> str | None:
        """The application of a roster that this is a part of."""
        roster: str | None = self._data.get("roster")
        return roster

    @property
    def standing(self) -> StandingApproval | None:
        """The standing approval under which it was made."""
        standing: Mapping[str, JSON] | None = self._data.get("standing")
        return None if standing is None else StandingApproval(standing)

    def __repr__(self) -> str:
        return f"<Approval of {self.plan[:12]} by {self.by}>"


class Policy(Document):
    """What an organisation wants for a kind of leaver, as TOML or JSON."""

    __slots__ = ("_source",)
    what = "policy"

    _source: str

    def __init__(self, source: Source, *, source_name: str | None = None) -> None:
        named = str(source) if isinstance(source, os.PathLike) else "policy"
        if isinstance(source, Policy):
            named = source._source
        object.__setattr__(self, "_source", source_name or named)
        super().__init__(source)

    @classmethod
    def read(cls, path: str | os.PathLike[str]) -> Self:
        """The policy in this file. Errors name its lines."""
        return cls(Path(path).read_bytes(), source_name=str(path))

    @classmethod
    def shipped(cls, name: str) -> Self:
        """A policy that comes with offboard: see :func:`policies`."""
        return cls(core.policy_bytes(name), source_name=name)

    @property
    def source_name(self) -> str:
        """What errors call it."""
        return self._source

    @property
    def name(self) -> str:
        """What people call it."""
        return str(self._data.get("name", ""))

    def check(self) -> None:
        """Reads it against the operations that come with offboard; an engine with more reads it with those.

        :raises PolicyError: the first thing that is wrong, with its line.
        """
        core.policy_name(self._bytes, self._source)

    @property
    def _data(self) -> Mapping[str, JSON]:
        def parse() -> JSON:
            text = self._bytes.decode()
            return frozen(json.loads(text) if text.lstrip().startswith("{") else tomllib.loads(text))

        data: Mapping[str, JSON] = self._kept("data", parse)
        return data

    def __reduce__(self) -> tuple[Any, ...]:
        return (_policy_again, (self._bytes, self._source))

    def __repr__(self) -> str:
        return f"<Policy {self._source} {self.digest[:12]}>"


def _policy_again(data: bytes, source: str) -> Policy:
    return Policy(data, source_name=source)


class Report(Document):
    """What has become of one run: every planned step with exactly one outcome."""

    __slots__ = ()
    what = "report"

    @property
    def run(self) -> str:
        """The run."""
        return str(self._parsed["run"])

    @property
    def tenant_id(self) -> str:
        """The organisation."""
        return str(self._parsed["tenant"])

    @property
    def leaver(self) -> Identity:
        """Whom it is about."""
        return Identity.of(self._data["leaver"])

    @property
    def plan(self) -> str:
        """The plan's digest."""
        return str(self._parsed["plan"])

    @property
    def direction(self) -> Literal["forward", "undo"]:
        """Forward, or taking a run back."""
        direction: Literal["forward", "undo"] = self._data["direction"]
        return direction

    @property
    def made_by(self) -> str:
        """Who made the plan."""
        return str(self._parsed["made_by"])

    @property
    def approved_by(self) -> str:
        """Who approved it."""
        return str(self._parsed["approved_by"])

    @property
    def opened_at(self) -> datetime.datetime:
        """When the run began."""
        return moment(self._parsed["opened_at"])

    @property
    def as_of(self) -> datetime.datetime:
        """As of when this report is."""
        return moment(self._parsed["as_of"])

    @property
    def is_open(self) -> bool:
        """A step may still write."""
        return bool(self._parsed["open"])

    @property
    def wake_at(self) -> datetime.datetime | None:
        """When the run next wants to be looked at."""
        return time(self._parsed["wake_at"])

    @property
    def exit_code(self) -> int:
        """How the command line would end: 0 done and seen, 3 refused, 4 partly, 5 a person must act, 6 waiting, 7 drift."""
        return core.report_exit(self._bytes)

    @property
    def is_done(self) -> bool:
        """Everything is done and was seen, or a person vouched for it (see ``vouched_by`` of its steps)."""
        return self.exit_code == 0

    @property
    def counts(self) -> Mapping[Outcome, int]:
        """How many steps came to what."""
        counts: Mapping[Outcome, int] = self._data["counts"]
        return counts

    @property
    def steps(self) -> tuple[StepReport, ...]:
        """Every step of the plan."""
        steps: tuple[StepReport, ...] = self._kept("steps", lambda: tuple(map(StepReport.of, self._data["steps"])))
        return steps

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What speaks against the plan as a whole."""
        return tuple(map(Finding.of, self._data["findings"]))

    def step(self, id: str) -> StepReport:
        """The step with this name."""
        for step in self.steps:
            if step.id == id:
                return step
        raise KeyError(f"the run has no step {id!r}; its steps are {', '.join(step.id for step in self.steps)}")

    def to_text(self) -> str:
        """For a terminal."""
        return core.report_text(self._bytes)

    def to_html(self) -> str:
        """One file for a browser: no script, nothing fetched."""
        return core.report_html(self._bytes)

    def to_dicts(self) -> list[dict[str, JSON]]:
        """One flat row for each step, for a table."""
        return [
            {
                "run": self.run,
                "leaver": self.leaver.user_principal_name,
                "step": step.id,
                "operation": step.operation,
                "outcome": step.outcome,
                "detail": step.detail,
                "seen_at": step.seen_at,
                "attempts": step.attempts,
            }
            for step in self.steps
        ]

    def __repr__(self) -> str:
        counts = ", ".join(f"{count} {outcome}" for outcome, count in self.counts.items())
        return f"<Report {self.run} for {self.leaver.user_principal_name}: {counts}>"

    def _repr_html_(self) -> str:
        rows = [("step", "outcome", "detail")]
        rows += [(step.title, step.outcome, step.detail) for step in self.steps]
        return table(f"{self.leaver.display_name}, run {self.run}", rows)


def policies() -> list[str]:
    """The names of the policies that come with offboard."""
    return core.shipped_policies()
