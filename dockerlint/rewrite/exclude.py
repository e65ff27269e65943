"""Not to copy what is deleted again: lines for .dockerignore, and ``--exclude`` where the frontend has it."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Sequence

from dockerlint.edits import Edit, Fix, Safety
from dockerlint.effects.ledger import Ledger
from dockerlint.effects.options import parse
from dockerlint.effects.tree import Entry
from dockerlint.effects.types import Created
from dockerlint.effects.waste import Waste
from dockerlint.findings import Withheld
from dockerlint.model import frontend
from dockerlint.model.invocations import Argument, Invocation
from dockerlint.model.paths import absolute, under
from dockerlint.rewrite.drop import drop, without
from dockerlint.source import Span
from dockerlint.syntax.tree import Instruction

_PLAIN = re.compile(r"[\w./@+-]+")


def exclude(ledger: Ledger, waste: Waste) -> Fix | Withheld:
    """A patch to look at: the COPY leaves the parts out, and the RUN has nothing to delete."""
    inv = waste.deaths[0].action.invocation
    entry = waste.writers[0]
    node = ledger.layers[entry.layer].step.instruction
    if inv is None or inv.program != "rm" or len(waste.writers) > 1 or len(node.words) != 2:
        return Withheld("what the command deletes is not part of one COPY", waste.span)
    if inv.nested or inv.prefixes or inv.redirects or not inv.certain or not isinstance(entry.effect, Created):
        return Withheld("the command does not stand on its own in its RUN", inv.span)
    operands = parse(inv.arguments).operands
    parts = _parts(operands, inv, entry)
    if not parts:
        return Withheld("the names of what is deleted are not known", inv.span)
    names = list(dict.fromkeys(name for _, name in parts))
    known = frontend.allows(ledger.graph.dockerfile, frontend.EXCLUDE)
    if node.flag("from") is not None and not known:
        return Withheld(
            "`COPY --exclude` needs a newer frontend",
            node.keyword_span,
            "`# syntax=docker/dockerfile:1.19` or newer has it; or delete the parts in the stage that is copied from",
        )
    if len(parts) == len(operands):
        taken = drop(ledger.graph, inv.step, [inv.span])
    else:
        taken = without(ledger.graph.dockerfile.source, [a.word for a, _ in parts], inv.node)
    if isinstance(taken, Withheld):
        return taken
    edits = list(taken)
    if known:
        at = node.flag_nodes[-1].span.end if node.flag_nodes else node.keyword_span.end
        edits.append(Edit(Span(at, at), "".join(f" --exclude={name}" for name in names)))
    return Fix(_title(node, names), tuple(edits), Safety.DISPLAY)


def _parts(operands: Sequence[Argument], inv: Invocation, entry: Entry) -> list[tuple[Argument, str]]:
    """The operands that name something below what was copied, each with its path from there."""
    found: list[tuple[Argument, str]] = []
    for argument in operands:
        place = absolute(argument.value, inv.cwd)
        if isinstance(place, str) and place != entry.path and under(place, entry.path) and _PLAIN.fullmatch(place):
            found.append((argument, posixpath.relpath(place, entry.path)))
    return found


def _title(node: Instruction, names: list[str]) -> str:
    source = posixpath.normpath("/" + node.words[0].text).lstrip("/")
    lines = ", ".join(f"`{posixpath.join(source, name)}`" for name in names)
    if node.flag("from") is not None:
        return f"Exclude {lines} from the COPY"
    return f"Put {lines} into .dockerignore and delete nothing here"
