"""What speaks against a plan, and what somebody accepts of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Waiver:
    """One finding that somebody accepts, and why."""

    step: str | None
    code: str
    key: str
    reason: str
    #: Of which plan of a roster, by its digest; nothing where there is one plan alone.
    plan: str | None = None

    def to_dict(self) -> dict[str, Any]:
        row: dict[str, Any] = {"step": self.step, "code": self.code, "key": self.key, "reason": self.reason}
        return row if self.plan is None else {"plan": self.plan} | row

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Waiver:
        return cls(row["step"], row["code"], row["key"], row["reason"], row.get("plan"))


@dataclass(frozen=True, slots=True)
class Expected:
    """A finding that a standing approval expects, and why it is accepted."""

    #: The rule: ``G45``.
    code: str
    #: Which case of it; without one, every case that stops nothing.
    key: str | None
    reason: str

    @property
    def name(self) -> str:
        """As a plan prints it, without its step."""
        return self.code if self.key is None else f"{self.code}:{self.key}"


@dataclass(frozen=True, slots=True)
class Finding:
    """What speaks against a step, or against the plan where ``step`` is nothing."""

    #: The guard (``G7``), or the operation that says it.
    code: str
    severity: Literal["warn", "block", "never"]
    #: Which case of the rule.
    key: str
    #: The requirement behind the rule.
    requirement: str
    message: str
    hint: str
    step: str | None

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Finding:
        return cls(
            row["code"],
            row["severity"],
            row["key"],
            row["requirement"],
            row["message"],
            row["hint"],
            row["step"],
        )

    def to_dict(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "severity": self.severity,
            "key": self.key,
            "requirement": self.requirement,
            "message": self.message,
            "hint": self.hint,
            "step": self.step,
        }

    @property
    def stops(self) -> bool:
        """Whether it stops its step, unless it is accepted."""
        return self.severity != "warn"

    @property
    def name(self) -> str:
        """As the command line names it: step, code and key."""
        return f"{self.step or 'plan'}:{self.code}:{self.key}"

    def expect(self, reason: str) -> Expected:
        """Expects exactly this case of it, on whatever step, in a standing approval."""
        return Expected(self.code, self.key, reason)

    def waive(self, reason: str) -> Waiver:
        """Accepts exactly this. An auditor will read the reason."""
        if self.severity == "never":
            raise ValueError(f"{self.code} cannot be accepted by anybody: {self.message}")
        if not reason.strip():
            raise ValueError("an auditor will read the reason, and it is empty")
        return Waiver(self.step, self.code, self.key, reason)

    def same(self, other: Finding) -> bool:
        """Whether it is the same case of the same rule, whatever its words."""
        ours = (self.step, self.code, self.key, self.severity)
        return ours == (other.step, other.code, other.key, other.severity)
