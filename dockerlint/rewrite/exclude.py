"""Not to copy what is deleted again: lines for .dockerignore, and ``--exclude`` where the frontend has it."""

from __future__ import annotations

import posixpath
import re

from dockerlint.edits import Edit, Fix, Safety
from dockerlint.effects.ledger import Ledger
from dockerlint.effects.options import parse
from dockerlint.effects.types import Created
from dockerlint.effects.waste import Waste
from dockerlint.findings import Withheld
from dockerlint.model import frontend
from dockerlint.model.invocations import Argument
from dockerlint.model.paths import absolute, under
from dockerlint.rewrite.drop import drop, without
from dockerlint.source import Span

_PLAIN = re.compile(r"[\w./@+-]+")


def exclude(ledger: Ledger, waste: Waste) -> Fix | Withheld:
    """A patch to look at: the COPY leaves the parts out, and the RUN has nothing to delete."""
    inv = waste.deaths[0].action.invocation
    entry = waste.writers[0]
    step = ledger.layers[entry.layer].step
    node = step.instruction
    effect = entry.effect
    if inv is None or inv.program != "rm" or len(waste.writers) > 1 or len(node.words) != 2:
        return Withheld("what the command deletes is not part of one COPY", waste.span)
    if inv.nested or inv.prefixes or inv.redirects or not inv.certain or not isinstance(effect, Created):
        return Withheld("the command does not stand on its own in its RUN", inv.span)
    parts: list[tuple[Argument, str]] = []
    operands = parse(inv.arguments).operands
    for argument in operands:
        place = absolute(argument.value, inv.cwd)
        if isinstance(place, str) and place != entry.path and under(place, entry.path) and _PLAIN.fullmatch(place):
            parts.append((argument, posixpath.relpath(place, entry.path)))
    if not parts:
        return Withheld("the names of what is deleted are not known", inv.span)
    names = list(dict.fromkeys(name for _, name in parts))
    known = frontend.allows(ledger.graph.dockerfile, frontend.EXCLUDE)
    inner = node.flag("from") is not None
    if inner and not known:
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
    source = posixpath.normpath("/" + node.words[0].text).lstrip("/")
    lines = ", ".join(f"`{posixpath.join(source, name)}`" for name in names)
    title = f"Exclude {lines} from the COPY" if inner else f"Put {lines} into .dockerignore and delete nothing here"
    return Fix(title, tuple(edits), Safety.DISPLAY)
