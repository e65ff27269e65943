"""Follows a command tree: directory, variables, and whether a command surely runs. Nothing is executed."""

from __future__ import annotations

from dataclasses import replace

from dockerlint.model import wrappers
from dockerlint.model.expand import Expander
from dockerlint.model.graph import Step
from dockerlint.model.invocations import Argument, Invocation
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
_DECLARE = frozenset(("export", "local", "declare", "readonly", "typeset"))
MAX_NESTING = 4


class Interpreter:
    """Collects the invocations of one body in `found`."""

    def __init__(self, step: Step, kind: ShellKind) -> None:
        self.step = step
        self.kind = kind
        self.found: list[Invocation] = []
        self.cwd: Value = step.scope.workdir
        self.variables: dict[str, Value] = step.scope.variables()
        self.errexit = "e" in kind.letters() or "errexit" in kind.letters()
        self.expander = Expander(kind, step.scope.user)
        self.depth = 0

    def run(self, node: Node, certain: bool, must: bool) -> None:
        """Follow `node`. `certain`: it runs in every good build; `must`: a failure of it fails the build."""
        if isinstance(node, Simple):
            self._simple(node, certain)
        elif isinstance(node, AndOr):
            self.run(node.left, certain, must and node.operator == "&&")
            sure = node.operator == "&&" and (must or not _is_guard(node.left))
            self.run(node.right, certain and sure, must)
        elif isinstance(node, Sequence):
            last = len(node.items) - 1
            for i, item in enumerate(node.items):
                background = item.terminator == "&"
                self.run(item.node, certain, not background and (must if i == last else self.errexit))
        elif isinstance(node, Group):
            self.run(node.body, certain, must)
        elif isinstance(node, Subshell):
            self._apart(node.body, certain, must)
        elif isinstance(node, Pipeline):
            self._pipeline(node, certain, must)
        elif isinstance(node, If | Loop | Case | Function):
            self._compound(node, certain)
        elif not isinstance(node, Test):  # pragma: no cover - the union is closed
            raise AssertionError(node)

    def _apart(self, node: Node, certain: bool, must: bool) -> None:
        """Follow a node whose state is lost afterwards."""
        cwd, variables, errexit = self.cwd, dict(self.variables), self.errexit
        self.run(node, certain, must)
        self.cwd, self.variables, self.errexit = cwd, variables, errexit

    def _pipeline(self, node: Pipeline, certain: bool, must: bool) -> None:
        if len(node.commands) == 1:
            self.run(node.commands[0], certain, must and not node.negated)
            return
        for i, command in enumerate(node.commands):
            self._apart(command, certain, must and i + 1 == len(node.commands) and not node.negated)

    def _compound(self, node: If | Loop | Case | Function, certain: bool) -> None:
        before_cwd, before = self.cwd, dict(self.variables)
        if isinstance(node, If):
            for i, (condition, body) in enumerate(node.branches):
                self.run(condition, certain and i == 0, False)
                self.run(body, False, False)
            if node.orelse is not None:
                self.run(node.orelse, False, False)
        elif isinstance(node, Loop):
            if node.variable:
                self.variables[node.variable] = UNKNOWN
            if node.condition is not None:
                self.run(node.condition, certain, False)
            self.run(node.body, False, False)
        elif isinstance(node, Case):
            for _, arm in node.arms:
                if arm is not None:
                    self.run(arm, False, False)
        else:
            self._apart(node.body, False, False)
            return
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

    def _simple(self, node: Simple, certain: bool) -> None:
        assigned = self._assign(node.assignments, certain)
        if not node.words:
            self.variables.update(assigned)
        arguments = [a for word in node.words for a in self.expander.arguments(word, self.variables)]
        if not arguments and not node.redirects:
            return
        if arguments and self._builtin(arguments, certain):
            return
        self._record(node, arguments, certain, {**self.variables, **assigned} if assigned else self.variables)

    def _record(self, node: Simple, arguments: list[Argument], certain: bool, variables: dict[str, Value]) -> None:
        unwrapped = wrappers.unwrap(arguments)
        if unwrapped.script is not None:
            self._nested(node, unwrapped.script, certain)
            return
        if unwrapped.cwd_unknown:
            certain = False
        words = unwrapped.arguments
        program: Value = words[0].value if words else ""
        name = "" if isinstance(program, Unknown) else program.rsplit("/", 1)[-1]
        if unwrapped.assigned:
            variables = {**variables, **unwrapped.assigned}
        elif variables is self.variables:
            variables = dict(variables) if self.depth else variables
        self.found.append(
            Invocation(
                self.step,
                node,
                name,
                tuple(words[1:]),
                words[0].word if words else None,
                self.cwd,
                dict(variables),
                certain,
                node.redirects,
                unwrapped.prefixes,
                bool(self.depth) or unwrapped.nested,
            )
        )

    def _nested(self, outer: Simple, script: Argument, certain: bool) -> None:
        """``sh -c 'text'``: the text is followed, its commands take the outer command's place."""
        if isinstance(script.value, Unknown) or self.depth >= MAX_NESTING:
            return
        from dockerlint.shell.parse import parse

        text = script.value
        body = parse(Logical(text, [0], [script.word.span.start]), ShellKind("sh"))
        if body.root is None:
            return
        inner = Interpreter(self.step, ShellKind("sh"))
        inner.cwd, inner.variables, inner.depth = self.cwd, dict(self.variables), self.depth + 1
        inner.run(body.root, certain, True)
        self.found += [replace(i, node=replace(i.node, span=outer.span), nested=True) for i in inner.found]

    def _builtin(self, arguments: list[Argument], certain: bool) -> bool:
        """State of the shell itself; True when there is nothing more to record."""
        name = arguments[0].value
        rest = [a.value for a in arguments[1:]]
        if name == "cd":
            self._cd([r for r in rest if r not in ("-P", "-L", "--")], certain)
        elif name in ("pushd", "popd"):
            self.cwd = UNKNOWN
        elif name in _DECLARE:
            for argument in arguments[1:]:
                self._declare(argument, certain)
        elif name == "unset":
            for value in rest:
                if isinstance(value, str):
                    self.variables[value] = "" if certain else UNKNOWN
        elif name == "read":
            self.variables.update({value: UNKNOWN for value in rest if isinstance(value, str)})
        elif name == "set":
            text = " ".join(str(r) for r in rest)
            if "errexit" in text or any(isinstance(r, str) and r.startswith("-") and "e" in r for r in rest):
                self.errexit = True
            elif any(isinstance(r, str) and r.startswith("+") and "e" in r for r in rest):
                self.errexit = False
        else:
            return False
        return True

    def _cd(self, operands: list[Value], certain: bool) -> None:
        from dockerlint.model.paths import absolute

        target: Value = operands[0] if operands else self.expander.home(self.variables)
        if not certain or target == "-" or len(operands) > 1:
            self.cwd = UNKNOWN
        else:
            self.cwd = absolute(target, self.cwd)

    def _declare(self, argument: Argument, certain: bool) -> None:
        if isinstance(argument.value, Unknown):
            return
        name, eq, value = argument.value.partition("=")
        if eq:
            self.variables[name] = value if certain else UNKNOWN


def _is_guard(node: Node) -> bool:
    """Whether a failure of `node` is an answer rather than a fault."""
    if isinstance(node, Simple):
        return bool(node.words) and node.words[0].literal in GUARDS
    if isinstance(node, AndOr):
        return _is_guard(node.left) or _is_guard(node.right)
    if isinstance(node, Pipeline):
        return node.negated or _is_guard(node.commands[-1])
    return not isinstance(node, Group | Subshell) or _is_guard(node.body)
