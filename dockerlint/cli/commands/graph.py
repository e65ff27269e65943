"""``dockerlint graph``."""

from __future__ import annotations

from dockerlint.cli.arguments import option, positional
from dockerlint.cli.output import emit
from dockerlint.cli.session import load_file, one_of
from dockerlint.model.build import build
from dockerlint.record import record
from dockerlint.report import graph
from dockerlint.syntax import parse

FORMATS = {"dot": graph.dot, "mermaid": graph.mermaid, "json": graph.json}


@record
class Arguments:
    """Draw stages and instructions, and what each takes from where."""

    path: str = positional("FILE", "a Dockerfile, or - for standard input.")
    format: str | None = option("--format", "FORMAT", "dot (default), mermaid or json.")


def run(given: Arguments) -> int:
    """Print the build graph of a file."""
    draw = FORMATS[one_of("--format", given.format or "dot", tuple(FORMATS))]
    emit(draw(build(parse(load_file(given.path)))))
    return 0
