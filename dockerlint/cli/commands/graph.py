"""``dockerlint graph``."""

from __future__ import annotations

from dockerlint.cli.arguments import option, positional
from dockerlint.cli.output import emit
from dockerlint.cli.session import load_file, one_of
from dockerlint.file import File
from dockerlint.record import record
from dockerlint.report import graph

FORMATS = {"dot": graph.dot, "mermaid": graph.mermaid, "json": graph.json}


@record
class Arguments:
    """Draw stages and instructions, and what each takes from where."""

    path: str = positional("FILE", "a Dockerfile, or - for standard input.")
    format: str | None = option("--format", "FORMAT", "dot (default), mermaid or json.")


def run(given: Arguments) -> int:
    """Print the build graph of a file."""
    draw = FORMATS[one_of("--format", given.format or "dot", tuple(FORMATS))]
    emit(draw(File(load_file(given.path)).graph))
    return 0
