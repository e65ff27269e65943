"""What happens in the old file between a COPY and the command that changes what it wrote."""

from __future__ import annotations

import re
from posixpath import basename

from dockerlint.model.graph import Step
from dockerlint.verify.copies import SYSTEM_FOLDERS, below, folder_of, path_of, value, word_of
from dockerlint.verify.items import Block, Fixed, Item, Leaf, linear
from dockerlint.verify.owners import Change, bare
from dockerlint.verify.trace import Trace

_MAKES_ACCOUNTS = re.compile(r"(?:^|[\s/])(?:useradd|adduser|groupadd|addgroup)\s.*?([a-z_][\w-]*)\s*$")
_CHANGES_ACCOUNT = re.compile(r"(?:^|[\s/])(?:user|group)(?:mod|del)\s|(?:^|[\s/])del(?:user|group)\s")
_KNOWN = frozenset(
    "echo printf cat true test [ : export mkdir touch ls rm rmdir ln grep find head tail cut sort tr wc date chmod"
    " chown chgrp apt-get apt apk yum dnf microdnf zypper pacman useradd groupadd adduser addgroup usermod sed mv cp"
    " curl wget tar unzip gzip gunzip xz locale-gen update-ca-certificates ldconfig dpkg rpm set cd".split()
)
"""Programs that read owners and modes of nothing but what their words name."""
_INSTALLERS = frozenset("apt-get apt apk yum dnf microdnf zypper pacman dpkg rpm".split())


class Between:
    """Looks at the items in front of a command; `items` grow shorter as commands are carried over."""

    def __init__(self, old: Trace, items: list[Item]) -> None:
        self.old = old
        self.items = items

    def _stages(self, item: Leaf | Fixed) -> set[int]:
        graph = self.old.graph
        return {stage.index for stage in graph.lineage(graph.stages[self.old.step(item.index).stage])}

    def _lineage(self, i: int) -> list[Item]:
        """Item `i` and those before it, of its stage and of those that it is built from."""
        here = self.items[i]
        stages = self._stages(linear((here,))[0])
        return [item for item in self.items[: i + 1] if self.old.step(linear((item,))[0].index).stage in stages]

    def made(self, i: int, folder: str) -> bool:
        """Whether the file makes a folder before item `i`: by WORKDIR or by `mkdir`."""
        for item in self._lineage(i):
            workdir = self.old.step(item.index).scope.workdir if not isinstance(item, Block) else None
            if isinstance(workdir, str) and below(workdir, folder):
                return True
            if isinstance(item, Leaf) and item.words[:1] == ("mkdir",):
                step = self.old.step(item.index)
                if any(below(p, folder) for w in item.words[1:] if (p := path_of(w, item, step))):
                    return True
        return False

    def problem(self, at: int, first: int, leaf: Leaf, path: str, change: Change, exact: bool) -> str | None:
        """What may see, or have made, something there before the command runs."""
        start = 0 if change.recursive else first + 1
        stages = self._stages(leaf)
        for item in self.items[start:at]:
            for one in linear((item,)):
                if self.old.step(one.index).stage not in stages:
                    continue
                if isinstance(one, Fixed):
                    if one.kind == "opaque":
                        return "a RUN before it cannot be followed"
                    continue
                problem = self._uses(one, path, change, exact)
                if problem:
                    return f"`{one.text}` before it {problem}"
        return None

    def _uses(self, leaf: Leaf, path: str, change: Change, exact: bool) -> str | None:
        step = self.old.step(leaf.index)
        name = leaf.words[0].rpartition("/")[2] if leaf.words else ""
        if exact and leaf.words and (name not in _KNOWN or "/" in leaf.words[0]):
            return "may read it"
        for word in (*leaf.words, *leaf.rest):
            place = path_of(word, leaf, step)
            inside = change.recursive and name == "mkdir" and place is not None and below(path, place)
            if inside or (change.recursive and place is not None and place in SYSTEM_FOLDERS):
                continue
            if place is not None and place not in SYSTEM_FOLDERS and (below(place, path) or below(path, place)):
                return "names it"
            if f"/{basename(path)}" in word and not (place is not None and not below(place, path)):
                return "names it"
        if change.recursive and name not in _KNOWN:
            here = folder_of(leaf, step)
            if here is None or below(here, path):
                return "runs in it"
        return None

    def names(self, i: int, at: int, leaf: Leaf, change: Change, copy: Step) -> str | None:
        """Whether COPY would find another account of that name, or none, and each variable the same."""
        if change.kind != "chown":
            return None
        here = self.old.step(leaf.index)
        for part in re.findall(r"[^:]+", bare(change.value)):
            plain = value(part, copy)
            if plain is None or plain != word_of(part, leaf, here):
                return f"`{part}` is not the same at the COPY"
            if not plain.isdigit() and any(flag.startswith("--link") for flag in copy.instruction.flags):
                return f"`{plain}` is a name, which --link does not look up"
            for item in linear(tuple(self.items[i:at])):
                if isinstance(item, Leaf) and plain in item.words and _CHANGES_ACCOUNT.search(" ".join(item.words)):
                    return f"`{item.text}` changes `{plain}`"
            if plain in ("root",) or plain.isdigit() or self._account_before(i, plain):
                continue
            for item in linear(tuple(self.items[i:at])):
                name = item.words[0].rpartition("/")[2] if isinstance(item, Leaf) and item.words else ""
                makes = name in _INSTALLERS or name not in _KNOWN or name.endswith(("add", "user", "group", "mod"))
                if isinstance(item, Leaf) and makes and name not in ("pip", "pip3", "npm"):
                    return f"`{plain}` may be made after the COPY"
        return None

    def _account_before(self, i: int, name: str) -> bool:
        for item in linear(tuple(self._lineage(i))):
            if isinstance(item, Leaf):
                made = _MAKES_ACCOUNTS.search(item.text)
                if made is not None and made[1] == name:
                    return True
            elif any(name in flag[8:].split(":") for flag in flags_of(item) if flag.startswith("--chown=")):
                return True
        return False


def flags_of(item: Fixed) -> list[str]:
    """The flags of an instruction, as written."""
    known = item.kind == "instruction" and isinstance(item.key[1], tuple)
    return [str(flag) for flag in item.key[1]] if known and isinstance(item.key[1], tuple) else []
