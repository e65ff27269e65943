"""What happens between the COPY that writes files and the command that changes them."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from dockerlint.effects.layer import makes_others
from dockerlint.effects.ledger import Ledger
from dockerlint.effects.types import Action, Created, Deleted, Erased, Extracted, Moved, Rewritten
from dockerlint.findings import Withheld
from dockerlint.model.invocations import Invocation
from dockerlint.model.paths import STANDARD_FOLDERS, absolute, under
from dockerlint.values import Unknown

_ACCOUNT_CHANGERS = frozenset("usermod userdel deluser groupmod groupdel delgroup".split())
_ACCOUNT_MAKERS = frozenset("useradd adduser groupadd addgroup usermod groupmod newusers".split())
_NO_ACCOUNTS = frozenset(
    "echo printf cat true test [ : set export cd mkdir touch ls rm rmdir cp mv ln chmod chown chgrp install sed tar"
    " unzip grep find sleep head tail cut sort tr tee wc date stat env pip pip3 npm".split()
)
_ALWAYS = frozenset(("root",))


class Meanwhile:
    """The actions of a stage up to one command of layer `until`."""

    def __init__(self, ledger: Ledger, until: int, command: Invocation) -> None:
        self.ledger = ledger
        self.until = until
        self.command = command

    def _actions(self, since: int = 0) -> Iterator[tuple[int, Action]]:
        """Every action from layer `since` on, with its layer, the command itself left out."""
        for layer in range(since, self.until + 1):
            for action in self.ledger.layers[layer].actions:
                if (
                    layer == self.until
                    and action.invocation is not None
                    and action.invocation.span == self.command.span
                ):
                    return
                yield layer, action

    def problem(self, path: str, copies: list[int], below: bool = False) -> Withheld | None:
        """Something that uses `path` in between, or (with `below`) that may ever have written there."""
        if self._opaque(0 if below else copies[0]):
            return Withheld("a RUN before it cannot be followed")
        for layer, action in self._actions(0 if below else copies[0] + 1):
            inv = action.invocation
            if inv is None:
                if layer not in copies and any(isinstance(e, Created) and e.path == path for e in action.effects):
                    return self._at(layer, f"writes `{path}`, too")
                continue
            if self._uses(inv, action, path, below):
                return self._at(layer, f"uses `{path}` before")
        return None

    def _at(self, layer: int, what: str) -> Withheld:
        node = self.ledger.layers[layer].step.instruction
        return Withheld(f"line {node.start_line} {what}", node.keyword_span)

    def _opaque(self, since: int) -> bool:
        return any(self.ledger.layers[i].opaque for i in range(since, self.until))

    def _uses(self, inv: Invocation, action: Action, path: str, below: bool) -> bool:
        if _makes_folder(action, path) and (below or "-p" in inv.argv):
            return False
        if _mentions(inv.program_word.text if inv.program_word else "", path, isinstance(inv.cwd, Unknown)):
            return True
        for argument in inv.arguments:
            loose = isinstance(inv.cwd, Unknown) or isinstance(argument.value, Unknown) or inv.nested
            text = argument.value if isinstance(argument.value, str) else argument.word.text
            if _mentions(text, path, loose):
                return True
            place = absolute(argument.value, inv.cwd)
            if isinstance(place, str) and not _trivial(place) and (under(path, place) or under(place, path)):
                return True
        for effect in action.effects:
            for place in _places(effect):
                if under(place, path) or (under(path, place) and not _trivial(place)):
                    return True
        if not makes_others(action):
            return any(isinstance(e, Erased) for e in action.effects)
        return below and (isinstance(inv.cwd, Unknown) or under(inv.cwd, path))

    def clear(self, copy: int) -> bool:
        """Whether all commands since a COPY are known, so that none of them can have read owner or mode."""
        return not self._opaque(copy) and not any(
            action.invocation is not None and makes_others(action) for _, action in self._actions(copy + 1)
        )

    def folder_before(self, path: str, copy: int) -> bool:
        """Whether a folder is known to be there before layer `copy`, so that the COPY does not make it."""
        step = self.ledger.layers[copy].step
        if isinstance(step.scope.workdir, str) and under(step.scope.workdir, path):
            return True
        return any(
            _makes_folder(action, path) for layer, action in self._actions() if layer < copy and action.invocation
        )

    def parent_known(self, path: str, copy: int) -> bool:
        """Whether the folder of a file surely exists, so that ``--chown`` makes none."""
        parent = posixpath.dirname(path)
        return parent in STANDARD_FOLDERS or self.folder_before(parent, copy)

    def account(self, name: str, copy: int) -> Withheld | None:
        """Why a user or group may not be known yet when COPY looks it up."""
        linked = self.ledger.layers[copy].step.instruction.flag("link")
        if linked is not None and not name.isdigit():
            return Withheld(f"`{linked.text}` looks up no names: it knows nothing of the image", linked.span)
        for _, action in self._actions(copy + 1):
            inv = action.invocation
            if inv is not None and inv.program in _ACCOUNT_CHANGERS and any(name == a.value for a in inv.arguments):
                return Withheld(f"`{inv.program}` changes `{name}` after the COPY", inv.span)
        if name in _ALWAYS or self._known_before(name, copy):
            return None
        for layer, action in self._actions(copy + 1):
            inv = action.invocation
            if inv is not None and (inv.program in _ACCOUNT_MAKERS or inv.program not in _NO_ACCOUNTS):
                return Withheld(
                    f"`{name}` may be made by `{inv.program}` on line"
                    f" {self.ledger.layers[layer].step.instruction.start_line}, after the COPY",
                    inv.span,
                    "make the account before the COPY, or name it by its number",
                )
        return Withheld("a RUN before it cannot be followed") if self._opaque(copy) else None

    def _known_before(self, name: str, copy: int) -> bool:
        for layer in range(copy):
            step = self.ledger.layers[layer].step
            flag = step.instruction.flag("chown")
            if flag is not None and name in (flag.value or "").split(":"):
                return True
            for action in self.ledger.layers[layer].actions:
                inv = action.invocation
                values = [a.value for a in inv.arguments] if inv is not None and inv.certain else []
                if inv is not None and inv.program in _ACCOUNT_MAKERS and values[-1:] == [name]:
                    return True
        return False


def _mentions(text: str, path: str, loose: bool) -> bool:
    """Whether a word speaks of a path: in full, by its name behind a ``/``, or (`loose`) by its name alone."""
    name = re.escape(posixpath.basename(path))
    before = r"(?:^|[^\w.-])" if loose else "/"
    return bool(name) and re.search(rf"{before}{name}(?![\w.-])", text) is not None


def _trivial(place: str) -> bool:
    return place in STANDARD_FOLDERS


def _makes_folder(action: Action, path: str) -> bool:
    """Whether a command does nothing but make this folder, or one that holds it."""
    made = [e for e in action.effects if isinstance(e, Created)]
    inv = action.invocation
    plain = inv is not None and inv.program == "mkdir" and inv.certain
    return plain and bool(made) and all(e.path == path or under(path, e.path) for e in made)


def _places(effect: object) -> Iterator[str]:
    if isinstance(effect, Created | Deleted | Rewritten):
        yield effect.path
    elif isinstance(effect, Moved):
        yield effect.path
        yield effect.target
    elif isinstance(effect, Extracted):
        yield from (p for p in (effect.archive, effect.target) if p is not None)
