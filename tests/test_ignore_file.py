"""The ignore file that a fix makes or extends: what it may say, how it is shown, and how it is written."""

from __future__ import annotations

import os
import stat
import subprocess
from pathlib import Path

import pytest

from dockerlint.cli import main
from dockerlint.context import Context
from dockerlint.context.ignore import read
from dockerlint.context.named import Named, kept_on_purpose, names
from dockerlint.context.sources import context_sources
from dockerlint.edits import Companion
from dockerlint.fixer import FixResult, fix
from dockerlint.model.build import build
from dockerlint.settings import Settings
from dockerlint.source import Source
from dockerlint.syntax import parse
from dockerlint.verify.ignored import keeps_what_is_needed
from dockerlint.write import WriteError, create

COPY_ALL = "FROM python:3.12-slim\nCOPY . /app\n"


def put(root: Path, files: dict[str, str]) -> None:
    for name, content in files.items():
        target = root / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content.encode())


def fixed(root: Path, text: str = COPY_ALL, *rules: str) -> FixResult:
    put(root, {"Dockerfile": text})
    settings = Settings(select=rules or ("CTX",), unsafe_fixes=True, debug=True)
    return fix(Source(text), settings, Context(root, root / "Dockerfile"))


def lines(root: Path, text: str = COPY_ALL, *rules: str) -> set[str]:
    result = fixed(root, text, *rules)
    return set(result.companion.lines) - {"Dockerfile", ".dockerignore"} if result.companion is not None else set()


def run(monkeypatch: pytest.MonkeyPatch, root: Path, *arguments: str) -> int:
    monkeypatch.chdir(root)
    return main(["fix", "--isolated", "--select", "CTX", "--unsafe-fixes", *arguments])


def test_safe_fixes_alone_write_no_ignore_file(tmp_path: Path) -> None:
    put(tmp_path, {"a.txt": "1", ".git/HEAD": "1", "Dockerfile": COPY_ALL})
    result = fix(Source(COPY_ALL), Settings(select=("CTX",)), Context(tmp_path, tmp_path / "Dockerfile"))
    assert result.companion is None
    assert result.applied == ()


def test_the_findings_are_gone_with_the_new_file(tmp_path: Path) -> None:
    put(tmp_path, {".git/HEAD": "1", ".env": "TOKEN=abcdefg1", "a/__pycache__/x.pyc": "1", "a/x.py": "1"})
    result = fixed(tmp_path)
    assert result.companion is not None
    put(tmp_path, {".dockerignore": result.companion.after})
    assert fixed(tmp_path).companion is None
    assert [f.rule for f in result.applied] == ["missing-dockerignore"]
    assert sorted(e.path for e in Context(tmp_path).taken(".").entries if not e.folder) == ["a/x.py"]


NEEDED = [
    ("a file in it is copied by name", "COPY .git/HEAD /head", ".git"),
    ("it is copied", "COPY .git /repo/.git", ".git"),
    ("a wildcard means it", "COPY .g* /repo/", ".git"),
    ("it is mounted", "RUN --mount=type=bind,source=.git,target=/g ls /g", ".git"),
    ("all is mounted by a variable", "ARG D\nRUN --mount=type=bind,source=$D,target=/g ls /g", ".git"),
    ("a command asks for the version", "RUN git describe > version", ".git"),
    ("go is told to stamp it", "RUN go build -buildvcs=true ./...", ".git"),
    ("a source is not known", "ARG D\nCOPY $D /d", ".git"),
    ("a child image takes it", "ONBUILD COPY .git /g", ".git"),
]


@pytest.mark.parametrize(("line", "path"), [c[1:] for c in NEEDED], ids=[c[0] for c in NEEDED])
def test_what_is_needed_stays(tmp_path: Path, line: str, path: str) -> None:
    put(tmp_path, {".git/HEAD": "ref", "a.py": "1"})
    assert path not in lines(tmp_path, f"{COPY_ALL}{line}\n")


