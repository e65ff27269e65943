"""What chmod, chown and chgrp set, and whether an option of COPY sets the same."""

from __future__ import annotations

import re

from dockerlint.record import record

_PROGRAMS = frozenset(("chmod", "chown", "chgrp"))
_PART = r"(?:\w[\w-]*|\$\{\w+\}|\$\w+)"
_SPEC = re.compile(rf"({_PART})?(:({_PART})?)?")
_CLAUSES = re.compile(r"[ugoa]*(?:[-+=][rwxX]*)+(?:,[ugoa]*(?:[-+=][rwxX]*)+)*")
_STEP = re.compile(r"([-+=])([rwxX]*)")


@record
class Change:
    """A chmod, chown or chgrp, read."""

    kind: str
    """The name of COPY's option."""
    program: str
    value: str
    recursive: bool
    paths: tuple[str, ...]
    """Words, as written."""


def change_of(words: tuple[str, ...]) -> Change | None:
    """The change that a command makes; None when it has an option that COPY has nothing for."""
    name = re.sub(r"^/(?:usr/)?bin/", "", words[0]) if words else ""
    if name not in _PROGRAMS:
        return None
    rest, recursive, options = [], False, True
    for word in words[1:]:
        if options and word == "--":
            options = False
        elif options and re.fullmatch(r"-[Rvch]+|--(?:recursive|verbose|changes|no-dereference)", word):
            if "h" in word.lstrip("-") and name == "chmod" and not word.startswith("--"):
                return None
            recursive = recursive or "R" in word or word == "--recursive"
        elif options and word.startswith("-"):
            return None
        else:
            rest.append(word)
    kind = "chmod" if name == "chmod" else "chown"
    return Change(kind, name, rest[0], recursive, tuple(rest[1:])) if len(rest) > 1 else None


def bare(word: str) -> str:
    """A word without quotes, ``$name`` as ``${name}``."""
    return re.sub(r"\$(\w+)", r"${\1}", re.sub(r"[\"']", "", word))


def says(change: Change, option: str, old: str | None, inner: bool, symbols: bool, exact: bool) -> bool:
    """Whether ``--chmod=option`` or ``--chown=option`` gives what the command gave.

    `old`: the option's value before. `inner`: copied from another stage, with owners of its own. `symbols`: the
    frontend knows symbolic modes. `exact`: for every file, not just for those with usual modes.
    """
    if change.kind == "chmod":
        return _mode(change, option, old, symbols, exact)
    return _owner(change, option, old, inner, exact)


def _owner(change: Change, option: str, old: str | None, inner: bool, exact: bool) -> bool:
    text = bare(change.value)
    if change.program == "chgrp":
        text = f":{text}"
    want = _SPEC.fullmatch(text)
    if want is None or not (want[1] or want[3]):
        return False
    if old is None:
        user, group = (None, None) if inner else ("0", "0")
    else:
        parts = bare(old).split(":")
        user, group = parts[0], parts[1] if len(parts) == 2 else None
    if want[2] and not want[3]:  # `user:` is the login group, which BuildKit takes for a name alone
        return not exact and option == want[1]
    user, group = want[1] or user, want[3] or group
    return user is not None and group is not None and option == f"{user}:{group}"


def _mode(change: Change, option: str, old: str | None, symbols: bool, exact: bool) -> bool:
    text = change.value
    if re.fullmatch(r"[0-7]{3,5}", text):
        return option == text and (not exact or int(text, 8) < 0o1000)
    if not _CLAUSES.fullmatch(text):
        return False
    if option == text:
        return symbols and old is None
    if not re.fullmatch(r"0[0-7]{3}", option):
        return False
    starts = range(0o1000) if exact else (0o644, 0o755)
    return all(after(text, bits) == int(option, 8) for bits in starts)


def after(text: str, bits: int) -> int:
    """A file's bits after a symbolic mode under umask 022; each class of the three on its own."""
    for clause in text.split(","):
        who = re.match(r"[ugoa]*", clause)
        assert who is not None
        named = who[0].replace("a", "ugo")
        for sign, letters in _STEP.findall(clause[who.end() :]):
            runs = bool(bits & 0o111)
            for shift, kind in ((6, "u"), (3, "g"), (0, "o")):
                if named and kind not in named:
                    continue
                given = sum({"r": 4, "w": 2, "x": 1}[c] for c in set(letters) - {"X"})
                given |= int(runs and "X" in letters)
                if not named and kind != "u":
                    given &= ~2  # the umask
                now = bits >> shift & 7
                now = given if sign == "=" else now | given if sign == "+" else now & ~given
                bits = bits & ~(7 << shift) | now << shift
    return bits
