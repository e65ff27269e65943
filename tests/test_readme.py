"""What the README shows is what the tool prints."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dockerlint.config import load_file
from readme import README, ROOT, blocks, commands, configs, played


@pytest.mark.parametrize("block", blocks(), ids=lambda block: next(commands(block)))
def test_the_output_shown_is_the_output(block: str) -> None:
    assert played(block) == block


@pytest.mark.parametrize(("name", "text"), configs(), ids=[name for name, _ in configs()])
def test_configuration_shown_is_accepted(name: str, text: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_text(text)
    load_file(path)


def test_the_two_commands_are_targets_of_the_makefile() -> None:
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(), re.M))
    shown = set(re.findall(r"^make (\w+)", README.read_text() + (ROOT / "CONTRIBUTING.md").read_text(), re.M))
    assert {"demo", "test"} <= shown <= targets


def test_every_file_that_documents_link_to_exists() -> None:
    for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "ARCHITECTURE.md"):
        for target in re.findall(r"\]\(([^)#]+)\)", (ROOT / name).read_text()):
            assert target.startswith("https://") or (ROOT / target).exists(), f"{name}: {target}"


def test_the_hook_ids_shown_are_those_of_the_hooks_file() -> None:
    ids = re.compile(r"- id: ([\w-]+)")
    assert ids.findall(README.read_text()) == ids.findall((ROOT / ".pre-commit-hooks.yaml").read_text())
