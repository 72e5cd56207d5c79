"""A simulated Microsoft 365 tenant, to try policies, programs and tests on.

It is strict, and lags, flaps, loses answers and is reverted as the real one is. Its time is virtual, so that minutes of waiting
pass at once; or the machine's, for the command line and other programs beside it.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Literal, Self, TypeAlias

from . import _offboard as core
from ._documents import Report
from ._offboard import Fault, Faults, Matcher
from ._records import JSON, frozen, moment

__all__ = ["Fault", "Faults", "Matcher", "Server", "Tenant", "people"]

#: A length of time: an ISO 8601 duration (``PT20M``), or a ``timedelta``.
Length: TypeAlias = str | datetime.timedelta


def _length(length: Length) -> str:
    if isinstance(length, str):
        return length
    return f"PT{length.total_seconds():.6f}S"


def _some(length: Length | None) -> str | None:
    return None if length is None else _length(length)


def people() -> list[Mapping[str, str]]:
    """Everybody at Contoso, and what is special about each."""
    return list(frozen(json.loads(core.Tenant._people())))


class Server:
    """A simulated tenant on loopback. It ends with its ``with``."""

    __slots__ = ("_core", "_tenant")

    def __init__(self, served: core.Server, tenant: Tenant) -> None:
        self._core = served
        self._tenant = tenant

    @property
    def origin(self) -> str:
        """Where it listens."""
        return self._core.origin

    @property
    def environment(self) -> dict[str, str]:
        """What the command line needs to find it."""
        return {
            "OFFBOARD_SIM": self.origin,
            "OFFBOARD_TENANT": self._tenant.tenant_id,
            "OFFBOARD_CLIENT_ID": self._tenant.client_id,
            "OFFBOARD_CLIENT_SECRET": self._tenant.client_secret,
        }

    def close(self) -> None:
        """Listens no more."""
        self._core.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class Tenant(core.Tenant):
    """A simulated Microsoft 365 tenant. ``offboard.connect`` and ``offboard.aio.connect`` take it in place of an id."""

    __slots__ = ()

    def __new__(cls, seed: int = 1, *, clock: Literal["virtual", "machine"] = "virtual") -> Self:
        """Contoso: about forty accounts, in which every case that off-boarding must tell apart occurs at least once.

        :param seed: the same seed gives the same people, ids and course.
        :param clock: ``virtual``, where waiting costs nothing, or the machine's.
        """
        return super().__new__(cls, seed, clock)

    @classmethod
    def contoso(cls, seed: int = 1, *, clock: Literal["virtual", "machine"] = "virtual") -> Self:
        """Contoso, as ``Tenant(seed)``."""
        return cls(seed, clock=clock)

    @property
    def now(self) -> datetime.datetime:
        """The time at the tenant."""
        return moment(self._now())

    def advance(self, by: Length) -> None:
        """Moves a virtual clock on."""
        self._advance(_length(by))

    def person(self, upn: str) -> Mapping[str, JSON]:
        """The truth about somebody, whatever an answer on the wire may say: ``user``, ``mailbox``, ``active_directory``."""
        person: Mapping[str, JSON] = frozen(json.loads(self._person(upn)))
        return person

    def change(self, upn: str, *, mailbox: Mapping[str, JSON] | None = None, **user: JSON) -> None:
        """Changes the truth about somebody: attributes of the account by their names, of the mailbox by ``mailbox``."""
        self._change(upn, json.dumps(user), json.dumps(dict(mailbox or {})))

    def delete(self, upn: str) -> None:
        """Somebody else deletes a person, in the admin center."""
        self._delete(upn)

    def hurry(
        self,
        *,
        latency: Length | None = None,
        read_lag: Length | None = None,
        conversion: Length | None = None,
        directory_sync: Length | None = None,
        sync_for: Length | None = None,
    ) -> None:
        """Sets speeds and lags; what is not named stays.

        :param latency: how long an answer takes.
        :param read_lag: how far reads are behind.
        :param conversion: from ``Set-Mailbox -Type`` to the type being changed.
        :param directory_sync: how often directory sync runs, ``sync_for`` so long.
        """
        self._timing(
            latency=_some(latency),
            read_lag=_some(read_lag),
            conversion=_some(conversion),
            directory_sync=_some(directory_sync),
            sync_for=_some(sync_for),
        )

    def hire(self, count: int) -> list[str]:
        """More people, ordinary ones; their user principal names. Virtual time goes on until every replica knows them."""
        hired = self._hire(count)
        self._advance("PT10S")
        return hired

    @property
    def writes(self) -> tuple[Mapping[str, JSON], ...]:
        """Every request that could change something, in the order of arrival."""
        writes: tuple[Mapping[str, JSON], ...] = frozen(json.loads(self._writes()))
        return writes

    def judge(self, report: Report) -> list[str]:
        """Everything in a report that the truth contradicts. It reads the tenant's world, and not what went over the wire.

        Of steps of yours it knows nothing and says nothing; what a person vouched for is his claim.
        """
        return self._judge(report.to_bytes())

    def diff(self, other: Tenant) -> list[str]:
        """What differs between this truth and another's, one line each; what only says when is left out."""
        return self._diff(other)

    def serve(self, port: int = 0) -> Server:
        """Serves it on loopback, for the command line and for programs in other languages."""
        served: Any = self._serve(port).wait()
        return Server(served, self)
