"""Settings from files, what the CLI lays over them, and errors in one line."""

from __future__ import annotations

from pathlib import Path

import pytest

from dockerlint.config import ConfigError, Resolver, level, load, load_file, merge, nearest
from dockerlint.engine import check_paths
from dockerlint.findings import Severity
from dockerlint.settings import Settings
from test_catalogue import PAGE

FULL = """\
select: [PKG, maintainer-deprecated]
ignore: [DL3015]
extend-select: [SYN001]
severity:
  STY001: error
fail-on: never
context: ..
unsafe-fixes: true
joining: never
cache: mount
exclude: ["old/", "*.bak"]
format: json
"""


def yaml(folder: Path, text: str) -> Path:
    path = folder / ".dockerlint.yaml"
    path.write_text(text)
    return path


def test_every_key_is_read(tmp_path: Path) -> None:
    yaml(tmp_path, FULL)
    settings = load(tmp_path)
    assert settings.select == ("PKG", "maintainer-deprecated")
    assert settings.ignore == ("DL3015",)
    assert settings.extend_select == ("SYN001",)
    assert settings.severity == {"STY001": Severity.ERROR}
    assert settings.fail_on is None
    assert settings.context == str(tmp_path / "..")
    assert settings.unsafe_fixes
    assert (settings.joining, settings.cache, settings.format) == ("never", "mount", "json")
    assert settings.exclude == ("old/", "*.bak")
    assert settings.root == str(tmp_path)


def test_pyproject_says_the_same(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(
        '[tool.dockerlint]\nselect = ["PKG"]\nfail-on = "error"\nunsafe-fixes = true\n'
        '[tool.dockerlint.severity]\nSTY001 = "style"\n'
    )
    settings = load(tmp_path)
    assert settings.select == ("PKG",)
    assert settings.fail_on is Severity.ERROR
    assert settings.severity == {"STY001": Severity.STYLE}
    assert settings.unsafe_fixes


def test_nothing_found_means_the_defaults(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    settings = load(tmp_path)
    assert settings.select is None
    assert settings.fail_on is Severity.WARNING


def test_an_empty_file_ends_the_search_with_the_defaults(tmp_path: Path) -> None:
    yaml(tmp_path, "ignore: [PKG]\n")
    (tmp_path / "a").mkdir()
    yaml(tmp_path / "a", "# nothing yet\n")
    assert load(tmp_path / "a").ignore == ()


def test_the_nearest_file_counts_as_far_as_the_repository(tmp_path: Path) -> None:
    deep = tmp_path / "repo" / "a" / "b"
    deep.mkdir(parents=True)
    outer = yaml(tmp_path, "ignore: [PKG]\n")
    assert nearest(str(deep)) == str(outer)
    (tmp_path / "repo" / ".git").mkdir()
    assert nearest(str(deep)) is None, "a repository ends the search"
    inner = yaml(tmp_path / "repo", "ignore: [STY]\n")
    assert nearest(str(deep)) == str(inner)
    (tmp_path / "repo" / "a" / "pyproject.toml").write_text("[project]\nname = 'dockerlint-user'\n")
    assert nearest(str(deep)) == str(inner), "a pyproject.toml without our table is none of ours"
    (tmp_path / "repo" / "a" / "pyproject.toml").write_text("[tool.dockerlint]\n")
    assert nearest(str(deep)) == str(tmp_path / "repo" / "a" / "pyproject.toml")
    both = yaml(tmp_path / "repo" / "a", "")
    assert nearest(str(deep)) == str(both)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("selct: [PKG]", "unknown key `selct`; did you mean `select`?"),
        ("unsafe_fixes: true", "unknown key `unsafe_fixes`; did you mean `unsafe-fixes`?"),
        ("select: PKG", "select: must be a list of texts"),
        ("select: [1]", "select: must be a list of texts"),
        ("select: [apt-upgade]", "select: unknown rule `apt-upgade`; did you mean `apt-upgrade`?"),
        ("ignore: [DL9999]", "ignore: unknown rule `DL9999`"),
        ("severity: {apt-upgade: error}", "severity: unknown rule `apt-upgade`; did you mean `apt-upgrade`?"),
        (
            "severity: {STY001: eror}",
            "severity.STY001: `eror` is none of error, warning, info, style, never; did you mean `error`?",
        ),
        ("severity: {STY001: never}", "`never` is no severity"),
        ("severity: [STY001]", "severity: must be a mapping"),
        ("fail-on: errors", "fail-on: `errors` is none of"),
        ("joining: always", "joining: `always` is none of bytes-only, consecutive, never"),
        ("cache: mounts", "cache: `mounts` is none of cleanup, mount; did you mean `mount`?"),
        ("unsafe-fixes: 1", "unsafe-fixes: must be true or false"),
        ("context: 3", "context: must be text"),
        ("exclude: x", "exclude: must be a list of texts"),
        ("rules: {apt-upgrad: {}}", "rules: unknown rule `apt-upgrad`; did you mean `apt-upgrade`?"),
        ("rules: {PKG: {}}", "rules: `PKG` means several rules"),
        ("rules: {apt-upgrade: {x: 1}}", "rules.apt-upgrade: unknown option `x`"),
        ("rules: {apt-upgrade: 1}", "rules.apt-upgrade: must be a mapping"),
        ("- a", "must be a mapping of settings"),
        ("select: [", "line "),
        ("a: 1\na: 2", "line "),
    ],
)
def test_what_is_wrong_is_told_in_one_line(text: str, message: str, tmp_path: Path) -> None:
    path = yaml(tmp_path, text + "\n")
    with pytest.raises(ConfigError) as caught:
        load(tmp_path)
    assert message in str(caught.value)
    assert str(caught.value).startswith(str(path))
    assert "\n" not in str(caught.value)


