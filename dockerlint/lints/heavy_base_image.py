"""IMG001: the shipped image starts from a base that has a much slimmer variant."""

from __future__ import annotations

from collections.abc import Iterator

from dockerlint.amounts import human
from dockerlint.catalogue import Rule
from dockerlint.context.needs import needs
from dockerlint.file import File
from dockerlint.findings import Finding, Related, Withheld
from dockerlint.images import Facts, Slimmer, finished, of_stage, saved
from dockerlint.model.starts import starts_nothing, starts_shell
from dockerlint.record import replace
from dockerlint.rewrite.base import propose


def check(file: File, rule: Rule) -> Iterator[Finding]:
    """One finding for the image below the last stage."""
    ledger = file.shipped
    stage = file.graph.lineage(file.graph.stages[-1])[0] if file.graph.stages else None
    found = of_stage(stage) if stage is not None else None
    if stage is None or ledger is None or found is None or found.slim or found.variant == "toolchain":
        return
    best = found.slimmer[0] if found.slimmer else None
    less = saved(found, best) if best is not None else None
    least = file.options.get(rule.name, rule.defaults)["at-least-mb"]
    if best is None or (less is not None and isinstance(least, int) and less < least * 1_000_000):
        return
    lacks = best.facts.lacks if best.facts else frozenset[str]()
    missed = needs(file.graph, ledger, file.invocations, file.context, lacks)
    basis = "estimated" if less is not None else None
    span = stage.source.instruction.words[0].span
    used = tuple(Related(need.span, need.told(best.reference)) for need in missed)
    another = best.reference.partition(":")[0] != found.reference.partition(":")[0]
    same = finished(found) and not another
    if (another and less is None) or (not same and any(need.sure for need in missed)):
        return  # another libc or distribution, and the file is written for this one
    finding = Finding(rule.name, span, _message(found, best, same and not missed), used, less, basis)
    meant = starts_shell(file.graph) or starts_nothing(file.graph)  # others may build on it, or work in it
    fix, withheld = propose(stage, best.reference, missed, alike=same and not meant)
    if another:
        fix, withheld = None, withheld or Withheld(f"`{best.reference}` is another image", span)
    yield replace(finding, fix=fix, withheld=withheld)


def _message(found: Facts, best: Slimmer, enough: bool) -> str:
    small = best.facts
    weight, instead = " weighs more than it needs to", f"`{best.reference}` less"
    if small is not None and found.uncompressed and small.uncompressed:
        weight, other = f" weighs about {human(found.uncompressed, 2)}", human(small.uncompressed, 2)
        instead = f"`{best.reference}` about {other}"
    elif small is not None and found.compressed and small.compressed:
        weight, other = f" is about {human(found.compressed, 2)} to pull", human(small.compressed, 2)
        instead = f"`{best.reference}` about {other}"
    reason = "nothing here seems to need what that lacks" if enough else f"mind that {best.caution}"
    return f"`{found.reference}`{weight}, {instead}; {reason}"
