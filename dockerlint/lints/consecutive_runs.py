"""LAY003: several RUNs in a row, each a layer of its own."""

from __future__ import annotations

from collections.abc import Iterator

from dockerlint.catalogue import Rule
from dockerlint.effects.databases import database_size
from dockerlint.effects.rows import rows, sharing_databases
from dockerlint.effects.types import UNSIZED, Size
from dockerlint.file import File
from dockerlint.findings import Finding
from dockerlint.model.graph import Step
from dockerlint.rewrite.policy import no_join
from dockerlint.rewrite.row import join_row


def check(file: File, rule: Rule) -> Iterator[Finding]:
    """One finding for each row of RUNs in the stages that ship, and for shorter ones that share a package database."""
    least = file.options.get(rule.name, rule.defaults)["minimum"]
    assert isinstance(least, int)  # the catalogue checks option types
    for stage in file.graph.stages:
        for row in rows(stage) if stage.ships else ():
            if len(row) >= least:
                yield _finding(file, rule, row, f"make {len(row)} layers", UNSIZED)
                continue
            for part, manager in sharing_databases(row):
                cost = f"change packages with {manager}: each layer stores the whole package database again"
                yield _finding(file, rule, part, cost, database_size(manager))


def _finding(file: File, rule: Rule, row: list[Step], text: str, copy: Size) -> Finding:
    first, last = row[0].instruction, row[-1].instruction
    message = f"{len(row)} RUNs in a row (lines {first.start_line}-{last.end_line}) {text}"
    refused = no_join(file.joining, bool(copy.bytes))
    fix, withheld = (None, refused) if refused else join_row(file.graph, row, file.as_script)
    size = None if copy.bytes is None else copy.bytes * (len(row) - 1)
    return Finding(rule.name, first.span, message, (), size, copy.basis, fix, withheld)
