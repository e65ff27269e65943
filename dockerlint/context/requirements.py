"""What pip and its like install in a RUN: packages by name, from the command line and from files of the context."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from dockerlint.context.folder import Context
from dockerlint.context.globs import has_wildcards
from dockerlint.context.pyproject import declared
from dockerlint.context.sources import ContextSource, context_sources
from dockerlint.effects.copying import words_of
from dockerlint.effects.options import Parsed
from dockerlint.effects.tools.packages import command_of
from dockerlint.model.graph import BuildGraph
from dockerlint.model.invocations import Invocation
from dockerlint.model.paths import absolute, under
from dockerlint.model.python_packages import normalised
from dockerlint.record import record, replace
from dockerlint.source import Span
from dockerlint.syntax.mounts import mount_options
from dockerlint.values import UNKNOWN, Unknown

_REQUIREMENT = re.compile(r"\s*([A-Za-z0-9][\w.-]*)\s*(\[[^\]]*\])?\s*(?:$|[=<>~!;@(,]|\s#|\s--)")
_INCLUDE = re.compile(r"\s*(?:-r|--requirement)[\s=]+(\S+)")
_CONSTRAINT = re.compile(r"\s*(?:-c|--constraint)[\s=]")
_OWN = re.compile(r"(\.{1,2}(?:/[\w./-]*)?|/[\w./-]*)(?:\[([\w,\s-]*)\])?(?<!\.whl)(?<!\.gz)(?<!\.zip)")
_OF_PROJECT = frozenset((("uv", "sync"), ("poetry", "install"), ("pdm", "install"), ("pdm", "sync")))
_OTHER_GROUPS = frozenset(
    "--only-group --group --only --with --extra --all-extras --extras -E -G --only-dev --package".split()
)
_INDEXES = re.compile(r"\s*(?:--(?:extra-)?index-url|-i|--find-links|-f|--no-index)\b")
_LOCAL = re.compile(r"(?:\.{0,2}/|\.$|\.\[|[A-Za-z]:\\|file:)|.*\.(?:whl|tar\.gz|zip)$")
_MOST_BYTES = 1 << 20
_MOST_FILES = 20


@record
class Requirement:
    """A package that is asked for by name."""

    name: str
    """Normalised."""
    extras: tuple[str, ...]
    written: str
    """As it stands there, comment and hashes left out."""
    file: str | None = None
    """The file of the context that names it; None for the command line."""
    line: int = 0
    """From 1; 0 for the command line."""
    marked: bool = False
    """It has a condition (``; python_version < "3.8"``)."""


@record
class Installation:
    """One command that installs packages."""

    invocation: Invocation
    requirements: tuple[Requirement, ...]
    local: bool
    """It installs a folder or file whose own needs are not among the requirements."""
    builds: bool
    """It builds a package of the context."""
    whole: bool
    """All that it installs could be read: no variable, no address, no file that is not in the context."""
    indexed: bool = False
    """A requirements file names an index."""
    words: tuple[str, ...] = ()
    """The command's words as far as they are known."""

    @property
    def span(self) -> Span:
        """The command's place."""
        return self.invocation.span


def installations(
    graph: BuildGraph, invocations: tuple[Invocation, ...], context: Context | None
) -> list[Installation]:
    """Every ``pip install`` and ``uv pip install`` of the file that installs into the image, in order."""
    sources = list(context_sources(graph))
    found = []
    for inv in invocations:
        args = _installing(inv)
        if args is not None:
            found.append(_Reader(inv, graph, context, sources).read(args))
    return found


def _installing(inv: Invocation) -> Parsed | None:
    """The arguments of an install behind its sub-commands; None for every other command."""
    done = command_of(inv)
    if done is None or done[0].name not in ("pip", "uv", "poetry", "pdm"):
        return None
    manager, args, verb = done
    if (manager.name, verb) in _OF_PROJECT:
        groups = {(name, args.options[name]) for name in _OTHER_GROUPS & set(args.options)}
        return None if groups - {("--only", "main")} else replace(args, operands=args.operands[:1])
    skip = 1 if (manager.name, verb) == ("pip", "install") else 2 if verb == "pip" else 0
    if not skip or (skip == 2 and (len(args.operands) < 2 or args.operands[1].value != "install")):
        return None
    if args.has("--help", "-h", "--dry-run", "--target", "-t", "--root"):
        return None
    return Parsed(args.options, args.operands[skip:], args.unknown, args.every)


