"""Keep a package cache out of the layer: by a clean-up in the same RUN, or by the manager's own option.

The clean-up is the default: a version that does not know the option would fail, and which version an image has is not
always known; `rm` of the cache works with all.
"""

from __future__ import annotations

from dockerlint.edits import Edit, Fix, Licence, Safety
from dockerlint.effects.ledger import Ledger
from dockerlint.effects.managers import Cache, Manager
from dockerlint.effects.readers import reader
from dockerlint.effects.tools.packages import command_of
from dockerlint.effects.tree import Entry
from dockerlint.findings import Withheld
from dockerlint.model.graph import BuildGraph
from dockerlint.model.invocations import Invocation
from dockerlint.rewrite.append import append
from dockerlint.rewrite.cleaning import base_among, cleaning
from dockerlint.rewrite.option import insert_option


def uncache(
    graph: BuildGraph, ledger: Ledger, manager: Manager, entries: list[tuple[Entry, Invocation]], by_option: bool
) -> Fix | Withheld:
    """The fix for the caches of one kind that one RUN leaves; `by_option`: by its own option where there is one."""
    first = entries[0][0]
    assert first.cache is not None
    cache = manager.cache(first.cache[1])
    commands = [(inv, _subcommand(inv)) for _, inv in entries]
    if (
        by_option
        and cache.option
        and all(sub in cache.option_for for _, sub in commands)
        and not _refilled(ledger, manager, cache, first)
    ):
        return _by_option(graph, ledger, cache, commands)
    command: tuple[str, ...] | Withheld = ()
    for entry, inv in entries:
        command = cleaning(ledger, manager, cache, entry, inv)
        if isinstance(command, Withheld):
            return command
    assert isinstance(command, tuple)
    found = reader(graph, ledger, first)
    if found is not None:
        return found
    what = f"{manager.name} {cache.kind}"
    return append(graph, ledger.layers[first.layer].step, command, f"Delete the {what} in the same RUN")


def _subcommand(inv: Invocation) -> str:
    found = command_of(inv)
    return found[2] if found else ""


def _refilled(ledger: Ledger, manager: Manager, cache: Cache, entry: Entry) -> bool:
    """Whether the same RUN has a command that fills the cache and does not take the option (``apk update``)."""
    invocations = [a.invocation for a in ledger.layers[entry.layer].actions if a.invocation is not None]
    found = [c for inv in invocations if (c := command_of(inv)) is not None and c[0].name == manager.name]
    return any(sub in cache.option_fills for _, _, sub in found)


def _by_option(
    graph: BuildGraph, ledger: Ledger, cache: Cache, commands: list[tuple[Invocation, str]]
) -> Fix | Withheld:
    assert cache.option is not None
    old = base_among(ledger, cache.option_missing)
    if old is not None:
        return Withheld(f"the image `{old}` has a version that does not know `{cache.option}`")
    edits: list[Edit] = []
    for inv, sub in commands:
        edit = insert_option(graph.dockerfile.source, inv, sub, cache.option)
        if isinstance(edit, Withheld):
            return edit
        edits.append(edit)
    licence = Licence(options=frozenset((cache.option,)))
    return Fix(f"Insert `{cache.option}`", tuple(edits), Safety.SAFE, licence)
