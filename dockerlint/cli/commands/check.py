"""``dockerlint check``."""

from __future__ import annotations

from collections.abc import Iterator

from dockerlint import __version__
from dockerlint.cli.arguments import option
from dockerlint.cli.output import coloured, emit, error
from dockerlint.cli.session import (
    STDIN,
    Selection,
    context_for,
    failing,
    named,
    nothing_found,
    one_of,
    resolver,
    standard_input,
)
from dockerlint.config import Resolver, level
from dockerlint.engine import FileResult, check_paths, check_read
from dockerlint.engine.run import FileError
from dockerlint.record import record
from dockerlint.report import Options, Renderer, Report, formats, renderer


@record
class Arguments(Selection):
    """Lint Dockerfiles.

    Exit code: 0 nothing at or above --fail-on, 1 findings, 2 it could not do what was asked.
    """

    format: str | None = option("--format", "FORMAT", "How to report: full (default), concise, json, github, sarif.")


def run(given: Arguments) -> int:
    """Lint and report; a file that cannot be read does not keep the others from it."""
    settings = resolver(given)
    with failing():
        wanted = None if given.fail_on is None else (level(given.fail_on),)
        if given.format is not None:
            format_of(given.format)
        files = tuple(_results(given, settings))
        if not files:
            raise nothing_found(named(given))
        render = format_of(given.format or settings.settings_for(files[0].path).format)
        thresholds = [wanted or (settings.settings_for(file.path).fail_on,) for file in files]
    emit(render(Report(files, __version__), Options(given.output is None and coloured())), given.output)
    errors = [wrong for file in files for wrong in file.errors]
    for wrong in errors:
        error(f"{wrong.path}: {wrong.message}")
    failed = any(
        threshold is not None and finding.severity >= threshold
        for file, (threshold,) in zip(files, thresholds, strict=True)
        for finding in file.findings
    )
    return 2 if errors else int(failed)


def format_of(name: str) -> Renderer:
    """The format of that name. Raises Failure."""
    render = renderer(name)
    if render is None:
        one_of("--format", name, formats())
        raise AssertionError(name)
    return render


def _results(given: Arguments, settings: Resolver) -> Iterator[FileResult]:
    if STDIN in given.paths:
        source = standard_input(given)
        if isinstance(source, FileError):
            yield FileResult(source.path, None, errors=(source,))
        else:
            own = settings.settings_for(source.path)
            yield check_read(source, own, context_for(given, own))
    yield from check_paths(named(given), settings.settings_for)
