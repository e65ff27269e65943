"""Another variant of the same base image: only the words of the tag that name the variant may differ.

The gate's own table: what is not in it is never accepted, whatever a fix asks for.
"""

from __future__ import annotations

import re

from dockerlint.edits import Licence
from dockerlint.model.images import parse_image
from dockerlint.verify.items import Fixed

# By image: words of a tag and what may stand in their place; "" for no such word. None of these changes libc,
# distribution or version. Sources: the tags that docker-library/official-images and nvidia/cuda list side by side.
_SLIM = {"": "slim"}
_JRE = {"jdk": "jre", "": "jre"}
_RUNTIME = {"devel": "runtime"}
_VARIANTS = {
    **dict.fromkeys(("python", "node", "ruby", "rust", "debian", "perl", "pypy"), _SLIM),
    **dict.fromkeys(("eclipse-temurin", "openjdk"), _JRE),
    "tomcat": {"jdk": "jre"},
    **dict.fromkeys(("nvidia/cuda", "pytorch/pytorch"), _RUNTIME),
}
_NEWEST = {"debian": ["stable", "slim"]}
_NOT_PLAIN = ("slim", "alpine", "jre", "runtime", "base", "windowsservercore", "nanoserver", "onbuild", "minimal")
"""A tag with one of these has its variant already: nothing may be put into it."""


def another_variant(old: Fixed, new: Fixed, licence: Licence) -> bool:
    """Whether the licence covers the change of one FROM into another, and only the variant in the tag changes."""
    if old.key[0] != "FROM" or new.key[0] != "FROM" or (old.key[1], old.key[3]) != (new.key[1], new.key[3]):
        return False
    before, after = str(old.key[2]).split(), str(new.key[2]).split()
    if not before or before[1:] != after[1:] or (before[0], after[0]) not in licence.bases:
        return False
    return same_image(before[0], after[0])


def same_image(old: str, new: str) -> bool:
    """Whether two references name the same image in the same version, the second in a smaller variant."""
    before, after = parse_image(old), parse_image(new)
    if before is None or after is None or before.digest or after.digest or after.tag is None:
        return False
    if not new.startswith(old.removesuffix(f":{before.tag}") + ":") or before.name != after.name:
        return False
    words, others = (before.tag or "latest").split("-"), after.tag.split("-")
    changes = _VARIANTS.get(before.name, {})
    if words == ["latest"]:
        return others == _NEWEST.get(before.name, ["slim"]) and "slim" in changes.values()
    return any(others in _changed(words, word, instead) for word, instead in changes.items())


def _changed(words: list[str], word: str, instead: str) -> list[list[str]]:
    """The tag with one of its words replaced, or with one more word behind the version."""
    if word:  # with the version of Java right behind it in Tomcat's tags
        places = [at for at, w in enumerate(words) if re.fullmatch(rf"{word}\d*", w)]
        number = words[places[0]][len(word) :] if places else ""
        return [[instead + number if at in places else w for at, w in enumerate(words)]] if len(places) == 1 else []
    if {"jdk", "devel"} & set(words) or any(w.startswith(plain) for w in words for plain in _NOT_PLAIN):
        return []
    first = 1 if words[0][:1].isdigit() else 0  # the version stays in front
    return [[*words[:at], instead, *words[at:]] for at in range(first, len(words) + 1)]
