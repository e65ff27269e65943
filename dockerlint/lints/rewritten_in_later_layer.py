"""LAY002: chmod, chown, mv, sed -i or strip of a file of an earlier layer stores it a second time."""

from __future__ import annotations

from collections.abc import Iterator

from dockerlint.catalogue import Rule
from dockerlint.edits import Fix
from dockerlint.effects.ledger import Ledger
from dockerlint.effects.types import Moved
from dockerlint.effects.waste import Waste, deleted_behind, lines_of, wasted
from dockerlint.file import File
from dockerlint.findings import Finding, Withheld
from dockerlint.rewrite.bind import bind_removed
from dockerlint.rewrite.late import join_late, written_here
from dockerlint.rewrite.ownership import restate
from dockerlint.rewrite.policy import no_join
from dockerlint.rewrite.relocate import relocate


def check(file: File, rule: Rule) -> Iterator[Finding]:
    """One finding for each command that rewrites what an earlier layer stored."""
    ledger = file.shipped
    if ledger is None:
        return
    for waste in wasted(ledger, "rewritten"):
        size = waste.size
        where = lines_of(file.source, waste)
        twice = waste.amount or "the data"
        message = f"`{waste.command}` stores {twice} of {where} a second time: layers hold whole files"
        related = written_here(ledger, waste)
        yield Finding(rule.name, waste.span, message, related, size.bytes, size.basis, *_fix(file, ledger, waste))


def _fix(file: File, ledger: Ledger, waste: Waste) -> tuple[Fix | None, Withheld | None]:
    """Join what a RUN wrote with what changes it; let COPY write it right at once."""
    if all(ledger.layers[e.layer].step.instruction.keyword == "RUN" for e in waste.writers):
        refused = no_join(file.joining, True)
        return (None, refused) if refused else join_late(file.graph, ledger, waste, file.as_script)
    copied = [e for e in waste.writers if ledger.layers[e.layer].step.instruction.keyword in ("COPY", "ADD")]
    remover = deleted_behind(ledger, waste)
    if remover is not None and len(copied) == len(waste.writers):
        found = bind_removed(ledger, copied, remover, waste.deaths[0].layer)
    elif isinstance(waste.deaths[0].effect, Moved):
        found = relocate(ledger, waste)
    else:
        found = restate(ledger, waste)
    return (found, None) if isinstance(found, Fix) else (None, found)
