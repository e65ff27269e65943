"""Join what can be joined of a row of RUNs."""

from __future__ import annotations

from functools import reduce
from operator import or_

from dockerlint.edits import Fix, Safety
from dockerlint.findings import Withheld
from dockerlint.model.graph import BuildGraph, Step
from dockerlint.rewrite.join import groups, join


def join_row(graph: BuildGraph, row: list[Step], script: bool = False) -> tuple[Fix | None, Withheld | None]:
    """One fix for all parts of the row that can be joined, and the first reason why it had to be cut."""
    parts, cuts = groups(graph, row)
    joined = [f for part in parts if len(part) > 1 and isinstance(f := join(graph, part, script), Fix)]
    if not joined:
        return None, cuts[0]
    edits = tuple(e for f in joined for e in f.edits)
    title = joined[0].title if len(joined) == 1 else f"Join {len(row)} RUNs into {len(parts)}"
    licence = reduce(or_, (f.licence for f in joined))
    return Fix(title, edits, Safety.SAFE, licence), cuts[0] if cuts else None
