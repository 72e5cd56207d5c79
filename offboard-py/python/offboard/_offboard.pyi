"""The core. It is used by the modules beside it, and by nobody else."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, Final, Literal, Self, final

from typing_extensions import disjoint_base

__all__ = [
    "Context",
    "Core",
    "Fault",
    "Faults",
    "Matcher",
    "Server",
    "Tenant",
    "Work",
    "__version__",
    "apply_roster",
    "approval_is_for",
    "approve_by_standing",
    "approve_roster",
    "approved_roster",
    "cancel_roster",
    "close_gate",
    "connect",
    "digest",
    "kept_roster",
    "plan_digest",
    "plan_policy_digest",
    "plan_roster",
    "policy_bytes",
    "policy_name",
    "propose_standing",
    "report_exit",
    "report_html",
    "report_text",
    "resume_roster",
    "roster_digest",
    "roster_report",
    "roster_report_html",
    "roster_report_summary",
    "roster_report_text",
    "rosters",
    "second_standing",
    "shipped_policies",
    "standing_digest",
]

__version__: Final[str]

def connect(
    *,
    tenant: str | None,
    client_id: str | None,
    secret: str | None,
    credential: object | None,
    cloud: str,
    origin: str | None,
    journal: str | None,
    profile: tuple[bytes, str] | None,
    exchange: str,
    extra_roots: bytes | None,
    sim: Tenant | None,
    steps: Sequence[object],
    facets: Sequence[tuple[str, Callable[[str], object]]],
) -> Work: ...
def digest(bytes: bytes) -> str: ...
def plan_digest(bytes: bytes) -> str: ...
def plan_policy_digest(bytes: bytes) -> str: ...
def approval_is_for(bytes: bytes) -> str: ...
def policy_name(bytes: bytes, source: str) -> str: ...
def shipped_policies() -> list[str]: ...
def policy_bytes(name: str) -> bytes: ...
def report_text(bytes: bytes) -> str: ...
def report_exit(bytes: bytes) -> int: ...
def report_html(bytes: bytes) -> str: ...
def roster_digest(bytes: bytes) -> str: ...
def standing_digest(bytes: bytes) -> str: ...
def roster_report_text(bytes: bytes) -> str: ...
def roster_report_html(bytes: bytes) -> str: ...
def roster_report_summary(bytes: bytes) -> str: ...
def close_gate() -> None: ...
def plan_roster(
    of: Core,
    *,
    policy: bytes,
    source: str,
    rows: bytes,
    file: str,
    leaves_at: str | None,
    made_by: str,
    planned: Callable[[int], object] | None,
) -> Work: ...
def approve_roster(
    of: Core,
    roster: bytes,
    plans: Sequence[bytes],
    by: str,
    ticket: str | None,
    waivers: str,
    irreversible: bool,
) -> bytes: ...
def approved_roster(of: Core, roster: bytes, plans: Sequence[bytes], approval: bytes) -> str: ...
def apply_roster(
    of: Core,
    *,
    roster: bytes,
    plans: Sequence[bytes],
    approval: bytes,
    policy: bytes,
    until: str,
    on_event: Callable[[str, Any], object] | None,
) -> Work: ...
def resume_roster(
    of: Core,
    *,
    roster: str,
    only: Sequence[str] | None,
    until: str,
    on_event: Callable[[str, Any], object] | None,
) -> Work: ...
def cancel_roster(of: Core, roster: str, by: str) -> Work: ...
def roster_report(of: Core, roster: str) -> Work: ...
def kept_roster(of: Core, roster: str) -> Work: ...
def rosters(of: Core) -> Work: ...
def propose_standing(
    of: Core,
    *,
    policy: bytes,
    source: str,
    by: str,
    per_day: int,
    lasts: str,
    expected: Sequence[tuple[str, str]],
    ticket: str | None,
) -> bytes: ...
def second_standing(of: Core, standing: bytes, by: str) -> bytes: ...
def approve_by_standing(of: Core, plan: bytes, standing: bytes) -> bytes: ...
@final
class Work:
    """Something that is to be done, once."""

    def wait(self) -> Any: ...
    def start(self, of: asyncio.AbstractEventLoop) -> asyncio.Future[Any]: ...
    def halt(self) -> None: ...
    def abort(self) -> None: ...
    @property
    def is_awaited(self) -> bool: ...

@final
class Core:
    """An engine on one tenant."""

    @property
    def tenant_id(self) -> str: ...
    def now(self) -> str: ...
    def operations(self) -> str: ...
    def policy_name(self, bytes: bytes, source: str) -> str: ...
    def plan(
        self,
        *,
        policy: bytes,
        source: str,
        leaver: str | None,
        employee_id: str | None,
        successor: str | None,
        leaves_at: str | None,
        made_by: str,
    ) -> Work: ...
    def check(self, plan: bytes) -> Work: ...
    def approve(self, plan: bytes, by: str, ticket: str | None, waivers: str, irreversible: bool) -> bytes: ...
    def run_id(self, plan: bytes, approval: bytes) -> str: ...
    def apply(
        self,
        *,
        plan: bytes,
        approval: bytes,
        policy: bytes,
        supersede: bool,
        until: str,
        on_event: Callable[[Any], object] | None,
    ) -> Work: ...
    def contain(
        self, *, leaver: str | None, employee_id: str | None, by: str, ticket: str | None, until: str
    ) -> Work: ...
    def resume(self, *, run: str, until: str, on_event: Callable[[Any], object] | None) -> Work: ...
    def held_back_by(self, run: str) -> Work: ...
    def due(self) -> Work: ...
    def runs(self) -> Work: ...
    def report(self, run: str) -> Work: ...
    def plan_of(self, run: str) -> Work: ...
    def policy_of(self, run: str) -> Work: ...
    def say(self, run: str, step: str, happened: bool | None, by: str) -> Work: ...
    def cancel(self, run: str, by: str) -> Work: ...
    def undo(self, run: str, made_by: str) -> Work: ...
    def restore(
        self,
        *,
        who: str | None,
        employee_id: str | None,
        user_principal_name: str | None,
        without_taken_addresses: bool,
        made_by: str,
    ) -> Work: ...
    def deleted_users(self) -> Work: ...
    def events(self, run: str, after: int, follow: bool) -> Work: ...

@final
class Context:
    """What a step is given when it writes."""

    @property
    def call_id(self) -> str: ...
    @property
    def facts(self) -> str: ...
    @property
    def cursor(self) -> str | None: ...
    @property
    def now(self) -> str: ...
    @property
    def is_stopped(self) -> bool: ...
    def receipt(self, *, request_id: str | None, date: str | None, warnings: list[str]) -> None: ...
    def progress(self, cursor: str) -> None: ...

@final
class Fault:
    """One thing that goes wrong on purpose."""

    @staticmethod
    def nothing_happens() -> Fault:
        """The answer says success, and nothing has changed."""

    @staticmethod
    def drop_answer() -> Fault:
        """The request is carried out, the answer is lost."""

    @staticmethod
    def later(by: str) -> Fault:
        """The answer says success, and it is carried out so much later (``PT20M``)."""

    @staticmethod
    def reverted_by_sync() -> Fault:
        """It is carried out, and the next directory sync takes back what it changed."""

    @staticmethod
    def status(status: int) -> Fault:
        """This status instead of carrying it out."""

    @staticmethod
    def throttled(retry_after: str | None = None) -> Fault:
        """429, with this ``Retry-After`` or none."""

    @staticmethod
    def refuse() -> Fault:
        """Refused before the first byte: nothing was sent."""

    @staticmethod
    def reset_before() -> Fault:
        """The connection breaks before the service has read the request."""

    @staticmethod
    def stale(by: str) -> Fault:
        """A read is answered from a world so long ago."""

    @staticmethod
    def slow(by: str) -> Fault:
        """It is carried out, and the answer takes so much longer."""

    @staticmethod
    def truncated() -> Fault:
        """It is carried out, and the answer's JSON breaks off in the middle."""

    @staticmethod
    def html() -> Fault:
        """It is carried out, and a proxy's page comes back with status 200."""

    @staticmethod
    def token_expired() -> Fault:
        """The token counts as expired: 401."""

