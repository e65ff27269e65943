"""How the author lays out long RUNs: where ``&&`` stands and how far continuation lines are indented."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from dockerlint.model.graph import BuildGraph
from dockerlint.record import record
from dockerlint.shell.tree import AndOr, Node
from dockerlint.shell.walk import children
from dockerlint.source import Source

DEFAULT_INDENT = "    "
SHORT_LINE = 100  # characters; a one-line RUN stays on its line up to here


@record
class Layout:
    """The file's majority style."""

    escape: str
    newline: str
    indent: str
    leading: bool
    """``&&`` starts a line rather than ending one."""

    def link(self, operator: str, comments: tuple[str, ...] = ()) -> str:
        """The text between two commands: operator, continuation, comment lines in between, indentation."""
        lines = "".join(f"{self.indent}{c}{self.newline}" for c in comments)
        if operator == ";":
            return f"; {self.escape}{self.newline}{lines}{self.indent}"
        if self.leading:
            return f" {self.escape}{self.newline}{lines}{self.indent}{operator} "
        return f" {operator} {self.escape}{self.newline}{lines}{self.indent}"


def layout_of(graph: BuildGraph) -> Layout:
    """The style that most continued RUNs of the file have."""
    source = graph.dockerfile.source
    leading: Counter[bool] = Counter()
    indents: dict[bool, Counter[str]] = {True: Counter(), False: Counter()}
    for step in graph.steps:
        if step.instruction.keyword != "RUN" or step.body is None or step.body.root is None:
            continue
        for operator in _operators(step.body.root):
            where = _place(source, operator, graph.dockerfile.escape)
            if where is not None:
                leading[where[0]] += 1
                indents[where[0]][where[1]] += 1
    first = leading[True] >= leading[False]
    indent = indents[first].most_common(1)[0][0] if indents[first] else DEFAULT_INDENT
    return Layout(graph.dockerfile.escape, source.newline, indent or DEFAULT_INDENT, first)


def _operators(node: Node) -> Iterator[AndOr]:
    if isinstance(node, AndOr) and node.operator == "&&":
        yield node
    for child in children(node):
        yield from _operators(child)


def _place(source: Source, node: AndOr, escape: str) -> tuple[bool, str] | None:
    """(operator starts its line, indentation of that line or the next); None when it stands within a line."""
    line = source.position(node.operator_span.start).line
    span = source.line_span(line)
    before = source.text[span.start : node.operator_span.start]
    if not before.strip():
        return True, before
    after = source.text[node.operator_span.end : span.end].strip()
    if after != escape:
        return None
    right = source.position(node.right.span.start).line
    if right == line:
        return None
    head = source.text[source.line_span(right).start : node.right.span.start]
    return (False, head) if not head.strip() else None
