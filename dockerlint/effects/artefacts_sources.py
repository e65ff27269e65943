"""What the sources of a program ask of the image that it runs on."""

from __future__ import annotations

import re

from dockerlint.effects.artefacts_account import Account
from dockerlint.effects.artefacts_base import RunTime
from dockerlint.effects.artefacts_beside import Beside
from dockerlint.effects.artefacts_calls import calls
from dockerlint.effects.artefacts_start import Start
from dockerlint.findings import Withheld
from dockerlint.model.graph import Scope
from dockerlint.record import replace

_HINT = "write the stages by hand, with what the program calls in the last one"
_UNIVERSAL = re.compile(r"(?i)|:?(?:Etc/)?(?:UTC|GMT|UCT|Zulu|Universal)|.*\d.*")  # needs no table of zones


def with_sources(begin: Start, found: Account, base: RunTime, beside: Beside, end: Scope) -> Start | Withheld:
    """`begin` with the programs and zones that sources call, as far as the build context shows them."""
    value = end.env.get("TZ")
    zones = value is not None and not (isinstance(value, str) and _UNIVERSAL.fullmatch(value))
    zones = zones or any("/zoneinfo" in word for word in begin.words)
    if not beside.project(found.recipes):
        return replace(begin, zones=zones)
    said = calls(beside, found.roots)
    same = base.reference == found.ledger.stage.base.reference
    if said.unread and not same and not any(r.folder for r in found.recipes):
        return Withheld(f"{said.unread}, and `{base.reference}` has few", hint=_HINT)
    unread = bool(said.unread)
    return replace(begin, calls=said.programs, said=said.texts, unread=unread, zones=zones or said.zones)


def slim_has_all(found: Account, begin: Start, base: RunTime) -> bool:
    """Whether an interpreter's image without the tools of buildpack-deps has all that sources and scripts call."""
    if any("/" not in p and p not in base.brings for p in begin.scripted):
        return False
    return not (begin.calls or begin.unread) and not (begin.zones and any(r.name == "ruby" for r in found.recipes))
