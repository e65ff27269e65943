"""The formats, on findings made up here, so that no rule's wording matters."""

from __future__ import annotations

import json
import pkgutil
import re
import subprocess
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockerlint import report
from dockerlint.edits import Edit, Fix, Safety, apply
from dockerlint.engine import FileError, FileResult
from dockerlint.findings import Finding, Related, Severity, Withheld
from dockerlint.report import Options, Report, excerpt, formats, renderer
from dockerlint.report.colour import Paint
from dockerlint.report.diff import shown, unified
from dockerlint.report.escape import cells, scrubbed, visible
from dockerlint.report.excerpt import Mark
from dockerlint.source import Source, Span, to_bytes

SCHEMA = json.loads((Path(__file__).parent / "data/sarif-2.1.0-subset.json").read_text())
TEXT = "FROM a\nRUN dd of=big\nRUN x\nRUN rm big\n"
# Everything that a terminal may act on: C0 but the newline, DEL, C1, bidi controls.
ACTS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def finding(text: str, part: str, message: str = "It is wrong", **more: Any) -> Finding:
    """A finding on the last occurrence of `part`."""
    start = text.rindex(part)
    known = {"rule": "some-rule", "code": "TST001", "aliases": ("DL1",), "span": Span(start, start + len(part))}
    return Finding(**{**known, "message": message, **more})


def big() -> Finding:
    """With everything a finding can have."""
    fix = Fix("Join lines 2-4 into one RUN", (Edit(Span(20, 31), " && x && "), Edit(Span(31, 35), "")), Safety.SAFE)
    related = (Related(Span(7, 20), "written here"),)
    return finding(
        TEXT, "rm big", "`rm big` frees nothing", related=related, bytes=100_000_000, bytes_basis="exact", fix=fix
    )


def made(text: str, *findings: Finding, path: str = "Dockerfile") -> Report:
    return Report((FileResult(path, Source(text, path), findings),), "1.2.3")


def rendered(name: str, *args: Any, colour: bool = False, **kwargs: Any) -> str:
    render = renderer(name)
    assert render is not None
    return render(made(*args, **kwargs), Options(colour))


def lines(text: str, *spans: Span) -> list[str]:
    return excerpt.excerpt(Source(text), [Mark(span, "^", "31") for span in spans], Paint(False))[1]


def test_every_module_with_a_render_is_a_format() -> None:
    found = [m.name for m in pkgutil.iter_modules(report.__path__) if "def render(" in source_of(m.name)]
    assert list(formats()) == sorted(found)
    assert {"full", "concise", "json", "github", "sarif"} <= set(formats())


def source_of(name: str) -> str:
    return Path(report.__file__).with_name(f"{name}.py").read_text()


@pytest.mark.parametrize("name", ["", "jsn", "escape", "..engine", "full ", "__init__"])
def test_what_is_no_format_has_no_renderer(name: str) -> None:
    assert renderer(name) is None


def test_full_shows_a_finding_with_all_there_is_to_say() -> None:
    assert rendered("full", TEXT, big()) == (
        "warning[TST001] some-rule: `rm big` frees nothing\n"
        " --> Dockerfile:4:5\n"
        "  |\n"
        "2 | RUN dd of=big\n"
        "  | ------------- written here\n"
        "3 | RUN x\n"
        "4 | RUN rm big\n"
        "  |     ^^^^^^\n"
        "  = costs: 100 MB (exact)\n"
        "  = fix (safe): Join lines 2-4 into one RUN\n"
        "\n"
        "1 finding in 1 file: 1 warning. They cost 100 MB.\n"
        "1 fix available: `dockerlint fix` shows the change, `dockerlint fix --write` makes it.\n"
    )


def test_full_says_why_a_fix_is_withheld_and_how_to_free_it() -> None:
    why = Withheld("`cd` moves what follows", Span(14, 16), "write the path out")
    text = rendered("full", TEXT, finding(TEXT, "rm big", withheld=why))
    assert "= no fix: `cd` moves what follows (line 2, column 8); write the path out\n" in text
    assert text.endswith("1 fix withheld, for the reason given above (`no fix`).\n")


