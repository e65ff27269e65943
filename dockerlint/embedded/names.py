"""The imports, identifiers and strings of a Python file."""

from __future__ import annotations

import re

import libcst as cst

from dockerlint.embedded.mentions import Mentions
from dockerlint.embedded.shape import dotted

_BY_NAME = frozenset("import_module __import__ find_spec run_module import_string locate load_module".split())
_OF_PLUGINS = frozenset(
    "entry_points iter_entry_points walk_packages iter_modules exec eval execfile import_object load_plugins"
    " autodiscover_modules spec_from_file_location PluginManager ExtensionManager DriverManager"
    " NamedExtensionManager".split()
)
_DOTTED = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*(?::[\w.]+)?")


def read(text: str) -> Mentions | None:
    """All that a file names; None when libcst cannot read it."""
    try:
        module = cst.parse_module(text)
    except (cst.ParserSyntaxError, ValueError):
        return None
    visitor = _Visitor()
    module.visit(visitor)
    attributes = {f"{visitor.aliases[name]}.{rest}" for name, rest in visitor.attributes if name in visitor.aliases}
    return Mentions(
        frozenset(visitor.modules), visitor.dynamic, frozenset(visitor.names), frozenset(attributes | visitor.modules)
    )


class _Visitor(cst.CSTVisitor):
    def __init__(self) -> None:
        super().__init__()
        self.modules: set[str] = set()
        self.names: set[str] = set()
        self.aliases: dict[str, str] = {}
        self.attributes: set[tuple[str, str]] = set()
        self.dynamic = False

    def visit_Import(self, node: cst.Import) -> bool:
        for alias in node.names:
            name = dotted(alias.name)
            self._imported(name)
            bound = alias.evaluated_alias
            self.aliases[bound or name.partition(".")[0]] = name if bound else name.partition(".")[0]
        return False

    def visit_ImportFrom(self, node: cst.ImportFrom) -> bool:
        if node.relative or node.module is None:
            return False
        module = dotted(node.module)
        self._imported(module)
        if isinstance(node.names, cst.ImportStar):
            self._imported(f"{module}.*")
            return False
        for alias in node.names:
            self._imported(f"{module}.{alias.evaluated_name}")
            self.aliases[alias.evaluated_alias or alias.evaluated_name] = f"{module}.{alias.evaluated_name}"
        return False

    def _imported(self, name: str) -> None:
        self.modules.add(name)
        self.names.update(name.split("."))
        self.dynamic = self.dynamic or name.partition(".")[0] in ("pluggy", "stevedore", "runpy", "imp", "yapsy")

    def visit_Call(self, node: cst.Call) -> None:
        name = dotted(node.func).rpartition(".")[2] if isinstance(node.func, cst.Name | cst.Attribute) else ""
        if name in _OF_PLUGINS and not (name in ("eval", "exec") and isinstance(node.func, cst.Attribute)):
            self.dynamic = True
        if name in _BY_NAME:
            first = node.args[0].value if node.args else None
            value = first.evaluated_value if isinstance(first, cst.SimpleString) else None
            if isinstance(value, str) and not value.startswith("."):
                self._imported(value)
            else:
                self.dynamic = True

    def visit_Attribute(self, node: cst.Attribute) -> None:
        name = dotted(node)
        if name:
            head, _, rest = name.partition(".")
            self.attributes.add((head, rest))

    def visit_Name(self, node: cst.Name) -> None:
        self.names.add(node.value)

    def visit_Expr(self, node: cst.Expr) -> bool:
        return not isinstance(node.value, cst.SimpleString | cst.ConcatenatedString)

    def visit_SimpleString(self, node: cst.SimpleString) -> None:
        value = node.evaluated_value
        text = value if isinstance(value, str) else ""
        for match in _DOTTED.finditer(text[:2000]):
            self.names.update(re.split(r"[.:]", match[0]))