HISTORY = [
    ("setup.py", "from setuptools import setup\nsetup(use_scm_version=True, setup_requires=['setuptools_scm'])"),
    ("pyproject.toml", '[tool.hatch.version]\nsource = "vcs"\n[build-system]\nrequires = ["hatch-vcs"]'),
    ("Makefile", "VERSION := $(shell git describe)"),
    ("build.rs", 'Command::new("git")'),
    ("build.gradle", 'id "com.palantir.git-version"'),
    ("pom.xml", "<artifactId>git-commit-id-maven-plugin</artifactId>"),
    ("package.json", '{"scripts": {"build": "REV=$(git rev-parse HEAD) x"}}'),
    ("a.gemspec", "spec.files = `git ls-files`"),
    ("backend/setup.py", "import versioneer"),
]


@pytest.mark.parametrize(("name", "content"), HISTORY)
def test_a_build_file_that_asks_the_history(tmp_path: Path, name: str, content: str) -> None:
    put(tmp_path, {".git/HEAD": "ref", name: content})
    assert ".git" not in lines(tmp_path)


NO_HISTORY = [
    ("package.json", '{"repository": {"type": "git", "url": "git+https://x.example/a.git"}}'),
    ("pom.xml", "<scm><connection>scm:git:https://x.example/a.git</connection></scm>"),
    ("pyproject.toml", '[project.urls]\nsource = "https://github.com/a/b.git"'),
]


@pytest.mark.parametrize(("name", "content"), NO_HISTORY)
def test_a_build_file_that_only_speaks_of_it(tmp_path: Path, name: str, content: str) -> None:
    put(tmp_path, {".git/HEAD": "ref", name: content})
    assert ".git" in lines(tmp_path)


def test_a_script_that_asks_the_history(tmp_path: Path) -> None:
    put(tmp_path, {".git/HEAD": "ref", "build.sh": "git rev-parse HEAD"})
    assert ".git" in lines(tmp_path)
    assert ".git" not in lines(tmp_path, f"{COPY_ALL}RUN ./build.sh\n")
    assert ".git" not in lines(tmp_path, f"{COPY_ALL}RUN sh build.sh\n")


def test_another_dockerfile_beside_needs_it(tmp_path: Path) -> None:
    put(tmp_path, {".git/HEAD": "ref", "Dockerfile.dev": "FROM x\nCOPY .git /g\n"})
    assert ".git" not in lines(tmp_path)
    put(tmp_path, {"Dockerfile.dev": "FROM x\nCOPY a /g\n"})
    assert ".git" in lines(tmp_path)


@pytest.mark.parametrize("name", ["#hash~", "!bang~", "a*b~", "a[b~", "a\\b~", "a\nb~", "\x1b[31m~", " a~", "é~"])
def test_a_name_that_would_mean_more_is_not_written(tmp_path: Path, name: str) -> None:
    put(tmp_path, {name: "1", "b.swp~": "1"})
    found = lines(tmp_path)
    assert found == {"b.swp~"}


@pytest.mark.parametrize(
    ("source", "path", "means"),
    [
        (".git", ".git", True),
        (".git/HEAD", ".git", True),
        ("a", "a/.git", False),
        (".", ".git", False),
        ("*", ".git", False),
        (".*", ".git", True),
        ("*/*.js", "node_modules", False),
        ("node_*/x", "node_modules", True),
        ("n*", "node_modules/x", False),
        ("[", ".git", True),  # the builder stops there: in doubt it is meant
        (".git[", ".git", True),
    ],
)
def test_which_sources_mean_a_path(source: str, path: str, means: bool) -> None:
    assert names(source, path) is means


@pytest.mark.parametrize(
    ("text", "path", "meant"),
    [
        ("*\n!.git", ".git", True),
        ("*\n!.git/HEAD", ".git", True),
        ("*\n!src", "src/.idea", False),
        ("*\n!src/**", "src/.idea", False),
        ("*\n!**/*.pyc", "a/x.pyc", True),
        ("!**", ".git", False),
        (".git", ".git", False),
    ],
)
def test_which_exceptions_are_meant(text: str, path: str, meant: bool) -> None:
    assert kept_on_purpose(path, read(text)) is meant


def test_a_heredoc_speaks_too(tmp_path: Path) -> None:
    text = "FROM x\nCOPY . .\nRUN <<E cat\ncp .idea/x /y\nE\n"
    graph = build(parse(text))
    assert Named(graph, context_sources(graph), Context(tmp_path)).speaks_of(".idea")


# How it is added.


