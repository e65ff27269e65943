"""Package caches that a stage keeps: which RUN filled them, by which command, and where they lie."""

from __future__ import annotations

from dockerlint.effects.ledger import Ledger
from dockerlint.effects.managers import managers
from dockerlint.effects.readers import needed
from dockerlint.effects.tree import Entry
from dockerlint.model.expand import UNKNOWN_HOME
from dockerlint.model.invocations import Invocation
from dockerlint.values import Unknown


def kept(ledger: Ledger, manager: str, kind: str | None) -> list[list[tuple[Entry, Invocation]]]:
    """The caches of a manager that stay and nobody needs, RUN by RUN, each with its command; `kind` None: all."""
    layers: dict[int, list[tuple[Entry, Invocation]]] = {}
    for entry in ledger.alive():
        if entry.cache is None or entry.cache[0] != manager or kind not in (None, entry.cache[1]):
            continue
        if not entry.effect.certain or entry.size.bytes == 0:
            continue
        invocation = ledger.maker(entry)
        if invocation is not None and not (_perhaps_deleted(ledger, entry) or needed(ledger.graph, ledger, entry)):
            layers.setdefault(entry.layer, []).append((entry, invocation))
    return list(layers.values())


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


def place_of(entry: Entry) -> str:
    """Where a cache lies, in words that a reader knows."""
    words = managers()[entry.cache[0]].cache(entry.cache[1]).place if entry.cache else None
    if words and entry.path.startswith(UNKNOWN_HOME):
        return words
    return f"`{entry.path.replace(UNKNOWN_HOME, '~', 1).replace('~?', '~', 1)}`"
