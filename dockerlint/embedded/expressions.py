"""Expressions of a followed script: their value, and what evaluating them does."""

from __future__ import annotations

import builtins
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import PurePosixPath

import libcst as cst

from dockerlint.embedded.answers import MAX_AMOUNT
from dockerlint.embedded.library import FUNCTIONS, canonical
from dockerlint.embedded.machine import Lost, Machine
from dockerlint.embedded.methods import MAX_TEXT, attribute, call_method, formatted
from dockerlint.embedded.shape import bound
from dockerlint.embedded.things import Amount, Arguments, Local, Module, Resource, Thing, as_text, length
from dockerlint.values import UNKNOWN

_BUILTINS = frozenset(dir(builtins)) | {"execfile"}
_CONSTANTS = {"None": None, "True": True, "False": False}
_LOSING = frozenset(name.removeprefix("builtins.") for name in FUNCTIONS if name.startswith("builtins.ex")) | {
    *("eval", "setattr", "delattr", "globals", "vars", "__builtins__")
}


class Evaluator:
    """Evaluates in a machine; `call_local` follows a function that the script defines."""

    def __init__(self, machine: Machine, call_local: Callable[[Local, bool], Thing]) -> None:
        self.m = machine
        self.call_local = call_local

    @contextmanager
    def doubtful(self) -> Iterator[None]:
        """What is evaluated inside may not run."""
        self.m.doubt += 1
        try:
            yield
        finally:
            self.m.doubt -= 1

    def value(self, node: cst.BaseExpression) -> Thing:
        """The value of an expression."""
        if isinstance(node, cst.Name):
            return self._name(node.value)
        if isinstance(node, cst.SimpleString | cst.Integer):
            return _literal(node)
        if isinstance(node, cst.ConcatenatedString):
            return _plus(self.value(node.left), self.value(node.right))
        if isinstance(node, cst.FormattedString):
            return self._formatted(node)
        if isinstance(node, cst.BinaryOperation):
            return self._binary(node)
        if isinstance(node, cst.Call):
            return self._call(node)
        if isinstance(node, cst.Attribute):
            return self._attribute(node)
        if isinstance(node, cst.Subscript):
            return self._subscript(node)
        if isinstance(node, cst.Tuple):
            return tuple(self.value(e.value) for e in node.elements)
        if isinstance(node, cst.NamedExpr) and isinstance(node.target, cst.Name):
            value = self.value(node.value)
            self.m.bind(node.target.value, value)
            return value
        return self._other(node)

    def _name(self, name: str) -> Thing:
        if name in self.m.names:
            found = self.m.names[name]
            if isinstance(found, Local) and found not in self.m.calling:
                self.call_local(found, False)  # whoever gets it may call it
            return found
        if name in _CONSTANTS:
            return _CONSTANTS[name]
        if name in _LOSING and name not in ("exit",):
            raise Lost
        return Module(f"builtins.{name}") if name in _BUILTINS else UNKNOWN

    def _attribute(self, node: cst.Attribute) -> Thing:
        base = self.value(node.value)
        if isinstance(base, Module):
            if canonical(f"{base.name}.{node.attr.value}") in ("os.sep",):
                return "/"
            return Module(canonical(f"{base.name}.{node.attr.value}"))
        return attribute(self.m, base, node.attr.value)

    def _subscript(self, node: cst.Subscript) -> Thing:
        base = self.value(node.value)
        index: Thing = UNKNOWN
        for element in node.slice:
            if isinstance(element.slice, cst.Index):
                index = self.value(element.slice.value)
            else:
                self._children(element.slice)
        if len(node.slice) == 1 and base == Module("os.environ") and isinstance(index, str):
            return self.m.environ.get(index, UNKNOWN)
        if len(node.slice) == 1 and base == Module("sys.argv") and isinstance(index, int):
            given = self.m.program.arguments
            return given[index - 1] if 1 <= index <= len(given) else UNKNOWN
        self.m.spoil(base)
        return UNKNOWN

    def _formatted(self, node: cst.FormattedString) -> Thing:
        out: str | None = ""
        for part in node.parts:
            text = None
            if isinstance(part, cst.FormattedStringText):
                text = _unescaped(part.value, node)
            elif isinstance(part, cst.FormattedStringExpression):
                value = self.value(part.expression)
                self.m.spoil(value)
                plain = part.conversion is None and part.format_spec is None and part.equal is None
                text = as_text(value) if plain else None
            out = out + text if out is not None and text is not None else None
        return UNKNOWN if out is None else out

    def _binary(self, node: cst.BinaryOperation) -> Thing:
        left, right = self.value(node.left), self.value(node.right)
        return operate(node.operator, left, right)

    def _call(self, node: cst.Call) -> Thing:
        method = None
        if isinstance(node.func, cst.Name) and isinstance(self.m.names.get(node.func.value), Local):
            function: Thing = self.m.names[node.func.value]
        elif isinstance(node.func, cst.Attribute):
            owner = self.value(node.func.value)
            method = node.func.attr.value
            if isinstance(owner, Module):
                function, method = Module(canonical(f"{owner.name}.{method}")), None
            else:
                function = owner
        else:
            function = self.value(node.func)
        arguments = self._arguments(node)
        if method is not None:
            return call_method(self.m, function, method, arguments)
        if isinstance(function, Local):
            self._spoil(arguments)
            return self.call_local(function, not node.args)
        known = FUNCTIONS.get(function.name) if isinstance(function, Module) else None
        if known is not None:
            return known(self.m, arguments)
        self.m.complete = False
        self._spoil(arguments)
        return Resource() if isinstance(function, Resource) else UNKNOWN

    def _arguments(self, node: cst.Call) -> Arguments:
        found = Arguments()
        for argument in node.args:
            value = self.value(argument.value)
            if argument.star:
                found.whole = False
                self.m.spoil(value)
            elif argument.keyword is not None:
                found.named[argument.keyword.value] = value
            elif found.whole:
                found.positional.append(value)
            else:
                self.m.spoil(value)
        return found

    def _spoil(self, arguments: Arguments) -> None:
        for value in arguments.all():
            self.m.spoil(value)

    def _other(self, node: cst.CSTNode) -> Thing:
        if isinstance(node, cst.BooleanOperation):
            self.m.spoil(self.value(node.left))
            with self.doubtful():
                self.m.spoil(self.value(node.right))
        elif isinstance(node, cst.Comparison | cst.UnaryOperation | cst.List | cst.Dict | cst.Set):
            self._children(node)
        else:  # comprehensions, lambdas, conditions, await: they may run never or often
            with self._hidden(node), self.doubtful():
                self._children(node)
        return UNKNOWN

    @contextmanager
    def _hidden(self, node: cst.CSTNode) -> Iterator[None]:
        """Names that an expression binds for itself are not known in it."""
        before = self.m.names
        self.m.names = {**before, **dict.fromkeys(bound(node), UNKNOWN)}
        try:
            yield
        finally:
            self.m.names = {**before, **{n: UNKNOWN for n, v in self.m.names.items() if before.get(n) is not v}}

    def _children(self, node: cst.CSTNode) -> None:
        for child in node.children:
            if isinstance(child, cst.BaseExpression):
                self.m.spoil(self.value(child))
            else:
                self._children(child)


