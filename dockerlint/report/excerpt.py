"""Lines of a file with carets under what matters, aligned whatever characters stand before."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from dockerlint.report.colour import GUTTER, Paint
from dockerlint.report.escape import cells, visible
from dockerlint.source import Source, Span

TAB = 4
MAX_CHARS = 160
"""Longest part of a line that is shown."""
LEAD = 40
"""How much of a longer line is shown before the first mark."""
MAX_LINES = 6
"""Most lines that are shown of a longer span: its first ones and its last."""


class Mark(NamedTuple):
    """A span to underline, with a note behind the underline."""

    span: Span
    stroke: str
    colour: str
    note: str = ""


class _Stroke(NamedTuple):
    """A mark's share of one line: characters [start, end) of it."""

    start: int
    end: int
    mark: Mark
    note: str


def excerpt(source: Source, marks: Iterable[Mark], paint: Paint) -> tuple[int, list[str]]:
    """The gutter's width and the lines ``12 | RUN …``, in file order; gaps are shown as ``...``."""
    strokes: dict[int, list[_Stroke]] = {}
    for mark in marks:
        for line, stroke in _strokes(source, mark):
            strokes.setdefault(line, []).append(stroke)
    gutter, out, last = len(str(max(strokes))), list[str](), 0
    bar = paint("|", GUTTER)
    for line in sorted(strokes):
        if last and line == last + 2:
            out.append(f"{paint(f'{last + 1:>{gutter}}', GUTTER)} {bar} {_window(source, last + 1, ())[0]}".rstrip())
        elif last and line > last + 2:
            out.append(paint("...", GUTTER))
        text, rows = _window(source, line, strokes[line])
        out.append(f"{paint(f'{line:>{gutter}}', GUTTER)} {bar} {text}".rstrip())
        for left, width, stroke in rows:
            drawn = paint(" ".join(filter(None, (stroke.mark.stroke * width, stroke.note))), stroke.mark.colour)
            out.append(f"{'':>{gutter}} {bar} {'':{left}}{drawn}")
        last = line
    return gutter, out


def _strokes(source: Source, mark: Mark) -> list[tuple[int, _Stroke]]:
    first, end = source.position(mark.span.start), source.position(max(mark.span))
    last = end.line
    if end.column == 1 and last > first.line:  # the line ending is in the span, the next line is not
        last -= 1
    note = visible(mark.note)
    if last > first.line and mark.stroke != "^":  # a place that is only pointed at: its first line is enough
        note, last = f"{note} (lines {first.line}-{last})".strip(), first.line
    lines = list(range(first.line, last + 1))
    if len(lines) > MAX_LINES:
        lines = [*lines[: MAX_LINES - 1], last]
    found = []
    for line in lines:
        whole = source.line_span(line)
        start = first.column - 1 if line == first.line else _indent(source, whole)
        stop = end.column - 1 if line == end.line else whole.end - whole.start
        found.append((line, _Stroke(start, max(stop, start + 1), mark, note if line == lines[-1] else "")))
    return found


def _indent(source: Source, whole: Span) -> int:
    text = source.text[whole.start : min(whole.end, whole.start + MAX_CHARS)]
    return len(text) - len(text.lstrip())


def _window(source: Source, line: int, strokes: Iterable[_Stroke]) -> tuple[str, list[tuple[int, int, _Stroke]]]:
    """The part of a line that is shown, and for each stroke its left edge and width in cells."""
    whole = source.line_span(line)
    begin, length = 0, whole.end - whole.start
    if length > MAX_CHARS:
        begin = max(0, min((stroke.start for stroke in strokes), default=0) - LEAD)
    stop = min(length, begin + MAX_CHARS)
    shown = source.text[whole.start + begin : whole.start + stop]
    if whole.start + begin == 0 and shown.startswith("\ufeff"):
        begin, shown = 1, shown[1:]
    head, tail = "…" if begin > 1 else "", "…" if stop < length else ""
    edges, drawn = [len(head)], [head]
    for char in shown:
        drawn.append(" " * (TAB - (edges[-1] - len(head)) % TAB) if char == "\t" else visible(char))
        edges.append(edges[-1] + cells(drawn[-1]))
    rows = []
    for stroke in strokes:
        left, right = (min(max(at - begin, 0), len(shown)) for at in (stroke.start, stroke.end))
        rows.append((edges[left], max(1, edges[right] - edges[left]), stroke))
    return "".join((*drawn, tail)), rows
