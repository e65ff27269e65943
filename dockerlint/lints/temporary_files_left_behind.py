"""LAY007: what served the build only is still there: source trees, histories of clones, files in /tmp."""

from __future__ import annotations

from collections.abc import Iterator

from dockerlint.amounts import human
from dockerlint.catalogue import Rule
from dockerlint.effects.leftovers import Leftover, leftovers
from dockerlint.file import File
from dockerlint.findings import Finding, Related

_MESSAGES = {
    "source": "the source tree `{path}` stays in the image after what it builds was installed",
    "history": "the clone's history, `{path}/.git`, stays in the image: delete it in this RUN or clone `--depth 1`",
    "temporary": "{path} stays in the image{weight}: no command deletes it",
}


def check(file: File, rule: Rule) -> Iterator[Finding]:
    """One finding for each tree or file that nothing deletes."""
    ledger = file.shipped
    if ledger is None:
        return
    for leftover in leftovers(ledger):
        entry = leftover.entry
        related = (Related(leftover.used, "installed here"),) if leftover.used is not None else ()
        size = ledger.size(entry) if leftover.kind == "temporary" else None
        weight = f" with its {human(size.bytes)}" if size is not None and size.bytes is not None else ""
        message = _MESSAGES[leftover.kind].format(path=_named(leftover), weight=weight)
        yield Finding(rule.name, entry.effect.span, message, related, *(size[:2] if size is not None else (None, None)))


def _named(leftover: Leftover) -> str:
    path = leftover.entry.path
    if leftover.kind != "temporary":
        return path
    return f"what is unpacked into `{path}`" if leftover.entry.origin == "unpacked" else f"`{path}`"
