"""RUNs that become a here-document, and those that may not, whatever a fix asks for."""

from __future__ import annotations

import pytest

from dockerlint.edits import Licence
from dockerlint.verify import verify

LICENCE = Licence(scripts=frozenset(("EOF",)))


def accepted(before: str, after: str, licence: Licence = LICENCE) -> bool:
    return verify(f"FROM x\n{before}\n", f"FROM x\n{after}\n", licence).ok


def test_a_chain_of_plain_commands_may_be_a_script() -> None:
    assert accepted("RUN a && b\nRUN c", "RUN <<EOF\nset -e\na\nb\nc\nEOF")
    assert not accepted("RUN a && b\nRUN c", "RUN <<EOF\nset -e\na\nb\nc\nEOF", Licence())


@pytest.mark.parametrize(
    ("before", "script"),
    [
        ("RUN a\nRUN b", "a\nb"),  # the failure of `a` would be hidden
        ("RUN a\nRUN b", "set -e\nb\na"),
        ("RUN a\nRUN b", "set -e\na"),
        ("RUN a\nRUN b", "set -e\na\nb\nc"),
        ("RUN a\nRUN b", "set -ex\na\nb"),
        ("RUN a; b", "set -e\na\nb"),
        ("RUN a || b", "set -e\na\nb"),
        ("RUN a $(b; c)\nRUN d", "set -e\na $(b; c)\nd"),  # whose shell may inherit -e
        ("RUN cd a\nRUN b", "set -e\ncd a\nb"),
        ("RUN (a; b)\nRUN c", "set -e\n(a; b)\nc"),
        ("RUN --network=none a\nRUN --network=none b", "set -e\na\nb"),
    ],
)
def test_what_is_refused(before: str, script: str) -> None:
    assert not accepted(before, f"RUN <<EOF\n{script}\nEOF")


def test_the_mark_is_the_licensed_one() -> None:
    for mark, end in (("<<END", "END"), ("<<'EOF'", "EOF"), ("<<-EOF", "EOF")):
        assert not accepted("RUN a\nRUN b", f"RUN {mark}\nset -e\na\nb\n{end}")
