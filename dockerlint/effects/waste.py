"""Deaths of the shipped image, grouped by the command that came too late."""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce

from dockerlint.amounts import human
from dockerlint.effects.ledger import Death, Ledger
from dockerlint.effects.tree import Entry
from dockerlint.effects.types import EMPTY, UNSIZED, Deleted, Size
from dockerlint.model.graph import Step
from dockerlint.model.invocations import Invocation
from dockerlint.record import record
from dockerlint.source import Source, Span

_MOST = 60  # characters of a command that a message quotes


@record
class Waste:
    """What one late command hides: at least one death, all of the same kind."""

    step: Step
    span: Span
    command: str
    """The command as a message quotes it."""
    deaths: tuple[Death, ...]

    @property
    def size(self) -> Size:
        """The sum of what is known; nothing when no size is."""
        return total([d.size for d in self.deaths])

    @property
    def amount(self) -> str | None:
        """`size` in words; "at least" where not all of it is known."""
        size = self.size.bytes
        if size is None:
            return None
        complete = all(d.size.bytes is not None for d in self.deaths)
        return f"its {human(size)}" if complete else f"at least {human(size)}"

    @property
    def writers(self) -> list[Entry]:
        """What was written, in file order."""
        return sorted({id(d.entry): d.entry for d in self.deaths}.values(), key=lambda e: e.effect.span)


def lines_of(source: Source, waste: Waste) -> str:
    """``line 4`` or ``lines 4, 6``: where it was written."""
    lines = sorted({source.position(e.effect.span.start).line for e in waste.writers})
    return f"line{'s' if len(lines) > 1 else ''} {', '.join(map(str, lines))}"


def total(sizes: list[Size]) -> Size:
    """The sum of the sizes that are known; UNSIZED when none is. An incomplete sum is an estimate."""
    known = [s for s in sizes if s.bytes is not None]
    if not known:
        return UNSIZED
    whole = reduce(lambda a, b: a + b, known)
    return whole if len(known) == len(sizes) else whole._replace(basis="estimated")


def wasted(ledger: Ledger, *how: str) -> Iterator[Waste]:
    """Each command of the image whose deaths are of these kinds. Files of no bytes do not count."""
    rows: dict[tuple[int, Span], list[Death]] = {}
    for death in ledger.deaths:
        if death.how in how and death.size != EMPTY and death.effect.certain and death.entry.effect.certain:
            rows.setdefault(
                (death.layer, death.action.invocation.span if death.action.invocation else death.effect.span), []
            ).append(death)
    for (layer, span), deaths in rows.items():
        step = ledger.layers[layer].step
        yield Waste(step, span, quoted(step, span), tuple(deaths))


def deleted_behind(ledger: Ledger, waste: Waste) -> Invocation | None:
    """The command that deletes, later in the same layer, all that this one changes."""
    actions = ledger.layers[waste.deaths[0].layer].actions
    paths = {death.entry.path for death in waste.deaths}
    behind = False
    for action in actions:
        gone = {e.path for e in action.effects if isinstance(e, Deleted) and e.certain and not e.glob}
        if behind and action.invocation is not None and paths <= gone:
            return action.invocation
        behind = behind or action is waste.deaths[0].action
    return None


def quoted(step: Step, span: Span) -> str:
    """The text of a command on one line, without continuations, cut where it is long."""
    body = step.body
    logical = body.logical if body is not None else step.instruction.logical
    text = "".join(_between(logical.text, logical.pieces, span))
    line = " ".join(text.split())
    return line if len(line) <= _MOST else line[: _MOST - 1] + "…"


def _between(text: str, pieces: list[tuple[int, int]], span: Span) -> Iterator[str]:
    for i, (start, offset) in enumerate(pieces):
        end = pieces[i + 1][0] if i + 1 < len(pieces) else len(text)
        low, high = max(span.start - offset, 0), min(span.end - offset, end - start)
        if low < high:
            yield text[start + low : start + high]
