"""The values that a followed script works with, beside plain ``str``, ``bytes``, ``int``, ``tuple`` and paths."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TypeAlias

import libcst as cst

from dockerlint.record import field, record
from dockerlint.values import UNKNOWN

Thing: TypeAlias = object
"""A value of the script; UNKNOWN for one that is not known."""


@record
class Amount:
    """Text or bytes of which only the length in bytes is known."""

    bytes: int


@record
class Module:
    """A module or a member of one, by its dotted name (``os.path.join``)."""

    name: str


@record(eq=False, slots=False)
class Local:
    """A function or class that the script defines."""

    node: cst.FunctionDef | cst.ClassDef


@record(frozen=False, eq=False, slots=False)
class Handle:
    """An open file. `outcome` is the index of what opening it wrote, None for reading."""

    path: str | None
    outcome: int | None
    ascii: bool = False
    """Its encoding is not UTF-8: only ASCII has the same length."""


@record
class Archive:
    """An open archive; `path` None when it does not come from a file that is known."""

    path: str | None


@record
class Resource:
    """Something harmless that is not looked into: a response, a session. As a context manager it hides no error."""


@record(frozen=False)
class Arguments:
    """What a call is given. `whole` is False where ``*`` or ``**`` hides some."""

    positional: list[Thing] = field(default_factory=list)
    named: dict[str, Thing] = field(default_factory=dict)
    whole: bool = True

    def get(self, at: int | None, name: str = "", default: Thing = None) -> Thing:
        """The argument at a position (None: by name only) or of a name, UNKNOWN when it may be hidden."""
        if at is not None and at < len(self.positional):
            return self.positional[at]
        if name in self.named:
            return self.named[name]
        return default if self.whole else UNKNOWN

    def all(self) -> list[Thing]:
        """Every argument."""
        return [*self.positional, *self.named.values()]


def length(value: Thing, ascii: bool = False) -> int | None:
    """Bytes of a text or of bytes once written, None when not known. `ascii`: only ASCII text is."""
    if isinstance(value, str):
        if ascii and not value.isascii():
            return None
        return len(value.encode("utf-8", "surrogatepass"))
    if isinstance(value, bytes):
        return len(value)
    return value.bytes if isinstance(value, Amount) else None


def as_text(value: Thing) -> str | None:
    """``str(value)`` of what has a plain one."""
    if isinstance(value, bool):
        return str(value)
    return str(value) if isinstance(value, str | int | PurePosixPath) else None
