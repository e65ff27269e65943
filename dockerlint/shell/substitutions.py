"""Substitutions by their place: those the grammar found, and those it passes over."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from dockerlint.shell.scan import arithmetic, backquotes, parentheses
from dockerlint.shell.text import Text
from dockerlint.shell.tree import Node, ShellComment, Substitution
from dockerlint.shell.unsupported import Unsupported
from dockerlint.syntax.tree import Logical

if TYPE_CHECKING:
    from tree_sitter import Node as SyntaxNode

_KINDS = {
    "command_substitution": "command",
    "process_substitution": "process",
    "arithmetic_expansion": "arithmetic",
}
_MARKS = ("#", "$", "`", "<(", ">(")
_ESCAPED = re.compile(r"\\([\\$`])")
_ESCAPED_IN_QUOTES = re.compile(r"\\([\\$`\"])")
ReadList: TypeAlias = "Callable[[list[SyntaxNode], int, int], Node | None]"
"""The list that syntax nodes between two offsets form."""
ReadText: TypeAlias = "Callable[[Logical], tuple[Node | None, tuple[ShellComment, ...]]]"
"""The tree and the comments of a text of its own."""


class Substitutions:
    """The substitutions of one text, and its comments."""

    def __init__(self, text: Text, root: SyntaxNode, read_list: ReadList, read_text: ReadText) -> None:
        self.comments: list[ShellComment] = []
        self._text = text
        self._read_list = read_list
        self._read_text = read_text
        self._nodes: dict[int, SyntaxNode] = {}
        if any(mark in text.code for mark in _MARKS):
            self._collect(root)

    def _collect(self, root: SyntaxNode) -> None:
        code, stack = self._text.code, [root]
        while stack:
            node = stack.pop()
            kind = node.type
            if kind in _KINDS:
                start = node.start_byte
                while code[start] in " \t\n":  # the grammar takes blanks before `$(` in quotes for a part of it
                    start += 1
                self._nodes.setdefault(start, node)
            elif kind == "comment":
                start, end = node.start_byte, node.end_byte
                self.comments.append(ShellComment(self._text.source[start:end], self._text.span(start, end)))
            if node.child_count:
                stack += reversed(node.children)

    def at(self, start: int, quoted: bool) -> tuple[Substitution, int]:
        """The substitution that starts at an offset, and its end."""
        node = self._nodes.get(start)
        if node is None:
            return self._unseen(start, quoted)
        kind, end = _KINDS[node.type], node.end_byte
        if kind == "arithmetic":
            return Substitution(kind, None, quoted), end
        children = node.children
        first, last = children[0].end_byte, children[-1].start_byte
        if self._text.code[start] == "`" and "\\" in self._text.code[first:last]:
            return self._unseen(start, quoted)
        if any(first <= start < last < document.stop for start, document in self._text.heredocs.items()):
            raise Unsupported("heredoc with its body behind a substitution")
        return Substitution(kind, self._read_list(children[1:-1], first, last), quoted), end

    def _unseen(self, start: int, quoted: bool) -> tuple[Substitution, int]:
        """One that the grammar takes for plain text, or with escapes in backquotes: it holds a text of its own."""
        source = self._text.source
        if source[start] == "`":
            end = backquotes(source, start + 1)
            content = self._unescaped(start + 1, end - 1, quoted)
        elif end := arithmetic(source, start + 1):
            return Substitution("arithmetic", None, quoted), end
        elif source.startswith("(", start + 1):
            end = parentheses(source, start + 2)
            content = self._text.logical.slice(start + 2, end - 1)
        else:
            raise Unsupported(f"expansion {source[start : start + 20]!r}")
        body, comments = self._read_text(content)
        self.comments += comments
        return Substitution("process" if source[start] in "<>" else "command", body, quoted), end

    def _unescaped(self, start: int, end: int, quoted: bool) -> Logical:
        """The text between two offsets without the backslashes that backquotes take away."""
        logical, text = self._text.logical, ""
        starts: list[int] = []
        offsets: list[int] = []
        for match in (_ESCAPED_IN_QUOTES if quoted else _ESCAPED).finditer(logical.text, start, end):
            _append(logical.slice(start, match.start()), len(text), starts, offsets)
            text += logical.text[start : match.start()]
            start = match.start(1)
        _append(logical.slice(start, end), len(text), starts, offsets)
        return Logical(text + logical.text[start:end], starts, offsets)


def _append(piece: Logical, at: int, starts: list[int], offsets: list[int]) -> None:
    if piece.text:
        for start, offset in piece.pieces:
            starts.append(at + start)
            offsets.append(offset)
