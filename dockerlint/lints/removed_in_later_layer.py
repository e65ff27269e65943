"""LAY001: a file that a later layer deletes stays in the image."""

from __future__ import annotations

from collections.abc import Iterator

from dockerlint.catalogue import Rule
from dockerlint.effects.waste import Waste, wasted
from dockerlint.file import File
from dockerlint.findings import Finding
from dockerlint.rewrite.late import join_late, written_here
from dockerlint.rewrite.policy import no_join


def check(file: File, rule: Rule) -> Iterator[Finding]:
    """One finding for each command that deletes what an earlier layer stored."""
    ledger = file.shipped
    if ledger is None:
        return
    for waste in wasted(ledger, "removed"):
        refused = no_join(file.joining, True)
        fix, withheld = (None, refused) if refused else join_late(file.graph, ledger, waste)
        size = waste.size
        yield Finding(
            rule.name,
            waste.span,
            _message(file, waste),
            written_here(ledger, waste),
            size.bytes,
            size.basis,
            fix,
            withheld,
        )


def _message(file: File, waste: Waste) -> str:
    lines = sorted({file.source.position(e.effect.span.start).line for e in waste.writers})
    where = f"line {lines[0]}" if len(lines) == 1 else "lines " + ", ".join(map(str, lines))
    return f"`{waste.command}` frees nothing: {where} already stored {waste.amount or 'what it deletes'}"
