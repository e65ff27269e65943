"""The rule book: heads, pages, their checks, and the `match:` and `edit:` language."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import dockerfile
import pytest

from dockerlint import catalogue
from dockerlint.catalogue.compile import compiled, main, user_rules
from dockerlint.catalogue.pages import Page, head, read
from dockerlint.catalogue.rule import from_head
from dockerlint.catalogue.schema import PageError
from dockerlint.catalogue.template import quoted
from dockerlint.costs import cost, package_cost, recommends_cost
from dockerlint.edits import apply
from dockerlint.engine import cases, check_source
from dockerlint.findings import Finding
from dockerlint.settings import Settings
from dockerlint.source import Source
from dockerlint.syntax.expansion import expand

PAGE = """\
code: USR001
name: a-fault
severity: warning
fix: none
summary: Something is wrong.
message: "`{command} {subcommand}` is wrong"
match:
  command: [tool]
  subcommand: [go]
why: |
  Because.
cases:
  - name: The fault
    bad: |
      FROM a
      RUN «tool go»
  - name: No fault
    good: |
      FROM a
      RUN tool stop
"""


def write(folder: Path, text: str, name: str = "a-fault") -> Path:
    path = folder / f"{name}.yaml"
    path.write_text(text)
    return path


def findings(text: str, match: dict[str, Any], edit: dict[str, Any] | None = None, fix: str = "safe") -> list[Finding]:
    data = {
        "code": "USR001",
        "name": "a-fault",
        "severity": "warning",
        "fix": fix if edit else "none",
        "summary": "x",
        "message": "{text}",
        "match": match,
    }
    if edit:
        data["edit"] = edit
    rule = from_head(head(data))
    return check_source(Source(text), Settings(select=("USR001",), user_rules=(rule,), debug=True))


def marked(text: str, match: dict[str, Any]) -> None:
    """Assert that the rule finds just what is «marked» in `text`."""
    bare, spans = cases.marks(text)
    assert [f.span for f in findings(bare, match)] == spans


def fixed(text: str, match: dict[str, Any], edit: dict[str, Any]) -> str:
    """The text after the one finding's fix; the reason in brackets when it is withheld."""
    [finding] = findings(text, match, edit)
    if finding.fix is None:
        assert finding.withheld is not None
        return f"[{finding.withheld.reason}]"
    return apply(text, finding.fix.edits)


# The book


def test_find_by_name_code_alias_and_prefix() -> None:
    def names(selector: str) -> list[str]:
        return [rule.name for rule in catalogue.find(selector)]

    for selector in ("maintainer-deprecated", "STY001", "DL4000", "MaintainerDeprecated", "maintainerdeprecated"):
        assert names(selector) == ["maintainer-deprecated"]
    assert {"apt-recommends-installed", "apt-upgrade"} <= set(names("PKG"))
    assert {"apt-recommends-installed", "apt-upgrade"} <= set(names("DL3"))
    assert len(names("ALL")) == len(catalogue.rules())
    assert names("nothing") == names("") == []


def test_suggest_the_nearest_name_or_code() -> None:
    assert catalogue.suggest("maintainer-depricated") == "maintainer-deprecated"
    assert catalogue.suggest("sty01") == "STY001"
    assert catalogue.suggest("zzzzzz") is None


def test_page_has_the_documentation_that_the_head_lacks() -> None:
    page = catalogue.page("apt-upgrade")
    assert page.rule.code == "PKG004"
    assert page.why
    assert page.fix_safety.startswith("Display")
    assert page.references[0].startswith("https://")
    with pytest.raises(KeyError):
        catalogue.page("none-such")


