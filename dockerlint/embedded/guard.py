"""Python text that a reader may be let loose on: Python 3, of a reasonable length and depth."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
MAX_DEPTH = 50
"""Of brackets and of the syntax tree: libcst's parser overflows the stack at some 3,000 brackets."""
_BRACKETS = re.compile(r"[(\[{]|[)\]}]")


def guarded(text: str, limit: int, read: Callable[[], T | None]) -> T | None:
    """What `read` makes of a text of at most `limit` characters; None when it cannot be read. Nothing is raised."""
    if len(text) > limit or "\0" in text:
        return None
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the text's odd escapes are its own affair
        if not _reasonable(text):
            return None
        try:
            return read()
        except RecursionError:
            return None


def _reasonable(text: str) -> bool:
    """Whether it is Python 3 and no deeper than a parser written by recursion can take."""
    import ast  # only for a file that has Python

    depth = 0
    for bracket in _BRACKETS.findall(text):
        depth += 1 if bracket in "([{" else -1
        if depth > MAX_DEPTH:
            return False
    try:
        level: list[ast.AST] = [ast.parse(text)]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    for _ in range(MAX_DEPTH):
        level = [child for node in level for child in ast.iter_child_nodes(node)]
        if not level:
            return True
    return False
