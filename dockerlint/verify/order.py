"""The order in which things happen, where it can matter: some instructions only write the image's configuration."""

from __future__ import annotations

from collections.abc import Iterable

from dockerlint.verify.items import Chain, Fixed, Item

# No RUN sees them, and they see no file that a RUN makes. Among themselves order matters (the last CMD counts, and
# ENTRYPOINT empties an inherited one); so does their place among instructions that set variables, user or shell.
_CONFIGURATION = frozenset(("LABEL", "EXPOSE", "CMD", "ENTRYPOINT", "STOPSIGNAL", "HEALTHCHECK", "MAINTAINER"))


def settled(items: Iterable[Item]) -> Chain:
    """The items with each row of RUNs in front of the configuration that stands among them."""
    out: list[Item] = []
    waiting: list[Item] = []
    for item in items:
        if isinstance(item, Fixed) and item.kind == "instruction":
            if item.key[0] in _CONFIGURATION:
                waiting.append(item)
                continue
            out += waiting
            waiting = []
        out.append(item)
    return (*out, *waiting)
