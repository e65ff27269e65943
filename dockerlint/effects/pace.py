"""What a join costs the layer cache: which RUNs take long, and which are done anew again and again."""

from __future__ import annotations

import re
from collections.abc import Sequence

from dockerlint.effects.tools.packages import command_of
from dockerlint.model.graph import Step
from dockerlint.model.invocations import Invocation, of_step

_BUILDERS = frozenset("make gmake ninja cmake meson scons bazel mvn gradle cargo rustc ghc stack cabal swift".split())
# A name that means another thing tomorrow: who wants the newer one edits the line or builds without the cache.
_MOVING = re.compile(r"(?:^|[/:=@_.-])(?:latest|master|main|head|nightly|snapshot|edge|develop)(?:$|[/:@_.-])", re.I)
_PINNED = re.compile(r"[0-9a-f]{7,40}$|v?\d+\.\d")


def slowed(steps: Sequence[Step]) -> tuple[Step, Step] | None:
    """(a slow and stable RUN, a later one that is volatile), when joining them makes the first depend on the second."""
    for at, step in enumerate(steps):
        if any(map(_slow, of_step(step))) and not any(map(_volatile, of_step(step))):
            later = next((s for s in steps[at + 1 :] if any(map(_volatile, of_step(s)))), None)
            return None if later is None else (step, later)
    return None


def _slow(inv: Invocation) -> bool:
    if inv.program in _BUILDERS or (inv.program == "go" and "build" in inv.argv):
        return True
    found = command_of(inv)
    return found is not None and found[2] in found[0].install


def _volatile(inv: Invocation) -> bool:
    words = [str(word) for word in inv.argv[1:]]
    if inv.program == "git" and words[:1] in (["clone"], ["pull"], ["fetch"]):
        return not any(_PINNED.search(word) for word in words[1:] if "://" not in word)
    return inv.program in ("curl", "wget") and any("://" in word and _MOVING.search(word) for word in words)
