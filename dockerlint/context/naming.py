"""How messages name files."""

from __future__ import annotations

from collections.abc import Iterable

from dockerlint.context.clutter import Clutter

_MOST = 3


def named(items: Iterable[Clutter]) -> str:
    """The biggest by name, the others counted."""
    return some([item.path for item in items])


def some(paths: list[str]) -> str:
    """The first few paths, the others counted."""
    listed = ", ".join(f"`{path}`" for path in paths[:_MOST])
    more = len(paths) - _MOST
    return f"{listed} and {more} more" if more > 0 else listed
