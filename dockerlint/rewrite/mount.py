"""Keep a package cache out of the layer by a cache mount, which later builds find filled."""

from __future__ import annotations

from dockerlint.edits import Edit, Fix, Licence, Safety
from dockerlint.effects.ledger import Ledger
from dockerlint.effects.managers import Manager
from dockerlint.effects.readers import reader
from dockerlint.effects.tools.packages import command_of, subcommands
from dockerlint.effects.tree import Entry
from dockerlint.findings import Withheld
from dockerlint.model import frontend
from dockerlint.model.expand import UNKNOWN_HOME
from dockerlint.model.graph import BuildGraph, Step
from dockerlint.model.images import starts_as_root
from dockerlint.model.invocations import Invocation
from dockerlint.model.paths import absolute, under
from dockerlint.source import Span
from dockerlint.values import Unknown

_ROOT = frozenset(("", "0", "root", "0:0", "root:root"))


def mount_cache(
    graph: BuildGraph, ledger: Ledger, manager: Manager, entries: list[tuple[Entry, Invocation]]
) -> Fix | Withheld:
    """`--mount=type=cache` over the cache that one RUN leaves. System managers lock theirs: ``sharing=locked``."""
    first, inv = entries[0]
    step = ledger.layers[first.layer].step
    refusal = _refusal(graph, manager, step, first, inv) or _elsewhere(ledger, first)
    refusal = refusal or _named(first, step) or _unfilled(manager, first, step) or reader(graph, ledger, first)
    if refusal is not None:
        return refusal
    flag = f"--mount=type=cache,target={first.path}" + (",sharing=locked" if manager.system else "")
    node = step.instruction
    end = max([node.keyword_span.end, *(f.span.end for f in node.flag_nodes)])
    edit = Edit(Span(end, end), f" {flag}")
    return Fix(f"Mount a cache at `{first.path}`", (edit,), Safety.SAFE, Licence(cached=frozenset((flag,))))


def _refusal(graph: BuildGraph, manager: Manager, step: Step, entry: Entry, inv: Invocation) -> Withheld | None:
    if not frontend.allows(graph.dockerfile, frontend.MOUNTS):
        return Withheld("the `# syntax` line names a frontend that may not know mounts")
    user = step.scope.user
    if isinstance(user, Unknown) or user not in _ROOT or "sudo" in inv.prefixes or "su" in inv.prefixes:
        return Withheld("a cache mount belongs to root, and the command may run as another user", inv.span)
    if (
        not user
        and not manager.system
        and not starts_as_root(graph.lineage(graph.stages[step.stage])[0].base.reference)
    ):
        return Withheld(
            "the base image may start as another user, with another home folder", inv.span, "say `USER root` before it"
        )
    if entry.path.startswith(UNKNOWN_HOME) or any(c in entry.path for c in " ,\"'$\\"):
        return Withheld("where the cache lies is not known: no mount can be put there", inv.span)
    return None


def _elsewhere(ledger: Ledger, entry: Entry) -> Withheld | None:
    """A mount would hide what something else put there."""
    for other in ledger.alive():
        stranger = not other.package and other.cache != entry.cache and other.layer <= entry.layer
        if stranger and under(other.path, entry.path):
            return Withheld(f"`{other.path}` lies there, and a mount would hide it", other.effect.span)
    return None


def _named(entry: Entry, step: Step) -> Withheld | None:
    """A command that takes files from the cache: in the mount there may be those of other builds."""
    for inv in step.invocations:
        for argument in inv.arguments if inv.program != "rm" else ():
            path = absolute(argument.value, inv.cwd)
            if isinstance(path, str) and path != "/" and (under(path, entry.path) or under(entry.path, path)):
                return Withheld(f"`{inv.program}` takes what lies there, of other builds as well", inv.span)
    return None


def _unfilled(manager: Manager, entry: Entry, step: Step) -> Withheld | None:
    """A command of the RUN that reads the cache before one fills it: the mount may be empty."""
    assert entry.cache is not None
    cache = manager.cache(entry.cache[1])
    for inv in step.invocations:
        found = command_of(inv)
        if found is None or found[0].name != manager.name:
            continue
        subs = subcommands(found[0], found[1])
        if not subs.isdisjoint(cache.filled_by):
            return None
        if not subs.isdisjoint(cache.needed_by) or "*" in cache.needed_by:
            return Withheld(f"`{inv.program} {found[2]}` reads what an earlier layer holds", inv.span)
    return None
