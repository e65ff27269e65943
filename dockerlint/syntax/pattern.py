"""The patterns of ``${x#p}``, ``${x%p}`` and ``${x/p/r}`` in a Dockerfile: ``*``, ``?`` and escapes, no brackets."""

from __future__ import annotations

import re

_TEMPLATE = re.compile(r"\$(?:(\$)|(\w+)|\{(\w+)\})")
_STAR = None
Atoms = list[str | None]


def strip(value: str, pattern: str, suffix: bool) -> str:
    """`value` without the prefix (or suffix) that matches; a doubled operator is a `pattern` that starts with it."""
    sign = "%" if suffix else "#"
    longest = pattern.startswith(sign)
    atoms = _atoms(pattern[1:] if longest else pattern)
    if suffix:
        atoms.reverse()
        value = value[::-1]
    match = _compile(atoms, longest).match(value)
    rest = value[match.end() :] if match else value
    return rest[::-1] if suffix else rest


def replace(value: str, pattern: str, replacement: str, every: bool) -> str:
    """`value` with the first or every longest match replaced."""
    regex = _compile(_atoms(pattern), True)
    if not every:
        first = regex.search(value)
        return value if first is None else value[: first.start()] + replacement + value[first.end() :]
    out: list[str] = []
    at, last = 0, -1
    for match in regex.finditer(value):
        if match.start() == match.end() == last:  # Go ignores an empty match that touches the one before
            continue
        out += (value[at : match.start()], _template(replacement, match[0]))
        at = last = match.end()
    return "".join((*out, value[at:]))


def _template(replacement: str, matched: str) -> str:
    """`replacement` as Go's ReplaceAllString reads it: ``$0`` is the match, other groups are empty, ``$$`` is ``$``."""
    if "$" not in replacement:
        return replacement
    return _TEMPLATE.sub(lambda m: "$" if m[1] else matched if (m[2] or m[3]) == "0" else "", replacement)


def _atoms(pattern: str) -> Atoms:
    """One regular expression for each character, None for a star. Raises ValueError on a wrong escape."""
    found: Atoms = []
    at, size = 0, len(pattern)
    while at < size:
        char = pattern[at]
        at += 1
        if char == "*":
            found.append(_STAR)
        elif char == "?":
            found.append(".")
        elif char == "\\":
            escaped = pattern[at : at + 1]
            if not escaped or escaped not in "*?\\}/":
                raise ValueError(f"invalid pattern ({pattern}) in substitution: invalid escape '\\{escaped}'")
            found.append(re.escape(escaped))
            at += 1
        else:
            found.append(re.escape(char))
    return found


def _compile(atoms: Atoms, longest: bool) -> re.Pattern[str]:
    """Stars match within a line. All but the last are atomic (lookahead and back reference): no exponential search."""
    segments = [""]
    for atom in atoms:
        if atom is _STAR:
            segments.append("")
        else:
            segments[-1] += atom
    segments[1:-1] = [segment for segment in segments[1:-1] if segment]  # `**` is `*`
    head, *middle = segments
    out = head
    for number, segment in enumerate(middle[:-1], 1):
        out += rf"(?=(.*?{segment}))\{number}"
    if middle:
        out += (".*" if longest else ".*?") + middle[-1]
    return re.compile(out)
