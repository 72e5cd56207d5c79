"""What has become of everybody in a roster."""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

from . import _offboard as core
from ._document import Document, Source, table
from ._records import JSON, Identity, Outcome, frozen, moment, time
from ._rosters import BadRow, found
from .errors import OffboardError, _make

#: Of several exit codes the one that asks for most: the machine, a file, then as for the steps of one run.
_WORST = (1, 2, 7, 5, 3, 4, 6, 0)


@dataclass(frozen=True, slots=True)
class Totals:
    """How many leavers came to what."""

    #: Rows of the file.
    rows: int
    begun: int
    #: Rows and plans.
    refused: int
    #: Every step of that was seen, or a person vouched for it.
    access_cut: int
    done: int
    waiting: int
    need_a_person: int


@dataclass(frozen=True, slots=True)
class Left:
    """A step that somebody must look at."""

    step: str
    title: str
    outcome: Outcome
    detail: str

    @classmethod
    def of(cls, row: Mapping[str, JSON]) -> Left:
        return cls(row["step"], row["title"], row["outcome"], row["detail"])


@dataclass(frozen=True, slots=True)
class Line:
    """What has become of one leaver of a roster."""

    #: The line of the file, counted from 1.
    line: int
    leaver: Identity
    #: Nothing where none was begun.
    run: str | None
    #: Nothing where no step is about it, or no run was begun.
    access_cut: bool | None
    #: In one sentence.
    verdict: str
    #: What to do, where he was refused or could not be carried on.
    hint: str | None
    counts: Mapping[Outcome, int]
    is_open: bool
    wake_at: datetime.datetime | None
    exit_code: int
    #: What is neither done nor waiting.
    left: tuple[Left, ...]
    #: Why he was not begun with, or not carried on, by the call that made this report. It is not raised.
    error: OffboardError | None = field(default=None, compare=False)

    @classmethod
    def of(cls, row: Mapping[str, JSON], error: OffboardError | None = None) -> Line:
        hint: str | None = row["hint"]
        # Of one who is not carried on it says why, and not yet what to do.
        if row["run"] is not None and hint and error is not None and error.hint:
            hint = f"{hint} ({error.hint})"
        return cls(
            row["line"],
            Identity.of(row["leaver"]),
            row["run"],
            row["access_cut"],
            row["verdict"],
            hint,
            frozen(dict(row["counts"])),
            row["open"],
            time(row["wake_at"]),
            row["exit"],
            tuple(map(Left.of, row["left"])),
            error,
        )


class RosterReport(Document):
    """What has become of everybody in a roster: one line for each leaver."""

    __slots__ = ("_trouble",)
    what = "roster report"

    #: What kept whom from being carried, each with its exit code.
    _trouble: Sequence[Mapping[str, Any]]

    def __init__(self, source: Source, *, trouble: Sequence[Mapping[str, Any]] = ()) -> None:
        if isinstance(source, RosterReport):
            trouble = source._trouble
        object.__setattr__(self, "_trouble", trouble)
        super().__init__(source)

    @classmethod
    def _carried(cls, parts: list[bytes]) -> Self:
        """The report of a call that carried a roster, and what kept whom from being carried."""
        data, trouble = parts
        return cls(data, trouble=json.loads(trouble))

    def _read(self, data: bytes) -> None:
        core.roster_report_summary(data)

    @property
    def roster(self) -> str:
        """This application of the roster; ``resume_roster`` takes it."""
        return str(self._parsed["roster"])

    @property
    def tenant_id(self) -> str:
        """The organisation."""
        return str(self._parsed["tenant"])

    @property
    def policy(self) -> str:
        """The policy's own name."""
        return str(self._parsed["policy"])

    @property
    def made_by(self) -> str:
        """Who made the roster."""
        return str(self._parsed["made_by"])

    @property
    def approved_by(self) -> str:
        """Who approved it."""
        return str(self._parsed["approved_by"])

    @property
    def ticket(self) -> str | None:
        """His ticket."""
        ticket: str | None = self._data["ticket"]
        return ticket

    @property
    def opened_at(self) -> datetime.datetime:
        """When it was applied first."""
        return moment(self._parsed["opened_at"])

    @property
    def as_of(self) -> datetime.datetime:
        """As of when this report is."""
        return moment(self._parsed["as_of"])

    @property
    def totals(self) -> Totals:
        """How many came to what."""
        return Totals(**self._data["totals"])

    @property
    def exit_code(self) -> int:
        """How the command line would end: of everybody, and of what kept somebody from being carried (``Line.error``), the
        first of 1 (the machine or the credential), 2 (a file or the configuration), 7 (drift), 5 (a person), 3 (refused), 4
        (partly), 6 (waiting). An interrupt is raised.
        """
        codes = {int(self._parsed["exit"]), *(int(row["exit"]) for row in self._trouble)}
        return next(code for code in _WORST if code in codes)

    @property
    def is_done(self) -> bool:
        """With everybody everything is done and was seen, and nobody was refused."""
        return self.exit_code == 0

    @property
    def is_open(self) -> bool:
        """A step of somebody may still write."""
        return any(line.is_open for line in self.leavers)

    @property
    def wake_at(self) -> datetime.datetime | None:
        """When the first of the runs next wants to be looked at."""
        return min((line.wake_at for line in self.leavers if line.is_open and line.wake_at), default=None)

    @property
    def leavers(self) -> tuple[Line, ...]:
        """Everybody who has a plan, in the order of the file."""
        lines: tuple[Line, ...] = self._kept("leavers", self._lines)
        return lines

    def _lines(self) -> tuple[Line, ...]:
        why = {row["leaver"]: _make(**row["error"]) for row in self._trouble}
        return tuple(Line.of(row, why.get(row["leaver"]["id"])) for row in self._data["leavers"])

    @property
    def refused(self) -> tuple[BadRow, ...]:
        """The rows of the file from which no plan was made."""
        return tuple(map(BadRow.of, self._data["refused"]))

    @property
    def summary(self) -> str:
        """What everybody comes to, in one sentence."""
        return core.roster_report_summary(self._bytes)

    def leaver(self, who: str) -> Line:
        """The line of this object id or user principal name."""
        line: Line = found(self.leavers, who)
        return line

    def to_text(self) -> str:
        """For a terminal."""
        return core.roster_report_text(self._bytes)

    def to_html(self) -> str:
        """One file for a browser: no script, nothing fetched."""
        return core.roster_report_html(self._bytes)

    def __reduce__(self) -> tuple[Any, ...]:
        return (_report_again, (self._bytes, self._trouble))

    def __repr__(self) -> str:
        return f"<RosterReport {self.roster}: {self.summary}>"

    def _repr_html_(self) -> str:
        rows = [("leaver", "run", "verdict")]
        rows += [(line.leaver.user_principal_name, line.run or "", line.verdict) for line in self.leavers]
        rows += [(row.who, "refused", row.why) for row in self.refused]
        return table(self.summary, rows)


def _report_again(data: bytes, trouble: Sequence[Mapping[str, Any]]) -> RosterReport:
    return RosterReport(data, trouble=trouble)
