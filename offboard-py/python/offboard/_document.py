"""What a document is: bytes with a digest. Whoever holds one cannot change it."""

from __future__ import annotations

import html
import json
import os
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, Self, TypeAlias, Union

from . import _offboard as core
from ._records import JSON, frozen, thawed

#: Whatever a document can be made from: itself, its bytes, its text, its JSON, or the path of its file.
Source: TypeAlias = Union["Document", bytes, str, Mapping[str, JSON], "os.PathLike[str]"]


def to_bytes(document: Mapping[str, JSON]) -> bytes:
    """JSON as the core writes it: two spaces, keys in their order, a newline at the end."""
    return json.dumps(thawed(document), indent=2, ensure_ascii=False).encode() + b"\n"


def write(data: bytes, path: str | os.PathLike[str]) -> None:
    """Writes a file that only its owner can read, whole or not at all."""
    target = Path(path)
    # Such a file has mode 0600 from the beginning, and a name that nobody else writes to.
    descriptor, name = tempfile.mkstemp(prefix=".offboard-", suffix=".new", dir=target.parent)
    try:
        with open(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


class Document:
    """A document, named by the SHA-256 of its bytes."""

    __slots__ = ("_bytes", "_cache")

    _bytes: bytes
    _cache: dict[str, Any]

    #: What it is called in messages.
    what: ClassVar[str] = "document"

    def __init__(self, source: Source) -> None:
        if isinstance(source, Document):
            if type(source) is not type(self):
                raise TypeError(f"this is a {source.what}, and not a {self.what}")
            # Neither changes, so that what was read out of the one is good for the other.
            self._hold(source._bytes, source._cache)
            return
        if isinstance(source, bytes):
            data = source
        elif isinstance(source, str):
            data = source.encode()
        elif isinstance(source, Mapping):
            data = to_bytes(source)
        elif isinstance(source, os.PathLike):
            data = Path(source).read_bytes()
        else:
            raise TypeError(f"a {self.what} is made from bytes, text, JSON or a path, and not from {type(source)}")
        digest = self._read(data)
        self._hold(data, {} if digest is None else {"digest": digest})

    @classmethod
    def _made(cls, data: bytes) -> Self:
        """What the core has just written: it is one without being read."""
        made = cls.__new__(cls)
        made._hold(data, {})
        return made

    def _hold(self, data: bytes, cache: dict[str, Any]) -> None:
        object.__setattr__(self, "_bytes", data)
        object.__setattr__(self, "_cache", cache)

    def _read(self, data: bytes) -> str | None:
        """Reads it as what it is; returns the digest, where that has shown it."""
        return None

    @classmethod
    def read(cls, path: str | os.PathLike[str]) -> Self:
        """The document in this file."""
        return cls(Path(path).read_bytes())

    def write(self, path: str | os.PathLike[str]) -> None:
        """Writes its bytes into a file that only its owner can read, whole or not at all."""
        write(self._bytes, path)

    @property
    def digest(self) -> str:
        """SHA-256 of its bytes, in lower-case hexadecimal."""
        digest: str = self._kept("digest", lambda: core.digest(self._bytes))
        return digest

    def to_bytes(self) -> bytes:
        """Its bytes, as they were read or made."""
        return self._bytes

    def to_json(self) -> str:
        """Its bytes as text."""
        return self._bytes.decode()

    def to_dict(self) -> dict[str, JSON]:
        """A copy of what stands in it."""
        return dict(thawed(self._data))

    @property
    def _data(self) -> Mapping[str, JSON]:
        """What stands in it, frozen, so that any part can be given out."""
        data: Mapping[str, JSON] = self._kept("data", lambda: frozen(self._parsed))
        return data

    @property
    def _parsed(self) -> Mapping[str, JSON]:
        """What stands in it. No part of it is given out, but for texts, numbers and truths."""
        data: Mapping[str, JSON] = self._kept("parsed", lambda: json.loads(self._bytes))
        return data

    def _kept(self, name: str, make: Any) -> Any:
        """What was read out of it once."""
        if name not in self._cache:
            self._cache[name] = make()
        return self._cache[name]

    def __bytes__(self) -> bytes:
        return self._bytes

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and isinstance(other, Document) and other._bytes == self._bytes

    def __hash__(self) -> int:
        return hash(self._bytes)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a {self.what} does not change; make another one")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"a {self.what} does not change; make another one")

    def __reduce__(self) -> tuple[Any, ...]:
        return (type(self), (self._bytes,))

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, _: object) -> Self:
        return self


def table(title: str, rows: Sequence[tuple[str, ...]]) -> str:
    """A table for a notebook; nothing in it is taken for markup."""
    cells = ("".join(f"<td>{html.escape(cell)}</td>" for cell in row) for row in rows)
    body = "".join(f"<tr>{row}</tr>" for row in cells)
    return f"<table><caption>{html.escape(title)}</caption>{body}</table>"
