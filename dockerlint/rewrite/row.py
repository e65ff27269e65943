"""Join what can be joined of a row of RUNs."""

from __future__ import annotations

from itertools import groupby

from dockerlint.edits import Fix, Safety
from dockerlint.findings import Withheld
from dockerlint.model.graph import BuildGraph, Step
from dockerlint.rewrite.join import groups, join


def join_row(graph: BuildGraph, row: list[Step]) -> tuple[Fix | None, Withheld | None]:
    """One fix for all parts of the row that can be joined, and the first reason why it had to be cut."""
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
