"""The shell of thousands of real Dockerfiles; runs where ../shared lies beside the checkout."""

from __future__ import annotations

from collections import Counter
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from dockerlint.model.build import build
from dockerlint.shell.tree import Node, ShellBody
from dockerlint.shell.walk import canonical, words_of
from dockerlint.source import Source
from dockerlint.syntax import parse
from shell_dump import bash_reads, joined, shell_values

CORPUS = Path(__file__).resolve().parent.parent.parent / "shared/corpus/files"


@pytest.fixture(scope="module", autouse=True)
def _corpus() -> None:
    if not CORPUS.is_dir():
        pytest.skip("no ../shared beside this checkout")


class Real(NamedTuple):
    """A body of a real file."""

    text: str
    escape: str
    body: ShellBody


@cache
def real() -> list[Real]:
    found = []
    for path in sorted(CORPUS.iterdir()):
        graph = build(parse(Source.from_bytes(path.read_bytes(), str(path))))
        dockerfile = graph.dockerfile
        found += [Real(dockerfile.text, dockerfile.escape, step.body) for step in graph.steps if step.body]
    return found


def followed() -> list[tuple[Real, Node]]:
    return [(one, one.body.root) for one in real() if one.body.root is not None]


def test_few_bodies_are_opaque_and_none_of_them_silently() -> None:
    reasons = Counter(one.body.opaque.split(":")[0] for one in real() if one.body.root is None)
    assert set(reasons) <= {"exec form", "empty", "powershell", "pwsh", "cmd", "syntax error", "unsupported"}
    # known: a handful that bash reads; the rest is PowerShell without a SHELL, or templates that no shell reads
    assert reasons["syntax error"] + reasons["unsupported"] <= 75
    assert len(followed()) > 13000


def test_what_the_grammar_refuses_is_mostly_refused_by_bash() -> None:
    refused = [one.body.logical.text for one in real() if one.body.opaque.startswith(("syntax", "unsupported"))]
    assert sum(1 for text in bash_reads(refused) if text) <= 25


def test_every_word_is_where_it_says() -> None:
    count, unescaped = 0, 0
    for one, root in followed():
        for word in words_of(root, substitutions=True):
            count += 1
            written = one.text[word.span.start : word.span.end]
            plain = joined(written, one.escape)
            if word.text not in (written, plain):
                # Between backquotes the shell takes backslashes away before it reads the words.
                assert plain.replace("\\", "") == word.text.replace("\\", "")
                unescaped += 1
    assert count > 150_000
    assert unescaped < 10


def test_bash_reads_the_canonical_text_as_it_reads_the_original() -> None:
    by_text = {one.body.logical.text: canonical(root) for one, root in followed()}
    original = bash_reads(list(by_text))
    assert len(original) == len(by_text)
    assert all(original)
    assert bash_reads(list(by_text.values())) == original


def test_literal_values_are_those_of_bash() -> None:
    words = {
        word.text: word.literal
        for one, root in followed()
        if one.body.kind.name in ("bash", "sh", "ash", "dash")
        for word in words_of(root, substitutions=True)
        if word.literal is not None and word.literal != word.text
    }
    assert len(words) > 3000
    assert shell_values("bash", list(words)) == list(words.values())
