"""Many files: read, lint, in parallel where it pays."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from dockerlint.engine.discover import SettingsFor, discover
from dockerlint.engine.files import read
from dockerlint.engine.run import FileError, inspect
from dockerlint.findings import Finding
from dockerlint.record import record, replace
from dockerlint.settings import Settings
from dockerlint.source import Source

if TYPE_CHECKING:
    from dockerlint.context import Context

PARALLEL_FROM = 64
"""So many files are linted in one process sooner than workers are started."""
CHUNK = 16

Job = tuple[str, Settings]


@record
class FileResult:
    """What became of one path."""

    path: str
    source: Source | None
    """None when it could not be read."""
    findings: tuple[Finding, ...] = ()
    errors: tuple[FileError, ...] = ()
    suppressed: int = 0


def check_paths(
    paths: Iterable[str], settings: Settings | SettingsFor, workers: int | None = None
) -> Iterator[FileResult]:
    """Lint files and, below folders, every Dockerfile; results in the order of the files.

    `settings` may be a function of the path. `workers` is the number of processes; None: one for each core. A rule that
    breaks down is reported once, with the first file it broke down over.
    """
    settings_for = _constant(settings) if isinstance(settings, Settings) else settings
    jobs = [(path, settings_for(path)) for path in discover(paths, settings_for)]
    count = min(workers or _cores(), -(-len(jobs) // CHUNK))
    if len(jobs) < PARALLEL_FROM or count < 2:
        return _once(_serial(jobs))
    return _once(_parallel(jobs, count))


def _once(results: Iterable[FileResult]) -> Iterator[FileResult]:
    reported: set[str] = set()
    for result in results:
        if any(error.rule in reported for error in result.errors):
            result = replace(result, errors=tuple(e for e in result.errors if e.rule not in reported))
        reported.update(error.rule for error in result.errors if error.rule)
        yield result


def _constant(settings: Settings) -> SettingsFor:
    def same(_path: str) -> Settings:
        return settings

    return same


def check_file(path: str, settings: Settings, contexts: Contexts | None = None) -> FileResult:
    """Read and lint one file."""
    source = read(path)
    if isinstance(source, FileError):
        return FileResult(path, None, errors=(source,))
    return check_read(source, settings, (contexts or Contexts()).of(path, settings))


def check_read(source: Source, settings: Settings, context: Context | None) -> FileResult:
    """Lint what was read already."""
    done = inspect(source, settings, context)
    return FileResult(source.path, source, done.findings, done.errors, done.suppressed)


def context_of(path: str, settings: Settings) -> Context:
    """The build context of a file: the one configured, or the file's folder."""
    from pathlib import Path  # both late: a check that is handed a text needs neither

    from dockerlint.context import Context

    return Context(Path(settings.context or os.path.dirname(path) or "."), Path(path))


class Contexts:
    """Build contexts of one run. Files that have the same folder as context share what is known of it."""

    def __init__(self) -> None:
        self._shared: dict[str, Context] = {}

    def of(self, path: str, settings: Settings) -> Context:
        """The context of a file; one of its own where it has an ignore file of its own."""
        folder = settings.context or os.path.dirname(path)
        if os.path.lexists(f"{path}.dockerignore"):
            return context_of(path, settings)
        if folder not in self._shared:
            self._shared.clear()  # files come folder by folder; a walked context is not small
            self._shared[folder] = context_of(path, settings)
        return self._shared[folder]


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _serial(jobs: list[Job]) -> Iterator[FileResult]:
    contexts = Contexts()
    return (check_file(path, settings, contexts) for path, settings in jobs)


_worker_contexts: Contexts | None = None
"""Of a worker process, which lives as long as the run does."""


def _start_worker() -> None:
    global _worker_contexts
    _worker_contexts = Contexts()


def _chunk(jobs: list[Job]) -> list[FileResult]:
    return [check_file(path, settings, _worker_contexts) for path, settings in jobs]


def _parallel(jobs: list[Job], count: int) -> Iterator[FileResult]:
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool

    chunks = [jobs[at : at + CHUNK] for at in range(0, len(jobs), CHUNK)]
    # A fork shares what is loaded already; elsewhere each worker starts from nothing.
    method = "fork" if sys.platform.startswith("linux") else None
    try:
        pool = ProcessPoolExecutor(count, mp_context=multiprocessing.get_context(method), initializer=_start_worker)
        futures = [pool.submit(_chunk, chunk) for chunk in chunks]
    except (OSError, NotImplementedError, ImportError):  # no semaphores or no processes here
        yield from _serial(jobs)
        return
    with pool:
        for chunk, future in zip(chunks, futures, strict=True):
            try:
                yield from future.result()
            except BrokenProcessPool:
                message = "was not linted: the process that should have died"
                yield from (FileResult(path, None, errors=(FileError(path, message),)) for path, _ in chunk)
