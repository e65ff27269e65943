"""Join consecutive RUNs into one, so that what one writes and another deletes never reaches a layer."""

from __future__ import annotations

from collections.abc import Sequence as Seq
from itertools import groupby, pairwise
from typing import NamedTuple

from dockerlint.edits import Edit, Fix, Licence, Safety
from dockerlint.effects.pace import slowed
from dockerlint.findings import Withheld
from dockerlint.model.graph import BuildGraph, Step
from dockerlint.rewrite.bodies import Body
from dockerlint.rewrite.folders import WORKDIR, folders
from dockerlint.rewrite.hazards import rehashed, rehashes
from dockerlint.rewrite.joinable import bodies_of, gap, gap_comments, listed, only_configuration, why_not
from dockerlint.rewrite.layout import layout_of
from dockerlint.rewrite.script import MARK, as_script
from dockerlint.rewrite.scripts import script_edits
from dockerlint.source import Span


def groups(graph: BuildGraph, steps: Seq[Step]) -> tuple[list[list[Step]], list[Withheld]]:
    """The row of RUNs cut where it cannot be joined, and why at each cut."""
    rows: list[list[Step]] = [[steps[0]]]
    cuts: list[Withheld] = []
    for step in steps[1:]:
        reason = why_not(graph, [*rows[-1], step])
        if reason is None:
            rows[-1].append(step)
        else:
            rows.append([step])
            cuts.append(reason)
    return rows, cuts


def join(graph: BuildGraph, steps: Seq[Step], script: bool = False) -> Fix | Withheld:
    """One RUN of several neighbouring ones, comments kept between the commands they stood between.

    `script`: written as a here-document where that surely is the same.
    """
    reason = why_not(graph, steps)
    if reason is not None:
        return reason
    bodies = bodies_of(steps)
    if isinstance(bodies, Withheld):
        return bodies
    lines = f"{steps[0].instruction.start_line}-{steps[-1].instruction.end_line}"
    title = f"Join lines {lines} into one RUN{_price(steps)}"
    edits = _script(graph, bodies) if script else None
    if edits is not None:
        return Fix(title, tuple(edits), Safety.SAFE, Licence(scripts=frozenset((MARK,))))
    return Fix(title, tuple(_edits(graph, bodies)), Safety.SAFE)


def _script(graph: BuildGraph, bodies: list[Body]) -> list[Edit] | None:
    if any(_remembers(bodies, i) for i in range(len(bodies) - 1)):
        return None
    blocks = [_block(graph, a.step, b.step) for a, b in pairwise(bodies)]
    gaps = [
        [c for c in gap_comments(graph, a.step, b.step) if not block.span.start <= c.span.start < block.span.end]
        for (a, b), block in zip(pairwise(bodies), blocks, strict=True)
    ]
    return as_script(graph, bodies, gaps, "".join(block.text for block in blocks))


def _price(steps: Seq[Step]) -> str:
    """What the layer cache pays for it, where that is much."""
    pair = slowed(steps)
    if pair is None:
        return ""
    slow, volatile = (step.instruction.start_line for step in pair)
    return f" (line {slow}, which takes long, is then done anew whenever line {volatile} is)"


def join_over(graph: BuildGraph, first: Step, last: Step, script: bool = False) -> Fix | Withheld:
    """One RUN of all from `first` to `last`, when nothing that one of them could notice stands in between.

    Where WORKDIR alone does, the joined RUN enters its folder itself: an unsafe fix.
    """
    steps = graph.steps[first.index : last.index + 1]
    runs = [step for step in steps if step.instruction.keyword == "RUN"]
    refused = only_configuration(steps)
    if refused is None:
        return join(graph, runs, script)
    return refused if only_configuration(steps, WORKDIR) else _join_across(graph, runs)


def _join_across(graph: BuildGraph, steps: Seq[Step]) -> Fix | Withheld:
    """One RUN of several between which WORKDIRs stand, which go behind it."""
    reason = why_not(graph, steps, WORKDIR)
    bodies = bodies_of(steps)
    if reason is not None or isinstance(bodies, Withheld):
        return reason or Withheld("a body cannot be followed")
    entered = folders(bodies)
    if isinstance(entered, Withheld):
        return entered
    if listed(bodies) or bodies[0].shell.heredoc_script:
        return Withheld("`set -e` forbids to enter the folder of the WORKDIR in a list", bodies[0].root.span)
    lines = f"{steps[0].instruction.start_line}-{steps[-1].instruction.end_line}"
    licence = Licence(directories=frozenset(folder for folder in entered if folder))
    edits = tuple(_edits(graph, bodies, entered))
    return Fix(f"Join lines {lines} into one RUN, with `cd` for WORKDIR", edits, Safety.UNSAFE, licence)


