"""Commands that run another command: ``sudo``, ``env``, ``timeout``, ``sh -c``, ``xargs`` and their kin."""

from __future__ import annotations

import re
from dataclasses import dataclass

from dockerlint.model.invocations import Argument
from dockerlint.values import Unknown, Value

_VALUE_OPTIONS: dict[str, frozenset[str]] = {
    "sudo": frozenset(("-u", "--user", "-g", "--group", "-h", "-p", "-C", "-r", "-t", "-T", "-U", "-D")),
    "doas": frozenset(("-u", "-C")),
    "env": frozenset(("-u", "--unset", "-C", "--chdir", "-S")),
    "nice": frozenset(("-n", "--adjustment")),
    "ionice": frozenset(("-c", "-n", "-p")),
    "timeout": frozenset(("-k", "--kill-after", "-s", "--signal")),
    "stdbuf": frozenset(("-i", "-o", "-e")),
    "xargs": frozenset(
        ("-n", "-L", "-P", "-I", "-i", "-d", "-a", "-s", "-E", "--max-args", "--max-procs", "--delimiter")
    ),
    "time": frozenset(("-f", "-o")),
    "chrt": frozenset(),
    "nohup": frozenset(),
    "exec": frozenset(("-a",)),
    "command": frozenset(),
    "builtin": frozenset(),
    "eatmydata": frozenset(),
    "gosu": frozenset(),
    "su-exec": frozenset(),
    "setarch": frozenset(),
    "linux32": frozenset(),
    "tini": frozenset(("-g",)),
    "fakeroot": frozenset(),
    "busybox": frozenset(),
}
_LEADING_OPERANDS = {"timeout": 1, "gosu": 1, "su-exec": 1, "chrt": 1, "setarch": 1}
_LOOK_UP = frozenset(("-v", "-V"))  # `command -v x` asks, it does not run
_SHELLS = frozenset(("sh", "bash", "dash", "ash", "zsh", "ksh"))
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=")


@dataclass(frozen=True, slots=True)
class Unwrapped:
    """The command that is really run."""

    arguments: list[Argument]
    prefixes: tuple[str, ...] = ()
    assigned: dict[str, Value] | None = None
    script: Argument | None = None
    """The text given to ``sh -c``."""
    nested: bool = False
    """Arguments come from elsewhere as well (``xargs``)."""
    cwd_unknown: bool = False


def unwrap(arguments: list[Argument]) -> Unwrapped:
    """Look through wrappers, as far as their options are understood."""
    prefixes: list[str] = []
    assigned: dict[str, Value] = {}
    nested = moved = False
    while arguments:
        name = _base(arguments[0].value)
        if name in _SHELLS:
            script = _script(arguments)
            return Unwrapped(arguments, tuple(prefixes), assigned, script, nested, moved)
        if name == "su":
            return Unwrapped(arguments, tuple(prefixes), assigned, _su_script(arguments), nested, moved)
        if name not in _VALUE_OPTIONS or (name == "command" and len(arguments) > 1 and arguments[1].value in _LOOK_UP):
            break
        rest = _skip_options(arguments[1:], _VALUE_OPTIONS[name])
        rest = rest[_LEADING_OPERANDS.get(name, 0) :]
        moved = moved or (name == "env" and any(a.value in ("-C", "--chdir") for a in arguments[1:]))
        while name in ("env", "sudo") and rest and isinstance(rest[0].value, str) and _ASSIGNMENT.match(rest[0].value):
            key, _, value = rest[0].value.partition("=")
            assigned[key] = value
            rest = rest[1:]
        if not rest or isinstance(rest[0].value, Unknown):
            break
        nested = nested or name == "xargs"
        prefixes.append(name)
        arguments = rest
    return Unwrapped(arguments, tuple(prefixes), assigned, None, nested, moved)


def _base(value: Value) -> str:
    return "" if isinstance(value, Unknown) else value.rsplit("/", 1)[-1]


def _skip_options(arguments: list[Argument], with_value: frozenset[str]) -> list[Argument]:
    at = 0
    while at < len(arguments):
        value = arguments[at].value
        if isinstance(value, Unknown) or not value.startswith("-") or value == "-":
            break
        at += 1
        if value == "--":
            break
        if value in with_value:
            at += 1
    return arguments[at:]


def _script(arguments: list[Argument]) -> Argument | None:
    """The operand of ``sh … -c``; None when the shell runs a file or its standard input."""
    for i, argument in enumerate(arguments[1:], 1):
        value = argument.value
        if isinstance(value, Unknown) or not value.startswith(("-", "+")):
            return None
        if value.startswith("-") and not value.startswith("--") and "c" in value:
            at = i + 1
            while (
                at < len(arguments)
                and isinstance(arguments[at].value, str)
                and str(arguments[at].value).startswith("-")
            ):
                at += 1
            return arguments[at] if at < len(arguments) else None
        if value in ("-o", "+o", "--rcfile", "--init-file"):
            return None
    return None


def _su_script(arguments: list[Argument]) -> Argument | None:
    values = [a.value for a in arguments]
    for option in ("-c", "--command"):
        if option in values and values.index(option) + 1 < len(arguments):
            return arguments[values.index(option) + 1]
    return None
