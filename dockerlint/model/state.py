"""The state of a shell that its own commands change: directory, variables, options, and whether it has ended."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from dockerlint.model.expand import Expander
from dockerlint.model.invocations import Argument
from dockerlint.model.paths import absolute
from dockerlint.record import record
from dockerlint.shell.tree import Parameter, ShellKind, Simple
from dockerlint.values import UNKNOWN, Value

_DECLARE = frozenset(("export", "local", "declare", "readonly", "typeset"))
_ASSIGNERS = frozenset(("read", "getopts", "mapfile", "readarray", "let"))
_NAME = re.compile(r"([A-Za-z_]\w*)(\+?=)?")


@record
class _State:
    cwd: Value
    variables: dict[str, Value]
    errexit: bool
    ended: bool
    places: tuple[Value, ...]
    contained: bool


@record
class _Traces:
    """What a call of a function may change."""

    names: frozenset[str]
    moves: bool
    ends: bool


class Builtins:
    """State, and the commands that change it."""

    def __init__(self, cwd: Value, variables: dict[str, Value], kind: ShellKind, expander: Expander) -> None:
        self.cwd = cwd
        self.variables = variables
        self.kind = kind
        self.expander = expander
        self.errexit = bool({"e", "errexit"} & kind.letters())
        self.ended = False
        """The shell may have ended well: what follows may not run."""
        self.places: tuple[Value, ...] = ()
        """Where ``popd`` goes back to."""
        self.contained = False
        """In a subshell whose failure fails nothing: ``exit 1`` may leave it."""
        self.failed = False
        """The command before has failed: the status of a bare ``exit``."""
        self.functions: dict[str, _Traces] = {}
        self.traps: list[tuple[Simple, Argument]] = []

    @contextmanager
    def apart(self) -> Iterator[_State]:
        """Follow something whose state is lost afterwards."""
        before = _State(self.cwd, dict(self.variables), self.errexit, self.ended, self.places, self.contained)
        yield before
        self.cwd, self.variables, self.errexit = before.cwd, before.variables, before.errexit
        self.ended, self.places, self.contained = before.ended, before.places, before.contained

    def define(self, name: str, before: _State) -> None:
        """Remember what the function whose body was just followed changes."""
        changed = {k for k, v in self.variables.items() if k not in before.variables or before.variables[k] != v}
        self.functions[name] = _Traces(frozenset(changed), self.cwd != before.cwd, self.ended and not before.ended)

    def builtin(self, node: Simple, arguments: list[Argument], certain: bool) -> bool:
        """State of the shell itself; True when there is nothing more to record."""
        name = arguments[0].value
        rest = arguments[1:]
        self._defaults(node)
        if name == "cd":
            self._cd([a.value for a in rest if a.value not in ("-P", "-L", "-e", "--")], certain)
        elif name in ("pushd", "popd"):
            self._push(name == "pushd", [a.value for a in rest], certain)
        elif name in _DECLARE:
            self._declare(rest, certain)
        elif name == "unset":
            for value in [a.value for a in rest if not any(b.value == "-f" for b in rest)]:
                if isinstance(value, str) and not value.startswith("-"):
                    self.variables[value] = "" if certain else UNKNOWN
        elif name in _ASSIGNERS:
            self._forget(a.value for a in rest)
        elif name == "set":
            self._set([str(a.value) for a in rest], certain)
        else:
            return self._others(node, name, rest)
        return True

    def _others(self, node: Simple, name: Value, rest: list[Argument]) -> bool:
        """Commands that are recorded as well."""
        if name in ("eval", ".", "source"):
            self.variables = dict.fromkeys(self.variables, UNKNOWN)
            if name == "eval":
                self.cwd = UNKNOWN
        elif name in ("exit", "logout"):
            status = rest[0].value if rest else str(int(self.failed))
            fails = isinstance(status, str) and status.isdigit() and int(status) % 256 != 0
            self.ended = self.ended or not fails or self.contained
        elif name == "printf" and len(rest) > 1 and rest[0].value == "-v":
            self._forget((rest[1].value,))
        elif name == "trap" and len(rest) > 1 and any(a.value in ("EXIT", "0") for a in rest[1:]):
            self.traps.append((node, rest[0]))
        elif isinstance(name, str) and name in self.functions:
            traces = self.functions[name]
            self.variables.update(dict.fromkeys(traces.names, UNKNOWN))
            self.cwd = UNKNOWN if traces.moves else self.cwd
            self.ended = self.ended or traces.ends
        return False

    def arithmetic(self, text: str) -> None:
        """``((…))`` may change any variable that it names."""
        if text.startswith("(("):
            self._forget(re.findall(r"[A-Za-z_]\w*", text))

    def _forget(self, names: Iterator[Value] | list[str] | tuple[Value, ...]) -> None:
        for name in names:
            if isinstance(name, str) and _NAME.match(name):
                self.variables[name.partition("=")[0]] = UNKNOWN

    def _defaults(self, node: Simple) -> None:
        """``: ${NAME:=default}`` assigns."""
        for word in node.words:
            for part in word.parts:
                if isinstance(part, Parameter) and part.operator in (":=", "="):
                    self.variables[part.name] = UNKNOWN

    def _cd(self, operands: list[Value], certain: bool) -> None:
        target: Value = operands[0] if operands else self.expander.home(self.variables)
        if not certain or target == "-" or len(operands) > 1:
            self.cwd = UNKNOWN
        elif target != "":
            self.cwd = absolute(target, self.cwd)

    def _push(self, down: bool, operands: list[Value], certain: bool) -> None:
        plain = certain and all(isinstance(o, str) and not o.startswith(("-", "+")) for o in operands)
        if down and plain and len(operands) == 1:
            self.places = (*self.places, self.cwd)
            self.cwd = absolute(operands[0], self.cwd)
        elif not down and plain and not operands and self.places:
            *left, self.cwd = self.places
            self.places = tuple(left)
        else:
            self.cwd, self.places = UNKNOWN, ()

    def _declare(self, arguments: list[Argument], certain: bool) -> None:
        for argument in arguments:
            text = argument.value if isinstance(argument.value, str) else argument.word.text
            match = _NAME.match(text)
            if match is None or match[2] is None:
                continue
            alone = sum(a.word is argument.word for a in arguments) == 1  # some shells split here, some do not
            value: Value = UNKNOWN
            if certain and alone and match[2] == "=" and isinstance(argument.value, str):
                value = argument.value[match.end() :]
            self.variables[match[1]] = value

    def _set(self, words: list[str], certain: bool) -> None:
        at = 0
        while at < len(words):
            word = words[at]
            at += 1
            if word == "--" or word[:1] not in ("-", "+"):
                return
            given = set(word[1:])
            if "o" in given and at < len(words):
                given.add(words[at])
                at += 1
            if {"e", "errexit"} & given:
                self.errexit = word[0] == "-" and (certain or self.errexit)
