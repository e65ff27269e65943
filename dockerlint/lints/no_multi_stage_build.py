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
from dockerlint.model.builds import Build
from dockerlint.model.starts import builds_at_run_time
from dockerlint.values import Value


def check(file: File, rule: Rule) -> Iterator[Finding]:
    """One finding for each ecosystem, at its first build in the layers that ship."""
    ledger = file.shipped
    if ledger is None:
        return
    done = toolchains.built_elsewhere(ledger, file.invocations)
    for layer, build in toolchains.builds(ledger.layers):
        name = build.ecosystem.name
        if name in done or builds_at_run_time(build.ecosystem, ledger.graph):
            continue
        came = toolchains.arrivals(build, ledger.layers)
        if _kept(build, layer, came, ledger):
            done.add(name)
            yield _finding(rule, build, came, ledger)


def _kept(build: Build, layer: LayerEffects, came: Sequence[Arrival], ledger: Ledger) -> bool:
    """Whether the toolchain is in the layers that ship, as far as can be told."""
    ships = toolchains.image_brings(build, _base(ledger))
    if build.ecosystem.needs_compiler and not came and not ships:
        return False
    if not came and not ships and any(e.kind == "mount" and e.step == layer.step.index for e in ledger.graph.edges):
        return False
    if toolchains.bundles_without_dev(build, ledger.layers):
        return False
    return (ships and build.ecosystem.name != "node") or not toolchains.taken_away(build, came, layer)


def _finding(rule: Rule, build: Build, came: Sequence[Arrival], ledger: Ledger) -> Finding:
    size = toolchains.left_behind(build, came, _base(ledger))
    weight = f" (about {human(size, 2)})" if size else ""
    message = f"`{build.text}` runs in the stage that ships, which keeps {build.ecosystem.title}{weight}"
    related = tuple(Related(arrival.span, "installed here") for arrival in came)
    return Finding(rule.name, build.invocation.span, message, related, size, "estimated" if size else None)


def _base(ledger: Ledger) -> Value:
    return ledger.graph.lineage(ledger.stage)[0].base.reference