class _Reader:
    def __init__(
        self, inv: Invocation, graph: BuildGraph, context: Context | None, sources: list[ContextSource]
    ) -> None:
        self.inv, self.graph, self.context, self.sources = inv, graph, context, sources
        self.found: list[Requirement] = []
        self.whole, self.local, self.builds, self.indexed = True, False, False, False
        self.seen: set[str] = set()

    def read(self, args: Parsed) -> Installation:
        if args.operands[:1] and (self.inv.program, args.operands[0].value) in _OF_PROJECT:
            self._project(".")
            args = replace(args, operands=())
        for argument in args.operands:
            self._word(argument.value if isinstance(argument.value, str) else "")
        for name, value in args.every:
            if name in ("-r", "--requirement", "--requirements"):
                self._file(self._in_context(value) if isinstance(value, str) else None)
            elif name in ("-e", "--editable"):
                self._word(value if isinstance(value, str) else "")
        words = tuple(a.value for a in self.inv.arguments if isinstance(a.value, str))
        whole = self.whole and not args.unknown
        return Installation(self.inv, tuple(self.found), self.local, self.builds, whole, self.indexed, words)

    def _word(self, word: str, file: str | None = None, line: int = 0) -> None:
        match = _REQUIREMENT.match(word)
        own = _OWN.fullmatch(word)
        if own is not None and file is None:
            self._project(own[1], tuple(e.strip() for e in (own[2] or "").split(",") if e.strip()))
        elif _LOCAL.match(word):
            self.local = self.builds = True
        elif match is None or "://" in word:
            self.whole = False
        else:
            extras = tuple(e.strip().lower() for e in (match[2] or "[]")[1:-1].split(",") if e.strip())
            written = re.split(r"\s+(?:#|--)", word.strip())[0].strip()
            self.found.append(Requirement(normalised(match[1]), extras, written, file, line, ";" in written))

    def _project(self, folder: str, extras: tuple[str, ...] = ()) -> None:
        """What the pyproject.toml of a folder of the image asks for."""
        self.builds = True
        path = self._in_context(posixpath.join(folder, "pyproject.toml"))
        text = self.context.read_text(path, _MOST_BYTES) if self.context is not None and path is not None else None
        found = declared(text, extras) if text is not None else None
        if path is None or text is None or found is None:
            self.local = True
            return
        self.whole = self.whole and found.whole
        for dependency in found.dependencies:
            name = re.split(r"[^\w.-]", dependency, maxsplit=1)[0]
            before = re.split(rf"(?m)^[^#\n]*(?<![\w.-]){re.escape(name)}(?![\w.-])", text, maxsplit=1)[0]
            self._word(dependency, path, before.count("\n") + 1)

    def _in_context(self, path: str) -> str | None:
        """The file of the context that lies at a path of the image."""
        place = absolute(path, self.inv.cwd)
        if self.context is None or isinstance(place, Unknown):
            return None
        for candidate in (*self._mounted(place), *self._copied(place)):
            if self.context.exists(candidate) and not self.context.is_folder(candidate):
                return candidate
        return None

    def _mounted(self, place: str) -> Iterator[str]:
        for flag in self.inv.step.instruction.flag_nodes:
            if flag.name != "mount":
                continue
            options = {o.key: o.value or "" for o in mount_options(self.inv.step.instruction, flag)}
            target = absolute(options.get("target") or options.get("dst") or "", self.inv.step.scope.workdir)
            if options.get("type") != "bind" or "from" in options or isinstance(target, Unknown):
                continue
            source = options.get("source") or options.get("src") or "."
            if place == target:
                yield source
            elif place.startswith(target + "/"):
                yield posixpath.join(source, place[len(target) + 1 :])

    def _copied(self, place: str) -> Iterator[str]:
        """Where the context may have the file at `place`, what was copied last first."""
        assert self.context is not None
        stages = {stage.index for stage in self.graph.lineage(self.graph.stages[self.inv.step.stage])}
        for source in reversed(self.sources):
            words = words_of(source.step)
            target = absolute(words[-1], source.step.scope.workdir) if words else UNKNOWN
            earlier = source.step.stage in stages and source.step.index < self.inv.step.index
            if not earlier or isinstance(target, Unknown):
                continue
            if has_wildcards(source.path):
                folder, name = posixpath.split(place)
                if folder == target:
                    yield posixpath.join(posixpath.dirname(source.path), name)
            elif self.context.is_folder(source.path):
                if under(place, target):
                    yield posixpath.normpath(posixpath.join(source.path, posixpath.relpath(place, target)))
            elif place in (target, posixpath.join(target, posixpath.basename(source.path))):
                yield source.path

    def _file(self, path: str | None) -> None:
        text = self.context.read_text(path, _MOST_BYTES) if self.context is not None and path is not None else None
        if path is None or text is None or len(text) >= _MOST_BYTES or len(self.seen) >= _MOST_FILES:
            self.whole = False
            return
        if path in self.seen:
            return
        self.seen.add(path)
        joined = re.sub(r"\\\r?\n", lambda match: " " + "\0" * match[0].count("\n"), text)
        line = 1
        for row in joined.split("\n"):
            self._row(row.replace("\0", "").rstrip("\r"), path, line)
            line += 1 + row.count("\0")

    def _row(self, row: str, path: str, line: int) -> None:
        included = _INCLUDE.match(row)
        if included:
            self._file(posixpath.normpath(posixpath.join(posixpath.dirname(path), included[1])))
        elif row.lstrip().startswith(("-e", "--editable")):
            self.local = True
        elif row.lstrip()[:1] in ("", "#", "-") or _CONSTRAINT.match(row):
            self.indexed = self.indexed or _INDEXES.match(row) is not None
        else:
            self._word(row.strip(), path, line)
