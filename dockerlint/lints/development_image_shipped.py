"""IMG005: the image starts from one that is made to build in, and only runs what it holds."""

from __future__ import annotations

from collections.abc import Iterator

from dockerlint.amounts import human
from dockerlint.catalogue import Rule
from dockerlint.context.needs import needs
from dockerlint.effects import toolchains
from dockerlint.file import File
from dockerlint.findings import Finding, Related
from dockerlint.images import Facts, finished, of_stage, saved
from dockerlint.model.builds import Ecosystem, builds_in
from dockerlint.model.images import parse_image
from dockerlint.model.purpose import named_for_work, only_places
from dockerlint.model.starts import builds_at_run_time, starts_nothing, starts_shell
from dockerlint.record import replace
from dockerlint.rewrite.base import propose


def check(file: File, rule: Rule) -> Iterator[Finding]:
    """One finding for the image below the last stage. Where that stage builds, no-multi-stage-build speaks."""
    graph = file.graph
    stage = graph.lineage(graph.stages[-1])[0] if graph.stages else None
    words = stage.source.instruction.words if stage is not None else ()
    if stage is None or not words or "$" in words[0].text or "@" in words[0].text or stage.base.stage is not None:
        return
    found, image = of_stage(stage), parse_image(words[0].text)
    made_for = builds_in(image) if image is not None else None
    development = made_for is not None or (found is not None and found.variant == "toolchain" and found.slimmer)
    if not development or not _only_runs(file, made_for):
        return
    holds = made_for.title if made_for is not None else "compilers and headers"
    finding = Finding(rule.name, words[0].span, f"`{words[0].text}` brings {holds}, and the image only runs a program")
    yield _with_fix(file, finding, found) if found is not None and finished(found) else finding


def _only_runs(file: File, made_for: Ecosystem | None) -> bool:
    graph, ledger = file.graph, file.ledgers[-1]
    if starts_shell(graph) or starts_nothing(graph) or named_for_work(graph, file.source.path):
        return False  # a place to work in, or a base for others
    if any(not toolchains.needless(build, ledger.layers) for _, build in toolchains.builds(ledger.layers)):
        return False
    if any(layer.opaque for layer in ledger.layers):
        return False
    own = [inv for inv in file.invocations if graph.stages[inv.step.stage].ships]
    return only_places(own) and not (made_for is not None and builds_at_run_time(made_for, graph))


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
