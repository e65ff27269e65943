"""Regular expressions for paths of which only a part is known."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from fnmatch import translate

from dockerlint.shell.tree import Glob, Literal, Parameter, Word
from dockerlint.values import Unknown, Value

_ANYTHING = "\0"  # no path holds it
_END = re.compile(r"\\[zZ]$")


def translated(pattern: str) -> str:
    """A shell pattern as a regular expression without anchors; ``*`` crosses ``/``. Never slower than square time."""
    return _END.sub("", translate(pattern))


def somewhere(word: Word, cwd: Value, variables: Mapping[str, Value]) -> tuple[str, bool]:
    """(expression for what a word of unknown value may name, and all below; whether any of it is known)."""
    text = "".join(_text(part, variables) for part in word.parts)
    named = bool(re.search(r"\w", text))
    if not text.startswith(("/", _ANYTHING)):
        text = f"{_ANYTHING if isinstance(cwd, Unknown) else cwd.rstrip('/')}/{text}"
    if _ANYTHING not in text:
        text = posixpath.normpath(text)
    text = text.removesuffix("/*")  # `rm -rf X/*` empties X
    pattern = "".join("*" if c == _ANYTHING or c in "*?[" else c for c in text.rstrip("/"))
    return f"{translated(pattern) or '/'}(/.*)?", named


def _text(part: object, variables: Mapping[str, Value]) -> str:
    if isinstance(part, Literal | Glob):
        return part.text
    if isinstance(part, Parameter) and not part.operator:
        value = variables.get(part.name)
        if isinstance(value, str):
            return value
    return _ANYTHING
