"""Follows a command tree: directory, variables, and whether a command surely runs. Nothing is executed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from dockerlint.model import wrappers
from dockerlint.model.expand import Expander
from dockerlint.model.graph import Step
from dockerlint.model.invocations import Argument, Invocation
from dockerlint.model.state import Builtins
from dockerlint.record import replace
from dockerlint.shell.tree import (
    AndOr,
    Assignment,
    Case,
    Function,
    Group,
    If,
    Loop,
    Node,
    Pipeline,
    Redirect,
    Sequence,
    ShellKind,
    Simple,
    Subshell,
    Test,
)
from dockerlint.syntax.tree import Logical
from dockerlint.values import UNKNOWN, Unknown, Value

GUARDS = frozenset(
    ("test", "[", "[[", "grep", "egrep", "fgrep", "which", "command", "type", "hash", "getent", "id", "false")
)
"""Commands whose failure is an answer: what follows them behind ``&&`` may well not run."""
MAX_NESTING = 4


class Interpreter(Builtins):
    """Collects the invocations of one body in `found`."""

    def __init__(self, step: Step, kind: ShellKind, user: Value) -> None:
        super().__init__(step.scope.workdir, step.scope.variables(), kind, Expander(kind, user))
        self.step = step
        self.found: list[Invocation] = []
        self.muted = False
        """Within a condition, or on the left of ``&&`` or ``||``: POSIX ignores errexit there."""
        self.depth = 0
        self.prefixes: tuple[str, ...] = ()

    def run(self, node: Node, certain: bool, must: bool) -> None:
        """Follow `node`. `certain`: it runs in every good build; `must`: its failure is that of the build."""
        certain = certain and not self.ended
        if isinstance(node, Simple):
            self._simple(node, certain, must)
            return
        if isinstance(node, AndOr):
            self._and_or(node, certain, must)
            return
        if isinstance(node, Group | Subshell | If | Loop | Case | Test) and node.redirects:
            self._redirected(node, node.redirects, certain)
        if isinstance(node, Sequence):
            self._sequence(node, certain, must)
        elif isinstance(node, Group):
            self.run(node.body, certain, must)
        elif isinstance(node, Subshell):
            with self.apart():
                self.contained = not must
                self.run(node.body, certain, must)
        elif isinstance(node, Pipeline):
            self._pipeline(node, certain, must)
        elif isinstance(node, Function):
            with self.apart() as before:
                self.run(node.body, False, False)
                self.define(node.name, before)
        elif isinstance(node, Test):
            self.arithmetic(node.text)
        else:
            self._compound(node, certain)

    def finish(self) -> None:
        """Follow what traps run at the end."""
        for node, script in self.traps:
            self._nested(node, wrappers.Unwrapped([], script=script), False, False, self.variables)

    @contextmanager
    def _mute(self) -> Iterator[None]:
        before, self.muted = self.muted, True
        yield
        self.muted = before

    def _and_or(self, node: AndOr, certain: bool, must: bool) -> None:
        fatal = must and node.operator == "&&"
        with self._mute():
            self.run(node.left, certain, fatal)
        sure = node.operator == "&&" and (fatal or not _is_guard(node.left))
        self.failed = node.operator == "||" and isinstance(node.right, Simple)
        self.run(node.right, certain and sure, must)
        self.failed = False

    def _sequence(self, node: Sequence, certain: bool, must: bool) -> None:
        last = len(node.items) - 1
        for i, item in enumerate(node.items):
            if item.terminator == "&":
                with self.apart():
                    self.contained = True
                    self.run(item.node, certain, False)
                continue
            fatal = self.errexit and not self.muted and not _ignores_errexit(item.node)
            self.run(item.node, certain, must if i == last else fatal)

    def _pipeline(self, node: Pipeline, certain: bool, must: bool) -> None:
        last = len(node.commands) - 1
        for i, command in enumerate(node.commands):
            fatal = must and i == last and not node.negated
            if last == 0:
                self.run(command, certain, fatal)
            else:
                with self.apart():
                    self.contained = not fatal
                    self.run(command, certain, fatal)

    def _compound(self, node: If | Loop | Case, certain: bool) -> None:
        before_cwd, before = self.cwd, dict(self.variables)
        if isinstance(node, If):
            for i, (condition, body) in enumerate(node.branches):
                with self._mute():
                    self.run(condition, certain and i == 0, False)
                self.run(body, False, False)
            if node.orelse is not None:
                self.run(node.orelse, False, False)
        elif isinstance(node, Loop):
            if node.variable:
                self.variables[node.variable] = UNKNOWN
            if node.condition is not None:
                with self._mute():
                    self.run(node.condition, certain, False)
            self.run(node.body, False, False)
        else:
            for _, arm in node.arms:
                if arm is not None:
                    self.run(arm, False, False)
        if self.cwd != before_cwd:
            self.cwd = UNKNOWN
        for name, value in self.variables.items():
            if before.get(name) != value or name not in before:
                self.variables[name] = UNKNOWN

    def _assign(self, assignments: tuple[Assignment, ...], certain: bool) -> dict[str, Value]:
        out: dict[str, Value] = {}
        for item in assignments:
            value: Value = UNKNOWN
            if item.value is not None and certain:
                value = self.expander.value(item.value, {**self.variables, **out})
            if item.append:
                old = self.variables.get(item.name, UNKNOWN)
                value = UNKNOWN if isinstance(old, Unknown) or isinstance(value, Unknown) else old + value
            out[item.name] = value
        return out

    def _simple(self, node: Simple, certain: bool, must: bool) -> None:
        assigned = self._assign(node.assignments, certain)
        if not node.words:
            self.variables.update(assigned)
        arguments = [a for word in node.words for a in self.expander.arguments(word, self.variables)]
        if not arguments and not node.redirects:
            return
        if arguments and self.builtin(node, arguments, certain):
            return
        self._record(node, arguments, certain, must, {**self.variables, **assigned} if assigned else self.variables)

    def _record(
        self, node: Simple, arguments: list[Argument], certain: bool, must: bool, variables: dict[str, Value]
    ) -> None:
        unwrapped = wrappers.unwrap(arguments, self.expander.user)
        if unwrapped.cleared or unwrapped.assigned or unwrapped.other_user:
            variables = {**({} if unwrapped.cleared else variables), **unwrapped.assigned}
            if unwrapped.other_user:
                variables["HOME"] = UNKNOWN
        if unwrapped.script is not None:
            self._nested(node, unwrapped, certain, must, variables)
            return
        words = unwrapped.arguments
        program: Value = words[0].value if words else ""
        name = "" if isinstance(program, Unknown) else program.rsplit("/", 1)[-1]
        self.found.append(
            Invocation(
                self.step,
                node,
                name,
                tuple(words[1:]),
                words[0].word if words else None,
                UNKNOWN if unwrapped.moved else self.cwd,
                dict(variables),
                certain,
                node.redirects,
                self.prefixes + unwrapped.prefixes,
                bool(self.depth) or unwrapped.nested,
            )
        )
        self.ended = self.ended or "exec" in unwrapped.prefixes

    def _redirected(self, node: Node, redirects: tuple[Redirect, ...], certain: bool) -> None:
        """The redirections of a group are those of a command without words."""
        self._record(Simple(node.span, (), (), redirects), [], certain, False, self.variables)

    def _nested(
        self, outer: Simple, given: wrappers.Unwrapped, certain: bool, must: bool, variables: dict[str, Value]
    ) -> None:
        """``sh -c 'text'``: the text is followed, its commands take the outer command's place."""
        if given.script is None or isinstance(given.script.value, Unknown) or self.depth >= MAX_NESTING:
            return
        from dockerlint.shell.parse import parse

        kind = ShellKind(given.shell, given.options)
        body = parse(Logical(given.script.value, [0], [given.script.word.span.start]), kind)
        if body.root is None:
            return
        inner = Interpreter(self.step, kind, UNKNOWN if given.other_user else self.expander.user)
        inner.cwd = UNKNOWN if given.moved else self.cwd
        inner.variables, inner.depth = dict(variables), self.depth + 1
        inner.prefixes, inner.contained = self.prefixes + given.prefixes, not must
        inner.run(body.root, certain, must)
        inner.finish()
        self.found += [replace(i, node=replace(i.node, span=outer.span), nested=True) for i in inner.found]


def _ignores_errexit(node: Node) -> bool:
    """Whether a list that fails in an earlier member goes on all the same under errexit."""
    if isinstance(node, Group):
        return _ignores_errexit(node.body)
    if isinstance(node, Sequence):
        return _ignores_errexit(node.items[-1].node)
    if isinstance(node, Pipeline):
        return node.negated
    return isinstance(node, AndOr)


def _is_guard(node: Node) -> bool:
    """Whether a failure of `node` is an answer rather than a fault."""
    if isinstance(node, Simple):
        return bool(node.words) and node.words[0].literal in GUARDS
    if isinstance(node, AndOr):
        return _is_guard(node.left) or _is_guard(node.right)
    if isinstance(node, Pipeline):
        return node.negated or _is_guard(node.commands[-1])
    return not isinstance(node, Group | Subshell) or _is_guard(node.body)
