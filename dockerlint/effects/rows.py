"""RUNs that follow each other; instructions that only write the configuration may stand in between."""

from __future__ import annotations

from collections.abc import Iterator

from dockerlint.effects.databases import changed_databases
from dockerlint.model.graph import CONFIGURATION, Stage, Step


def rows(stage: Stage) -> Iterator[list[Step]]:
    """The longest rows of RUNs with the same flags and nothing in between that one of them could notice."""
    row: list[Step] = []
    for step in stage.steps:
        node = step.instruction
        if node.keyword in CONFIGURATION:
            continue
        if row and not (node.keyword == "RUN" and sorted(node.flags) == sorted(row[0].instruction.flags)):
            yield row
            row = []
        if node.keyword == "RUN":
            row.append(step)
    if row:
        yield row


def sharing_databases(row: list[Step]) -> Iterator[tuple[list[Step], str]]:
    """The longest parts of a row whose RUNs all change the packages of one manager, and its name."""
    part: list[Step] = []
    common: frozenset[str] = frozenset()
    for step in row:
        names = changed_databases(step)
        if part and common & names:
            part.append(step)
            common &= names
            continue
        if len(part) > 1:
            yield part, min(common)
        part, common = [step], names
    if len(part) > 1:
        yield part, min(common)
