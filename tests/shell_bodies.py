"""Random shell bodies, ways to join and to change them, and a sandbox that runs them with a recorder for a program."""

from __future__ import annotations

import os
import random
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

LEAVES = """t a|t b|t c|cd d1|cd nodir|X=1|export X=2|umask 077|set -f|t *|t "$X"|false|true|exit 0|exit 3
f() { t f; }|f|! t a|trap "t z" EXIT|exec t a|set -- p|t "$1"|: ${Y:?}|t a > f1|t "$(t i; t j)"|. ./s.sh
X=5 t e|t $Y|X=$(t q)|set -u|exec > log1
break|read X < in|t a; t $?|echo hi > f2|t "$(cat f2)"|t a | t b""".replace("\n", "|").split("|")
JOINS = """{} && {}|({}) && {}|({}) && {{ {}; }}|{{ {}; }} && {{ {}; }}|{}; {}|{} && {{ {}; }}|({}); {}|({}) && ({})
set -e; ({}); {}""".replace("\n", "|").split("|")
_CHANGES = ((" && ", "; "), ("; ", " && "), (" || ", " && "), ("set -e; ", ""), (" && ", " || "))
_RECORDER = """#!/bin/sh
echo "${PWD#"$BASE"}|${X-}|$(umask)|$*" >> "$LOG"
echo o
set -- $(echo "$SEED $*" | cksum)
exit $(($1 / 8 % 5 < 2))
"""


class Ran(NamedTuple):
    """What RUN bodies did: whether they failed, what they called, what they left."""

    failed: bool
    log: tuple[str, ...]
    files: tuple[tuple[str, bytes, int], ...]


def body(random: random.Random) -> str:
    """A list of one to three commands, nested a little, sometimes under errexit."""
    errexit = random.choice(("", "", "set -e; ", "set -e && "))
    return errexit + _list(random, random.choice((0, 1, 2)))


def _list(random: random.Random, depth: int) -> str:
    return "; ".join(_and_or(random, depth) for _ in range(random.choice((1, 1, 2, 3))))


def _and_or(random: random.Random, depth: int) -> str:
    if depth == 0:
        return random.choice(LEAVES)
    form = random.choice(("{}", "{} && {}", "{} && {}", "{} || {}"))
    return form.format(_command(random, depth), _command(random, depth))


def _command(random: random.Random, depth: int) -> str:
    inner = [_list(random, depth - 1) for _ in range(2)]
    form = random.choice(
        ("", "", "", "( {} )", "{{ {}; }}", "if {}; then {}; fi", "for i in 1 2; do {}; done", "{{ {}; }} > f3")
    )
    return form.format(*inner) if form else random.choice(LEAVES)


def joins(first: str, second: str) -> Iterator[tuple[list[str], str]]:
    """Two bodies, and one that may or may not do the same."""
    for form in JOINS:
        yield [first, second], form.format(first, second)


def changes(random: random.Random, text: str) -> Iterator[tuple[list[str], str]]:
    """A body, and one that is a little different."""
    for old, new in _CHANGES:
        places = [i for i in range(len(text)) if text.startswith(old, i)]
        if places:
            at = random.choice(places)
            yield [text], text[:at] + new + text[at + len(old) :]


def run(shell: str, bodies: list[str], seed: int) -> Ran:
    """Run bodies one after the other, each in a new shell, until one fails."""
    with tempfile.TemporaryDirectory() as name:
        base = Path(name)
        work = base / "w"
        (work / "d1").mkdir(parents=True)
        (work / "s.sh").write_text("X=9\n")
        (work / "in").write_text("read\n")
        (base / "t").write_text(_RECORDER)
        (base / "t").chmod(0o755)
        (base / "log").touch()
        env = {"PATH": f"{base}:/usr/bin:/bin", "LOG": str(base / "log"), "SEED": str(seed), "BASE": str(base)}
        options = {"cwd": work, "env": env, "stdin": subprocess.DEVNULL, "capture_output": True, "timeout": 20}
        failed = any(subprocess.run([shell, "-c", text], **options).returncode != 0 for text in bodies)  # type: ignore[call-overload]
        found = (Path(folder, file) for folder, _, files in os.walk(work) for file in files)
        files = tuple(sorted((str(f.relative_to(base)), f.read_bytes(), f.stat().st_mode) for f in found))
        return Ran(failed, tuple(sorted((base / "log").read_text().splitlines())), files)
