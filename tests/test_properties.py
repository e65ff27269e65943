"""What holds for every text: nothing is lost, nothing raises, and a fix changes only what it may."""

from __future__ import annotations

import os
import re
from collections import Counter
from pathlib import Path
from typing import Any

import dockerfile
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from dockerlint import catalogue, fixer
from dockerlint.edits import Licence
from dockerlint.engine import check_source
from dockerlint.findings import Finding
from dockerlint.fixer import FixResult
from dockerlint.record import replace
from dockerlint.settings import Settings
from dockerlint.source import Source
from dockerlint.syntax import parse
from dockerlint.syntax.tokens import tokens
from generate import dockerfiles, samples

TESTDATA = Path(__file__).resolve().parent.parent / "testdata"
FILES = sorted(p for p in TESTDATA.rglob("*Dockerfile") if p.name != "fixed.Dockerfile")
TEXTS = [pytest.param(Source.from_bytes(p.read_bytes(), "").text, id=str(p.relative_to(TESTDATA))) for p in FILES]
RULES = sorted(rule.name for rule in catalogue.rules())
BASES = ("exact", "estimated", "measured")

# What fixes may do to instructions other than RUN; only unsafe ones ask for it.
ELSEWHERE = dict.fromkeys(
    ("bases", "stages", "restated", "intended", "mounted", "relocated", "splits", "first"), frozenset[Any]()
)

