"""Questions about the syntax tree of a script alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import libcst as cst

_BINDING = cst.AssignTarget | cst.AugAssign | cst.AnnAssign | cst.For | cst.CompFor | cst.NamedExpr | cst.Del


def bound(root: cst.CSTNode) -> Iterator[str]:
    """The names that may be bound somewhere below a node, and perhaps some more."""
    todo = [root]
    while todo:
        node = todo.pop()
        todo += node.children
        if isinstance(node, _BINDING):
            yield from _names(node.target)
        elif isinstance(node, cst.AsName):
            yield from _names(node.name)
        elif isinstance(node, cst.FunctionDef | cst.ClassDef | cst.Param):
            yield node.name.value
        elif isinstance(node, cst.ImportAlias):
            yield node.evaluated_name.partition(".")[0]
        elif isinstance(node, cst.MatchPattern):
            yield from _names(node)


def _names(root: cst.CSTNode) -> Iterator[str]:
    todo = [root]
    while todo:
        node = todo.pop()
        todo += node.children
        if isinstance(node, cst.Name):
            yield node.value


def bodies(node: cst.CSTNode) -> Iterator[Sequence[cst.BaseStatement | cst.BaseSmallStatement]]:
    """The bodies of a compound statement and its ``else``."""
    for child in node.children:
        if isinstance(child, cst.BaseSuite):
            yield child.body
        elif isinstance(child, cst.If | cst.Else | cst.MatchCase):
            yield from bodies(child)


def is_main(test: cst.BaseExpression) -> bool:
    """``__name__ == "__main__"``, either way round."""
    if not isinstance(test, cst.Comparison) or len(test.comparisons) != 1:
        return False
    target = test.comparisons[0]
    sides = [test.left, target.comparator]
    names = [s for s in sides if isinstance(s, cst.Name) and s.value == "__name__"]
    texts = [s for s in sides if isinstance(s, cst.SimpleString) and s.evaluated_value == "__main__"]
    return isinstance(target.operator, cst.Equal) and len(names) == len(texts) == 1


def dotted(node: cst.CSTNode) -> str:
    """The name of an imported module."""
    if isinstance(node, cst.Attribute):
        return f"{dotted(node.value)}.{node.attr.value}"
    return node.value if isinstance(node, cst.Name) else "?"


def shared(root: cst.CSTNode) -> Iterator[str]:
    """Names that a function declares global or nonlocal."""
    for node in _below(root):
        if isinstance(node, cst.Global | cst.Nonlocal):
            yield from (item.name.value for item in node.names)


def suspends(root: cst.CSTNode) -> bool:
    """Whether a function is a generator or a coroutine."""
    return any(isinstance(node, cst.Yield | cst.Await) for node in _below(root))


def exits(root: cst.CSTNode) -> bool:
    """Whether something below may end the script."""
    names = {"exit", "_exit", "quit", "SystemExit", "abort"}
    return any(
        (isinstance(node, cst.Name) and (node.value in names or node.value.startswith("exec"))) for node in _below(root)
    )


def _below(root: cst.CSTNode) -> Iterator[cst.CSTNode]:
    todo = [root]
    while todo:
        node = todo.pop()
        todo += node.children
        yield node
