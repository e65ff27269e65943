"""Immutable text of one file, and positions in it."""

from __future__ import annotations

from bisect import bisect_right
from functools import cached_property
from typing import NamedTuple

from dockerlint.record import record


class Span(NamedTuple):
    """A half-open range of character offsets in a `Source`: ``start <= offset < end``."""

    start: int
    end: int

    def overlaps(self, other: Span) -> bool:
        """Whether the two share a character, or one is an insertion point inside the other."""
        if self.start == self.end or other.start == other.end:
            return self.start <= other.end and other.start <= self.end
        return self.start < other.end and other.start < self.end

    def contains(self, other: Span) -> bool:
        """Whether `other` lies wholly inside this span."""
        return self.start <= other.start and other.end <= self.end

    def cover(self, other: Span) -> Span:
        """The smallest span that holds both."""
        return Span(min(self.start, other.start), max(self.end, other.end))


class Position(NamedTuple):
    """A place as people count it: line and column from 1, the column in characters."""

    line: int
    column: int


@record(eq=False, slots=False)
class Source:
    """The text of a file, byte for byte: UTF-8 with surrogateescape, BOM, CRLF and the missing final newline kept."""

    text: str
    path: str = "<string>"

    @classmethod
    def from_bytes(cls, data: bytes, path: str) -> Source:
        """Decode without loss; `to_bytes` of the same text gives `data` back."""
        return cls(data.decode("utf-8", "surrogateescape"), path)

    @cached_property
    def line_starts(self) -> list[int]:
        """Offset of the first character of each line; only a line feed ends a line, as for the builder."""
        starts, at = [0], self.text.find("\n")
        while at >= 0:
            starts.append(at + 1)
            at = self.text.find("\n", at + 1)
        return starts

    @cached_property
    def newline(self) -> str:
        """The line ending that most lines have."""
        crlf = self.text.count("\r\n")
        return "\r\n" if crlf * 2 > self.text.count("\n") else "\n"

    def position(self, offset: int) -> Position:
        """Line and column of an offset."""
        line = bisect_right(self.line_starts, offset)
        return Position(line, offset - self.line_starts[line - 1] + 1)

    def line_span(self, line: int) -> Span:
        """The span of a line (from 1), its line ending left out."""
        start = self.line_starts[line - 1]
        end = self.line_starts[line] - 1 if line < len(self.line_starts) else len(self.text)
        return Span(start, end - 1 if end > start and self.text[end - 1] == "\r" else end)

    def slice(self, span: Span) -> str:
        """The text of a span."""
        return self.text[span.start : span.end]


def to_bytes(text: str) -> bytes:
    """The inverse of `Source.from_bytes`."""
    return text.encode("utf-8", "surrogateescape")