@final
class Matcher:
    """Which requests a rule is for. Everything that is not said matches everything."""

    @staticmethod
    def any() -> Matcher:
        """Every request, sign-in included."""

    @staticmethod
    def graph(method: str, path: str) -> Matcher:
        """Requests with this method on this path: ``/users/*/revokeSignInSessions``."""

    @staticmethod
    def cmdlet(name: str) -> Matcher:
        """Exchange requests with this cmdlet; ``Get-*`` takes all that begin so."""

    @staticmethod
    def reads() -> Matcher:
        """Reads only."""

    @staticmethod
    def writes() -> Matcher:
        """Writes only."""

    def about(self, text: str) -> Matcher:
        """Only where this text stands in the path, query or body."""

    def by(self, caller: str) -> Matcher:
        """Only by this caller: an application's client id, or a user's object id."""

    def from_nth(self, n: int) -> Matcher:
        """Not the first ``n - 1`` that would match."""

    def starting(self, at: str) -> Matcher:
        """Only from this time on."""

    def until(self, at: str) -> Matcher:
        """Only before this time."""

@final
class Faults:
    """The rules in force at a simulated tenant. All that fit a request apply to it."""

    def always(self, when: Matcher, what: Fault) -> int:
        """From now on, every request that fits. Returns the rule's number, for ``remove``."""

    def once(self, when: Matcher, what: Fault) -> int:
        """The next request that fits. Returns the rule's number."""

    def times(self, n: int, when: Matcher, what: Fault) -> int:
        """The next ``n`` requests that fit. Returns the rule's number."""

    def remove(self, rule: int) -> None:
        """Takes a rule away, whichever access to ``tenant.faults`` made it. ``UsageError`` where there is none of this number."""

    def clear(self) -> None:
        """Takes all rules away."""

