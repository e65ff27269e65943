"""<manager>-cache-left-behind, apt-lists-left-behind: a package manager's cache stays in the layer."""

from __future__ import annotations

from collections.abc import Iterator

from dockerlint.amounts import human
from dockerlint.catalogue import Rule
from dockerlint.edits import Fix, Safety
from dockerlint.effects.caches import kept, place_of
from dockerlint.effects.ledger import Ledger
from dockerlint.effects.managers import managers
from dockerlint.effects.tree import Entry
from dockerlint.effects.waste import quoted
from dockerlint.file import File
from dockerlint.findings import Finding, Withheld
from dockerlint.model.invocations import Invocation
from dockerlint.record import replace
from dockerlint.rewrite.mount import mount_cache
from dockerlint.rewrite.uncache import uncache


def check(file: File, rule: Rule) -> Iterator[Finding]:
    """One finding for each RUN whose cache nobody empties; the manager is the first word of the rule's name."""
    ledger = file.shipped
    if ledger is None:
        return
    manager, kind = rule.name.split("-")[:2]
    for entries in kept(ledger, manager, None if kind == "cache" else kind):
        yield _finding(file, rule, ledger, manager, entries)


def _finding(file: File, rule: Rule, ledger: Ledger, name: str, entries: list[tuple[Entry, Invocation]]) -> Finding:
    entry, invocation = entries[0]
    outcome = _outcome(file, rule, ledger, name, entries)
    fix = outcome if isinstance(outcome, Fix) else None
    if fix is not None and rule.fix == "display":
        fix = replace(fix, safety=Safety.DISPLAY)
    text = quoted(invocation.step, invocation.span)
    amount = f"about {human(entry.size.bytes, 2)}" if entry.size.bytes is not None else "what it downloads"
    message = f"`{text}` leaves {amount} in {place_of(entry)}: no command of this RUN deletes it"
    withheld = None if isinstance(outcome, Fix) else outcome
    return Finding(rule.name, invocation.span, message, (), entry.size.bytes, entry.size.basis, fix, withheld)


def _outcome(
    file: File, rule: Rule, ledger: Ledger, name: str, entries: list[tuple[Entry, Invocation]]
) -> Fix | Withheld | None:
    """A cache mount or a clean-up, as the configuration has it."""
    if rule.fix == "none":
        return None
    if file.cache == "mount":
        return mount_cache(file.graph, ledger, managers()[name], entries)
    by_option = file.options.get(rule.name, rule.defaults).get("prefer") == "option"
    return uncache(file.graph, ledger, managers()[name], entries, by_option)
