"""Dockerfile text to tree, line by line as BuildKit's parser reads it. Never raises on user input."""

from __future__ import annotations

import re

from dockerlint.source import Source, Span
from dockerlint.syntax import arguments, heredoc
from dockerlint.syntax.tree import Comment, Directive, Dockerfile, Heredoc, Instruction, Logical, SyntaxIssue

DIRECTIVES = ("syntax", "escape", "check")
MAX_LINE = 65535  # bytes in a physical line; BuildKit's scanner refuses more
_DIRECTIVE = re.compile(r"\s*#\s*([a-zA-Z][a-zA-Z0-9]*)\s*=\s*(.+?)\s*$")
_CONTINUED = {c: re.compile(rf"(?<!{re.escape(c)}){re.escape(c)}[ \t]*$") for c in "\\`"}
_KEYWORD_END = re.compile(r"[\t\v\f\r ]+")
HEREDOC_INSTRUCTIONS = frozenset(("RUN", "COPY", "ADD"))


def parse(text: str | Source) -> Dockerfile:
    """Parse a Dockerfile. Errors are in the result's `errors`; nothing is raised."""
    source = text if isinstance(text, Source) else Source(text)
    return _Parser(source).parse()


class _Parser:
    def __init__(self, source: Source) -> None:
        self.source = source
        text = source.text
        self.lines = text.split("\n")
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
        self._directives()
        continued = _CONTINUED[self.escape]
        while self.at < len(self.lines):
            self._instruction(continued)
        if not self.instructions:
            self.errors.append(SyntaxIssue("file with no instructions", Span(0, 0)))
        return Dockerfile(
            self.source,
            tuple(self.instructions),
            tuple(self.directives),
            tuple(self.comments),
            tuple(self.errors),
            self.escape,
        )

    def _line(self, index: int) -> tuple[str, int]:
        """A physical line without its line ending (and without the BOM), and its offset."""
        line, start = self.lines[index].rstrip("\r"), self.starts[index]
        if index == 0 and line.startswith("\ufeff"):
            return line[1:], 1
        return line, start

    def _directives(self) -> None:
        """Directives are the comment lines of the form ``# key=value`` before anything else."""
        seen: set[str] = set()
        for index in range(len(self.lines)):
            line, start = self._line(index)
            match = _DIRECTIVE.match(line)
            if index == 0 and line.startswith("#!"):
                self._comment(line, start, index)
                self.at = 1
                continue
            if not match:
                return
            self.at = index + 1
            name, value = match[1].lower(), match[2]
            span = Span(start + len(line) - len(line.lstrip()), start + len(line.rstrip()))
            if name not in DIRECTIVES:
                self._comment(line, start, index)
                continue
            if name in seen:
                self.errors.append(SyntaxIssue(f"only one {name} parser directive can be used", span))
            seen.add(name)
            self.directives.append(Directive(name, value, span, index + 1))
            if name == "escape":
                if value in _CONTINUED:
                    self.escape = value
                else:
                    self.errors.append(SyntaxIssue(f"invalid escape token {value!r} does not match ` or \\", span))

    def _comment(self, line: str, start: int, index: int) -> Comment:
        indent = len(line) - len(line.lstrip())
        comment = Comment(line[indent:], Span(start + indent, start + len(line)), index + 1)
        self.comments.append(comment)
        return comment

    def _instruction(self, continued: re.Pattern[str]) -> None:
        """Read one instruction, or one blank or comment line."""
        first = self.at
        raw, start = self._line(first)
        self.at += 1
        line = raw.lstrip()
        if line.startswith("#"):
            self._comment(raw, start, first)
            return
        if not line:
            return
        start += len(raw) - len(line)
        self._check_length(first)
        match = continued.search(line)
        if match is None:
            self._build(first, Logical(line, [0], [start]), [])
            return
        parts, starts, offsets = [line[: match.start()]], [0], [start]
        length, comments = match.start(), []
        top = len(self.comments)
        while match is not None and self.at < len(self.lines):
            line, start = self._line(self.at)
            self.at += 1
            stripped = line.lstrip()
            if stripped.startswith("#"):
                self._comment(line, start, self.at - 1)
                continue
            if not stripped:
                continue
            self._check_length(self.at - 1)
            match = continued.search(line)
            piece = line if match is None else line[: match.start()]
            starts.append(length)
            offsets.append(start)
            parts.append(piece)
            length += len(piece)
        comments = self.comments[top:]
        del self.comments[top:]
        self._build(first, _without_empty(Logical("".join(parts), starts, offsets)), comments)

    def _check_length(self, index: int) -> None:
        line = self.lines[index]
        if len(line) * 4 > MAX_LINE and len(line.encode("utf-8", "surrogateescape")) > MAX_LINE:
            start = self.starts[index]
            message = f"dockerfile line greater than maximum allowed size of {MAX_LINE}"
            self.errors.append(SyntaxIssue(message, Span(start, start + len(line))))

    def _build(self, first: int, logical: Logical, comments: list[Comment]) -> None:
        text = logical.text
        lead = len(text) - len(text.lstrip())
        if lead == len(text):  # nothing but continuation lines
            return
        end = len(text.rstrip())
        logical = logical.slice(lead, end)
        head_end = self.at
        span = Span(logical.offset(0), self._line_end(self.at - 1))
        instruction = self._assemble(logical, first + 1, head_end, span, tuple(comments))
        self.instructions.append(instruction)

    def _assemble(
        self, logical: Logical, first: int, head_end: int, span: Span, comments: tuple[Comment, ...], nested: bool = False
    ) -> Instruction:
        text = logical.text
        match = _KEYWORD_END.search(text)
        keyword = (text[: match.start()] if match else text).upper()
        rest = match.end() if match else len(text)
        flags, body_start = arguments.flags(logical, rest)
        body = logical.slice(body_start, len(text))
        json_words = arguments.json_words(keyword, body)
        trigger: Instruction | None = None
        if keyword == "ONBUILD" and body.text and not nested:
            trigger = self._assemble(body, first, head_end, span, (), nested=True)
        heredocs: tuple[Heredoc, ...] = ()
        if trigger is not None:
            heredocs = trigger.heredoc_nodes
        elif keyword in HEREDOC_INSTRUCTIONS and json_words is None and "<<" in body.text:
            heredocs = self._heredocs(logical)
        end_line = self.at
        if heredocs:
            span = Span(span.start, self._line_end(end_line - 1))
        instruction = Instruction(
            keyword,
            logical.span(0, match.start() if match else len(text)),
            span,
            first,
            end_line,
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
        self.errors += arguments.problems(instruction, nested)
        return instruction

    def _line_end(self, index: int) -> int:
        line, start = self._line(index)
        return start + len(line)

    def _heredocs(self, logical: Logical) -> tuple[Heredoc, ...]:
        """Read the bodies that follow the instruction's line."""
        found = []
        for mark in heredoc.marks(logical.text):
            body_start = self.starts[self.at] if self.at < len(self.lines) else len(self.source.text)
            content: list[str] = []
            end = Span(len(self.source.text), len(self.source.text))
            while self.at < len(self.lines):
                line, start = self._line(self.at)
                raw = self.lines[self.at] + ("\n" if self.at + 1 < len(self.starts) else "")
                self.at += 1
                if (line.lstrip("\t") if mark.strip_tabs else line) == mark.name:
                    end = Span(start, start + len(line))
                    break
                content.append(raw.lstrip("\t") if mark.strip_tabs else raw)
            else:
                self.errors.append(SyntaxIssue("unterminated heredoc", logical.span(mark.start, mark.end)))
            body_span = Span(body_start, max(body_start, end.start))
            mark_span = logical.span(mark.start, mark.end)
            found.append(Heredoc(mark.name, "".join(content), mark.expand, mark.strip_tabs, mark_span, body_span, end))
        return tuple(found)


def _without_empty(logical: Logical) -> Logical:
    """Drop pieces that contribute no text (a line of nothing but the escape character)."""
    pieces = [p for i, p in enumerate(logical.pieces) if i + 1 == len(logical.pieces) or logical.pieces[i + 1][0] > p[0]]
    pieces = [p for p in pieces if p[0] < len(logical.text)] or logical.pieces[:1]
    return Logical(logical.text, [a for a, _ in pieces], [b for _, b in pieces])
