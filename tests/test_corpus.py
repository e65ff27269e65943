"""Real Dockerfiles by strangers, and the shared cases; runs where ../shared lies beside the checkout."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import dockerfile
import pytest

from dockerlint import catalogue, fixer
from dockerlint.context import Context
from dockerlint.engine import check_source
from dockerlint.findings import Finding, Severity
from dockerlint.settings import Settings
from dockerlint.source import Source
from dockerlint.syntax import parse

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"
CASES = SHARED / "cases"


@pytest.fixture(scope="module", autouse=True)
def _shared() -> None:
    if not SHARED.is_dir():
        pytest.skip("no ../shared beside this checkout")


def sources(folder: Path) -> Iterator[Source]:
    for path in sorted(folder.rglob("*Dockerfile*")):
        if path.is_file():
            yield Source.from_bytes(path.read_bytes(), str(path))


def all_of(text: str) -> Counter[str]:
    """Comment lines and flags, wherever they stand."""
    parsed = parse(text)
    comments = [line.strip() for line in text.split("\n") if line.lstrip().startswith("#")]
    flags = [flag for i in parsed.instructions for flag in i.flags]
    return Counter(comments + flags)


def parses(text: str) -> bool:
    try:
        dockerfile.parse_string(text.encode("utf-8", "replace").decode())
    except dockerfile.GoParseError:
        return False
    return True


def bloat() -> list[dict[str, object]]:
    path = CASES / "bloat/expected.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def found(folder: Path) -> tuple[Source, list[Finding]]:
    path = folder / "Dockerfile"
    source = Source.from_bytes(path.read_bytes(), str(path))
    return source, check_source(source, Settings(select=("ALL",)), Context(folder))


@pytest.mark.parametrize("case", bloat(), ids=lambda case: str(case["case"]))
def test_bloat_is_found_on_its_line(case: dict) -> None:
    """known: rules that later issues bring have no page yet; such a case asserts just that."""
    rules = {rule.name for rule in catalogue.rules()}
    source, findings = found(CASES / "bloat" / case["case"])
    places = {(f.rule, source.position(f.span.start).line) for f in findings}
    for want in case["expect"]:
        if want["rule"] in rules:
            assert (want["rule"], want["line"]) in places
        else:
            assert want["rule"] not in {rule for rule, _ in places}


@pytest.mark.parametrize("case", [c for c in bloat() if c["bytes"] is not None], ids=lambda case: str(case["case"]))
def test_bytes_are_told_where_the_case_knows_them(case: dict) -> None:
    source, findings = found(CASES / "bloat" / case["case"])
    (want,) = case["expect"]
    mine = [f for f in findings if f.rule == want["rule"] and source.position(f.span.start).line == want["line"]]
    assert [f.bytes for f in mine] == [case["bytes"]]


def test_tricky_files_keep_what_they_have() -> None:
    changed = 0
    for source in sources(CASES / "tricky"):
        fixed = fixer.fix(source, Settings(), None).text
        assert parses(fixed) or not parses(source.text), source.path
        assert fixer.fix(Source(fixed), Settings(), None).text == fixed, source.path
        assert all_of(source.text) - all_of(fixed) == Counter(), source.path
        changed += fixed != source.text
    assert changed > 0


def test_clean_files_have_nothing_to_warn_of() -> None:
    folders = [p for p in sorted((CASES / "clean").iterdir()) if p.is_dir()]
    assert folders
    for folder in folders:
        _, findings = found(folder)
        # Off-by-default rules are not what a user of a clean file sees.
        path = folder / "Dockerfile"
        source = Source.from_bytes(path.read_bytes(), str(path))
        usual = check_source(source, Settings(), Context(folder))
        loud = [(f.rule, f.message) for f in usual if f.severity >= Severity.WARNING]
        assert loud == [], folder.name
        assert all(f.severity < Severity.ERROR for f in findings), folder.name


def test_every_file_of_the_corpus_is_read_without_loss_and_checked_without_a_crash() -> None:
    settings = Settings(debug=True)
    count = 0
    for source in sources(SHARED / "corpus/files"):
        assert parse(source).text == source.text
        check_source(source, settings, None)
        count += 1
    assert count > 3000


def test_a_sample_of_the_corpus_is_fixed_soundly() -> None:
    """The whole corpus is for .ci/run; this looks at every 40th file."""
    changed = 0
    for number, source in enumerate(sources(SHARED / "corpus/files")):
        if number % 40:
            continue
        fixed = fixer.fix(source, Settings(), None).text
        assert parses(fixed) or not parses(source.text), source.path
        assert fixer.fix(Source(fixed), Settings(), None).text == fixed, source.path
        assert all_of(source.text) - all_of(fixed) == Counter(), source.path
        changed += fixed != source.text
    assert changed >= 20
