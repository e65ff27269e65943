"""A command line as the `match:` language sees it: subcommand, options, operands, each with its argument."""

from __future__ import annotations

from collections.abc import Collection
from fnmatch import fnmatchcase
from typing import NamedTuple

from dockerlint.model.invocations import Argument, Invocation
from dockerlint.record import record
from dockerlint.shell.tree import Literal
from dockerlint.values import Unknown, Value


class Given(NamedTuple):
    """An option as it was given. In a cluster (``-yq``) several share an argument."""

    name: str
    value: Value | None
    argument: Argument
    cluster: bool = False


@record
class Command:
    """An invocation taken apart."""

    invocation: Invocation
    options: tuple[Given, ...]
    subcommand: Argument | None
    """The first operand; None where there is none or it cannot be told."""
    operands: tuple[Argument, ...]
    """What follows the subcommand and is no option."""
    unknown: bool
    """Something may be an option that cannot be read."""

    def given(self, entry: str) -> Given | None:
        """The option that an entry of `missing:` or `present:` names: ``--x``, ``--x=value*``, ``-o value*``."""
        name, sep, wanted = entry.partition(" " if " " in entry else "=")
        for option in self.options:
            if option.name == name and (not sep or _fits(option.value, wanted.strip())):
                return option
        return None


def _fits(value: Value | None, wanted: str) -> bool:
    return isinstance(value, str) and fnmatchcase(value.strip("\"'").casefold(), wanted.casefold())


def take_apart(invocation: Invocation, with_value: Collection[str], has_subcommand: bool) -> Command:
    """Split the arguments. `with_value` are the options whose value is the next word (``-o``, ``--option``)."""
    options: list[Given] = []
    operands: list[Argument] = []
    unknown, at, arguments = False, 0, invocation.arguments
    while at < len(arguments):
        argument, value = arguments[at], arguments[at].value
        at += 1
        if isinstance(value, Unknown):
            unknown = unknown or may_be_option(argument)
            operands.append(argument)
        elif value == "--":
            operands += arguments[at:]
            break
        elif len(value) < 2 or value[0] != "-":
            operands.append(argument)
        elif value.startswith("--"):
            name, eq, text = value.partition("=")
            taken: Value | None = text if eq else None
            if not eq and name in with_value and at < len(arguments):
                taken = arguments[at].value
                at += 1
            options.append(Given(name, taken, argument))
        else:
            at = _letters(argument, value, arguments, at, with_value, options)
    if not has_subcommand:
        return Command(invocation, tuple(options), None, tuple(operands), unknown)
    head = operands[0] if operands else None
    if head is not None and isinstance(head.value, Unknown):
        head = None
    return Command(invocation, tuple(options), head, tuple(operands[1:]), unknown)


def _letters(
    argument: Argument,
    value: str,
    arguments: tuple[Argument, ...],
    at: int,
    with_value: Collection[str],
    options: list[Given],
) -> int:
    """Take a cluster such as ``-yq`` or ``-oDir=/x`` apart; the index of the next argument."""
    if value in with_value and len(value) > 2:  # -name: programs with long options behind one dash
        options.append(Given(value, arguments[at].value if at < len(arguments) else None, argument))
        return at + 1
    cluster = len(value) > 2
    for i, letter in enumerate(value[1:], 1):
        name, rest = "-" + letter, value[i + 1 :]
        if name not in with_value:
            options.append(Given(name, None, argument, cluster))
        elif rest:
            options.append(Given(name, rest, argument, cluster))
            break
        else:
            options.append(Given(name, arguments[at].value if at < len(arguments) else None, argument, cluster))
            at += 1
            break
    if cluster:
        options.append(Given(value, None, argument))  # the whole word, for entries such as -name or -qq
    return at


def may_be_option(argument: Argument) -> bool:
    """Whether a word of unknown value may turn out to begin with a dash."""
    first = argument.word.parts[0] if argument.word.parts else None
    return not (isinstance(first, Literal) and first.text and not first.text.startswith("-"))
