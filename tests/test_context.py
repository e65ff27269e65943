"""What COPY and ADD would take from a folder, on real folders."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from dockerlint.catalogue import Rule
from dockerlint.catalogue import folder as pages
from dockerlint.catalogue.pages import read
from dockerlint.context import Context
from dockerlint.context.clutter import clutter
from dockerlint.context.sources import context_sources
from dockerlint.file import File
from dockerlint.lints.missing_dockerignore import check
from dockerlint.model.build import build
from dockerlint.source import Source
from dockerlint.syntax import parse


def rule(name: str) -> Rule:
    return read(pages() / f"{name}.yaml").rule


def fill(root: Path, **files: int | str) -> Path:
    """Files by path (``__`` for ``/``, ``_`` for ``.``): their length in bytes, or their text."""
    for name, content in files.items():
        put(root, name.replace("__", "/").replace("_", "."), content)
    return root


def put(root: Path, path: str, content: int | str = 1) -> None:
    target = root / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(b"x" * content if isinstance(content, int) else content.encode())


def paths(context: Context, source: str) -> list[str]:
    return sorted(e.path for e in context.taken(source).entries if not e.folder)


def test_the_whole_folder(tmp_path: Path) -> None:
    fill(tmp_path, a_txt=10, src__b_go=20, src__deep__c_go=30)
    taken = Context(tmp_path).taken(".")
    assert (taken.files, taken.bytes, taken.truncated) == (3, 60, False)


@pytest.mark.parametrize("source", [".", "./", "/", "", "src/..", "../../"])
def test_every_way_to_name_the_root(tmp_path: Path, source: str) -> None:
    fill(tmp_path, a=1, src__b=1)
    assert paths(Context(tmp_path), source) == ["a", "src/b"]


def test_a_file_a_folder_and_nothing(tmp_path: Path) -> None:
    fill(tmp_path, a=5, src__b=7)
    context = Context(tmp_path)
    assert (context.taken("a").files, context.taken("/a").bytes) == (1, 5)
    assert paths(context, "src/") == ["src/b"]
    assert context.taken("none").entries == ()
    assert (context.is_folder("src"), context.is_folder("a"), context.is_folder("none")) == (True, False, None)


def test_a_source_cannot_leave_the_folder(tmp_path: Path) -> None:
    fill(tmp_path, secret=9, inside__a=1)
    context = Context(tmp_path / "inside")
    assert not context.exists("../secret")
    assert context.taken("../secret").entries == ()


def test_wildcards(tmp_path: Path) -> None:
    fill(tmp_path, a_txt=1, b_txt=2, _env=4, sub__c_txt=8, sub__d_go=16, sub2__c_txt=32)
    context = Context(tmp_path)
    assert paths(context, "*.txt") == ["a.txt", "b.txt"]
    assert paths(context, "*/*.txt") == ["sub/c.txt", "sub2/c.txt"]
    assert paths(context, "sub/*.go") == ["sub/d.go"]
    assert paths(context, "su?") == ["sub/c.txt", "sub/d.go"]
    assert context.taken("*").files == 6
    assert context.taken("[").entries == ()


def test_the_ignore_file_is_in_force(tmp_path: Path) -> None:
    fill(tmp_path, a=1, logs__x=2, logs__keep=4, _dockerignore="logs\n!logs/keep\n.dockerignore\n")
    context = Context(tmp_path)
    assert context.has_dockerignore
    assert paths(context, ".") == ["a", "logs/keep"]
    assert paths(context, "logs") == ["logs/keep"]
    assert paths(context, "lo*") == ["logs/keep"]
    assert context.taken("logs/x").entries == ()
    assert (context.ignores("logs/x"), context.ignores("/logs/keep"), context.ignores("./a")) == (True, False, False)
    assert context.exists("logs/x")


def test_the_dockerfiles_own_ignore_file_comes_first(tmp_path: Path) -> None:
    fill(tmp_path, a=1, b=1, _dockerignore="a")
    put(tmp_path, "build/My.Dockerfile.dockerignore", "b")
    own = Context(tmp_path, tmp_path / "build" / "My.Dockerfile")
    assert own.dockerignore_path == tmp_path / "build" / "My.Dockerfile.dockerignore"
    assert (own.ignores("a"), own.ignores("b")) == (False, True)
    assert Context(tmp_path, tmp_path / "Dockerfile").dockerignore_path == tmp_path / ".dockerignore"


def test_an_empty_ignore_file_is_one_and_a_folder_of_that_name_is_none(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / ".dockerignore").touch()
    (tmp_path / "two" / ".dockerignore").mkdir(parents=True)
    assert Context(tmp_path / "one").has_dockerignore
    assert not Context(tmp_path / "two").has_dockerignore


def test_bytes_that_are_no_text_in_an_ignore_file(tmp_path: Path) -> None:
    put(tmp_path, "a")
    (tmp_path / ".dockerignore").write_bytes(b"\xff\xfe\n\xef\xbb\na\n")
    assert Context(tmp_path).ignores("a")


def test_links_are_stored_not_followed(tmp_path: Path) -> None:
    fill(tmp_path, outside__big=1000, root__a=1)
    root = tmp_path / "root"
    (root / "out").symlink_to("../outside")
    (root / "loop").symlink_to(".")
    taken = Context(root).taken(".")
    assert sorted(e.path for e in taken.entries) == ["a", "loop", "out"]
    assert taken.bytes == 1


def test_a_source_that_is_a_link_is_followed_inside_the_folder_only(tmp_path: Path) -> None:
    fill(tmp_path, outside__big=1000, root__real__f=5)
    root = tmp_path / "root"
    (root / "link").symlink_to("real")
    (root / "absolute").symlink_to("/real")  # the folder is the root for the builder
    (root / "out").symlink_to("../outside/big")
    (root / "circle").symlink_to("circle")
    context = Context(root)
    assert paths(context, "link") == ["real/f"]
    assert paths(context, "absolute/f") == ["real/f"]
    for source in ("out", "circle", "circle/x"):
        assert context.taken(source).entries == ()
        assert context.read_text(source, 10) is None


def test_a_sparse_file_counts_in_full(tmp_path: Path) -> None:
    with open(tmp_path / "disk.img", "wb") as file:
        file.truncate(10_000_000_000)
    assert Context(tmp_path).taken(".").bytes == 10_000_000_000


def test_the_walk_is_bounded_in_entries(tmp_path: Path) -> None:
    for i in range(40):
        put(tmp_path, f"d{i % 4}/f{i}")
    taken = Context(tmp_path, most_entries=20).taken(".")
    assert taken.truncated
    assert len(taken.entries) == 20


def test_the_walk_is_bounded_in_time(tmp_path: Path) -> None:
    for i in range(300):
        put(tmp_path, f"f{i}")
    assert Context(tmp_path, most_seconds=-1.0).taken(".").truncated


@pytest.mark.parametrize("pattern", [".", "*"])
def test_an_unreadable_folder_is_named(tmp_path: Path, pattern: str, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(tmp_path, a=1, locked__b=1)
    scandir = os.scandir

    def guarded(path: str | Path) -> object:
        if os.path.basename(path) == "locked":  # chmod 0 does not stop root
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", guarded)
    taken = Context(tmp_path).taken(pattern)
    assert taken.unreadable == ("locked",)
    assert taken.files == 1


def test_what_is_no_plain_file_is_neither_read_nor_counted(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    context = Context(tmp_path)
    assert context.read_text("pipe", 10) is None
    assert context.taken(".").bytes == 0


def test_reading_text(tmp_path: Path) -> None:
    fill(tmp_path, requirements_txt="flask\nrequests\n")
    (tmp_path / "raw").write_bytes(b"a\xff")
    context = Context(tmp_path)
    assert context.read_text("./requirements.txt", 5) == "flask"
    assert context.read_text("raw", 10) == "a\udcff"
    assert context.read_text(".", 10) is None
    assert context.read_text("none", 10) is None


@pytest.mark.parametrize("source", ["a\0b", "x" * 5000, "a/" * 3000, "\udcff"])
def test_impossible_names_are_just_not_there(tmp_path: Path, source: str) -> None:
    context = Context(tmp_path)
    assert not context.exists(source)
    assert context.taken(source).entries == ()
    assert context.taken(source + "*").entries == ()


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    context = Context(tmp_path / "none", tmp_path / "none" / "Dockerfile")
    assert not context.has_dockerignore
    assert context.taken(".").entries == ()


def test_each_source_is_walked_once(tmp_path: Path) -> None:
    fill(tmp_path, a=1)
    context = Context(tmp_path)
    first = context.taken(".")
    put(tmp_path, "later")
    assert context.taken("./") is first


def sources(context: Context, dockerfile: str) -> list[tuple[str, list[str]]]:
    graph = build(parse(dockerfile))
    return [(s.path, sorted(e.path for e in s.entries(context)[0])) for s in context_sources(graph)]


def test_sources_of_copy_and_add(tmp_path: Path) -> None:
    fill(tmp_path, a=1, b=1)
    context = Context(tmp_path)
    assert sources(context, "FROM x\nCOPY a ./b /dst/\nADD . /\n") == [("a", ["a"]), ("b", ["b"]), (".", ["a", "b"])]
    assert sources(context, 'FROM x\nARG D=a\nCOPY ["$D", "/dst"]\n') == [("a", ["a"])]
    assert sources(context, "FROM x\nCOPY --exclude=a . /\n") == [(".", ["b"])]


@pytest.mark.parametrize(
    "line",
    [
        "COPY --from=x . /",
        "ADD https://example.com/a.tgz /",
        "ADD git@example.com:a.git /",
        "COPY <<E /a\nx\nE",
        "ARG D\nCOPY $D /",
        "COPY a",
    ],
)
def test_what_is_no_source_in_the_context(tmp_path: Path, line: str) -> None:
    assert sources(Context(tmp_path), f"FROM x\n{line}\n") == []


def kinds(root: Path, *made: str) -> dict[str, tuple[str, int, int]]:
    return {c.path: (c.kind, c.files, c.bytes) for c in clutter(Context(root).taken(".").entries, made)}


def test_clutter_by_kind_with_all_that_is_in_it(tmp_path: Path) -> None:
    fill(tmp_path, _git__config=10, _git__objects__ab=20, app__main_py=5, _env=3, my__pyvenv_cfg=1, my__lib__z=2)
    put(tmp_path, "app/__pycache__/m.pyc", 7)
    put(tmp_path, "node_modules/x/node_modules/y", 100)
    assert kinds(tmp_path, "node_modules") == {
        ".git": ("version control", 2, 30),
        "app/__pycache__": ("cache", 1, 7),
        "node_modules": ("installed packages", 1, 100),
        "my": ("virtual environment", 2, 3),
    }


def test_what_is_no_clutter(tmp_path: Path) -> None:
    fill(tmp_path, _env_example=1, venv__notes_txt=1, target__x=1, dist__x=1, _gitignore=1, environment=1, Dockerfile=1)
    assert kinds(tmp_path, "build") == {}


def test_a_builds_output_is_clutter_only_where_the_file_builds(tmp_path: Path) -> None:
    fill(tmp_path, Cargo_toml=1, target__debug__x=9)
    assert kinds(tmp_path) == {}
    assert kinds(tmp_path, "target") == {"target": ("build output", 1, 9)}


def test_what_is_ignored_is_no_clutter(tmp_path: Path) -> None:
    fill(tmp_path, _git__config=10, _dockerignore=".git")
    assert kinds(tmp_path) == {}


def severities(root: Path, dockerfile: str) -> list[tuple[str, int | None]]:
    page = rule("missing-dockerignore")
    return [(f.severity.label, f.bytes) for f in check(File(Source(dockerfile), Context(root)), page)]


def test_without_a_context_there_is_no_finding() -> None:
    assert list(check(File(Source("FROM x\nCOPY . .\n")), rule("missing-dockerignore"))) == []


def test_waste_that_ships_is_a_warning_and_all_else_information(tmp_path: Path) -> None:
    fill(tmp_path, a=1)
    assert severities(tmp_path, "FROM x\nCOPY . .\n") == [("info", None)]
    fill(tmp_path, _git__config=10)
    assert severities(tmp_path, "FROM x\nCOPY . .\n") == [("warning", 10)]
    assert severities(tmp_path, "FROM x AS b\nCOPY . .\nFROM y\nCOPY --from=b /a /a\n") == [("info", None)]


def test_one_finding_where_most_is_taken(tmp_path: Path) -> None:
    put(tmp_path, "src/.git/a", 100)
    put(tmp_path, "lib/.git/b", 5)
    assert severities(tmp_path, "FROM x\nCOPY lib /lib\nCOPY src /src\n") == [("warning", 100)]
    assert severities(tmp_path, "FROM x\nCOPY lib /lib\nCOPY src /src\nADD / /all\n") == [("warning", 105)]
