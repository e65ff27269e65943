"""The rule book: heads from heads.json in a millisecond, whole pages from rules/ on demand."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING

from dockerlint.catalogue.rule import Rule, from_head

if TYPE_CHECKING:
    from pathlib import Path

    from dockerlint.catalogue.pages import Page

HEADS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "heads.json")


@cache
def rules() -> tuple[Rule, ...]:
    """Every rule that ships with dockerlint, by code."""
    with open(HEADS, encoding="utf-8") as file:
        return tuple(from_head(head) for head in json.load(file))


@cache
def by_name() -> dict[str, Rule]:
    """The shipped rules by name."""
    return {rule.name: rule for rule in rules()}


@cache
def folder() -> Path:
    """Where the pages are: inside the package in a wheel, beside it in a checkout."""
    from pathlib import Path  # 3 ms that a clean check does not need

    package = Path(__file__).resolve().parent.parent
    inside = package / "rules"
    return inside if inside.is_dir() else package.parent / "rules"


def page(name: str) -> Page:
    """The whole page of a shipped rule. Raises KeyError for a name that is none, PageError for a broken page."""
    from dockerlint.catalogue.pages import read  # ruamel.yaml takes 26 ms to load

    return read(folder() / f"{by_name()[name].name}.yaml")


def find(selector: str, among: Iterable[Rule] | None = None) -> tuple[Rule, ...]:
    """The rules that a name, code, alias or prefix means; exact matches win over prefixes."""
    found = [rule for rule in (rules() if among is None else among) if rule.answers_to(selector)]
    wanted = selector.casefold()
    exact = [r for r in found if wanted in (r.name, r.code.casefold(), *(a.casefold() for a in r.aliases))]
    return tuple(exact or found)


def suggest(text: str, among: Iterable[Rule] | None = None) -> str | None:
    """The rule name, code or alias that `text` was most likely meant to be."""
    known = [word for r in (rules() if among is None else among) for word in (r.name, r.code, *r.aliases)]
    return closest(text, known)


def closest(text: str, known: Iterable[str]) -> str | None:
    """The word of `known` nearest to `text`, or None when none is near."""
    from difflib import get_close_matches  # only needed on the way to an error message

    by_fold = {word.casefold(): word for word in known}
    near = get_close_matches(text.casefold(), by_fold, n=1, cutoff=0.6)
    return by_fold[near[0]] if near else None


def hint(text: str, known: Iterable[str]) -> str:
    """``; did you mean `x`?`` or nothing."""
    near = closest(text, known)
    return f"; did you mean `{near}`?" if near else ""
