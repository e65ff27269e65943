"""Let COPY put a file where a later RUN moves it."""

from __future__ import annotations

import posixpath
import re

from dockerlint.edits import Edit, Fix, Licence, Safety
from dockerlint.effects.ledger import Ledger
from dockerlint.effects.options import parse
from dockerlint.effects.types import Created, Moved
from dockerlint.effects.waste import Waste
from dockerlint.findings import Withheld
from dockerlint.rewrite.drop import drop
from dockerlint.rewrite.meanwhile import Meanwhile

_PLAIN = re.compile(r"/[\w./@+-]+")
_OPTIONS = frozenset("-f --force -v --verbose -T --no-target-directory".split())


def relocate(ledger: Ledger, waste: Waste) -> Fix | Withheld:
    """Write the final path into the COPY and take the `mv` out of the RUN."""
    death = waste.deaths[0]
    inv, entry, layer = death.action.invocation, death.entry, death.layer
    step = ledger.layers[entry.layer].step
    node = step.instruction
    if inv is None or inv.nested or inv.prefixes or inv.redirects or not inv.certain or len(waste.deaths) > 1:
        return Withheld("the command does not move one file on its own", waste.span)
    parsed = parse(inv.arguments)
    if len(parsed.operands) != 2 or parsed.unknown or any(o not in _OPTIONS for o, _ in parsed.every):
        return Withheld("the command does not move one file from one place to another", inv.span)
    if step.stage != inv.step.stage:
        return Withheld(f"line {node.start_line} is in another stage", node.keyword_span)
    if len(node.words) != 2 or node.json_words is not None or node.heredoc_nodes:
        return Withheld("the COPY brings other files, too", node.keyword_span, "give the file a COPY of its own")
    effect = entry.effect
    if entry.tree or not isinstance(effect, Created) or effect.ambiguous or effect.glob or "*" in entry.path:
        return Withheld(f"`{entry.path}` may be a folder, or several files", node.words[0].span)
    moved = next((e for e in ledger.entries if isinstance(e.effect, Moved) and e.effect is death.effect), None)
    if moved is None or moved.layer != layer or not _PLAIN.fullmatch(moved.path):
        return Withheld("where the file ends up is not known", inv.span)
    if _unsure(entry.path, moved.path, effect.name):
        return Withheld(f"`{moved.path}` may be a folder", inv.span)
    between = Meanwhile(ledger, layer, inv)
    problem = between.problem(entry.path, [entry.layer]) or between.problem(moved.path, [entry.layer])
    if problem is not None:
        return problem
    edits = drop(ledger.graph, inv.step, [inv.span])
    if isinstance(edits, Withheld):
        return edits
    licence = Licence(relocated=frozenset((tuple(w.text for w in inv.node.words),)))
    edit = Edit(node.words[1].span, moved.path)
    return Fix(f"Let {node.keyword} write `{moved.path}`", (edit, *edits), Safety.UNSAFE, licence)


def _unsure(old: str, new: str, name: str) -> bool:
    """Whether a move without a suffix from one that has one may go into a folder: ``mv a.conf /etc/x``."""
    suffix = posixpath.splitext(name or old)[1]
    same_folder = posixpath.dirname(old) == posixpath.dirname(new)
    return bool(suffix) and not posixpath.splitext(new)[1] and not same_folder
