"""The build graph as Graphviz dot, Mermaid or JSON. Names out of the file cannot leave their quotes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dockerlint.model.graph import BuildGraph, GraphEdge, Stage, Step
from dockerlint.report.escape import visible
from dockerlint.report.json import Json, dumps
from dockerlint.values import Unknown

LABEL = 60
HEAD = (
    '  rankdir=TB; labeljust=l; fontname="sans-serif";',
    '  node [shape=box, fontname="monospace"];',
    '  edge [fontname="sans-serif"];',
)
_MERMAID_PLAIN = re.compile(r"[^\w .,:/@+=-]", re.A)


def dot(graph: BuildGraph) -> str:
    """A cluster for each stage, its instructions in a chain; dashed for stages that do not ship."""
    out = ["digraph build {", *HEAD]
    for stage in graph.stages:
        out.append(f"  subgraph cluster_{stage.index} {{")
        out.append(f"    label={quoted(_title(stage))};{'' if stage.ships else ' style=dashed;'}")
        steps = (stage.source, *stage.steps)
        out += [f"    i{step.index} [label={quoted(_label(step))}];" for step in steps]
        if len(steps) > 1:
            out.append(f"    {' -> '.join(f'i{step.index}' for step in steps)};")
        out.append("  }")
    images = _images(graph)
    out += [f"  image{i} [label={quoted(name)}, shape=ellipse];" for name, i in images.items()]
    for edge, source in _edges(graph, images):
        style = "" if edge.kind == "from" else f" [style=dashed, label={quoted(edge.kind)}]"
        out.append(f"  {source} -> i{edge.step}{style};")
    return "\n".join([*out, "}"]) + "\n"


def mermaid(graph: BuildGraph) -> str:
    """A flowchart with a subgraph for each stage."""
    out = ["flowchart TD"]
    for stage in graph.stages:
        out.append(f"  subgraph stage{stage.index}[{_mermaid(_title(stage))}]")
        steps = (stage.source, *stage.steps)
        out += [f"    i{step.index}[{_mermaid(_label(step))}]" for step in steps]
        if len(steps) > 1:
            out.append(f"    {' --> '.join(f'i{step.index}' for step in steps)}")
        out.append("  end")
    images = _images(graph)
    out += [f"  image{i}([{_mermaid(name)}])" for name, i in images.items()]
    for edge, source in _edges(graph, images):
        out.append(f"  {source} {'-->' if edge.kind == 'from' else f'-. {edge.kind} .->'} i{edge.step}")
    return "\n".join(out) + "\n"


def json(graph: BuildGraph) -> str:
    """Stages with their instructions, and the edges between them."""
    stages = ",\n".join(f"  {dumps(_stage_json(stage))}" for stage in graph.stages)
    edges = ",\n".join(f"  {dumps(_edge_json(edge, graph))}" for edge in graph.edges)
    return f'{{"schema": 1, "stages": [\n{stages}],\n "edges": [\n{edges}]}}\n'


def _title(stage: Stage) -> str:
    name = f" {stage.name}" if stage.name else ""
    return f"stage {stage.index}{name}{'' if stage.ships else ' (does not ship)'}"


def _label(step: Step) -> str:
    return label(step.instruction.start_line, " ".join(step.instruction.logical.text.split()))


def label(line: int, text: str) -> str:
    """An instruction as a node shows it."""
    return f"{line}: {text if len(text) <= LABEL else f'{text[: LABEL - 1]}…'}"


def _images(graph: BuildGraph) -> dict[str, int]:
    """What comes from outside, numbered in the order in which it is used."""
    names = dict.fromkeys(_outside(edge, graph) for edge in graph.edges if edge.source is None)
    return {name: i for i, name in enumerate(names)}


def _outside(edge: GraphEdge, graph: BuildGraph) -> str:
    """The image; where it cannot be told, what is written there."""
    return edge.image or f"? {graph.dockerfile.source.slice(edge.span)}"


def _edges(graph: BuildGraph, images: dict[str, int]) -> Iterator[tuple[GraphEdge, str]]:
    """Each edge with the node it comes from: an image, or the last instruction of a stage."""
    seen: set[tuple[str, str, int]] = set()
    for edge in graph.edges:
        if edge.source is None:
            source = f"image{images[_outside(edge, graph)]}"
        else:
            stage = graph.stages[edge.source]
            source = f"i{(stage.source, *stage.steps)[-1].index}"
        # An ONBUILD has an edge for each stage that inherits it.
        if (edge.kind, source, edge.step) not in seen:
            seen.add((edge.kind, source, edge.step))
            yield edge, source


def quoted(text: str) -> str:
    """A double-quoted string; a backslash would start one of dot's own escapes."""
    quoted = visible(text).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{quoted}"'


def _mermaid(text: str) -> str:
    """A double-quoted string in which everything with a meaning to Mermaid or HTML is a character code."""
    return '"' + _MERMAID_PLAIN.sub(lambda found: f"#{ord(found[0])};", visible(text)) + '"'


def _stage_json(stage: Stage) -> Json:
    reference = stage.base.reference
    return {
        "stage": stage.index,
        "name": stage.name,
        "ships": stage.ships,
        "base": None if isinstance(reference, Unknown) else reference,
        "base_stage": stage.base.stage,
        "instructions": [
            {
                "line": step.instruction.start_line,
                "end_line": step.instruction.end_line,
                "keyword": step.instruction.keyword,
                "arguments": step.instruction.arguments,
            }
            for step in (stage.source, *stage.steps)
        ],
    }


def _edge_json(edge: GraphEdge, graph: BuildGraph) -> Json:
    return {
        "kind": edge.kind,
        "stage": edge.target,
        "needs_stage": edge.source,
        "needs_image": edge.image,
        "line": graph.dockerfile.instructions[edge.step].start_line,
    }
