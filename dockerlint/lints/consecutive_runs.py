"""LAY003: several RUNs in a row, each a layer of its own."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from dockerlint.catalogue import Rule
from dockerlint.edits import Fix, Safety
from dockerlint.file import File
from dockerlint.findings import Finding, Withheld
from dockerlint.model.graph import BuildGraph, Stage, Step
from dockerlint.rewrite.join import groups, join


def check(file: File, rule: Rule) -> Iterator[Finding]:
    """One finding for each row of RUNs in the stages that ship."""
    least = file.options.get(rule.name, rule.defaults)["minimum"]
    assert isinstance(least, int)  # the catalogue checks option types
    for stage in file.graph.stages:
        if stage.ships:
            for row in _rows(stage):
                if len(row) >= least:
                    yield _finding(file.graph, rule, row)


def _rows(stage: Stage) -> Iterator[list[Step]]:
    row: list[Step] = []
    for step in stage.steps:
        if step.instruction.keyword == "RUN":
            row.append(step)
            continue
        if row:
            yield row
        row = []
    if row:
        yield row


def _finding(graph: BuildGraph, rule: Rule, row: list[Step]) -> Finding:
    first, last = row[0].instruction, row[-1].instruction
    message = f"{len(row)} RUNs in a row make {len(row)} layers (lines {first.start_line}-{last.end_line})"
    fix, withheld = _join(graph, row)
    return Finding(rule.name, first.keyword_span.cover(first.span), message, fix=fix, withheld=withheld)


def _join(graph: BuildGraph, row: list[Step]) -> tuple[Fix | None, Withheld | None]:
    parts: list[list[Step]] = []
    cuts: list[Withheld] = []
    for flagged, run in groupby(row, key=lambda step: bool(step.instruction.flag_nodes)):
        steps = list(run)
        if flagged:  # who gave a RUN its own mounts or network meant it to be one; and no byte is at stake here
            flag = steps[0].instruction.flag_nodes[0]
            cuts.append(Withheld(f"`{flag.text}`: RUNs with flags are joined only where bytes are won", flag.span))
            parts += [[step] for step in steps]
            continue
        more, reasons = groups(graph, steps)
        parts += more
        cuts += reasons
    joined = [f for part in parts if len(part) > 1 and isinstance(f := join(graph, part), Fix)]
    if not joined:
        return None, cuts[0]
    edits = tuple(e for f in joined for e in f.edits)
    title = joined[0].title if len(joined) == 1 else f"Join {len(row)} RUNs into {len(parts)}"
    return Fix(title, edits, Safety.SAFE), cuts[0] if cuts else None
