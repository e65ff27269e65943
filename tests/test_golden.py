"""Folders of tests/golden: a command line (`cmd`), the files it sees, and every byte that must come out.

`pytest --update-golden` writes `stdout`, `stderr`, `exit` and, for commands that write files, `after/` anew.
"""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest

from dockerlint import __version__
from runner import Result, run

GOLDEN = Path(__file__).parent / "golden"
CASES = sorted(path.parent.name for path in GOLDEN.glob("*/cmd"))
EXPECTED = ("cmd", "stdin", "stdout", "stderr", "exit", "after")


def lay_out(case: Path, folder: Path) -> None:
    """The input files of a case in a folder of their own, which no configuration above reaches."""
    (folder / ".git").mkdir()
    for path in case.iterdir():
        if path.name not in EXPECTED:
            copy = shutil.copytree if path.is_dir() else shutil.copyfile
            copy(path, folder / re.sub("^dot-", ".", path.name))


def outcome(case: Path, folder: Path) -> Result:
    """Run the case's command; the version and the folder's name are masked."""
    stdin = case / "stdin"
    argv = shlex.split((case / "cmd").read_text())
    result = run(*argv, cwd=folder, stdin=stdin.read_bytes() if stdin.exists() else b"")
    return Result(result.exit, masked(result.out, folder), masked(result.err, folder))


def masked(text: bytes, folder: Path) -> bytes:
    return text.replace(str(folder).encode(), b"<HERE>").replace(__version__.encode(), b"<VERSION>")


def changed(case: Path, folder: Path) -> dict[str, bytes]:
    """What the command wrote: files that are new or not as they were."""
    found = {}
    for path in folder.rglob("*"):
        name = path.relative_to(folder).as_posix()
        before = case / name
        if path.is_file() and (not before.exists() or before.read_bytes() != path.read_bytes()):
            found[name] = path.read_bytes()
    return {name: data for name, data in found.items() if not (case / f"dot-{name[1:]}").exists()}


def expected_changes(case: Path) -> dict[str, bytes]:
    after = case / "after"
    return {p.relative_to(after).as_posix(): p.read_bytes() for p in after.rglob("*") if p.is_file()}


def update(case: Path, result: Result, after: dict[str, bytes]) -> None:
    assert b"internal error" not in result.err, "a crash is never what is expected"
    for name, data in (("stdout", result.out), ("stderr", result.err)):
        if data:
            (case / name).write_bytes(data)
        else:
            (case / name).unlink(missing_ok=True)
    (case / "exit").write_text(f"{result.exit}\n")
    shutil.rmtree(case / "after", ignore_errors=True)
    for name, data in after.items():
        path = case / "after" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def read(path: Path) -> bytes:
    return path.read_bytes() if path.exists() else b""


@pytest.mark.parametrize("name", CASES)
def test_golden(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, update_golden: bool) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("TERMINAL_WIDTH", "100")
    case = GOLDEN / name
    lay_out(case, tmp_path)
    result = outcome(case, tmp_path)
    after = changed(case, tmp_path)
    if update_golden:
        update(case, result, after)
    assert result.out == read(case / "stdout")
    assert result.err == read(case / "stderr")
    assert result.exit == int((case / "exit").read_text())
    assert after == expected_changes(case)


def test_there_are_cases() -> None:
    assert len(CASES) > 40
