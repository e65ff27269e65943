"""The toolchain of a build: where it came into the stage, whether its layer took it away again, and what it weighs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dockerlint.costs import cost, package_cost
from dockerlint.effects.ledger import Ledger
from dockerlint.effects.managers import managers
from dockerlint.effects.types import Action, Deleted, Installed, LayerEffects, Uninstalled
from dockerlint.model.builds import Build, build_of, build_or_install, matches
from dockerlint.model.images import parse_image
from dockerlint.model.invocations import Invocation
from dockerlint.model.node_packages import drops_dev, installs_project, without_dev
from dockerlint.record import record
from dockerlint.source import Span
from dockerlint.values import Value

# They compile what they install; where they run, a compiler may be there for them.
_COMPILING_INSTALLERS = frozenset(("pip", "pip3", "pipenv", "poetry", "uv", "npm", "yarn", "pnpm", "gem", "bundle"))
_SOURCE_AT_HAND = frozenset(("configure", "config", "cmake", "autogen.sh", "autoreconf", "bootstrap", "qmake", "tar"))


@record
class Arrival:
    """A command that brings a toolchain, or part of it."""

    span: Span
    step: int
    """Index of the instruction."""
    packages: tuple[str, ...] = ()
    manager: str = ""


def builds(layers: Sequence[LayerEffects], installs: bool = False) -> Iterator[tuple[LayerEffects, Build]]:
    """The builds that surely run, in order, with their layers; `installs`: those of the quiet ecosystems as well."""
    for layer in layers:
        for action in layer.actions:
            if action.invocation is not None and action.invocation.certain:
                build = build_or_install(action.invocation) if installs else build_of(action.invocation)
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
    """What brings the build's toolchain, up to the build itself. For a bundle that is its development dependencies."""
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


def image_brings(build: Build, reference: Value) -> bool:
    """Whether a base image is known to hold the toolchain; for a bundle it never does."""
    image = parse_image(reference) if isinstance(reference, str) else None
    if image is None or build.ecosystem.name == "node":
        return False
    name = image.repository.rpartition("/")[2]
    return matches(build.ecosystem.images, f"{name}:{image.tag}" if image.tag else name)


def needless(build: Build, layers: Sequence[LayerEffects]) -> bool:
    """Whether the build needed no toolchain, as far as the commands before it tell.

    A bundle without an install of development dependencies has none; ``make`` may start scripts only, with the compiler
    there for what pip, npm or gem compile.
    """
    before = [(layer, a.invocation) for layer, a in _until(build, layers) if a.invocation is not None]
    if build.ecosystem.name == "node":
        return all(without_dev(inv) for _, inv in before if installs_project(inv))
    if build.invocation.program not in ("make", "gmake"):
        return False
    beside = {inv.program for layer, inv in before if layer.step.index == build.invocation.step.index}
    return beside.isdisjoint(_SOURCE_AT_HAND) and any(inv.program in _COMPILING_INSTALLERS for _, inv in before)


def taken_away(build: Build, came: Sequence[Arrival], layer: LayerEffects) -> bool:
    """Whether the layer that builds brought the toolchain itself and holds none of it at its end."""
    if any(arrival.step != layer.step.index for arrival in came):
        return False
    if build.ecosystem.name == "node" and any(a.invocation and drops_dev(a.invocation) for a in layer.actions):
        return True
    names: set[str | None] = {None, "*"}  # words that are not known, or whatever is no longer needed: it may be gone
    names |= {p for arrival in came for p in arrival.packages}
    names |= {e.group for a in layer.actions for e in a.effects if isinstance(e, Installed) and e.group}
    gone = [e for a in layer.actions for e in a.effects if isinstance(e, Uninstalled)]
    return _empties_home(build, layer) or (bool(came) and any(not names.isdisjoint(e.packages) for e in gone))


def left_behind(build: Build, came: Sequence[Arrival], layer: LayerEffects) -> int | None:
    """Bytes of the toolchain, estimated from the tables; None when they have no figure."""
    cached = any("type=cache" in flag for flag in layer.step.instruction.flags)
    names = build.ecosystem.costs[: 1 if cached or _empties_home(build, layer) else None]
    rows = [row.typical for name in names if (row := cost(name)) is not None]
    if rows:
        return sum(rows)
    return max((price for a in came if (price := _price(a))), default=None)


def _price(arrival: Arrival) -> int | None:
    manager = managers().get(arrival.manager)
    if manager is None or manager.costs is None:
        return None
    price = cost("apk-build-deps") if manager.costs == "apk" else package_cost(manager.costs, arrival.packages)
    return None if price is None else price.typical


def _empties_home(build: Build, layer: LayerEffects) -> bool:
    """Whether the layer deletes a folder in which the toolchain or what it downloads lies."""
    gone = [e.path for a in layer.actions for e in a.effects if isinstance(e, Deleted) and e.recursive]
    return any(matches(build.ecosystem.homes, path.rstrip("/*")) for path in gone)


def _until(build: Build, layers: Sequence[LayerEffects]) -> Iterator[tuple[LayerEffects, Action]]:
    """Layers and their commands up to the build."""
    for layer in layers:
        for action in layer.actions:
            yield layer, action
            if action.invocation is not None and action.invocation.node is build.invocation.node:
                return
