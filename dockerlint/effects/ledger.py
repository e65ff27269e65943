"""The ledger of a stage: what each layer adds, and what of it a later layer hides without freeing a byte."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from dockerlint.effects.layer import effects_of
from dockerlint.effects.managers import configuring, managers
from dockerlint.effects.tree import Entry, Tree, in_some_home
from dockerlint.effects.types import (
    EMPTY,
    UNSIZED,
    Action,
    AnyEffect,
    Cached,
    Cleaned,
    Configured,
    Created,
    Deleted,
    Extracted,
    Installed,
    LayerEffects,
    Moved,
    Rewritten,
    Size,
    Uninstalled,
)
from dockerlint.model.expand import UNKNOWN_HOME
from dockerlint.model.graph import BuildGraph, Stage, Step
from dockerlint.model.images import parse_image
from dockerlint.model.paths import under
from dockerlint.record import field, record

if TYPE_CHECKING:
    from dockerlint.context import Context


@record
class Death:
    """Bytes of an earlier layer that a later one hides: they stay in the image."""

    entry: Entry
    layer: int
    """Index of the killing layer in `Ledger.layers`."""
    effect: AnyEffect
    action: Action
    how: str
    """``removed``, ``rewritten``, ``overwritten``, ``cleaned`` or ``uninstalled``."""
    size: Size
    partial: bool = False
    """Only something below the entry's path died."""


@record(frozen=False, eq=False, slots=False)
class Ledger:
    """All layers of a stage, those of the stages it is built from first."""

    stage: Stage
    graph: BuildGraph
    context: Context | None
    layers: list[LayerEffects] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    """Everything that was ever written, in order."""
    deaths: list[Death] = field(default_factory=list)
    extractions: list[tuple[int, Extracted]] = field(default_factory=list)

    def size(self, entry: Entry) -> Size:
        """The bytes of an entry; what COPY takes is measured in the build context now."""
        source = entry.effect.source if isinstance(entry.effect, Created) else None
        if source is None or self.context is None:
            return entry.size
        taken = self.context.taken(source)
        return UNSIZED if taken.truncated or not taken.files else Size(taken.bytes, "measured")

    def alive(self) -> list[Entry]:
        """What the image still shows at the end."""
        return [e for e in self.entries if e.alive]

    @cached_property
    def own(self) -> range:
        """Indexes of the layers that this stage itself adds."""
        return range(len(self.layers) - len(self.stage.steps), len(self.layers))

    def layer_of(self, step: Step) -> int:
        """The layer index of one of this lineage's steps."""
        return next(i for i, layer in enumerate(self.layers) if layer.step is step)


def ledgers(graph: BuildGraph, context: Context | None) -> tuple[Ledger, ...]:
    """The ledger of every stage, by stage index."""
    done: dict[int, LayerEffects] = {}
    return tuple(_ledger(graph, stage, context, done) for stage in graph.stages)


def _ledger(graph: BuildGraph, stage: Stage, context: Context | None, done: dict[int, LayerEffects]) -> Ledger:
    ledger = Ledger(stage, graph, context)
    book = _Book(ledger)
    for ancestor in graph.lineage(stage):
        for step in ancestor.steps:
            if step.index not in done:
                done[step.index] = effects_of(step, context, ledger)
            book.post(done[step.index])
    return ledger


