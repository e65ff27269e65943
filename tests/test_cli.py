"""What golden folders cannot show: processes, terminals, pipes, permissions, and the two readers of arguments."""

from __future__ import annotations

import errno
import inspect
import io
import json
import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dockerlint
from dockerlint import __version__, catalogue, cli
from dockerlint.cli import arguments, front
from dockerlint.cli.arguments import build, command, parse, specs
from runner import run

WASTE = "FROM debian:12\nRUN dd if=/dev/zero of=/big bs=1MB count=100\nRUN rm /big\n"
CLEAN = 'FROM debian:12-slim\nCMD ["bash"]\n'
HERE = {**os.environ, "PYTHONPATH": str(Path(dockerlint.__file__).parent.parent)}
"""The environment of a process that runs this checkout."""
NAMES = ["check", "explain", "fix", "graph", "layers", "rules"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / ".git").mkdir()
    (tmp_path / "Dockerfile").write_text(WASTE)
    return tmp_path


def process(*argv: str, cwd: Path, **more: Any) -> subprocess.CompletedProcess[bytes]:
    command_line = [sys.executable, "-m", "dockerlint", *argv]
    return subprocess.run(command_line, cwd=cwd, capture_output=True, check=False, **{"env": HERE, **more})


def test_every_command_of_the_interface_is_there() -> None:
    app = front.application()
    assert sorted(c.name or "" for c in app.registered_commands) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_help_fits_a_screen(name: str, folder: Path) -> None:
    result = run(name, "--help", cwd=folder)
    assert result.exit == 0
    lines = result.out.decode().splitlines()
    assert len(lines) <= 40
    assert max(map(len, lines)) <= 100
    for spec in specs(found(name).arguments).values():
        assert (spec.name or spec.metavar) in result.out.decode()


def found(name: str) -> arguments.Command:
    there = command(name)
    assert there is not None
    return there


def test_the_first_help_names_all_commands(folder: Path) -> None:
    for argv, code in (((), 2), (("--help",), 0), (("-h",), 0)):
        result = run(*argv, cwd=folder)
        assert (result.exit, result.err) == (code, b"")
        assert all(f"\n  {name} " in result.out.decode() for name in NAMES)
        assert len(result.out.decode().splitlines()) <= 30


# The wording is Typer's and differs between its versions.
@pytest.mark.parametrize(
    ("line", "part"),
    [
        ("chekc Dockerfile", "chekc"),
        ("check --slect x", "--slect"),
        ("check --select", "--select"),
        ("check --isolated=1", "--isolated"),
        ("explain", "RULE"),
        ("explain a b", "(b)"),
        ("layers", "FILE"),
        ("--nonsense", "--nonsense"),
    ],
)
def test_a_command_line_that_makes_no_sense_is_one_error_line(line: str, part: str, folder: Path) -> None:
    result = run(*line.split(" "), cwd=folder)
    assert (result.exit, result.out) == (2, b"")
    error = result.err.decode()
    assert error.startswith("dockerlint: error: ")
    assert part in error
    assert error.endswith("--help`)\n")
    assert error.count("\n") == 1


@pytest.mark.parametrize("name", ["chekc", "__init__", "", "..check", "check.x", "session"])
def test_what_is_no_command_is_none(name: str) -> None:
    assert command(name) is None


SPELLINGS = [
    "check",
    "check -",
    "check a b --select X",
    "check --select X,Y --select=Z a",
    "check --isolated --format json --output o a b",
    "check --fail-on never -- a",
    "check --select=",
    "check --select= --context=",
    "fix --write --unsafe-fixes a",
    "fix a --write b",
    "explain DL3009",
    "rules",
    "rules test",
    "rules --format=json",
    "layers a --format json --context c",
    "graph a",
    "graph --format mermaid a",
    "layers -",
]


def by_typer(name: str, words: list[str], monkeypatch: pytest.MonkeyPatch) -> Any:
    """What Typer makes of the same words."""
    taken: list[Any] = []
    real = arguments.command

    def spy(which: str) -> arguments.Command | None:
        there = real(which)
        return there and arguments.Command(there.name, there.arguments, lambda given: taken.append(given) or 0)

    monkeypatch.setattr(front, "command", spy)
    assert front.front([name, *words]) == 0
    (given,) = taken
    return given


