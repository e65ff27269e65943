"""The ledger of a file as a table or as JSON: what each instruction adds, and what of it is dead weight."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from dockerlint.amounts import human, plural
from dockerlint.effects.layer import known
from dockerlint.effects.ledger import Death, Ledger
from dockerlint.effects.tree import Entry
from dockerlint.effects.types import UNSIZED, Size
from dockerlint.record import record
from dockerlint.report.colour import BOLD, DIM, RED, Paint
from dockerlint.report.escape import cells, visible
from dockerlint.report.json import Json, dumps

BAR = 16
INSTRUCTION = 44
RANK = ("exact", "measured", "estimated")


@record
class Sum:
    """Bytes of several things: those that are known, and how many are not."""

    bytes: int = 0
    basis: str | None = None
    """The weakest of what was added up; None where nothing was."""
    unknown: int = 0

    def text(self) -> str:
        """``100 MB``, ``~45 MB`` for an estimate, ``1.2 MB + ?`` where a part is not known."""
        if self.basis is None or (not self.bytes and self.unknown):
            return "?" if self.unknown else "-"
        about = "~" if self.basis == "estimated" else ""
        return f"{about}{human(self.bytes, 2 if about else 4)}{' + ?' if self.unknown else ''}"


@record
class Row:
    """One layer."""

    line: int
    instruction: str
    adds: Sum
    dead: Sum
    entries: tuple[Entry, ...]
    sizes: tuple[Size, ...]
    """Of each entry, measured where the build context says it."""
    deaths: tuple[Death, ...]
    opaque: bool

    def adds_text(self) -> str:
        """What it adds, or that nobody could tell."""
        return "not followed" if self.opaque and not self.entries else self.adds.text()


@record
class StageLedger:
    """A stage with the layers of the stages it is built from."""

    title: str
    index: int
    name: str | None
    ships: bool
    rows: tuple[Row, ...]
    lines: tuple[int, ...]
    """The line of each layer, by index."""

    def total(self, dead: bool) -> Sum:
        """The sum over all layers."""
        return _merged(row.dead if dead else row.adds for row in self.rows)

    def killers(self, row: Row) -> list[int]:
        """The lines that made something of a layer dead weight."""
        return sorted({self.lines[death.layer] for death in row.deaths})


def stages(ledgers: Iterable[Ledger]) -> list[StageLedger]:
    """The stages on which no other is built; those others are part of them."""
    listed = list(ledgers)
    bases = {ledger.stage.base.stage for ledger in listed}
    return [_stage(ledger) for ledger in listed if ledger.stage.index not in bases]


def _stage(ledger: Ledger) -> StageLedger:
    stage = ledger.stage
    rows = tuple(_rows(ledger))
    lineage = ledger.graph.lineage(stage)
    words = lineage[0].source.instruction.words
    base = words[0].text if words and lineage[0].source.index >= 0 else "?"
    name = f" `{visible(stage.name)}`" if stage.name else ""
    title = f"Stage {stage.index}{name}: FROM {visible(base)}{'' if stage.ships else ' (does not ship)'}"
    lines = tuple(layer.step.instruction.start_line for layer in ledger.layers)
    return StageLedger(title, stage.index, stage.name, stage.ships, rows, lines)


def _rows(ledger: Ledger) -> Iterator[Row]:
    for index, layer in enumerate(ledger.layers):
        node = layer.step.instruction
        entries = tuple(entry for entry in ledger.entries if entry.layer == index and not entry.fleeting)
        deaths = tuple(death for death in ledger.deaths if death.entry.layer == index)
        if entries or deaths or layer.opaque or node.keyword in ("RUN", "COPY", "ADD"):
            # A command that nobody taught the ledger may have written anything.
            guesses = (
                [UNSIZED] if any(a.invocation is not None and not known(a.invocation) for a in layer.actions) else []
            )
            sizes = tuple(UNSIZED if entry.wavering else ledger.size(entry) for entry in entries)
            adds = _sum([*sizes, *guesses])
            dead = _sum(death.size for death in deaths)
            text = " ".join(node.logical.text.split())
            yield Row(node.start_line, text, adds, dead, entries, sizes, deaths, layer.opaque)


def _sum(sizes: Iterable[Size]) -> Sum:
    return _merged(map(_one, sizes))


def _one(size: Size) -> Sum:
    return Sum(0, None, 1) if size.bytes is None else Sum(size.bytes, size.basis)


def size_text(size: Size) -> str:
    """One size as the tables have it."""
    return _one(size).text()


def _merged(sums: Iterable[Sum]) -> Sum:
    listed = list(sums)
    known = [each.basis for each in listed if each.basis is not None]
    basis = max(known, key=RANK.index) if known else None
    return Sum(sum(each.bytes for each in listed), basis, sum(each.unknown for each in listed))


def ledger_table(path: str, ledgers: Iterable[Ledger], paint: Paint) -> str:
    """A table for each stage, with a bar for each layer: what lives in it, and what is dead."""
    parts = ["\n".join(_table(stage, paint)) for stage in stages(ledgers)]
    return "\n\n".join([visible(path), *parts] if parts else [f"{visible(path)}: no stages"]) + "\n"


def _table(stage: StageLedger, paint: Paint) -> Iterator[str]:
    yield paint(stage.title, BOLD)
    if not stage.rows:
        yield "  It adds no layers with files."
        return
    most = max(row.adds.bytes for row in stage.rows)
    cellsets = [("LINE", "INSTRUCTION", "ADDS", "DEAD", "", "KILLED BY")]
    cellsets += [_cells(row, stage, most) for row in stage.rows]
    adds, dead = stage.total(False), stage.total(True)
    cellsets.append(("", f"{plural(len(stage.rows), 'layer')} together", adds.text(), dead.text(), "", ""))
    widths = [max(map(cells, column)) for column in zip(*cellsets, strict=True)]
    for i, row in enumerate(cellsets):
        padded = (
            _pad(text, width, right=k in (0, 2, 3)) for k, (text, width) in enumerate(zip(row, widths, strict=True))
        )
        line = f"  {'  '.join(padded)}".rstrip()
        yield paint(line, DIM) if i == 0 else paint(line, BOLD) if i == len(cellsets) - 1 else line
    if dead.bytes:
        yield paint(
            f"  {human(dead.bytes)} ({dead.basis}) of the image {'are' if stage.ships else 'would be'} dead weight.",
            RED,
        )


def _cells(row: Row, stage: StageLedger, most: int) -> tuple[str, str, str, str, str, str]:
    killers = ", ".join(f"line {line}" for line in stage.killers(row))
    return str(row.line), _short(visible(row.instruction)), row.adds_text(), row.dead.text(), _bar(row, most), killers


def _bar(row: Row, most: int) -> str:
    """``█`` for what lives, ``░`` for what is dead, in proportion to the biggest layer."""
    if not most or not row.adds.bytes:
        return ""
    whole = max(1, round(BAR * row.adds.bytes / most))
    dead = min(whole, round(BAR * row.dead.bytes / most))
    return "█" * (whole - dead) + "░" * dead


def _short(text: str) -> str:
    out, width = "", 0
    for char in text:
        width += cells(char)
        if width > INSTRUCTION:
            return f"{out}…"
        out += char
    return out


def _pad(text: str, width: int, right: bool) -> str:
    space = " " * (width - cells(text))
    return f"{space}{text}" if right else f"{text}{space}"


def ledger_json(path: str, ledgers: Iterable[Ledger]) -> str:
    """The same with every path that was written."""
    listed = ",\n".join(f"  {dumps(_stage_json(stage))}" for stage in stages(ledgers))
    return f'{{"schema": 1, "path": {dumps(path)}, "stages": [\n{listed}]}}\n'


def _stage_json(stage: StageLedger) -> Json:
    return {
        "stage": stage.index,
        "name": stage.name,
        "ships": stage.ships,
        "layers": [_row_json(row, stage) for row in stage.rows],
        "adds": _sum_json(stage.total(False)),
        "dead": _sum_json(stage.total(True)),
    }


def _row_json(row: Row, stage: StageLedger) -> Json:
    return {
        "line": row.line,
        "instruction": row.instruction,
        "opaque": row.opaque,
        "adds": _sum_json(row.adds),
        "dead": _sum_json(row.dead),
        "entries": [
            {"path": entry.path, "origin": entry.origin, "alive": entry.alive, **_size_json(size)}
            for entry, size in zip(row.entries, row.sizes, strict=True)
        ],
        "deaths": [
            {"path": death.entry.path, "how": death.how, "line": stage.lines[death.layer], **_size_json(death.size)}
            for death in row.deaths
        ],
    }


def _size_json(size: Size) -> dict[str, Json]:
    return {"bytes": size.bytes, "bytes_basis": size.basis}


def _sum_json(total: Sum) -> Json:
    return {"bytes": total.bytes, "bytes_basis": total.basis, "unknown": total.unknown}
