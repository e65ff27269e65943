"""Insert an option behind a command's sub-command."""

from __future__ import annotations

from dockerlint.edits import Edit
from dockerlint.findings import Withheld
from dockerlint.model.invocations import Invocation, own_word
from dockerlint.source import Source, Span


def insert_option(source: Source, inv: Invocation, subcommand: str, option: str) -> Edit | Withheld:
    """The edit, or why the sub-command's word is no place to write at."""
    if inv.nested:
        return Withheld("the command is inside a string that another command runs", inv.span)
    argument = next((a for a in inv.arguments if a.value == subcommand), None)
    if argument is None or not own_word(source, inv, argument):
        return Withheld(f"`{subcommand}` is not written plainly: quotes, a variable or a line break", inv.span)
    end = argument.word.span.end
    return Edit(Span(end, end), f" {option}")
