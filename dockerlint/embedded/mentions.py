"""Python text → what it imports and names. libcst is imported only when a file is asked for."""

from __future__ import annotations

from dockerlint.embedded.python import reasonable
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
    if len(text) > MAX_TEXT or "\0" in text:
        return None
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the file's odd escapes are its own affair
        if not reasonable(text):
            return None
        try:
            from dockerlint.embedded.names import read  # libcst takes 170 ms to load

            return read(text)
        except RecursionError:
            return None
