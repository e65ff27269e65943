"""What served the build alone and nothing deletes: source trees, histories of clones, files in /tmp."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from dockerlint.effects.ledger import Ledger
from dockerlint.effects.tree import Entry
from dockerlint.effects.types import Created
from dockerlint.model.invocations import Invocation
from dockerlint.model.paths import absolute, matches, under
from dockerlint.model.starts import start_steps
from dockerlint.record import record
from dockerlint.source import Span
from dockerlint.values import Unknown

_TREES = frozenset(("tar", "git clone", "unzip"))
_BUILDERS = frozenset(("make", "gmake", "ninja", "cmake", "meson", "scons", "waf"))
_TEMPORARY = ("/tmp", "/var/tmp")
# Here programs look for their parts: what is built in its place is used there.
_LIBRARIES = ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/usr/share", "/usr/local/share", "/etc")
# Put there on purpose, or brought by a layer that no RUN can make smaller (LAY008 tells of archives).
_MEANT = frozenset(("mkdir", "touch", "ln", "cp", "mv", "install", "WORKDIR", "COPY", "ADD"))
_WORTH = 10_000  # bytes; a note of a few lines is no bloat
# What of unknown size is surely more than that: what is fetched or unpacked, but no key, signature or checksum.
_BIG = _TREES | {"curl", "wget", "aria2c", "unpacked", "jar", "cpio", "gunzip", "gzip", "xz", "bzip2", "zstd"}
_SMALL = re.compile(r"\.(?:asc|sig|sign|gpg|pgp|pub|key|pem|crt|cer|minisig|(?:sha\d+|md5)(?:sums?)?|sums?|txt)$", re.I)
# What these are given ends in scripts, settings and links.
_TELLERS = frozenset(("echo", "printf", "update-alternatives"))
_VARIABLE = re.compile(r"\$(?:(\w+)|\{(\w+)\})")
_SHALLOW = ("--depth", "--shallow-", "--bare", "--mirror", "--filter")


@record
class Leftover:
    """Something that stays. `kind`: ``source`` (`used` is the install that ran in it), ``history`` or ``temporary``."""

    entry: Entry
    kind: str
    used: Span | None = None


def leftovers(ledger: Ledger) -> Iterator[Leftover]:
    """What an image keeps of its build, each entry once."""
    entries = [e for e in ledger.alive() if e.effect.certain and not (e.cache or e.package)]
    if not entries:
        return
    installs = list(_installs(ledger)) if any(e.origin in _TREES for e in entries) else []
    spans = [e.effect.span for e in entries]
    archives = {extraction.archive for _, extraction in ledger.extractions}
    told = _Told(ledger)
    for entry in entries:
        if entry.origin == "unpacked" and spans.count(entry.effect.span) > 1:
            continue  # the folder in the archive has a name
        install = next((inv for inv in installs if _inside(inv, entry)), None) if entry.origin in _TREES else None
        in_place = any(under(entry.path, folder) for folder in _LIBRARIES)
        if install is not None and not in_place and not told.names(entry.path, "PATH"):
            yield Leftover(entry, "source", install.span)
        elif (
            _temporary(entry)
            and entry.path not in archives
            and not told.names(entry.path)
            and not _misnamed(entry, ledger)
        ):
            yield Leftover(entry, "temporary")
        elif entry.origin == "git clone" and _whole_history(entry, ledger):
            yield Leftover(entry, "history")


def _temporary(entry: Entry) -> bool:
    inside = any(under(entry.path, folder) for folder in _TEMPORARY)
    size = entry.size.bytes
    worth = size >= _WORTH if size is not None else entry.origin in _BIG and _SMALL.search(entry.path) is None
    return inside and worth and entry.origin not in _MEANT and not entry.lost


def _misnamed(entry: Entry, ledger: Ledger) -> bool:
    """Whether a folder that has its name from its archive may be called otherwise.

    So it is where something that goes by no known name was beside it: deleted, moved, or a command's directory.
    """
    span = entry.effect.span
    beside = next((e for e in ledger.entries if e.origin == "unpacked" and e.effect.span == span), None)
    if beside is None or beside is entry:
        return False
    known = [place for e in ledger.entries for place in e.places]
    steps = [layer.step for layer in ledger.layers[entry.layer :]]
    visited = {step.scope.workdir for step in steps} | {inv.cwd for step in steps for inv in step.invocations}
    there = {
        top
        for place in visited
        if isinstance(place, str) and (top := _top(place, beside.path)) and not any(under(e, top) for e in known)
    }
    return bool(there) or not all(any(matches(place, path) for place in known) for path in beside.lost)


def _top(path: str, folder: str) -> str:
    """What of a folder a path is, or lies in; nothing where it is elsewhere."""
    if path == folder or not under(path, folder):
        return ""
    above = folder.rstrip("/") + "/"
    return above + path[len(above) :].partition("/")[0]


class _Told:
    """The texts from which a container may learn a path: how it starts, its environment, what a RUN wrote."""

    def __init__(self, ledger: Ledger) -> None:
        last = ledger.layers[-1].step
        self.settings = {name: value for name, value in last.scope.env.items() if isinstance(value, str)}
        self.told = [
            (pair.name, self._expanded(pair.value))
            for layer in ledger.layers
            if layer.step.instruction.keyword == "ENV"
            for pair in layer.step.instruction.pairs
            if pair.value is not None
        ]
        self.written = list(_written(ledger))
        steps = start_steps(ledger.graph)
        self.starts = [self._expanded(step.instruction.arguments) for step in steps]
        self.folder = last.scope.workdir
        """Where the container starts."""
        if last.instruction.keyword == "WORKDIR":
            self.folder = absolute(self._expanded(last.instruction.arguments.strip()), self.folder)
        program = ((steps[0].instruction.json_form or [""])[0] or self.starts[0]) if steps else ""
        self.elsewhere = program.startswith("/")
        """Whether what starts has a path of its own, wherever that is."""

    def _expanded(self, text: str) -> str:
        return _VARIABLE.sub(lambda m: self.settings.get(m[1] or m[2], m[0]), text)

    def names(self, path: str, ending: str = "") -> bool:
        """Whether any names a path or something below it. Of the variables only those whose names end so count."""
        texts = [*self.starts, *self.written, *(value for name, value in self.told if name.endswith(ending))]
        if any(path in text for text in texts):
            return True
        if not isinstance(self.folder, str):
            return False
        if under(path, self.folder) and path != self.folder:
            here = path[len(self.folder.rstrip("/")) + 1 :]
            return any(f"{here}/" in text for text in self.starts)
        return under(self.folder, path) and not self.elsewhere


def _written(ledger: Ledger) -> Iterator[str]:
    """What commands print, the texts they are given, and where symbolic links lead."""
    for action in (action for layer in ledger.layers for action in layer.actions):
        yield from (e.link for e in action.effects if isinstance(e, Created) and e.link is not None)
        inv = action.invocation
        if inv is None:
            continue
        if inv.program in _TELLERS:
            yield from (a.word.text if isinstance(a.value, Unknown) else a.value for a in inv.arguments)
        yield from (r.heredoc for r in inv.redirects if r.heredoc is not None)


def _whole_history(entry: Entry, ledger: Ledger) -> bool:
    """Whether all of a repository's history came, and none of it was deleted."""
    command = ledger.maker(entry)
    if command is None or any(not isinstance(a.value, str) or a.value.startswith(_SHALLOW) for a in command.arguments):
        return False
    return not any(path.rpartition("/")[2].startswith((".git", "*", ".*")) for path in entry.lost)


def _installs(ledger: Ledger) -> Iterator[Invocation]:
    for layer in ledger.layers:
        for action in layer.actions:
            inv = action.invocation
            if inv is not None and inv.program in _BUILDERS and any("install" in str(a.value) for a in inv.arguments):
                yield inv


def _inside(inv: Invocation, entry: Entry) -> bool:
    """Whether an install runs in the tree, by directory or by ``-C``."""
    places = [inv.cwd]
    for option, value in pairwise(inv.arguments):
        if option.value in ("-C", "--install", "--directory"):
            places.append(absolute(value.value, inv.cwd))
    return any(isinstance(place, str) and under(place, entry.path) for place in places)
