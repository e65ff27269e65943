"""Python text → what it imports and names. libcst is imported only when a file is asked for."""

from __future__ import annotations

from dockerlint.embedded.guard import guarded
from dockerlint.record import record

MAX_TEXT = 256 * 1024


@record
class Mentions:
    """What a file names, comments and docstrings left out."""

    modules: frozenset[str]
    """Absolute and dotted: ``from a.b import c`` gives ``a.b`` and ``a.b.c``."""
    dynamic: bool
    """It imports, or may import, what only a run can tell."""
    names: frozenset[str]
    """Every identifier and attribute, and the dotted words of its strings."""
    attributes: frozenset[str]
    """``cv2.imshow`` for every attribute of a module imported by that name or another: the module's own name stands."""


def mentions(text: str) -> Mentions | None:
    """What a file names; None when it is too long or no Python 3."""
    return guarded(text, MAX_TEXT, lambda: _read(text))


def _read(text: str) -> Mentions | None:
    from dockerlint.embedded.names import read  # libcst takes 170 ms to load

    return read(text)
