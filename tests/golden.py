"""What the seeds of testdata/ must give; `python -m tests.golden` writes it anew, to be reviewed by eye."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
SEEDS = ROOT / "testdata/seeds"
FOLDERS = sorted(p.name for p in SEEDS.iterdir() if p.is_dir())


def dockerlint(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run the command line as a user would."""
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "dockerlint", *words]
    return subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True)


def inputs(folder: Path) -> list[str]:
    """The Dockerfiles of a seed."""
    return sorted(p.name for p in folder.glob("*Dockerfile") if not p.name.endswith("fixed.Dockerfile"))


@cache
def report(folder: Path, *options: str) -> dict[str, list[dict[str, Any]]]:
    """All that `check` says of each file, as its JSON has it."""
    result = dockerlint("check", "--isolated", "--format", "json", *options, *inputs(folder), cwd=folder)
    assert result.returncode in (0, 1), result.stderr
    return {file["path"]: file["findings"] for file in json.loads(result.stdout)["files"]}


def expected(folder: Path) -> dict[str, list[dict[str, Any]]]:
    """The parts of the findings that do not depend on wording."""
    return {
        path: [
            {
                "rule": f["rule"],
                "line": f["line"],
                "bytes": f["bytes"],
                "bytes_basis": f["bytes_basis"],
                "related": [r["line"] for r in f["related"]],
                "fix": f["fix"] and f["fix"]["safety"],
            }
            for f in findings
        ]
        for path, findings in report(folder).items()
    }


@cache
def fixed(folder: Path) -> dict[str, str]:
    """The text of each file after `fix --write` on a copy of the seed, and its name in testdata/."""
    with tempfile.TemporaryDirectory() as temporary:
        copy = Path(temporary, "seed")
        shutil.copytree(folder, copy)
        result = dockerlint("fix", "--isolated", "--write", *inputs(folder), cwd=copy)
        assert result.returncode == 0, result.stderr
        return {name: (copy / name).read_bytes().decode() for name in inputs(folder)}


def fixed_name(name: str) -> str:
    """``Dockerfile`` → ``fixed.Dockerfile``; ``all.Dockerfile`` → ``all.fixed.Dockerfile``."""
    return f"{name.removesuffix('Dockerfile')}fixed.Dockerfile"


def write() -> None:
    """Write expected.json, and fixed.Dockerfile where the fix changes something."""
    for name in FOLDERS:
        folder = SEEDS / name
        lines = [
            f" {json.dumps(path)}: [\n" + ",\n".join(f"  {json.dumps(f)}" for f in findings) + "\n ]"
            for path, findings in expected(folder).items()
        ]
        (folder / "expected.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")
        for path, text in fixed(folder).items():
            target = folder / fixed_name(path)
            target.unlink(missing_ok=True)
            if text != (folder / path).read_bytes().decode():
                target.write_bytes(text.encode())


if __name__ == "__main__":
    write()
    subprocess.run(["git", "diff", "--stat", "--", str(SEEDS)], cwd=ROOT)
