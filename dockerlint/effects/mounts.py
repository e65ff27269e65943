"""Mounts of a RUN: what is written under one is not in the layer."""

from __future__ import annotations

from collections.abc import Iterator

from dockerlint.effects.tree import in_some_home
from dockerlint.model.expand import UNKNOWN_HOME
from dockerlint.model.graph import Step
from dockerlint.model.paths import under


def hides(mount: str, place: str) -> bool:
    """Whether a mount keeps a cache out of the layer; one whose target is not known may."""
    if place.startswith(UNKNOWN_HOME):
        return in_some_home(mount, place) or "$" in mount
    return under(place, mount) or under(mount, place) or "$" in mount


def mounted(step: Step) -> tuple[str, ...]:
    """Targets of a RUN's mounts: what is written there is not in the layer."""
    return tuple(_targets(step))


def _targets(step: Step) -> Iterator[str]:
    for flag in step.instruction.flag_nodes:
        if flag.name != "mount" or not flag.value:
            continue
        options = dict(part.partition("=")[::2] for part in flag.value.split(","))
        target = options.get("target") or options.get("dst") or options.get("destination")
        if target:
            yield target.rstrip("/") or "/"
