"""Nodes of the Dockerfile tree. All spans are character offsets in the file's `Source`."""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from dockerlint.record import record
from dockerlint.source import Source, Span

if TYPE_CHECKING:
    from dockerlint.syntax.pairs import Pair

BLANK_SEPARATED = frozenset(("ADD", "COPY", "EXPOSE", "FROM", "VOLUME"))  # quotes mean nothing to the builder here
PAIRED = frozenset(("ENV", "LABEL", "ARG"))
_NO_BLANKS = re.compile(r"[^\t\v\f\r ]+")


class Logical:
    """The text of an instruction as the builder joins it, with a map back to the file.

    Continuations, comment lines and blank lines inside the instruction are not in `text`; `pieces` says, for each
    physical line that contributes, at which offset of `text` it starts and at which offset of the file.
    """

    __slots__ = ("_offsets", "_starts", "text")

    def __init__(self, text: str, starts: list[int], offsets: list[int]) -> None:
        self.text = text
        self._starts = starts
        self._offsets = offsets

    @property
    def pieces(self) -> list[tuple[int, int]]:
        """Pairs (offset in `text`, offset in the file), ascending."""
        return list(zip(self._starts, self._offsets, strict=True))

    def offset(self, at: int) -> int:
        """The file offset of the character at `at`; for the end of the text, just behind its last character."""
        if at >= len(self.text) and at > 0:
            return self.offset(len(self.text) - 1) + 1 + at - len(self.text)
        i = bisect_right(self._starts, at) - 1
        return self._offsets[i] + at - self._starts[i]

    def span(self, start: int, end: int) -> Span:
        """The file span of ``text[start:end]``: from its first to behind its last character."""
        if start == end:
            at = self.offset(start)
            return Span(at, at)
        return Span(self.offset(start), self.offset(end - 1) + 1)

    def cuts(self, start: int, end: int) -> list[Span]:
        """The file spans of ``text[start:end]``, one for each physical line it touches."""
        found = []
        i = max(bisect_right(self._starts, start) - 1, 0)
        while start < end:
            stop = min(end, self._starts[i + 1] if i + 1 < len(self._starts) else end)
            at = self._offsets[i] + start - self._starts[i]
            found.append(Span(at, at + stop - start))
            start, i = stop, i + 1
        return found

    def slice(self, start: int, end: int) -> Logical:
        """The logical text of a part, still mapped to the file."""
        first = max(bisect_right(self._starts, start) - 1, 0)
        last = max(bisect_right(self._starts, max(start, end - 1)), first + 1)
        starts = [max(s - start, 0) for s in self._starts[first:last]]
        offsets = list(self._offsets[first:last])
        if offsets:
            offsets[0] += start - self._starts[first]
        return Logical(self.text[start:end], starts, offsets)


class Word(NamedTuple):
    """A word as written, quotes and all, or an element of a JSON form (then `text` is its value)."""

    text: str
    span: Span


class Flag(NamedTuple):
    """``--name=value`` between keyword and arguments; `value` is None for a bare ``--name``. `text` is as written."""

    name: str
    value: str | None
    text: str
    span: Span
    at: int = 0
    """Offset of the flag in the instruction's `logical` text."""


class Comment(NamedTuple):
    """A comment line, at top level or inside a continued instruction; the span starts at ``#``."""

    text: str
    span: Span
    line: int


class Directive(NamedTuple):
    """A parser directive (``# syntax=``, ``# escape=``, ``# check=``); `name` is lower case."""

    name: str
    value: str
    span: Span
    line: int


class SyntaxIssue(NamedTuple):
    """Something the builder would refuse."""

    message: str
    span: Span


@record
class Heredoc:
    """A here-document. `body` has its lines with their line feeds; tabs are stripped when `strip_tabs`."""

    name: str
    body: str
    expand: bool
    strip_tabs: bool
    span: Span
    """The redirection ``<<EOF`` in the instruction's line."""
    body_span: Span
    """The body's lines in the file, without the terminator."""
    end_span: Span
    """The terminator line, its line ending left out; empty when the heredoc is not terminated."""
    line_offsets: tuple[int, ...] = ()
    """The offset in the file of each line of `body`, behind the tabs that were stripped."""


@record(eq=False, slots=False)
class Instruction:
    """One instruction. `logical` is its whole joined line from the keyword on; `body` the part after the flags."""

    keyword: str
    """Upper case, whatever the file has."""
    keyword_span: Span
    span: Span
    """From the keyword to the end of the last line, heredoc bodies and terminators included, no final newline."""
    start_line: int
    end_line: int
    logical: Logical
    body: Logical
    flag_nodes: tuple[Flag, ...] = ()
    json_words: tuple[Word, ...] | None = None
    heredoc_nodes: tuple[Heredoc, ...] = ()
    comments: tuple[Comment, ...] = ()
    """Comment lines between the continued lines."""
    trigger: Instruction | None = None
    """ONBUILD: the instruction it holds back."""
    head_end_line: int = 0
    """The last line (from 1) before heredoc bodies begin."""
    escape: str = "\\"
    """The file's escape character."""

    @property
    def flags(self) -> list[str]:
        """Flags as written."""
        return [flag.text for flag in self.flag_nodes]

    @property
    def arguments(self) -> str:
        """The text after the flags, continuations and comment lines removed as the builder does."""
        return self.body.text

    @property
    def json_form(self) -> list[str] | None:
        """The strings of the exec (JSON) form, or None."""
        return None if self.json_words is None else [word.text for word in self.json_words]

    @property
    def heredocs(self) -> list[Heredoc]:
        """Here-documents in the order of their redirections."""
        return list(self.heredoc_nodes)

    def flag(self, name: str) -> Flag | None:
        """The last flag of that name, without dashes."""
        return next((f for f in reversed(self.flag_nodes) if f.name == name), None)

    @cached_property
    def words(self) -> tuple[Word, ...]:
        """The arguments split at blanks as the builder splits them, quotes kept; the elements for a JSON form."""
        if self.json_words is not None:
            return self.json_words
        from dockerlint.syntax.words import ranges

        body = self.body
        if self.keyword in BLANK_SEPARATED:
            return tuple(Word(m[0], body.span(m.start(), m.end())) for m in _NO_BLANKS.finditer(body.text))
        return tuple(Word(body.text[a:b], body.span(a, b)) for a, b in ranges(body.text, escape=self.escape))

    @cached_property
    def pairs(self) -> tuple[Pair, ...]:
        """The names and values of ENV, LABEL and ARG; empty for other instructions."""
        if self.keyword not in PAIRED or not self.body.text:
            return ()
        from dockerlint.syntax.pairs import pairs_of

        return pairs_of(self.keyword, self.body, self.escape)


@record(eq=False, slots=False)
class Dockerfile:
    """A parsed file. Parsing never fails: what the builder would refuse is in `errors`."""

    source: Source
    instructions: tuple[Instruction, ...]
    directives: tuple[Directive, ...]
    comments: tuple[Comment, ...]
    """Comment lines at top level, parser directives left out."""
    errors: tuple[SyntaxIssue, ...]
    escape: str = "\\"

    @property
    def text(self) -> str:
        """The input, exactly."""
        return self.source.text

    def directive(self, name: str) -> str | None:
        """The value of a parser directive."""
        return next((d.value for d in self.directives if d.name == name), None)
