"""<manager>-cache-left-behind, apt-lists-left-behind: a package manager's cache stays in the layer."""

from __future__ import annotations

from collections.abc import Iterator

from dockerlint.amounts import human
from dockerlint.catalogue import Rule
from dockerlint.edits import Fix
from dockerlint.effects.ledger import Ledger
from dockerlint.effects.managers import managers
from dockerlint.effects.readers import reader
from dockerlint.effects.tree import Entry
from dockerlint.effects.waste import quoted
from dockerlint.file import File
from dockerlint.findings import Finding
from dockerlint.model.expand import UNKNOWN_HOME
from dockerlint.model.invocations import Invocation
from dockerlint.rewrite.uncache import uncache


def check(file: File, rule: Rule) -> Iterator[Finding]:
    """One finding for each RUN whose cache nobody empties; the manager is the first word of the rule's name."""
    ledger = file.shipped
    if ledger is None:
        return
    manager, kind = rule.name.split("-")[:2]
    layers: dict[int, list[tuple[Entry, Invocation]]] = {}
    for entry in ledger.alive():
        if (
            entry.cache == (manager, kind if kind != "cache" else entry.cache and entry.cache[1])
            and entry.effect.certain
            and entry.size.bytes != 0
        ):
            if _needed(file, ledger, entry):
                continue
            invocation = _filler(ledger, entry)
            if invocation is not None:
                layers.setdefault(entry.layer, []).append((entry, invocation))
    for entries in layers.values():
        yield _finding(file, rule, ledger, manager, entries)


def _by_option(file: File, rule: Rule) -> bool:
    return file.options.get(rule.name, rule.defaults).get("prefer") == "option"


def _filler(ledger: Ledger, entry: Entry) -> Invocation | None:
    actions = ledger.layers[entry.layer].actions
    return next((a.invocation for a in actions if any(e is entry.effect for e in a.effects)), None)


def _needed(file: File, ledger: Ledger, entry: Entry) -> bool:
    """Whether what lies there is no waste: later builds or the program itself may read it."""
    if entry.cache is None or not managers()[entry.cache[0]].cache(entry.cache[1]).dependencies:
        return False
    return reader(file.graph, ledger, entry) is not None


def _place(entry: Entry) -> str:
    """Where the cache lies, in words that a reader knows."""
    words = managers()[entry.cache[0]].cache(entry.cache[1]).place if entry.cache else None
    if words and entry.path.startswith(UNKNOWN_HOME):
        return words
    return f"`{entry.path.replace(UNKNOWN_HOME, '~', 1).replace('~?', '~', 1)}`"


def _finding(file: File, rule: Rule, ledger: Ledger, name: str, entries: list[tuple[Entry, Invocation]]) -> Finding:
    entry, invocation = entries[0]
    outcome = None
    if rule.fix != "none":
        outcome = uncache(file.graph, ledger, managers()[name], entries, _by_option(file, rule))
    fix = outcome if isinstance(outcome, Fix) else None
    text = quoted(invocation.step, invocation.span)
    amount = f"about {human(entry.size.bytes, 2)}" if entry.size.bytes is not None else "what it downloads"
    message = f"`{text}` leaves {amount} in {_place(entry)}: no command of this RUN deletes it"
    withheld = None if isinstance(outcome, Fix) else outcome
    return Finding(rule.name, invocation.span, message, (), entry.size.bytes, entry.size.basis, fix, withheld)
