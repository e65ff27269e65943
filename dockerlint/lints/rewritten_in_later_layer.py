"""LAY002: chmod, chown, mv, sed -i or strip of a file of an earlier layer stores it a second time."""

from __future__ import annotations

from collections.abc import Iterator

from dockerlint.catalogue import Rule
from dockerlint.effects.waste import wasted
from dockerlint.file import File
from dockerlint.findings import Finding
from dockerlint.rewrite.late import written_here


def check(file: File, rule: Rule) -> Iterator[Finding]:
    """One finding for each command that rewrites what an earlier layer stored."""
    ledger = file.shipped
    if ledger is None:
        return
    for waste in wasted(ledger, "rewritten"):
        size = waste.size
        line = file.source.position(waste.writers[0].effect.span.start).line
        twice = waste.amount or "the data"
        message = f"`{waste.command}` stores {twice} of line {line} a second time: layers hold whole files"
        yield Finding(rule.name, waste.span, message, written_here(ledger, waste), size.bytes, size.basis)
