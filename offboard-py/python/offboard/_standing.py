"""Standing approvals: two people accept a policy once, for all plans that hold no surprise."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass

from . import _offboard as core
from ._document import Document
from ._findings import Expected
from ._records import JSON, moment


@dataclass(frozen=True, slots=True)
class Signature:
    """Somebody put his name to it."""

    name: str
    at: datetime.datetime

    @classmethod
    def of(cls, row: Mapping[str, JSON]) -> Signature:
        return cls(row["name"], moment(row["at"]))


class StandingApproval(Document):
    """Two people accept every plan of one policy that holds no surprise.

    It never covers what cannot be taken back, a privileged leaver, somebody outside, what nobody could read, or a finding that
    it does not list.
    """

    __slots__ = ()
    what = "standing approval"

    def _read(self, data: bytes) -> str:
        return core.standing_digest(data)

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
        """SHA-256 of the policy's bytes: of no other text it covers a plan."""
        return str(self._parsed["policy_digest"])

    @property
    def by(self) -> tuple[Signature, ...]:
        """Who accepts it. It takes two different people."""
        return tuple(map(Signature.of, self._data["by"]))

    @property
    def expires_at(self) -> datetime.datetime:
        """Until when a run may be started under it."""
        return moment(self._parsed["expires_at"])

    @property
    def per_day(self) -> int:
        """How many runs may be started under it in 24 hours."""
        return int(self._parsed["per_day"])

    @property
    def findings(self) -> tuple[Expected, ...]:
        """The findings that are expected."""
        return tuple(Expected(row["code"], row.get("key"), row["reason"]) for row in self._data["findings"])

    @property
    def ticket(self) -> str | None:
        """A ticket, for the auditor."""
        ticket: str | None = self._data.get("ticket")
        return ticket

    def __repr__(self) -> str:
        names = " and ".join(signature.name for signature in self.by)
        return f"<StandingApproval of {self.policy} by {names}: {self.per_day} a day until {self.expires_at:%Y-%m-%d}>"
