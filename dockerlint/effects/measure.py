"""What the build context tells of the bytes that COPY put somewhere."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from dockerlint.effects.tree import Entry
from dockerlint.effects.types import Created, Size

if TYPE_CHECKING:
    from dockerlint.context import Context


class Measure:
    """Asks a context, if there is one."""

    def __init__(self, context: Context | None) -> None:
        self.context = context

    def tells(self, entry: Entry) -> bool:
        """Whether the context tells what a COPY takes. One with the Dockerfile alone is not the real one."""
        return isinstance(entry.effect, Created) and entry.effect.source is not None and self._real

    @cached_property
    def _real(self) -> bool:
        if self.context is None:
            return False
        dockerfile = self.context.dockerfile
        own = {".dockerignore", dockerfile.name if dockerfile is not None else "Dockerfile"}
        taken = self.context.taken(".")
        return taken.truncated or any(not e.folder and e.path not in own for e in taken.entries)

    def part(self, entry: Entry, path: str) -> Size | None:
        """The bytes of what COPY put at `path` below the entry; None when that is not known."""
        source = entry.effect.source if isinstance(entry.effect, Created) else None
        if source is None or self.context is None or any(c in source for c in "*?["):
            return None
        taken = self.context.taken(source.rstrip("/") + path[len(entry.path.rstrip("/")) :])
        return None if taken.truncated or not taken.files else Size(taken.bytes, "measured")
