"""Shell words to parts: quotes, escapes, expansions, patterns. Only substitutions come from the grammar."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from dockerlint.shell.quoting import ANSI_STRING, ansi_value
from dockerlint.shell.tree import Braces, Glob, Literal, Parameter, Part, Substitution, Tilde
from dockerlint.shell.unsupported import Unsupported

_RUN = re.compile(r"[^\\'\"$`<>|&;()\s{}~]+")
_DOUBLE_RUN = re.compile(r"[^\"\\$`]+")
_TILDE = re.compile(r"~[A-Za-z0-9_.+-]*(?=[/:}]|$)")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*|[0-9@*#?$!-]")
_BRACED = re.compile(
    r"\$\{(?:#(?P<length>[A-Za-z_]\w*|\d+|[@*#?$!-])\}|!(?P<indirect>[A-Za-z_]\w*|\d+)\}"
    r"|(?P<name>[A-Za-z_]\w*|\d+|[@*#?$!-])(?P<operator>:[-=?+]|[-=?+]|##?|%%?|//?(?![#%])|(?=\}))"
    r"|(?P<other>[#!]?(?:[A-Za-z_]\w*|\d+|[@*#?$!-])))",
    re.ASCII,
)
_DEFAULTS = frozenset((":-", "-", ":=", "=", ":?", "?", ":+", "+"))
SubstitutionAt = Callable[[int, bool], tuple[Substitution, int]]
"""The substitution that starts at an offset, given whether it is quoted, and the offset of its end."""


class WordReader:
    """Reads the words of one text. `ansi` tells whether the shell is known to have ``$'…'`` and ``$"…"``."""

    __slots__ = ("_ansi", "_substitution", "_text")

    def __init__(self, text: str, ansi: bool, substitution: SubstitutionAt) -> None:
        self._text = text
        self._ansi = ansi
        self._substitution = substitution

    def parts(self, start: int, end: int, assigned: bool = False) -> tuple[Part, ...]:
        """The parts of the one word that lies between two offsets; `assigned`: it is the value of an assignment."""
        found, at = self._unquoted(start, end, assigned=assigned)
        if at != end:
            raise Unsupported(f"word {self._text[start:end][:20]!r}")
        return tuple(found)

    def split(self, at: int, end: int) -> list[tuple[int, int]]:
        """The ranges of the blank-separated words between two offsets."""
        ranges: list[tuple[int, int]] = []
        while True:
            while at < end and self._text[at] in " \t":
                at += 1
            if at >= end:
                return ranges
            start = at
            _, at = self._unquoted(at, end)
            if at == start:
                raise Unsupported(f"word {self._text[start:end][:20]!r}")
            ranges.append((start, at))

    def _unquoted(
        self, start: int, end: int, closing: bool = False, plain_quotes: bool = False, assigned: bool = False
    ) -> tuple[list[Part], int]:
        """Parts up to the first blank or operator, or with `closing` to the ``}`` that ends an operand.

        `plain_quotes`: a single quote is an ordinary character, as in ``"${x:-it's}"``.
        """
        text, at, run = self._text, start, ""
        found: list[Part] = []
        while at < end:
            match = _RUN.match(text, at, end)
            if match is not None:
                run += match[0]
                at = match.end()
                continue
            char = text[at]
            if char in " \t\n;|&()" and not closing:
                break
            if text.startswith("\\\n", at):
                at += 2
                continue
            if plain_quotes and char == "\\" and text[at + 1 : at + 2] not in '$`"\\}\n':
                run += text[at : at + 2]
                at += 2
                continue
            tilde = at == start or (assigned and text[at - 1] == ":")
            parts, behind = self._special(at, end, tilde, closing, plain_quotes)
            if behind > at:
                self._flush(found, run, at, end)
                run, at = "", behind
                found += parts
            elif char in "{~$" or (char == "}" and not closing) or (closing and char != "}"):
                run += char
                at += 1
            else:
                break
        self._flush(found, run, at, end)
        return found, at

    def _special(self, at: int, end: int, tilde: bool, closing: bool, plain_quotes: bool) -> tuple[Sequence[Part], int]:
        """What a tilde, brace, quote, dollar or process substitution at `at` starts, and the offset behind it.

        Nothing, and `at` itself, where the character starts nothing. `tilde`: one would stand for a home here.
        """
        text, char = self._text, self._text[at]
        if char == "~":
            home = _TILDE.match(text, at, end) if tilde else None
            return ((Tilde(home[0]),), home.end()) if home is not None else ((), at)
        if char == "{":
            behind = 0 if closing else self._braces(at, end)
            return ((Braces(text[at:behind]),), behind) if behind else ((), at)
        if char in "<>" and text.startswith("(", at + 1) and not closing:
            part, behind = self._substitution(at, False)
            return (part,), behind
        quoting = char in "\\'\"`" or (char == "$" and self._expands(at, end))
        if not quoting or (char == "'" and plain_quotes):
            return (), at
        found: list[Part] = []
        return found, self._quotation(at, end, found)

    def _flush(self, found: list[Part], run: str, at: int, end: int) -> None:
        """Add the unquoted text before `at` as a literal or a pattern."""
        if not run:
            return
        bracket = run.find("[")
        # A bracket expression may hold quoted characters, so its end may lie in a later run.
        if "*" in run or "?" in run or (bracket >= 0 and ("]" in run[bracket:] or "]" in self._text[at:end])):
            found.append(Glob(run))
        else:
            found.append(Literal(run))

    def _expands(self, at: int, end: int) -> bool:
        """Whether a ``$`` is the start of something."""
        following = self._text[at + 1 : min(at + 2, end)]
        return following in ("'", '"', "(", "{", "[") or bool(following and _NAME.match(following))

    def _quotation(self, at: int, end: int, found: list[Part]) -> int:
        """Add what an unquoted backslash, quote, dollar or backquote at `at` starts; the offset behind it."""
        text, char = self._text, self._text[at]
        if char == "\\":
            found.append(Literal(text[at + 1 : at + 2] or "\\", True))
            return at + 2
        if char == "'":
            close = text.find("'", at + 1, end)
            if close < 0:
                raise Unsupported("unfinished quote")
            found.append(Literal(text[at + 1 : close], True))
            return close + 1
        if char == '"':
            return self._double(at + 1, end, found)
        if char == "`":
            return self._substituted(at, False, found)
        if text[at + 1] in "'\"":
            return self._dollar_quotes(at, end, found)
        return self._dollar(at, end, False, found)

    def _dollar_quotes(self, at: int, end: int, found: list[Part]) -> int:
        """``$'…'`` or ``$"…"``: the value is open where a shell may take the dollar for itself."""
        inner: list[Part] = []
        if self._text[at + 1] == '"':
            close = self._double(at + 2, end, inner)
        else:
            match = ANSI_STRING.match(self._text, at, end)
            if match is None:
                raise Unsupported("unfinished quote")
            close = match.end()
            inner.append(Literal(ansi_value(match[0][2:-1]), True))
        found += inner if self._ansi else [Substitution("quote", None, True)]
        return close

    def _double(self, at: int, end: int, found: list[Part]) -> int:
        """Add the content of double quotes that starts at `at`; the offset behind the closing one."""
        text, value, count = self._text, "", len(found)
        while at < end:
            match = _DOUBLE_RUN.match(text, at, end)
            if match is not None:
                value += match[0]
                at = match.end()
                continue
            char = text[at]
            if char == '"':
                if value or len(found) == count:
                    found.append(Literal(value, True))
                return at + 1
            if char == "\\":
                following = text[at + 1 : at + 2]
                value += {"\n": "", "$": "$", "`": "`", '"': '"', "\\": "\\"}.get(following, char + following)
                at += 2
            elif char == "$" and not (self._expands(at, end) and text[at + 1] not in "'\""):
                value += char
                at += 1
            else:
                if value:
                    found.append(Literal(value, True))
                    value = ""
                at = self._substituted(at, True, found) if char == "`" else self._dollar(at, end, True, found)
        raise Unsupported("unfinished quote")

    def _substituted(self, at: int, quoted: bool, found: list[Part]) -> int:
        part, at = self._substitution(at, quoted)
        found.append(part)
        return at

    def _dollar(self, at: int, end: int, quoted: bool, found: list[Part]) -> int:
        """Add the expansion at `at`; the offset behind it."""
        following = self._text[at + 1]
        if following in "([":
            return self._substituted(at, quoted, found)
        if following == "{":
            return self._braced(at, end, quoted, found)
        match = _NAME.match(self._text, at + 1, end)
        if match is None:
            raise Unsupported(f"expansion {self._text[at:end][:20]!r}")
        if self._text.startswith("\\\n", match.end()):
            raise Unsupported("line continuation in a name")
        found.append(Parameter(match[0], quoted=quoted))
        return match.end()

    def _braced(self, at: int, end: int, quoted: bool, found: list[Part]) -> int:
        """Add ``${…}``."""
        match = _BRACED.match(self._text, at, end)
        if match is None:
            raise Unsupported(f"expansion {self._text[at:end][:20]!r}")
        if match["length"] or match["indirect"]:
            name = match["length"] or match["indirect"]
            found.append(Parameter(name, "length" if match["length"] else "!", (), quoted))
            return match.end()
        operator = "other" if match["other"] else match["operator"]
        plain_quotes = quoted and operator in _DEFAULTS
        operand, close = self._unquoted(match.end(), end, closing=True, plain_quotes=plain_quotes)
        if not self._text.startswith("}", close) or close >= end:
            raise Unsupported(f"expansion {self._text[at:end][:20]!r}")
        name = match["name"] or match["other"].lstrip("#!") or match["other"]
        found.append(Parameter(name, operator, tuple(map(_quoted, operand) if plain_quotes else operand), quoted))
        return close + 1

    def _braces(self, at: int, end: int) -> int:
        """Behind the brace list or range at `at`; 0 when it is none."""
        text, start, depth, is_list = self._text, at, 0, False
        while at < end:
            char = text[at]
            if char == "\\":
                at += 2
                continue
            if char in "'\"$`" and (char != "$" or self._expands(at, end)):
                at = self._quotation(at, end, [])
                continue
            if char == "{":
                depth += 1
            elif char == "}":
                depth -= 1
                if not depth:
                    if is_list and ("$(" in text[start:at] or "`" in text[start:at]):
                        raise Unsupported("substitution in braces")
                    return at + 1 if is_list else 0
            elif char in " \t\n;|&()<>":
                return 0
            elif depth == 1 and (char == "," or text.startswith("..", at)):
                is_list = True
            at += 1
        return 0


def _quoted(part: Part) -> Part:
    """An operand's part as it is between double quotes: nothing in it is a pattern."""
    if isinstance(part, (Literal, Glob, Tilde)):
        return Literal(part.text, True)
    return part