def test_full_counts_by_severity_and_by_safety_of_the_fix() -> None:
    unsafe = Fix("Slim it", (Edit(Span(0, 1), "f"),), Safety.UNSAFE)
    advice = Fix("Use stages", (Edit(Span(0, 1), "f"),), Safety.DISPLAY)
    found = (
        big(),
        finding(TEXT, "x", severity=Severity.ERROR, fix=unsafe),
        finding(TEXT, "x", severity=Severity.INFO, fix=advice),
        finding(TEXT, "x", severity=Severity.STYLE),
    )
    text = rendered("full", TEXT, *found)
    assert "4 findings in 1 file: 1 error, 1 warning, 1 info, 1 style." in text
    assert "fix (unsafe: needs --unsafe-fixes): Slim it" in text
    assert "fix (to do by hand): Use stages" in text
    assert "\n1 more with `--unsafe-fixes`" in text


def test_full_shows_the_patch_of_a_fix_that_no_command_makes() -> None:
    advice = Fix("Drop it", (Edit(Span(21, 27), ""), Edit(Span(31, 33), "rm -f\x1b")), Safety.DISPLAY)
    assert (
        rendered("full", TEXT, finding(TEXT, "x", fix=advice))
        .split("by hand): ")[1]
        .startswith("Drop it\n    -RUN x\n    -RUN rm big\n    +RUN rm -f\\x1b big\n\n1 finding")
    )


def test_full_cuts_a_long_patch() -> None:
    text = "a\n" * 30
    advice = Fix("Drop it", (Edit(Span(0, 60), ""),), Safety.DISPLAY)
    shown_patch = rendered("full", text, finding(text, "a", fix=advice)).split("by hand): ")[1]
    assert shown_patch.count("     -a\n") == 12
    assert "\n     ...\n" in shown_patch


def test_full_is_one_line_when_all_is_well() -> None:
    assert rendered("full", TEXT) == "No findings in 1 file.\n"


def test_colour_changes_nothing_but_the_colour() -> None:
    coloured = rendered("full", TEXT, big(), colour=True)
    assert "\x1b[1;33mwarning" in coloured
    assert re.sub("\x1b\\[[0-9;]*m", "", coloured) == rendered("full", TEXT, big())


@pytest.mark.parametrize(
    ("before", "width"),
    [
        ("abc ", 4),
        ("a\tb ", 6),
        ("中文 ", 5),
        ("é ", 2),
        ("e\u0301 ", 2),
        ("\x1b ", 5),
        ("\udcff ", 5),
        ("\U0001f600 ", 3),
    ],
)
def test_carets_stand_under_what_they_mean(before: str, width: int) -> None:
    text = f"{before}BAD tail"
    shown_line, carets = lines(text, Span(len(before), len(before) + 3))
    assert carets == "  | " + " " * width + "^^^"
    assert cells(shown_line[: shown_line.index("BAD")]) == 4 + width


def test_a_wide_character_has_wide_carets() -> None:
    assert lines("RUN 中文x", Span(4, 6))[1] == "  |     ^^^^"


def test_a_span_of_several_lines_is_marked_line_by_line() -> None:
    text = "RUN a \\\n    b \\\n  c\nRUN d\n"
    assert lines(text, Span(0, 19)) == [
        "1 | RUN a \\",
        "  | ^^^^^^^",
        "2 |     b \\",
        "  |     ^^^",
        "3 |   c",
        "  |   ^",
    ]


def test_a_long_span_is_shown_by_its_ends() -> None:
    text = "".join(f"line {i}\n" for i in range(1, 21))
    shown_lines = [line for line in lines(text, Span(0, len(text))) if "^" not in line]
    assert shown_lines == [*(f" {i} | line {i}" for i in range(1, 6)), "...", "20 | line 20"]


def test_a_span_that_ends_with_the_line_ending_does_not_mark_the_next_line() -> None:
    assert lines("RUN a\r\nRUN b\r\n", Span(0, 7)) == ["1 | RUN a", "  | ^^^^^"]


@pytest.mark.parametrize(("text", "at"), [("", 0), ("FROM a", 6), ("FROM a\n", 7), ("\n", 0)])
def test_an_empty_span_has_one_caret(text: str, at: int) -> None:
    assert lines(text, Span(at, at))[-1].endswith("^")


