"""What the commands share: the options that choose rules and settings, and the files that a run is about."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from dockerlint.catalogue import hint
from dockerlint.cli.arguments import choices, flag, option, positional
from dockerlint.cli.output import Failure
from dockerlint.config import ConfigError, Resolver
from dockerlint.engine.batch import context_of
from dockerlint.engine.files import decode, read
from dockerlint.engine.run import FileError
from dockerlint.record import record
from dockerlint.settings import Settings
from dockerlint.source import Source

if TYPE_CHECKING:
    from dockerlint.context import Context

STDIN = "-"
UNNAMED = "<stdin>"


@record
class Selection:
    """The options of `check` and `fix`, whose own records are the ones that are made."""

    paths: tuple[str, ...] = positional(
        "PATH", "files, folders to search, or - for standard input. Default: the Dockerfiles below here.", "many"
    )
    select: tuple[str, ...] = choices("--select", "RULE,...", "Only these: codes, names, prefixes, aliases, or ALL.")
    ignore: tuple[str, ...] = choices("--ignore", "RULE,...", "Leave these rules out.")
    extend_select: tuple[str, ...] = choices("--extend-select", "RULE,...", "These rules too.")
    config: str | None = option("--config", "FILE", "This configuration file, not the nearest one.")
    isolated: bool = flag("--isolated", "Ignore every configuration file.")
    context: str | None = option("--context", "DIR", "The build context. Default: the Dockerfile's folder.")
    output: str | None = option("--output", "FILE", "Write the report to FILE, not to standard output.")
    stdin_filename: str | None = option("--stdin-filename", "NAME", "What to call what comes from standard input.")
    fail_on: str | None = option(
        "--fail-on", "LEVEL", "Exit with 1 from this severity on: error, warning (default), info, style, never."
    )
    no_cache: bool = flag("--no-cache", "Accepted for scripts; results are not cached, so it changes nothing.")


def resolver(given: Selection, **more: Any) -> Resolver:
    """The settings by path, with the options laid over. Raises Failure for a configuration that cannot be used."""
    overlay = {
        "select": given.select or None,
        "ignore": given.ignore or None,
        "extend_select": given.extend_select or None,
        "context": given.context,
        **more,
    }
    with failing():
        return Resolver(given.config, given.isolated, overlay)


@contextmanager
def failing() -> Iterator[None]:
    """Turns ConfigError into Failure."""
    try:
        yield
    except ConfigError as wrong:
        raise Failure(str(wrong)) from None


def named(given: Selection) -> list[str]:
    """The paths to look at, standard input left out. Raises Failure when that leaves nothing to do."""
    if given.paths.count(STDIN) > 1:
        raise Failure("standard input (-) can be read once only")
    return [path for path in given.paths if path != STDIN] or ([] if STDIN in given.paths else ["."])


def nothing_found(paths: list[str]) -> Failure:
    """The error for folders without a Dockerfile."""
    where = "here or below" if paths == ["."] else f"in {', '.join(paths)}"
    return Failure(f"no Dockerfile {where}")


def standard_input(given: Selection) -> Source | FileError:
    """What comes in on standard input, under the name it was given."""
    return decode(sys.stdin.buffer.read(), given.stdin_filename or UNNAMED)


def context_for(given: Selection, settings: Settings) -> Context | None:
    """The build context of standard input: none, unless a file name or a folder says where it belongs."""
    if given.stdin_filename is None and settings.context is None:
        return None
    return context_of(given.stdin_filename or UNNAMED, settings)


def one_of(what: str, value: str, known: tuple[str, ...]) -> str:
    """`value` when it is one of `known`. Raises Failure."""
    if value not in known:
        raise Failure(f"{what}: `{value}` is none of {', '.join(known)}{hint(value, known)}")
    return value


def load_file(path: str) -> Source:
    """A file, or standard input for ``-``. Raises Failure when it cannot be read."""
    source = decode(sys.stdin.buffer.read(), UNNAMED) if path == STDIN else read(path)
    if isinstance(source, FileError):
        raise Failure(f"{source.path}: {source.message}")
    return source
