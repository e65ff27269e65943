"""What each tool does: one module for a family, each with `HANDLERS` (program name to function), found by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import TypeAlias

from dockerlint.effects.types import AnyEffect
from dockerlint.model.invocations import Invocation

Handler: TypeAlias = Callable[[Invocation], Iterator[AnyEffect]]


@cache
def handlers() -> dict[str, Handler]:
    """Every program that a module of this package knows."""
    found: dict[str, Handler] = {}
    for module in iter_modules(__path__):
        found.update(import_module(f"{__name__}.{module.name}").HANDLERS)
    return found