def _edits(graph: BuildGraph, bodies: list[Body], entered: Seq[str] = ()) -> list[Edit]:
    if bodies[0].shell.heredoc_script:
        return script_edits(graph, bodies, [gap_comments(graph, a.step, b.step) for a, b in pairwise(bodies)])
    layout = layout_of(graph)
    by_errexit = listed(bodies)
    wraps = [("", "")] * len(bodies) if by_errexit else [_wrap(bodies, i) for i in range(len(bodies))]
    _enter(entered, wraps)
    edits = []
    moved = ""
    if wraps[0][0]:
        edits.append(Edit(Span(bodies[0].start, bodies[0].start), wraps[0][0]))
    for i, (first, second) in enumerate(pairwise(bodies)):
        block = _block(graph, first.step, second.step)
        moved += block.text
        found = gap_comments(graph, first.step, second.step, first.end, second.start)
        comments = tuple(c.text for c in found if not block.span.start <= c.span.start < block.span.end)
        trailing = first.trailing_comment()
        if trailing is not None:
            comments = (trailing[0].rstrip(), *comments)
        link = layout.link(";" if by_errexit else "&&", comments)
        edits.append(Edit(Span(first.end, second.start), wraps[i][1] + link + wraps[i + 1][0]))
    end = bodies[-1].end
    behind = graph.dockerfile.source.line_span(bodies[-1].step.instruction.end_line).end
    closing = Edit(Span(end, _behind(bodies[-1]) if wraps[-1][1] else end), wraps[-1][1])
    if closing.span.end == behind:
        edits.append(Edit(closing.span, closing.text + moved))
    else:
        edits += [closing, Edit(Span(behind, behind), moved)]
    return [edit for edit in edits if edit.text]


class _Block(NamedTuple):
    span: Span
    text: str


def _block(graph: BuildGraph, first: Step, second: Step) -> _Block:
    """The lines from behind one RUN to the last instruction before the next: they go behind the joined RUN."""
    between = gap(graph, first, second)
    source = graph.dockerfile.source
    start = source.line_span(first.instruction.end_line).end
    end = source.line_span(between[-1].instruction.end_line).end if between else start
    return _Block(Span(start, end), source.text[start:end])


def _behind(it: Body) -> int:
    """Offset behind a final ``;``, which a closing brace brings along."""
    items = getattr(it.root, "items", ())
    return items[-1].terminator_span.end if items and items[-1].terminator == ";" else it.end


def _wrap(bodies: list[Body], i: int) -> tuple[str, str]:
    """What to put around a body: a subshell where its state would reach the next, braces around lists."""
    it, last = bodies[i], i + 1 == len(bodies)
    if not last and (it.stateful or _remembers(bodies, i)):
        return "(", ")"
    if it.is_list or (i > 0 and it.ends_in_or):
        return ("{ ", "; }") if not (last and i == 0) else ("", "")
    return "", ""


def _enter(entered: Seq[str], wraps: list[tuple[str, str]]) -> None:
    """Put what makes and enters a folder in front of the bodies that run there; a subshell leaves it behind."""
    at = 0
    for folder, same in groupby(entered):
        end = at + len(list(same))
        if folder:
            opening, closing = ("", "") if end == len(entered) else ("(", ")")
            wraps[at] = (f"{opening}mkdir -p {folder} && cd {folder} && {wraps[at][0]}", wraps[at][1])
            wraps[end - 1] = (wraps[end - 1][0], wraps[end - 1][1] + closing)
        at = end


def _remembers(bodies: list[Body], i: int) -> bool:
    """Whether the shell would look programs of body `i` up where a later body may no longer find them."""
    if any(rehashed(bodies[i].names, it, it.names) for it in bodies[i + 1 :]):
        return True
    later: frozenset[str] = frozenset()
    for mover, caller in zip(reversed(bodies[i:-1]), reversed(bodies[i + 1 :]), strict=True):
        later |= caller.names
        found = rehashes(mover, later) if mover is bodies[i] else rehashed(bodies[i].names, mover, later)
        if found:
            return True
    return False
