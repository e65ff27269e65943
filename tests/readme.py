"""The README's blocks that run: ``python -m tests.readme`` fills in what the tool prints today."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
BLOCK = re.compile(r"(<!-- run -->\n```console\n)(.*?)(```\n)", re.S)
CONFIG = re.compile(r"<!-- config: (\S+) -->\n```\w+\n(.*?)```\n", re.S)


def blocks() -> list[str]:
    """The text of each block marked ``<!-- run -->``."""
    return [match[2] for match in BLOCK.finditer(README.read_text())]


def configs() -> list[tuple[str, str]]:
    """File name and text of each block marked ``<!-- config: NAME -->``."""
    return CONFIG.findall(README.read_text())


def commands(block: str) -> Iterator[str]:
    """The lines behind ``$``."""
    return (line[2:] for line in block.splitlines() if line.startswith("$ "))


def played(block: str) -> str:
    """The block as a terminal would show it now, its commands run in one fresh copy of testdata/."""
    with tempfile.TemporaryDirectory() as folder:
        work, programs = Path(folder, "work"), Path(folder, "bin")
        shutil.copytree(ROOT / "testdata", work / "testdata")
        programs.mkdir()
        script = programs / "dockerlint"
        script.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m dockerlint "$@"\n')
        script.chmod(0o755)
        plain = {k: v for k, v in os.environ.items() if not k.startswith(("DOCKERLINT", "GITHUB", "FORCE_COLOR"))}
        env = plain | {"PATH": f"{programs}{os.pathsep}{os.environ['PATH']}", "PYTHONPATH": str(ROOT), "COLUMNS": "120"}
        out = ""
        for command in commands(block):
            out += f"$ {command}\n"
            if command.startswith("cd "):
                work /= command.removeprefix("cd ")
                continue
            result = subprocess.run(
                ["sh", "-c", command], cwd=work, env=env, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
            )
            if "internal error" in result.stdout:
                raise RuntimeError(f"{command}: {result.stdout}")
            out += "".join(f"{line.rstrip()}\n" for line in result.stdout.splitlines())
        return out


def write() -> None:
    """Put today's output into the README."""
    README.write_text(BLOCK.sub(lambda match: match[1] + played(match[2]) + match[3], README.read_text()))


if __name__ == "__main__":
    write()