def test_heads_load_without_yaml() -> None:
    script = (
        "import sys, dockerlint.catalogue as c; assert c.rules(); assert not any('ruamel' in m for m in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


def test_check_says_when_heads_are_stale(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    stale = tmp_path / "heads.json"
    monkeypatch.setattr("dockerlint.catalogue.compile.HEADS", str(stale))
    monkeypatch.setattr("dockerlint.catalogue.compile.folder", lambda: tmp_path)
    write(tmp_path, PAGE)
    assert main(["--check"]) == 1
    assert "is stale" in capsys.readouterr().err
    assert main([]) == 0
    assert main(["--check"]) == 0


def test_compiling_reports_broken_pages_and_keeps_the_others(tmp_path: Path) -> None:
    write(tmp_path, PAGE)
    write(tmp_path, "a: [", "broken")
    write(tmp_path, PAGE.replace("a-fault", "b-fault"), "b-fault")
    text, problems = compiled(tmp_path)
    assert '"a-fault"' in text
    assert len(problems) == 2
    assert "broken.yaml" in problems[0]
    assert "have the same code USR001" in problems[1]


# Pages that cannot be used


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "severity: warning",
            "severity: warnin",
            "severity: `warnin` is none of error, warning, info, style; did you mean `warning`?",
        ),
        ("severity:", "severty:", "unknown key `severty`; did you mean `severity`?"),
        ("  subcommand: [go]", "  subcomand: [go]", "match: unknown key `subcomand`; did you mean `subcommand`?"),
        ("  subcommand: [go]", "  subcommand: go", "match.subcommand: must be a list of texts"),
        ("  subcommand: [go]", "  argument: '('", "match.argument: is no regular expression"),
        ("  command: [tool]\n", "", "match: needs either `command` or `instruction`"),
        ("{subcommand}", "{subcomand}", "message: unknown field `{subcomand}`; did you mean `subcommand`?"),
        ("name: a-fault", "name: b-fault", "name: `b-fault` must be the file's name, `a-fault`"),
        ("code: USR001", "code: usr1", "code: `usr1` is no code"),
        ("summary: Something is wrong.\n", "", "`summary` is missing"),
        ("    bad: |", "    bda: |", "cases[The fault]: unknown key `bda`; did you mean `bad`?"),
        ("«tool go»", "tool go", "cases[The fault]: mark the finding"),
        ("fix: none", "fix: safe", "a rule with a fix needs `fix-safety`"),
        ("why: |", "edit: {insert: -x}\nwhy: |", "edit: `insert` and `after` belong together"),
        ("why: |", "edit: {remove: word}\nwhy: |", "edit.remove: `word` is no option"),
        ("why: |", "edit: {remove: -x}\nwhy: |", "fix: is `none`, but there is an `edit`"),
        (
            "why: |",
            "options: {n: {type: int, default: x, help: h}}\nwhy: |",
            "options.n.default: must be a whole number",
        ),
        ("why: |", "default: maybe\nwhy: |", "default: must be true or false"),
        ("why: |", "module: x\nwhy: |", "it cannot name a module"),
        ("code: USR001", "code: [", "line "),
        ("code: USR001", "code: USR001\ncode: USR002", "line "),
    ],
)
def test_a_wrong_page_is_told_in_one_line(old: str, new: str, message: str, tmp_path: Path) -> None:
    assert old in PAGE
    path = write(tmp_path, PAGE.replace(old, new, 1))
    with pytest.raises(PageError) as caught:
        read(path, user=True)
    assert message in str(caught.value)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("content", [b"", b"- 1\n", b"\xff\xfe", b"just text", b"a: " + b"[" * 2000])
