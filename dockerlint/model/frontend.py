"""Which Dockerfile language a file is written in: its ``# syntax`` line names the frontend that reads it."""

from __future__ import annotations

import re

from dockerlint.syntax.tree import Dockerfile

Version = tuple[int, int]

BUILT_IN: Version = (1, 5)
"""What the builder brings along: Docker 23.0, the first with BuildKit as its default, has 1.5."""
NEWEST: Version = (1, 1000)
# Release notes of docker/dockerfile: the version that first had each.
MOUNTS: Version = (1, 2)
HEREDOCS: Version = (1, 4)
CHMOD: Version = (1, 2)
SYMBOLIC_CHMOD: Version = (1, 14)
EXCLUDE: Version = (1, 19)

_FRONTEND = re.compile(r"(?:[\w.:-]+/)*docker/dockerfile(?:-upstream)?(?::(?P<tag>[\w.-]+))?(?P<digest>@\S+)?")
_TAG = re.compile(r"(?P<major>\d+)(?:\.(?P<minor>\d+)(?:\.\d+)?)?(?P<labs>-labs)?")
_MOVING = frozenset(("latest", "labs", "stable", "master", "master-labs", "nightly"))


def version_of(dockerfile: Dockerfile) -> Version | None:
    """The version of the language; None where the frontend is not Docker's or its tag tells no version."""
    written = dockerfile.directive("syntax")
    if written is None:
        return BUILT_IN
    match = _FRONTEND.fullmatch(written.strip())
    if match is None or (match["digest"] and not match["tag"]):
        return None
    tag = match["tag"] or "latest"
    if tag in _MOVING:
        return NEWEST
    number = _TAG.fullmatch(tag)
    if number is None:
        return None
    minor = number["minor"]
    return int(number["major"]), NEWEST[1] if minor is None else int(minor)


def allows(dockerfile: Dockerfile, since: Version) -> bool:
    """Whether the file may surely use what came with version `since`."""
    version = version_of(dockerfile)
    return version is not None and version >= since


def commits(dockerfile: Dockerfile, since: Version) -> bool:
    """Whether the file itself asks for a frontend that has what came with `since`, so that no other builder reads it.

    Without a ``# syntax`` line a legacy builder may; a tag that moves (``1``) may be an old one in a builder's store,
    but hardly as old as 1.4 (2022).
    """
    version = version_of(dockerfile) if dockerfile.directive("syntax") is not None else None
    return version is not None and version >= since and (version[1] < NEWEST[1] or since <= (1, 4))
