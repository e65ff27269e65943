"""Every case of every page in rules/, and what holds pages, heads and modules together."""

from __future__ import annotations

import importlib
import pkgutil
from pathlib import Path

import pytest

import dockerlint.lints
from dockerlint import catalogue
from dockerlint.catalogue import compile as compiler
from dockerlint.catalogue.pages import read
from dockerlint.engine import cases
from dockerlint.fixer import fix

PAGES = sorted(catalogue.folder().glob("*.yaml"))


def test_there_are_pages() -> None:
    assert {"syntax-error", "maintainer-deprecated", "apt-recommends-installed", "apt-upgrade"} <= {
        p.stem for p in PAGES
    }


def test_heads_are_compiled_from_the_pages() -> None:
    text, problems = compiler.compiled(catalogue.folder())
    assert problems == []
    assert Path(catalogue.book.HEADS).read_text("utf-8") == text, "run python -m dockerlint.catalogue.compile"


@pytest.mark.parametrize("path", PAGES, ids=lambda p: p.stem)
def test_cases_of_the_page(path: Path) -> None:
    assert cases.run(read(path), fix) == []


@pytest.mark.parametrize("path", PAGES, ids=lambda p: p.stem)
def test_page_has_a_bad_and_a_good_case_with_names_of_their_own(path: Path) -> None:
    page = read(path)
    assert {case.bad for case in page.cases} == {True, False}
    names = [case.name for case in page.cases]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("path", PAGES, ids=lambda p: p.stem)
def test_fix_level_is_what_the_cases_show(path: Path) -> None:
    page = read(path)
    fixed = [case for case in page.cases if case.fixed is not None or case.ignored is not None]
    assert bool(fixed) == (page.rule.fix in ("safe", "unsafe"))
    if page.rule.fix == "safe":
        assert any(not case.unsafe for case in fixed)
    if page.rule.fix == "unsafe":
        assert all(case.unsafe for case in fixed)


@pytest.mark.parametrize("rule", catalogue.rules(), ids=lambda r: r.name)
def test_head_names_a_module_that_checks_or_has_a_match(rule: catalogue.Rule) -> None:
    if rule.module:
        assert callable(importlib.import_module(f"dockerlint.lints.{rule.module}").check)
    else:
        assert rule.match is not None


def test_every_lint_module_is_named_by_a_page() -> None:
    found = {m.name for m in pkgutil.iter_modules(dockerlint.lints.__path__)}
    assert found == {rule.module for rule in catalogue.rules() if rule.module}