def test_broken_files_are_told_too(tmp_path: Path) -> None:
    (tmp_path / ".dockerlint.yaml").write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match=r"\.dockerlint\.yaml"):
        load(tmp_path)
    (tmp_path / ".dockerlint.yaml").unlink()
    (tmp_path / "pyproject.toml").write_text("[tool.dockerlint\n")
    with pytest.raises(ConfigError, match=r"pyproject\.toml"):
        load(tmp_path)
    (tmp_path / "pyproject.toml").write_text("tool = 'dockerlint'\n")
    assert load(tmp_path).root is None
    (tmp_path / "pyproject.toml").write_text("[broken elsewhere\n")
    assert load(tmp_path).root is None, "a broken file that is not about us is not ours to report"


def test_options_of_rules_are_checked_against_the_page(tmp_path: Path) -> None:
    pages = tmp_path / ".dockerlint" / "rules"
    pages.mkdir(parents=True)
    how = "{type: str, default: all, help: h, choices: [all, first]}"
    option = f"options: {{least: {{type: int, default: 3, help: h}}, how: {how}}}\nwhy: |"
    (pages / "a-fault.yaml").write_text(PAGE.replace("why: |", option))
    yaml(tmp_path, "rules: {USR001: {least: 5}}\n")
    assert load(tmp_path).options == {"a-fault": {"least": 5}}
    for text, message in (
        ("least: '5'", "rules.a-fault.least: must be a whole number, not `5`"),
        ("least: true", "must be a whole number"),
        ("lest: 5", "unknown option `lest`; did you mean `least`?"),
        ("how: frist", "`frist` is none of all, first; did you mean `first`?"),
    ):
        yaml(tmp_path, f"rules: {{a-fault: {{{text}}}}}\n")
        with pytest.raises(ConfigError) as caught:
            load(tmp_path)
        assert message in str(caught.value)


