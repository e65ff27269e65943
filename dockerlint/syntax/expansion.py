"""Variables, quotes and escapes of an instruction's words, as BuildKit's shell lexer resolves them."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from typing import NamedTuple

from dockerlint.syntax import pattern
from dockerlint.values import UNKNOWN, Unknown, Value

MAX_VALUE = 65535  # characters of a value; what grows beyond it is UNKNOWN, or ``ENV A=$A$A`` would fill the memory
MAX_PATTERN_VALUE = 4096  # matching is quadratic
MAX_DEPTH = 50
_NAME = re.compile(r"[^\W\d]\w*|\d+|[@*#?\-$!]")
_SPACE = re.compile(r"[^\S\x1c-\x1f]+")  # what Go's unicode.IsSpace takes
_PLAIN = {c: re.compile(rf"[^$'\"{re.escape(c)}]+") for c in "\\`"}
_SPECIAL = {c: re.compile(rf"[$'\"{re.escape(c)}]") for c in "\\`"}
_IN_DOUBLE = {c: re.compile(rf"[^$\"{re.escape(c)}]+") for c in "\\`"}
_NO_BRACE = "syntax error: missing '}'"
Lookup = Callable[[str], Value | None]


class Piece(NamedTuple):
    """A part of an expanded text; only the blanks of a `splits` part end a word."""

    value: Value
    splits: bool


def expand(text: str, env: Mapping[str, str], escape: str = "\\") -> str:
    """`text` with variables substituted, quotes and escapes resolved. Raises ValueError where the builder fails."""
    if not _SPECIAL[escape].search(text):
        return text
    return "".join(str(piece.value) for piece in _Lexer(text, env.get, escape).run())


def expand_words(text: str, env: Mapping[str, str], escape: str = "\\") -> list[str]:
    """The words of `text` after substitution; blanks out of an unquoted variable split, too."""
    found, word = [], ""
    for value, splits in _Lexer(text, env.get, escape).run():
        first, *rest = _SPACE.split(str(value)) if splits else (str(value),)
        word += first
        for part in rest:
            found.append(word)
            word = part
    return [word for word in (*found, word) if word]


def expand_value(
    text: str,
    env: Mapping[str, Value],
    escape: str = "\\",
    missing_unknown: bool = False,
    unset: Collection[str] = (),
) -> Value:
    """`text` expanded where every variable it needs is known, else UNKNOWN, as for a text that the builder refuses.

    A name missing from `env` is UNKNOWN with `missing_unknown`, else it is not set. A name in `unset` has no value by
    default: ``${x:-y}`` and its kin take it as not set, wherever it stands for itself it is UNKNOWN.
    """
    if not _SPECIAL[escape].search(text):
        return text
    if len(text) > MAX_VALUE:
        return UNKNOWN
    lookup: Lookup = (lambda name: env.get(name, UNKNOWN)) if missing_unknown else env.get
    try:
        return _join(_Lexer(text, lookup, escape, MAX_VALUE, unset).run(), MAX_VALUE)
    except ValueError:
        return UNKNOWN


def lexes(text: str) -> bool:
    """Whether quotes and substitutions are well formed, whatever the variables hold."""
    try:
        _Lexer(text, _unknown, "\\", MAX_VALUE, anything=True).run()
    except ValueError:
        return False
    return True


def _unknown(name: str) -> Value:
    return UNKNOWN


def _join(pieces: list[Piece], limit: int | None) -> Value:
    values = []
    size = 0
    for piece in pieces:
        if isinstance(piece.value, Unknown):
            return UNKNOWN
        size += len(piece.value)
        if limit is not None and size > limit:
            return UNKNOWN
        values.append(piece.value)
    return "".join(values)


class _Lexer:
    """One pass over a text. `limit` bounds the values; None is for callers whose values are all known."""

    def __init__(
        self,
        text: str,
        lookup: Lookup,
        escape: str,
        limit: int | None = None,
        unset: Collection[str] = (),
        anything: bool = False,
    ) -> None:
        self.text = text
        self.lookup = lookup
        self.escape = escape
        self.limit = limit
        self.unset = unset
        self.anything = anything  # let pass what the builder only looks at when the variable is set
        self.at = 0
        self.depth = 0

    def run(self) -> list[Piece]:
        try:
            return self.until("", False)
        except ValueError as error:
            raise ValueError(f"failed to process {self.text!r}: {error}") from None

    def until(self, stop: str, raw: bool) -> list[Piece]:
        """Pieces up to the character `stop`, which is consumed ("" is the end). With `raw`, escapes stay."""
        text, escape, size = self.text, self.escape, len(self.text)
        pieces: list[Piece] = []
        while self.at < size:
            char = text[self.at]
            if char == stop:
                self.at += 1
                return pieces
            if char == "'":
                pieces.append(Piece(self.single_quoted(), False))
            elif char == '"':
                pieces.append(Piece(self.double_quoted(raw), False))
            elif char == "$":
                pieces.append(Piece(self.dollar(), True))
            elif char == escape:
                escaped = text[self.at + 1 : self.at + 2]
                pieces.append(Piece(escape + escaped if raw else escaped, False))
                self.at += 2
            else:
                pieces.append(Piece(self.plain(stop), True))
        self.at = size
        if stop:
            raise ValueError(f"unexpected end of statement while looking for matching {stop}")
        return pieces

    def plain(self, stop: str) -> str:
        start = self.at
        match = _PLAIN[self.escape].match(self.text, start)
        end = match.end() if match else start + 1
        if stop:
            close = self.text.find(stop, start, end)
            end = close if close >= 0 else end
        self.at = end
        return self.text[start:end]

    def single_quoted(self) -> str:
        start = self.at + 1
        close = self.text.find("'", start)
        if close < 0:
            self.at = len(self.text)
            raise ValueError("unexpected end of statement while looking for matching single-quote")
        self.at = close + 1
        return self.text[start:close]

    def double_quoted(self, raw: bool) -> Value:
        text, escape, size = self.text, self.escape, len(self.text)
        pieces: list[Piece] = []
        self.at += 1
        while self.at < size:
            char = text[self.at]
            if char == '"':
                self.at += 1
                return _join(pieces, self.limit)
            if char == "$":
                pieces.append(Piece(self.dollar(), True))
            elif char == escape:
                escaped = text[self.at + 1 : self.at + 2]
                special = escaped != "" and escaped in '"$' + escape
                shown = escaped if special else escape if escaped else ""
                pieces.append(Piece(escape + shown if raw else shown, False))
                self.at += 2 if special else 1
            else:
                match = _IN_DOUBLE[escape].match(text, self.at)
                end = match.end() if match else self.at + 1
                pieces.append(Piece(text[self.at : end], False))
                self.at = end
        raise ValueError("unexpected end of statement while looking for matching double-quote")

    def name(self) -> str:
        match = _NAME.match(self.text, self.at)
        if match is None:
            return ""
        self.at = match.end()
        return match[0]

    def next(self) -> str:
        char = self.text[self.at : self.at + 1]
        self.at += 1
        return char

    def dollar(self) -> Value:
        """``$name`` or ``${…}``; `at` is at the dollar."""
        self.at += 1
        if self.text[self.at : self.at + 1] != "{":
            name = self.name()
            return self.value(name) if name else "$"
        self.at += 1
        head = self.text[self.at : self.at + 1]
        if not head:
            raise ValueError(_NO_BRACE)
        if head in "{}:":
            raise ValueError("syntax error: bad substitution")
        name = self.name()
        operator = self.next()
        if operator == "}":
            return self.value(name)
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise ValueError("substitutions are nested too deeply")
        value = self.replacement(name) if operator == "/" else self.modified(name, operator)
        self.depth -= 1
        return value

    def value(self, name: str) -> Value:
        found = self.lookup(name)
        return "" if found is None else found

    def operand(self, stop: str, raw: bool, missing: str) -> Value:
        try:
            return _join(self.until(stop, raw), self.limit)
        except ValueError:
            if self.at >= len(self.text):
                raise ValueError(missing) from None
            raise

    def modified(self, name: str, operator: str) -> Value:
        """``${name:-word}`` and its kin; the operator's first character is consumed."""
        shown = operator
        if operator == ":":
            operator = self.next()
            shown += operator
        elif operator not in ("+", "-", "?", "#", "%"):
            raise ValueError(f"unsupported modifier ({operator}) in substitution" if operator else _NO_BRACE)
        word = self.operand("}", operator in ("#", "%"), _NO_BRACE)
        value = self.lookup(name)
        if self.anything:
            return UNKNOWN
        if shown in ("#", "%"):
            return self.stripped(value, word, operator == "%")
        if operator not in ("-", "+", "?"):
            raise ValueError(f"unsupported modifier ({shown}) in substitution")
        if isinstance(value, Unknown):
            if name not in self.unset:
                return UNKNOWN
            value = None
        absent = value is None or (shown[0] == ":" and value == "")
        if operator == "-":
            return word if absent else value or ""
        if operator == "+":
            return "" if absent else word
        if absent:
            state = "unset" if value is None else "empty"
            raise ValueError(f"{name}: {word if word else f'is not allowed to be {state}'}")
        return value or ""

    def stripped(self, value: Value | None, word: Value, suffix: bool) -> Value:
        if isinstance(value, Unknown) or isinstance(word, Unknown) or self.too_long(value):
            return UNKNOWN
        return pattern.strip(value or "", word, suffix)

    def replacement(self, name: str) -> Value:
        """``${name/pattern/word}`` and ``${name//pattern/word}``; the first slash is consumed."""
        every = self.text[self.at : self.at + 1] == "/"
        self.at += every
        wanted = self.operand("/", True, "syntax error: missing '/' in ${}")
        word = self.operand("}", True, _NO_BRACE)
        value = self.lookup(name)
        if isinstance(value, Unknown) or isinstance(wanted, Unknown) or isinstance(word, Unknown):
            return UNKNOWN
        if self.too_long(value) or self.too_long(word):
            return UNKNOWN
        return pattern.replace(value or "", wanted, word, every)

    def too_long(self, value: str | None) -> bool:
        return self.limit is not None and value is not None and len(value) > MAX_PATTERN_VALUE
