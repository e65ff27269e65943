"""IMG005: the image starts from one that is made to build in, and only runs what it holds."""

from __future__ import annotations

from collections.abc import Iterator

from dockerlint.amounts import human
from dockerlint.catalogue import Rule
from dockerlint.context.needs import needs
from dockerlint.effects.finished import only_runs
from dockerlint.file import File
from dockerlint.findings import Finding, Related
from dockerlint.images import Facts, finished, of_stage, saved
from dockerlint.model.builds import builds_in
from dockerlint.model.images import is_windows, parse_image
from dockerlint.model.purpose import named_for_work
from dockerlint.record import replace
from dockerlint.rewrite.base import propose


def check(file: File, rule: Rule) -> Iterator[Finding]:
    """One finding for the image below the last stage. Where that stage builds, no-multi-stage-build speaks."""
    graph = file.graph
    stage = graph.lineage(graph.stages[-1])[0] if graph.stages else None
    words = stage.source.instruction.words if stage is not None else ()
    if stage is None or not words or "$" in words[0].text or "@" in words[0].text or stage.base.stage is not None:
        return
    if is_windows(words[0].text, stage.base.platform, graph.dockerfile.escape):
        return
    found, image = of_stage(stage), parse_image(words[0].text)
    made_for = builds_in(image) if image is not None and (image.official or found is not None) else None
    development = made_for is not None or (found is not None and found.variant == "toolchain" and found.slimmer)
    if not development or named_for_work(graph, file.source.path):
        return
    if not only_runs(file.ledgers[-1], file.invocations, made_for):
        return
    holds = made_for.title if made_for is not None else "compilers and headers"
    finding = Finding(rule.name, words[0].span, f"`{words[0].text}` brings {holds}, and the image only runs a program")
    yield _with_fix(file, finding, found) if found is not None and finished(found) else finding


def _with_fix(file: File, finding: Finding, found: Facts) -> Finding:
    graph, best, less = file.graph, found.slimmer[0], saved(found, found.slimmer[0])
    lacks = best.facts.lacks if best.facts is not None else frozenset[str]()
    missed = needs(graph, file.ledgers[-1], file.invocations, file.context, lacks)
    same = best.reference.partition(":")[0] == found.reference.partition(":")[0]
    fix, withheld = propose(graph.lineage(graph.stages[-1])[0], best.reference, missed, alike=same)
    weight = f", about {human(less, 2)} less" if less else ""
    message = f"{finding.message}: `{best.reference}` does that{weight}; mind that {best.caution}"
    used = tuple(Related(need.span, need.told(best.reference)) for need in missed)
    basis = "estimated" if less else None
    return replace(finding, message=message, related=used, bytes=less, bytes_basis=basis, fix=fix, withheld=withheld)
