"""``dockerlint fix``."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

from dockerlint.cli.arguments import flag
from dockerlint.cli.output import coloured, debugging, emit, error, note, one_line, terminal
from dockerlint.cli.session import (
    STDIN,
    Selection,
    context_for,
    failing,
    named,
    nothing_found,
    resolver,
    standard_input,
)
from dockerlint.config import Resolver
from dockerlint.edits import Companion, Safety
from dockerlint.engine import FileError, context_of, inspect
from dockerlint.engine.discover import discover
from dockerlint.engine.files import read
from dockerlint.record import record
from dockerlint.report.colour import Paint
from dockerlint.report.diff import shown, unified
from dockerlint.report.fixes import lines, tally
from dockerlint.source import Source, to_bytes
from dockerlint.write import WriteError, create, replace

if TYPE_CHECKING:
    from dockerlint.context import Context
    from dockerlint.fixer import FixResult
    from dockerlint.settings import Settings


@record
class Arguments(Selection):
    """Show as a diff what can be fixed, or fix it with --write.

    Each fix is checked to leave every stage running the same commands; what cannot be shown to is withheld.

    Exit code: 0 nothing to change (or --write), 1 there is, 2 it could not do what was asked.
    """

    write: bool = flag("--write", "Change the files. Standard input (-) is always answered on standard output.")
    unsafe_fixes: bool = flag("--unsafe-fixes", "Also fixes that may change what the image does.")


@record
class _Fixed:
    """A file and what `fix` made of it."""

    source: Source
    result: FixResult
    unsafe: int
    """How many findings remain whose fix needs --unsafe-fixes."""

    @property
    def after(self) -> Source:
        """What it would be: the findings withheld have their place here."""
        return Source(self.result.text, self.source.path)

    @property
    def rewritten(self) -> bool:
        return self.result.text != self.source.text

    @property
    def changed(self) -> bool:
        """Whether there is anything to write, here or beside it."""
        return self.rewritten or self.result.companion is not None


def run(given: Arguments) -> int:
    """Fix file by file; one that cannot be read or written does not keep the others from it."""
    settings = resolver(given, unsafe_fixes=given.unsafe_fixes or None)
    with failing():
        if STDIN in given.paths and len(given.paths) == 1:
            return _filter(given, settings)
        done = list(_each(given, settings))
    if not done:
        raise nothing_found(named(given))
    fixed = [each for each in done if isinstance(each, _Fixed)]
    failures = [each for each in done if isinstance(each, FileError)]
    if given.write:
        failures += _write(fixed, given.output)
    else:
        _show(fixed, given.output)
    for failure in failures:
        error(f"{failure.path}: {failure.message}")
    if failures:
        return 2
    return int(not given.write and any(each.changed for each in fixed))


def _filter(given: Arguments, settings: Resolver) -> int:
    """Standard input to standard output, as a filter in an editor."""
    source = standard_input(given)
    if isinstance(source, FileError):
        error(f"{source.path}: {source.message}")
        return 2
    own = settings.settings_for(source.path)
    done, errors = _fixed(source, own, context_for(given, own))
    text = done.result.text
    emit(shown(text, Paint(False)) if terminal() and given.output is None else text, given.output)
    if done.result.companion is not None:
        note(f"{done.result.companion.path}: would be changed as well, which a filter cannot")
    for wrong in errors:
        error(f"{wrong.path}: {wrong.message}")
    return 2 if errors else 0


def _each(given: Arguments, settings: Resolver) -> Iterator[_Fixed | FileError]:
    if STDIN in given.paths:
        yield FileError(STDIN, "standard input cannot be fixed together with files")
    beside: dict[str, Companion] = {}
    for path in discover(named(given), settings.settings_for):
        source = read(path)
        if isinstance(source, FileError):
            yield source
            continue
        own = settings.settings_for(path)
        try:
            done, errors = _fixed(source, own, _as_it_will_be(context_of(path, own), beside))
            yield done
            if done.result.companion is not None:
                beside[done.result.companion.path] = done.result.companion
            yield from errors
        except Exception as wrong:  # one file must not take the others down
            if debugging():
                raise
            yield FileError(path, f"internal error, please report it: {one_line(wrong)}")


def _as_it_will_be(context: Context, beside: dict[str, Companion]) -> Context:
    """The context with what an earlier Dockerfile's fix makes of their common ignore file."""
    path = str(context.dockerignore_path or context.folder / ".dockerignore")
    return context.with_ignore_file(path, beside[path].after) if path in beside else context


