"""PKG029: `match:` finds `useradd` without ``-l``; this reads the user ID and counts the bytes."""

from __future__ import annotations

from collections.abc import Iterator

from dockerlint.catalogue import Rule, match
from dockerlint.catalogue.command import Command
from dockerlint.file import File
from dockerlint.findings import Finding
from dockerlint.model.images import base_image
from dockerlint.model.invocations import Invocation
from dockerlint.record import replace

# 292 bytes of lastlog and 32 of faillog for each user ID (struct lastlog and struct faillog on 64 bits).
_RECORDS = 292 + 32
_LOGS = ("/var/log/lastlog", "/var/log/faillog")


def check(file: File, rule: Rule) -> Iterator[Finding]:
    """One finding for each user ID of six digits or more."""
    for command, held_back in match.commands(file, rule):
        uid = _uid(command)
        if uid is None or len(uid) < 6 or _deleted(command.invocation):
            continue
        found = match.command_finding(file, rule, command, held_back)
        if _counts(file, command.invocation) and not held_back:
            found = replace(found, bytes=_RECORDS * (int(uid) + 1), bytes_basis="estimated")
        yield found


def _uid(command: Command) -> str | None:
    """The user ID in digits, without leading zeros; None where none is given or it is not known."""
    given = command.given("-u") or command.given("--uid")
    value = given.value if given is not None else None
    if not isinstance(value, str) or not (value.isascii() and value.isdigit()) or len(value) > 10:
        return None
    return value.lstrip("0")


def _deleted(invocation: Invocation) -> bool:
    """Whether commands of the same RUN name both logs: whatever they do, it was thought of."""
    others = [other for other in invocation.step.invocations if other.node is not invocation.node]
    words = [str(a.value) for other in others for a in other.arguments]
    words += [r.target.literal or "" for other in others for r in other.redirects if r.target is not None]
    return all(log in words for log in _LOGS) or any(w in ("/var/log", "/var/log/*") for w in words)


def _counts(file: File, invocation: Invocation) -> bool:
    """Whether the image ships and is not known to lack the two files."""
    stage = file.graph.stages[invocation.step.stage]
    image = base_image(file.graph, stage)
    return stage.ships and not (image is not None and "alpine" in f"{image.repository}:{image.tag}")
