"""sizes_lab.py [NAME...]: images built for real before and after `dockerlint fix --write`; a table in Markdown.

Needs the lab (../shared/lab/lab-setup). The exit code is 1 when an image gets bigger, when its file system or its
configuration differs (but for what the lab's README leaves out), or when what was built before no longer builds.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from layers_lab import LAB, examples


def fixed(dockerfile: Path) -> Path:
    """A fixed copy beside a Dockerfile."""
    copy = dockerfile.with_name("fixed." + dockerfile.name)
    copy.write_bytes(dockerfile.read_bytes())
    command = [sys.executable, "-m", "dockerlint", "fix", "--write", "--isolated", str(copy)]
    subprocess.run(command, check=True, capture_output=True, cwd=dockerfile.parent)
    return copy


def compared(before: Path, after: Path, context: Path, options: list[str]) -> dict[str, Any]:
    """What lab-compare says of two Dockerfiles."""
    words = [str(LAB / "lab-compare"), str(before), str(after), str(context), "--noise", *options]
    return dict(json.loads(subprocess.run(words, capture_output=True, text=True, check=False).stdout))


def relabelled(found: dict[str, Any]) -> bool:
    """Whether nothing differs but the label that MAINTAINER became."""
    labels = found["config_diff"].get("Labels")
    if found["detail"] != ["config"] or set(found["config_diff"]) != {"Labels"} or labels is None:
        return False
    after = dict(labels["after"] or {})
    after.pop("org.opencontainers.image.authors", None)
    return after == (labels["before"] or {})


def row(name: str, found: dict[str, Any]) -> tuple[str, bool]:
    """A line of the table, and whether all is well."""
    if found["verdict"] in ("broken", "unbuildable"):
        return f"| {name} | - | - | - | {found['verdict']} |", found["verdict"] == "unbuildable"
    sizes = [f"{found[key] / 1e6:,.1f}" for key in ("size_before", "size_after", "saved_bytes")]
    if relabelled(found):
        found = {**found, "verdict": "same, MAINTAINER a label"}
    differs = "" if found["verdict"].startswith("same") else " " + ", ".join(found["detail"])
    good = found["saved_bytes"] >= 0 and found["verdict"].startswith("same")
    return f"| {name} | {' | '.join(sizes)} | {found['verdict']}{differs} |", good


def main() -> int:
    """One line for each example that a fix changes."""
    print("| Dockerfile | before, MB | after, MB | saved, MB | file system and configuration |\n|---|---|---|---|---|")
    bad = 0
    for dockerfile, context, options in examples(sys.argv[1:]):
        if "after" in dockerfile.name:
            continue
        after = fixed(dockerfile)
        if after.read_bytes() == dockerfile.read_bytes():
            continue
        name = context.name if dockerfile.name in ("Dockerfile", "before.Dockerfile") else dockerfile.stem
        line, good = row(name, compared(dockerfile, after, context, options))
        print(line, flush=True)
        bad += not good
    return int(bad > 0)


if __name__ == "__main__":
    sys.exit(main())
