"""The image for the program when its build has a stage of its own: the same distribution without the tools."""

from __future__ import annotations

import re
from collections.abc import Sequence, Set

from dockerlint.effects.artefacts import Recipe, table
from dockerlint.findings import Withheld
from dockerlint.model.graph import Stage
from dockerlint.model.images import parse_image
from dockerlint.record import record

_SHELL_PROGRAMS = frozenset(
    "sh echo sleep env cat tail true test [ mkdir chown chmod cp mv rm ln exec cd export set exit".split()
)


@record
class RunTime:
    """A base image for the program."""

    reference: str
    full: str
    """The same with all that the image of the build has beside the tools."""
    brings: frozenset[str]
    """Programs that people start and that are in it."""
    plain: bool
    """A bare distribution: nothing lies in /usr/local but what the build puts there."""
    manager: str
    """Its package manager: ``apt``, ``apk`` or ``yum``."""
    release: str | None
    """Code name of Debian's or Ubuntu's release, when the tag says it."""
    image: str
    """Name of the image of the build."""
    env: str = ""
    """A setting of the image of the build that programs may rely on: ``LANG=C.UTF-8``."""
    minor: str = ""
    """The interpreter's version as its folders have it."""


def run_time(stage: Stage, recipes: Sequence[Recipe], programs: Set[str]) -> RunTime | Withheld:
    """The base for what `programs` build; the stage must stand on an image that is written out and known."""
    node = stage.source.instruction
    words = node.words
    if not words or "$" in words[0].text or not isinstance(stage.base.reference, str):
        return Withheld("an ARG names the base image", words[0].span if words else node.span)
    platform = node.flag("platform")
    if platform is not None and "$" in (platform.value or ""):
        return Withheld("it builds for another platform than it runs on", platform.span)
    image = parse_image(stage.base.reference)
    if image is None or image.digest is not None:
        return Withheld("the base image is pinned by digest", words[0].span)
    names = {r.name for r in recipes}
    for row in table()["bases"]:
        match = re.fullmatch(row["tag"], image.tag or "latest") if row["image"] == image.name else None
        if match is not None and names & set(row.get("for", names)) and programs <= set(row.get("only", programs)):
            return _run_time(row, match, image.name)
    return Withheld(f"no image is known to run what `{stage.base.reference}` builds", words[0].span)


def _run_time(row: dict[str, str], match: re.Match[str], name: str) -> RunTime:
    parts = {key: value or str(row.get(key, "")) for key, value in match.groupdict().items()}
    reference = row["to"].format(**parts)
    brings = frozenset(row.get("brings", ())) | _SHELL_PROGRAMS
    manager = "apk" if "alpine" in reference else "yum" if name in _YUM else "apt"
    if manager == "apt":
        brings |= {"bash"}
    plain = bool(row.get("keep")) or name == "debian"
    full = row.get("full", row["to"]).format(**parts)
    minor = row.get("minor", "").format(**parts)
    return RunTime(reference, full, brings, plain, manager, _release(reference), name, row.get("env", ""), minor)


_YUM = frozenset("centos fedora rockylinux almalinux amazonlinux".split())


def _release(reference: str) -> str | None:
    tag = reference.partition(":")[2]
    releases: dict[str, str] = table()["releases"]
    for word in tag.split("-"):
        if word in releases.values():
            return word
        if word in releases and reference.startswith(("debian:", "ubuntu:")):
            return releases[word]
    return tag if reference.startswith("ubuntu:") and tag.isalpha() else None
