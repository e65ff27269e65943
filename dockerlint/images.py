"""What base images weigh and which slimmer ones there are: data/base_images.json, every row with its source.

A row was measured on one tag and speaks for a family of tags; its figures are estimates for all others.
"""

from __future__ import annotations

import json
import os
import re
from functools import cache
from typing import Any

from dockerlint.model.graph import Stage
from dockerlint.model.images import parse_image
from dockerlint.record import record

_FILE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "data", "base_images.json")
_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_NODE = "argon|boron|carbon|dubnium|erbium|fermium|gallium|hydrogen|iron|jod|krypton"
# What stands in the tags of the table, as the publishers of these images use the words.
_WORDS = {
    "version": r"\d+(?:\.\d+)*(?:-?(?:alpha|beta|rc|a|b)[\d.]*)?",
    "debian": r"sid|forky|trixie|bookworm|bullseye|buster|stretch|jessie|wheezy",
    "ubuntu": r"resolute|noble|jammy|focal|bionic|xenial|trusty",
    "alpine": r"alpine[\d.]*",
    "java": r"8|11|17|21|25",
    "oldjava": r"8(?:u\d+(?:-b\d+)?)?|11(?:\.\d+)*",  # the versions of which `openjdk` had a JRE
    "suite": r"stable|oldstable|testing|unstable",
    "date": r"\d{8}",
    "pytorch": r"\d[\w.]*-cuda[\d.]+-cudnn\d+",
    "label": rf"(?:lts-)?(?:{_NODE})|lts|current",
    "channel": r"stable|mainline",
    "centos": r"(?:centos)?7(?:\.[\d.]+)?",
    "cuda": r"\d[\d.]*(?:-cudnn\d*)?",
    "suffix": r"[a-z][\w.]*",
    "any": r".+",
}
SLIM_VARIANTS = frozenset(("slim", "alpine", "runtime", "minimal", "distroless"))


@record
class Slimmer:
    """An image that may stand in for another one."""

    reference: str
    caution: str
    """What is missing there, a sentence without capital and full stop."""
    facts: Facts | None
    """What is known of it; None when it is not in the table."""


@record
class Facts:
    """The row that speaks for an image."""

    reference: str
    """As asked for, the tag written out."""
    variant: str
    """``full``, ``toolchain`` (a build image), ``runtime``, ``slim``, ``alpine``, ``minimal`` or ``distroless``."""
    measured: str
    """The image that the figures are of."""
    libc: str | None
    manager: str | None
    """The package manager; None where there is none."""
    shells: tuple[str, ...]
    lacks: frozenset[str]
    """Programs that are in the full variant and not here."""
    compressed: int | None
    """Bytes to pull."""
    uncompressed: int | None
    """Bytes on disk."""
    confidence: str
    source: str
    row: int

    @property
    def slim(self) -> bool:
        """Whether it is one of the small variants already."""
        return self.variant in SLIM_VARIANTS

    @property
    def slimmer(self) -> tuple[Slimmer, ...]:
        """What could stand in for it, the best first."""
        return tuple(_slimmer(entry, self) for entry in _rows()[self.row]["slimmer"])


@cache
def facts(reference: str) -> Facts | None:
    """What the table knows of an image. None for one pinned by digest (it is that image) or not in the table."""
    image = parse_image(reference)
    if image is None or image.digest is not None:
        return None
    tag = image.tag or "latest"
    for number, row in enumerate(_rows()):
        if row["name"] == image.name and _bound(tuple(row["tags"]), tag) is not None:
            return _facts(f"{image.name}:{tag}", number, row)
    return None


def of_stage(stage: Stage) -> Facts | None:
    """What the table knows of a base that is written out in the FROM and is for Linux."""
    words = stage.source.instruction.words
    reference, platform = stage.base.reference, stage.base.platform
    if stage.base.stage is not None or not isinstance(reference, str) or not words:
        return None
    if "$" in words[0].text or (isinstance(platform, str) and platform.startswith("windows")):
        return None  # --build-arg may name any other image
    return facts(reference)


def finished(facts: Facts) -> bool:
    """Whether the first of the slimmer ones is an image to run in with the same libc, no smaller toolchain."""
    best = facts.slimmer[0].facts if facts.slimmer else None
    return best is not None and best.variant in ("runtime", "slim", "minimal") and best.libc == facts.libc


def saved(facts: Facts, slimmer: Slimmer) -> int | None:
    """Bytes on disk that the change saves, estimated; None when one of the two is not known."""
    if facts.uncompressed is None or slimmer.facts is None or slimmer.facts.uncompressed is None:
        return None
    return facts.uncompressed - slimmer.facts.uncompressed


def most_saved(reference: str) -> int | None:
    """Bytes on disk that the best of an image's slimmer ones saves, estimated."""
    found = facts(reference)
    return saved(found, found.slimmer[0]) if found is not None and found.slimmer else None


@cache
def _rows() -> tuple[dict[str, Any], ...]:
    with open(_FILE, encoding="utf-8") as file:
        return tuple(json.load(file)["rows"])


def _facts(reference: str, number: int, row: dict[str, Any]) -> Facts:
    return Facts(
        reference,
        row["variant"],
        row["measured"],
        row["libc"],
        row["manager"],
        tuple(row["shells"]),
        frozenset(row["lacks"]),
        row["compressed"],
        row["uncompressed"],
        row["confidence"],
        row["source"],
        number,
    )


def _slimmer(entry: dict[str, Any], of: Facts) -> Slimmer:
    """The entry with the words of the tag at hand: the first of its tags for which all are known."""
    bound = _bound(tuple(_rows()[of.row]["tags"]), of.reference.rpartition(":")[2]) or {}
    tag = next((t for t in entry["tags"] if bound.keys() >= set(_PLACEHOLDER.findall(t))), entry["tags"][-1])
    name = entry["name"] if tag == "latest" else f"{entry['name']}:{_PLACEHOLDER.sub(lambda m: bound[m[1]], tag)}"
    known = next((_facts(name, i, r) for i, r in enumerate(_rows()) if r["measured"] == entry["measured"]), None)
    return Slimmer(name, entry["caution"], known)


@cache
def _bound(templates: tuple[str, ...], tag: str) -> dict[str, str] | None:
    """The words of `tag` by placeholder, by the first template that it fits."""
    for template in templates:
        match = _expression(template).fullmatch(tag)
        if match is not None:
            return match.groupdict()
    return None


@cache
def _expression(template: str) -> re.Pattern[str]:
    parts = _PLACEHOLDER.split(template)
    return re.compile("".join(f"(?P<{p}>{_WORDS[p]})" if i % 2 else re.escape(p) for i, p in enumerate(parts)))
