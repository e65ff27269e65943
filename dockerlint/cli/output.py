"""Everything that leaves the process: standard output, error lines, files named by --output."""

from __future__ import annotations

import os
import sys

from dockerlint.report.escape import visible
from dockerlint.source import to_bytes


class Failure(Exception):
    """It cannot be done: one line for the user, exit code 2."""


def debugging() -> bool:
    """Whether crashes are wanted with their traceback."""
    return bool(os.environ.get("DOCKERLINT_DEBUG"))


def one_line(wrong: Exception) -> str:
    """An exception in a line."""
    return " ".join(f"{type(wrong).__name__}: {wrong}".split())[:300]


def error(message: str) -> None:
    """One line on standard error."""
    note(f"dockerlint: error: {message}")


def note(message: str) -> None:
    """A line on standard error, made fit for a terminal."""
    sys.stdout.flush()
    _put(sys.stderr, visible(message) + "\n")
    sys.stderr.flush()


def terminal() -> bool:
    """Whether standard output is a terminal, where control sequences would act."""
    return sys.stdout.isatty()


def coloured() -> bool:
    """Whether colours are welcome: a terminal that can, and a user who did not say no (no-color.org)."""
    return terminal() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def emit(text: str, path: str | None = None) -> None:
    """Write text as UTF-8, broken bytes as they were, to standard output or to a file. Raises Failure."""
    if path is None:
        _put(sys.stdout, text)
        return
    try:
        with open(path, "wb") as file:
            file.write(to_bytes(text))
    except (OSError, ValueError) as wrong:
        raise Failure(f"{path}: could not be written: {getattr(wrong, 'strerror', None) or wrong}") from None


def flush() -> None:
    """Push out what is buffered, so that a closed pipe is noticed while it can be handled."""
    sys.stdout.flush()


def _put(stream: object, text: str) -> None:
    """UTF-8 whatever the locale says; a stream without bytes (a test's) takes the text."""
    raw = getattr(stream, "buffer", None)
    if raw is not None:
        raw.write(to_bytes(text))
    else:
        stream.write(text)  # type: ignore[attr-defined]
