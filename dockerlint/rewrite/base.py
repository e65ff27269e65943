"""Name another variant of the same base image in a FROM."""

from __future__ import annotations

from dockerlint.context.needs import Need
from dockerlint.edits import Edit, Fix, Licence, Safety
from dockerlint.findings import Withheld
from dockerlint.model.graph import Stage
from dockerlint.model.images import parse_image


def propose(stage: Stage, reference: str, missed: list[Need], *, alike: bool) -> tuple[Fix | None, Withheld | None]:
    """The change to another image: as a fix where nothing is missed there, for display where something may be.

    `alike`: it is a variant with the same libc and package manager, of an image that has a start of its own.
    """
    sure = next((need for need in missed if need.sure), None)
    if sure is not None:
        hint = "install it there, or do that in a stage of its own"
        return None, Withheld(f"the image {sure.told(reference)}", sure.span, hint)
    return swap_base(stage, reference, Safety.UNSAFE if alike and not missed else Safety.DISPLAY), None


def swap_base(stage: Stage, reference: str, safety: Safety) -> Fix:
    """The edit of the image's word. The name stays as it is written where only the tag changes."""
    word = stage.source.instruction.words[0]
    old, new = parse_image(word.text), parse_image(reference)
    if old is not None and new is not None and old.name == new.name and new.tag is not None:
        reference = f"{word.text.removesuffix(f':{old.tag}')}:{new.tag}"
    licence = Licence(bases=frozenset(((word.text, reference),)))
    return Fix(f"Start from `{reference}`", (Edit(word.span, reference),), safety, licence)
