"""What a command can be given: declared once, as fields of a record, for the quick reader here and for Typer.

The quick reader knows the usual spellings only. What it does not know it leaves to Typer, which is slow to load and
good at helping.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from typing import Any, NamedTuple

from dockerlint.record import defaults

COMMANDS = "dockerlint.cli.commands"


class Spec(NamedTuple):
    """An option or a positional argument.

    `kind` is ``flag``, ``text`` or ``list`` (commas and repeats), for positionals ``one``, ``maybe`` or ``many``.
    """

    kind: str
    help: str
    name: str = ""
    """``--select``; "" for a positional."""
    metavar: str = ""


def option(name: str, metavar: str, help: str) -> Any:
    """An option with a value; None when it is not given."""
    return Spec("text", help, name, metavar)


def choices(name: str, metavar: str, help: str) -> Any:
    """An option that takes lists, split at commas, and may be repeated; () when it is not given."""
    return Spec("list", help, name, metavar)


def flag(name: str, help: str) -> Any:
    """An option without a value."""
    return Spec("flag", help, name)


def positional(metavar: str, help: str, kind: str = "one") -> Any:
    """A positional argument: ``one`` (required), ``maybe`` (None when missing) or ``many`` (a tuple)."""
    return Spec(kind, help, "", metavar)


class Command(NamedTuple):
    """A module of `dockerlint.cli.commands`: its `Arguments`, and its `run` that gives the exit code."""

    name: str
    arguments: type[Any]
    run: Callable[[Any], int]


def command(name: str) -> Command | None:
    """The command of that name."""
    if not (name.isascii() and name.isalpha()):
        return None
    path = f"{COMMANDS}.{name}"
    try:
        module = import_module(path)
    except ModuleNotFoundError as missing:
        if missing.name != path:
            raise
        return None
    return Command(name, module.Arguments, module.run)


def specs(arguments: type[Any]) -> dict[str, Spec]:
    """The specification of each field: positionals, then the command's own options, then those it shares."""
    own = vars(arguments)["__annotations__"]
    declared = defaults(arguments)
    ranked = sorted(declared, key=lambda name: (bool(declared[name].name), name not in own))
    return {name: declared[name] for name in ranked}


def build(arguments: type[Any], given: Mapping[str, Any]) -> Any:
    """The arguments from raw values; what is None or () was not given."""
    made = {}
    for name, spec in specs(arguments).items():
        value = given.get(name)
        if spec.kind == "list":
            value = _split(value or ())
        elif spec.kind == "many":
            value = tuple(value or ())
        made[name] = bool(value) if spec.kind == "flag" else value
    return arguments(**made)


def parse(arguments: type[Any], words: list[str]) -> Any | None:
    """The arguments that `words` spell, or None for anything out of the ordinary."""
    known = specs(arguments)
    by_option = {spec.name: name for name, spec in known.items() if spec.name}
    given: dict[str, Any] = {}
    loose: list[str] = []
    at = 0
    while at < len(words):
        word = words[at]
        at += 1
        if word == "-" or not word.startswith("-"):
            loose.append(word)
            continue
        option_name, equals, value = word.partition("=")
        field_name = by_option.get(option_name)
        if field_name is None:
            return None
        if known[field_name].kind == "flag":
            if equals:
                return None
            given[field_name] = True
            continue
        if not equals:
            if at == len(words) or words[at].startswith("-"):
                return None
            value, at = words[at], at + 1
        if known[field_name].kind == "list":
            given.setdefault(field_name, []).append(value)
        else:
            given[field_name] = value
    return build(arguments, given) if _place(known, loose, given) else None


def _place(known: Mapping[str, Spec], loose: list[str], given: dict[str, Any]) -> bool:
    """Hand out the positional words; False when there are too few or too many."""
    rest = list(loose)
    for name, spec in known.items():
        if spec.kind == "many":
            given[name], rest = rest, []
        elif spec.kind in ("one", "maybe"):
            if rest:
                given[name] = rest.pop(0)
            elif spec.kind == "one":
                return False
    return not rest


def _split(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(part for value in values for part in map(str.strip, value.split(",")) if part)
