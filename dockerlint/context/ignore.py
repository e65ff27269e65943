"""``.dockerignore`` as the builder reads it; gitignore's rules are others, so no gitignore library does.

Behaviour documented in Docker's build context page and by the cases of moby's patternmatcher: patterns are cleaned
paths from the context's root, the last one that matches decides, ``*`` stays within a name, ``**`` does not.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable
from functools import cached_property

from dockerlint.context.globs import BadPattern, compiled
from dockerlint.record import record

_SPECIAL = frozenset(".+()|{}$")
_CLASS_ESCAPES = frozenset("dDsSwWafnrtv")
MOST_PATTERNS = 5_000
"""Every file of the context is held against every pattern."""
Parents = tuple[bool, ...]
"""For each pattern, whether it matched the folder that holds the path."""


@record
class Pattern:
    """One line of the file, cleaned."""

    text: str
    exception: bool
    """It began with ``!``: what it matches is kept."""
    line: int
    matches: Callable[[str], bool]


@record(slots=False)
class IgnoreFile:
    """The patterns of one file in order."""

    patterns: tuple[Pattern, ...]
    errors: tuple[tuple[int, str], ...] = ()
    """(line, pattern) of what the builder stops at; such lines are left out of `patterns`."""
    cut: bool = False
    """There are more than `MOST_PATTERNS`; the rest was not read."""

    def ignores(self, path: str) -> bool:
        """Whether the file or folder at a clean relative path stays behind."""
        ignored, parents = False, None
        at = path.find("/")
        while at >= 0:
            _, parents = self.step(path[:at], parents)
            at = path.find("/", at + 1)
        if path != ".":
            ignored, _ = self.step(path, parents)
        return ignored

    def step(self, path: str, parents: Parents | None) -> tuple[bool, Parents]:
        """Whether `path` is ignored, given what `step` said of its folder (None at the top), and the same for below."""
        ignored = False
        found = [False] * len(self.patterns)
        for i, pattern in enumerate(self.patterns):
            match = parents is not None and parents[i]
            if not match:
                if pattern.exception != ignored:  # it could change nothing: the builder does not even look
                    continue
                match = pattern.matches(path)
            found[i] = match
            if match:
                ignored = not pattern.exception
        return ignored, tuple(found)

    def lines_for(self, path: str) -> tuple[int, ...]:
        """The lines that match a path or a folder above it, when the path is ignored; else ()."""
        if not self.ignores(path):
            return ()
        names = path.split("/")
        above = ["/".join(names[:end]) for end in range(1, len(names) + 1)]
        found = (p.line for p in self.patterns if not p.exception and any(map(p.matches, above)))
        return tuple(found)

    def all_of_it(self) -> tuple[int, ...]:
        """The line that ignores whatever there is, when no exception follows it; else ()."""
        for pattern in reversed(self.patterns):
            if pattern.exception:
                return ()
            if pattern.text in ("*", "**", "**/*"):
                return (pattern.line,)
        return ()

    def may_keep_below(self, folder: str) -> bool:
        """Whether an exception could still keep something inside an ignored folder."""
        inside = folder + "/"
        return any(p == "" or p.startswith(inside) or inside.startswith(p) for p in self._kept_prefixes)

    @cached_property
    def _kept_prefixes(self) -> tuple[str, ...]:
        """What each exception starts with up to its first wildcard, a whole name or cut short."""
        return tuple(re.split(r"[*?\[\\]", p.text, maxsplit=1)[0] for p in self.patterns if p.exception)


def read(text: str) -> IgnoreFile:
    """The patterns of a file's text. Never raises."""
    patterns: list[Pattern] = []
    errors: list[tuple[int, str]] = []
    for number, line in enumerate(text.removeprefix("\ufeff").split("\n"), 1):
        if line.startswith("#"):  # only here: an indented one is a pattern
            continue
        word = line.strip()
        if not word:
            continue
        if len(patterns) + len(errors) >= MOST_PATTERNS:
            return IgnoreFile(tuple(patterns), tuple(errors), cut=True)
        negated = word.startswith("!")
        # Put together again before it is read, as the builder does: `/!a` is an exception too.
        pattern = _go_clean(("!" * negated + clean(word[negated:].strip())).strip())
        exception = pattern.startswith("!")
        cleaned = pattern[exception:]
        if exception and cleaned in ("", "/"):
            errors.append((number, word))
            continue
        if not cleaned:
            continue
        try:
            compiled(cleaned)
            patterns.append(Pattern(cleaned, exception, number, _matcher(cleaned)))
        except (BadPattern, re.error):
            errors.append((number, word))
    return IgnoreFile(tuple(patterns), tuple(errors))


def clean(path: str) -> str:
    """A path as Go's `Clean` gives it, one leading slash taken off; "" stays ""."""
    cleaned = _go_clean(path)
    return cleaned[1:] if len(cleaned) > 1 and cleaned.startswith("/") else cleaned


def _go_clean(path: str) -> str:
    cleaned = posixpath.normpath(path) if path else ""
    return cleaned[1:] if cleaned.startswith("//") else cleaned  # POSIX keeps exactly two slashes, Go does not


def _matcher(pattern: str) -> Callable[[str], bool]:
    """How the builder compares a path: literally, by its start or end around ``**``, or by an expression."""
    kind, expression = _translate(pattern)
    if kind == "exact":
        return pattern.__eq__
    if kind == "prefix":
        start = pattern[:-2]
        return lambda path: path.startswith(start)
    if kind == "suffix":
        end = pattern[2:]
        return lambda path: path.endswith(end) or (end.startswith("/") and path == end[1:])
    regex = re.compile(_as_python(expression), re.ASCII)
    return lambda path: regex.fullmatch(path) is not None


def _translate(pattern: str) -> tuple[str, str]:
    kind = "exact"
    out: list[str] = []
    at, size = 0, len(pattern)
    while at < size:
        char = pattern[at]
        at += 1
        if char == "*" and pattern[at : at + 1] == "*":
            first = at == 1
            at += 1
            at += pattern[at : at + 1] == "/"
            if at < size:
                if out[-1:] != ["(.*/)?"]:  # twice says the same and takes the square of the time
                    out.append("(.*/)?")
                kind = "regex"
            elif kind == "exact":
                kind = "prefix"
            else:
                out.append(".*")
                kind = "regex"
            if first:
                kind = "suffix"
        elif char in "*?":
            out.append("[^/]*" if char == "*" else "[^/]")
            kind = "regex"
        elif char in _SPECIAL:
            out.append("\\" + char)
        elif char == "\\":
            out.append(char + pattern[at : at + 1])
            at += 1
            kind = "regex"
        else:
            out.append(char)
            if char in "[]":
                kind = "regex"
    return kind, "".join(out)


def _as_python(expression: str) -> str:
    """Go's expression in Python's syntax: a ``[`` inside a class is no set operation, letters' escapes are Go's."""
    out: list[str] = []
    inside, at = False, 0
    while at < len(expression):
        char = expression[at]
        if char == "\\":
            following = expression[at + 1 : at + 2]
            if (following.isalnum() or not following.isascii()) and following not in _CLASS_ESCAPES:
                raise BadPattern(expression)
            out.append(char + following)
            at += 2
            continue
        if inside and (char in "[&~" or (char == "-" and expression[at - 1] == "-")):
            out.append("\\" + char)
        else:
            out.append(char)
            inside = char == "[" or (inside and char != "]")
        at += 1
    return "".join(out)
