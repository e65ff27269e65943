"""The ledger as one self-contained page: layers as blocks beside their table, each leading to its line in the file.

There is no script, and the page's policy forbids any: what a Dockerfile might smuggle in could not run or load a thing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape

from dockerlint.amounts import plural
from dockerlint.effects.ledger import Ledger
from dockerlint.effects.tree import Entry
from dockerlint.report.escape import visible
from dockerlint.report.ledger import Row, StageLedger, Sum, size_text, stages
from dockerlint.report.ledger_style import STYLE
from dockerlint.syntax.tree import Dockerfile, Instruction

POOL = 300
"""Pixels that the bytes of a stage share."""
FLOOR = 22
"""Pixels that a label needs: a smaller layer is drawn as high as this."""
POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
LEGEND = (
    ("live", "stays visible"),
    ("dead", "dead weight: a later layer hides it, the image keeps it"),
    ("unsized", "size, or a part of it, not known"),
)
SCALE = "Height follows bytes, down to the height of a label."


def ledger_html(dockerfile: Dockerfile, ledgers: Iterable[Ledger]) -> str:
    """The page of a file."""
    listed = stages(ledgers)
    path = _text(dockerfile.source.path)
    return "\n".join(
        [
            '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>Layers of {path}</title>\n<style>{STYLE}</style>\n</head>\n<body>",
            f'<header><p class="kind">Layers of</p><h1>{path}</h1>',
            *_legend(),
            '</header>\n<main>\n<div class="stages">',
            *[line for stage in sorted(listed, key=_order) for line in _stage(stage)],
            *([] if listed else ['<p class="none">No stages.</p>']),
            '</div>\n<aside>\n<h2>Source</h2>\n<pre class="source">'
            + "".join(_listing(dockerfile, listed))
            + "</pre>\n</aside>\n</main>\n</body>\n</html>\n",
        ]
    )


def _order(stage: StageLedger) -> tuple[bool, int]:
    return not stage.ships, stage.index  # the image first: that is what people pull


def _text(text: str) -> str:
    """Text of the file, or its path, that is neither markup nor invisible."""
    return escape(visible(text))


def _legend() -> Iterator[str]:
    yield '<ul class="legend">'
    for name, meaning in LEGEND:
        yield f'<li><i class="key {name}"></i>{meaning}</li>'
    yield f"<li>{SCALE}</li>\n</ul>"


def _stage(stage: StageLedger) -> Iterator[str]:
    adds, dead = stage.total(False), stage.total(True)
    yield "<section>" if stage.ships else '<section class="spare">'
    yield f"<h2>{escape(stage.title)}</h2>"
    if not stage.rows:
        yield '<p class="none">It adds no layers with files.</p>\n</section>'
        return
    yield '<p class="totals">' + _figure(adds, f"in {plural(len(stage.rows), 'layer')}")
    told = dead.bytes and not adds.unknown and not dead.unknown
    share = f", {100 * min(dead.bytes / adds.bytes, 1):.3g} %" if told else ""
    yield _figure(dead, f"dead weight{share}", _lost(dead))
    yield '</p>\n<div class="pair">\n<div class="stack">'
    total = sum(row.adds.bytes for row in stage.rows)
    yield from (_block(row, stage, total) for row in stage.rows)
    yield '</div>\n<table>\n<thead><tr><th class="num">Line</th><th>Instruction</th>'
    yield '<th class="num">Adds</th><th class="num">Dead</th><th>Killed by</th></tr></thead>\n<tbody>'
    for row in stage.rows:
        yield from _row(row, stage)
    yield "</tbody>\n</table>\n</div>\n</section>"


def _figure(total: Sum, what: str, kind: str = "") -> str:
    return f'<span class="figure{kind}"><b>{_amount(total)}</b> {what} {_basis(total)}</span>'


def _amount(total: Sum) -> str:
    return "0 B" if total.text() == "-" else total.text()


def _block(row: Row, stage: StageLedger, total: int) -> str:
    """A layer: its height follows its bytes, the width of the hatching what of them is dead."""
    height = max(FLOOR, round(POOL * row.adds.bytes / total) if total else 0)
    share = min(row.dead.bytes / row.adds.bytes, 1) if row.adds.bytes else 0
    unsized = row.adds.unknown or (row.opaque and not row.entries)
    kind = " unsized" if unsized else "" if row.adds.bytes else " empty"
    doomed = " doomed" if not share and row.dead.unknown else ""
    dead = f'<i class="dead" style="width:{100 * share:.1f}%"></i>' if share else ""
    amount = "" if row.adds_text() == "-" else f'<span class="size">{_short_size(row)}</span>'
    return (
        f'<a class="block{" sized" if row.adds.bytes else ""}{kind}{doomed}" style="height:{height}px" '
        f'href="#L{row.line}" title="{_hint(row, stage)}">{dead}<span class="line">{row.line}</span>{amount}</a>'
    )


def _short_size(row: Row) -> str:
    return "?" if row.adds_text() == "not followed" else row.adds.text()


def _hint(row: Row, stage: StageLedger) -> str:
    parts = [f"Line {row.line}: {row.instruction[:200]}", f"adds {row.adds_text()}"]
    if row.deaths:
        lines = ", ".join(map(str, stage.killers(row)))
        parts.append(f"dead {row.dead.text()}, killed by line {lines}")
    return "&#10;".join(map(_text, parts))


def _row(row: Row, stage: StageLedger) -> Iterator[str]:
    killers = ", ".join(f'<a href="#L{line}">line {line}</a>' for line in stage.killers(row))
    yield f'<tr id="S{stage.index}L{row.line}"><td class="num"><a href="#L{row.line}">{row.line}</a></td>'
    yield f'<td class="what"><code>{_text(row.instruction)}</code>{_details(row, stage)}</td>'
    yield f'<td class="num">{row.adds_text()}{_basis(row.adds)}</td>'
    yield f'<td class="num{_lost(row.dead)}">{row.dead.text()}{_basis(row.dead)}</td><td>{killers}</td></tr>'


def _lost(dead: Sum) -> str:
    """The class of what is worth a signal: an empty file that dies is none."""
    return " lost" if dead.bytes or dead.unknown else ""


def _basis(total: Sum) -> str:
    return f'<small class="basis">{total.basis}</small>' if total.basis and total.bytes else ""


def _details(row: Row, stage: StageLedger) -> str:
    """Every path of a layer, folded."""
    if not row.entries:
        return ""
    ends: dict[int, list[str]] = {}
    for death in row.deaths:
        end = f", {death.how} by line {stage.lines[death.layer]}"
        ends.setdefault(id(death.entry), []).append(f'<b class="lost">{end}</b>' if death.size.bytes != 0 else end)
    items = "".join(
        f"<li><code>{_text(_name(entry))}</code> {size_text(size)}" + "".join(ends.get(id(entry), ())) + "</li>"
        for entry, size in zip(row.entries, row.sizes, strict=True)
    )
    return f"<details><summary>{plural(len(row.entries), 'path')}</summary><ul>{items}</ul></details>"


def _name(entry: Entry) -> str:
    return f"{entry.origin} package {entry.package}" if entry.package else entry.path


def _listing(dockerfile: Dockerfile, listed: list[StageLedger]) -> Iterator[str]:
    """The file's lines, those of an instruction as one target."""
    dead, kills = _worst(listed), _kills(listed)
    starts: dict[int, Instruction] = {node.start_line: node for node in dockerfile.instructions}
    source, line = dockerfile.source, 1
    last = len(source.line_starts) - source.text.endswith("\n")
    while line <= last:
        node = starts.get(line)
        end = max(line, min(node.end_line, last)) if node is not None else line
        kind = " lost" if line in dead else ""
        yield f'<span class="ins{kind}" id="L{line}">'
        for number in range(line, end + 1):
            text = "\t".join(map(visible, source.slice(source.line_span(number)).split("\t")))
            yield f'<span class="row"><span class="no">{number}</span><span class="text">{escape(text)}</span>'
            if number == line:
                yield f'<span class="badge">{dead[line]}</span>' if line in dead else ""
                yield f'<span class="badge killer">{kills[line]}</span>' if line in kills else ""
            yield "</span>"
        yield "</span>"
        line = end + 1


def _worst(listed: list[StageLedger]) -> dict[int, str]:
    """For each line with dead bytes, the most that a stage has of them."""
    found: dict[int, Sum] = {}
    for stage in listed:
        for row in stage.rows:
            if _lost(row.dead) and (row.line not in found or found[row.line].bytes < row.dead.bytes):
                found[row.line] = row.dead
    return {line: f"{dead.text()} dead" for line, dead in found.items()}


def _kills(listed: list[StageLedger]) -> dict[int, str]:
    """For each line that made others dead weight, which."""
    found: dict[int, set[int]] = {}
    for stage in listed:
        for row in stage.rows:
            for line in stage.killers(row):
                found.setdefault(line, set()).add(row.line)
    return {
        line: "kills " + ", ".join(f'<a href="#L{victim}">{victim}</a>' for victim in sorted(victims))
        for line, victims in found.items()
    }
