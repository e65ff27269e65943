"""What gives names their values: assignments and imports."""

from __future__ import annotations

from collections.abc import Callable

import libcst as cst

from dockerlint.embedded.expressions import operate
from dockerlint.embedded.library import FUNCTIONS, canonical
from dockerlint.embedded.machine import Lost, Machine
from dockerlint.embedded.shape import dotted
from dockerlint.embedded.things import Module, Thing
from dockerlint.values import UNKNOWN

_OURS = frozenset(name.partition(".")[0] for name in FUNCTIONS)
"""Modules whose members nobody may replace, if what follows is to be told."""


class Binder:
    """Binds names in a machine; `value` evaluates."""

    def __init__(self, machine: Machine, value: Callable[[cst.BaseExpression], Thing]) -> None:
        self.m = machine
        self.value = value

    def assign(self, target: cst.BaseExpression, value: Thing) -> None:
        """A value is given to a target: a name, several, an attribute, an item."""
        if isinstance(target, cst.Name):
            self.m.bind(target.value, value)
        elif isinstance(target, cst.Tuple | cst.List):
            values = value if isinstance(value, tuple) and len(value) == len(target.elements) else None
            if values is None:
                self.m.spoil(value)
            for i, element in enumerate(target.elements):
                plain = values is not None and not any(isinstance(e, cst.StarredElement) for e in target.elements)
                self.assign(element.value, values[i] if plain and values is not None else UNKNOWN)
        elif isinstance(target, cst.Attribute):
            self.m.spoil(value)
            owner = self.value(target.value)
            if isinstance(owner, Module) and owner.name.partition(".")[0] in _OURS - {"sys"}:
                raise Lost
        elif isinstance(target, cst.Subscript):
            self._assign_item(target, value)

    def _assign_item(self, target: cst.Subscript, value: Thing) -> None:
        self.m.spoil(value)
        owner = self.value(target.value)
        index = target.slice[0].slice if len(target.slice) == 1 else None
        if owner == Module("os.environ"):
            self.m.setenv(self.value(index.value) if isinstance(index, cst.Index) else UNKNOWN, value)
        elif isinstance(owner, Module):  # sys.modules[…]
            raise Lost

    def augment(self, node: cst.AugAssign) -> None:
        """``x += …``."""
        value = self.value(node.value)
        if isinstance(node.target, cst.Name):
            self.m.bind(node.target.value, operate(node.operator, self.value(node.target), value))
        else:
            self.assign(node.target, UNKNOWN)

    def imported(self, node: cst.Import | cst.ImportFrom) -> None:
        """Names of modules and of their members."""
        if isinstance(node, cst.Import):
            for alias in node.names:
                name = alias.evaluated_name
                if alias.asname is None:
                    name = name.partition(".")[0]
                self.m.bind(alias.evaluated_alias or name, Module(canonical(name + ".").rstrip(".")))
            return
        if isinstance(node.names, cst.ImportStar):
            raise Lost
        module = None if node.relative or node.module is None else dotted(node.module)
        for alias in node.names:
            name = alias.evaluated_name
            found = UNKNOWN if module is None else Module(canonical(f"{module}.{name}"))
            self.m.bind(alias.evaluated_alias or name, found)
