"""How one instruction changes what the next one finds: ENV, ARG, WORKDIR, USER, SHELL."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

from dockerlint.model.graph import Scope
from dockerlint.model.paths import absolute
from dockerlint.shell.tree import ShellKind
from dockerlint.syntax.expansion import expand_value
from dockerlint.syntax.tree import Instruction
from dockerlint.values import UNKNOWN, Unknown, Value

SH = ShellKind("sh", ("-c",))
CMD = ShellKind("cmd", ("/S", "/C"))
MAX_VARIABLES = 256  # in a scope; further names are left out, as unknown as any name never seen
_FOREIGN_PATH = re.compile(r"\\|^[A-Za-z]:")
_PATH_SEPARATOR = re.compile(r"[\\/]")
# What BuildKit defines before the first FROM without being asked; the values depend on the machine and `--platform`.
PLATFORM_ARGS: Mapping[str, Value] = dict.fromkeys(
    (f"{side}{part}" for side in ("BUILD", "TARGET") for part in ("PLATFORM", "OS", "ARCH", "VARIANT")), UNKNOWN
) | {"TARGETSTAGE": UNKNOWN}


class Surroundings(NamedTuple):
    """What does not change within a stage."""

    globals: Mapping[str, Value]
    """ARGs declared before the first FROM."""
    empty_base: bool
    """Built on scratch: a variable that was never set is empty, but for PATH, which the builder sets."""


def after(scope: Scope, instruction: Instruction, around: Surroundings) -> Scope:
    """The scope that `instruction` leaves behind; `scope` itself when it changes nothing."""
    change = _CHANGES.get(instruction.keyword)
    return scope if change is None else change(scope, instruction, around)


def resolve(text: str, scope: Scope, around: Surroundings, escape: str) -> Value:
    """`text` as the builder expands it in `scope`."""
    if "$" not in text:
        return expand_value(text, {}, escape)
    variables = scope.variables()
    if around.empty_base:
        variables.setdefault("PATH", UNKNOWN)
    return expand_value(text, variables, escape, missing_unknown=not around.empty_base)


def _env(scope: Scope, instruction: Instruction, around: Surroundings) -> Scope:
    env = dict(scope.env)
    for pair in instruction.pairs:
        name = resolve(pair.name, scope, around, instruction.escape)
        if isinstance(name, str) and name and pair.value is not None:
            _set(env, name, resolve(pair.value, scope, around, instruction.escape))
    return Scope(env, scope.args, scope.workdir, scope.user, scope.shell)


def _arg(scope: Scope, instruction: Instruction, around: Surroundings) -> Scope:
    for pair in instruction.pairs:
        name = resolve(pair.name, scope, around, instruction.escape)
        if not isinstance(name, str) or not name:
            continue
        if pair.value is None:
            value = around.globals.get(name, UNKNOWN)
        else:
            value = resolve(pair.value, scope, around, instruction.escape)
        args, env = dict(scope.args), scope.env
        _set(args, name, value)
        if name in env and value != env[name] and not (pair.value is None and name not in around.globals):
            # The documentation lets ENV win; BuildKit lets the later of the two win.
            env = {**env, name: UNKNOWN}
        scope = Scope(env, args, scope.workdir, scope.user, scope.shell)
    return scope


def _set(variables: dict[str, Value], name: str, value: Value) -> None:
    if name in variables or len(variables) < MAX_VARIABLES:
        variables[name] = value


def _workdir(scope: Scope, instruction: Instruction, around: Surroundings) -> Scope:
    path = resolve(instruction.arguments, scope, around, instruction.escape)
    if path == "":
        return scope
    if isinstance(path, Unknown) or _FOREIGN_PATH.search(path):
        path = UNKNOWN
    return Scope(scope.env, scope.args, absolute(path, scope.workdir), scope.user, scope.shell)


def _user(scope: Scope, instruction: Instruction, around: Surroundings) -> Scope:
    user = resolve(instruction.arguments, scope, around, instruction.escape)
    return Scope(scope.env, scope.args, scope.workdir, user, scope.shell)


def _shell(scope: Scope, instruction: Instruction, around: Surroundings) -> Scope:
    words = instruction.json_form
    if not words:
        return scope
    return Scope(scope.env, scope.args, scope.workdir, scope.user, shell_kind(words))


def shell_kind(words: list[str]) -> ShellKind:
    """The shell that a SHELL instruction names."""
    name = _PATH_SEPARATOR.split(words[0])[-1].lower().removesuffix(".exe")
    return ShellKind(name, tuple(words[1:]))


_CHANGES: dict[str, Callable[[Scope, Instruction, Surroundings], Scope]] = {
    "ENV": _env,
    "ARG": _arg,
    "WORKDIR": _workdir,
    "USER": _user,
    "SHELL": _shell,
}