def test_rules_of_the_project_are_found_from_below_and_run(tmp_path: Path) -> None:
    pages = tmp_path / ".dockerlint" / "rules"
    pages.mkdir(parents=True)
    (pages / "a-fault.yaml").write_text(PAGE)
    (tmp_path / "sub").mkdir()
    dockerfile = tmp_path / "sub" / "Dockerfile"
    dockerfile.write_text("FROM a\nRUN tool go\n")
    resolver = Resolver(overlay={"select": ["USR001"]})
    [result] = check_paths([str(dockerfile)], resolver.settings_for)
    assert [f.rule for f in result.findings] == ["a-fault"]
    (pages / "b-fault.yaml").write_text("code: 1\n")
    with pytest.raises(ConfigError, match=r"b-fault\.yaml: "):
        load(tmp_path / "sub")


def test_the_cli_lies_over_the_file(tmp_path: Path) -> None:
    yaml(tmp_path, FULL)
    settings = merge(
        load(tmp_path),
        select=["STY001"],
        ignore=["SYN001"],
        extend_select=None,
        fail_on=Severity.INFO,
        unsafe_fixes=None,
    )
    assert settings.select == ("STY001",)
    assert settings.ignore == ("DL3015", "SYN001")
    assert settings.extend_select == ("SYN001",)
    assert settings.fail_on is Severity.INFO
    assert settings.unsafe_fixes


def test_a_rule_selected_on_the_cli_is_freed_from_the_files_ignore(tmp_path: Path) -> None:
    yaml(tmp_path, "ignore: [STY001, DL3015]\n")
    assert merge(load(tmp_path), select=["DL4000"]).ignore == ("DL3015",)
    assert merge(load(tmp_path), select=["ALL"]).ignore == ("STY001", "DL3015")


def test_unknown_rules_on_the_cli() -> None:
    with pytest.raises(ConfigError, match=r"--extend-select: unknown rule `apt-upgade`; did you mean `apt-upgrade`\?"):
        merge(Settings(), extend_select=["apt-upgade"])
    with pytest.raises(ConfigError, match="--ignore: unknown rule ``"):
        merge(Settings(), ignore=[""])


def test_resolver_gives_each_folder_its_own_and_shares_what_is_the_same(tmp_path: Path) -> None:
    (tmp_path / "a" / "deep").mkdir(parents=True)
    (tmp_path / "b").mkdir()
    yaml(tmp_path, "ignore: [PKG]\n")
    yaml(tmp_path / "b", "ignore: [STY]\n")
    resolver = Resolver(overlay={"ignore": ["SYN"]})
    assert resolver.settings_for(str(tmp_path / "a" / "Dockerfile")).ignore == ("PKG", "SYN")
    assert resolver.settings_for(str(tmp_path / "b" / "Dockerfile")).ignore == ("STY", "SYN")
    assert resolver.settings_for(str(tmp_path / "x")) is resolver.settings_for(str(tmp_path / "a" / "deep" / "y"))


def test_isolated_and_named_files(tmp_path: Path) -> None:
    yaml(tmp_path, "ignore: [PKG]\n")
    other = tmp_path / "other.yaml"
    other.write_text("ignore: [STY]\n")
    path = str(tmp_path / "Dockerfile")
    assert Resolver(isolated=True).settings_for(path).ignore == ()
    assert Resolver(config=str(other)).settings_for(path).ignore == ("STY",)
    with pytest.raises(ConfigError, match="no such file"):
        Resolver(config=str(tmp_path / "none.yaml"))
    (tmp_path / "x.toml").write_text("")
    with pytest.raises(ConfigError, match=r"of TOML files only pyproject\.toml is read"):
        load_file(tmp_path / "x.toml")


def test_levels() -> None:
    assert level("never") is None
    assert level("style") is Severity.STYLE
    with pytest.raises(ConfigError, match=r"--fail-on: `warn` is none of .*; did you mean `warning`\?"):
        level("warn")
