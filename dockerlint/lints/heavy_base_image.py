"""IMG001: the shipped image starts from a base that has a much slimmer variant."""

from __future__ import annotations

from collections.abc import Iterator

from dockerlint.amounts import human
from dockerlint.catalogue import Rule
from dockerlint.file import File
from dockerlint.findings import Finding, Related
from dockerlint.images import Facts, Slimmer, facts, saved
from dockerlint.model.graph import Stage


def check(file: File, rule: Rule) -> Iterator[Finding]:
    """One finding for the image below the last stage."""
    stages = file.graph.stages
    if not stages:
        return
    lineage = file.graph.lineage(stages[-1])
    stage = lineage[0]
    found = _known(stage)
    if found is None or found.slim or not found.slimmer:
        return
    best = found.slimmer[0]
    less = saved(found, best)
    least = file.options.get(rule.name, rule.defaults)["at-least-mb"]
    if less is not None and isinstance(least, int) and less < least * 1_000_000:
        return
    used = tuple(_lacking(file, {s.index for s in lineage}, best))
    span = stage.source.instruction.words[0].span
    basis = "estimated" if less is not None else None
    yield Finding(rule.name, span, _message(found, best), used, less, basis)


def _known(stage: Stage) -> Facts | None:
    """What the table knows of a base that is written out in the FROM and is for Linux."""
    words = stage.source.instruction.words
    reference, platform = stage.base.reference, stage.base.platform
    if not isinstance(reference, str) or not words or "$" in words[0].text:  # --build-arg may name any other image
        return None
    return None if isinstance(platform, str) and platform.startswith("windows") else facts(reference)


def _message(found: Facts, best: Slimmer) -> str:
    weight = f" weighs about {human(found.uncompressed, 2)}" if found.uncompressed else " weighs much"
    other = best.facts.uncompressed if best.facts else None
    instead = f"`{best.reference}` about {human(other, 2)}" if other else f"`{best.reference}` less"
    return f"`{found.reference}`{weight}, {instead}; mind that {best.caution}"


def _lacking(file: File, stages: set[int], best: Slimmer) -> Iterator[Related]:
    """The first use of each program that the slim image would not bring along."""
    lacks = set(best.facts.lacks) if best.facts else set()
    for invocation in file.invocations:
        if invocation.program in lacks and invocation.step.stage in stages:
            lacks.discard(invocation.program)
            yield Related(invocation.span, f"uses `{invocation.program}`, which `{best.reference}` lacks")