def test_a_byte_order_mark_is_not_shown_and_moves_no_caret() -> None:
    assert lines("\ufeffFROM a", Span(6, 7)) == ["1 | FROM a", "  |      ^"]


def test_of_an_endless_line_only_the_part_around_the_caret_is_shown() -> None:
    text = "RUN " + "a" * 100_000 + "BAD" + "b" * 100_000
    line, carets = lines(text, Span(100_004, 100_007))
    assert len(line) < 200
    assert line[carets.index("^") : carets.rindex("^") + 1] == "BAD"
    assert line.startswith("1 | …")
    assert line.endswith("…")


def test_a_mark_longer_than_what_is_shown_is_cut_with_it() -> None:
    line, carets = lines("RUN " + "a" * 100_000, Span(4, 100_004))
    assert len(carets) <= len(line) < 200


def test_concise_is_one_line_a_finding() -> None:
    text = rendered("concise", TEXT, finding(TEXT, "rm big", "two\nlines"), big())
    assert text == (
        "Dockerfile:4:5: TST001[some-rule] two\\nlines\nDockerfile:4:5: TST001[some-rule] `rm big` frees nothing\n"
    )


def test_json_is_what_the_interface_says() -> None:
    assert json.loads(rendered("json", TEXT, big())) == {
        "schema": 1,
        "version": "1.2.3",
        "files": [
            {
                "path": "Dockerfile",
                "findings": [
                    {
                        "rule": "some-rule",
                        "code": "TST001",
                        "aliases": ["DL1"],
                        "severity": "warning",
                        "message": "`rm big` frees nothing",
                        "line": 4,
                        "column": 5,
                        "end_line": 4,
                        "end_column": 11,
                        "related": [
                            {"line": 2, "column": 1, "end_line": 2, "end_column": 14, "message": "written here"}
                        ],
                        "bytes": 100_000_000,
                        "bytes_basis": "exact",
                        "fix": {"title": "Join lines 2-4 into one RUN", "safety": "safe"},
                    }
                ],
            }
        ],
        "summary": {"files": 1, "findings": 1, "fixable": 1, "bytes": 100_000_000},
    }


def test_json_leaves_out_files_that_could_not_be_read_and_keeps_clean_ones() -> None:
    gone = FileResult("gone", None, errors=(FileError("gone", "no such file"),))
    clean = FileResult("clean", Source("FROM a\n", "clean"))
    render = renderer("json")
    assert render is not None
    got = json.loads(render(Report((gone, clean), "1"), Options()))
    assert got["files"] == [{"path": "clean", "findings": []}]
    assert got["summary"] == {"files": 1, "findings": 0, "fixable": 0, "bytes": 0}
    assert json.loads(render(Report((gone,), "1"), Options()))["files"] == []


def test_json_columns_count_characters() -> None:
    text = "RUN 中文 \U0001f600 BAD\n"
    got = json.loads(rendered("json", text, finding(text, "BAD")))["files"][0]["findings"][0]
    assert (got["column"], got["end_column"]) == (10, 13)


def test_github_escapes_what_the_runner_would_read() -> None:
    report_text = rendered("github", TEXT, finding(TEXT, "rm big", "100%: a,b\r\nc"), path="a:b,c%.Dockerfile")
    assert report_text == (
        "::warning file=a%3Ab%2Cc%25.Dockerfile,line=4,col=5,endLine=4,endColumn=11,title=TST001 some-rule"
        "::100%25: a,b\\r\\nc\n"
    )


def test_github_cannot_be_made_to_run_another_command() -> None:
    text = rendered("github", TEXT, finding(TEXT, "x", "\n::error::forged\n"), path="x\n::add-mask::y")
    assert [line[:9] for line in text.splitlines()] == ["::warning"]


def test_github_gives_no_columns_for_several_lines() -> None:
    text = rendered("github", TEXT, finding(TEXT, "RUN x\nRUN rm big", severity=Severity.STYLE))
    assert text.startswith("::notice file=Dockerfile,line=3,endLine=4,title=")


def sarif(*args: Any, **kwargs: Any) -> dict[str, Any]:
    log = json.loads(rendered("sarif", *args, **kwargs))
    jsonschema.validate(log, SCHEMA, format_checker=jsonschema.FormatChecker())
    run: dict[str, Any] = log["runs"][0]
    return run


