"""``dockerlint layers``."""

from __future__ import annotations

from pathlib import Path

from dockerlint.cli.arguments import option, positional
from dockerlint.cli.output import coloured, emit
from dockerlint.cli.session import STDIN, load_file, one_of
from dockerlint.context import Context
from dockerlint.engine import context_of
from dockerlint.file import File
from dockerlint.record import record
from dockerlint.report.colour import Paint
from dockerlint.report.ledger import ledger_json, ledger_table
from dockerlint.settings import Settings


@record
class Arguments:
    """Show what each layer adds, what of it is dead, and what killed it.

    Sizes are exact where the file says them, measured where COPY takes files of the build context, ~estimated for
    packages; ? is what cannot be told.
    """

    path: str = positional("FILE", "a Dockerfile, or - for standard input.")
    context: str | None = option("--context", "DIR", "The build context. Default: the Dockerfile's folder.")
    format: str | None = option("--format", "FORMAT", "text (default), json, html (one page) or dot (Graphviz).")


def run(given: Arguments) -> int:
    """Print the ledger of a file."""
    wanted = one_of("--format", given.format or "text", ("text", "json", "html", "dot"))
    source = load_file(given.path)
    file = File(source, _context(given))
    if wanted == "json":
        emit(ledger_json(source.path, file.ledgers))
    elif wanted == "html":
        from dockerlint.report.ledger_html import ledger_html  # most runs draw nothing

        emit(ledger_html(file.dockerfile, file.ledgers))
    elif wanted == "dot":
        from dockerlint.report.ledger_dot import ledger_dot

        emit(ledger_dot(file.ledgers))
    else:
        emit(ledger_table(source.path, file.ledgers, Paint(coloured())))
    return 0


def _context(given: Arguments) -> Context | None:
    if given.path == STDIN:
        return Context(Path(given.context), None) if given.context else None
    return context_of(given.path, Settings(context=given.context))
