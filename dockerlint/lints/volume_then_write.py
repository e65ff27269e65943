"""LAY009: a RUN changes what lies below a path that a VOLUME before it declares."""

from __future__ import annotations

from collections.abc import Iterator

from dockerlint.catalogue import Rule
from dockerlint.edits import Fix
from dockerlint.effects.volumes import volume_changes
from dockerlint.file import File
from dockerlint.findings import Finding, Related
from dockerlint.rewrite.postpone import postpone


def check(file: File, rule: Rule) -> Iterator[Finding]:
    """One finding for each RUN and volume, at the first command that changes something there."""
    for ledger in file.ledgers:
        changes = list(volume_changes(ledger))
        for it in changes:
            message = (
                f"`{it.path}` is changed after `VOLUME {it.volume}`: "
                "BuildKit keeps the change, the legacy builder discards it"
            )
            related = (Related(it.declared.instruction.span, "declared here"),)
            last = max((c.step for c in changes if c.declared is it.declared), key=lambda step: step.index)
            found = postpone(file.graph, it.declared, last)
            fix, withheld = (found, None) if isinstance(found, Fix) else (None, found)
            yield Finding(rule.name, it.span, message, related, fix=fix, withheld=withheld)
