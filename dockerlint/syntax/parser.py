"""Dockerfile text to tree, line by line as BuildKit's parser reads it. Never raises on user input."""

from __future__ import annotations

import re

from dockerlint.source import Source, Span
from dockerlint.syntax import arguments, heredoc
from dockerlint.syntax.checks import problem
from dockerlint.syntax.tree import Comment, Directive, Dockerfile, Heredoc, Instruction, Logical, SyntaxIssue
from dockerlint.syntax.words import BLANKS

DIRECTIVES = ("syntax", "escape", "check")
ESCAPES = ("\\", "`")
MAX_LINE = 65535  # bytes in a physical line; BuildKit's scanner refuses more, and reads nothing behind it
BOM = "\ufeff"
HEREDOC_INSTRUCTIONS = frozenset(("RUN", "COPY", "ADD"))
_DIRECTIVE = re.compile(rf"[{BLANKS}]*#[{BLANKS}]*([a-zA-Z][a-zA-Z0-9]*)[\t\f\r ]*=[\t\f\r ]*(.+?)[\t\f\r ]*$")
_KEYWORD_END = re.compile(r"[\t\v\f\r ]+")


def parse(text: str | Source) -> Dockerfile:
    """Parse a Dockerfile. Errors are in the result's `errors`; nothing is raised."""
    source = text if isinstance(text, Source) else Source(text)
    return _Parser(source).parse()


def keyword_end(text: str) -> int:
    """Where the keyword ends in the joined text of an instruction."""
    match = _KEYWORD_END.search(text)
    return match.start() if match else len(text)


