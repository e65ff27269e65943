"""The hooks under the real pre-commit package, against a git repository of a user."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
BAD = "FROM debian:12\nRUN dd if=/dev/zero of=/a bs=1M count=1\nRUN rm /a\n"

pytestmark = [pytest.mark.network, pytest.mark.xdist_group("pre-commit")]


def git(where: Path, *words: str) -> str:
    command = ["git", "-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false", *words]
    return subprocess.run(command, cwd=where, check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture(scope="module")
def hooks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A git repository with this checkout as it lies here, committed or not."""
    copy = tmp_path_factory.mktemp("hooks") / "dockerlint"
    skip = shutil.ignore_patterns(".git", ".venv", "dist", "__pycache__", ".*_cache", ".hypothesis", "testdata")
    shutil.copytree(ROOT, copy, ignore=skip)
    git(copy, "init", "-q", "-b", "main")
    git(copy, "add", "-A")
    git(copy, "commit", "-q", "-m", "copy")
    return copy


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """pre-commit's own store is not the user's; git variables of an outer hook must not leak in."""
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
    return inherited | {"PRE_COMMIT_HOME": str(tmp_path_factory.mktemp("store")), "PRE_COMMIT_COLOR": "never"}


@pytest.fixture
def project(hooks: Path, tmp_path: Path) -> Path:
    """A user's repository: a bad Dockerfile, a good one, and a file that is none."""
    revision = git(hooks, "rev-parse", "HEAD")
    (tmp_path / ".pre-commit-config.yaml").write_text(
        f"repos:\n- repo: {hooks}\n  rev: {revision}\n  hooks:\n  - id: dockerlint\n  - id: dockerlint-fix\n"
    )
    (tmp_path / "Dockerfile").write_text(BAD)
    (tmp_path / "good").mkdir()
    (tmp_path / "good/Dockerfile").write_text("FROM scratch\nCOPY app /app\n")
    (tmp_path / "good/.dockerignore").write_text("*\n!app\n")
    (tmp_path / "notes.txt").write_text(BAD)
    git(tmp_path, "init", "-q", "-b", "main")
    git(tmp_path, "add", "-A")
    return tmp_path


def hook(project: Path, environment: dict[str, str], name: str, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pre_commit", "run", name, *(words or ("--all-files",))]
    return subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True)


def test_check_fails_on_a_bad_dockerfile_and_names_the_rule(project: Path, environment: dict[str, str]) -> None:
    result = hook(project, environment, "dockerlint")
    assert result.returncode == 1, result.stdout + result.stderr
    assert "removed-in-later-layer" in result.stdout
    assert "notes.txt" not in result.stdout
    assert (project / "Dockerfile").read_text() == BAD


def test_fix_repairs_it_and_then_both_pass(project: Path, environment: dict[str, str]) -> None:
    first = hook(project, environment, "dockerlint-fix")
    assert first.returncode == 1, first.stdout + first.stderr
    assert "files were modified by this hook" in first.stdout
    assert (project / "Dockerfile").read_text().count("RUN") == 1
    assert (project / "notes.txt").read_text() == BAD
    git(project, "add", "-A")
    again = hook(project, environment, "dockerlint-fix")
    assert again.returncode == 0, again.stdout + again.stderr
    checked = hook(project, environment, "dockerlint")
    assert "removed-in-later-layer" not in checked.stdout


def test_a_good_dockerfile_passes(project: Path, environment: dict[str, str]) -> None:
    result = hook(project, environment, "dockerlint", "--files", "good/Dockerfile")
    assert result.returncode == 0, result.stdout + result.stderr
    assert "Passed" in result.stdout
