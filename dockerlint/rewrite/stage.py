"""Take a whole stage out of a file."""

from __future__ import annotations

from dockerlint.edits import Edit, Fix, Licence, Safety
from dockerlint.model.graph import BuildGraph, Stage
from dockerlint.source import Span


def drop_stage(graph: BuildGraph, stage: Stage) -> Fix:
    """The edit that removes a stage that is not the last, with the comments right above its FROM."""
    dockerfile = graph.dockerfile
    comments = {comment.line for comment in dockerfile.comments}

    def head(line: int) -> int:
        if line > dockerfile.instructions[0].start_line:  # what stands above the first instruction is about the file
            while line - 1 in comments:
                line -= 1
        start = dockerfile.source.line_span(line).start
        return start + (start == 0 and dockerfile.text.startswith("\ufeff"))  # the byte order mark stays

    node = stage.source.instruction
    span = Span(head(node.start_line), head(graph.stages[stage.index + 1].source.instruction.start_line))
    title = f"Remove stage `{stage.name}`" if stage.name else f"Remove the stage of line {node.start_line}"
    return Fix(title, (Edit(span, ""),), Safety.UNSAFE, Licence(stages=frozenset((node.arguments,))))
