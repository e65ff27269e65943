"""Unified diffs that `patch` and `git apply` take: CRLF kept, a missing final newline marked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import unified_diff

from dockerlint.report.colour import BOLD, CYAN, GREEN, RED, Paint
from dockerlint.report.escape import visible

NO_NEWLINE = "\\ No newline at end of file\n"
_COLOURS = (("---", BOLD), ("+++", BOLD), ("@@", CYAN), ("-", RED), ("+", GREEN))
_PLAIN = re.compile(r'[^\x00-\x1f\x7f"\\]*')
_QUOTED = {"\\": r"\\", '"': r"\"", "\t": r"\t", "\n": r"\n", "\r": r"\r"}


def unified(before: str | None, after: str, path: str) -> str:
    """The diff from `before` to `after`, "" where they are the same; None: there is no such file yet.

    Raw text: see `shown` for terminals.
    """
    old, new = (name(f"{side}/{path.lstrip('/')}") for side in "ab")
    lines = unified_diff(_lines(before or ""), _lines(after), old if before is not None else "/dev/null", new, n=3)
    return "".join(line if line.endswith("\n") else f"{line}\n{NO_NEWLINE}" for line in lines)


def shown(diff: str, paint: Paint) -> str:
    """A diff, or any text, made fit for a terminal: control sequences spelt out, and coloured."""
    return "\n".join(_painted(line, paint) for line in diff.split("\n"))


def name(path: str) -> str:
    """A file name as git writes it in a header: quoted when it holds control characters, quotes or backslashes."""
    if not _PLAIN.fullmatch(path):
        return '"' + "".join(_QUOTED.get(c) or (c if _PLAIN.fullmatch(c) else f"\\{ord(c):03o}") for c in path) + '"'
    return f"{path}\t" if " " in path else path


def _lines(text: str) -> list[str]:
    """Lines with their endings; only a newline ends one, as for the builder."""
    parts = text.split("\n")
    return [f"{part}\n" for part in parts[:-1]] + ([parts[-1]] if parts[-1] else [])


def _painted(line: str, paint: Paint) -> str:
    text = "".join(_pieces(line))
    return next((paint(text, colour) for start, colour in _COLOURS if line.startswith(start)), text)


def _pieces(line: str) -> Iterator[str]:
    """A line of a diff with tabs left as they are."""
    for i, piece in enumerate(line.split("\t")):
        if i:
            yield "\t"
        yield visible(piece)
