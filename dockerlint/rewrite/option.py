"""Insert an option behind a command's sub-command."""

from __future__ import annotations

from dockerlint.edits import Edit
from dockerlint.findings import Withheld
from dockerlint.model.invocations import Argument, Invocation
from dockerlint.shell.tree import Literal
from dockerlint.source import Source, Span


def insert_option(source: Source, inv: Invocation, subcommand: str, option: str) -> Edit | Withheld:
    """The edit, or why the sub-command's word is no place to write at."""
    if inv.nested:
        return Withheld("the command is inside a string that another command runs", inv.span)
    argument = next((a for a in inv.arguments if a.value == subcommand), None)
    if argument is None or not _plain(source, inv, argument):
        return Withheld(f"`{subcommand}` is not written plainly: quotes, a variable or a line break", inv.span)
    end = argument.word.span.end
    return Edit(Span(end, end), f" {option}")


def _plain(source: Source, inv: Invocation, argument: Argument) -> bool:
    word = argument.word
    bare = all(isinstance(part, Literal) and not part.quoted for part in word.parts)
    alone = sum(a.word is word for a in inv.arguments) == 1
    return bare and alone and word.text == source.slice(word.span)
