"""<manager>-cache-left-behind, apt-lists-left-behind: a package manager's cache stays in the layer."""

from __future__ import annotations

from collections.abc import Iterator

from dockerlint.amounts import human
from dockerlint.catalogue import Rule
from dockerlint.edits import Fix, Safety
from dockerlint.effects.ledger import Ledger
from dockerlint.effects.managers import managers
from dockerlint.effects.readers import needed
from dockerlint.effects.tree import Entry
from dockerlint.effects.waste import quoted
from dockerlint.file import File
from dockerlint.findings import Finding, Withheld
from dockerlint.model.expand import UNKNOWN_HOME
from dockerlint.model.invocations import Invocation
from dockerlint.record import replace
from dockerlint.rewrite.mount import mount_cache
from dockerlint.rewrite.uncache import uncache
from dockerlint.values import Unknown


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
            invocation = ledger.maker(entry)
            if invocation is not None and not (_perhaps_deleted(ledger, entry) or needed(file.graph, ledger, entry)):
                layers.setdefault(entry.layer, []).append((entry, invocation))
    for entries in layers.values():
        yield _finding(file, rule, ledger, manager, entries)


def _by_option(file: File, rule: Rule) -> bool:
    return file.options.get(rule.name, rule.defaults).get("prefer") == "option"


def _perhaps_deleted(ledger: Ledger, entry: Entry) -> bool:
    """Whether the RUN deletes something that is not known and has the cache's name: ``rm -rf "$(yarn cache dir)"``."""
    if entry.cache is None:
        return False
    signs = {"cache", entry.cache[0], *(place.rpartition("/")[2] for place in entry.places)}
    for action in ledger.layers[entry.layer].actions:
        inv = action.invocation
        if inv is not None and inv.program == "rm":
            words = (a.word.text.lower() for a in inv.arguments if isinstance(a.value, Unknown))
            if any(sign in word for word in words for sign in signs):
                return True
    return False


def _place(entry: Entry) -> str:
    """Where the cache lies, in words that a reader knows."""
    words = managers()[entry.cache[0]].cache(entry.cache[1]).place if entry.cache else None
    if words and entry.path.startswith(UNKNOWN_HOME):
        return words
    return f"`{entry.path.replace(UNKNOWN_HOME, '~', 1).replace('~?', '~', 1)}`"


def _finding(file: File, rule: Rule, ledger: Ledger, name: str, entries: list[tuple[Entry, Invocation]]) -> Finding:
    entry, invocation = entries[0]
    outcome: Fix | Withheld | None = None
    if rule.fix != "none":
        if file.cache == "mount":
            outcome = mount_cache(file.graph, ledger, managers()[name], entries)
        else:
            outcome = uncache(file.graph, ledger, managers()[name], entries, _by_option(file, rule))
    fix = outcome if isinstance(outcome, Fix) else None
    if fix is not None and rule.fix == "display":
        fix = replace(fix, safety=Safety.DISPLAY)
    text = quoted(invocation.step, invocation.span)
    amount = f"about {human(entry.size.bytes, 2)}" if entry.size.bytes is not None else "what it downloads"
    message = f"`{text}` leaves {amount} in {_place(entry)}: no command of this RUN deletes it"
    withheld = None if isinstance(outcome, Fix) else outcome
    return Finding(rule.name, invocation.span, message, (), entry.size.bytes, entry.size.basis, fix, withheld)