@pytest.mark.parametrize("line", SPELLINGS)
def test_the_quick_reader_and_typer_agree(line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    name, *words = line.split(" ")
    quick = parse(found(name).arguments, words)
    assert quick is None or quick == by_typer(name, words, monkeypatch)
    assert quick is not None or "--" in words


UNUSUAL = ["--help", "-h", "--", "--select", "--slect x", "--isolated=1", "--select --ignore x", "-x", "---", "--sel x"]


@pytest.mark.parametrize("words", UNUSUAL)
def test_the_quick_reader_leaves_the_unusual_to_typer(words: str) -> None:
    assert parse(found("check").arguments, words.split(" ")) is None


@pytest.mark.parametrize("line", ["explain", "explain a b", "graph", "rules test x", "layers a b"])
def test_the_quick_reader_counts_positional_arguments(line: str) -> None:
    name, *words = line.split(" ")
    assert parse(found(name).arguments, words) is None


@given(st.lists(st.sampled_from(["a", "-", "--select", "--select=x,y", "--isolated", "--write", "x", "--", "-h", ""])))
def test_the_quick_reader_never_raises(words: list[str]) -> None:
    for name in NAMES:
        given_arguments = parse(found(name).arguments, words)
        assert given_arguments is None or isinstance(given_arguments, found(name).arguments)


def test_lists_are_split_at_commas_and_empty_parts_dropped() -> None:
    made = build(found("check").arguments, {"select": ["a, b", ",", "c"], "paths": ["x,y"]})
    assert made.select == ("a", "b", "c")
    assert made.paths == ("x,y",)


def test_a_check_loads_nothing_heavy(folder: Path) -> None:
    (folder / "Dockerfile").write_text(CLEAN)
    code = (
        "import sys; from dockerlint.cli import main; code = main(['check', 'Dockerfile']); "
        "heavy = ('typer', 'click', 'rich', 'libcst', 'ruamel', 'pydantic', 'dockerfile_parse', 'dockerlint.fixer'); "
        "loaded = [m for m in heavy if m in sys.modules]; print(code, loaded)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, env=HERE)
    assert done.stdout.endswith("0 []\n"), done


def test_the_process_is_what_main_returns(folder: Path) -> None:
    result = process("check", "--isolated", "--format", "concise", "Dockerfile", "gone", cwd=folder)
    assert result.returncode == 2
    assert b"LAY001[removed-in-later-layer]" in result.stdout
    assert result.stderr == b"dockerlint: error: gone: no such file\n"
    assert process("--version", cwd=folder).stdout == f"dockerlint {__version__}\n".encode()


@pytest.mark.parametrize("locale", ["C", "POSIX", "C.UTF-8"])
def test_output_is_utf_8_under_every_locale(folder: Path, locale: str) -> None:
    (folder / "Dockerfile").write_bytes("FROM a\nMAINTAINER 中文 ".encode() + b"\xff\n")
    environment = {**HERE, "LC_ALL": locale, "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
    result = process("check", "--select", "STY001", cwd=folder, env=environment)
    assert "MAINTAINER 中文 \\xff" in result.stdout.decode()
    assert result.returncode == 1


def test_a_file_name_that_is_not_utf_8(folder: Path) -> None:
    name = os.fsdecode(b"Dockerfile.\xff\x1b")
    (folder / name).write_text(WASTE)
    result = run("check", "--select", "LAY001", "--format", "concise", name, cwd=folder)
    assert result.out.startswith(b"Dockerfile.\\xff\\x1b:3:5: LAY001")
    assert run("check", "--select", "LAY001", name, "gone" + name, cwd=folder).err.count(b"\x1b") == 0


def test_colour_is_for_terminals_whose_user_wants_it(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    argv = ("check", "--select", "LAY001", "Dockerfile")
    assert b"\x1b[" in run(*argv, cwd=folder, terminal=True).out
    assert b"\x1b[" not in run(*argv, cwd=folder).out
    run(*argv, "--output", "o", cwd=folder, terminal=True)
    assert b"\x1b[" not in (folder / "o").read_bytes()
    monkeypatch.setenv("TERM", "dumb")
    assert b"\x1b[" not in run(*argv, cwd=folder, terminal=True).out
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("NO_COLOR", "1")
    assert b"\x1b[" not in run(*argv, cwd=folder, terminal=True).out


HOSTILE = b"FROM a\x1b[2J\nMAINTAINER \x1b]0;x\x07\xc2\x9b \xe2\x80\xae\nRUN <<'\x1b[8m'\necho\n\x1b[8m\n"


@pytest.mark.parametrize("argv", ["check", "check --format concise", "check --format json", "layers", "graph", "fix"])
def test_a_hostile_file_does_nothing_to_a_terminal(argv: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    (folder / "Dockerfile").write_bytes(HOSTILE)
    result = run(*argv.split(" "), "Dockerfile", cwd=folder, terminal=True)
    assert result.exit in (0, 1)
    text = (result.out + result.err).decode()
    assert not any(char in text for char in "\x1b\x07\x9b\u202e")


def test_a_closed_pipe_ends_it_quietly(folder: Path) -> None:
    (folder / "Dockerfile").write_text("FROM a\n" + "MAINTAINER x\n" * 5000)
    line = f"{sys.executable} -m dockerlint check --select STY001 Dockerfile | head -1"
    done = subprocess.run(["bash", "-c", line], cwd=folder, capture_output=True, check=False, env=HERE)
    assert done.stdout.startswith(b"warning[STY001]")
    assert done.stderr == b""


def test_an_interrupt_ends_it_quietly(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("dockerlint.cli.commands.check.standard_input", interrupt)
    assert run("check", "-", cwd=folder) == (130, b"", b"")


def test_a_crash_is_not_taken_for_findings(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(*_: object) -> None:
        raise RuntimeError("two\nlines")

    monkeypatch.setattr("dockerlint.cli.commands.check.check_paths", crash)
    result = run("check", cwd=folder)
    assert result.exit == 2
    assert result.err.startswith(b"dockerlint: error: internal error, please report it: RuntimeError: two lines")
    monkeypatch.setenv("DOCKERLINT_DEBUG", "1")
    with pytest.raises(RuntimeError):
        run("check", cwd=folder)


@pytest.mark.parametrize("argv", ["check", "fix", "fix --write", "fix - --stdin-filename"])
def test_a_rule_that_breaks_down_does_not_pass_in_silence(
    argv: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: object) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr("dockerlint.engine.run.check_of", lambda _: crash)
    result = run(*argv.split(" "), "Dockerfile", "--select", "LAY001", cwd=folder, stdin=WASTE.encode())
    assert result.exit == 2
    assert b"dockerlint: error: Dockerfile: internal error in rule removed-in-later-layer: RuntimeError" in result.err


def test_a_file_that_vanishes_between_listing_and_reading(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from dockerlint.engine import batch

    real = batch.discover

    def listing(*given: Any) -> Any:
        yield from real(*given)
        yield "vanished"

    monkeypatch.setattr(batch, "discover", listing)
    result = run("check", "--select", "LAY001", "--format", "concise", cwd=folder)
    assert result.exit == 2
    assert result.out.startswith(b"Dockerfile:3:5: LAY001")
    assert result.err == b"dockerlint: error: vanished: no such file\n"


def test_a_line_of_fifty_megabytes(folder: Path) -> None:
    with (folder / "Dockerfile").open("wb") as file:
        file.write(b"FROM a\nRUN " + b"a" * 50_000_000)
    for name in ("check", "fix", "layers", "graph"):
        result = run(name, "Dockerfile", cwd=folder)
        assert (result.exit, result.out if name != "check" else b"") == (2, b"")
        assert result.err.startswith(b"dockerlint: error: Dockerfile: is longer than")
        assert len(result.err) < 200


def test_a_long_line_that_is_still_read(folder: Path) -> None:
    (folder / "Dockerfile").write_bytes(b"FROM a\nMAINTAINER " + b"a" * 60_000 + b"\nRUN rm /x\n")
    result = run("check", "--select", "STY001,SYN001", "Dockerfile", cwd=folder)
    assert result.exit == 1
    assert max(map(len, result.out.splitlines())) < 300


def test_a_file_that_may_not_be_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(*_: object) -> None:  # file modes would not stop root
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr("dockerlint.engine.files.open", denied, raising=False)
    result = run("check", cwd=folder)
    assert (result.exit, result.err) == (2, b"dockerlint: error: Dockerfile: may not be read (permission denied)\n")


def test_json_on_standard_output_is_one_document_even_with_errors(folder: Path) -> None:
    result = run("check", "--format", "json", "gone", "Dockerfile", cwd=folder)
    assert [file["path"] for file in json.loads(result.out)["files"]] == ["Dockerfile"]


def test_the_build_context_is_the_one_named(folder: Path) -> None:
    (folder / "Dockerfile").write_text("FROM scratch\nCOPY data /data\n")
    (folder / "ctx").mkdir()
    (folder / "ctx" / "data").write_bytes(b"x" * 4321)
    got = json.loads(run("layers", "--format", "json", "--context", "ctx", "Dockerfile", cwd=folder).out)
    assert got["stages"][0]["adds"] == {"bytes": 4321, "bytes_basis": "measured", "unknown": 0}
    without = json.loads(run("layers", "--format", "json", "Dockerfile", cwd=folder).out)
    assert without["stages"][0]["adds"]["bytes"] == 0
    assert without["stages"][0]["adds"]["unknown"] == 1


def test_fix_answers_a_terminal_with_the_whole_text(folder: Path) -> None:
    text = "FROM a\x1b\n# last"
    result = run("fix", "--select", "LAY001", "-", cwd=folder, stdin=text.encode(), terminal=True)
    assert (result.exit, result.out) == (0, b"FROM a\\x1b\n# last")


def test_fix_writes_and_a_second_run_changes_nothing(folder: Path) -> None:
    (folder / "Dockerfile").chmod(0o640)
    assert run("fix", "--select", "LAY001", "Dockerfile", cwd=folder).exit == 1
    assert (folder / "Dockerfile").read_text() == WASTE
    first = run("fix", "--select", "LAY001", "--write", "Dockerfile", cwd=folder)
    assert (first.exit, first.err) == (0, b"")
    after = (folder / "Dockerfile").read_text()
    assert after != WASTE
    assert stat.S_IMODE((folder / "Dockerfile").stat().st_mode) == 0o640
    assert run("fix", "--select", "LAY001", "Dockerfile", cwd=folder).exit == 0
    run("fix", "--select", "LAY001", "--write", "Dockerfile", cwd=folder)
    assert (folder / "Dockerfile").read_text() == after
    assert run("check", "--select", "LAY001", "Dockerfile", cwd=folder).exit == 0


def test_fix_s_diff_applies_and_gives_what_write_gives(folder: Path) -> None:
    for text in (WASTE, WASTE.replace("\n", "\r\n"), WASTE.rstrip("\n"), "\ufeff" + WASTE):
        data = text.encode()
        (folder / "Dockerfile").write_bytes(data)
        diff = run("fix", "--select", "LAY001", "Dockerfile", cwd=folder).out
        subprocess.run(["git", "init", "-q"], cwd=folder, check=True)
        subprocess.run(["git", "apply", "--whitespace=nowarn", "-"], cwd=folder, input=diff, check=True)
        by_diff = (folder / "Dockerfile").read_bytes()
        (folder / "Dockerfile").write_bytes(data)
        run("fix", "--select", "LAY001", "--write", "Dockerfile", cwd=folder)
        assert (folder / "Dockerfile").read_bytes() == by_diff != data
        piped = run("fix", "--select", "LAY001", "-", cwd=folder, stdin=data)
        assert (piped.exit, piped.out) == (0, by_diff)


def test_fix_of_bytes_that_are_not_utf_8(folder: Path) -> None:
    (folder / "a.Dockerfile").write_bytes(b"# \xff\n" + WASTE.encode() + b"# \xfe\n")
    result = run("fix", "--select", "LAY001", "--write", "a.Dockerfile", cwd=folder)
    assert result.exit == 0
    fixed = (folder / "a.Dockerfile").read_bytes()
    assert fixed.startswith(b"# \xff\n")
    assert fixed.endswith(b"# \xfe\n")
    assert fixed.count(b"RUN") == 1


def test_fix_goes_on_after_a_file_that_it_may_not_write(folder: Path) -> None:
    (folder / "a.Dockerfile").write_text(WASTE)
    os.link(folder / "a.Dockerfile", folder / "other")
    result = run("fix", "--select", "LAY001", "--write", "a.Dockerfile", "Dockerfile", cwd=folder)
    assert result.exit == 2
    assert result.err.startswith(b"dockerlint: error: a.Dockerfile: has 2 hard links")
    assert (folder / "a.Dockerfile").read_text() == WASTE
    assert (folder / "Dockerfile").read_text() != WASTE


def test_fix_writes_through_a_symbolic_link(folder: Path) -> None:
    (folder / "link").symlink_to("Dockerfile")
    run("fix", "--select", "LAY001", "--write", "link", cwd=folder)
    assert (folder / "link").is_symlink()
    assert (folder / "Dockerfile").read_text() != WASTE


def test_rules_lists_every_rule_by_code(folder: Path) -> None:
    listed = catalogue.rules()
    table = run("rules", cwd=folder).out.decode().splitlines()
    assert table[0].split() == ["CODE", "NAME", "SEVERITY", "FIX", "ALIASES"]
    assert [line.split()[:2] for line in table[1:]] == [[r.code, r.name] for r in sorted(listed, key=lambda r: r.code)]
    as_json = json.loads(run("rules", "--format", "json", cwd=folder).out)["rules"]
    assert {rule["name"]: (rule["fix"], rule["default"], tuple(rule["aliases"])) for rule in as_json} == {
        rule.name: (rule.fix, rule.default, rule.aliases) for rule in listed
    }


@pytest.mark.parametrize("rule", [rule.name for rule in catalogue.rules()])
def test_every_rule_can_be_explained(rule: str, folder: Path) -> None:
    result = run("explain", rule, cwd=folder)
    assert (result.exit, result.err) == (0, b"")
    text = result.out.decode()
    assert "\nWhy\n" in text
    assert "\nExample\n" in text
    assert "«" not in text


def test_rules_test_runs_a_project_s_own_pages(folder: Path) -> None:
    pages = folder / ".dockerlint" / "rules"
    pages.mkdir(parents=True)
    page = (
        "code: OWN001\nname: curl-used\nseverity: info\nfix: none\nsummary: curl is used.\n"
        "match:\n  command: [curl]\nmessage: '`curl` is used'\nwhy: We have wget.\n"
        "cases:\n  - name: It is\n    bad: |\n      FROM a\n      RUN «curl x»\n"
        "  - name: It is not\n    good: |\n      FROM a\n      RUN wget x\n"
    )
    (pages / "curl-used.yaml").write_text(page)
    listed = run("rules", "--format", "json", cwd=folder)
    assert "curl-used" in [rule["name"] for rule in json.loads(listed.out)["rules"]]
    assert b"We have wget." in run("explain", "OWN001", cwd=folder).out
    good = run("rules", "test", cwd=folder)
    assert b"curl-used" not in good.out
    (pages / "curl-used.yaml").write_text(page.replace("RUN wget x", "RUN curl x"))
    bad = run("rules", "test", cwd=folder)
    assert bad.exit == 1
    assert b"curl-used: It is not: good, but found" in bad.out
    (folder / "Dockerfile").write_text("FROM a\nRUN curl x\n")
    assert b"OWN001[curl-used]" in run("check", "--format", "concise", cwd=folder).out


def test_the_python_interface() -> None:
    assert dockerlint.parse(WASTE).text == WASTE
    (found_one,) = [f for f in dockerlint.check(WASTE) if f.code == "LAY001"]
    assert isinstance(found_one, dockerlint.Finding)
    assert found_one.bytes == 100_000_000
    result = dockerlint.fix(WASTE)
    assert isinstance(result, dockerlint.FixResult)
    assert result.text != WASTE
    assert "LAY001" in {f.code for f in result.applied}
    assert dockerlint.fix(result.text).text == result.text
    with pytest.raises(AttributeError):
        _ = dockerlint.nonsense  # type: ignore[attr-defined]


def test_the_python_interface_measures_a_context_when_given_one(folder: Path) -> None:
    (folder / "data").write_bytes(b"x" * 5000)
    text = "FROM debian\nCOPY data /data\nRUN rm /data\n"
    select = dockerlint.Settings(select=("LAY001",))
    (without,) = dockerlint.check(text, settings=select)
    (within,) = dockerlint.check(text, settings=select, context=folder)
    assert (without.bytes, within.bytes) == (None, 5000)


def test_every_public_name_can_be_had() -> None:
    for name in dockerlint.__all__:
        assert getattr(dockerlint, name) is not None
    assert inspect.signature(dockerlint.check).parameters.keys() == {"text", "path", "context", "settings"}
    assert cli.main is not None
    assert isinstance(sys.stdout, io.TextIOBase)
