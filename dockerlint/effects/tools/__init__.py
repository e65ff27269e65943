"""What each tool does: one module for a family, each with `HANDLERS` (program name to function), found by itself."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from functools import cache
from importlib import import_module
from typing import TypeAlias

from dockerlint.effects.types import AnyEffect
from dockerlint.model.invocations import Invocation

Handler: TypeAlias = Callable[[Invocation], Iterator[AnyEffect]]


@cache
def handlers() -> dict[str, Handler]:
    """Every program that a module of this package knows."""
    found: dict[str, Handler] = {}
    for name in sorted(os.listdir(__path__[0])):  # pkgutil would load inspect, 5 ms
        if name.endswith(".py") and name != "__init__.py":
            found.update(import_module(f"{__name__}.{name[:-3]}").HANDLERS)
    return found