def _companions(fixed: list[_Fixed]) -> list[Companion]:
    """Each ignore file once, with what all fixes add to it."""
    found: dict[str, Companion] = {}
    for each in fixed:
        new = each.result.companion
        if new is not None:
            old = found.get(new.path)
            found[new.path] = new if old is None else Companion(new.path, old.before, (*old.lines, *new.lines))
    return list(found.values())


def _fixed(source: Source, settings: Settings, context: Context | None) -> tuple[_Fixed, tuple[FileError, ...]]:
    """The file fixed, and which rules broke down over it."""
    from dockerlint.fixer import fix  # it brings verify and dockerfile-parse, which no help text needs

    result = fix(source, settings, context)
    left = inspect(Source(result.text, source.path), settings, context)
    unsafe = sum(each.fix is not None and each.fix.safety is Safety.UNSAFE for each in left.findings)
    return _Fixed(source, result, 0 if settings.unsafe_fixes else unsafe), left.errors


def _show(fixed: list[_Fixed], output: str | None) -> None:
    """The diffs on standard output, what they are on standard error."""
    diff = "".join(unified(each.source.text, each.result.text, each.source.path) for each in fixed if each.rewritten)
    diff += "".join(unified(each.before, each.after, each.path) for each in _companions(fixed))
    # In a pipe the diff is for `patch`: raw bytes. On a terminal it is for people: nothing acts there.
    emit(shown(diff, Paint(coloured())) if terminal() and output is None else diff, output)
    for each in fixed:
        aside = " (lines as they will be)" if each.changed else ""
        for line in lines(each.source.path, each.after, (), each.result.withheld, Paint(False), aside):
            note(line)
    if fixed:
        note(_tally(fixed, written=False))


def _write(fixed: list[_Fixed], output: str | None) -> list[FileError]:
    """Write what changed and say what was done; the files that could not be written."""
    paint, out, failures = Paint(coloured() and output is None), list[str](), list[FileError]()
    written = []
    for each in fixed:
        path = each.source.path
        if each.rewritten:
            try:
                replace(path, to_bytes(each.source.text), to_bytes(each.result.text))
            except WriteError as wrong:
                failures.append(FileError(path, str(wrong)))
                continue
        written.append(each)
        out += lines(path, each.after, each.result.applied, each.result.withheld, paint)
    for beside in _companions(written):
        try:
            _add(beside)
        except WriteError as wrong:
            failures.append(FileError(beside.path, str(wrong)))
    if written:
        out.append(_tally(written, written=True))
    emit("".join(f"{line}\n" for line in out), output)
    return failures


def _add(beside: Companion) -> None:
    """Make or extend an ignore file. Raises WriteError."""
    if beside.before is None:
        create(beside.path, to_bytes(beside.after))
    elif os.path.islink(beside.path):
        raise WriteError("is a link")
    else:
        replace(beside.path, to_bytes(beside.before), to_bytes(beside.after))


def _tally(fixed: list[_Fixed], written: bool) -> str:
    applied = sum(len(each.result.applied) for each in fixed)
    withheld = sum(len(each.result.withheld) for each in fixed)
    return tally(sum(each.changed for each in fixed), applied, withheld, sum(each.unsafe for each in fixed), written)
