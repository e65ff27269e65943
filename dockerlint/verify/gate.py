"""The check itself: both texts are parsed afresh, and what they do is compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dockerlint.edits import Licence
from dockerlint.source import to_bytes
from dockerlint.syntax import Dockerfile, parse
from dockerlint.verify import witness
from dockerlint.verify.comments import same_comments
from dockerlint.verify.compare import Comparison, Difference
from dockerlint.verify.directories import apart
from dockerlint.verify.discarded import Discards
from dockerlint.verify.form import same_form
from dockerlint.verify.mounted import Mounts
from dockerlint.verify.order import settled
from dockerlint.verify.permits import Permits
from dockerlint.verify.relocated import Relocations
from dockerlint.verify.scripts import as_chains
from dockerlint.verify.split import folded
from dockerlint.verify.split_copy import undone
from dockerlint.verify.stages import without
from dockerlint.verify.trace import MAX_BODY, Trace, trace
from dockerlint.verify.transfers import Transfers
from dockerlint.verify.verdict import ACCEPTED, Verdict, refused

if TYPE_CHECKING:
    from dockerlint.context import Context


def verify(before: str, after: str, licence: Licence, context: Context | None = None) -> Verdict:
    """Whether `after` builds the same as `before` but for what the licence names. In doubt it does not.

    `context`: where manifests can be looked into, for the one licence that is about their order.
    """
    if before == after:
        return ACCEPTED
    try:
        old = parse(before)
        kept = without(old, licence.stages)
        verdict = _verify(kept, parse(after), licence, context)
    except RecursionError:
        return refused("the file is nested too deeply to be compared")
    return verdict if kept is old or verdict.in_after else refused(verdict.reason)  # its span is not that of `before`


def _verify(before: Dockerfile, after: Dockerfile, licence: Licence, context: Context | None) -> Verdict:
    verdict = same_form(before, after)
    if not verdict.ok:
        return verdict
    old, new = trace(before), trace(after)
    restored = undone(after, licence.first, context)
    if isinstance(restored, Verdict):
        return restored
    as_was = new if restored is after else trace(restored)
    runs = _split_runs(before, restored, licence) if licence.splits else _same_runs(old, as_was, licence)
    verdict = runs if not runs.ok else same_comments(old, new, licence)
    if not verdict.ok:
        return verdict
    if witness.agrees(before) and not witness.agrees(after):
        return refused("dockerfile-parse reads other instructions in the new text")
    return ACCEPTED


def _split_runs(before: Dockerfile, after: Dockerfile, licence: Licence) -> Verdict:
    """The comparison where a stage was cut in two; its spans are those of other texts."""
    pair = folded(before, after, licence)
    if isinstance(pair, Verdict):
        return pair
    verdict = _same_runs(trace(pair[0]), trace(pair[1]), licence)
    return verdict if verdict.ok else refused(verdict.reason)


def _same_runs(old: Trace, new: Trace, licence: Licence) -> Verdict:
    new = as_chains(old, apart(new, licence), licence)
    discards = Discards(new, licence)
    new = discards.trace()
    transfers = Transfers(old, new, licence)
    comparison = Comparison(licence, new.graph.dockerfile.escape)
    mounts = Mounts(old, transfers.items(), new, licence)
    moves = Relocations(old, mounts.items(), new, licence)
    found = comparison.compare(settled(moves.items()), new.items) or Permits(new, comparison.changes).check()
    if found is not None:
        refusals = (*discards.refusals, *transfers.refusals, *mounts.refusals, *moves.refusals)
        if refusals:
            return refused(refusals[0])
        return _explained(found, old, new)
    lost = old.sets - new.sets
    if lost or new.sets - old.sets:
        _, text = next(iter(lost or new.sets))
        return refused(f"`{text}` is {'gone' if lost else 'new'}")
    return _lengths(old, new)


def _explained(found: Difference, old: Trace, new: Trace) -> Verdict:
    """With the reason why a RUN could not be followed, when that is what made the difference."""
    source = new if found.in_after else old
    why = source.opaque.get(found.index)
    if why is None and found.index in source.borders and "same process" in found.reason:
        why = source.borders[found.index]
    reason = found.reason if why is None else f"{found.reason}; {why}"
    return refused(reason, found.span, found.in_after)


def _lengths(old: Trace, new: Trace) -> Verdict:
    known = {node.arguments for node in old.graph.dockerfile.instructions}
    for node in new.graph.dockerfile.instructions:
        text = node.arguments
        if node.keyword == "RUN" and len(text) * 4 > MAX_BODY and len(to_bytes(text)) > MAX_BODY and text not in known:
            return refused("the joined RUN is longer than a shell argument may be", node.span)
    return ACCEPTED
