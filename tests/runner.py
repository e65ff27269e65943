"""The command line run in this process: what it writes, byte for byte, and its exit code."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from dockerlint.cli import main


class Result(NamedTuple):
    exit: int
    out: bytes
    err: bytes


class Terminal(io.TextIOWrapper):
    def isatty(self) -> bool:
        return True


def run(*argv: str, cwd: Path, stdin: bytes = b"", terminal: bool = False) -> Result:
    """Run `dockerlint` in a folder; `terminal`: its standard output claims to be one."""
    out, err = io.BytesIO(), io.BytesIO()
    kind = Terminal if terminal else io.TextIOWrapper
    with _streams(io.TextIOWrapper(io.BytesIO(stdin)), kind(out, "utf-8"), io.TextIOWrapper(err, "utf-8")), _in(cwd):
        code = main(argv)
    return Result(code, out.getvalue(), err.getvalue())


@contextlib.contextmanager
def _streams(*streams: io.TextIOWrapper) -> Iterator[None]:
    kept = sys.stdin, sys.stdout, sys.stderr
    sys.stdin, sys.stdout, sys.stderr = streams
    try:
        yield
    finally:
        for stream in streams[1:]:
            stream.flush()
            stream.detach()  # or the bytes go with it
        sys.stdin, sys.stdout, sys.stderr = kept


@contextlib.contextmanager
def _in(folder: Path) -> Iterator[None]:
    kept = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(kept)
