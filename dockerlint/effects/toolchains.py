"""The toolchain of a build: where it came into the stage, whether its layer took it away again, and what it weighs."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dockerlint.costs import cost, package_cost
from dockerlint.effects.ledger import Ledger
from dockerlint.effects.managers import managers
from dockerlint.effects.types import Action, Deleted, Installed, LayerEffects, Uninstalled
from dockerlint.images import facts, saved
from dockerlint.model.builds import Build, build_of, matches
from dockerlint.model.images import parse_image
from dockerlint.model.invocations import Invocation
from dockerlint.source import Span
from dockerlint.values import Unknown, Value

# Installs of what package.json names. Its development dependencies are the toolchain of a bundle.
_NODE_INSTALLS = {
    "npm": ("ci", "install", "i", "clean-install"),
    "yarn": ("", "install"),
    "pnpm": ("install", "i"),
    "bun": ("install", "i"),
}
_NO_DEV = frozenset("--production --production=true --prod -P --omit=dev --only=production --only=prod".split())
_DEV = frozenset(("--include=dev", "--production=false", "--also=dev", "--dev"))


@dataclass(frozen=True, slots=True)
class Arrival:
    """A command that brings a toolchain, or part of it."""

    span: Span
    step: int
    """Index of the instruction."""
    packages: tuple[str, ...] = ()
    manager: str = ""


def builds(layers: Sequence[LayerEffects]) -> Iterator[tuple[LayerEffects, Build]]:
    """The builds that surely run, in order, with their layers."""
    for layer in layers:
        for action in layer.actions:
            if action.invocation is not None and action.invocation.certain:
                build = build_of(action.invocation)
                if build is not None:
                    yield layer, build


def built_elsewhere(ledger: Ledger, invocations: Sequence[Invocation]) -> set[str]:
    """The ecosystems that are built in stages from which the image takes something, however indirectly."""
    own = {stage.index for stage in ledger.graph.lineage(ledger.stage)}
    reached, todo = set(own), list(own)
    while todo:
        target = todo.pop()
        for edge in ledger.graph.edges:
            if edge.target == target and edge.source is not None and edge.source not in reached:
                reached.add(edge.source)
                todo.append(edge.source)
    found = [build_of(inv) for inv in invocations if inv.step.stage in reached - own]
    return {build.ecosystem.name for build in found if build is not None}


def arrivals(build: Build, layers: Sequence[LayerEffects]) -> list[Arrival]:
    """What brings the build's toolchain, up to the build itself."""
    found = []
    for layer, action in _until(build, layers):
        if build.ecosystem.name == "node":
            inv = action.invocation
            if inv is not None and installs_project(inv) and not without_dev(inv):
                found.append(Arrival(inv.span, layer.step.index))
            continue
        for effect in action.effects:
            if isinstance(effect, Installed):
                names = tuple(p for p in effect.packages if p and matches(build.ecosystem.packages, p))
                if names:
                    found.append(Arrival(effect.span, layer.step.index, names, effect.manager))
    return found


def bundles_without_dev(build: Build, layers: Sequence[LayerEffects]) -> bool:
    """Whether a Node project was installed and every install left the development dependencies out."""
    if build.ecosystem.name != "node":
        return False
    installs = [a.invocation for _, a in _until(build, layers) if a.invocation and installs_project(a.invocation)]
    return bool(installs) and all(without_dev(inv) for inv in installs)


def image_brings(build: Build, reference: Value) -> bool:
    """Whether a base image is known to hold the toolchain."""
    image = parse_image(reference) if isinstance(reference, str) else None
    return image is not None and matches(build.ecosystem.images, image.repository.rpartition("/")[2])


def taken_away(build: Build, came: Sequence[Arrival], layer: LayerEffects) -> bool:
    """Whether the layer that builds brought the toolchain itself and holds none of it at its end."""
    if any(arrival.step != layer.step.index for arrival in came):
        return False
    names = {p for arrival in came for p in arrival.packages}
    names |= {e.group for a in layer.actions for e in a.effects if isinstance(e, Installed) and e.group}
    for action in layer.actions:
        if build.ecosystem.name == "node" and action.invocation is not None and _prunes(action.invocation):
            return True
        for effect in action.effects:
            if isinstance(effect, Deleted) and effect.recursive:
                if matches(build.ecosystem.homes, effect.path.rstrip("/*")):
                    return True
            elif isinstance(effect, Uninstalled) and came:
                if any(package in (None, "*") or package in names for package in effect.packages):
                    return True
    return False


def left_behind(build: Build, came: Sequence[Arrival], reference: Value) -> int | None:
    """Bytes of the toolchain, estimated from the tables; None when they have no figure."""
    rows = [row.typical for name in build.ecosystem.costs if (row := cost(name)) is not None]
    if rows:
        return sum(rows)
    base = facts(reference) if isinstance(reference, str) and image_brings(build, reference) else None
    if base is not None and base.slimmer:
        return saved(base, base.slimmer[0])
    return max((price for a in came if (price := _price(a))), default=None)


def _price(arrival: Arrival) -> int | None:
    manager = managers().get(arrival.manager)
    if manager is None or manager.costs is None:
        return None
    price = cost("apk-build-deps") if manager.costs == "apk" else package_cost(manager.costs, arrival.packages)
    return None if price is None else price.typical


def _until(build: Build, layers: Sequence[LayerEffects]) -> Iterator[tuple[LayerEffects, Action]]:
    """Layers and their commands up to the build."""
    for layer in layers:
        for action in layer.actions:
            yield layer, action
            if action.invocation is not None and action.invocation.node is build.invocation.node:
                return


def installs_project(inv: Invocation) -> bool:
    """Whether a command installs what package.json names: no package by name, nothing globally."""
    verbs = _NODE_INSTALLS.get(inv.program)
    words = [a.value for a in inv.arguments if not isinstance(a.value, Unknown)]
    operands = [w for w in words if not w.startswith("-")] or [""]
    return verbs is not None and operands[0] in verbs and len(operands) == 1 and not {"-g", "--global"} & set(words)


def without_dev(inv: Invocation) -> bool:
    """Whether an install or prune leaves the development dependencies out."""
    words = [a.value for a in inv.arguments if isinstance(a.value, str)]
    if not _NO_DEV.isdisjoint(words) or ("--omit", "dev") in itertools.pairwise(words):
        return True
    return inv.variables.get("NODE_ENV") == "production" and _DEV.isdisjoint(words)


def _prunes(inv: Invocation) -> bool:
    if inv.program in ("npm", "pnpm") and inv.arguments and inv.arguments[0].value == "prune":
        return without_dev(inv)
    return installs_project(inv) and without_dev(inv)
