"""Symbolic links made in the file: what is written or deleted behind one is where it leads."""

from __future__ import annotations

from dockerlint.effects.types import AnyEffect, Created, Deleted, Moved, Rewritten
from dockerlint.model.paths import under
from dockerlint.record import replace

_MOST = 8


class Links:
    """Links by path."""

    def __init__(self) -> None:
        self._leads: dict[str, str] = {}

    def add(self, path: str, target: str) -> None:
        """A link now exists."""
        if not under(target, path):
            self._leads[path] = target

    def drop(self, path: str) -> None:
        """A path is gone, and the links at or below it."""
        for link in [link for link in self._leads if under(link, path)]:
            del self._leads[link]

    def followed(self, effect: AnyEffect) -> AnyEffect:
        """The effect at the real path. The last name of a path is not followed: `rm LINK` deletes the link."""
        if not self._leads or not isinstance(effect, Created | Deleted | Moved | Rewritten):
            return effect
        path = self._real(effect.path)
        if isinstance(effect, Moved):
            target = self._real(effect.target)
            return (
                effect if (path, target) == (effect.path, effect.target) else replace(effect, path=path, target=target)
            )
        return effect if path == effect.path else replace(effect, path=path)

    def _real(self, path: str) -> str:
        for _ in range(_MOST):
            link = next((link for link in self._leads if link != path and under(path, link)), None)
            if link is None:
                break
            path = self._leads[link] + path[len(link) :]
        return path
