"""Package managers, from their data: what an install adds, which caches it fills and what empties them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dockerlint.costs import cost, package_shares
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
from dockerlint.record import replace
from dockerlint.values import UNKNOWN, Unknown

_FALSE = frozenset(("", "0", "false", "no", "off"))
_ONLY_TELLS = frozenset(("--help", "-h", "--version", "--dry-run", "--simulate", "--just-print"))
_VERSION = re.compile(r"[=<>!~@\[;].*$", re.S)
_NO_RECOMMENDS = re.compile(r"APT::Install-Recommends=\W*(?:0|false|no|off)\b", re.I)
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
    args = parse(arguments, manager.value_options, manager.clusters)
    if manager.operations:
        args = _operation(manager, args, arguments)
    if args.operands and str(args.operands[0].value).startswith("+"):  # cargo +nightly
        args = replace(args, operands=args.operands[1:])
    head = args.operands[0].value if args.operands else ""
    return manager, args, "" if isinstance(head, Unknown) else head


def subcommand_of(inv: Invocation, manager: str) -> str | None:
    """The sub-command of a command that calls this manager; None for every other command."""
    found = command_of(inv)
    return found[2] if found is not None and found[0].name == manager else None


def _operation(manager: Manager, args: Parsed, arguments: tuple[Argument, ...]) -> Parsed:
    """The options of ``pacman -Syu`` as a sub-command: the operation and the letters that change what it does."""
    operation = next((o for o in sorted(manager.operations) if args.has(o)), None)
    if operation is None:
        return args
    letters = "".join(sorted(o[1] for o in args.options if len(o) == 2 and o in manager.operation_letters))
    if not (letters or args.operands or args.has("-u", "--sysupgrade")):
        letters = "y"  # `pacman -Sy` fetches only the index
    word = next(a.word for a in arguments if isinstance(a.value, str) and a.value.startswith("-"))
    return replace(args, operands=(Argument(operation + letters, word), *args.operands))


def subcommands(manager: Manager, args: Parsed) -> frozenset[str]:
    """What the command is told to do: its first word, its first two, or every operand."""
    words = [o.value for o in args.operands if isinstance(o.value, str)]
    if manager.goals:
        return frozenset(words)
    if len(words) < min(len(args.operands), 2):
        return frozenset(words[:1]) if args.operands and isinstance(args.operands[0].value, str) else frozenset()
    return frozenset((words[0] if words else "", " ".join(words[:2])))


def packages(inv: Invocation) -> Iterator[AnyEffect]:
    """Effects of any package manager's command."""
    yield from _configured(inv)
    found = command_of(inv)
    if found is None:
        return
    manager, args, sub = found
    if args.has(*(_ONLY_TELLS - manager.value_options)) or (not sub and args.operands):
        return
    subs = subcommands(manager, args) | {"*"}
    for cache in manager.caches:
        if not subs.isdisjoint(cache.filled_by) and not avoids(cache, args, inv):
            yield _cached(manager, cache, args, inv)
    emptied = tuple(c.kind for c in manager.caches if not subs.isdisjoint(c.emptied_by))
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
            _shares(manager, names, args),
            group if isinstance(group, str) else None,
        )
    if sub in manager.uninstall:
        names = _names(args) or ("*",)
        yield Uninstalled(inv.span, inv.certain, manager.name, names)


def _configured(inv: Invocation) -> Iterator[AnyEffect]:
    rows = configurers().get(inv.program, ())
    given = [a.value for a in inv.arguments]
    plain = [w for w in given if not (isinstance(w, str) and w.startswith("-"))]
    for wanted, manager in rows:
        words = [w for w in wanted if not w.startswith("-")]
        if plain[: len(words)] == words and all(w in given for w in wanted):
            yield Configured(inv.span, inv.certain, manager)


def _names(args: Parsed) -> tuple[str | None, ...]:
    return tuple(None if isinstance(o.value, Unknown) else _VERSION.sub("", o.value) for o in args.operands[1:])


def _shares(manager: Manager, names: tuple[str | None, ...], args: Parsed) -> tuple[Size, ...]:
    if manager.costs is None:
        return (UNSIZED,) * len(names)
    told = (value for name, value in args.every if name in ("-o", "--option") and isinstance(value, str))
    recommends = not args.has("--no-install-recommends") and not any(map(_NO_RECOMMENDS.match, told))
    shares = package_shares(manager.costs, filter(None, names), recommends)
    known = {name: Size(amount, "estimated", source) for name, (amount, source) in shares.items()}
    return tuple(UNSIZED if name is None else known.get(name, UNSIZED) for name in names)


def avoids(cache: Cache, args: Parsed, inv: Invocation) -> bool:
    """Whether an option or a variable keeps the cache empty, or puts it where it is not looked for."""
    if any(_given(option, args, inv) for option in cache.avoided_by | cache.moved_by):
        return True
    if any(_set(variable, inv) for variable in cache.moved_env):
        return True
    for name in cache.avoided_env & inv.variables.keys():
        value = inv.variables[name]
        if isinstance(value, Unknown) or value.lower() not in _FALSE:
            return True
    return False


def _given(option: str, args: Parsed, inv: Invocation) -> bool:
    """Whether an option is there; one with ``=`` in the table only with that value, or with that beginning."""
    name, eq, value = option.partition("=")
    if eq:
        return args.value(name) == value
    return args.has(name) or any(isinstance(a.value, str) and a.value.startswith(f"{name}=") for a in inv.arguments)


def _set(variable: str, inv: Invocation) -> bool:
    name, eq, value = variable.partition("=")
    return name in inv.variables and (not eq or inv.variables[name] in (value, UNKNOWN))


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
