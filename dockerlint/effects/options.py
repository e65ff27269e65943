"""Options and operands of a command line, as getopt sees them."""

from __future__ import annotations

from dockerlint.model.invocations import Argument
from dockerlint.record import record
from dockerlint.values import Unknown, Value


@record
class Parsed:
    """Options by name with their value (None where they take none), and operands in order."""

    options: dict[str, Value | None]
    operands: tuple[Argument, ...]
    unknown: bool
    """An argument could not be told: it may be an option."""
    every: tuple[tuple[str, Value | None], ...] = ()
    """All options in order: one may be given twice."""

    def has(self, *names: str) -> bool:
        """Whether one of the options is given."""
        return any(n in self.options for n in names)

    def value(self, *names: str) -> Value | None:
        """The value of the first of these options that is given."""
        return next((self.options[n] for n in names if n in self.options), None)


def parse(arguments: tuple[Argument, ...], with_value: frozenset[str] = frozenset(), clusters: bool = True) -> Parsed:
    """Split `arguments`; clusters are taken apart. `with_value`: options that take a value (``-o``, ``--output``).

    `clusters` False: ``-cache`` is one option, as Go reads it.
    """
    every: list[tuple[str, Value | None]] = []
    operands: list[Argument] = []
    unknown, at = False, 0
    while at < len(arguments):
        argument, value = arguments[at], arguments[at].value
        at += 1
        if isinstance(value, Unknown):
            unknown = True
            operands.append(argument)
        elif value == "--":
            operands += arguments[at:]
            break
        elif value.startswith("--"):
            name, eq, text = value.partition("=")
            if eq:
                every.append((name, text))
            elif name in with_value and at < len(arguments):
                every.append((name, arguments[at].value))
                at += 1
            else:
                every.append((name, None))
        elif value.startswith("-") and len(value) > 1:
            if value in with_value:  # single-dash long options (find, java) come out right as well
                every.append((value, arguments[at].value if at < len(arguments) else None))
                at += 1
                continue
            name, eq, text = value.partition("=")
            if not clusters:
                every.append((name, text if eq else None))
                continue
            at = _cluster(value, arguments, at, with_value, every)
        else:
            operands.append(argument)
    return Parsed(dict(every), tuple(operands), unknown, tuple(every))


def _cluster(
    value: str,
    arguments: tuple[Argument, ...],
    at: int,
    with_value: frozenset[str],
    every: list[tuple[str, Value | None]],
) -> int:
    for i, letter in enumerate(value[1:], 1):
        name = "-" + letter
        if name not in with_value:
            every.append((name, None))
            continue
        rest = value[i + 1 :]
        if rest:
            every.append((name, rest))
        elif at < len(arguments):
            every.append((name, arguments[at].value))
            at += 1
        break
    return at
