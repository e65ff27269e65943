"""The fixpoint: what is applied together, what waits, what is refused, and what goes round in circles."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dockerlint import fixer
from dockerlint.edits import Edit, Fix, Licence, Safety
from dockerlint.findings import Finding
from dockerlint.fixer import FixResult, loop
from dockerlint.settings import Settings
from dockerlint.source import Source, Span
from dockerlint.verify import Verdict
from runner import run


def fix(text: str, **settings: object) -> FixResult:
    return fixer.fix(Source(text, "Dockerfile"), Settings(**settings))  # type: ignore[arg-type]


def rules(result: FixResult) -> list[str]:
    return [f.rule for f in result.applied]


def reasons(result: FixResult) -> list[str]:
    return [f.withheld.reason for f in result.withheld if f.withheld is not None]


APT = "FROM debian:12\nRUN apt-get update && apt-get install -y curl\n"
LATE = "FROM debian:12\nRUN dd if=/dev/zero of=/x bs=1M count=1\nRUN rm /x\n"


# With rules of our own

Rule = Callable[[Source], Iterator[Finding]]


def replacing(name: str, pattern: str, new: str, safety: Safety = Safety.SAFE, first: bool = False) -> Rule:
    """A rule that finds a pattern and replaces it."""

    def rule(source: Source) -> Iterator[Finding]:
        matches = re.finditer(pattern, source.text)
        for match in itertools.islice(matches, 1) if first else matches:
            span = Span(*match.span())
            edit = Edit(span, match.expand(new))
            yield Finding(name, span, f"found `{match[0]}`", fix=Fix(f"Replace `{match[0]}`", (edit,), safety))

    return rule


@pytest.fixture
def with_rules(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Use these rules; `gate` says of which texts the verification approves (of all when it is not given)."""

    def use(*rules: Rule, gate: Callable[[str], bool] | None = None) -> None:
        def check(source: Source, settings: Settings, context: object = None) -> list[Finding]:
            return [f for rule in rules for f in rule(source)]

        def verify(before: str, after: str, licence: Licence, context: object = None) -> Verdict:
            good = gate is None or gate(after)
            return Verdict(good, "" if good else "the gate is shut")

        monkeypatch.setattr(loop, "check_source", check)
        monkeypatch.setattr(loop, "verify", verify)

    return use


def test_rules_that_undo_each_other_are_named(with_rules: Callable[..., None]) -> None:
    with_rules(replacing("to-b", "a", "b"), replacing("to-a", "b", "a"))
    result = fix("FROM a\n")
    assert result.text == "FROM a\n"
    assert result.applied == ()
    (reason,) = set(reasons(result))
    assert "to-b" in reason
    assert "to-a" in reason
    assert "undo each other" in reason


def test_a_longer_circle_is_found_as_well(with_rules: Callable[..., None]) -> None:
    with_rules(replacing("x", "a", "b"), replacing("y", "b", "c"), replacing("z", "c", "a"))
    result = fix("a")
    assert (result.text, result.passes) == ("a", 3)
    assert all(name in reasons(result)[0] for name in "xyz")


def test_a_rule_without_end_is_stopped(with_rules: Callable[..., None]) -> None:
    with_rules(replacing("grows", "$", "a", first=True))
    result = fix("x")
    assert (result.text, result.applied) == ("x", ())
    assert "grows" in reasons(result)[0]
    assert "end" in reasons(result)[0]


def test_fixes_that_do_not_touch_are_applied_together(with_rules: Callable[..., None]) -> None:
    with_rules(replacing("one", "a", "1"), replacing("two", "b", "2"))
    result = fix("a b a")
    assert (result.text, result.passes, sorted(rules(result))) == ("1 2 1", 2, ["one", "one", "two"])


def test_of_fixes_that_overlap_the_wider_goes_first_and_the_other_waits(with_rules: Callable[..., None]) -> None:
    with_rules(replacing("narrow", "b", "B"), replacing("wide", "abc", "axc"))
    assert fix("abc b").text == "axc B"
    with_rules(replacing("narrow", "b", "B"), replacing("wide", "a(b)c", r"<\1>"))
    result = fix("abc")
    assert (result.text, rules(result)) == ("<B>", ["wide", "narrow"])


def test_two_rules_with_the_same_edit_both_count_as_fixed(with_rules: Callable[..., None]) -> None:
    with_rules(replacing("one", "a", "b"), replacing("two", "a", "b"))
    result = fix("a")
    assert (result.text, sorted(rules(result))) == ("b", ["one", "two"])


