"""What can be raised. Everything is an :class:`OffboardError`, with what was seen, what to do, and who can act.

A run that halts is not an error: it is a report. An exception means that the library could not do its job.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, ClassVar

from ._findings import Finding

__all__ = [
    "AlreadyOpen",
    "Ambiguous",
    "ApprovalRefused",
    "AuthError",
    "CapReached",
    "CatalogError",
    "Conflict",
    "ConfigurationError",
    "DocumentError",
    "Drift",
    "EnvironmentFault",
    "Indeterminate",
    "InternalError",
    "InvalidRequest",
    "JournalError",
    "Leased",
    "LeaseLost",
    "LeaverNotFound",
    "NoRoster",
    "NoRun",
    "NotFound",
    "OffboardError",
    "Overtaken",
    "PermissionDenied",
    "PolicyError",
    "ProfileError",
    "ProtocolError",
    "Refused",
    "ServiceError",
    "StepFailed",
    "Tampered",
    "Throttled",
    "Unavailable",
    "Unsupported",
    "UntruePlan",
    "UsageError",
]


class OffboardError(Exception):
    """Why the library could not do its job."""

    #: What kind of error it is, for programs.
    kind: str = "other"

    def __init__(
        self,
        message: str,
        *,
        hint: str | None = None,
        code: str | None = None,
        request_id: str | None = None,
        findings: Sequence[Finding] = (),
    ) -> None:
        super().__init__(message)
        #: One line: what was seen.
        self.message = message
        #: What to do next.
        self.hint = hint
        #: The service's code (``Authorization_RequestDenied``), or the rule that refuses (``G28``).
        self.code = code
        #: The service's id of the request, for its support.
        self.request_id = request_id
        #: What speaks against it, where that is the error.
        self.findings = tuple(findings)

    def __str__(self) -> str:
        return f"{self.message} ({self.hint})" if self.hint else self.message

    def __reduce__(self) -> tuple[Any, ...]:
        # What travels between processes keeps everything that it says.
        fields = {
            "message": self.message,
            "hint": self.hint,
            "code": self.code,
            "request_id": self.request_id,
            "findings": json.dumps([finding.to_dict() for finding in self.findings]),
        }
        return (_again, (type(self), self.kind, fields))


class UsageError(OffboardError):
    """The caller asks for something that cannot be."""

    kind = "usage"


class ConfigurationError(UsageError):
    """What was said of the tenant cannot be used."""

    kind = "configuration"


class DocumentError(UsageError):
    """A plan, an approval, a report, or a roster and its file cannot be read."""

    kind = "document"


class PolicyError(UsageError):
    """A policy is wrong; the message names its line."""

    kind = "policy"


class ProfileError(UsageError):
    """The tenant profile is wrong; the message names its line."""

    kind = "profile"


class CatalogError(UsageError):
    """An operation is not known here, or its parameters do not fit."""

    kind = "catalog"


class LeaverNotFound(UsageError):
    """Nobody is called like that."""

    kind = "leaver"


class Refused(OffboardError):
    """A rule refuses it. Nothing was changed."""

    kind = "refused"


class ApprovalRefused(Refused):
    """A plan may not be applied; ``findings`` says what stops it, where findings do."""

    kind = "approval"


class UntruePlan(Refused):
    """A plan says of itself, or a roster of its plans, what is not so."""

    kind = "untrue"


class CapReached(Refused):
    """As many people as the tenant profile allows have been begun with."""

    kind = "cap"


class Overtaken(Refused):
    """A run went on after the plan that takes it back was made."""

    kind = "overtaken"


class Ambiguous(Refused):
    """More than one is called like that: guessing would off-board the wrong one."""

    kind = "ambiguous"


class AlreadyOpen(Refused):
    """Another run of the same leaver is open."""

    kind = "already_open"


class JournalError(OffboardError):
    """The journal does not take or give what it must."""

    kind = "journal"


class NoRun(JournalError):
    """There is no such run."""

    kind = "no_run"


class NoRoster(JournalError):
    """No such roster was applied."""

    kind = "no_roster"


class Leased(JournalError):
    """Another process carries the run."""

    kind = "leased"


class LeaseLost(JournalError):
    """The right to write has ended; ``resume`` goes on, and nothing was lost."""

    kind = "lease_lost"


class Tampered(JournalError):
    """Entries of the journal were changed, or its end was cut off."""

    kind = "tampered"


class ServiceError(OffboardError):
    """The tenant could not be asked, or refused."""

    kind = "service"


class NotFound(ServiceError):
    """The object is not there, or not visible yet."""

    kind = "not_found"


class Conflict(ServiceError):
    """Another object stands in the way."""

    kind = "conflict"


class InvalidRequest(ServiceError):
    """The service refuses the request as wrong."""

    kind = "invalid_request"


class AuthError(ServiceError):
    """Nobody is signed in: the credential failed, or its token is missing, expired or revoked."""

    kind = "unauthenticated"


class PermissionDenied(ServiceError):
    """The caller lacks a permission or a role."""

    kind = "permission_denied"


class Throttled(ServiceError):
    """Too many requests; nothing was done."""

    kind = "throttled"


class Unavailable(ServiceError):
    """The service could not answer; nothing was done."""

    kind = "unavailable"


class Indeterminate(ServiceError):
    """The answer was lost: it may or may not have happened."""

    kind = "indeterminate"


class Unsupported(ServiceError):
    """The service does not have this, here."""

    kind = "unsupported"


class ProtocolError(ServiceError):
    """The answer could not be understood."""

    kind = "protocol"


class Drift(ServiceError):
    """The tenant is not as the plan expects it."""

    kind = "drift"


class StepFailed(OffboardError):
    """Raised by steps and readers written in Python, to say what has happened.

    ``kind`` says who can act: ``throttled`` and ``unavailable`` promise that nothing was done, ``indeterminate`` that nobody
    knows. Whatever else a step raises while it writes counts as ``indeterminate``.
    """

    #: The kinds that can be said.
    KINDS: ClassVar[frozenset[str]] = frozenset(
        {
            "not_found",
            "conflict",
            "invalid_request",
            "unauthenticated",
            "permission_denied",
            "throttled",
            "unavailable",
            "indeterminate",
            "unsupported",
            "protocol",
            "refused",
        }
    )

    def __init__(
        self,
        message: str,
        *,
        kind: str,
        hint: str | None = None,
        code: str | None = None,
        request_id: str | None = None,
        retry_after: float | None = None,
    ) -> None:
        if kind not in self.KINDS:
            raise ValueError(f"{kind!r} is no kind of failure; they are {', '.join(sorted(self.KINDS))}")
        super().__init__(message, hint=hint, code=code, request_id=request_id)
        self.kind = kind
        #: Not before so many seconds.
        self.retry_after = retry_after

    def __reduce__(self) -> tuple[Any, ...]:
        return (_failed_again, (self.message, self.kind, self.hint, self.code, self.request_id, self.retry_after))


class EnvironmentFault(OffboardError):
    """The machine does not do its part."""

    kind = "environment"


class InternalError(OffboardError):
    """A bug in offboard; please report it."""

    kind = "internal"


def _tree(base: type[OffboardError]) -> dict[str, type[OffboardError]]:
    found = {base.kind: base}
    for child in base.__subclasses__():
        if child is not StepFailed:
            found.update(_tree(child))
    return found


_KINDS = _tree(OffboardError)


def _make(kind: str, *, message: str, findings: str, **fields: str | None) -> OffboardError:
    """An exception of the core."""
    error = _KINDS.get(kind, OffboardError)(
        message, findings=[Finding.of(row) for row in json.loads(findings)], **fields
    )
    error.kind = kind
    return error


def _again(_: type[OffboardError], kind: str, fields: dict[str, Any]) -> OffboardError:
    return _make(kind, **fields)


def _failed_again(
    message: str, kind: str, hint: str | None, code: str | None, request_id: str | None, after: float | None
) -> StepFailed:
    return StepFailed(message, kind=kind, hint=hint, code=code, request_id=request_id, retry_after=after)


#: How much of an exception's own text is kept in a journal.
_LONGEST = 300


def _failure(error: BaseException, what: str, otherwise: str) -> str:
    """An exception of the user's code as the journal keeps it, as JSON. Its traceback stays here."""
    retry: Any = "later" if otherwise in ("throttled", "unavailable", "indeterminate") else "no"
    if isinstance(error, OffboardError) and error.kind in StepFailed.KINDS:
        kind, message = error.kind, error.message
        retry = "later" if kind in ("throttled", "unavailable", "indeterminate") else "no"
        after = getattr(error, "retry_after", None)
        if after is not None:
            retry = {"after": max(0, round(after * 1000))}
        kept: dict[str, Any] = {"hint": error.hint, "code": error.code, "request_id": error.request_id}
    else:
        lines = str(error).strip().splitlines()
        first = lines[0][:_LONGEST] if lines else ""
        name = type(error).__name__
        kind, message = otherwise, f"{what} has raised {name}: {first}" if first else f"{what} has raised {name}"
        kept = {"code": name}
    return json.dumps({"kind": kind, "message": message, "retry": retry} | {k: v for k, v in kept.items() if v})
