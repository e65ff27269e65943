"""layers_lab.py: the ledger against real images, layer by layer, for each Dockerfile of ../shared/lab/examples.

Needs the lab (../shared/lab/lab-setup). A layer whose size the ledger knows must be within 1 % or 10 kB of the real
one; where it sees dead bytes the real layer must hold bytes that a later one hides, and where it knows how many, those.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

LAB = Path(__file__).resolve().parents[2] / "shared" / "lab"
ROOT = Path(os.environ.get("LAB_ROOT", "/tmp/lab"))
SEEDS = Path(__file__).resolve().parents[1] / "testdata" / "seeds"


def near(told: int, real: int) -> bool:
    """Whether a figure is within 1 % or 10 kB of the real one."""
    return abs(told - real) <= max(10_000, real // 100)


def ledger(dockerfile: Path, context: Path) -> list[dict[str, Any]]:
    """The layers that dockerlint sees in the image that ships."""
    command = ["-m", "dockerlint", "layers", "--format", "json", "--context", str(context), str(dockerfile)]
    out = subprocess.run([sys.executable, *command], check=True, capture_output=True, text=True).stdout
    shipped = [stage for stage in json.loads(out)["stages"] if stage["ships"]]
    return [layer for layer in shipped[-1]["layers"] if layer["instruction"].split()[0] != "WORKDIR"]


def built(dockerfile: Path, context: Path, options: list[str]) -> list[dict[str, Any]] | None:
    """The layers of the real image that are its own; None when it cannot be built."""
    done = subprocess.run(
        [str(LAB / "lab-build"), str(dockerfile), str(context), *options], capture_output=True, text=True, check=False
    )
    result = json.loads(done.stdout)
    if not result.get("ok"):
        return None
    return [x for x in result["layers"] if not x["base"] and not x["created_by"].startswith("WORKDIR")]


def compared(dockerfile: Path, context: Path, options: list[str]) -> tuple[int, int, list[str]]:
    """(layers of known size, layers with dead bytes, what does not agree)."""
    real = built(dockerfile, context, options)
    if real is None:
        return 0, 0, ["(cannot be built)"]
    told = ledger(dockerfile, context)
    if len(told) != len(real):
        return 0, 0, [f"{len(told)} layers are told, {len(real)} are real"]
    known = dead = 0
    wrong = []
    for ours, theirs in zip(told, real, strict=True):
        adds, gone, line = ours["adds"], ours["dead"], ours["line"]
        if adds["bytes_basis"] in ("exact", "measured") and not adds["unknown"]:
            known += 1
            if not near(adds["bytes"], theirs["size"]):
                wrong.append(f"line {line}: {adds['bytes']} B told, {theirs['size']} B real")
        if gone["bytes"] or gone["unknown"]:
            dead += 1
            if not theirs["hidden_later"]:
                wrong.append(f"line {line}: dead bytes are told, the real layer has none")
        sure = gone["bytes_basis"] in ("exact", "measured") and not gone["unknown"]
        if sure and not near(gone["bytes"], theirs["hidden_later"]):
            wrong.append(f"line {line}: {gone['bytes']} B dead told, {theirs['hidden_later']} B real")
    return known, dead, wrong


def examples(names: list[str]) -> list[tuple[Path, Path, list[str]]]:
    """(Dockerfile, context, options of lab-build) of each example and seed; contexts are copies."""
    rows = []
    home = Path(tempfile.mkdtemp(prefix="layers-lab-"))
    for folder in sorted(LAB.glob("examples/[0-9t]*")):
        if names and folder.name not in names:
            continue
        context = home / folder.name
        shutil.copytree(folder, context)
        if (context / "gen").exists():
            (context / "blob").write_bytes(os.urandom(30 << 20))
        text = (context / "opts").read_text() if (context / "opts").exists() else "--serve @FIX@"
        options = text.replace("@FIX@", str(ROOT / "fixtures")).split()
        rows += [(file, context, options) for file in sorted(context.glob("*.Dockerfile"))]
    for seed in sorted(SEEDS.glob("[abc]-*")):
        context = home / seed.name
        shutil.copytree(seed, context)
        rows.append((context / "Dockerfile", context, []))
    return rows


def main() -> int:
    """Print one line a file, and the sum; 1 when something does not agree."""
    known = dead = bad = 0
    for dockerfile, context, options in examples(sys.argv[1:]):
        some, gone, wrong = compared(dockerfile, context, options)
        known, dead, bad = known + some, dead + gone, bad + sum(not w.startswith("(") for w in wrong)
        print(f"{context.name}/{dockerfile.name}: {some} known, {gone} with dead bytes", *wrong, sep="; ", flush=True)
    print(f"{known} layers of known size, {dead} with dead bytes, {bad} that do not agree")
    return int(bad > 0)


if __name__ == "__main__":
    sys.exit(main())
