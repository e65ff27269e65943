"""Files that fixers have spoilt: each still parses for BuildKit, and keeps its comments, flags and all that runs."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import dockerfile
import pytest

from dockerlint import fixer
from dockerlint.edits import Fix, apply
from dockerlint.model.build import build
from dockerlint.rewrite.join import join
from dockerlint.settings import Settings
from dockerlint.source import Source
from dockerlint.syntax import parse
from joined import leaves

ROOT = Path(__file__).resolve().parent.parent
OWN = ROOT / "testdata/tricky"
SHARED = ROOT.parent / "shared/cases"
FILES = [
    pytest.param(path, id=f"{folder.name}/{path.stem}")
    for folder in (OWN, *((SHARED / "tricky",) if SHARED.is_dir() else ()))
    for path in sorted(folder.glob("*.Dockerfile"))
]
MODES = {
    "safe": Settings(),
    "unsafe": Settings(unsafe_fixes=True),
    "all that there is": Settings(
        select=("ALL",), unsafe_fixes=True, options={"consecutive-runs": {"minimum": 2}}
    ),
}


@cache
def fixed(path: Path, mode: str) -> fixer.FixResult:
    return fixer.fix(source(path), MODES[mode])


def source(path: Path) -> Source:
    return Source.from_bytes(path.read_bytes(), path.name)


def both(path: Path) -> Iterator[tuple[str, str]]:
    """(text before, text after) of each mode."""
    for mode in MODES:
        yield source(path).text, fixed(path, mode).text


def readable(text: str) -> bool:
    try:
        dockerfile.parse_string(text)
    except dockerfile.GoParseError:
        return False
    return True


def bodies_of_documents(text: str) -> list[str]:
    return [h.body for i in parse(text).instructions for h in i.heredoc_nodes]


def comments(text: str) -> Counter[str]:
    """Comment lines outside here-documents, and comments that the shell reads."""
    parsed = parse(text)
    found = [c.text.strip() for c in parsed.comments]
    found += [c.text.strip() for i in parsed.instructions for c in i.comments]
    for step in build(parsed).steps:
        if step.body is not None:
            found += [c.text.strip() for c in step.body.comments]
    return Counter(found)


def test_there_are_files() -> None:
    assert len(list(OWN.glob("*.Dockerfile"))) > 15


@pytest.mark.parametrize("path", FILES)
def test_buildkit_still_reads_it(path: Path) -> None:
    for before, after in both(path):
        assert readable(after) or not readable(before)


@pytest.mark.parametrize("path", FILES)
def test_comments_are_kept_once_each(path: Path) -> None:
    for before, after in both(path):
        assert comments(after) == comments(before)


@pytest.mark.parametrize("path", FILES)
def test_flags_are_kept(path: Path) -> None:
    for before, after in both(path):
        kept = {f for i in parse(after).instructions for f in i.flags}
        assert {f for i in parse(before).instructions for f in i.flags} <= kept


@pytest.mark.parametrize("path", FILES)
def test_here_documents_are_kept(path: Path) -> None:
    for before, after in both(path):
        for old, new in zip(bodies_of_documents(before), bodies_of_documents(after), strict=True):
            words = iter(new.split())  # an option may come in, a clean-up at the end
            assert all(word in words for word in old.split())


@pytest.mark.parametrize("path", FILES)
def test_a_second_run_changes_nothing(path: Path) -> None:
    for mode, settings in MODES.items():
        once = fixed(path, mode).text
        again = fixer.fix(Source(once, path.name), settings)
        assert (again.text, again.applied) == (once, ()), mode


@pytest.mark.parametrize("path", FILES)
def test_line_endings_and_the_last_line_are_as_they_were(path: Path) -> None:
    for before, after in both(path):
        if before != after:
            assert ("\r\n" in after) == ("\r\n" in before)
            assert after.count("\r") in (0, after.count("\n"))
            assert after.endswith("\n") == before.endswith("\n")


@pytest.mark.parametrize("path", FILES)
def test_untouched_instructions_are_untouched(path: Path) -> None:
    """What is neither RUN nor MAINTAINER nor FROM stays to the byte."""
    for before, after in both(path):
        texts = [[parsed.source.slice(i.span) for i in parsed.instructions] for parsed in (parse(before), parse(after))]
        kept = [
            [t for t in half if t.split()[0].upper() not in {"RUN", "MAINTAINER", "FROM", "LABEL"}] for half in texts
        ]
        assert kept[0] == kept[1]


def test_what_is_not_understood_is_not_changed() -> None:
    for name in ("windows", "triggers"):
        for mode in ("safe", "unsafe"):
            assert fixed(OWN / f"{name}.Dockerfile", mode).text == source(OWN / f"{name}.Dockerfile").text


def test_what_can_be_fixed_is_fixed() -> None:
    """A fixer that refuses everything would pass the tests above."""
    changed = {path.stem for path in OWN.glob("*.Dockerfile") for mode in MODES if fixed(path, mode).applied}
    assert changed >= {
        "apt-in-branches",
        "chinese",
        "comments-everywhere",
        "crlf-and-tabs",
        "directories",
        "endings",
        "functions-and-traps",
        "heredocs",
        "late-removals",
        "lists-and-failures",
        "long-options",
        "quotes",
        "variables-between",
    }


def hazards() -> list[dict[str, str | None]]:
    path = SHARED / "hazards.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def test_shared_hazards_are_joined_right_or_refused(tmp_path: Path) -> None:
    """Those that are joined leave what two RUNs leave."""
    refused, wrong = set(), {}
    for hazard in hazards():
        first, second, name = str(hazard["first"]), str(hazard["second"]), str(hazard["id"])
        text = f"FROM debian:12\nRUN {first}\nRUN {second}\n"
        graph = build(parse(text))
        outcome = join(graph, [s for s in graph.steps if s.instruction.keyword == "RUN"])
        if not isinstance(outcome, Fix):
            refused.add(name)
            continue
        after = apply(text, list(outcome.edits))
        assert readable(after)
        (step,) = [s for s in build(parse(after)).steps if s.instruction.keyword == "RUN"]
        shell, setup = ["/bin/sh", "-c"], str(hazard["setup"]) or "true"
        apart = leaves(shell, (first, second), tmp_path / f"{name}.a", setup)
        together = leaves(shell, (step.instruction.arguments,), tmp_path / f"{name}.b", setup)
        if apart != together:
            wrong[name] = step.instruction.arguments
    assert not wrong
    assert refused <= {str(h["id"]) for h in hazards() if h["right"] is None or h["id"] == "set_e_first"}
