"""The suites of ../shared with the bars they must reach; each prints its figures, the bar, and ok or not."""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ENV = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
PERCENT = re.compile(r"^(\w+): (\d+)/(\d+)", re.M)


def run(*command: str | Path, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Run with this environment's scripts first on the path."""
    words = [str(word) for word in command]
    result = subprocess.run(words, env=ENV, cwd=cwd, capture_output=True, text=True, errors="replace")
    print(result.stdout[-3000:] + result.stderr[-3000:], end="")
    return result


def bar(name: str, figure: float, least: float) -> bool:
    """Print a figure (in percent) beside its bar."""
    print(f"{name}: {figure:.2f} %, bar {least} %: {'ok' if figure >= least else 'BELOW'}")
    return figure >= least


def conformance(shared: Path) -> bool:
    """BuildKit's own cases of its parser and of its word splitter."""
    out = run(sys.executable, shared / "conformance/run", "parser", "words").stdout
    shares = {name: 100 * int(good) / int(total) for name, good, total in PERCENT.findall(out)}
    reached = [bar(name, shares.get(name, 0.0), 98) for name in ("parser", "words")]
    reached.append(copies_of_ignored_files(shared))
    return all(reached)


def copies_of_ignored_files(shared: Path) -> bool:
    """BuildKit's own cases of CopyIgnoredFile; one of the documentation's comes without its ignore file."""
    with tempfile.NamedTemporaryFile("r", suffix=".jsonl") as out:
        run(sys.executable, shared / "conformance/run", "buildkit", "--failures", out.name)
        failed = [row["id"] for row in map(json.loads, out) if row["rule"] == "CopyIgnoredFile"]
    print(f"CopyIgnoredFile: failed {failed}")
    return failed in ([], ["buildkit-docs-CopyIgnoredFile-01"])


def outline(shared: Path) -> bool:
    """The outline of every file of the corpus against BuildKit's parser; no loss; no slow file."""
    out = run(sys.executable, shared / "conformance/outline", shared / "corpus").stdout
    found = re.search(r"outline: (\d+)/(\d+) .*lossless (\d+)/(\d+); slowest (\d+) ms", out)
    if found is None:
        return False
    same, total, lossless, of, slowest = map(int, found.groups())
    fast = slowest < 1000
    print(f"slowest file {slowest} ms, bar 1000 ms: {'ok' if fast else 'ABOVE'}")
    return all([bar("outline", 100 * same / total, 99.5), bar("lossless", 100 * lossless / of, 100), fast])


def batches(shared: Path) -> Iterator[list[str]]:
    """The corpus, a few hundred files at a time."""
    files = sorted(str(p) for p in (shared / "corpus/files").rglob("*Dockerfile*") if p.is_file())
    for start in range(0, len(files), 400):
        yield files[start : start + 400]


def crashed(result: subprocess.CompletedProcess[str]) -> bool:
    """Whether a run ended otherwise than by saying what it found."""
    return result.returncode not in (0, 1) or "Traceback" in result.stderr


def check(shared: Path) -> bool:
    """`dockerlint check` over the whole corpus: every file is reported on and nothing crashes."""
    good, files, findings = True, 0, 0
    for batch in batches(shared):
        command = ["dockerlint", "check", "--isolated", "--select", "ALL", "--format", "json", *batch]
        result = subprocess.run(command, env=ENV, capture_output=True, text=True, errors="replace")
        if crashed(result):
            print(f"exit {result.returncode}: {result.stderr[-2000:]}")
            good = False
            continue
        summary = json.loads(result.stdout)["summary"]
        good &= summary["files"] == len(batch)
        files += summary["files"]
        findings += summary["findings"]
    print(f"check: {files} files, {findings} findings")
    return good


def fix(shared: Path) -> bool:
    """`dockerlint fix` over the whole corpus writes nothing and crashes nowhere."""
    good, changed = True, 0
    for batch in batches(shared):
        command = ["dockerlint", "fix", "--isolated", "--unsafe-fixes", *batch]
        result = subprocess.run(command, env=ENV, capture_output=True, text=True, errors="replace")
        if crashed(result):
            print(f"exit {result.returncode}: {result.stderr[-2000:]}")
            good = False
        changed += len(re.findall(r"^\+\+\+ ", result.stdout, re.M))
    print(f"fix: would change {changed} files (unsafe fixes included)")
    return good and changed > 0


CONTROLS = 8


def comparable(shared: Path, path: str) -> bool:
    """Whether the original's trace equals itself every time, so that a difference is the fix's and not the recorder's.

    What runs at the same time (`curl | tar`, a background job) is written down in any order. Only a control that
    involves no fix can excuse a file: the fixed one's agreeing now and then would not.
    """
    trace = [sys.executable, str(shared / "trace/trace.py"), path, path, "--allow-cleanup"]
    return all(subprocess.run(trace, env=ENV, capture_output=True).returncode == 0 for _ in range(CONTROLS))


# trace.py forgives these words, but rec.c throws its dice (which commands fail, at any seed but 0) over all of argv.
FORGIVEN = {"-l", "--no-log-init", "--no-cache", "--no-cache-dir", "--no-document", "--no-install-recommends"}


def only_the_dice(shared: Path, path: str) -> bool:
    """Whether the fix did nothing but insert forgiven options, and all is equal where no dice are thrown."""
    with tempfile.TemporaryDirectory() as folder:
        after = shutil.copyfile(path, Path(folder, "Dockerfile"))
        subprocess.run(["dockerlint", "fix", "--write", "--isolated", after], env=ENV, capture_output=True)
        texts = [Path(p).read_text(errors="replace").split() for p in (path, after)]
        inserted = Counter(texts[1]) - Counter(texts[0])
        if not inserted or not inserted.keys() <= FORGIVEN or Counter(texts[0]) - Counter(texts[1]):
            return False
        trace = [sys.executable, shared / "trace/trace.py", path, after, "--allow-cleanup", "--seeds", "1"]
        return subprocess.run(trace, env=ENV, capture_output=True).returncode == 0


def sweep_over(shared: Path, paths: list[Path], least: float, *options: str) -> bool:
    """The trace of both versions of every file: none different, unparsed or unstable, and a share of them changed."""
    with tempfile.NamedTemporaryFile("r", suffix=".jsonl") as out:
        status = run(sys.executable, shared / "trace/sweep", *paths, "--out", out.name, *options).returncode
        rows = [json.loads(line) for line in out]
    bad = ("different", "newly unparsed", "not idempotent", "fixer crashed", "fixer timeout")
    wrong = [row for row in rows if row["verdict"] in bad]
    excused = []
    for row in wrong:
        if row["verdict"] == "different" and only_the_dice(shared, row["path"]):
            print(f"not comparable, the recorder's dice fall differently for an option it forgives: {row['path']}")
            excused.append(row)
        elif row["verdict"] == "different" and not comparable(shared, row["path"]):
            print(f"not comparable, the original's trace differs from itself: {row['path']}")
            excused.append(row)
    faults = [row for row in wrong if row not in excused]
    print(f"sweep: exit {status}; {len(faults)} faults, {len(excused)} not comparable, of {len(rows)} files")
    # Without any bad verdict the sweep must have come to its end by itself.
    ended = status == (1 if wrong else 0)
    changed = sum(row["verdict"] != "unchanged" for row in rows) - len(excused)
    return bool(rows) and all([ended, not faults, bar("changed", 100 * changed / len(rows), least)])


def sweep(shared: Path) -> bool:
    """300 files of the corpus; at least 40 % of them changed: a fixer that refuses everything is no fixer."""
    return sweep_over(shared, [shared / "corpus"], 40, "--sample", "300", "--allow-cleanup")


def joins(shared: Path) -> bool:
    """Another 150 files, only RUNs joined: then the files that are left must be the same as well."""
    command = f"{sys.executable} {ROOT / '.ci/joins.py'} {{}}"
    return sweep_over(shared, [shared / "corpus"], 15, "--sample", "150", "--start", "7", "--fix", command)


# The recorder breaks on a RUN without a command, and writes down what runs at the same time in any order: the trace of
# a pipeline or of a background job can differ from itself.
UNTRACEABLE = re.compile(rb"^\s*RUN\s*$|sleep 0 &|(?<!\|)\|(?!\|)", re.M | re.I)


def generated(shared: Path) -> bool:
    """Some hundred files from the grammar of tests/generate.py, whose layouts and shell no person would write."""
    with tempfile.TemporaryDirectory() as folder:
        run(sys.executable, ROOT / "tests/generate.py", folder, "250")
        for path in Path(folder).iterdir():
            if UNTRACEABLE.search(path.read_bytes()):
                path.unlink()
        return sweep_over(shared, [Path(folder)], 15, "--allow-cleanup")


def cases(shared: Path) -> bool:
    """The shared tricky and bloat cases under the same trace."""
    with tempfile.TemporaryDirectory() as folder:
        for path in (shared / "cases").rglob("*Dockerfile"):
            name = path.name if path.name != "Dockerfile" else f"{path.parent.name}.Dockerfile"
            shutil.copyfile(path, Path(folder, name))
        return sweep_over(shared, [Path(folder)], 15, "--allow-cleanup")


SUITES: dict[str, Callable[[Path], bool]] = {
    suite.__name__: suite for suite in (conformance, outline, check, fix, cases, sweep, joins, generated)
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("suites", nargs="*", metavar="SUITE", help="of " + ", ".join(SUITES))
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared")
    parser.add_argument("--list", action="store_true")
    options = parser.parse_args()
    if options.list:
        print("\n".join(SUITES))
        return 0
    results = [SUITES[name](options.shared.resolve()) for name in options.suites or SUITES]
    if len(results) > 1:
        print(f"{sum(results)} passed, {len(results) - sum(results)} failed")
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