def test_a_file_that_is_no_page(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a-fault.yaml"
    path.write_bytes(content)
    with pytest.raises(PageError):
        read(path)


def test_rules_of_a_project(tmp_path: Path) -> None:
    write(tmp_path, PAGE)
    [rule] = user_rules(tmp_path)
    settings = Settings(user_rules=(rule,), select=("a-fault",))
    [finding] = check_source(Source("FROM a\nRUN tool go\n"), settings)
    assert (finding.code, finding.message) == ("USR001", "`tool go` is wrong")
    write(tmp_path, PAGE.replace("USR001", "STY001"))
    with pytest.raises(PageError, match="`STY001` is already that of the rule maintainer-deprecated"):
        user_rules(tmp_path)


# Cases


def case_failures(tmp_path: Path, old: str = "", new: str = "") -> list[str]:
    page: Page = read(write(tmp_path, PAGE.replace(old, new, 1)))
    return cases.run(page)


def test_cases_of_a_right_page_pass(tmp_path: Path) -> None:
    assert case_failures(tmp_path) == []


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("«tool go»", "«tool go now»", None),
        ("«tool go»", "«tool» go", "expected 2:5-2:9 'tool'; found 2:5-2:12 'tool go'"),
        ("«tool go»", "«tool stop»", "found nothing"),
        ("tool stop", "tool go", "good, but found at 2:5-2:12 'tool go'"),
        ("RUN «tool go»", "RUN tool go\n    line: 1", "expected on lines [1]; found on [2]"),
        ("RUN «tool go»\n", "RUN «tool go»\n    bytes: 5\n", "expected 5 bytes; found 0"),
        ("RUN «tool go»\n", "RUN «tool go»\n    withheld: ONBUILD\n", "expected a fix withheld because of 'ONBUILD'"),
        ("RUN «tool go»\n", "RUN «tool go»\n    options: {n: 1}\n", "the rule has no option `n`"),
    ],
)
def test_a_case_that_does_not_hold_is_told(old: str, new: str, message: str | None, tmp_path: Path) -> None:
    failures = case_failures(tmp_path, old, new)
    if message is None:
        assert failures == []
    else:
        assert len(failures) == 1
        assert message in failures[0]


def test_the_fixer_is_asked_for_the_fixed_text(tmp_path: Path) -> None:
    class Result:
        text = "FROM a\nRUN tool fixed\n"
        withheld = ()

    page = read(
        write(tmp_path, PAGE.replace("RUN «tool go»\n", "RUN «tool go»\n    fixed: |\n      FROM a\n      RUN x\n"))
    )
    [failure] = cases.run(page, lambda *_: Result())
    assert "RUN tool fixed" in failure
    right = read(
        write(
            tmp_path,
            PAGE.replace("RUN «tool go»\n", "RUN «tool go»\n    fixed: |\n      FROM a\n      RUN tool fixed\n"),
        )
    )
    assert cases.run(right, lambda *_: Result()) == []


def test_marks_may_be_nested() -> None:
    text, spans = cases.marks("a «b «c»» «»d")
    assert text == "a b c d"
    assert spans == [(2, 5), (4, 5), (6, 6)]


# match: commands

INSTALL = {
    "command": ["apt-get"],
    "subcommand": ["install"],
    "missing": ["-y", "--yes"],
    "value-options": ["-o", "-t", "--option"],
}


@pytest.mark.parametrize(
    "command",
    [
        "«apt-get install x»",
        "«apt-get -q install x»",
        "«apt-get -o A=-y install x»",
        "«apt-get -oA=-y install x»",
        "«apt-get --option -y install x»",
        "«apt-get install x -- -y»",
        "«/usr/bin/apt-get install x»",
        "«'apt-get' in'stall' x»",
        "«apt-get install x=$V»",
        "«apt-get $SUB x»",
        "cd /x && («apt-get install x»); true",
        "if true; then «apt-get install x»; fi",
        "apt-get -y install x",
        "apt-get install x -y",
        "apt-get -yq install x",
        "apt-get -qyo A=B install x",
        "apt-get --yes=true install x",
        "apt-get remove install",
        "apt-get -t install remove x",
        "echo apt-get install x",
        "apt-get",
        "apt-get install $UNKNOWN",
        'apt-get install "$UNKNOWN"',
        "apt-get $UNKNOWN",
        "apt-get install $(cat list)",
        "# apt-get install x",
        "echo 'unfinished",
    ],
)
def test_match_of_commands(command: str) -> None:
    marked(f"FROM debian\nENV SUB=install\nARG V\nRUN {command}\n", INSTALL)


