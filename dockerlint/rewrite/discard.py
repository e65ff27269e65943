"""Delete a download in the RUN that unpacked it."""

from __future__ import annotations

import re

from dockerlint.edits import Fix, Licence, Safety
from dockerlint.effects.ledger import Ledger
from dockerlint.effects.tree import Entry
from dockerlint.findings import Withheld
from dockerlint.model.graph import Step
from dockerlint.record import replace
from dockerlint.rewrite.append import append
from dockerlint.rewrite.naming import names, speaks
from dockerlint.source import Span

_PLAIN = re.compile(r"/[\w./@+-]+")


def discard(ledger: Ledger, entry: Entry, unpacked: Span, layer: int) -> Fix | Withheld:
    """Append `rm`. Withheld where something later names the archive, or where its path is not written out."""
    step = ledger.layers[entry.layer].step
    if entry.layer != layer:
        line = ledger.layers[layer].step.instruction.start_line
        return Withheld(f"line {line} unpacks it in another layer: download, unpack and delete it in one RUN", unpacked)
    if layer not in ledger.own or step.instruction.keyword != "RUN":
        return Withheld("another stage downloads it", entry.effect.span)
    if not _PLAIN.fullmatch(entry.path) or not _written_out(step, entry.path):
        return Withheld("its path depends on a variable", entry.effect.span)
    later = _later(ledger, entry, unpacked, layer)
    if later is not None:
        return later
    done = append(ledger.graph, step, ("rm", entry.path), "Delete the archive in the same RUN")
    if isinstance(done, Withheld):
        return done
    return replace(done, safety=Safety.UNSAFE, licence=Licence(deleted=frozenset((entry.path,))))


def _written_out(step: Step, path: str) -> bool:
    """Whether neither the archive's name nor a folder on the way comes from a variable, which may change."""
    speaking = [inv for inv in step.invocations if names(inv, path, False)]
    moves = [node.words for inv in speaking for node in (inv.node,)]
    text = " ".join(word.text for words in moves for word in words)
    body = step.body.logical.text if step.body is not None else ""
    changes = " ".join(re.findall(r"\b(?:cd|pushd)\s+\S+", body))
    outputs = [word for word in text.split() if speaks(word, path)]
    return bool(speaking) and "$" not in changes and bool(outputs) and not any("$" in word for word in outputs)


def _later(ledger: Ledger, entry: Entry, unpacked: Span, layer: int) -> Withheld | None:
    """What names the archive, or the folder that holds it, behind the command that unpacks it."""
    behind = False
    for at in range(layer, len(ledger.layers)):
        step = ledger.layers[at].step
        node = step.instruction
        if at > layer and (ledger.layers[at].opaque or (node.keyword != "RUN" and speaks(node.arguments, entry.path))):
            return Withheld(f"{node.keyword} on line {node.start_line} may need it", node.keyword_span)
        for action in ledger.layers[at].actions:
            inv = action.invocation
            if inv is not None and behind and inv.span != unpacked and names(inv, entry.path, False):
                return Withheld(f"`{inv.program}` names it later", inv.span)
            behind = behind or (inv is not None and inv.span == unpacked)
    for edge in ledger.graph.edges:
        if edge.source == ledger.stage.index:
            return Withheld("another stage takes from this one", edge.span)
    return None