def _literal(node: cst.SimpleString | cst.Integer) -> Thing:
    try:
        value: Thing = node.evaluated_value
    except (ValueError, SyntaxError, MemoryError):  # an integer of thousands of digits
        return UNKNOWN
    return value


def _unescaped(text: str, node: cst.FormattedString) -> str | None:
    text = text.replace("{{", "{").replace("}}", "}")
    if "\\" not in text or "r" in node.prefix.lower():
        return text
    quoted = cst.SimpleString(f"{node.quote}{text}{node.quote}").evaluated_value if "\\N" not in text else None
    return quoted if isinstance(quoted, str) else None


def _plus(left: Thing, right: Thing) -> Thing:
    if isinstance(left, str) and isinstance(right, str):
        return left + right
    if isinstance(left, bytes) and isinstance(right, bytes):
        return left + right
    first, second = length(left), length(right)
    return UNKNOWN if first is None or second is None else Amount(first + second)


def operate(operator: cst.BaseBinaryOp | cst.BaseAugOp, left: Thing, right: Thing) -> Thing:
    """``left operator right``."""
    name = type(operator).__name__.removesuffix("Assign")
    if isinstance(left, int) and isinstance(right, int):
        return _arithmetic(name, left, right)
    if name == "Add":
        return _plus(left, right)
    if name == "Divide" and isinstance(left, str | PurePosixPath) and isinstance(right, str | PurePosixPath):
        return UNKNOWN if isinstance(left, str) and isinstance(right, str) else PurePosixPath(left) / right
    if name == "Modulo" and isinstance(left, str):
        values = right if isinstance(right, tuple) else (right,)
        if "%d" in left:
            return _numbered(left, values)
        return formatted(left, "%s", values)
    if name == "Multiply":
        return _times(right, left) if isinstance(left, int) else _times(left, right)
    return UNKNOWN


def _numbered(text: str, values: tuple[Thing, ...]) -> Thing:
    """``text % values`` where some marks are ``%d``: integers must stand there."""
    marks = re.findall("%[sd]", text)
    if len(marks) != len(values) or any(
        m == "%d" and not isinstance(v, int) for m, v in zip(marks, values, strict=True)
    ):
        return UNKNOWN
    return formatted(text.replace("%d", "%s"), "%s", values)


def _times(what: Thing, times: Thing) -> Thing:
    size = length(what)
    if size is None or not isinstance(times, int) or size * times > MAX_AMOUNT:
        return UNKNOWN
    if isinstance(what, str | bytes) and size * times <= MAX_TEXT:
        return what * times
    return Amount(size * max(times, 0))


def _arithmetic(name: str, left: int, right: int) -> Thing:
    if max(abs(left), abs(right)) > MAX_AMOUNT:
        return UNKNOWN
    if name == "Add":
        return left + right
    if name == "Subtract":
        return left - right
    if name == "Multiply":
        return left * right
    if name == "FloorDivide" and right:
        return left // right
    if name == "Power" and 0 <= right <= 64 and abs(left) <= 1 << 20:
        return left**right
    if name == "LeftShift" and 0 <= right <= 50:
        return left << right
    return UNKNOWN