def test_match_looks_into_heredocs_continuations_and_onbuild() -> None:
    marked("FROM a\nRUN <<EOF\n«apt-get install x»\nEOF\n", INSTALL)
    marked("FROM a\r\nRUN true && \\\r\n «apt-get install x»\r\n", INSTALL)
    marked("FROM a\nRUN «apt-get \\\n# -y\n\n  install \\\n x» && echo\n", INSTALL)
    marked('# escape=`\nFROM a\nSHELL ["/bin/sh", "-c"]\nRUN «apt-get `\n install x»\n', INSTALL)
    marked("FROM a\nONBUILD RUN «apt-get install x»\n", INSTALL)
    marked('FROM a\nSHELL ["pwsh", "-c"]\nRUN apt-get install x\n', INSTALL)


def test_match_demands_options_and_arguments() -> None:
    match = {"command": ["tar"], "present": ["-x", "--keep*"], "argument": r"\.gz$"}
    marked("FROM a\nRUN tar -x a.gz\n", match)
    match = {"command": ["tar"], "present": ["-x"], "argument": r"\.gz$"}
    marked("FROM a\nRUN «tar -x a.gz» && tar -xf a.xz && tar -c a.gz && «tar -vx b a.gz»\n", match)


def test_match_of_options_with_values() -> None:
    match = {"command": ["tool"], "present": ["-m full*"], "value-options": ["-m"]}
    marked("FROM a\nRUN «tool -m fullest» && «tool -mFULL» && tool -m half && tool full && «tool -vm full»\n", match)
    match = {"command": ["tool"], "missing": ["--mode=full"], "value-options": ["--mode"]}
    marked("FROM a\nRUN tool --mode=full && tool --mode full && «tool --mode=half» && «tool full»\n", match)


def test_match_of_stages() -> None:
    text = "FROM a AS one\nRUN {}\nFROM one AS two\nRUN {}\nFROM a\nCOPY --from=two / /\n"
    marked(text.format("apt-get install x", "apt-get install x"), INSTALL)
    marked(text.format("«apt-get install x»", "«apt-get install x»"), {**INSTALL, "stages": "all"})
    marked("FROM a AS one\nRUN «apt-get install x»\nFROM one\n", INSTALL)


def test_match_of_environment() -> None:
    match = {"command": ["pip"], "env-unset": ["NO_CACHE"]}
    for value, silent in (("1", True), ("true", True), ("0", False), ("off", False), ("$UNSET", True), ("", False)):
        mark = "pip x" if silent else "«pip x»"
        marked(f"FROM a\nENV NO_CACHE={value}\nRUN {mark}\n", match)
    marked("FROM a\nRUN NO_CACHE=1 pip x && export NO_CACHE=1 && pip x\n", match)
    marked("FROM a\nARG V\nENV NO_CACHE=$V\nRUN pip x\n", match)


def test_match_of_shells_and_flags() -> None:
    marked('FROM a\nRUN tool\nSHELL ["/bin/bash", "-c"]\nRUN «tool»\n', {"command": ["tool"], "shells": ["bash"]})
    match = {"command": ["tool"], "flags": {"missing": ["--mount=type=cache"]}}
    text = "FROM a\nRUN «tool»\nRUN --mount=id=x,type=cache,target=/c tool\nRUN --mount=type=bind,target=/c «tool»\n"
    marked(text, match)


# match: instructions


def test_match_of_instructions() -> None:
    marked(
        "FROM a\n«COPY --link a \\\n# why\n b»\nCOPY --from=x a b\n",
        {"instruction": ["COPY"], "flags": {"missing": ["from"]}},
    )
    marked("FROM a\nCOPY a b\n«copy --from=x a b»\n", {"instruction": ["copy"], "flags": {"present": ["--from"]}})
    marked("FROM a\n«ADD http://x /y»\nADD x /y\n", {"instruction": ["ADD"], "arguments": "^https?:"})
    marked("FROM a\nONBUILD «ADD http://x /y»\n", {"instruction": ["ADD"], "arguments": "^https?:"})
    marked("FROM a AS b\nWORKDIR x\nFROM a\n«WORKDIR x»\n", {"instruction": ["WORKDIR"], "stages": "shipped"})
    marked("FROM a\n«RUN cat <<X >y»\ntext\nX\n", {"instruction": ["RUN"]})


