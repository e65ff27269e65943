"""LAY004: a package cache that is cleaned after its layer is closed stays in the image."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from dockerlint.amounts import human
from dockerlint.catalogue import Rule
from dockerlint.effects.ledger import Ledger
from dockerlint.effects.waste import Waste, wasted
from dockerlint.file import File
from dockerlint.findings import Finding, Severity
from dockerlint.record import replace
from dockerlint.rewrite.late import join_late, written_here
from dockerlint.rewrite.move import move_cleanup
from dockerlint.rewrite.policy import no_join


def check(file: File, rule: Rule) -> Iterator[Finding]:
    """One finding for each RUN that cleans what earlier layers stored."""
    ledger = file.shipped
    if ledger is None:
        return
    rows = sorted((w for w in wasted(ledger, "cleaned") if not _its_own(ledger, w)), key=lambda w: w.span)
    for _, group in groupby(rows, key=lambda w: w.step.index):
        waste = _together(list(group))
        refused = no_join(file.joining, True)
        fix, withheld = (None, refused) if refused else join_late(file.graph, ledger, waste, file.as_script)
        if fix is None:
            fix, withheld = move_cleanup(file.graph, ledger, waste, withheld)
        size, line = waste.size, file.source.position(waste.writers[0].effect.span.start).line
        amount = f"the {human(size.bytes, 2)} are" if size.bytes else "the cache is"
        where = "what line {} cached is already gone" if size.bytes == 0 else f"{amount} in the layer of line {{}}"
        message = f"`{waste.command}` frees nothing: {where.format(line)}"
        related = written_here(ledger, waste, "cached here")
        severity = Severity.INFO if size.bytes == 0 else Severity.WARNING  # a useless command costs nothing
        yield Finding(
            rule.name, waste.span, message, related, size.bytes, size.basis, fix, withheld, severity=severity
        )


def _its_own(ledger: Ledger, waste: Waste) -> bool:
    """Whether it cleans up behind its own RUN, and what earlier ones cached is gone anyway."""
    caches = {(d.layer, d.entry.cache) for d in waste.deaths}
    return waste.size.bytes == 0 and any((e.layer, e.cache) in caches for e in ledger.entries)


def _together(group: list[Waste]) -> Waste:
    """All clean-ups of one RUN, told by the one with the most bytes."""
    worst = max(group, key=lambda w: w.size.bytes or 0)
    return replace(worst, deaths=tuple(d for w in group for d in w.deaths))