class _Book:
    """Posts effects one after the other."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.tree = Tree()
        self.layer = -1
        self.mounts: tuple[str, ...] = ()
        self.configured: set[str] = set()
        reference = ledger.graph.lineage(ledger.stage)[0].base.reference
        self.image = parse_image(reference) if isinstance(reference, str) else None

    def post(self, layer: LayerEffects) -> None:
        """Take one layer's effects into the ledger."""
        self.ledger.layers.append(layer)
        self.layer += 1
        self.mounts = mounted(layer.step)
        if layer.step.instruction.keyword in ("COPY", "ADD"):
            for word in layer.step.instruction.arguments.split():
                self.configured |= configuring(word.strip("\"',[]").rstrip("/"))
        for action in layer.actions:
            for effect in action.effects:
                self._effect(effect, action)

    def _add(self, effect: AnyEffect, path: str, size: Size, tree: bool, origin: str, **extra: object) -> None:
        if any(under(path, mount) for mount in self.mounts):
            return
        entry = Entry(path, size, tree, self.layer, effect, origin, **extra)  # type: ignore[arg-type]
        self.tree.add(entry)
        self.ledger.entries.append(entry)

    def _effect(self, effect: AnyEffect, action: Action) -> None:
        if isinstance(effect, Created):
            self._created(effect, action)
        elif isinstance(effect, Deleted):
            if effect.certain:
                self._deleted(effect, action)
        elif isinstance(effect, Rewritten):
            if effect.certain:
                self._rewritten(effect, action)
        elif isinstance(effect, Moved):
            self._moved(effect, action)
        elif isinstance(effect, Extracted):
            self.ledger.extractions.append((self.layer, effect))
        elif isinstance(effect, Cached):
            self._cached(effect)
        elif isinstance(effect, Configured):
            self.configured.add(effect.manager)
        elif isinstance(effect, Cleaned):
            self._cleaned(effect, action)
        elif isinstance(effect, Installed):
            for name in effect.packages:
                if name is not None:
                    self._add(effect, f"package:{effect.manager}:{name}", UNSIZED, False, effect.manager, package=name)
        elif isinstance(effect, Uninstalled) and effect.certain:
            self._uninstalled(effect, action)

    def _kill(self, entry: Entry, effect: AnyEffect, action: Action, how: str, size: Size | None = None) -> None:
        entry.alive = False
        self.tree.drop(entry)
        if entry.layer != self.layer:
            self._death(entry, effect, action, how, size)

    def _death(
        self, entry: Entry, effect: AnyEffect, action: Action, how: str, size: Size | None = None, partial: bool = False
    ) -> None:
        dead = size if size is not None else self.ledger.size(entry)
        self.ledger.deaths.append(Death(entry, self.layer, effect, action, how, dead, partial))

    def _created(self, effect: Created, action: Action) -> None:
        old = self.tree.at(effect.path)
        self.configured |= configuring(effect.path)
        if effect.size == EMPTY and old:
            return  # mkdir -p and touch leave what is there
        for entry in old:
            if entry.cache is None and not entry.tree and not effect.tree and effect.certain:
                self._kill(entry, effect, action, "overwritten")
        self._add(effect, effect.path, effect.size, effect.tree, effect.origin)

    def _deleted(self, effect: Deleted, action: Action) -> None:
        if effect.files_only:
            return
        hit, inside = self.tree.deleted(effect.path, effect.glob, effect.recursive)
        for entry in hit:
            how = "cleaned" if entry.cache else "removed"
            self._kill(entry, effect, action, how)
        for entry in inside:
            if entry.layer != self.layer and not entry.cache and not effect.glob:
                self._death(entry, effect, action, "removed", self._part(entry, effect.path), partial=True)

    def _part(self, entry: Entry, path: str) -> Size:
        """The bytes of what COPY put at `path` below the entry."""
        source = entry.effect.source if isinstance(entry.effect, Created) else None
        if source is None or self.ledger.context is None:
            return UNSIZED
        below = source.rstrip("/") + path[len(entry.path) :]
        taken = self.ledger.context.taken(below)
        return UNSIZED if taken.truncated or not taken.files else Size(taken.bytes, "measured")

    def _rewritten(self, effect: Rewritten, action: Action) -> None:
        for entry in self.tree.rewritten(effect.path, effect.glob, effect.recursive):
            if entry.layer == self.layer or entry.cache or entry.package or entry.size == EMPTY:
                continue
            made = entry.effect
            if isinstance(made, Created) and made.ambiguous and not (effect.recursive or effect.executable):
                continue  # a folder's own mode is no data
            self._death(entry, effect, action, "rewritten")
            entry.alive = False
            self.tree.drop(entry)
            self._add(effect, entry.path, entry.size, entry.tree, entry.origin)

    def _moved(self, effect: Moved, action: Action) -> None:
        hit, _ = self.tree.deleted(effect.path, effect.glob, True)
        for entry in hit:
            if effect.certain:
                self._kill(entry, effect, action, "rewritten" if not entry.cache else "cleaned")
        if hit and not hit[0].cache:
            self._add(effect, effect.target, hit[0].size if not effect.glob else UNSIZED, hit[0].tree, "mv")

    def _cached(self, effect: Cached) -> None:
        if effect.manager in self.configured:
            return
        cache = managers()[effect.manager].cache(effect.kind)
        image = self.image.name if self.image is not None else ""
        first, *also = cache.image_paths.get(image) or effect.paths
        if image in cache.absent_images:
            return
        if any(_over(mount, place) for mount in self.mounts for place in (first, *also)):
            return
        name = (effect.manager, effect.kind)
        there = cache.index and any(e.cache == name and e.layer != self.layer for e in self.tree.caches())
        size = UNSIZED if there else effect.size
        self._add(effect, first, size, True, effect.manager, cache=name, also=tuple(also))

    def _cleaned(self, effect: Cleaned, action: Action) -> None:
        if not effect.certain:
            return
        kinds = {(effect.manager, kind) for kind in effect.kinds}
        kinds |= {(name, c.kind) for name in managers()[effect.manager].empties for c in managers()[name].caches}
        hit = [e for e in self.tree.caches() if e.cache in kinds]
        for entry in hit:
            self._kill(entry, effect, action, "cleaned")
        if hit:
            return
        again = [d.entry for d in self.ledger.deaths if d.entry.cache in kinds and d.layer != self.layer]
        if again:  # cleaned too late once already
            self._death(again[-1], effect, action, "cleaned", Size(0, "estimated", "already emptied"))

    def _uninstalled(self, effect: Uninstalled, action: Action) -> None:
        for name in effect.packages:
            for entry in self.tree.at(f"package:{effect.manager}:{name}"):
                self._kill(entry, effect, action, "uninstalled")
            for entry in self.tree.group(effect.manager, name):
                self._kill(entry, effect, action, "uninstalled")


def _over(mount: str, place: str) -> bool:
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
