"""Which package databases a RUN writes: a later RUN that changes packages stores the whole database a second time."""

from __future__ import annotations

from dockerlint.costs import cost
from dockerlint.effects.managers import managers
from dockerlint.effects.tools.packages import command_of
from dockerlint.effects.types import UNSIZED, Size
from dockerlint.model.graph import Step
from dockerlint.model.invocations import of_step


def changed_databases(step: Step) -> frozenset[str]:
    """The system package managers whose packages this RUN surely changes."""
    found = set()
    for inv in of_step(step):
        command = command_of(inv)
        if command is not None and inv.certain:
            manager, _, sub = command
            if manager.system and sub in manager.install | manager.uninstall:
                found.add(manager.name)
    return frozenset(found)


def database_size(manager: str) -> Size:
    """Bytes of one copy, as far as the cost table knows."""
    identity = managers()[manager].database
    price = cost(identity) if identity else None
    return UNSIZED if price is None else Size(price.typical, "estimated", price.source)
