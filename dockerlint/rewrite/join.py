"""Join consecutive RUNs into one, so that what one writes and another deletes never reaches a layer."""

from __future__ import annotations

import re
from collections.abc import Sequence as Seq
from itertools import pairwise
from typing import NamedTuple

from dockerlint.edits import Edit, Fix, Safety
from dockerlint.effects.pace import slowed
from dockerlint.findings import Withheld
from dockerlint.model.graph import CONFIGURATION, BuildGraph, Step
from dockerlint.rewrite.bodies import Body, body, insensitive, stops_when_it_fails
from dockerlint.rewrite.hazards import MAX_JOINED, deletes_workdir, refusal, rehashed, rehashes
from dockerlint.rewrite.layout import layout_of
from dockerlint.rewrite.outlives import for_next
from dockerlint.rewrite.scripts import apart, script_edits, script_of
from dockerlint.source import Span
from dockerlint.syntax.tree import Comment

PRAGMA = re.compile(
    r"#\s*(hadolint|dockerlint:|check\s*=|nosec|noqa|shellcheck|checkov:|trivy:|kics|semgrep|skipcq|NOSONAR|pragma|syntax\s*=)",
    re.I,
)
_VOLATILE_MOUNT = re.compile(r"type=tmpfs|\brw\b|readwrite|readonly=false|ro=false")


def why_not(graph: BuildGraph, steps: Seq[Step]) -> Withheld | None:
    """What stands against joining these neighbouring RUNs into one; None when nothing does."""
    bodies = _bodies(steps)
    if isinstance(bodies, Withheld):
        return bodies
    for it in bodies:
        refused = refusal(it)
        if refused is not None:
            return refused
    for it in bodies[:-1]:
        gone = deletes_workdir(it) or for_next(it)
        if gone is not None:
            return gone
    if sum(len(b.shell.logical.text) for b in bodies) > MAX_JOINED:
        return Withheld("the joined RUN would be longer than a shell argument may be")
    for first, second in pairwise(steps):
        found = _between(graph, first, second)
        if found is not None:
            return found
    scripts = apart(bodies) if bodies[0].shell.heredoc_script else None
    return scripts or _surroundings(graph, bodies) or _errexit(bodies)


def _bodies(steps: Seq[Step]) -> list[Body] | Withheld:
    """The bodies of RUNs, all of them here-documents or none."""
    scripts = [script for step in steps if (script := script_of(step)) is not None]
    if len(scripts) == len(steps):
        return scripts
    found: list[Body] = []
    for step in steps:
        it = body(step)
        if isinstance(it, Withheld):
            return it
        found.append(it)
    return found


def _between(graph: BuildGraph, first: Step, second: Step) -> Withheld | None:
    refused = _only_configuration(_gap(graph, first, second))
    if refused is not None:
        return refused
    if first.body is not None and first.body.heredoc_script and second.index > first.index + 1:
        return Withheld("something stands between the here-documents", second.instruction.keyword_span)
    flags = [sorted(s.instruction.flags) for s in (first, second)]
    if flags[0] != flags[1]:
        odd = (second.instruction.flag_nodes or first.instruction.flag_nodes)[0]
        return Withheld(f"the RUNs have different flags: `{odd.text}`", odd.span)
    for flag in first.instruction.flag_nodes:
        if flag.name == "mount" and _VOLATILE_MOUNT.search(flag.value or ""):
            return Withheld(f"`{flag.text}`: what one RUN writes there the next would see", flag.span)
    for comment in _gap_comments(graph, first, second):
        if PRAGMA.match(comment.text):
            return Withheld(f"`{comment.text}` speaks of one RUN only", comment.span)
    return None


def _only_configuration(steps: Seq[Step]) -> Withheld | None:
    for step in steps:
        node = step.instruction
        if node.keyword not in CONFIGURATION | {"RUN"}:
            return Withheld(f"{node.keyword} on line {node.start_line} stands between", node.keyword_span)
    return None


def _gap(graph: BuildGraph, first: Step, second: Step) -> Seq[Step]:
    """What stands between two RUNs: instructions that only write the configuration, when they can be joined."""
    return graph.steps[first.index + 1 : second.index]


def _surroundings(graph: BuildGraph, bodies: list[Body]) -> Withheld | None:
    first = bodies[0].step
    shell = first.scope.shell
    if {"l", "i", "login", "--login"} & shell.letters():
        return Withheld(f"SHELL starts a login or interactive {shell.name}: each RUN reads its start-up files anew")
    for name in ("BASH_ENV", "ENV"):
        if name in first.scope.env:
            return Withheld(f"{name} is set: each RUN reads that file anew")
    for comment in graph.dockerfile.comments:
        if comment.line == first.instruction.start_line - 1 and PRAGMA.match(comment.text):
            return Withheld(f"`{comment.text}` speaks of one RUN only", comment.span)
    for it in bodies[:-1]:
        trailing = it.trailing_comment()
        if trailing is not None and (PRAGMA.match(trailing[0]) or _lines(graph, trailing[1]) > 1):
            return Withheld("a shell comment takes the rest of the RUN with it", trailing[1])
    return None


