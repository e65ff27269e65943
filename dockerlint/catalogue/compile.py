"""Compile rules/*.yaml and the managers' tables to JSON: ``python -m dockerlint.catalogue.compile [--check]``."""

from __future__ import annotations

import json
import sys
from itertools import pairwise
from pathlib import Path

from dockerlint.catalogue import managers
from dockerlint.catalogue.book import HEADS, folder, rules
from dockerlint.catalogue.pages import head, load_yaml, read
from dockerlint.catalogue.rule import Rule
from dockerlint.catalogue.schema import PageError, check_page
from dockerlint.effects.managers import COMPILED


def compiled(pages: Path) -> tuple[str, list[str]]:
    """The text of heads.json for a folder of pages, and what is wrong with those that are left out."""
    heads, problems = [], []
    for path in sorted(pages.glob("*.yaml")):
        try:
            data = load_yaml(path)
            check_page(data, path.stem)
            heads.append(head(data))
        except PageError as error:
            problems.append(str(error) if str(error).startswith(str(path)) else f"{path}: {error}")
    heads.sort(key=lambda entry: str(entry["code"]))
    for one, other in pairwise(heads):
        if one["code"] == other["code"]:
            problems.append(f"{pages}: {one['name']} and {other['name']} have the same code {one['code']}")
    return "[\n" + ",\n".join(json.dumps(entry, ensure_ascii=False) for entry in heads) + "\n]\n", problems


def user_rules(pages: Path) -> tuple[Rule, ...]:
    """The rules that a project keeps in `.dockerlint/rules`. Raises PageError for a page that cannot be used."""
    taken = {word: rule.name for rule in rules() for word in (rule.name, rule.code)}
    found = []
    for path in sorted(pages.glob("*.yaml")):
        rule = read(path, user=True).rule
        for word in (rule.name, rule.code):
            if word in taken:
                raise PageError(f"{path}: `{word}` is already that of the rule {taken[word]}")
            taken[word] = rule.name
        found.append(rule)
    return tuple(found)


def main(arguments: list[str]) -> int:
    """Write heads.json and managers.json, or with ``--check`` only say whether they are stale; the exit code."""
    text, problems = compiled(folder())
    wanted = {Path(HEADS): text}
    try:
        wanted[COMPILED] = managers.compiled()
    except ValueError as error:
        problems.append(str(error))
    for path, new in wanted.items():
        if path.exists() and path.read_text(encoding="utf-8") == new:
            continue
        if "--check" in arguments:
            problems.append(f"{path} is stale: run python -m dockerlint.catalogue.compile")
        else:
            path.write_text(new, encoding="utf-8")
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
