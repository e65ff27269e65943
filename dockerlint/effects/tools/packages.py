"""Package managers, from their data: what an install adds, which caches it fills and what empties them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dockerlint.costs import cost, package_cost
from dockerlint.effects.managers import Cache, Manager, by_module, by_program, configurers
from dockerlint.effects.options import Parsed, parse
from dockerlint.effects.types import (
    EMPTY,
    UNSIZED,
    AnyEffect,
    Cached,
    Cleaned,
    Configured,
    Installed,
    Size,
    Uninstalled,
)
from dockerlint.model.expand import UNKNOWN_HOME, home
from dockerlint.model.invocations import Argument, Invocation
from dockerlint.values import Unknown

_FALSE = frozenset(("", "0", "false", "no", "off"))
_ONLY_TELLS = frozenset(("--help", "-h", "--version", "--dry-run", "--simulate", "--just-print"))
_VERSION = re.compile(r"[=<>!~@\[;].*$", re.S)
_TRAILING_VERSION = re.compile(r"[\d.]+$")


def manager_of(inv: Invocation) -> tuple[Manager, tuple[Argument, ...]] | None:
    """The manager that a command calls, and the arguments it gets: ``pip3.11 …``, ``python -m pip …``."""
    name = inv.program
    found = by_program().get(name) or by_program().get(_TRAILING_VERSION.sub("", name))
    if found is not None:
        return found, inv.arguments
    if not name.startswith(("python", "pypy")):
        return None
    for i, argument in enumerate(inv.arguments):
        value = argument.value
        if value == "-m" and i + 1 < len(inv.arguments):
            module = inv.arguments[i + 1].value
            known = by_module().get(module) if isinstance(module, str) else None
            return (known, inv.arguments[i + 2 :]) if known else None
        if isinstance(value, Unknown) or not value.startswith("-") or value == "-c":
            return None
    return None


def command_of(inv: Invocation) -> tuple[Manager, Parsed, str] | None:
    """(manager, options and operands behind the sub-command, sub-command)."""
    found = manager_of(inv)
    if found is None:
        return None
    manager, arguments = found
    args = parse(arguments, manager.value_options)
    head = args.operands[0].value if args.operands else ""
    return manager, args, "" if isinstance(head, Unknown) else head


def packages(inv: Invocation) -> Iterator[AnyEffect]:
    """Effects of any package manager's command."""
    yield from _configured(inv)
    found = command_of(inv)
    if found is None:
        return
    manager, args, sub = found
    if args.has(*(_ONLY_TELLS - manager.value_options)) or (not sub and args.operands):
        return
    two = " ".join(str(o.value) for o in args.operands[:2])
    for cache in manager.caches:
        if (sub in cache.filled_by or two in cache.filled_by) and not avoids(cache, args, inv):
            yield _cached(manager, cache, args, inv)
    emptied = tuple(c.kind for c in manager.caches if sub in c.emptied_by or two in c.emptied_by)
    if emptied:
        yield Cleaned(inv.span, inv.certain, manager.name, emptied)
    if sub in manager.install:
        names = _names(args)
        group = args.value("-t", "--virtual") if manager.name == "apk" else None
        yield Installed(
            inv.span,
            inv.certain,
            manager.name,
            names,
            _price(manager, names),
            group if isinstance(group, str) else None,
        )
    if sub in manager.uninstall:
        names = _names(args) or ("*",)
        yield Uninstalled(inv.span, inv.certain, manager.name, names)


def _configured(inv: Invocation) -> Iterator[AnyEffect]:
    rows = configurers().get(inv.program, ())
    words = tuple(a.value for a in inv.arguments if not (isinstance(a.value, str) and a.value.startswith("-")))
    for wanted, manager in rows:
        if words[: len(wanted)] == wanted:
            yield Configured(inv.span, inv.certain, manager)


def _names(args: Parsed) -> tuple[str | None, ...]:
    return tuple(None if isinstance(o.value, Unknown) else _VERSION.sub("", o.value) for o in args.operands[1:])


def _price(manager: Manager, names: tuple[str | None, ...]) -> Size:
    known = [n for n in names if n is not None]
    if manager.costs is None or len(known) != len(names):
        return UNSIZED
    price = package_cost(manager.costs, known)
    return UNSIZED if price is None else Size(price.typical, "estimated", price.source)


def avoids(cache: Cache, args: Parsed, inv: Invocation) -> bool:
    """Whether an option or a variable keeps the cache empty, or puts it where it is not looked for."""
    if args.has(*cache.avoided_by, *cache.moved_by) or cache.moved_env & inv.variables.keys():
        return True
    for name in cache.avoided_env & inv.variables.keys():
        value = inv.variables[name]
        if isinstance(value, Unknown) or value.lower() not in _FALSE:
            return True
    return False


def places(cache: Cache, inv: Invocation) -> tuple[str, ...]:
    """Where the cache lies for the user who runs a command, ``~`` as it is."""
    root = home({}, inv.step.scope.user) == "/root"
    return (cache.root_paths if root else ()) + cache.paths


def _cached(manager: Manager, cache: Cache, args: Parsed, inv: Invocation) -> Cached:
    base = home(inv.variables, inv.step.scope.user)
    root = f"{UNKNOWN_HOME}?" if isinstance(base, Unknown) else base
    paths = tuple(root + p[1:] if p.startswith("~") else p for p in places(cache, inv))
    price = cost(cache.cost) if cache.cost else None
    size = UNSIZED if price is None or price.typical is None else Size(price.typical, "estimated", price.source)
    if cache.self_cleaning and price is not None and price.typical == 0:
        size = EMPTY._replace(basis="estimated", source=price.source)
    return Cached(inv.span, inv.certain, manager.name, cache.kind, paths, size)


HANDLERS = {
    **dict.fromkeys((*by_program(), *configurers()), packages),
    **dict.fromkeys(("python", "python2", "python3", "pypy", "pypy3"), packages),
}
