"""A joined RUN written as a here-document, one command a line under ``set -e``, where that surely is the same."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Sequence as Seq

from dockerlint.edits import Edit
from dockerlint.model import frontend
from dockerlint.model.graph import BuildGraph
from dockerlint.rewrite.bodies import Body
from dockerlint.shell.tree import AndOr, Node, Simple
from dockerlint.source import Span
from dockerlint.syntax.tree import Comment

MARK = "EOF"
_SHELLS = frozenset(("sh", "bash", "dash", "ash"))
_SUBSTITUTIONS = ("$(", "`", "<(", ">(")  # their shells inherit `set -e`, or do not: it depends on the shell


def as_script(graph: BuildGraph, bodies: Seq[Body], gaps: Seq[Seq[Comment]], moved: str) -> list[Edit] | None:
    """Edits for RUNs that are chains of plain commands; None for others. `moved`: lines that go behind the RUN."""
    source = graph.dockerfile.source
    if source.newline != "\n" or not frontend.allows(graph.dockerfile, frontend.HEREDOCS):
        return None
    lines: list[str] = ["set -e"]
    for it, comments in zip(bodies, ((), *gaps), strict=True):
        commands = list(_commands(it.root))
        texts = [source.text[c.span.start : c.span.end] for c in commands if isinstance(c, Simple)]
        if len(texts) < len(commands) or not _plain(it) or any(map(_odd, texts)):
            return None
        lines += [comment.text for comment in comments] + texts
    first, last = bodies[0], bodies[-1]
    end = source.line_span(last.step.instruction.end_line).end
    script = "\n".join((f"<<{MARK}", *lines, MARK))
    return [Edit(Span(first.start, end), script + moved)]


def _plain(it: Body) -> bool:
    """Whether a body keeps to itself what it does, and nothing in its text would be lost."""
    kind = it.shell.kind
    inner = it.step.instruction.comments or it.trailing_comment() or it.shell.heredoc_script
    return kind.name in _SHELLS and not (it.errexit or it.stateful or it.ends_in_or or inner)


def _commands(node: Node) -> Iterator[Node]:
    if isinstance(node, AndOr) and node.operator == "&&":
        yield from _commands(node.left)
        yield from _commands(node.right)
    else:
        yield node


def _odd(text: str) -> bool:
    return "\n" in text or text.strip() == MARK or any(sign in text for sign in _SUBSTITUTIONS)
