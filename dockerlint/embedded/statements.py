"""Statements of a script, one after the other: straight lines are certain, branches, loops and functions are not."""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider

from dockerlint.embedded.binding import Binder
from dockerlint.embedded.expressions import Evaluator, operate
from dockerlint.embedded.machine import Left, Lost, Machine
from dockerlint.embedded.outcomes import Followed, Program
from dockerlint.embedded.shape import bodies, bound, exits, is_main, shared, suspends
from dockerlint.embedded.things import Amount, Archive, Handle, Local, Module, Resource, Thing, length
from dockerlint.values import UNKNOWN

MAX_CALLS = 4


def run(program: Program) -> Followed | None:
    """Follow a script; None when libcst refuses it."""
    try:
        module = cst.parse_module(program.text)
    except (cst.ParserSyntaxError, ValueError):
        return None
    wrapper = MetadataWrapper(module, unsafe_skip_copy=True)
    follower = _Follower(program, wrapper)
    try:
        follower.block(module.body)
    except Left:
        pass
    except Lost:
        follower.m.complete = False
    return Followed(tuple(follower.m.outcomes), follower.m.complete)


class _Follower:
    """Runs statements in a machine."""

    def __init__(self, program: Program, wrapper: MetadataWrapper) -> None:
        self.m = Machine(program, frozenset(shared(wrapper.module)))
        self.expressions = Evaluator(self.m, self.local)
        self.value = self.expressions.value
        self.binder = Binder(self.m, self.value)
        self.positions = wrapper.resolve(PositionProvider)
        self.lines = [0]
        for line in program.text.splitlines(keepends=True):
            self.lines.append(self.lines[-1] + len(line))
        self.finished: set[Local] = set()

    def block(self, body: Sequence[cst.BaseStatement | cst.BaseSmallStatement]) -> None:
        """Statements in order."""
        for statement in body:
            if isinstance(statement, cst.SimpleStatementLine):
                self.block(statement.body)
            elif isinstance(statement, cst.BaseSmallStatement):
                self._locate(statement)
                self._small(statement)
            else:
                self._locate(statement)
                self._compound(statement)

    def _locate(self, node: cst.CSTNode) -> None:
        start, end, lines = self.positions[node].start, self.positions[node].end, self.lines
        if end.line <= len(lines):
            self.m.at = (lines[start.line - 1] + start.column, lines[end.line - 1] + end.column)

    def _small(self, node: cst.BaseSmallStatement) -> None:
        if isinstance(node, cst.Expr):
            self.value(node.value)
        elif isinstance(node, cst.Assign):
            value = self.value(node.value)
            for target in node.targets:
                self.binder.assign(target.target, value)
        elif isinstance(node, cst.AnnAssign):
            self.binder.assign(node.target, UNKNOWN if node.value is None else self.value(node.value))
        elif isinstance(node, cst.AugAssign):
            self.binder.augment(node)
        elif isinstance(node, cst.Import | cst.ImportFrom):
            self.binder.imported(node)
        elif isinstance(node, cst.Return):
            if node.value is not None:
                self.m.spoil(self.value(node.value))
            raise Left(function=True)
        elif isinstance(node, cst.Raise):
            raise Left(function=False)
        elif isinstance(node, cst.Del):
            for name in bound(node):
                self.m.names[name] = UNKNOWN
        elif isinstance(node, cst.Assert):
            self.value(node.test)

    def _compound(self, node: cst.BaseStatement) -> None:
        if isinstance(node, cst.FunctionDef | cst.ClassDef):
            for decorator in node.decorators:
                self.m.spoil(self.value(decorator.decorator))
            self.m.bind(node.name.value, Local(node) if not node.decorators else UNKNOWN)
            if node.decorators:
                self._maybe(Local(node))
        elif isinstance(node, cst.With):
            self._with(node)
        elif isinstance(node, cst.If) and is_main(node.test) and self.m.names.get("__name__") == "__main__":
            self.block(node.body.body)
        elif isinstance(node, cst.Try | cst.TryStar):
            self._try(node)
        else:
            self._branches(node)

    def _with(self, node: cst.With) -> None:
        sure = True
        for item in node.items:
            self._locate(item)
            manager = self.value(item.item)
            sure = sure and isinstance(manager, Handle | Archive | Resource)
            if item.asname is not None:
                self.binder.assign(item.asname.name, manager)
        if sure:
            self.block(node.body.body)
        else:  # it may hide an error, or change the directory
            self.m.complete = False
            self._doubtful([node.body.body], set())

    def _try(self, node: cst.Try | cst.TryStar) -> None:
        parts = [node.body.body]
        for handler in node.handlers:
            if handler.type is not None:
                self.m.spoil(self.value(handler.type))
            if handler.name is not None:
                self.binder.assign(handler.name.name, UNKNOWN)
            parts.append(handler.body.body)
        if node.orelse is not None:
            parts.append(node.orelse.body.body)
        self._doubtful(parts, set())
        if node.finalbody is not None:
            self.block(node.finalbody.body.body)

    def _branches(self, node: cst.BaseStatement) -> None:
        """If, for, while, match."""
        if isinstance(node, cst.For) and self._repeated(node):
            return
        if isinstance(node, cst.If):
            self.m.spoil(self.value(node.test))
        elif isinstance(node, cst.For):
            self.m.spoil(self.value(node.iter))
        elif isinstance(node, cst.Match):
            self.m.spoil(self.value(node.subject))
        # a second turn of a loop finds what the first one left
        names = set() if isinstance(node, cst.If) else set(bound(node))
        if isinstance(node, cst.While):
            with self.expressions.doubtful():
                self.m.spoil(self.value(node.test))
        self._doubtful(list(bodies(node)), names)

    def _repeated(self, node: cst.For) -> bool:
        """``for _ in range(N): f.write(…)`` writes N times as much."""
        times = node.iter
        lines = node.body.body
        line = lines[0] if len(lines) == 1 else None
        small = line.body[0] if isinstance(line, cst.SimpleStatementLine) and len(line.body) == 1 else line
        if not (isinstance(small, cst.Expr) and isinstance(small.value, cst.Call) and node.orelse is None):
            return False
        call = small.value
        if not (isinstance(call.func, cst.Attribute) and call.func.attr.value == "write" and len(call.args) == 1):
            return False
        if not (isinstance(times, cst.Call) and isinstance(times.func, cst.Name) and times.func.value == "range"):
            return False
        if len(times.args) != 1 or "range" in self.m.names or not isinstance(call.func.value, cst.Name):
            return False
        handle, count = self.m.names.get(call.func.value.value), self.value(times.args[0].value)
        for name in bound(node):
            self.m.bind(name, UNKNOWN)
        unit = self.value(call.args[0].value)
        total = operate(cst.Multiply(), unit, count)
        if not isinstance(handle, Handle) or not isinstance(total, str | bytes | Amount):
            return False
        self.m.write(handle, length(total, handle.ascii))
        return True

    def _doubtful(self, parts: Sequence[Sequence[cst.BaseStatement | cst.BaseSmallStatement]], names: set[str]) -> None:
        """Bodies of which each may run or not; what they change is not known afterwards."""
        m = self.m
        m.names.update(dict.fromkeys(names, UNKNOWN))
        before, cwd = dict(m.names), m.cwd
        for part in parts:
            m.names, m.cwd = dict(before), cwd
            try:
                with self.expressions.doubtful():
                    self.block(part)
            except Left:
                m.may_have_left = True
            before.update({n: UNKNOWN for n, v in m.names.items() if n not in before or before[n] is not v})
            cwd = cwd if m.cwd == cwd else UNKNOWN
        m.names, m.cwd = before, cwd

    def local(self, function: Local, plainly: bool) -> Thing:
        """A function of the script's own is called (`plainly`: without arguments), or may be."""
        node = function.node
        plain = (
            plainly
            and isinstance(node, cst.FunctionDef)
            and node.asynchronous is None
            and not node.params.children
            and function not in self.m.calling
            and len(self.m.calling) < MAX_CALLS
        )
        if plain and isinstance(node, cst.FunctionDef) and not suspends(node):
            self._call(function, node)
        else:
            self._maybe(function)
        return UNKNOWN

    def _call(self, function: Local, node: cst.FunctionDef) -> None:
        m = self.m
        outside, left, place = m.names, m.may_have_left, m.at
        m.names = {**outside, **dict.fromkeys(bound(node.body), UNKNOWN)}
        m.calling.append(function)
        try:
            self.block(node.body.body)
        except Left as end:
            if not end.function:
                raise
        finally:
            m.calling.pop()
            m.names, m.at = outside, place
        # a `return` in a branch ends the function, not the script
        m.may_have_left = left or (m.may_have_left and exits(node))

    def _maybe(self, function: Local) -> None:
        """A function or class of which it is not known when it runs, and with what."""
        if function in self.finished or function in self.m.calling:
            return
        self.finished.add(function)
        m, node = self.m, function.node
        outside, place, left, cwd = m.names, m.at, m.may_have_left, m.cwd
        known = {n: v if isinstance(v, Module | Local) else UNKNOWN for n, v in outside.items()}
        m.names = {**known, **dict.fromkeys(bound(node), UNKNOWN)}
        m.calling.append(function)
        m.complete = False
        try:
            with self.expressions.doubtful():
                self.block(node.body.body)
        except Left:
            pass
        finally:
            m.calling.pop()
            m.names, m.at = outside, place
        m.cwd = cwd if m.cwd == cwd else UNKNOWN
        m.may_have_left = left or exits(node)