def test_sarif_is_valid_and_has_the_finding() -> None:
    run = sarif(TEXT, big(), finding(TEXT, "x", code="TST000", rule="other", severity=Severity.STYLE))
    first, second = run["results"]
    assert run["columnKind"] == "unicodeCodePoints"
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == ["TST000", "TST001"]
    assert (first["ruleId"], first["ruleIndex"], first["level"]) == ("TST001", 1, "warning")
    assert (second["ruleIndex"], second["level"]) == (0, "note")
    place = first["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {"uri": "Dockerfile"}
    assert place["region"] == {"startLine": 4, "startColumn": 5, "endLine": 4, "endColumn": 11}
    assert first["relatedLocations"][0]["message"]["text"] == "written here"


def test_sarif_fixes_do_what_the_fix_does() -> None:
    fix = big().fix
    assert fix is not None
    (change,) = sarif(TEXT, big())["results"][0]["fixes"][0]["artifactChanges"]
    assert applied(TEXT, change["replacements"]) == apply(TEXT, fix.edits)


def applied(text: str, replacements: list[dict[str, Any]]) -> str:
    """A text with SARIF replacements made, from the last to the first."""
    starts = Source(text).line_starts
    for replacement in reversed(replacements):
        region = replacement["deletedRegion"]
        start = starts[region["startLine"] - 1] + region["startColumn"] - 1
        end = starts[region["endLine"] - 1] + region["endColumn"] - 1
        text = text[:start] + replacement["insertedContent"]["text"] + text[end:]
    return text


def test_sarif_leaves_out_fixes_that_are_advice_or_are_no_text() -> None:
    advice = Fix("Think", (Edit(Span(0, 1), "f"),), Safety.DISPLAY)
    broken = Fix("Write", (Edit(Span(0, 1), "\udcff"),), Safety.SAFE)
    run = sarif(TEXT, finding(TEXT, "x", fix=advice), finding(TEXT, "x", fix=broken))
    assert all("fixes" not in result for result in run["results"])


def test_sarif_fingerprints_outlive_moved_lines_and_tell_twins_apart() -> None:
    moved = "# more\n" + TEXT
    before = [r["partialFingerprints"] for r in sarif(TEXT, finding(TEXT, "x"), finding(TEXT, "x"))["results"]]
    after = [r["partialFingerprints"] for r in sarif(moved, finding(moved, "x"), finding(moved, "x"))["results"]]
    assert before == after
    assert before[0] != before[1]
    assert sarif(TEXT, finding(TEXT, "rm big"))["results"][0]["partialFingerprints"] not in before


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        ("a b/Docker#file", "a%20b/Docker%23file"),
        ("/abs/Dockerfile", "file:///abs/Dockerfile"),
        ("a:b", "a%3Ab"),
        ("\udcff中", "%FF%E4%B8%AD"),
        ("<stdin>", "%3Cstdin%3E"),
    ],
)
def test_sarif_paths_are_uris(path: str, uri: str) -> None:
    run = sarif(TEXT, finding(TEXT, "x"), path=path)
    assert run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == uri


def test_sarif_says_what_could_not_be_linted() -> None:
    render = renderer("sarif")
    assert render is not None
    gone = FileResult("gone", None, errors=(FileError("gone", "no such file"),))
    log = json.loads(render(Report((gone,), "1"), Options()))
    jsonschema.validate(log, SCHEMA)
    (invocation,) = log["runs"][0]["invocations"]
    assert invocation["executionSuccessful"] is False
    assert invocation["toolExecutionNotifications"][0]["message"]["text"] == "no such file"


def test_sarif_text_has_no_placeholders_and_links_of_its_own() -> None:
    run = sarif(TEXT, finding(TEXT, "x", "{0} [a](http://b) ${x}"))
    assert run["results"][0]["message"]["text"] == "{{0}} [a\\](http://b) ${x}"


HOSTILE = "\x1b]0;owned\x07\x9b31m\u202e\u2066\x7f\r\udcff\ud800\u2028\t"


