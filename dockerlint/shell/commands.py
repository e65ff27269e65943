"""Simple commands: words, assignments and redirections."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from dockerlint.shell.lists import REDIRECTS
from dockerlint.shell.text import Text
from dockerlint.shell.tree import Assignment, Literal, Redirect, Simple, Word
from dockerlint.shell.unsupported import Unsupported
from dockerlint.shell.words import WordReader

if TYPE_CHECKING:
    from tree_sitter import Node as SyntaxNode

SIMPLE = frozenset(
    ("command", "declaration_command", "unset_command", "variable_assignments", "variable_assignment", "test_command")
)
_PARENTS = SIMPLE - {"variable_assignment", "test_command"}
_PLAIN = re.compile(r"[A-Za-z0-9_./:=@%+,^-]+")
_ASSIGNMENT = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)(\[[^\]=\s]*\])?(\+?)=")
RESERVED = frozenset(
    "! { } [[ ]] case coproc do done elif else esac fi for function if in select then until while".split()
)
_DESCRIPTOR = re.compile(r"\d+|\{\w+\}")


class CommandReader:
    """Reads the simple commands of one text."""

    def __init__(self, text: Text, words: WordReader) -> None:
        self._text = text
        self._words = words

    def simple(self, nodes: list[SyntaxNode]) -> Simple:
        """A simple command from its syntax nodes, redirections included, in the order of the text."""
        pieces = _Pieces(self._text)
        redirects: list[Redirect] = []
        for node in nodes:
            kind = node.type
            if kind in _PARENTS:
                for child in node.children:
                    self._piece(child, pieces, redirects)
            elif kind == "test_command":
                for start, end in self._words.split(node.start_byte, node.end_byte):
                    pieces.add(start, end)
            else:
                self._piece(node, pieces, redirects)
        assignments: list[Assignment] = []
        ranges = pieces.words
        for start, end in ranges:
            match = _ASSIGNMENT.match(self._text.source, start, end)
            if match is None:
                break
            assignments.append(self._assignment(match, end))
        words = tuple([self.word(start, end) for start, end in ranges[len(assignments) :]])
        if words and words[0].text in RESERVED:
            raise Unsupported(f"{words[0].text} as a command")
        if len(words) > 1 and words[0].text == "time" and words[1].text in RESERVED:
            raise Unsupported(f"time {words[1].text}")
        span = self._text.span(pieces.start, pieces.end)
        return Simple(span, words, tuple(assignments), tuple(redirects))

    def word(self, start: int, end: int) -> Word:
        """The word between two offsets."""
        text = self._text.source
        if _PLAIN.fullmatch(text, start, end):
            value = text[start:end]
            return Word(value, self._text.span(start, end), (Literal(value),))
        return Word(text[start:end], self._text.span(start, end), self._words.parts(start, end))

    def split(self, start: int, end: int) -> list[tuple[int, int]]:
        """The ranges of the blank-separated words between two offsets."""
        return self._words.split(start, end)

    def _assignment(self, match: re.Match[str], end: int) -> Assignment:
        text, at = self._text, match.end()
        value: Word | None = None
        if not match[2] and not text.source.startswith("(", at, end):
            parts = self._words.parts(at, end, assigned=True)
            value = Word(text.source[at:end], text.span(at, end), parts)
        written = text.source[match.start() : end]
        if value is None and not match[2] and not written.endswith(")"):
            raise Unsupported("text behind an array")
        return Assignment(match[1], value, bool(match[3]), text.span(match.start(), end), written)

    def _piece(self, node: SyntaxNode, pieces: _Pieces, redirects: list[Redirect]) -> None:
        kind = node.type
        if kind in REDIRECTS:
            redirect, end, rest = self.redirect(node)
            redirects.append(redirect)
            pieces.add_redirect(node, end)
            for start, end in rest:
                pieces.add(start, end)
        elif kind in ("subshell", "compound_statement", "comment"):
            raise Unsupported(f"{kind} in a command")
        else:
            pieces.add(node.start_byte, node.end_byte)

    def redirect(self, node: SyntaxNode) -> tuple[Redirect, int, list[tuple[int, int]]]:
        """A redirection, its end, and the words after it that the grammar takes for more targets."""
        text, descriptor, operator, at = self._text, "", "", node.start_byte
        targets = _Pieces(text)
        for child in node.children:
            start, end = child.start_byte, child.end_byte
            if child.type == "file_descriptor":
                descriptor = text.source[start:end]
                if not _DESCRIPTOR.fullmatch(descriptor):
                    raise Unsupported(f"descriptor {descriptor[:20]!r}")
            elif not operator:
                operator, at = child.type, start
                targets.end = end
            else:
                targets.add(start, end)
        document = text.heredocs.get(at)
        if document is not None:
            span = text.span(node.start_byte, document.end)
            target = self.word(document.word, document.end)
            return Redirect(document.operator, descriptor, target, span, document.body), document.end, targets.words[1:]
        if operator in (">&-", "<&-"):
            operator = operator[:2]
            targets.words.insert(0, (at + 2, at + 3))
        elif text.code[at + len(operator)] in "<>":  # `<>(a)` is no `<` and `>(a)`
            raise Unsupported(f"{operator} without a target")
        if len(targets.words) > 1 and text.joined(targets.words[0][1], targets.words[1][0]):
            raise Unsupported("word against a redirection")
        if not targets.words:
            raise Unsupported(f"{operator} without a target")
        start, end = targets.words[0]
        if text.code[end : end + 1] in ("<", ">") and _DESCRIPTOR.fullmatch(text.code, start, end):
            raise Unsupported(f"descriptor {text.code[start:end]!r}")  # `> 2>x` has no target
        span = text.span(node.start_byte, end)
        return Redirect(operator, descriptor, self.word(start, end), span), end, targets.words[1:]


class _Pieces:
    """Ranges of words; pieces that meet are one word."""

    def __init__(self, text: Text) -> None:
        self.words: list[tuple[int, int]] = []
        self.start = self.end = -1
        self._text = text
        self._in_word = False

    def add(self, start: int, end: int) -> None:
        """Add a word or a piece of one."""
        if self._in_word and self._text.joined(self.end, start):
            self.words[-1] = (self.words[-1][0], end)
        else:
            if not self._in_word and self.start >= 0 and self._text.joined(self.end, start):
                raise Unsupported("word against a redirection")
            self._follow(start)
            self.words.append((start, end))
        self.end = end
        self._in_word = True

    def add_redirect(self, node: SyntaxNode, end: int) -> None:
        """Note where a redirection is."""
        start = node.start_byte
        if self._in_word and self._text.joined(self.end, start):
            word = self._text.source[slice(*self.words[-1])]
            if _DESCRIPTOR.fullmatch(word) or node.children[0].type == "file_descriptor":
                raise Unsupported(f"descriptor {word[:20]!r}")
        self._follow(start)
        self.end = end
        self._in_word = False

    def _follow(self, start: int) -> None:
        if self.end >= 0 and self._text.gap(self.end, start):
            raise Unsupported("newline in a command")
        if self.start < 0:
            self.start = start
