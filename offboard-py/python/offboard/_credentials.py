"""Whoever can give a token: the credentials of ``azure-identity``, and everything that looks like them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple, Protocol, TypeAlias, runtime_checkable


class AccessToken(NamedTuple):
    """A token, and when it ends (seconds since 1970)."""

    token: str
    expires_on: int

    def __repr__(self) -> str:
        return f"AccessToken(token=<hidden>, expires_on={self.expires_on})"


class TokenLike(Protocol):
    """What ``get_token`` returns."""

    @property
    def token(self) -> str: ...

    @property
    def expires_on(self) -> int: ...


@runtime_checkable
class TokenCredential(Protocol):
    """A credential of ``azure-identity``, or of ``azure.identity.aio``."""

    @property
    def get_token(self) -> Callable[..., Any]: ...


#: A function from a scope to a token, plain or a coroutine. ``claims`` is given where the service demands some.
TokenFunction: TypeAlias = Callable[..., TokenLike | Awaitable[TokenLike]]


class Secret:
    """A client secret. It is shown to nobody and does not travel."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        if not value.strip():
            raise ValueError("the client secret is empty")
        self._value = value

    def __repr__(self) -> str:
        return "<Secret>"

    def __reduce__(self) -> Any:
        raise TypeError("a secret is not pickled")


def fetch(credential: Any, scope: str, claims: str | None) -> Any:
    """Asks for a token, or returns what has to be awaited for one."""
    ask = getattr(credential, "get_token", credential)
    return ask(scope) if claims is None else ask(scope, claims=claims)


def read(token: Any) -> tuple[str, int]:
    """What stands in a token."""
    text, expires_on = getattr(token, "token", None), getattr(token, "expires_on", None)
    if not isinstance(text, str) or isinstance(expires_on, bool) or not isinstance(expires_on, int | float):
        raise TypeError(f"a credential gives an object with `token` and `expires_on`, and not a {type(token).__name__}")
    return text, int(expires_on)
