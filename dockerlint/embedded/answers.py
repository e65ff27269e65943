"""Functions of the standard library that touch no file: paths joined, variables looked up, bytes made."""

from __future__ import annotations

import posixpath
from collections.abc import Callable
from pathlib import PurePosixPath
from typing import TypeAlias

from dockerlint.embedded.machine import Machine
from dockerlint.embedded.things import Amount, Arguments, Thing, length
from dockerlint.model.paths import absolute
from dockerlint.values import UNKNOWN, Unknown

Function: TypeAlias = Callable[[Machine, Arguments], Thing]
MAX_AMOUNT = 1 << 50


def text_of(thing: Thing) -> str | None:
    """A text, or a path as text."""
    if isinstance(thing, PurePosixPath):
        return str(thing)
    return thing if isinstance(thing, str) else None


def _join(m: Machine, a: Arguments) -> Thing:
    parts = [text_of(part) for part in a.positional]
    if not a.whole or a.named or not parts:
        return UNKNOWN
    known = [part for part in parts if part is not None]
    return posixpath.join(*known) if len(known) == len(parts) else UNKNOWN


def _on_text(function: Callable[[str], Thing]) -> Function:
    def call(m: Machine, a: Arguments) -> Thing:
        text = text_of(a.get(0, "path", a.get(None, "p")))
        return UNKNOWN if text is None else function(text)

    return call


def _abspath(m: Machine, a: Arguments) -> Thing:
    return m.path(a.get(0, "path")) or UNKNOWN


def expanduser(m: Machine, text: str) -> str | Unknown:
    """``~`` alone or before a slash; another user's home is not known."""
    if not text.startswith("~"):
        return text
    user, _, rest = text[1:].partition("/")
    if user or isinstance(m.program.home, Unknown) or ("HOME" in m.environ and m.environ["HOME"] != m.program.home):
        return UNKNOWN
    return posixpath.join(m.program.home, rest) if rest else m.program.home


def _expanduser(m: Machine, a: Arguments) -> Thing:
    text = text_of(a.get(0, "path"))
    return UNKNOWN if text is None else expanduser(m, text)


def _getenv(m: Machine, a: Arguments) -> Thing:
    name = a.get(0, "key")
    return m.environ.get(name, UNKNOWN) if isinstance(name, str) else UNKNOWN


def _setenv(m: Machine, a: Arguments) -> Thing:
    m.setenv(UNKNOWN, UNKNOWN)
    return UNKNOWN


def _cwd(m: Machine, a: Arguments) -> Thing:
    return m.cwd


def _path(m: Machine, a: Arguments) -> Thing:
    parts = [text_of(part) for part in a.positional]
    known = [part for part in parts if part is not None]
    return PurePosixPath(*known) if a.whole and len(known) == len(parts) else UNKNOWN


def _path_cwd(m: Machine, a: Arguments) -> Thing:
    return UNKNOWN if isinstance(m.cwd, Unknown) else PurePosixPath(m.cwd)


def _path_home(m: Machine, a: Arguments) -> Thing:
    home = expanduser(m, "~")
    return UNKNOWN if isinstance(home, Unknown) else PurePosixPath(home)


def _str(m: Machine, a: Arguments) -> Thing:
    value = a.get(0)
    if isinstance(value, str | int | PurePosixPath) and len(a.positional) == 1:
        return str(value)
    return UNKNOWN


def _zeros(m: Machine, a: Arguments) -> Thing:
    """``bytes(n)``, ``os.urandom(n)``: so many bytes."""
    value = a.get(0)
    if isinstance(value, int) and 0 <= value < MAX_AMOUNT and len(a.positional) == 1:
        return Amount(value)
    size = length(value) if isinstance(value, bytes | Amount) else None
    return UNKNOWN if size is None else Amount(size)


def _realpath(m: Machine, a: Arguments) -> Thing:
    # A link in the path is not known of; where this matters most, for __file__, there is hardly ever one.
    return _abspath(m, a)


def _normpath(text: str) -> Thing:
    return posixpath.normpath(text)


def resolved(m: Machine, thing: Thing) -> PurePosixPath | Unknown:
    """A path made absolute."""
    found = absolute(str(thing), m.cwd) if isinstance(thing, PurePosixPath) else UNKNOWN
    return UNKNOWN if isinstance(found, Unknown) else PurePosixPath(found)


ANSWERS: dict[str, Function] = {
    "os.path.join": _join,
    "os.path.dirname": _on_text(posixpath.dirname),
    "os.path.basename": _on_text(posixpath.basename),
    "os.path.normpath": _on_text(_normpath),
    "os.path.abspath": _abspath,
    "os.path.realpath": _realpath,
    "os.path.expanduser": _expanduser,
    "os.fspath": _str,
    "os.getenv": _getenv,
    "os.environ.get": _getenv,
    **dict.fromkeys((f"os.environ.{n}" for n in ("update", "setdefault", "pop", "clear")), _setenv),
    "os.getcwd": _cwd,
    **dict.fromkeys((f"pathlib.{n}" for n in ("Path", "PosixPath", "PurePath", "PurePosixPath")), _path),
    "pathlib.Path.cwd": _path_cwd,
    "pathlib.Path.home": _path_home,
    "builtins.str": _str,
    **dict.fromkeys(
        ("builtins.bytes", "builtins.bytearray", "os.urandom", "secrets.token_bytes", "random.randbytes"), _zeros
    ),
}
