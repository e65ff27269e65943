"""The ledger as Graphviz dot: the layers of each stage, and an edge from each layer to what it made dead weight."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from dockerlint.effects.ledger import Ledger
from dockerlint.report.graph import HEAD, label, quoted
from dockerlint.report.ledger import Row, StageLedger, size_text, stages

LIVE, DEAD, NOTHING = "#a9c9e8", "#f0b0a0", "#f4f4f4"
KILL = "#b3261e"


def ledger_dot(ledgers: Iterable[Ledger]) -> str:
    """A cluster for each stage; a node's red part is the share of its bytes that is dead, a dashed one is not sized."""
    out = ["digraph layers {", *HEAD]
    for stage in stages(ledgers):
        out += _cluster(stage)
    return "\n".join([*out, "}"]) + "\n"


def _cluster(stage: StageLedger) -> Iterator[str]:
    yield f"  subgraph cluster_{stage.index} {{"
    yield f"    label={quoted(stage.title)};{'' if stage.ships else ' style=dashed;'}"
    for row in stage.rows:
        # \n is dot's own line break: it stands between two quoted texts, never in one.
        text = f"{quoted(label(row.line, row.instruction))[:-1]}\\n{quoted(_sizes(row))[1:]}"
        yield f"    {_node(stage, row.line)} [label={text}, {_fill(row)}];"
    if len(stage.rows) > 1:
        chain = " -> ".join(_node(stage, row.line) for row in stage.rows)
        yield f'    {chain} [color="#888888", arrowhead=none];'
    yield "  }"
    for row in stage.rows:
        for line, text in _kills(stage, row).items():
            colours = f'color="{KILL}", fontcolor="{KILL}"'
            ends = f"{_node(stage, line)} -> {_node(stage, row.line)}"
            yield f"  {ends} [label={quoted(text)}, {colours}, constraint=false];"


def _node(stage: StageLedger, line: int) -> str:
    """One instruction starts on a line, but it may be a layer of several stages."""
    return f"s{stage.index}l{line}"


def _sizes(row: Row) -> str:
    adds, dead = row.adds_text(), row.dead.text()
    return f"adds {'nothing' if adds == '-' else adds}" + (f", dead {dead}" if dead != "-" else "")


def _fill(row: Row) -> str:
    border = ",dashed" if row.adds.unknown or row.opaque else ""
    if not row.adds.bytes:
        return f'style="filled{border}", fillcolor="{NOTHING}"'
    share = min(row.dead.bytes / row.adds.bytes, 1)
    if 0.005 < share < 0.995:
        return f'style="striped{border}", fillcolor="{DEAD};{share:.2f}:{LIVE}"'
    return f'style="filled{border}", fillcolor="{DEAD if share > 0.5 else LIVE}"'


def _kills(stage: StageLedger, row: Row) -> dict[int, str]:
    """For each killing line, what it did to this layer."""
    found: dict[int, list[str]] = {}
    for death in row.deaths:
        text = f"{death.how} {size_text(death.size)}"
        texts = found.setdefault(stage.lines[death.layer], [])
        if text not in texts:
            texts.append(text)
    return {line: ", ".join(texts) for line, texts in found.items()}