class _Parser:
    def __init__(self, source: Source) -> None:
        self.source = source
        self.lines = source.text.split("\n")
        if self.lines[-1] == "":
            self.lines.pop()
        self.starts = source.line_starts
        self.at = 0  # index of the next line to read
        self.escape = "\\"
        self.errors: list[SyntaxIssue] = []
        self.directives: list[Directive] = []
        self.comments: list[Comment] = []
        self.instructions: list[Instruction] = []

    def parse(self) -> Dockerfile:
        self._cut_at_long_line()
        self._directives()
        while self.at < len(self.lines):
            self._instruction()
        self._check_order()
        return Dockerfile(
            self.source,
            tuple(self.instructions),
            tuple(self.directives),
            tuple(self.comments),
            tuple(self.errors),
            self.escape,
        )

    def _cut_at_long_line(self) -> None:
        if len(self.source.text) * 4 <= MAX_LINE:
            return
        for index, line in enumerate(self.lines):
            if len(line) * 4 > MAX_LINE and len(line.encode("utf-8", "surrogateescape")) > MAX_LINE:
                start = self.starts[index]
                message = f"dockerfile line greater than maximum allowed size of {MAX_LINE}"
                self.errors.append(SyntaxIssue(message, Span(start, start + len(line))))
                del self.lines[index:]
                return

    def _check_order(self) -> None:
        if not self.instructions:
            self.errors.append(SyntaxIssue("file with no instructions", Span(0, 0)))
        for node in self.instructions:
            if node.keyword == "FROM":
                return
            if node.keyword != "ARG":
                self.errors.append(SyntaxIssue("no build stage in current context", node.keyword_span))
                return

    def _line(self, index: int) -> tuple[str, int]:
        """A physical line without its line ending (and without the BOM), and its offset."""
        line, start = self.lines[index].rstrip("\r"), self.starts[index]
        if index == 0 and line.startswith(BOM):
            return line[1:], 1
        return line, start

    def _directives(self) -> None:
        """Directives are comment lines of the form ``# key=value`` before anything else.

        The first line that is none ends them. Behind a ``#!`` line the builder still looks for `syntax` and `check`,
        but `escape` has no effect any more.
        """
        seen: set[str] = set()
        shebang = False
        for index in range(len(self.lines)):
            line, start = self._line(index)
            if index == 0 and line.startswith("#!"):
                self._comment(line, start, index)
                self.at, shebang = 1, True
                continue
            match = _DIRECTIVE.match(line)
            name = match[1].lower() if match else ""
            if match is None or name not in DIRECTIVES or (shebang and name == "escape"):
                return
            self.at = index + 1
            span = Span(start + len(line) - len(line.lstrip(BLANKS)), start + match.end(2))
            if name in seen:
                self.errors.append(SyntaxIssue(f"only one {name} parser directive can be used", span))
            seen.add(name)
            self.directives.append(Directive(name, match[2], span, index + 1))
            if name == "escape" and match[2] in ESCAPES:
                self.escape = match[2]
            elif name == "escape":
                self.errors.append(SyntaxIssue(f"invalid escape token {match[2]!r} does not match ` or \\", span))

    def _comment(self, line: str, start: int, index: int) -> None:
        indent = len(line) - len(line.lstrip(BLANKS))
        self.comments.append(Comment(line[indent:], Span(start + indent, start + len(line)), index + 1))

    def _continued(self, line: str) -> str | None:
        """`line` without its continuation; None when it has none. A doubled escape character is none."""
        cut = line.rstrip(" \t")
        if not cut.endswith(self.escape) or cut.endswith(self.escape * 2):
            return None
        return cut[:-1]

    def _instruction(self) -> None:
        """Read one instruction, or one blank or comment line."""
        first = self.at
        raw, start = self._line(first)
        self.at += 1
        line = raw.lstrip(BLANKS)
        if not line:
            return
        if line[0] == "#":
            self._comment(raw, start, first)
            return
        start += len(raw) - len(line)
        piece = self._continued(line)
        if piece is None:
            self._build(first, Logical(line, [0], [start]), ())
            return
        top = len(self.comments)
        logical = self._join(piece, start)
        comments = tuple(self.comments[top:])
        del self.comments[top:]
        self._build(first, logical, comments)

    def _join(self, piece: str | None, start: int) -> Logical:
        """Read the lines that continue `piece`; comment lines and blank lines in between vanish."""
        line = piece or ""
        parts, starts, offsets, length = [line], [0], [start], len(line)
        while piece is not None and self.at < len(self.lines):
            line, start = self._line(self.at)
            self.at += 1
            stripped = line.lstrip(BLANKS)
            if not stripped:
                continue
            if stripped[0] == "#":
                self._comment(line, start, self.at - 1)
                continue
            piece = self._continued(line)
            part = line if piece is None else piece
            if part and not length:  # nothing but escape characters so far
                starts[0], offsets[0] = 0, start
            elif part:
                starts.append(length)
                offsets.append(start)
            parts.append(part)
            length += len(part)
        return Logical("".join(parts), starts, offsets)

    def _build(self, first: int, logical: Logical, comments: tuple[Comment, ...]) -> None:
        text = logical.text
        stripped = text.strip(BLANKS)
        if not stripped:  # nothing but continuations; to the builder an instruction without a name
            start = self.starts[first] + (first == 0 and self.source.text.startswith(BOM))
            line, last = self._line(self.at - 1)
            self.errors.append(SyntaxIssue("unknown instruction: ", Span(start, last + len(line))))
            return
        if len(stripped) < len(text):
            lead = len(text) - len(text.lstrip(BLANKS))
            logical = logical.slice(lead, lead + len(stripped))
        self.instructions.append(self._assemble(logical, first + 1, self.at, comments, nested=False))

    def _assemble(
        self, logical: Logical, first: int, head_end: int, comments: tuple[Comment, ...], nested: bool
    ) -> Instruction:
        text = logical.text
        end = keyword_end(text)
        keyword = text[:end].upper()
        flags, body_start = arguments.flags(logical, end)
        body = logical.slice(body_start, len(text))
        json_words = arguments.json_words(keyword, body)
        trigger: Instruction | None = None
        heredocs: tuple[Heredoc, ...] = ()
        if keyword == "ONBUILD" and body.text and not nested:
            trigger = self._assemble(body, first, head_end, (), nested=True)
            heredocs = trigger.heredoc_nodes
        elif keyword in HEREDOC_INSTRUCTIONS and json_words is None and "<<" in body.text:
            heredocs = self._heredocs(logical)
        line, start = self._line(self.at - 1)
        instruction = Instruction(
            keyword,
            logical.span(0, end),
            Span(logical.offset(0), start + len(line)),
            first,
            self.at,
            logical,
            body,
            flags,
            json_words,
            heredocs,
            comments,
            trigger,
            head_end,
            self.escape,
        )
        found = problem(instruction, nested)
        if found is not None:
            self.errors.append(found)
        return instruction

    def _heredocs(self, logical: Logical) -> tuple[Heredoc, ...]:
        """Read the bodies that follow the instruction's line."""
        found = []
        for mark in heredoc.marks(logical.text):
            body_start = self.starts[self.at] if self.at < len(self.starts) else len(self.source.text)
            content: list[str] = []
            offsets: list[int] = []
            end: Span | None = None
            while end is None and self.at < len(self.lines):
                line, start = self._line(self.at)
                raw = self.lines[self.at] + ("\n" if self.at + 1 < len(self.starts) else "")
                self.at += 1
                if (line.lstrip("\t") if mark.strip_tabs else line) == mark.name:
                    end = Span(start, start + len(line))
                else:
                    kept = raw.lstrip("\t") if mark.strip_tabs else raw
                    content.append(kept)
                    offsets.append(self.starts[self.at - 1] + len(raw) - len(kept))
            mark_span = logical.span(mark.start, mark.end)
            if end is None:
                self.errors.append(SyntaxIssue("unterminated heredoc", mark_span))
                stop = self.starts[self.at] if self.at < len(self.starts) else len(self.source.text)
                end = Span(stop, stop)
            body = Span(body_start, max(body_start, end.start))
            text = "".join(content)
            found.append(Heredoc(mark.name, text, mark.expand, mark.strip_tabs, mark_span, body, end, tuple(offsets)))
        return tuple(found)
