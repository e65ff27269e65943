"""Join RUNs whose bodies are here-documents: one script of several, under one ``set -e``."""

from __future__ import annotations

from collections.abc import Sequence as Seq
from itertools import pairwise

from dockerlint.edits import Edit
from dockerlint.findings import Withheld
from dockerlint.model.graph import BuildGraph, Step
from dockerlint.rewrite.bodies import Body, stops_when_it_fails
from dockerlint.shell.tree import Simple
from dockerlint.source import Span
from dockerlint.syntax.tree import Comment, Heredoc


def script_of(step: Step) -> Body | None:
    """The body of a RUN that is one here-document for the shell, without a ``#!`` line."""
    shell = step.body
    if shell is None or shell.root is None or not shell.heredoc_script or len(step.instruction.heredoc_nodes) != 1:
        return None
    return None if heredoc_of(step).body.startswith("#!") else Body(step, shell, shell.root)


def heredoc_of(step: Step) -> Heredoc:
    """The here-document of such a RUN."""
    return step.instruction.heredoc_nodes[0]


def apart(bodies: Seq[Body]) -> Withheld | None:
    """Why scripts cannot follow each other in one shell."""
    first = heredoc_of(bodies[0].step)
    for it in bodies[1:]:
        mark = heredoc_of(it.step)
        if (mark.name, mark.expand, mark.strip_tabs) != (first.name, first.expand, first.strip_tabs):
            return Withheld("the here-documents have different marks", mark.span)
    for it in bodies[:-1]:
        if not it.errexit:
            return Withheld("the script has no `set -e`: a failure would be hidden", heredoc_of(it.step).span)
        if not stops_when_it_fails(it.items[-1]):
            return Withheld("the last command of the script would no longer stop the build", it.items[-1].span)
    return None


def script_edits(graph: BuildGraph, bodies: Seq[Body], comments: Seq[Seq[Comment]]) -> list[Edit]:
    """Cut what stands between the scripts; the comments there become comments of the script."""
    source = graph.dockerfile.source
    edits = []
    for (first, second), between in zip(pairwise(bodies), comments, strict=True):
        start = source.line_span(source.position(heredoc_of(first.step).end_span.start).line).start
        kept = "".join(f"{comment.text}{source.newline}" for comment in between)
        edits.append(Edit(Span(start, _first_line(graph, second)), kept))
    return edits


def _first_line(graph: BuildGraph, it: Body) -> int:
    """Where a script begins, its first ``set`` left out when it has a line of its own: the script before has it."""
    start, source = heredoc_of(it.step).body_span.start, graph.dockerfile.source
    head = it.items[0]
    if not it.sets or not isinstance(head, Simple) or len(it.items) < 2:
        return start
    line = source.line_span(source.position(head.span.start).line)
    alone = source.text[line.start : line.end].strip() == source.text[head.span.start : head.span.end]
    return line.end + len(source.newline) if alone and line.start == start else start
