"""What a chmod mode or a chown owner is as a value of COPY's ``--chmod`` or ``--chown``."""

from __future__ import annotations

import re

from dockerlint.record import record

_CLAUSE = re.compile(r"([ugoa]*)((?:[-+=][rwxX]*)+)")
_ACTION = re.compile(r"([-+=])([rwxX]*)")
_BITS = {"r": 0o444, "w": 0o222, "x": 0o111, "X": 0o111}
_WHO = {"u": 0o700, "g": 0o070, "o": 0o007, "a": 0o777}
UMASK = 0o022  # of every RUN, and what BuildKit assumes for ``--chmod=+x`` (measured with Docker 28.5)
_NAME = r"[A-Za-z0-9_][\w-]*|\$\{\w+\}"
_OWNER = re.compile(rf"(?P<user>{_NAME})?(?P<colon>:)?(?P<group>{_NAME})?")


@record
class Mode:
    """A value for ``--chmod``."""

    text: str
    exact: bool
    """Gives the same bits whatever the file had before; else those that a file of mode 0644 or 0755 gets."""
    symbolic: bool = False


def numeric(mode: str, folders: bool = False) -> Mode | None:
    """A chmod mode as a number; None when that depends on what the file had. `folders`: they must come out the same."""
    if re.fullmatch(r"0*[0-7]{3,4}", mode):
        return Mode(mode, int(mode, 8) <= 0o777)
    results = {start: applied(mode, start) for start in range(0o1000)}
    values = set(results.values())
    if None in values:
        return None
    if len(values) == 1:
        return Mode(f"0{values.pop():03o}", not folders or "X" not in mode)
    usual = {results[0o644], results[0o755]}
    return Mode(f"0{usual.pop():03o}", False) if len(usual) == 1 else None


def symbolic(mode: str) -> Mode | None:
    """A symbolic mode as it is, where the frontend knows them; None for what it may read otherwise."""
    return Mode(mode, True, True) if applied(mode, 0o644) is not None else None


def applied(mode: str, bits: int) -> int | None:
    """The bits of a file after a symbolic mode; None when this cannot be told."""
    for clause in mode.split(","):
        match = _CLAUSE.fullmatch(clause)
        if match is None:
            return None
        who = 0
        for letter in match[1]:
            who |= _WHO[letter]
        mask = who or 0o777 & ~UMASK
        for sign, letters in _ACTION.findall(match[2]):
            chosen = 0
            for letter in letters:
                chosen |= _BITS[letter] if letter != "X" or bits & 0o111 else 0
            if sign == "=":
                bits = (bits & ~(who or 0o777)) | (chosen & mask)
            else:
                bits = bits | (chosen & mask) if sign == "+" else bits & ~(chosen & mask)
    return bits


@record
class Owner:
    """What chown sets: a part is None where it stays."""

    user: str | None
    group: str | None
    login: bool = False
    """``user:`` also sets the user's login group."""

    def over(self, old: str | None) -> str | None:
        """The ``--chown`` value for a file that had `old` (None: root's); None where no value says it."""
        before = owner(old or "0:0", "chown")
        if before is None or (before.group is None and self.group is None and not self.login):
            return None  # `--chown=user` alone gives a group that depends on the builder
        if self.login:
            return self.user
        return f"{self.user or before.user}:{self.group or before.group}"


def owner(spec: str, program: str) -> Owner | None:
    """The operand of chown or chgrp, read; None for what has a dot, which may be part of a name."""
    match = _OWNER.fullmatch(spec if program == "chown" else f":{spec}")
    if match is None or not (match["user"] or match["group"]) or (match["group"] and not match["colon"]):
        return None
    return Owner(match["user"], match["group"], bool(match["colon"] and not match["group"]))
