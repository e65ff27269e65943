"""Shell words to arguments: variables, tilde, braces and field splitting."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fnmatch import translate
from itertools import product

from dockerlint.model.invocations import Argument
from dockerlint.shell.tree import Braces, Glob, Literal, Parameter, Part, ShellKind, Tilde, Word
from dockerlint.values import UNKNOWN, Unknown, Value

_ACTIVE = re.compile(r"[*?\[]")
_LIST = re.compile(r"\{([^{}]*,[^{}]*)\}")
_RANGE = re.compile(r"\{(-?\d+)\.\.(-?\d+)\}")
_NOT_PLAIN = re.compile(r"[\"'\\$`~]")  # quotes and expansions inside a brace list are not followed
UNKNOWN_HOME = "/~"
"""How the path of a home directory begins that only the image's passwd file knows."""
MAX_BRACES = 256


def home(variables: Mapping[str, Value], user: Value) -> Value:
    """The home directory of a RUN: HOME, else root's for root, else a sign that stands for that user's home."""
    if "HOME" in variables:
        return variables["HOME"]
    if isinstance(user, Unknown):
        return UNKNOWN
    name = user.partition(":")[0]
    return "/root" if name in ("", "root", "0") else UNKNOWN_HOME + name


class Expander:
    """Expands words for one shell and user."""

    def __init__(self, kind: ShellKind, user: Value) -> None:
        self.braces = kind.name in (
            "bash",
            "zsh",
            "ksh",
        )  # dash and ash keep {a,b} as it is; which one sh is, is not known
        self.user = user

    def home(self, variables: Mapping[str, Value]) -> Value:
        """The home directory."""
        return home(variables, self.user)

    def value(self, word: Word, variables: Mapping[str, Value]) -> Value:
        """The word as one string, without field splitting (the right side of an assignment, a redirection)."""
        out = ""
        for part in word.parts:
            text = self._part(part, variables)
            if isinstance(text, Unknown):
                return UNKNOWN
            out += text
        return out

    def arguments(self, word: Word, variables: Mapping[str, Value]) -> list[Argument]:
        """The arguments a word becomes. One that cannot be told is UNKNOWN."""
        literal = word.literal
        if literal is not None:
            return [Argument(literal, word)]
        if any(isinstance(p, Braces) for p in word.parts):
            return self._braced(word, variables)
        if any(isinstance(p, Parameter) and not p.quoted for p in word.parts):
            return self._split(word, variables)
        value = UNKNOWN if _mixed(word.parts) else self.value(word, variables)
        return [Argument(value, word, _globs(word.parts) and not isinstance(value, Unknown))]

    def _split(self, word: Word, variables: Mapping[str, Value]) -> list[Argument]:
        if "IFS" in variables or _mixed(word.parts):
            return [Argument(UNKNOWN, word)]
        fields, glob, pending = [""], _globs(word.parts), False
        for part in word.parts:
            text = self._part(part, variables)
            if isinstance(text, Unknown):
                return [Argument(UNKNOWN, word)]
            if not (isinstance(part, Parameter) and not part.quoted):
                fields[-1] += text
                pending = pending or bool(text) or (isinstance(part, Literal) and part.quoted)
                continue
            glob = glob or bool(_ACTIVE.search(text))
            pieces = re.split(r"[ \t\n]+", text)
            fields[-1] += pieces[0]
            fields += pieces[1:]
            pending = pending or bool(text.strip())
        kept = [f for f in fields if f]
        if not kept:
            return [Argument("", word)] if pending else []
        return [Argument(f, word, glob) for f in kept]

    def _braced(self, word: Word, variables: Mapping[str, Value]) -> list[Argument]:
        if not self.braces:
            return [Argument(UNKNOWN, word)]
        choices: list[list[str]] = []
        glob = _globs(word.parts)
        for part in word.parts:
            if isinstance(part, Braces):
                options = _alternatives(part.text)
                if options is None:
                    return [Argument(UNKNOWN, word)]
                glob = glob or bool(_ACTIVE.search(part.text))
                choices.append(options)
                continue
            text = self._part(part, variables)
            split = isinstance(part, Parameter) and not part.quoted
            if isinstance(text, Unknown) or (split and re.search(r"[\s*?\[]", text)):
                return [Argument(UNKNOWN, word)]
            choices.append([text])
        count = 1
        for options in choices:
            count *= len(options)
        if count > MAX_BRACES:
            return [Argument(UNKNOWN, word)]
        return [Argument(text, word, glob) for c in product(*choices) if (text := "".join(c))]

    def _part(self, part: Part, variables: Mapping[str, Value]) -> Value:
        if isinstance(part, Literal | Glob):
            return part.text
        if isinstance(part, Tilde):
            return self.home(variables) if part.text == "~" else UNKNOWN
        if isinstance(part, Parameter):
            return self._parameter(part, variables)
        return UNKNOWN

    def _parameter(self, part: Parameter, variables: Mapping[str, Value]) -> Value:
        value = self.home(variables) if part.name == "HOME" else variables.get(part.name, UNKNOWN)
        operator = part.operator
        if isinstance(value, Unknown) or not operator:
            return value  # a name never seen may come from the base image: unknown, default or not
        operand: Value = ""
        for piece in part.operand:
            text = self._part(piece, variables)
            operand = UNKNOWN if isinstance(text, Unknown) or isinstance(operand, Unknown) else operand + text
        if operator in (":-", ":=", ":?"):
            return value or operand
        if operator in ("-", "=", "?"):
            return value
        if operator in (":+", "+"):
            return operand if value or operator == "+" else ""
        if operator in ("#", "##", "%", "%%") and not isinstance(operand, Unknown):
            return _trim(value, operator, operand)
        return UNKNOWN


def _globs(parts: tuple[Part, ...]) -> bool:
    return any(isinstance(p, Glob) for p in parts)


def _mixed(parts: tuple[Part, ...]) -> bool:
    """Whether a word has both a pattern and quoted signs that look like one: its value could not tell them apart."""
    return _globs(parts) and any(isinstance(p, Literal) and p.quoted and _ACTIVE.search(p.text) for p in parts)


def _alternatives(text: str) -> list[str] | None:
    if _NOT_PLAIN.search(text):
        return None
    match = _LIST.fullmatch(text)
    if match:
        return match[1].split(",")
    span = _RANGE.fullmatch(text)
    if span and len(text) < 32 and abs(int(span[1]) - int(span[2])) < MAX_BRACES:
        first, last = int(span[1]), int(span[2])
        padded = any(re.match(r"-?0\d", end) for end in span.groups())
        width = max(map(len, span.groups())) if padded else 0
        step = 1 if last >= first else -1
        return [f"{n:0{width}d}" for n in range(first, last + step, step)]
    return None


def _trim(value: str, operator: str, pattern: str) -> str:
    """``${x#p}`` and its kin: remove the shortest or longest prefix or suffix that the pattern matches."""
    regex = re.compile(translate(pattern))
    cuts = range(len(value) + 1)
    if operator[0] == "#":
        hits = [i for i in cuts if regex.match(value[:i])]
        return value[(hits[0] if operator == "#" else hits[-1]) if hits else 0 :]
    hits = [i for i in cuts if regex.match(value[i:])]
    return value[: (hits[-1] if operator == "%" else hits[0])] if hits else value
