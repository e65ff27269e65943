"""LAY001: a file that a later layer deletes stays in the image."""

from __future__ import annotations

from collections.abc import Iterator

from dockerlint.catalogue import Rule
from dockerlint.edits import Fix
from dockerlint.effects.ledger import Ledger
from dockerlint.effects.waste import Waste, lines_of, wasted
from dockerlint.file import File
from dockerlint.findings import Finding, Withheld
from dockerlint.rewrite.bind import bind_removed
from dockerlint.rewrite.exclude import exclude
from dockerlint.rewrite.late import join_late, written_here
from dockerlint.rewrite.policy import no_join


def check(file: File, rule: Rule) -> Iterator[Finding]:
    """One finding for each command that deletes what an earlier layer stored."""
    ledger = file.shipped
    if ledger is None:
        return
    for waste in wasted(ledger, "removed"):
        fix, withheld = _fix(file, ledger, waste)
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


def _fix(file: File, ledger: Ledger, waste: Waste) -> tuple[Fix | None, Withheld | None]:
    """Join the RUNs from writer to remover; what a COPY brought is mounted instead."""
    inv = waste.deaths[0].action.invocation
    copied = [e for e in waste.writers if ledger.layers[e.layer].step.instruction.keyword in ("COPY", "ADD")]
    if len(copied) == len(waste.writers) and inv is not None:
        if all(d.partial for d in waste.deaths):
            found = exclude(ledger, waste)
        else:
            found = bind_removed(ledger, copied, inv, waste.deaths[0].layer)
        return (found, None) if isinstance(found, Fix) else (None, found)
    refused = no_join(file.joining, True)
    return (None, refused) if refused else join_late(file.graph, ledger, waste, file.as_script)


def _message(file: File, waste: Waste) -> str:
    where = lines_of(file.source, waste)
    return f"`{waste.command}` frees nothing: {where} already stored {waste.amount or 'what it deletes'}"