# edit:

TOOL = {"command": ["tool", "old-tool"], "subcommand": ["go", "run"]}


@pytest.mark.parametrize(
    ("edit", "before", "after"),
    [
        ({"insert": "--new", "after": "subcommand"}, "tool -v go x", "tool -v go --new x"),
        ({"insert": "--new", "after": "command"}, "tool go", "tool --new go"),
        ({"insert": "--new", "after": "command"}, "/bin/tool go", "/bin/tool --new go"),
        ({"insert": "--new", "after": "subcommand"}, "tool \\\n go \\\n x", "tool \\\n go --new \\\n x"),
        ({"insert": "--new", "after": "subcommand"}, "cd /x; tool go>y", "cd /x; tool go --new>y"),
        ({"insert": "--new", "after": "subcommand"}, "tool 'go' x", "[`'go'` is not written plainly"),
        ({"insert": "--new", "after": "subcommand"}, "tool $SUB x", "[`$SUB` is not written plainly"),
        ({"insert": "--new", "after": "subcommand"}, "tool $BOTH", "[`$BOTH` is not written plainly"),
        ({"insert": "--new", "after": "subcommand"}, "tool g\\\no x", "[`go` is not written plainly"),
        ({"insert": "--new", "after": "command"}, '"tool" go', "[the program's name is not written plainly]"),
        ({"insert": "--new", "after": "command"}, "sh -c 'tool go'", "[the command is inside a string"),
        ({"remove": "--force"}, "tool go --force x", "tool go x"),
        ({"remove": "--force"}, "tool --force=1 go", "tool go"),
        ({"remove": "--force"}, "tool go \\\n  --force \\\n  x", "tool go \\\n  x"),
        ({"remove": "--force"}, "tool go x \\\n  --force", "tool go x"),
        ({"remove": "--force"}, "tool go x \\\n# why\n  --force", "[something stands between"),
        ({"remove": "--force"}, "tool go '--force'", "[`'--force'` is not written plainly"),
        ({"remove": "--force"}, "tool go", "[`--force` is not here]"),
        ({"remove": "-f"}, "tool -vf go", "tool -v go"),
        ({"remove": "command"}, "a && tool go && b", "a && b"),
        ({"remove": "command"}, "tool go && b", "b"),
        ({"remove": "command"}, "a \\\n && tool go \\\n && b", "a \\\n && b"),
        ({"remove": "command"}, "a && tool go", "a"),
        ({"remove": "command"}, "(a && tool go); c", "(a); c"),
        ({"remove": "command"}, "tool go", "[the command is not joined"),
        ({"remove": "command"}, "a || tool go", "[the command is not joined"),
        ({"remove": "command"}, "a && tool go > x && b", "[its output goes elsewhere]"),
        ({"remove": "command"}, "a \\\n# why\n && tool go && b", "[a comment would be lost"),
        ({"replace": {"option": {"--old": "--new"}}}, "tool go --old x", "tool go --new x"),
        ({"replace": {"option": {"--old": "--new"}}}, "tool go --old=1", "[`--old` is part of `--old=1`]"),
        ({"replace": {"word": {"x": "y"}}}, "tool go x -x z x", "tool go y -x z y"),
        ({"replace": {"subcommand": {"go": "start"}}}, "tool go go", "tool start go"),
        ({"replace": {"command": {"old-tool": "tool"}}}, "old-tool go", "tool go"),
        ({"replace": {"command": {"old-tool": "tool"}}}, "/bin/old-tool go", "[`old-tool` is called by its path]"),
        ({"replace": {"command": {"old-tool": "tool"}}}, "tool go", "[none of the words"),
    ],
)
def test_edits_of_commands(edit: dict[str, Any], before: str, after: str) -> None:
    frame = 'FROM a\nENV SUB=go BOTH="go x"\nRUN {}\n'
    result = fixed(frame.format(before), TOOL, edit)
    if after.startswith("["):
        assert result.startswith(after)
    else:
        assert result == frame.format(after)


