"""The gate against real shells: whatever it lets pass does the same when it is run."""

from __future__ import annotations

import random
import shutil

import pytest

from dockerlint.edits import Licence
from dockerlint.verify import verify
from shell_bodies import body, changes, joins, run
from verify_cases import JOINS

SHELLS = sorted({shell for name in ("dash", "bash", "sh") if (shell := shutil.which(name))})[:2]


def passes(before: list[str], after: str) -> bool:
    old = "".join(f"RUN {text}\n" for text in before)
    return verify(f"FROM x\n{old}", f"FROM x\nRUN {after}\n", Licence()).ok


@pytest.mark.parametrize("start", range(8))
def test_random_rewrites_that_pass_run_the_same(start: int) -> None:
    chance = random.Random(start)
    accepted = 0
    while accepted < 12:
        first, second = body(chance), body(chance)
        for before, after in (*joins(first, second), *changes(chance, first)):
            if passes(before, after):
                accepted += 1
                for shell in SHELLS:
                    for seed in range(2):
                        assert run(shell, before, seed) == run(shell, [after], seed), (shell, before, after)


def test_the_sandbox_tells_right_from_wrong() -> None:
    """Each wrong join that the sandbox can show to be wrong is refused; it can show most of the classic ones."""
    shown = 0
    for join in JOINS:
        if join.naive_is_right or "sleep" in join.naive:
            continue
        before = [join.first, join.second]
        if any(run("sh", before, seed) != run("sh", [join.naive], seed) for seed in range(2)):
            shown += 1
            assert not passes(before, join.naive), join.name
    assert shown >= 12
