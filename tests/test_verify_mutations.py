"""Wrong rewrites of real files, more than a thousand: the gate must refuse every one, whatever a licence allows."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from dockerlint.edits import Licence
from dockerlint.verify import verify
from mutations import MUTATORS, wrong

HERE = Path(__file__).resolve().parent
FOLDERS = (HERE / "mutations", HERE.parent / "testdata/dockerfiles", HERE.parent / "testdata/seeds")
CORPUS = HERE.parents[1] / "shared/corpus/files"
BROAD = Licence(
    added=frozenset((("rm", "-rf", "/var/lib/apt/lists/*"), ("rm", "-rf", "~/.cache/pip"))),
    options=frozenset(("--no-cache-dir", "--no-cache")),
    instructions=frozenset(("MAINTAINER",)),
)
MOST = 8  # of one kind in one file


@cache
def texts(folders: tuple[Path, ...] = FOLDERS, every: int = 1) -> tuple[str, ...]:
    files = sorted(path for folder in folders for path in folder.rglob("*Dockerfile"))
    return tuple(path.read_bytes().decode("utf-8", "surrogateescape") for path in files[::every])


@pytest.fixture(scope="module")
def corpus() -> tuple[str, ...]:
    if not CORPUS.is_dir():
        pytest.skip("../shared is not here")
    return texts((CORPUS,), 40)


@pytest.mark.parametrize("kind", MUTATORS)
def test_each_kind_is_refused(kind: str) -> None:
    count = 0
    for text in texts():
        for mutated in wrong(text, kind, MOST):
            for licence in (Licence(), BROAD):
                assert not verify(text, mutated, licence).ok, _show(text, mutated)
            count += 1
    assert count, "no file has what this kind changes"


def test_there_are_enough_of_them() -> None:
    counts = {kind: sum(len(wrong(text, kind, MOST)) for text in texts()) for kind in MUTATORS}
    assert len(counts) >= 40
    assert sum(counts.values()) >= 1000


@pytest.mark.parametrize("kind", MUTATORS)
def test_each_kind_is_refused_in_the_corpus(kind: str, corpus: tuple[str, ...]) -> None:
    for text in corpus:
        for mutated in wrong(text, kind, 2):
            assert not verify(text, mutated, BROAD).ok, _show(text, mutated)


def _show(before: str, after: str) -> str:
    from difflib import unified_diff

    return "\n" + "\n".join(unified_diff(before.split("\n"), after.split("\n"), lineterm="", n=1))
