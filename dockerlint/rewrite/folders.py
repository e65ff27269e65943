"""The folders that a joined RUN has to enter where WORKDIRs stood between its parts."""

from __future__ import annotations

import re
from collections.abc import Sequence as Seq

from dockerlint.findings import Withheld
from dockerlint.rewrite.bodies import Body

WORKDIR = frozenset(("WORKDIR",))
_PLAIN = re.compile(r"/[\w./+-]*")
_ROOT = frozenset(("", "root", "0", "root:root", "0:0"))
_LOOKS_BACK = re.compile(r"OLDPWD|~-|\b(?:cd|pushd)\s+-(?:\s|$)|\bpopd\b|\bdirs\b")


def folders(bodies: Seq[Body]) -> list[str] | Withheld:
    """For each body the folder to enter, "" while they run in that of the first."""
    first = bodies[0].step.scope
    entered: list[str] = []
    for it in bodies:
        here, node = it.step.scope.workdir, it.step.instruction
        if it is bodies[0] or (isinstance(here, str) and here == first.workdir and not any(entered)):
            entered.append("")
            continue
        if not isinstance(here, str) or not _PLAIN.fullmatch(here):
            return Withheld("the folder of the WORKDIR in between is not known", node.keyword_span, "write it out")
        if it.step.scope.user not in _ROOT:
            return Withheld("WORKDIR makes its folder as root, and this RUN is another user's", node.keyword_span)
        if _LOOKS_BACK.search(it.shell.logical.text):
            return Withheld("the RUN asks for the folder that it was in before", node.keyword_span)
        entered.append(here)
    return entered
