"""Posts effects into a ledger one after the other: what is there at each point, and what dies when."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from dockerlint.effects.layer import makes_others
from dockerlint.effects.links import Links
from dockerlint.effects.managers import configuring, managers
from dockerlint.effects.measure import Measure
from dockerlint.effects.mounts import hides, mounted
from dockerlint.effects.tree import Entry, Tree, moved_path, perhaps_nothing
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
    Erased,
    Extracted,
    Installed,
    LayerEffects,
    Moved,
    Rewritten,
    Size,
    Uninstalled,
)
from dockerlint.model.images import base_image
from dockerlint.model.paths import STANDARD_FOLDERS, under
from dockerlint.record import record

if TYPE_CHECKING:
    from dockerlint.effects.ledger import Ledger


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


class Book:
    """The state of a stage's file system, as far as it is known."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.tree = Tree()
        self.layer = -1
        self.mounts: tuple[str, ...] = ()
        self.folders = set(STANDARD_FOLDERS)
        """Paths that are folders for sure."""
        self.epoch = 0
        """Grows with each command that may make files that nobody names."""
        self.links = Links()
        self.measure = Measure(ledger.context)
        self.partial: set[tuple[int, str]] = set()
        self.configured: set[str] = set()
        self.image = base_image(ledger.graph, ledger.stage)

    def post(self, layer: LayerEffects) -> None:
        """Take one layer's effects into the ledger."""
        self.ledger.layers.append(layer)
        self.layer += 1
        self.mounts = mounted(layer.step)
        if isinstance(layer.step.scope.workdir, str):
            self._found_folder(layer.step.scope.workdir)
        if layer.step.instruction.keyword in ("COPY", "ADD"):
            for word in layer.step.instruction.arguments.split():
                self.configured |= configuring(word.strip("\"',[]").rstrip("/"))
        for action in layer.actions:
            for effect in action.effects:
                self._effect(effect, action)
            self.epoch += makes_others(action)
        self.epoch += layer.opaque

    def _found_folder(self, path: str) -> None:
        while path not in self.folders:
            self.folders.add(path)
            path = posixpath.dirname(path)

    def _add(self, effect: AnyEffect, path: str, size: Size, tree: bool, origin: str, **extra: object) -> None:
        if any(under(path, mount) for mount in self.mounts):
            return
        entry = Entry(path, size, tree, self.layer, effect, origin, epoch=self.epoch, **extra)  # type: ignore[arg-type]
        self.tree.add(entry)
        self.ledger.entries.append(entry)
        if entry.package is None and entry.effect.certain:
            self._found_folder(path if tree and not entry.cache else posixpath.dirname(path))

    def _effect(self, effect: AnyEffect, action: Action) -> None:
        effect = self.links.followed(effect)
        if isinstance(effect, Created):
            self._created(effect, action)
        elif isinstance(effect, Deleted):
            self._deleted(effect, action)
        elif isinstance(effect, Erased):
            self._erased(effect)
        elif isinstance(effect, Rewritten):
            if effect.certain:
                self._rewritten(effect, action)
        elif isinstance(effect, Moved):
            self._moved(effect, action)
        elif isinstance(effect, Extracted):
            self._extracted(effect)
        elif isinstance(effect, Cached):
            self._cached(effect)
        elif isinstance(effect, Configured):
            self.configured.add(effect.manager)
        elif isinstance(effect, Cleaned):
            self._cleaned(effect, action)
        elif isinstance(effect, Installed):
            self._installed(effect)
        elif isinstance(effect, Uninstalled) and effect.certain:
            self._uninstalled(effect, action)

    def _kill(self, entry: Entry, effect: AnyEffect, action: Action, how: str) -> None:
        self._end(entry)
        emptied = entry.lost and isinstance(entry.effect, Extracted)  # what was unpacked there may have been just that
        if entry.layer != self.layer and not emptied:
            self._death(entry, effect, action, how)

    def _end(self, entry: Entry) -> None:
        entry.alive = False
        entry.fleeting = entry.layer == self.layer
        self.tree.drop(entry)

    def _doubt(self, entry: Entry) -> None:
        entry.doubtful = True
        entry.wavering = entry.wavering or entry.layer == self.layer

    def _death(
        self, entry: Entry, effect: AnyEffect, action: Action, how: str, size: Size | None = None, partial: bool = False
    ) -> None:
        dead = size if size is not None else self.ledger.size(entry)
        self.ledger.deaths.append(Death(entry, self.layer, effect, action, how, dead, partial))

    def _created(self, effect: Created, action: Action) -> None:
        path = effect.path
        if effect.name and path in self.folders:
            path = posixpath.join(path, effect.name)
        old = self.tree.at(path)
        self.configured |= configuring(path)
        if effect.keeps and effect.origin in ("mkdir", "install") and effect.certain:
            self._found_folder(path)
        if effect.link is not None and effect.certain and path == effect.path:
            self.links.add(path, effect.link)
        if effect.keeps and old:
            return
        for entry in old:
            if entry.cache is None and not entry.tree and not effect.tree and not effect.glob and effect.certain:
                self._kill(entry, effect, action, "overwritten")
        self._add(effect, path, effect.size, effect.tree, effect.origin)

    def _deleted(self, effect: Deleted, action: Action) -> None:
        hit, inside = self.tree.deleted(effect.path, effect.glob, effect.recursive)
        hit = [e for e in hit if not any(under(e.path, mount) for mount in self.mounts)]
        if not effect.certain:
            for entry in hit:
                self._doubt(entry)
            return
        self.links.drop(effect.path)
        for entry in hit:
            self._kill(entry, effect, action, "cleaned" if entry.cache else "removed")
        if any(e.path == effect.path for e in hit):
            inside = [e for e in inside if self.measure.part(e, effect.path) is not None]
        if not effect.glob and not any(under(effect.path, mount) for mount in self.mounts):
            self._part_deleted([e for e in inside if not e.cache], effect, action)

    def _part_deleted(self, inside: list[Entry], effect: Deleted, action: Action) -> None:
        """Something below a tree is gone; it counts where it surely was there when the tree was written."""
        deepest = max((len(e.path) for e in inside), default=0)
        for entry in inside:
            if entry.layer == self.layer or (id(entry), effect.path) in self.partial:
                continue
            size = self.measure.part(entry, effect.path)
            others = len(entry.path) < deepest or [e.path for e in inside].count(entry.path) > 1
            if size is None and (others or entry.epoch != self.epoch or perhaps_nothing(entry, effect.path)):
                continue  # written by something else, or perhaps so
            if size is None and (entry.path in STANDARD_FOLDERS or self.measure.tells(entry)):
                continue
            self.partial.add((id(entry), effect.path))
            self._death(entry, effect, action, "removed", UNSIZED if size is None else size, partial=True)

    def _erased(self, effect: Erased) -> None:
        pattern = re.compile(effect.pattern, re.S)
        for entry in self.tree.files():
            if (effect.named or not entry.cache) and any(pattern.fullmatch(place) for place in entry.places):
                self._doubt(entry)
            elif isinstance(entry.effect, Extracted) and re.escape(entry.path) in effect.pattern:
                entry.lost.add(effect.pattern)

    def _rewritten(self, effect: Rewritten, action: Action) -> None:
        for entry in self.tree.rewritten(effect.path, effect.glob, effect.recursive):
            if entry.layer == self.layer or entry.cache or entry.package or entry.size == EMPTY:
                continue
            made = entry.effect
            for_files = effect.recursive or effect.executable or effect.how in ("strip", "sed -i")
            if isinstance(made, Created) and made.ambiguous and not for_files:
                continue  # a folder's own mode is no data
            if any(under(entry.path, mount) for mount in self.mounts):
                continue
            self._death(entry, effect, action, "rewritten")
            self._end(entry)
            self._add(effect, entry.path, entry.size, entry.tree, entry.origin, copy_of=entry)

    def _moved(self, effect: Moved, action: Action) -> None:
        hit, _ = self.tree.deleted(effect.path, effect.glob, True)
        target = effect.target
        if effect.name and target in self.folders and not effect.glob:
            target = posixpath.join(target, effect.name)
        elif target in self.folders and effect.glob:
            target += "/" if target != "/" else ""
        for entry in hit:
            if not effect.certain:
                self._doubt(entry)
                continue
            self._kill(entry, effect, action, "rewritten" if not entry.cache else "cleaned")
            if entry.cache:
                continue
            path = moved_path(entry.path, effect, target)
            for old in self.tree.at(path):
                if not (old.cache or old.tree or entry.tree):
                    self._kill(old, effect, action, "overwritten")
            self._add(effect, path, entry.size, entry.tree, "mv", copy_of=entry)

    def _cached(self, effect: Cached) -> None:
        if effect.manager in self.configured:
            return
        manager = managers()[effect.manager]
        cache = manager.cache(effect.kind)
        image = self.image.name if self.image is not None else ""
        first, *also = cache.image_paths.get(image) or effect.paths
        if image in cache.absent_images:
            return
        if any(hides(mount, place) for mount in self.mounts for place in (first, *also)):
            return
        name = (effect.manager, effect.kind)
        again = cache.filled_by <= manager.index  # the same lists are fetched anew
        there = [
            e for e in self.tree.caches() if e.cache == name and (cache.index or (again and e.layer == self.layer))
        ]
        size = UNSIZED if there else effect.size
        self._add(effect, first, size, True, effect.manager, cache=name, also=tuple(also))

    def _cleaned(self, effect: Cleaned, action: Action) -> None:
        kinds = {(effect.manager, kind) for kind in effect.kinds}
        kinds |= {(name, c.kind) for name in managers()[effect.manager].empties for c in managers()[name].caches}
        hit = [e for e in self.tree.caches() if e.cache in kinds]
        if not effect.certain:
            for entry in hit:
                self._doubt(entry)
            return
        for entry in hit:
            self._kill(entry, effect, action, "cleaned")
        if hit:
            return
        again = [d.entry for d in self.ledger.deaths if d.entry.cache in kinds and d.layer != self.layer]
        if again:  # cleaned too late once already
            self._death(again[-1], effect, action, "cleaned", Size(0, "estimated", "already emptied"))

    def _extracted(self, effect: Extracted) -> None:
        self.ledger.extractions.append((self.layer, effect))
        if effect.target is not None:
            self._add(effect, effect.target, UNSIZED, True, "unpacked")

    def _installed(self, effect: Installed) -> None:
        """Each package is an entry; what they share is counted with the one that brings most."""
        for name, size in zip(effect.packages, effect.shares, strict=True):
            if name is not None:
                path = f"package:{effect.manager}:{name}"
                known = UNSIZED if self.tree.at(path) else size  # installed before: at most made newer
                self._add(effect, path, known, False, effect.manager, package=name)

    def _uninstalled(self, effect: Uninstalled, action: Action) -> None:
        for name in effect.packages:
            for entry in self.tree.at(f"package:{effect.manager}:{name}"):
                self._kill(entry, effect, action, "uninstalled")
            for entry in self.tree.group(effect.manager, name):
                self._kill(entry, effect, action, "uninstalled")
