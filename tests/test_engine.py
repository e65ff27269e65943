"""Selection, dispatch, suppressions, broken rules, reading and finding files, parallel runs."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from dockerlint import catalogue
from dockerlint.catalogue.rule import from_head
from dockerlint.engine import FileError, check_paths, check_source, inspect
from dockerlint.engine import run as engine_run
from dockerlint.engine.batch import PARALLEL_FROM, Contexts
from dockerlint.engine.discover import NAME, below, discover
from dockerlint.engine.files import MOST_BYTES, read
from dockerlint.engine.selection import SHARED, plan
from dockerlint.findings import Finding, Severity
from dockerlint.record import replace
from dockerlint.settings import Settings
from dockerlint.source import Source, Span

MAINTAINER = "FROM debian:12\nMAINTAINER Jane\n"
MINE = ("STY001", "PKG002", "PKG004", "SYN001")
ONLY = Settings(select=MINE)


def rules_in(text: str, settings: Settings = ONLY) -> list[str]:
    return [f.rule for f in check_source(Source(text), settings)]


def test_findings_carry_code_aliases_and_severity() -> None:
    [finding] = check_source(Source(MAINTAINER), ONLY)
    assert (finding.code, finding.severity) == ("STY001", Severity.WARNING)
    assert finding.aliases == ("DL4000", "MaintainerDeprecated")


def test_findings_are_sorted_by_place_not_by_rule() -> None:
    text = "FROM debian:12\nRUN apt-get install -y vim\nMAINTAINER x\nRUNN\nRUN apt-get upgrade\n"
    assert rules_in(text) == ["apt-recommends-installed", "maintainer-deprecated", "syntax-error", "apt-upgrade"]


def test_a_file_that_does_not_parse_is_still_linted() -> None:
    findings = check_source(Source("FROM debian:12\nRUNN x\nMAINTAINER Jane\n"), ONLY)
    assert [(f.rule, f.severity.label) for f in findings] == [
        ("syntax-error", "error"),
        ("maintainer-deprecated", "warning"),
    ]
    assert "did you mean `RUN`" in findings[0].message


def test_an_unknown_instruction_below_a_run_may_be_a_lost_continuation() -> None:
    [finding] = check_source(Source("FROM a\nRUN a &&\nrm b\n"), ONLY)
    assert finding.message.endswith("unknown instruction: RM; does the line above lack a `\\` at its end?")
    [finding] = check_source(Source("FROM a\nrm b\n"), ONLY)
    assert finding.message.endswith("unknown instruction: RM")


@pytest.mark.parametrize(
    "selector", ["STY001", "sty001", "maintainer-deprecated", "DL4000", "STY", "DL4", "MaintainerDeprecated"]
)
def test_rules_are_selected_by_code_name_alias_and_prefix(selector: str) -> None:
    assert rules_in(MAINTAINER, Settings(select=(selector,))) == ["maintainer-deprecated"]
    assert rules_in(MAINTAINER, Settings(select=("ALL",), ignore=(selector, "IMG", "CTX"))) == []


def test_a_letter_of_a_buildkit_check_is_no_prefix() -> None:
    assert catalogue.find("M") == ()
    assert catalogue.find("Maint") == ()


def test_extend_select_adds_and_ignore_wins() -> None:
    off = user_rule("off-by-default", default=False)
    base = Settings(select=("SYN001",), user_rules=(off,))
    assert rules_in(MAINTAINER, base) == []
    assert rules_in(MAINTAINER, replace(base, extend_select=("USR001",))) == ["off-by-default"]
    assert rules_in(MAINTAINER, replace(base, extend_select=("USR001",), ignore=("USR",))) == []
    assert "off-by-default" not in {r.name for r in plan(Settings(user_rules=(off,))).rules}
    assert "off-by-default" in {r.name for r in plan(Settings(select=("ALL",), user_rules=(off,))).rules}


def test_severity_is_overridden_by_the_closest_selector() -> None:
    settings = Settings(select=MINE, severity={"STY001": Severity.ERROR, "STY": Severity.INFO})
    assert [f.severity for f in check_source(Source(MAINTAINER), settings)] == [Severity.ERROR]


def test_options_have_the_defaults_of_the_page_and_the_shared_settings() -> None:
    rule = user_rule("with-option", options={"least": {"type": "int", "default": 3, "help": "x"}})
    made = plan(Settings(user_rules=(rule,), joining="never"))
    assert made.options["with-option"] == {"least": 3}
    assert made.options[SHARED] == {"joining": "never", "joined": "chain", "cache": "cleanup"}
    changed = plan(Settings(user_rules=(rule,), options={"with-option": {"least": 5}}))
    assert changed.options["with-option"] == {"least": 5}


@pytest.mark.parametrize(
    "comment",
    [
        "# dockerlint: ignore=STY001 the licence wants it",
        "# dockerlint: ignore=maintainer-deprecated",
        "#dockerlint:ignore=PKG002,STY001",
        "# dockerlint: ignore=PKG002, DL4000 for a reason",
        "# dockerlint: ignore=STY",
        "# dockerlint: ignore=all",
        "# hadolint ignore=DL4000,SC2046",
        "# hadolint ignore=SC2046 , DL4000",
        "# dockerlint: ignore=STY001\n# another comment\n\n# and one more",
    ],
)
def test_a_comment_before_the_instruction_silences_it(comment: str) -> None:
    assert rules_in(f"FROM debian:12\n{comment}\nMAINTAINER Jane\n") == []


@pytest.mark.parametrize(
    "comment",
    [
        "# dockerlint: ignore=STY002",
        "# dockerlint ignore=STY001",
        "# ignore=STY001",
        "# hadolint ignore=DL400x",
        "# please do not ignore STY001",
        "# dockerlint: ignore=",
    ],
)
def test_other_comments_silence_nothing(comment: str) -> None:
    assert rules_in(f"FROM debian:12\n{comment}\nMAINTAINER Jane\n") == ["maintainer-deprecated"]


def test_a_suppression_covers_one_instruction_alone() -> None:
    text = "FROM debian:12\n# dockerlint: ignore=STY001\nMAINTAINER Jane\nMAINTAINER John\n"
    [finding] = check_source(Source(text), ONLY)
    assert finding.span.start == text.index("MAINTAINER John")
    after = "FROM debian:12\nMAINTAINER Jane\n# dockerlint: ignore=STY001\nMAINTAINER John\n"
    assert [f.span.start for f in check_source(Source(after), ONLY)] == [after.index("MAINTAINER")]


def test_a_comment_inside_a_continued_instruction_counts_for_it() -> None:
    text = "FROM debian:12\nRUN apt-get update \\\n # hadolint ignore=DL3005\n && apt-get upgrade -y\n"
    assert rules_in(text) == []
    assert rules_in(text.replace("hadolint ", "")) == ["apt-upgrade"]


@pytest.mark.parametrize("comment", ["# dockerlint: ignore-file=STY001 why", "# hadolint global ignore=DL3008,DL4000"])
def test_a_file_wide_comment_counts_wherever_it_stands(comment: str) -> None:
    assert rules_in(f"{comment}\n{MAINTAINER}MAINTAINER John\n") == []
    assert rules_in(f"{MAINTAINER}MAINTAINER John\n{comment}\n") == []


def test_buildkits_check_directive_silences_by_alias() -> None:
    assert rules_in(f"# check=skip=JSONArgsRecommended,MaintainerDeprecated;error=true\n{MAINTAINER}") == []
    assert rules_in(f"# check=skip=JSONArgsRecommended\n{MAINTAINER}") == ["maintainer-deprecated"]
    assert rules_in(f"# check=error=true\n{MAINTAINER}") == ["maintainer-deprecated"]
    assert rules_in(f"{MAINTAINER}# check=skip=MaintainerDeprecated\n") == ["maintainer-deprecated"]


def test_skip_all_means_buildkits_checks_and_leaves_ours() -> None:
    text = f"# check=skip=all\n{MAINTAINER}RUN apt-get upgrade\n"
    assert rules_in(text) == ["apt-upgrade"]


def test_suppressed_findings_are_counted() -> None:
    assert inspect(Source(f"{MAINTAINER}# dockerlint: ignore=STY\nMAINTAINER John\n"), ONLY).suppressed == 1


def user_rule(name: str, **more: object) -> catalogue.Rule:
    head = {
        "code": "USR001",
        "name": name,
        "severity": "warning",
        "fix": "none",
        "summary": "x",
        "message": "{keyword} is here",
        "match": {"instruction": ["MAINTAINER"]},
        "triggers": {"instructions": ["MAINTAINER"]},
    }
    return from_head({**head, **more})


def test_a_rule_that_breaks_down_takes_no_other_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = user_rule("broken-rule", module="none_such", match=None)
    settings = Settings(select=("broken-rule", "STY001"), user_rules=(broken,))
    done = inspect(Source(MAINTAINER, "x/Dockerfile"), settings)
    assert [f.rule for f in done.findings] == ["maintainer-deprecated"]
    [error] = done.errors
    assert error.path == "x/Dockerfile"
    assert error.message.startswith("internal error in rule broken-rule: ModuleNotFoundError")
    assert "\n" not in error.message
    with pytest.raises(ModuleNotFoundError):
        inspect(Source(MAINTAINER), replace(settings, debug=True))


def test_a_rule_that_breaks_down_is_reported_once(tmp_path: Path) -> None:
    broken = user_rule("broken-rule", module="none_such", match=None)
    tree(tmp_path, "a", "b", "c")
    names = [str(tmp_path / name) for name in ("gone", "a", "b", "gone-too", "c")]
    results = list(check_paths(names, Settings(select=("broken-rule",), user_rules=(broken,))))
    assert [[e.rule for e in r.errors] for r in results] == [[""], ["broken-rule"], [], [""], []]


def test_a_crash_halfway_keeps_the_run_going(monkeypatch: pytest.MonkeyPatch) -> None:
    def check(_file: object, _rule: object) -> list[object]:
        raise RecursionError("too\ndeep")

    monkeypatch.setattr(engine_run, "check_of", lambda _rule: check)
    done = inspect(Source(MAINTAINER), ONLY)
    assert done.findings == ()
    assert [e.message for e in done.errors] == [
        "internal error in rule maintainer-deprecated: RecursionError: too deep"
    ]


def test_a_module_is_imported_only_when_its_trigger_occurs() -> None:
    script = (
        "import sys\n"
        "from dockerlint.engine import check_source\n"
        "from dockerlint.settings import Settings\n"
        "from dockerlint.source import Source\n"
        "def run(text): check_source(Source(text), Settings(select=('PKG002', 'SYN001')))\n"
        "def has(name): return name in sys.modules\n"
        "run('FROM debian\\nRUN echo apt\\n')\n"  # the word occurs, the command does not
        "assert not has('dockerlint.lints.apt_recommends_installed'), 'apt'\n"
        "run('FROM debian\\nCOPY a b\\n')\n"
        "assert not has('dockerlint.lints.syntax_error'), 'syntax'\n"
        "run('FROM debian\\nRUN apt install x\\nRUNN\\n')\n"
        "assert has('dockerlint.lints.apt_recommends_installed')\n"
        "assert has('dockerlint.lints.syntax_error')\n"
        "heavy = [m for m in ('libcst', 'ruamel.yaml', 'rich', 'typer', 'pathspec', 'difflib') if has(m)]\n"
        "assert heavy in ([], ['difflib']), heavy\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


def test_reading_says_in_one_line_what_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "binary").write_bytes(b"FROM a\0b")
    (tmp_path / "utf16").write_bytes("FROM a\n".encode("utf-16"))
    (tmp_path / "long").write_bytes(b"# x\n" * (MOST_BYTES // 4 + 1))
    (tmp_path / "loop").symlink_to("loop")
    wanted = {
        "folder": "is a folder",
        "binary": "is a binary file",
        "utf16": "is UTF-16",
        "long": "is longer than 8 MB",
        "loop": "symbolic link that leads to itself",
        "missing": "no such file",
        "folder/x/y": "no such file",
        "nul\0": "no such file",
        "n" * 400: "no such file",
    }
    for name, message in wanted.items():
        found = read(str(tmp_path / name))
        assert isinstance(found, FileError), name
        assert message in found.message
        assert "\n" not in found.message


@pytest.mark.parametrize(("code", "message"), [(errno.EACCES, "permission"), (errno.EIO, "could not be read")])
def test_a_file_that_may_not_be_read(code: int, message: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: object) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr("builtins.open", refuse)
    found = read("Dockerfile")
    assert isinstance(found, FileError)
    assert message in found.message


def test_broken_utf8_is_linted(tmp_path: Path) -> None:
    path = tmp_path / "Dockerfile"
    path.write_bytes(b"FROM debian\n# \xff\xfe caf\xe9\nMAINTAINER \xe9\n")
    [result] = check_paths([str(path)], ONLY)
    assert [f.rule for f in result.findings] == ["maintainer-deprecated"]
    assert result.source is not None
    assert result.source.text.encode("utf-8", "surrogateescape") == path.read_bytes()


def test_one_bad_file_leaves_the_others(tmp_path: Path) -> None:
    good = tmp_path / "Dockerfile"
    good.write_text(MAINTAINER)
    results = list(check_paths([str(tmp_path / "gone"), str(good)], ONLY))
    assert [len(r.findings) for r in results] == [0, 1]
    assert [[e.message for e in r.errors] for r in results] == [["no such file"], []]


@pytest.mark.parametrize(
    ("name", "taken"),
    [
        ("Dockerfile", True),
        ("Dockerfile.dev", True),
        ("api.Dockerfile", True),
        ("Containerfile", True),
        ("Containerfile.old", True),
        ("Dockerfile.dockerignore", False),
        ("dockerfile", False),
        ("Dockerfiles", False),
        ("Dockerfile.", False),
        (".Dockerfile", False),
        ("notes.md", False),
    ],
)
def test_names_that_discovery_takes(name: str, taken: bool) -> None:
    assert (NAME.fullmatch(name) is not None) == taken


def tree(root: Path, *names: str) -> None:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(MAINTAINER)


def found(root: Path) -> list[str]:
    return [os.path.relpath(p, root) for p in below(str(root))]


def test_discovery_is_sorted_and_goes_down(tmp_path: Path) -> None:
    tree(
        tmp_path,
        "b/Dockerfile",
        "a/x.Dockerfile",
        "Dockerfile",
        "a/README",
        ".devcontainer/Dockerfile",
        ".git/Dockerfile",
    )
    (tmp_path / "c" / "Dockerfile").mkdir(parents=True)
    assert found(tmp_path) == ["Dockerfile", ".devcontainer/Dockerfile", "a/x.Dockerfile", "b/Dockerfile"]


def test_discovery_honours_gitignore_files(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    tree(tmp_path, "vendor/Dockerfile", "a/Dockerfile", "a/Dockerfile.old", "b/Dockerfile.old", "a/deep/out/Dockerfile")
    (tmp_path / ".gitignore").write_text("vendor/\n*.old\nout\n")
    (tmp_path / "b" / ".gitignore").write_text("!Dockerfile.old\n")
    assert found(tmp_path) == ["a/Dockerfile", "b/Dockerfile.old"]
    assert found(tmp_path / "a") == ["Dockerfile"], "a .gitignore above the folder counts, too"


def test_gitignore_above_counts_only_inside_a_repository(tmp_path: Path) -> None:
    tree(tmp_path, "a/Dockerfile")
    (tmp_path / ".gitignore").write_text("*\n")
    assert found(tmp_path / "a") == ["Dockerfile"]
    assert found(tmp_path) == []


def test_a_gitignore_line_that_git_would_not_understand_is_left_out(tmp_path: Path) -> None:
    tree(tmp_path, "Dockerfile", "x/Dockerfile")
    (tmp_path / ".gitignore").write_bytes(b"!\nx/\n\xff\n")
    assert found(tmp_path) == ["Dockerfile"]


def test_links_to_folders_are_not_followed(tmp_path: Path) -> None:
    tree(tmp_path, "a/Dockerfile")
    (tmp_path / "a" / "loop").symlink_to(tmp_path)
    (tmp_path / "b").symlink_to(tmp_path / "a")
    (tmp_path / "Dockerfile").symlink_to(tmp_path / "a" / "Dockerfile")
    (tmp_path / "Dockerfile.gone").symlink_to(tmp_path / "nowhere")
    assert found(tmp_path) == ["Dockerfile", "a/Dockerfile"]


def test_a_path_by_name_is_taken_whatever_its_name_and_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tree(tmp_path, "odd.txt", "Dockerfile")
    monkeypatch.chdir(tmp_path)
    assert list(discover(["odd.txt", ".", "./Dockerfile"], lambda _path: ONLY)) == ["odd.txt", "Dockerfile"]


def test_exclude_leaves_out_what_is_found_not_what_is_named(tmp_path: Path) -> None:
    tree(tmp_path, "a/Dockerfile", "old/Dockerfile")
    settings = replace(ONLY, exclude=("old/",), root=str(tmp_path))
    paths = [str(tmp_path), str(tmp_path / "old" / "Dockerfile")]
    assert [os.path.relpath(p, tmp_path) for p in discover(paths[:1], lambda _p: settings)] == ["a/Dockerfile"]
    assert len(list(discover(paths, lambda _p: settings))) == 2


def test_many_files_give_the_same_in_parallel_and_in_order(tmp_path: Path) -> None:
    paths = []
    for i in range(PARALLEL_FROM + 20):
        path = tmp_path / f"f{i:03}"
        path.write_text(MAINTAINER * (i % 3))
        paths.append(str(path))
    paths.insert(7, str(tmp_path / "gone"))
    one = list(check_paths(paths, ONLY, workers=1))
    two = list(check_paths(paths, ONLY, workers=2))
    assert [r.path for r in two] == paths
    assert [(r.findings, r.errors) for r in one] == [(r.findings, r.errors) for r in two]
    assert sum(len(r.findings) for r in two) > PARALLEL_FROM // 2


def test_settings_may_differ_by_path(tmp_path: Path) -> None:
    tree(tmp_path, "a/Dockerfile", "b/Dockerfile")
    off = replace(ONLY, ignore=("STY001",))
    results = check_paths([str(tmp_path)], lambda path: off if f"{os.sep}b{os.sep}" in path else ONLY)
    assert [len(r.findings) for r in results] == [1, 0]


def test_files_of_a_folder_share_their_context_but_for_an_ignore_file_of_their_own(tmp_path: Path) -> None:
    tree(tmp_path, "a/Dockerfile", "a/Dockerfile.dev", "a/Dockerfile.own", "b/Dockerfile")
    (tmp_path / "a" / "Dockerfile.own.dockerignore").write_text("*\n")
    contexts = Contexts()
    shared, dev, own, other = (
        contexts.of(str(tmp_path / name), ONLY)
        for name in ("a/Dockerfile", "a/Dockerfile.dev", "a/Dockerfile.own", "b/Dockerfile")
    )
    assert shared is dev
    assert own is not shared
    assert own.has_dockerignore
    assert not shared.has_dockerignore
    assert other.folder == tmp_path / "b"
    one = replace(ONLY, context=str(tmp_path))
    assert contexts.of(str(tmp_path / "a" / "Dockerfile"), one) is contexts.of(str(tmp_path / "b" / "Dockerfile"), one)


def test_a_rule_may_think_less_of_a_finding_unless_the_user_chose(monkeypatch: pytest.MonkeyPatch) -> None:
    def check(file: object, rule: catalogue.Rule) -> list[Finding]:
        return [Finding(rule.name, Span(0, 4), "x", severity=Severity.INFO)]

    monkeypatch.setattr(engine_run, "check_of", lambda _rule: check)
    assert [f.severity for f in check_source(Source(MAINTAINER), Settings(select=("STY001",)))] == [Severity.INFO]
    chosen = Settings(select=("STY001",), severity={"STY": Severity.ERROR})
    assert [f.severity for f in check_source(Source(MAINTAINER), chosen)] == [Severity.ERROR]


@pytest.mark.parametrize(
    "comment",
    [
        '# NOTE: THIS DOCKERFILE IS GENERATED VIA "apply-templates.sh"\n# PLEASE DO NOT EDIT IT DIRECTLY.',
        "# This file is automatically generated from .m4 template.",
        "# @generated",
        "# Generated from https://example.com/Containerfile.gotpl",
    ],
)
def test_a_generated_file_is_reported_on_and_left_to_its_template(comment: str) -> None:
    body = "FROM debian:12\nRUN fallocate -l 1M /x\nRUN rm /x\n"
    (found,) = check_source(Source(f"{comment}\n{body}"), Settings(select=("LAY001",)))
    assert found.bytes == 1 << 20
    assert found.fix is None
    assert found.withheld is not None
    assert "generated" in found.withheld.reason
    # said of something else, or later in the file, it means nothing
    for text in (f"# secrets are generated at start\n{body}", f"{body}{comment}\n"):
        assert check_source(Source(text), Settings(select=("LAY001",)))[0].fix is not None


def test_a_part_of_a_file_is_linted_and_not_fixed() -> None:
    found = {f.rule: f for f in check_source(Source("RUN apt-get update && apt-get install -y curl\n"), Settings())}
    assert "syntax-error" in found
    lists = found["apt-lists-left-behind"]
    assert lists.fix is None
    assert lists.withheld is not None
    assert "no FROM" in lists.withheld.reason