def test_lines_are_added_at_the_end_and_nothing_else_changes(tmp_path: Path) -> None:
    before = "\ufeff# ours\r\n*.md\r\n\r\n!README.md"
    put(tmp_path, {".dockerignore": before, ".git/HEAD": "1", "a.txt": "1"})
    result = fixed(tmp_path)
    assert result.companion is not None
    assert result.companion.after == before + "\r\n.git\r\n.dockerignore\r\nDockerfile\r\n"


def test_the_dockerfiles_own_ignore_file_is_extended(tmp_path: Path) -> None:
    put(tmp_path, {"Dockerfile.dockerignore": "*.md\n", ".dockerignore": "", ".git/HEAD": "1", "a.txt": "1"})
    result = fixed(tmp_path)
    assert result.companion is not None
    assert result.companion.path == str(tmp_path / "Dockerfile.dockerignore")


@pytest.mark.parametrize("target", ["../outside", "other", "none"])
def test_a_link_is_not_written_through(tmp_path: Path, target: str) -> None:
    root = tmp_path / "context"
    put(tmp_path, {"outside": "*.md\n", "context/other": "*.md\n", "context/.git/HEAD": "1"})
    (root / ".dockerignore").symlink_to(target)
    result = fixed(root)
    assert result.companion is None
    assert any("link" in f.withheld.reason or "regular" in f.withheld.reason for f in result.withheld if f.withheld)


def test_a_folder_of_that_name(tmp_path: Path) -> None:
    put(tmp_path, {".dockerignore/x": "1", ".git/HEAD": "1"})
    assert fixed(tmp_path).companion is None


def test_an_ignore_file_that_the_builder_refuses(tmp_path: Path) -> None:
    put(tmp_path, {".dockerignore": "[\n", ".git/HEAD": "1"})
    result = fixed(tmp_path)
    assert result.companion is None
    assert any("refuses" in f.withheld.reason for f in result.withheld if f.withheld)


# The gate of its own.


def gate(root: Path, *added: str, text: str = COPY_ALL, before: str | None = None) -> str:
    context = Context(root, root / "Dockerfile")
    companion = Companion(str(root / ".dockerignore"), before, added)
    return keeps_what_is_needed(text, companion, context, context.with_ignore_file(companion.path, companion.after))


MUTATIONS = [
    ("a source", ("app.py",), "would miss `app.py`"),
    ("a folder with sources", ("src",), "would miss `src`"),
    ("everything", ("*",), "more than one name"),
    ("a wildcard", ("**/*.py",), "more than one name"),
    ("an exception", (".git", "!.git"), "more than one name"),
    ("a comment", ("# .git",), "more than one name"),
    ("two lines in one", (".git\napp.py",), "more than one name"),
    ("a source among others", (".git", "node_modules", "app.py"), "would miss `app.py`"),
    ("too many", tuple(f"a{n}" for n in range(300)), "more than one name"),
]


@pytest.mark.parametrize(("added", "reason"), [m[1:] for m in MUTATIONS], ids=[m[0] for m in MUTATIONS])
def test_the_gate_refuses(tmp_path: Path, added: tuple[str, ...], reason: str) -> None:
    put(tmp_path, {"app.py": "1", "src/x.py": "1", ".git/HEAD": "1", "node_modules/x": "1"})
    assert reason in gate(tmp_path, *added)


def test_the_gate_refuses_what_a_copy_names(tmp_path: Path) -> None:
    put(tmp_path, {"dist/x.js": "1", "a.js": "1"})
    assert gate(tmp_path, "dist") == ""
    assert "would find nothing" in gate(tmp_path, "dist", text=f"{COPY_ALL}COPY dist /dist\n")
    assert "would find nothing" in gate(tmp_path, "dist", text="FROM x\nCOPY dist/*.js /dist/\n")


def test_the_gate_refuses_another_file_than_was_read(tmp_path: Path) -> None:
    put(tmp_path, {".git/HEAD": "1", "a.py": "1", ".dockerignore": "*.md\n"})
    assert gate(tmp_path, ".git", before="*.md\n") == ""
    assert "not the one" in gate(tmp_path, ".git", before="*.txt\n")
    assert "not the one" in gate(tmp_path, ".git")


