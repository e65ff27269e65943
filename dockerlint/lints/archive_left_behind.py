"""LAY006: an archive that a RUN downloaded and unpacked is still there."""

from __future__ import annotations

from collections.abc import Iterator

from dockerlint.amounts import human
from dockerlint.catalogue import Rule
from dockerlint.edits import Fix
from dockerlint.effects.types import EMPTY
from dockerlint.file import File
from dockerlint.findings import Finding, Related
from dockerlint.rewrite.discard import discard


def check(file: File, rule: Rule) -> Iterator[Finding]:
    """One finding for each archive of the image that a RUN unpacks and none deletes."""
    ledger = file.shipped
    if ledger is None:
        return
    copied = ("COPY", "ADD")  # what they bring no RUN can take away: another rule's fault
    alive = {e.path: e for e in ledger.alive() if not (e.tree or e.origin in copied or e.size == EMPTY)}
    for layer, extraction in ledger.extractions:
        entry = alive.pop(extraction.archive, None) if extraction.archive and extraction.certain else None
        if entry is None or not entry.effect.certain:
            continue
        size = ledger.size(entry)
        what = f" with its {human(size.bytes)}" if size.bytes is not None else ""
        message = f"`{entry.path}`{what} stays in the image after it was unpacked"
        related = (Related(extraction.span, "unpacked here"),)
        found = discard(ledger, entry, extraction.span, layer)
        fix, withheld = (found, None) if isinstance(found, Fix) else (None, found)
        yield Finding(rule.name, entry.effect.span, message, related, size.bytes, size.basis, fix, withheld)
