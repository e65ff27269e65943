"""The example projects of testdata/ecosystems: each becomes a builder stage and a stage that ships what was built.

`.ci/ecosystems.py` builds and runs them for real; here the texts are held to what was reviewed and seen to run.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import dockerfile
import pytest

import dockerlint
from dockerlint.fixer import FixResult
from dockerlint.settings import Settings

PROJECTS = Path(__file__).resolve().parent.parent / "testdata/ecosystems"
NAMES = sorted(path.parent.name for path in PROJECTS.glob("*/project.json"))
CARRIED = {"LABEL", "EXPOSE", "VOLUME", "USER", "STOPSIGNAL", "HEALTHCHECK", "ENTRYPOINT", "CMD"}


def manifest(name: str) -> dict[str, Any]:
    return dict(json.loads((PROJECTS / name / "project.json").read_text()))


def before(name: str) -> str:
    return (PROJECTS / name / "app/Dockerfile").read_text()


@cache
def result(name: str) -> FixResult:
    """In its context, as `dockerlint fix --unsafe-fixes` in the folder."""
    return dockerlint.fix(before(name), context=PROJECTS / name / "app", settings=Settings(unsafe_fixes=True))


def stages(text: str) -> list[list[Any]]:
    """The instructions by stage, each with its FROM."""
    found: list[list[Any]] = []
    for instruction in dockerlint.parse(text).instructions:
        if instruction.keyword == "FROM":
            found.append([])
        found[-1].append(instruction)
    return found


def kept(stage: list[Any], keywords: set[str]) -> list[tuple[str, str]]:
    return [(i.keyword, i.arguments) for i in stage if i.keyword in keywords]


def copied(name: str) -> list[str]:
    """What the last stage takes from the builder stage."""
    last = stages(result(name).text)[-1]
    copies = [i for i in last if i.keyword == "COPY" and "--from=build" in i.flags]
    return [word for copy in copies for word in copy.arguments.split()[:-1]]


def test_there_are_enough_and_each_says_what_it_should_print() -> None:
    assert len(NAMES) >= 14
    for name in NAMES:
        assert len(stages(before(name))) == 1, name
        assert (PROJECTS / name / "expected-output").read_text().strip(), name
        assert set(manifest(name)) <= {
            "ecosystem", "built", "artefacts", "serve", "fetch", "gems", "run", "get", "env",
        }  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_the_fixed_file_is_as_reviewed(name: str) -> None:
    assert result(name).text == (PROJECTS / name / "Dockerfile.fixed").read_text()


@pytest.mark.parametrize("name", NAMES)
def test_two_stages_that_parse(name: str) -> None:
    first, last = stages(result(name).text)
    assert re.search(r" AS build$", first[0].arguments, re.I)
    assert last[0].arguments.split()[0] != "build"
    theirs = [command.cmd.upper() for command in dockerfile.parse_string(result(name).text)]
    assert theirs == [i.keyword for i in (*first, *last)]
    assert not [f for f in dockerlint.check(result(name).text) if f.rule == "syntax-error"]


@pytest.mark.parametrize("name", NAMES)
def test_fixing_again_changes_nothing(name: str) -> None:
    again = dockerlint.fix(result(name).text, context=PROJECTS / name / "app", settings=Settings(unsafe_fixes=True))
    assert again.text == result(name).text


@pytest.mark.parametrize("name", NAMES)
def test_the_last_stage_has_what_was_built(name: str) -> None:
    sources = copied(name)
    assert sources
    for artefact in manifest(name)["artefacts"]:
        assert any(artefact == s or artefact.startswith(s.rstrip("/") + "/") for s in sources), (artefact, sources)


@pytest.mark.parametrize("name", NAMES)
def test_the_image_starts_and_declares_the_same(name: str) -> None:
    (whole,) = stages(before(name))
    last = stages(result(name).text)[-1]
    assert kept(last, CARRIED) == kept(whole, CARRIED)
    assert kept(last, {"WORKDIR"})[-1:] == kept(whole, {"WORKDIR"})[-1:]


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_built_where_it_ships(name: str) -> None:
    findings = dockerlint.check(result(name).text, context=PROJECTS / name / "app")
    assert not [f for f in findings if f.rule in ("no-multi-stage-build", "build-tools-left-behind")]


@pytest.mark.parametrize("name", ["haskell-cabal", "elixir-release"])
def test_the_language_that_the_base_image_sets_is_kept(name: str) -> None:
    """Without LANG=C.UTF-8 a Haskell program dies at the first letter beyond ASCII."""
    assert [i for i in stages(result(name).text)[-1] if (i.keyword, i.arguments) == ("ENV", "LANG=C.UTF-8")]


def test_a_folder_of_the_programs_own_stays_its_own() -> None:
    """A folder that COPY makes is root's, whatever it was before: the program could not write there."""
    last = stages(result("c-autotools").text)[-1]
    copies = [i.flags for i in last if i.keyword == "COPY" and "/var/cache/primes" in i.arguments]
    assert copies == [["--from=build", "--chown=primes:root"]]
