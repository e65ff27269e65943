"""What RUNs change below paths that a VOLUME declares before them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dockerlint.effects.ledger import Ledger
from dockerlint.effects.mounts import mounted
from dockerlint.effects.types import AnyEffect, Created, Deleted, Erased, Extracted, LayerEffects, Moved, Rewritten
from dockerlint.model.graph import Step
from dockerlint.model.paths import absolute, under
from dockerlint.record import record
from dockerlint.source import Span
from dockerlint.syntax.expansion import expand_value


@record
class VolumeChange:
    """The first lasting change of one RUN in one volume."""

    volume: str
    declared: Step
    step: Step
    span: Span
    path: str


def volume_changes(ledger: Ledger) -> Iterator[VolumeChange]:
    """One for each volume and each RUN of the stage itself that changes it after the VOLUME."""
    volumes: dict[str, Step] = {}
    for index, layer in enumerate(ledger.layers):
        keyword = layer.step.instruction.keyword
        if keyword == "VOLUME":
            volumes |= dict.fromkeys(_paths(layer.step), layer.step)
        elif keyword == "RUN" and volumes and index in ledger.own:
            for volume, declared in volumes.items():
                found = _first_change(layer, volume)
                if found is not None:
                    yield VolumeChange(volume, declared, layer.step, *found)


def _paths(step: Step) -> Iterator[str]:
    """The volumes of a VOLUME whose paths are known and absolute."""
    variables = step.scope.variables()
    for word in step.instruction.words:
        text = expand_value(word.text, variables)
        if isinstance(text, str) and text.startswith("/") and isinstance(path := absolute(text, "/"), str):
            yield path


def _first_change(layer: LayerEffects, volume: str) -> tuple[Span, str] | None:
    """The first lasting change in the volume by this layer: where, and of which path."""
    if any(under(volume, mount) or under(mount, volume) for mount in mounted(layer.step)):
        return None
    effects = [effect for action in layer.actions for effect in action.effects]
    for i, effect in enumerate(effects):
        path = _changed(effect, volume)
        if path is not None and not _undone(path, effects[i + 1 :]):
            return effect.span, path
    return None


def _changed(effect: AnyEffect, volume: str) -> str | None:
    """The path in the volume, or above it, that an effect surely changes."""
    path = None
    if isinstance(effect, Created):
        made = effect.keeps and effect.path == volume  # there already, the volume made it
        path = None if made else effect.path
    elif isinstance(effect, Rewritten):
        path = effect.path
        if effect.certain and effect.recursive and not effect.glob and under(volume, path):
            return path
    elif isinstance(effect, (Moved, Extracted)):
        path = effect.target
    return path if effect.certain and path is not None and under(path, volume) else None


def _undone(path: str, later: Sequence[AnyEffect]) -> bool:
    """Whether the same layer deletes it, or may do so: then nothing was meant to stay."""
    for effect in later:
        if isinstance(effect, Erased):
            return True
        if isinstance(effect, (Deleted, Moved)):
            gone = effect.path.partition("*")[0].rstrip("/") or "/"
            if under(path, gone) or under(gone, path):
                return True
    return False