@pytest.mark.parametrize("name", ["full", "concise", "github"])
@pytest.mark.parametrize("colour", [False, True])
def test_nothing_of_a_dockerfile_acts_on_a_terminal(name: str, colour: bool) -> None:
    text = f"FROM {HOSTILE}\nRUN {HOSTILE}x\n"
    fix = Fix(HOSTILE, (Edit(Span(0, 1), HOSTILE),), Safety.SAFE)
    found = (
        finding(text, "x", HOSTILE, related=(Related(Span(0, 9), HOSTILE),), fix=fix),
        finding(text, "x", HOSTILE, withheld=Withheld(HOSTILE, Span(0, 9), HOSTILE)),
    )
    out = rendered(name, text, *found, path=HOSTILE, colour=colour)
    own = re.compile("\x1b\\[(0|1|2|3[0-6]|1;3[0-6])m")
    assert own.search(out) is None or (colour and name == "full")
    assert not ACTS.search(own.sub("", out))
    out.encode("utf-8")


@given(st.text(alphabet=st.characters(codec=None) | st.sampled_from(HOSTILE)))
def test_visible_text_can_be_written_and_does_nothing(text: str) -> None:
    seen = visible(text)
    assert not ACTS.search(seen)
    assert "\n" not in seen
    seen.encode("utf-8")
    assert visible(seen) == seen
    scrubbed(text).encode("utf-8")


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("\udcff", r"\xff"),
        ("\x1b[0m", r"\x1b[0m"),
        ("\u202ea", r"\u202ea"),
        ("\ud800", r"\ud800"),
        ("中\u3000\xa0", "中\u3000\xa0"),
    ],
)
def test_what_is_not_visible_is_spelt_out(text: str, seen: str) -> None:
    assert visible(text) == seen


@given(st.text(alphabet=st.characters(codec=None)))
def test_json_and_sarif_are_utf_8_whatever_the_file_holds(text: str) -> None:
    body = f"RUN {text} BAD"
    found = finding(body, "BAD", text, related=(Related(Span(0, 1), text),), withheld=Withheld(text))
    for name in ("json", "sarif"):
        out = rendered(name, body, found, path=text or "x")
        out.encode("utf-8")
        json.dumps(json.loads(out), ensure_ascii=False).encode("utf-8")


def patched(before: str, after: str, folder: Path) -> bytes:
    """What `git apply` makes of `before` with our diff."""
    (folder / "Dockerfile").write_bytes(to_bytes(before))
    diff = to_bytes(unified(before, after, "Dockerfile"))
    subprocess.run(["git", "apply", "--whitespace=nowarn", "-"], cwd=folder, input=diff, check=True)
    return (folder / "Dockerfile").read_bytes()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a\nb\nc\n", "a\nB\nc\n"),
        ("a\nb", "a\nB"),
        ("a\nb", "a\nb\n"),
        ("a\nb\n", "a\nb"),
        ("a\r\nb\r\n", "a\r\nB\r\n"),
        ("a\x0bb\u2028c\x85\nd\n", "a\x0bb\u2028c\x85\nD\n"),
        ("\udcff\na\n", "\udcff\nb\n"),
        ("\ufeffa\n", "\ufeffb\n"),
        ("".join(f"{i}\n" for i in range(40)), "".join(f"{i}\n" for i in range(40) if i not in (3, 30))),
    ],
)
def test_git_applies_the_diff(before: str, after: str, tmp_path: Path) -> None:
    assert patched(before, after, tmp_path) == to_bytes(after)


def test_a_diff_has_git_s_headers() -> None:
    assert unified("a\n", "b", "x y/Dockerfile") == (
        "--- a/x y/Dockerfile\t\n+++ b/x y/Dockerfile\t\n@@ -1 +1 @@\n-a\n+b\n\\ No newline at end of file\n"
    )
    assert unified("a\n", "b\n", 'a\n"b\x1b').startswith('--- "a/a\\n\\"b\\033"\n')
    assert unified("a\n", "a\n", "x") == ""


def test_a_diff_on_a_terminal_does_nothing() -> None:
    diff = unified("a\x1b[2J\tb\r\n", "b\n", "Dockerfile")
    assert "-a\\x1b[2J\tb\\r\n" in shown(diff, Paint(False))
    assert "\x1b[31m-a\\x1b[2J\tb\\r\x1b[0m\n" in shown(diff, Paint(True))
    assert shown("a\nb", Paint(False)) == "a\nb"