def test_an_inserted_option_is_what_the_licence_allows() -> None:
    [finding] = findings("FROM a\nRUN tool go\n", TOOL, {"insert": "--new", "after": "subcommand"}, "unsafe")
    assert finding.fix is not None
    assert finding.fix.licence.options == {"--new"}
    assert finding.fix.licence.instructions == frozenset()
    assert finding.fix.safety.value == "unsafe"
    assert finding.fix.title == "Insert `--new`"


def test_edits_of_instructions() -> None:
    match = {"instruction": ["MAINTAINER"]}
    edit = {"replace": {"instruction": "LABEL a={arguments:quoted}"}}
    assert fixed("FROM a\nmaintainer  Jo\n", match, edit) == 'FROM a\nLABEL a="Jo"\n'
    assert fixed("FROM a\nMAINTAINER J \\\n  o", match, edit) == 'FROM a\nLABEL a="J   o"'
    assert fixed("FROM a\nMAINTAINER\n", match, edit) == "[it has no arguments to carry over]"
    assert fixed("MAINTAINER x\nFROM a\n", match, edit) == "[no stage has begun here]"
    assert fixed("FROM a\nONBUILD MAINTAINER x\n", match, edit).startswith("[it takes effect in the builds of other")
    [finding] = findings("FROM a\nMAINTAINER x\n", match, edit)
    assert finding.fix is not None
    assert finding.fix.licence.instructions == {"MAINTAINER", "LABEL"}


def test_an_edit_with_two_candidates_is_one_for_each_finding() -> None:
    text = "FROM a\nRUN tool go && tool run\n"
    edits = [e for f in findings(text, TOOL, {"insert": "-n", "after": "subcommand"}) if f.fix for e in f.fix.edits]
    assert apply(text, edits) == "FROM a\nRUN tool go -n && tool run -n\n"


@pytest.mark.parametrize(
    ("text", "escape", "value"),
    [
        ("Jane", "\\", '"Jane"'),
        ("'Jane Doe'", "\\", '"Jane Doe"'),
        ('"', "\\", "'\"'"),
        ('"a" and "b"', "\\", '\'"a" and "b"\''),
        ("$HOME\\", "\\", "'$HOME\\'"),
        ("a`b\\c$", "`", "'a`b\\c$'"),
        ("it's", "\\", '"it\'s"'),
        ("it's $5 \"\\", "\\", '"it\'s \\$5 \\"\\\\"'),
        ("it's `a\\", "`", '"it\'s ``a\\"'),
        ("'it's'", "\\", "\"'it's'\""),
    ],
)
def test_quoting(text: str, escape: str, value: str) -> None:
    assert quoted(text, escape) == value


@pytest.mark.parametrize("text", ["x\\", '"', "$x ${y}", "it's", 'it\'s "$x" \\', "a b  c", "é ' \\\\"])
def test_buildkit_reads_a_quoted_value_as_it_was_meant(text: str) -> None:
    [_, label] = dockerfile.parse_string(f"FROM a\nLABEL k={quoted(text, chr(92))}\n")
    assert expand(label.value[1], {}) == text


# Costs


def test_costs_have_a_source_and_a_range() -> None:
    lists = cost("apt-lists")
    assert lists is not None
    assert lists.bytes_low <= lists.typical <= lists.bytes_high
    assert lists.source
    assert lists.confidence == "measured"
    assert cost("none-such") is None
    assert cost("apt:curl") is None, "a package is no pattern"


def test_package_costs_do_not_add_up_what_packages_share() -> None:
    one = package_cost("apt-get", ["gcc=4:12", "some-package"])
    both = package_cost("apt", ["gcc:amd64", "build-essential/stable", "gcc"])
    assert one is not None
    assert both is not None
    assert one.typical < both.typical < both.bytes_high
    assert package_cost("apt", ["some-package"]) is None
    assert package_cost("apk", ["gcc"]) is None
    share = recommends_cost("apt", ["curl"])
    assert share is not None
    assert share.typical == 3_800_000
