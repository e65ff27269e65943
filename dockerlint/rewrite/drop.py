"""Take commands out of a RUN; the instruction goes when nothing else is left in it."""

from __future__ import annotations

from collections.abc import Collection

from dockerlint.edits import Edit
from dockerlint.findings import Withheld
from dockerlint.model.graph import BuildGraph, Step
from dockerlint.rewrite.bodies import body, name_of
from dockerlint.shell.tree import AndOr, Node, Sequence, Simple, Word
from dockerlint.source import Source, Span
from dockerlint.syntax.tree import Instruction


def drop(graph: BuildGraph, step: Step, gone: Collection[Span]) -> list[Edit] | Withheld:
    """The edits that delete the commands with these spans, each a member of the body's own list or chain."""
    it = body(step)
    if isinstance(it, Withheld):
        return it
    rows = [_chain(node) for node in it.items]
    members = [node for row in rows for node in row]
    inner = [span for span in gone if span not in [m.span for m in members]]
    if inner:
        return Withheld("the command stands inside another construct", inner[0])
    left = [node for node in members if node.span not in gone]
    if not left:
        return delete(graph, step.instruction)
    if all(isinstance(node, Simple) and name_of(node) in ("set", "cd", ":", "true") for node in left):
        return Withheld("nothing but a change of the shell would be left of its RUN", left[0].span)
    cuts: list[Span] = []
    kept_before = False
    for i, row in enumerate(rows):
        if all(node.span in gone for node in row):
            if i + 1 < len(rows):
                cuts.append(Span(row[0].span.start, rows[i + 1][0].span.start))
            elif not it.errexit:
                return Withheld("it is the last of a list: its status is that of the RUN", row[0].span)
            else:
                cuts.append(Span(rows[i - 1][-1].span.end, row[-1].span.end))
            continue
        kept_before = False
        for n, node in enumerate(row):
            if node.span not in gone:
                kept_before = True
            elif kept_before:
                cuts.append(Span(row[n - 1].span.end, node.span.end))
            else:
                cuts.append(Span(node.span.start, row[n + 1].span.start))
    comments = [(c.text, c.span) for c in step.instruction.comments] + [(c.text, c.span) for c in it.shell.comments]
    for text, span in comments:
        if any(cut.start <= span.start < cut.end for cut in cuts):
            return Withheld(f"`{text}` stands beside the command and would go with it", span)
    return [Edit(cut, "") for cut in cuts]


def _chain(node: Node) -> list[Node]:
    """The members of ``a && b && c``; the node itself when it is anything else."""
    rest: list[Node] = []
    at = node
    while isinstance(at, AndOr) and at.operator == "&&":
        rest.append(at.right)
        at = at.left
    if isinstance(at, AndOr | Sequence):
        return [node]
    return [at, *reversed(rest)]


def without(source: Source, words: Collection[Word], command: Simple) -> list[Edit] | Withheld:
    """The edits that take words out of a command, with the blanks before each."""
    edits = []
    for before, word in zip(command.words, command.words[1:], strict=False):
        if word in words:
            cut = Span(before.span.end, word.span.end)
            if "#" in source.slice(Span(cut.start, word.span.start)):
                return Withheld("a comment stands between the command's words", cut)
            edits.append(Edit(cut, ""))
    return edits


def delete(graph: BuildGraph, node: Instruction) -> list[Edit] | Withheld:
    """The edit that deletes an instruction with its lines, and one of two blank lines around it."""
    if node.comments:
        return Withheld(f"`{node.comments[0].text}` stands inside the instruction and would go with it")
    text = graph.dockerfile.text
    start = text.rfind("\n", 0, node.span.start) + 1
    end = text.find("\n", node.span.end) + 1 or len(text)
    if text[start : node.span.start].strip("\ufeff \t"):
        return Withheld("the instruction does not start its line", node.keyword_span)
    start += text.startswith("\ufeff", start)
    blank_before = start > 0 and not text[text.rfind("\n", 0, start - 1) + 1 : start].strip()
    following = text.find("\n", end) + 1
    if blank_before and following and not text[end:following].strip():
        end = following
    elif end == len(text) and not text.endswith("\n"):
        start = len(text[:start].rstrip("\r\n"))
    return [Edit(Span(start, end), "")]