def test_what_the_gate_refuses_is_withheld_and_the_rest_is_fixed(with_rules: Callable[..., None]) -> None:
    with_rules(replacing("good", "a", "A"), replacing("bad", "b", "B"), gate=lambda after: "B" not in after)
    result = fix("a b a")
    assert (result.text, rules(result)) == ("A b A", ["good", "good"])
    (left,) = result.withheld
    assert (left.rule, left.fix) == ("bad", None)
    assert "the gate is shut" in reasons(result)[0]


def test_fixes_that_pass_one_by_one_but_not_together(with_rules: Callable[..., None]) -> None:
    """All or nothing holds for the whole file: what the gate says of the sum counts."""
    with_rules(replacing("one", "a", "A"), replacing("two", "b", "B"), gate=lambda after: after != "A B")
    result = fix("a b")
    assert result.text in ("A b", "a B")
    assert len(result.withheld) == 1


def test_one_refusal_does_not_stop_the_same_fix_elsewhere(with_rules: Callable[..., None]) -> None:
    with_rules(replacing("add", "(?m)^(.) *$", r"\1!"), gate=lambda after: "x!" not in after)
    result = fix("x\ny\n")
    assert result.text == "x\ny!\n"
    assert [result.text[f.span.start] for f in result.withheld] == ["x"]


def test_the_same_insertion_refused_in_one_run_is_made_in_another(with_rules: Callable[..., None]) -> None:
    def rule(source: Source) -> Iterator[Finding]:
        for match in re.finditer("(?m)^.$", source.text):
            at = Span(match.end(), match.end())
            yield Finding("add", Span(*match.span()), "same", fix=Fix("Add it", (Edit(at, "!"),), Safety.SAFE))

    with_rules(rule, gate=lambda after: "x!" not in after)
    assert fix("x\ny\n").text == "x\ny!\n"


def test_several_edits_are_applied_whole(with_rules: Callable[..., None]) -> None:
    def rule(source: Source) -> Iterator[Finding]:
        if source.text.startswith("a"):
            edits = (Edit(Span(0, 1), "A"), Edit(Span(len(source.text) - 1, len(source.text)), "Z"))
            yield Finding("ends", Span(0, 1), "ends", fix=Fix("Both ends", edits, Safety.SAFE))

    with_rules(rule, replacing("middle", "m", "M"))
    result = fix("a m z")
    assert result.text == "A M Z"
    assert sorted(rules(result)) == ["ends", "middle"]


@pytest.mark.parametrize(("unsafe", "text"), [(False, "A b c"), (True, "A B c")])
def test_levels_of_safety(with_rules: Callable[..., None], unsafe: bool, text: str) -> None:
    with_rules(
        replacing("safe", "a", "A"),
        replacing("unsafe", "b", "B", Safety.UNSAFE),
        replacing("shown", "c", "C", Safety.DISPLAY),
    )
    assert fix("a b c", unsafe_fixes=unsafe).text == text


def test_nothing_to_fix(with_rules: Callable[..., None]) -> None:
    with_rules()
    assert fix("a") == FixResult("a", (), (), 1)


# With the real rules


def test_select_limits_what_is_fixed() -> None:
    text = APT.replace("FROM debian:12\n", "FROM debian:12\nMAINTAINER a\n")
    assert rules(fix(text, select=("STY001",))) == ["maintainer-deprecated"]
    assert rules(fix(text, select=("PKG001",))) == ["apt-lists-left-behind"]
    assert sorted(rules(fix(text, select=("STY001", "PKG001")))) == ["apt-lists-left-behind", "maintainer-deprecated"]
    assert rules(fix(text, ignore=("STY", "PKG"))) == []


@pytest.mark.parametrize(
    "comment",
    [
        "# dockerlint: ignore=PKG001 reason",
        "# dockerlint: ignore=apt-lists-left-behind",
        "# hadolint ignore=DL3009",
    ],
)
def test_what_is_suppressed_is_never_fixed(comment: str) -> None:
    text = APT.replace("RUN", f"{comment}\nRUN")
    result = fix(text, select=("PKG001",), unsafe_fixes=True)
    assert (result.text, result.applied, result.withheld) == (text, (), ())


def test_what_is_suppressed_in_the_whole_file_is_never_fixed() -> None:
    for comment in ("# dockerlint: ignore-file=PKG", "# hadolint global ignore=DL3009"):
        text = f"{comment}\n{APT}"
        assert fix(text, select=("PKG001",)).text == text, comment


