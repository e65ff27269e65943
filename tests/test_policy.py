"""What the configuration says of joins and caches is kept."""

from __future__ import annotations

import pytest

from dockerlint.engine import check_source
from dockerlint.findings import Finding
from dockerlint.fixer import fix
from dockerlint.settings import Settings
from dockerlint.source import Source

WASTE = "FROM debian:12\nRUN fallocate -l 1M /x\nRUN rm /x\n"
ROW = "FROM debian:12\nRUN echo a\nRUN echo b\nRUN echo c\n"
ALONE = "FROM debian:12\nRUN apt-get update\nRUN apt-get install -y --no-install-recommends curl\n"
LATE = ALONE.replace("\nRUN apt-get install", " && apt-get install") + "RUN rm -rf /var/lib/apt/lists/*\n"


def one(text: str, rule: str, settings: Settings) -> Finding:
    return next(f for f in check_source(Source(text), settings) if f.rule == rule)


@pytest.mark.parametrize(
    ("text", "rule", "joins"),
    [
        (WASTE, "removed-in-later-layer", {"consecutive", "bytes-only"}),
        (ROW, "consecutive-runs", {"consecutive"}),
        (ALONE, "apt-update-alone", {"consecutive"}),
    ],
)
@pytest.mark.parametrize("joining", ["consecutive", "bytes-only", "never"])
def test_joining_is_as_the_configuration_says(text: str, rule: str, joins: set[str], joining: str) -> None:
    settings = Settings(joining=joining, select=(rule,))
    found = one(text, rule, settings)
    assert (found.fix is not None) == (joining in joins)
    if joining not in joins:
        assert found.withheld is not None
        assert f"joining: {joining}" in found.withheld.reason
        assert fix(Source(text), settings).text == text


def test_without_joining_a_clean_up_moves() -> None:
    settings = Settings(joining="never", select=("LAY004",))
    found = one(LATE, "cleaned-in-later-layer", settings)
    assert found.fix is not None
    assert fix(Source(LATE), settings).text == (
        "FROM debian:12\nRUN apt-get update && apt-get install -y --no-install-recommends curl"
        " && rm -rf /var/lib/apt/lists/*\n"
    )


PIP = "--mount=type=cache,target=/root/.cache/pip"
LISTS = "--mount=type=cache,target=/var/lib/apt/lists,sharing=locked"


@pytest.mark.parametrize(
    ("body", "after"),
    [
        ("RUN pip install flask", f"RUN {PIP} pip install flask"),
        ("RUN --network=host pip install flask", f"RUN --network=host {PIP} pip install flask"),
        ("RUN apt-get update && apt-get install -y curl", f"RUN {LISTS} apt-get update && apt-get install -y curl"),
        ("RUN dnf install -y x", "RUN --mount=type=cache,target=/var/cache/dnf,sharing=locked dnf install -y x"),
    ],
)
def test_cache_mounts_where_the_configuration_wants_them(body: str, after: str) -> None:
    settings = Settings(cache="mount", select=("PKG001", "PKG006", "PKG012"))
    result = fix(Source(f"FROM python:3.12-slim\n{body}\n"), settings)
    assert result.text == f"FROM python:3.12-slim\n{after}\n"
    assert fix(Source(result.text), settings).text == result.text


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("FROM debian:12\nUSER app\nRUN pip install flask\n", "belongs to root"),
        ("FROM jupyter/base-notebook\nRUN pip install flask\n", "may start as another user"),
        ("FROM python:3-nonroot\nRUN pip install flask\n", "may start as another user"),
        ("FROM ghcr.io/x/y AS a\nFROM a\nRUN pip install flask\n", "may start as another user"),
        ("FROM debian:12\nRUN pip install flask && cp -r /root/.cache/pip /x\n", "takes what lies there"),
        ("FROM debian:12\nRUN sudo pip install flask\n", "belongs to root"),
        ("# syntax=docker/dockerfile:1.0\nFROM debian:12\nRUN pip install flask\n", "may not know mounts"),
        ("FROM debian:12\nCOPY w /root/.cache/pip/w\nRUN pip install flask\n", "a mount would hide it"),
        ("FROM debian:12\nRUN apt-get update\nRUN apt-get install -y curl\n", "reads what the clean-up deletes"),
    ],
)
def test_why_a_cache_is_not_mounted(text: str, reason: str) -> None:
    settings = Settings(cache="mount", select=("PKG001", "PKG006"))
    found = [f for f in check_source(Source(text), settings) if f.rule.endswith("left-behind")]
    assert [reason in f.withheld.reason for f in found if f.withheld] == [True]
    assert fix(Source(text), settings).text == text


@pytest.mark.parametrize("head", ["FROM jupyter/base-notebook\nUSER root\n", "FROM docker.io/library/python:3\n"])
def test_a_cache_is_mounted_for_root(head: str) -> None:
    result = fix(Source(f"{head}RUN pip install flask\n"), Settings(cache="mount", select=("PKG006",)))
    assert result.text == f"{head}RUN {PIP} pip install flask\n"


def scripted(body: str, head: str = "") -> str:
    settings = Settings(select=("LAY003",), joined="heredoc")
    text = f"{head}FROM debian:12\n{body}\n"
    result = fix(Source(text), settings)
    assert fix(Source(result.text), settings).text == result.text
    return result.text.removeprefix(f"{head}FROM debian:12\n")


def test_joined_runs_are_here_documents_where_the_configuration_wants_them() -> None:
    body = "RUN --network=none a && b\n# why\nRUN --network=none c 'd e' > /f\nEXPOSE 80\nRUN --network=none A=1 g"
    assert scripted(body) == (
        "RUN --network=none <<EOF\nset -e\na\nb\n# why\nc 'd e' > /f\nA=1 g\nEOF\nEXPOSE 80\n"
    )


OTHERWISE = ["b; c", "b || c", "b | c", "cd /b", "A=$(b)", "b `c`", "(b)", "if b; then c; fi", "EOF", "! b"]


@pytest.mark.parametrize("second", [*OTHERWISE, "b \\\n && c"])
def test_joined_runs_that_a_script_might_run_otherwise_stay_chains(second: str) -> None:
    joined = scripted(f"RUN a\nRUN {second}\nRUN d")
    assert joined.startswith("RUN a ") == (second != "b \\\n && c")
    assert ("<<EOF" in joined) == (second == "b \\\n && c")


def test_joined_runs_are_chains_where_the_frontend_knows_no_here_documents() -> None:
    assert "<<" not in scripted("RUN a\nRUN b\nRUN c", "# syntax=docker/dockerfile:1.3\n")
    assert "<<" in scripted("RUN a\nRUN b\nRUN c", "# syntax=docker/dockerfile:1.4\n")