thorough = settings(
    max_examples=int(os.environ.get("EXAMPLES", "150")),
    deadline=None,
    derandomize="EXAMPLES" not in os.environ,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
noise = st.text(st.sampled_from("FROM RUN\\`\n\r\t #<>-EOF'\"[]{}$()&|;=,\ufeffé说\udcff\0"), max_size=200)
anything = st.one_of(dockerfiles(), noise, st.binary(max_size=120).map(lambda b: b.decode("utf-8", "surrogateescape")))


def check(text: str, **settings: Any) -> list[Finding]:
    """The findings of a text that has no build context."""
    return check_source(Source(text), Settings(**settings), None)


def fix(text: str, **settings: Any) -> FixResult:
    """The fixed text and what was done."""
    return fixer.fix(Source(text), Settings(**settings), None)


def comments(text: str) -> Counter[str]:
    """The comment lines wherever they stand, without indentation; independent of our parser."""
    lines = (line.strip() for line in text.removeprefix("\ufeff").split("\n"))
    return Counter(line for line in lines if line.startswith("#"))


def parses(text: str) -> bool:
    """Whether BuildKit's parser takes it."""
    try:
        dockerfile.parse_string(text.encode("utf-8", "replace").decode())
    except dockerfile.GoParseError:
        return False
    return True


def others(text: str) -> list[tuple[str, str]]:
    """Everything but RUN and MAINTAINER, as written: no fix of this project's touches it."""
    parsed = parse(text)
    nodes = [i for i in parsed.instructions if i.keyword not in ("RUN", "MAINTAINER", "LABEL")]
    return [(i.keyword, text[i.span.start : i.span.end]) for i in nodes]


def judge(text: str, unsafe: bool = False) -> str:
    """Fix `text` and assert all that must hold of the result; returns it."""
    result = fix(text, unsafe_fixes=unsafe)
    fixed = result.text
    again = fix(fixed, unsafe_fixes=unsafe)
    assert again.text == fixed, "a second run changes something"
    assert not again.applied
    before, after = parse(text), parse(fixed)
    assert len(after.errors) <= len(before.errors), "new errors"
    assert parses(fixed) or not parses(text), "BuildKit's parser refuses the result"
    licence = Licence()
    for finding in result.applied:
        licence |= finding.fix.licence if finding.fix else licence
    assert not comments(text) - comments(fixed) or licence.stages, "comments go with an unused stage alone"
    # A comment behind a command gets a line of its own where the next command follows on the same RUN.
    assert all(f" {line}\n" in f"{text}\n".replace("\r", "") for line in comments(fixed) - comments(text))
    assert others(fixed) == others(text) or licence != replace(licence, **ELSEWHERE), "no licence for it"
    assert fixed.startswith("\ufeff") == text.startswith("\ufeff")
    assert fixed.endswith("\n") == text.endswith("\n")
    assert bool(re.search(r"(?<!\r)\n", fixed)) <= bool(re.search(r"(?<!\r)\n", text)), "a bare newline in a CRLF file"
    assert before.directives == after.directives
    return fixed


def outside_edits(before: str, after: str, findings: list[Finding]) -> bool:
    """Whether every line without a part in a fixable finding's instruction is still there, in order."""
    touched: set[int] = set()
    source = Source(before)
    for finding in findings:
        if finding.fix is not None:
            for edit in finding.fix.edits:
                touched.update(range(source.position(edit.span.start).line, source.position(edit.span.end).line + 1))
    rest = iter(after.split("\n"))
    return all(line in rest for number, line in enumerate(before.split("\n"), 1) if number not in touched)


@thorough
@given(anything)
@example("\ufeff# escape=`\r\nFROM a")
@example("FROM a\nRUN <<")
@example("RUN a \\")
@example("\udcff")
@example("# escape=\\\n# escape=`\n")
def test_parse_loses_nothing_and_never_raises(text: str) -> None:
    assert parse(text).text == text


@thorough
@given(anything)
def test_tokens_tile_the_text(text: str) -> None:
    at = 0
    for token in tokens(parse(text)):
        assert token.span.start == at
        assert token.span.end > at
        at = token.span.end
    assert at == len(text)


@thorough
@given(anything)
@example("RUN rm $(")
@example("FROM $\nRUN")
def test_check_never_raises_and_is_repeatable(text: str) -> None:
    findings = check(text)
    assert findings == check(text)
    for finding in findings:
        assert 0 <= finding.span.start <= finding.span.end <= len(text)
        assert finding.rule in RULES
        assert finding.message
        assert finding.bytes is None or (finding.bytes >= 0 and finding.bytes_basis in BASES)


@thorough
@given(anything)
def test_fix_reaches_a_fixpoint_and_keeps_the_rest(text: str) -> None:
    judge(text)
    assert not [f for f in fix(text).applied if f.fix and f.fix.licence != replace(f.fix.licence, **ELSEWHERE)]


@settings(thorough, max_examples=60)
@given(dockerfiles())
def test_unsafe_fixes_too(text: str) -> None:
    judge(text, unsafe=True)


@thorough
@given(dockerfiles())
def test_what_is_suppressed_in_the_whole_file_is_neither_found_nor_fixed(text: str) -> None:
    bom, body = text[: text.startswith("\ufeff")], text[text.startswith("\ufeff") :]
    escape = re.match(r"# escape=`\r?\n", body)
    at = escape.end() if escape else 0
    newline = "\r\n" if "\r\n" in text else "\n"
    silenced = f"{bom}{body[:at]}# dockerlint: ignore-file={','.join(RULES)}{newline}{body[at:]}"
    assert [f for f in check(silenced) if f.rule != "syntax-error"] == []
    assert fix(silenced).text == silenced


@settings(thorough, max_examples=60)
@given(dockerfiles(), st.data())
def test_what_is_suppressed_on_its_line_is_not_reported(text: str, data: st.DataObject) -> None:
    findings = [f for f in check(text) if f.rule != "syntax-error"]
    if not findings:
        return
    finding = data.draw(st.sampled_from(findings))
    parsed = parse(text)
    holder = next((i for i in parsed.instructions if i.span.start <= finding.span.start <= i.span.end), None)
    if holder is None:
        return
    start = Source(text).line_starts[holder.start_line - 1]
    if holder.start_line == 1 and text.startswith("\ufeff"):
        start = 1
    silenced = f"{text[:start]}# dockerlint: ignore={finding.rule}\n{text[start:]}"
    shifted = holder.start_line + 1
    lines = {shifted + n for n in range(holder.end_line - holder.start_line + 1)}
    line = Source(silenced).position
    assert not [f for f in check(silenced) if f.rule == finding.rule and line(f.span.start).line in lines]


@settings(thorough, max_examples=80)
@given(dockerfiles(), st.sampled_from(RULES))
def test_a_rule_alone_reports_and_fixes_itself_alone(text: str, rule: str) -> None:
    assert {f.rule for f in check(text, select=(rule,))} <= {rule, "syntax-error"}
    assert {a.rule for a in fix(text, select=(rule,)).applied} <= {rule}


@settings(thorough, max_examples=80)
@given(dockerfiles())
def test_lines_outside_the_edits_stay(text: str) -> None:
    findings = check(text)
    fixable = [f for f in findings if f.fix is not None and f.fix.safety.value == "safe"]
    if len(fixable) == 1:  # with more, later passes may touch what the first reports do not name
        first = fix(text)
        assert len(first.applied) > 1 or outside_edits(text, first.text, fixable)


@pytest.mark.parametrize("text", TEXTS)
def test_the_same_holds_for_testdata(text: str) -> None:
    parsed = parse(text)
    assert parsed.text == text
    assert "".join(text[t.span.start : t.span.end] for t in tokens(parsed)) == text
    judge(text)
    judge(text, unsafe=True)


@pytest.mark.parametrize("text", TEXTS)
def test_crlf_changes_no_finding_of_testdata(text: str) -> None:
    """But for heredocs: their bodies keep the carriage return, and the shell then reads other words."""
    if "<<" in text:
        assert "apt-lists-left-behind" not in {f.rule for f in check(text.replace("\n", "\r\n"))}
        return
    if "\r" in text:
        unix = text.replace("\r\n", "\n")
        assert [f.rule for f in check(text)] == [f.rule for f in check(unix)]
    else:
        windows = text.replace("\n", "\r\n")
        assert [f.rule for f in check(text)] == [f.rule for f in check(windows)]


def test_the_generator_reaches_the_rules() -> None:
    """A grammar that fires no rule would make every property above hold for nothing."""
    texts = samples(150)
    seen = Counter(rule for text in texts for rule in {f.rule for f in check(text)})
    assert {"removed-in-later-layer", "rewritten-in-later-layer", "cleaned-in-later-layer"} <= set(seen)
    assert {"apt-lists-left-behind", "pip-cache-left-behind", "apk-cache-left-behind"} <= set(seen)
    assert sum(fix(text).text != text for text in texts) >= 30
