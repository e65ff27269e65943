"""The command line. Plain arguments are read here at once; Typer is loaded for help, errors and completion."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from dockerlint.cli.arguments import Command, command, parse
from dockerlint.cli.output import Failure, debugging, error, flush, one_line

_COMPLETE = "_DOCKERLINT_COMPLETE"
"""Set by the shell's completion script, which asks without arguments."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command line; the exit code. Never raises."""
    arguments = sys.argv[1:] if argv is None else list(argv)
    try:
        code = _run(arguments)
        flush()
    except BrokenPipeError:  # the reader has seen enough: `dockerlint check | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except KeyboardInterrupt:
        return 130
    return code


def _run(arguments: list[str]) -> int:
    try:
        found = command(arguments[0]) if arguments else None
        read = parse(found.arguments, arguments[1:]) if found is not None else None
        if found is not None and read is not None:
            return found.run(read)
        from dockerlint.cli.front import front  # Typer takes 90 ms to load

        return front(arguments) if arguments or _COMPLETE in os.environ else front(["--help"]) or 2
    except Failure as failure:
        error(str(failure))
    except (BrokenPipeError, KeyboardInterrupt):
        raise
    except Exception as wrong:  # a crash must not look like "findings", which Python's own exit code 1 would
        if debugging():
            raise
        error(f"internal error, please report it: {one_line(wrong)} (DOCKERLINT_DEBUG=1 shows where)")
    return 2


__all__ = ["Command", "main"]