def test_the_gate_refuses_a_source_that_is_not_known(tmp_path: Path) -> None:
    put(tmp_path, {".git/HEAD": "1"})
    assert "not known" in gate(tmp_path, ".git", text="FROM x\nARG D\nCOPY $D /d\n")


# Shown and written.


def test_the_diff_of_a_new_file_can_be_applied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    put(tmp_path, {"a.txt": "1", ".git/HEAD": "1", "Dockerfile": COPY_ALL})
    assert run(monkeypatch, tmp_path, "Dockerfile") == 1
    diff = capsys.readouterr().out
    assert diff.startswith("--- /dev/null\n+++ b/.dockerignore\n")
    assert not (tmp_path / ".dockerignore").exists()
    (tmp_path / "new.patch").write_text(diff)
    subprocess.run(["patch", "-p1", "-i", "new.patch"], cwd=tmp_path, check=True, capture_output=True)
    assert (tmp_path / ".dockerignore").read_text() == ".git\n.dockerignore\nDockerfile\n"


def test_it_is_written_beside_the_dockerfile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path, {"a.txt": "1", ".git/HEAD": "1", "Dockerfile": COPY_ALL})
    assert run(monkeypatch, tmp_path, "--write") == 0
    assert (tmp_path / ".dockerignore").read_text() == ".git\n.dockerignore\nDockerfile\n"
    assert (tmp_path / "Dockerfile").read_text() == COPY_ALL
    assert sorted(os.listdir(tmp_path)) == [".dockerignore", ".git", "Dockerfile", "a.txt"]
    assert run(monkeypatch, tmp_path) == 0


def test_two_dockerfiles_share_one_ignore_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path, {"a.txt": "1", ".git/HEAD": "1", "Dockerfile": COPY_ALL, "Dockerfile.b": COPY_ALL})
    assert run(monkeypatch, tmp_path, "--write") == 0
    assert (tmp_path / ".dockerignore").read_text() == ".git\n.dockerignore\nDockerfile\nDockerfile.b\n"


def test_standard_input_writes_no_other_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    put(tmp_path, {"a.txt": "1", ".git/HEAD": "1", "Dockerfile": COPY_ALL})
    monkeypatch.chdir(tmp_path)
    with open("Dockerfile", encoding="utf-8") as text:
        monkeypatch.setattr("sys.stdin", text)
        assert main(["fix", "--isolated", "--unsafe-fixes", "--write", "--stdin-filename", "Dockerfile", "-"]) == 0
    assert not (tmp_path / ".dockerignore").exists()
    shown = capsys.readouterr()
    assert shown.out.startswith("FROM python")
    assert ".dockerignore: would be changed as well" in shown.err


def test_a_file_that_appeared_meanwhile_is_not_replaced(tmp_path: Path) -> None:
    path = tmp_path / ".dockerignore"
    path.write_text("theirs")
    with pytest.raises(WriteError, match="exists now"):
        create(str(path), b"ours")
    assert path.read_text() == "theirs"
    assert os.listdir(tmp_path) == [".dockerignore"]


def test_a_dangling_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(WriteError, match="exists now"):
        create(str(tmp_path / "link"), b"ours")
    assert not (tmp_path / "elsewhere").exists()


def test_a_new_file_has_the_usual_mode(tmp_path: Path) -> None:
    mask = os.umask(0o027)
    try:
        create(str(tmp_path / "a"), b"x")
    finally:
        os.umask(mask)
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o640


def test_a_folder_that_is_gone(tmp_path: Path) -> None:
    with pytest.raises(WriteError, match="could not be made"):
        create(str(tmp_path / "none" / "a"), b"x")


def test_the_ignore_file_frees_another_fix_in_the_same_run(tmp_path: Path) -> None:
    put(tmp_path, {"package.json": "{}", "node_modules/x/y.js": "1", "server.js": "1"})
    result = fixed(tmp_path, "FROM node:22\nWORKDIR /app\nCOPY . .\nRUN npm install\n")
    assert result.text == "FROM node:22\nWORKDIR /app\nCOPY package.json ./\nRUN npm install\nCOPY . .\n"
    assert result.companion is not None
    assert "node_modules" in result.companion.lines
    assert [f.rule for f in result.applied] == ["missing-dockerignore", "dependencies-copied-with-source"]
