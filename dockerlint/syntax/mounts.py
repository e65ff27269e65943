"""The options of a ``--mount`` flag."""

from __future__ import annotations

import re
from typing import NamedTuple

from dockerlint.source import Span
from dockerlint.syntax.tree import Flag, Instruction

BARE_KEYS = frozenset(("readonly", "ro", "readwrite", "rw", "required"))
_OPTION = re.compile(r'(?:"(?:[^"]|"")*"|[^,"])+')


class MountOption(NamedTuple):
    """One ``key=value`` of a ``--mount`` flag; `value` is None for a bare key."""

    key: str
    """Lower case."""
    value: str | None
    span: Span
    value_span: Span | None


def value_span(node: Instruction, flag: Flag) -> Span:
    """The place of a flag's value, quotes included."""
    equals = flag.text.find("=")
    return node.logical.span(flag.at + equals + 1, flag.at + len(flag.text))


def mount_options(node: Instruction, flag: Flag) -> list[MountOption]:
    """The comma-separated options of a flag of `node`, in order."""
    text = flag.text
    start = text.find("=") + 1
    found = []
    for match in _OPTION.finditer(text, start) if start else ():
        key, equals, value = match[0].strip("\"'").partition("=")
        begin, end = flag.at + match.start(), flag.at + match.end()
        place = node.logical.span(begin + match[0].find("=") + 1, end) if equals else None
        found.append(MountOption(key.strip().lower(), value if equals else None, node.logical.span(begin, end), place))
    return found
