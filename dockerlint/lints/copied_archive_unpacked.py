"""LAY008: an archive that COPY or ADD put into a layer is unpacked by a RUN and stays."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dockerlint.amounts import human
from dockerlint.catalogue import Rule
from dockerlint.edits import Fix
from dockerlint.effects.copying import words_of
from dockerlint.effects.tree import Entry
from dockerlint.file import File
from dockerlint.findings import Finding, Related
from dockerlint.model.graph import Step
from dockerlint.rewrite.bind import bind_unpacked

_UNPACKED_BY_ADD = re.compile(r"\.(tar|tgz|tbz2?|txz|tar\.(gz|bz2|xz|zst))$", re.I)


def check(file: File, rule: Rule) -> Iterator[Finding]:
    """One finding for each archive of the build context that a RUN unpacks and none deletes."""
    ledger = file.shipped
    if ledger is None:
        return
    alive = {e.path: e for e in ledger.alive() if e.origin in ("COPY", "ADD") and not e.tree}
    for layer, extraction in ledger.extractions:
        entry = alive.get(extraction.archive or "") if extraction.certain else None
        if entry is None or entry.layer >= layer:
            continue
        del alive[entry.path]
        size = ledger.size(entry)
        brought = ledger.layers[entry.layer].step
        what = human(size.bytes) if size.bytes is not None else "bytes"
        where = f"the layer of {entry.origin}"
        message = f"`{entry.path}` is unpacked here, but its {what} stay in {where}: {_instead(entry, brought)}"
        related = (Related(brought.instruction.span, "copied here"),)
        found = bind_unpacked(ledger, entry, layer)
        fix, withheld = (found, None) if isinstance(found, Fix) else (None, found)
        yield Finding(rule.name, extraction.span, message, related, size.bytes, size.basis, fix, withheld)


def _instead(entry: Entry, brought: Step) -> str:
    """The cure that this archive allows."""
    if entry.origin == "ADD" and any("://" in str(word) for word in words_of(brought)):
        return "download and unpack it in one RUN"
    if brought.instruction.flag("from") is None and _UNPACKED_BY_ADD.search(entry.path):
        return "ADD unpacks it without storing it"
    return "unpack it from a `RUN --mount=type=bind`"