def _lines(graph: BuildGraph, span: Span) -> int:
    source = graph.dockerfile.source
    return source.position(span.end).line - source.position(span.start).line + 1


def _errexit(bodies: list[Body]) -> Withheld | None:
    """POSIX ignores errexit on the left of ``&&``: a body that relies on it can only be joined as one errexit list."""
    if _listed(bodies) or bodies[0].shell.heredoc_script:
        for it in bodies[:-1]:
            if it.stateful_beyond_sets:
                return Withheld(
                    f"`{it.stateful_beyond_sets}` would reach the next RUN, and errexit forbids a subshell",
                    it.root.span,
                )
            if not stops_when_it_fails(it.items[-1]):
                return Withheld("the last command of an errexit list would no longer stop the build", it.items[-1].span)
        if any(it.sets != bodies[0].sets or it.shell.kind != bodies[0].shell.kind for it in bodies):
            return Withheld("one RUN relies on `set -e`, the other has other options", bodies[0].root.span)
        if any(len(it.sets) != len(_all_sets(it)) for it in bodies):
            return Withheld("`set` stands between commands", bodies[0].root.span)
    return None


def _all_sets(it: Body) -> list[str]:
    return [" ".join(w.text for w in c.words) for c in it.commands if c.words and c.words[0].literal == "set"]


def _listed(bodies: list[Body]) -> bool:
    """Whether the bodies must be joined by ``;`` under errexit rather than by ``&&``."""
    return any(it.errexit and not insensitive(it.root) for it in bodies[:-1])


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


def join(graph: BuildGraph, steps: Seq[Step]) -> Fix | Withheld:
    """One RUN of several neighbouring ones, comments kept between the commands they stood between."""
    reason = why_not(graph, steps)
    if reason is not None:
        return reason
    bodies = _bodies(steps)
    if isinstance(bodies, Withheld):
        return bodies
    lines = f"{steps[0].instruction.start_line}-{steps[-1].instruction.end_line}"
    return Fix(f"Join lines {lines} into one RUN{_price(steps)}", tuple(_edits(graph, bodies)), Safety.SAFE)


def _price(steps: Seq[Step]) -> str:
    """What the layer cache pays for it, where that is much."""
    pair = slowed(steps)
    if pair is None:
        return ""
    slow, volatile = (step.instruction.start_line for step in pair)
    return f" (line {slow}, which takes long, is then done anew whenever line {volatile} is)"


def join_over(graph: BuildGraph, first: Step, last: Step) -> Fix | Withheld:
    """One RUN of all from `first` to `last`, when nothing that one of them could notice stands in between."""
    steps = graph.steps[first.index : last.index + 1]
    refused = _only_configuration(steps)
    return refused or join(graph, [step for step in steps if step.instruction.keyword == "RUN"])


def _edits(graph: BuildGraph, bodies: list[Body]) -> list[Edit]:
    if bodies[0].shell.heredoc_script:
        return script_edits(graph, bodies, [_gap_comments(graph, a.step, b.step) for a, b in pairwise(bodies)])
    layout = layout_of(graph)
    listed = _listed(bodies)
    wraps = [("", "")] * len(bodies) if listed else [_wrap(bodies, i) for i in range(len(bodies))]
    edits = []
    moved = ""
    if wraps[0][0]:
        edits.append(Edit(Span(bodies[0].start, bodies[0].start), wraps[0][0]))
    for i, (first, second) in enumerate(pairwise(bodies)):
        block = _block(graph, first.step, second.step)
        moved += block.text
        found = _gap_comments(graph, first.step, second.step, first.end, second.start)
        comments = tuple(c.text for c in found if not block.span.start <= c.span.start < block.span.end)
        trailing = first.trailing_comment()
        if trailing is not None:
            comments = (trailing[0].rstrip(), *comments)
        link = layout.link(";" if listed else "&&", comments)
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
    gap = _gap(graph, first, second)
    source = graph.dockerfile.source
    start = source.line_span(first.instruction.end_line).end
    end = source.line_span(gap[-1].instruction.end_line).end if gap else start
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


def _remembers(bodies: list[Body], i: int) -> bool:
    """Whether the shell would look programs of body `i` up where a later body may no longer find them."""
    later: frozenset[str] = frozenset()
    for mover, caller in zip(reversed(bodies[i:-1]), reversed(bodies[i + 1 :]), strict=True):
        later |= caller.names
        found = rehashes(mover, later) if mover is bodies[i] else rehashed(bodies[i].names, mover, later)
        if found:
            return True
    return False


def _gap_comments(
    graph: BuildGraph, first: Step, second: Step, start: int | None = None, end: int | None = None
) -> list[Comment]:
    """Comment lines between the last command of one RUN and the first of the next."""
    low = first.instruction.span.end if start is None else start
    high = second.instruction.span.start if end is None else end
    pool = (*first.instruction.comments, *graph.dockerfile.comments, *second.instruction.comments)
    return sorted((c for c in pool if low <= c.span.start < high), key=lambda c: c.span)
