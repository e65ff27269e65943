"""A shell text while it is converted: what the grammar reads, and where things are in the file."""

from __future__ import annotations

import re
from bisect import bisect_right

from dockerlint.shell.heredocs import HereDocument, mask
from dockerlint.shell.unsupported import Unsupported
from dockerlint.source import Span
from dockerlint.syntax.tree import Logical

_ESCAPED = re.compile(r"\\(.)")
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
_OPERATORS = tuple("&|;<>(")
_LONE_DASH = re.compile(r"(?<=[ \t])-(?=[ \t]+\d*[<>])")
_NEGATED_GROUP = re.compile(r"(?:^|(?<=[;&|(\s]))!(?=\s+\{\s)")
_SAME_LINE = re.compile(r"(?:[ \t]|\\\n)*")
_NEXT_LINE = re.compile(r"(?:[ \t\n]|\\\n(?!#)|(?<![^ \t\n;&|()`])#[^\n]*)*")


class Text:
    """`source` is what the shell gets, `code` what the grammar reads: of the same length, and in ASCII.

    Each character beyond ASCII is replaced by a letter, which is what it is to a shell: byte offsets are offsets.
    Masked are here-documents and three things that the grammar gets wrong: it takes an escaped blank for a blank, drops
    the ``-`` of ``a - 2>&1``, and reads the ``{`` of ``! { a; }`` as a command.
    """

    __slots__ = ("_shifts", "_starts", "code", "heredocs", "logical", "negations", "source")

    def __init__(self, logical: Logical) -> None:
        self.logical = logical
        self.source = logical.text
        self.heredocs: dict[int, HereDocument] = {}
        code = self.source
        if "<<" in code:
            code, self.heredocs = mask(code)
        if not code.isascii():
            code = _NOT_ASCII.sub("x", code)
        if "\\ " in code or "\\\t" in code:
            code = _ESCAPED.sub(lambda match: "xx" if match[1] in " \t" else match[0], code)
        if "- " in code:
            code = _LONE_DASH.sub("%", code)
        self.negations: list[int] = []
        if "!" in code and "{" in code:
            self.negations = [match.start() for match in _NEGATED_GROUP.finditer(code)]
            code = _NEGATED_GROUP.sub(" ", code) if self.negations else code
        self.code = code
        pieces = logical.pieces
        self._starts = [start for start, _ in pieces]
        self._shifts = [offset - start for start, offset in pieces]
        self._starts.append(len(self.source) + 1)

    def span(self, start: int, end: int) -> Span:
        """The place in the file of a range of the text."""
        piece = bisect_right(self._starts, start) - 1
        shift = self._shifts[piece]
        if end <= self._starts[piece + 1]:  # most tokens lie in one line
            return Span(start + shift, end + shift)
        return self.logical.span(start, end)

    def gap(self, start: int, end: int) -> bool:
        """Whether a newline is between two tokens. Raises Unsupported on more than blanks and comments."""
        if start == end:
            return False
        if self.negations and any(start <= at < end for at in self.negations):
            raise Unsupported("! in a command")
        code = self.code
        if end - start == 1 and code[start] == " ":
            return False
        if _SAME_LINE.fullmatch(code, start, end):
            if code[start] == "\\" and code[start - 1 : start] in _OPERATORS and code[end : end + 1] in _OPERATORS:
                raise Unsupported("line continuation in an operator")
            return False
        if _NEXT_LINE.fullmatch(code, start, end):
            return True
        raise Unsupported(f"text {code[start:end][:20]!r}")

    def joined(self, start: int, end: int) -> bool:
        """Whether two pieces of a word meet: nothing between them, or line continuations alone."""
        return start == end or (self.code.startswith("\\\n", start) and not self.code[start:end].replace("\\\n", ""))

    def negation(self, start: int, end: int) -> int:
        """The offset of a masked ``!`` between two tokens, -1 when there is none."""
        found = next((at for at in self.negations if start <= at < end), -1)
        return -1 if found >= 0 and "#" in self.code[start:found] else found
