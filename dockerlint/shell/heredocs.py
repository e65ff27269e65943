"""Here-documents inside a shell text: found and masked, so that the grammar never has to read them.

tree-sitter-bash refuses two here-documents on a line, and one inside ``{ …; }`` or ``( … )``; both are everyday shell.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from dockerlint.shell.scan import skip
from dockerlint.shell.unsupported import Unsupported

_SPECIAL = re.compile(r"""[\\'"$#<(\n]""")
_MARK = re.compile(r"""<<(-?)[ \t]*((?:[^\s;&|<>()'"\\$`]|'[^'\n]*'|"[^"\n]*"|\\.|\$)+)""")
_QUOTED = re.compile(r"""\\(.)|'([^']*)'|"([^"]*)\"""")
_NOT_NEWLINE = re.compile(r"[^\n]")


class HereDocument(NamedTuple):
    """A here-document: its delimiter is the text from `word` to `end`, its terminator ends at `stop`."""

    operator: str
    word: int
    end: int
    stop: int
    body: str


def mask(text: str) -> tuple[str, dict[int, HereDocument]]:
    """`text` with each ``<<EOF`` as a plain redirection and each body blank, at the same length; and what was there.

    Here-documents are found by the offset of their operator. Those inside a double-quoted substitution are left alone.
    """
    found: dict[int, HereDocument] = {}
    pending: list[tuple[int, re.Match[str]]] = []
    out: list[str] = []
    copied = at = 0
    while (special := _SPECIAL.search(text, at)) is not None:
        at = special.start()
        char = special[0]
        if char == "\n" and pending:
            at += 1
            out.append(text[copied:at])
            for start, mark in pending:
                end, body = _body(text, at, mark)
                found[start] = HereDocument("<<" + mark[1], mark.start(2), mark.end(), end, body)
                out.append(_NOT_NEWLINE.sub(" ", text[at:end]) + text[end : end + 1])
                at = copied = min(end + 1, len(text))
            pending.clear()
        elif char == "<" and text.startswith("<<", at) and not text.startswith("<<<", at):
            match = _MARK.match(text, at)
            if match is None or text.startswith("\\\n", match.end()):
                raise Unsupported("heredoc")
            if match[2].isdigit() and text[match.end() : match.end() + 1] in ("<", ">"):
                raise Unsupported("heredoc")
            out.append(text[copied:at] + "<" + "_" * (match.end() - at - 1))
            copied = match.end()
            pending.append((at, match))
            at = copied
        else:
            at = skip(text, at)
    if pending:
        raise Unsupported("unterminated heredoc")
    out.append(text[copied:])
    return "".join(out), found


def _body(text: str, at: int, mark: re.Match[str]) -> tuple[int, str]:
    """The end of the terminator line of a body that starts at `at`, and the body."""
    name = _QUOTED.sub(lambda m: m[1] or m[2] or m[3] or "", mark[2])
    lines: list[str] = []
    continued = False  # a backslash at the end of a line joins it with the next, be it the terminator
    while at < len(text):
        end = text.find("\n", at)
        end = len(text) if end < 0 else end
        line = text[at:end].lstrip("\t") if mark[1] else text[at:end]
        if continued and (line == name or mark[1]):
            raise Unsupported("line continuation in a heredoc")
        if line == name:
            return end, "".join(lines)
        continued = name == mark[2] and (len(line) - len(line.rstrip("\\"))) % 2 == 1
        lines.append(line + "\n")
        at = end + 1
    raise Unsupported("unterminated heredoc")