def test_a_suppression_of_one_rule_leaves_the_others() -> None:
    text = APT.replace("RUN", "# dockerlint: ignore=PKG002\nRUN")
    assert rules(fix(text, select=("PKG001", "PKG002"), unsafe_fixes=True)) == ["apt-lists-left-behind"]


def test_unsafe_fixes_are_asked_for() -> None:
    assert "--no-install-recommends" not in fix(APT).text
    assert "--no-install-recommends" in fix(APT, unsafe_fixes=True).text


def test_fixes_of_several_rules_come_together_in_several_passes() -> None:
    text = (
        "FROM debian:12\nMAINTAINER a <b@c>\nRUN apt-get update\nRUN apt-get install -y curl\n"
        "# fetch\nRUN curl -o /x http://y/z\nRUN rm /x\n"
    )
    result = fix(text, unsafe_fixes=True)
    assert result.passes > 2
    assert result.text.count("RUN ") == 1
    assert "# fetch" in result.text
    assert "LABEL" in result.text
    assert result.text.index("apt-get update") < result.text.index("rm -rf /var/lib/apt/lists/*")
    again = fix(result.text, unsafe_fixes=True)
    assert (again.text, again.applied) == (result.text, ())


def test_a_stage_is_cut_first_and_what_no_longer_ships_stays_as_it_was() -> None:
    """Without what is recommended gcc has no headers and wget no certificates; here they cost nothing."""
    build = "RUN apt-get update\nRUN apt-get install -y gcc make wget\nRUN wget https://example.com/t.tgz\n"
    build += "RUN tar xzf t.tgz\nWORKDIR /t\nRUN make\nRUN make install PREFIX=/opt/t\n"
    text = "FROM debian:12\n" + build + 'CMD ["/opt/t/bin/t"]\n'
    result = fix(text, unsafe_fixes=True)
    assert rules(result) == ["no-multi-stage-build"]
    assert build in result.text


def test_findings_without_a_fix_are_withheld_with_their_reason() -> None:
    result = fix("FROM debian:12\nRUN dd if=/dev/zero of=/x bs=1M count=1\nENV A=b\nRUN rm /x\n", select=("LAY001",))
    assert result.applied == ()
    assert reasons(result) == ["ENV on line 3 stands between"]


def test_what_is_withheld_is_told_at_its_place_in_the_fixed_text() -> None:
    text = LATE + "RUN dd if=/dev/zero of=/y bs=1M count=1\nENV A=b\nRUN rm /y\n"
    result = fix(text, select=("LAY001",))
    assert result.text.count("RUN") == 3
    (left,) = result.withheld
    assert result.text[left.span.start : left.span.end] == "rm /y"
    assert "ENV on line 5" in reasons(result)[0]


def test_a_broken_file_is_left_as_it_is() -> None:
    for text in ("", "\n", "RUN", "FROM\n", "FROM x\nRUN 'a\nRUN b\n", "\0", "# a"):
        assert fix(text, unsafe_fixes=True).text == text, repr(text)


def test_standard_input_to_standard_output(tmp_path: Path) -> None:
    done = run("fix", "--isolated", "--select", "LAY001", "-", cwd=tmp_path, stdin=LATE.encode())
    assert done.out.decode() == LATE.replace("\nRUN rm", " \\\n    && rm")
    assert list(tmp_path.iterdir()) == []


def test_standard_input_with_nothing_to_fix_comes_back_byte_for_byte(tmp_path: Path) -> None:
    for data in (b"", b"FROM x", b"\xef\xbb\xbfFROM x\r\n", b"FROM x\n# \xff\n"):
        assert run("fix", "--isolated", "-", cwd=tmp_path, stdin=data).out == data


def test_a_fix_that_waits_for_a_refused_one_gets_its_turn(with_rules: Callable[..., None]) -> None:
    with_rules(replacing("wide", "ab", "xx"), replacing("narrow", "b", "c"), gate=lambda text: "x" not in text)
    result = fix("ab")
    assert result.text == "ac"
    assert [f.rule for f in result.applied] == ["narrow"]


def test_a_clean_up_that_would_not_reach_the_cache_is_not_repeated() -> None:
    text = "FROM composer:2\nRUN composer install\nRUN a\nRUN b\nRUN c\n"
    result = fix(text)
    assert result.text == "FROM composer:2\nRUN composer install \\\n    && a \\\n    && b \\\n    && c\n"
    assert any(f.withheld and "lies at `/tmp/cache`" in f.withheld.reason for f in result.withheld)
