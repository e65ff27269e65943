"""LAY005: packages that a later layer uninstalls stay in the image."""

from __future__ import annotations

from collections.abc import Iterator

from dockerlint.catalogue import Rule
from dockerlint.edits import Fix
from dockerlint.effects.ledger import Ledger
from dockerlint.effects.waste import Waste, wasted
from dockerlint.file import File
from dockerlint.findings import Finding, Withheld
from dockerlint.rewrite.gather import gather
from dockerlint.rewrite.late import join_late, written_here
from dockerlint.rewrite.policy import no_join


def check(file: File, rule: Rule) -> Iterator[Finding]:
    """One finding for each command that uninstalls what an earlier layer installed."""
    ledger = file.shipped
    if ledger is None:
        return
    for waste in wasted(ledger, "uninstalled"):
        packages = list(dict.fromkeys(f"`{e.package}`" for e in waste.writers))
        names = ", ".join(packages[:5]) + (" …" if len(packages) > 5 else "")
        stay = "stays in the layer that installed it" if len(packages) == 1 else "stay in the layer that installed them"
        message = f"`{waste.command}` frees nothing: {names} {stay}"
        related = written_here(ledger, waste, "installed here")
        size = waste.size
        yield Finding(rule.name, waste.span, message, related, size.bytes, size.basis, *_fix(file, ledger, waste))


def _fix(file: File, ledger: Ledger, waste: Waste) -> tuple[Fix | None, Withheld | None]:
    """Join the RUNs where they are neighbours; else show how they could be."""
    refused = no_join(file.joining, True)
    if refused:
        return None, refused
    fix, withheld = join_late(file.graph, ledger, waste, file.as_script)
    writer = ledger.layers[waste.writers[0].layer].step
    if fix is not None or writer.instruction.keyword != "RUN":
        return fix, withheld
    shown = gather(file.graph, writer, waste.step)
    return (shown, None) if isinstance(shown, Fix) else (None, withheld if shown.hint == "" else shown)
