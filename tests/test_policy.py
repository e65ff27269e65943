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


def test_cache_mounts_are_not_written_and_nothing_else_is_in_their_place() -> None:
    text = "FROM python:3.12-slim\nRUN pip install flask\n"
    settings = Settings(cache="mount", select=("PKG006",))
    found = one(text, "pip-cache-left-behind", settings)
    assert found.fix is None
    assert found.withheld is not None
    assert "cache mounts" in found.withheld.reason
    assert fix(Source(text), settings).text == text
