"""IMG002: the stage that ships compiles or bundles, and keeps what it needed for that."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dockerlint.amounts import human
from dockerlint.catalogue import Rule
from dockerlint.effects import toolchains
from dockerlint.effects.ledger import Ledger
from dockerlint.effects.toolchains import Arrival
from dockerlint.effects.types import LayerEffects
from dockerlint.file import File
from dockerlint.findings import Finding, Related
from dockerlint.images import most_saved
from dockerlint.model.builds import Build
from dockerlint.model.starts import builds_at_run_time, starts_nothing, starts_shell
from dockerlint.record import replace


def check(file: File, rule: Rule) -> Iterator[Finding]:
    """One finding for each ecosystem, at its first build in the layers that ship."""
    ledger = file.shipped
    if ledger is None:
        return
    graph = ledger.graph
    if starts_shell(graph) or starts_nothing(graph):  # a place to work in, or a base for others
        return
    done = toolchains.built_elsewhere(ledger, file.invocations)
    base = graph.lineage(ledger.stage)[0].base.reference
    for layer, build in toolchains.builds(ledger.layers, installs=True):
        name = build.ecosystem.name
        if name in done or builds_at_run_time(build.ecosystem, graph):
            continue
        came = toolchains.arrivals(build, ledger.layers)
        ships = toolchains.image_brings(build, base)
        if _kept(build, layer, came, ledger, ships):
            done.add(name)
            from dockerlint.rewrite.split import proposal  # ten modules, needed where there is something to say

            fix, withheld, advice = proposal(graph, ledger)
            if fix is not None or not build.ecosystem.quiet:
                size = toolchains.left_behind(build, came, layer)
                size = most_saved(str(base)) if size is None and ships else size
                yield replace(_finding(rule, build, came, size, advice), fix=fix, withheld=withheld)


def _kept(build: Build, layer: LayerEffects, came: Sequence[Arrival], ledger: Ledger, ships: bool) -> bool:
    """Whether the toolchain is in the layers that ship, as far as can be told."""
    if toolchains.needless(build, ledger.layers) or (build.ecosystem.needs_compiler and not (came or ships)):
        return False
    mounted = any(e.kind == "mount" and e.step == layer.step.index for e in ledger.graph.edges)
    return ships or not ((mounted and not came) or toolchains.taken_away(build, came, layer))


def _finding(rule: Rule, build: Build, came: Sequence[Arrival], size: int | None, advice: str) -> Finding:
    weight = f" (about {human(size, 2)})" if size else ""
    message = f"`{build.text}` runs in the stage that ships, which keeps {build.ecosystem.title}{weight}{advice}"
    related = tuple(Related(arrival.span, "installed here") for arrival in came)
    return Finding(rule.name, build.invocation.span, message, related, size, "estimated" if size else None)
