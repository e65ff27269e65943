"""The fields that messages and replacements of a page may use, such as ``{command}`` and ``{arguments:quoted}``."""

from __future__ import annotations

from collections.abc import Mapping

from dockerlint.catalogue.command import Command
from dockerlint.catalogue.rule import Rule
from dockerlint.catalogue.schema import FIELD
from dockerlint.source import Source
from dockerlint.syntax.tree import Instruction

Values = Mapping[str, str]
_MOST = 60


class Fields(dict[str, str]):
    """Values by field name."""

    @classmethod
    def of_command(cls, source: Source, command: Command, rule: Rule) -> Fields:
        """Fields of a command."""
        invocation = command.invocation
        subcommand = command.subcommand.value if command.subcommand else ""
        missing = (rule.match or {}).get("missing", ("",))
        return cls(
            command=invocation.program,
            subcommand=subcommand if isinstance(subcommand, str) else "",
            operands=" ".join(a.word.text for a in command.operands),
            text=short(source.slice(invocation.span)),
            missing=missing[0],
            keyword=invocation.step.instruction.keyword,
            arguments=invocation.step.instruction.arguments,
        )

    @classmethod
    def of_instruction(cls, source: Source, node: Instruction, escape: str) -> Fields:
        """Fields of an instruction."""
        return cls(
            {"arguments:quoted": quoted(node.arguments, escape)},
            keyword=node.keyword,
            arguments=node.arguments,
            text=short(source.slice(node.span)),
        )


def fill(template: str, fields: Values) -> str:
    """`template` with its fields filled in; one that has no value here is empty."""
    return FIELD.sub(lambda match: fields.get(match[1], ""), template)


def short(text: str) -> str:
    """Text on one line, cut where it is long."""
    line = " ".join(text.replace("\\\n", " ").split())
    return line if len(line) <= _MOST else line[: _MOST - 1] + "…"


def quoted(text: str, escape: str) -> str:
    """`text` as one quoted word of LABEL or ENV that means exactly it; quotes around the whole are taken off.

    Single quotes where double ones would need escapes: nothing is special between them, to a reader or to the builder.
    """
    text = text.strip()
    if len(text) >= 2 and text[0] == text[-1] and text[0] in "\"'" and text[0] not in text[1:-1]:
        text = text[1:-1]
    special = [c for c in text if c in ('"', "$", escape)]
    if special and "'" not in text:
        return f"'{text}'"
    return '"' + "".join(escape + c if c in ('"', "$", escape) else c for c in text) + '"'
