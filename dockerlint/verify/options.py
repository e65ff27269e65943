"""Shell options: what `set` and SHELL turn on, and to which commands it can matter."""

from __future__ import annotations

import re
from typing import NamedTuple

from dockerlint.shell.tree import Glob, Parameter, ShellKind, Simple, Substitution
from dockerlint.verify.commands import own_words, parts_of

_LONG = {
    "errexit": "e",
    "nounset": "u",
    "xtrace": "x",
    "noglob": "f",
    "noclobber": "C",
    "allexport": "a",
    "verbose": "v",
    "noexec": "n",
}
_NOT_OPTIONS = frozenset("cosli")
_FLAGS = re.compile(r"[-+][A-Za-z]+")


class OptionChange(NamedTuple):
    """Letters (or names given to ``-o``) that a `set` turns on and off."""

    on: frozenset[str]
    off: frozenset[str]


def initial(kind: ShellKind) -> frozenset[str]:
    """The options a body starts with."""
    return frozenset(_LONG.get(name, name) for name in kind.letters()) - _NOT_OPTIONS


def set_options(node: Simple) -> OptionChange | None:
    """The options that a plain `set` changes; None for every other command, and for `set -- words`."""
    if len(node.words) < 2 or node.words[0].literal != "set" or node.assignments or node.redirects:
        return None
    on: set[str] = set()
    off: set[str] = set()
    words = iter(node.words[1:])
    for word in words:
        text = word.literal
        if text is None or not _FLAGS.fullmatch(text):
            return None
        chosen = on if text[0] == "-" else off
        letters = set(text[1:])
        if "o" in letters:
            following = next(words, None)
            name = following.literal if following is not None else None
            if not name or not name.isalpha():
                return None
            letters = (letters - {"o"}) | {_LONG.get(name, name)}
        if "n" in letters:
            return None
        chosen |= letters
        (off if chosen is on else on).difference_update(letters)
    return OptionChange(frozenset(on), frozenset(off))


def relevant(node: Simple, options: frozenset[str], errexit: bool, defined: bool, redirected: bool) -> frozenset[str]:
    """Those of `options` under which this command could do something else.

    `errexit`: -e acts here. `defined`: the name may be a function. `redirected`: a
    construct around it redirects, perhaps what -x prints.
    """
    if not options:
        return options
    found = set(options) - set("exvufC") - {"pipefail"}
    parts = list(parts_of(own_words(node)))
    nested = [p for p in parts if isinstance(p, Substitution) and not isinstance(p.body, Simple)]
    name = node.words[0].literal if node.words else ""
    if nested:
        found |= options - set("xv")
    if "u" in options and any(isinstance(p, (Parameter, Substitution)) for p in parts):
        found.add("u")
    if "f" in options and any(isinstance(p, (Glob, Parameter, Substitution)) for p in parts):
        found.add("f")
    if "C" in options and node.redirects:
        found.add("C")
    if redirected or name in ("exec", "trap") or any(r.descriptor == "2" or "&" in r.operator for r in node.redirects):
        found |= options & set("xv")
    if defined or name in (".", "source", "trap"):
        found |= options
    if not errexit:
        found.discard("e")
    return frozenset(found)