@final
class Server:
    """A simulated tenant on loopback."""

    @property
    def origin(self) -> str: ...
    def close(self) -> None: ...

@disjoint_base
class Tenant:
    """A simulated tenant, as ``offboard.sim.Tenant`` extends it."""

    def __new__(cls, seed: int, clock: Literal["virtual", "machine"]) -> Self: ...
    @staticmethod
    def _people() -> str: ...
    @property
    def tenant_id(self) -> str:
        """The organisation's id."""

    @property
    def client_id(self) -> str:
        """The application to sign in as. It holds every permission and role it needs."""

    @property
    def client_secret(self) -> str:
        """Its secret, of this simulation only."""

    @property
    def faults(self) -> Faults:
        """What goes wrong."""

    def user_id(self, upn: str) -> str:
        """The object id of somebody."""

    def requests(self) -> tuple[int, int]:
        """How many requests there were, and how many of them could change something."""

    def was_faulted(self) -> bool:
        """Whether a fault met a request."""

    def _now(self) -> str: ...
    def _delete(self, upn: str) -> None: ...
    def _hire(self, count: int) -> list[str]: ...
    def _advance(self, by: str) -> None: ...
    def _person(self, upn: str) -> str: ...
    def _change(self, upn: str, user: str, mailbox: str) -> None: ...
    def _timing(
        self,
        *,
        latency: str | None,
        read_lag: str | None,
        conversion: str | None,
        directory_sync: str | None,
        sync_for: str | None,
    ) -> None: ...
    def _writes(self) -> str: ...
    def _judge(self, report: bytes) -> list[str]: ...
    def _diff(self, other: Tenant) -> list[str]: ...
    def _serve(self, port: int) -> Work: ...
