"""The last stage of a file whose build was split off: everything in it comes from the original stage."""

from __future__ import annotations

import json
import os
import posixpath
import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from dockerlint.edits import Licence
from dockerlint.model.graph import BuildGraph, Stage, Step
from dockerlint.model.images import parse_image
from dockerlint.model.paths import STANDARD_FOLDERS, absolute, matches, under
from dockerlint.syntax.expansion import expand_value
from dockerlint.values import Value
from dockerlint.verify.items import Leaf, leaves
from dockerlint.verify.split_runs import Runs, packages
from dockerlint.verify.trace import instruction_key, trace

_DATA = os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, "data", "splits.json")
_CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt"
_LOCAL = "/usr/local/bin/"
# Where interpreters keep what is installed; the images with and without -slim have the same folders.
_INSTALLED = {
    "python": r"/usr/local/(?:lib/python3\.\d+/site-packages|bin|share)",
    "ruby": r"/usr/local/bundle",
}
_SPLIT = re.compile(r"[=:,]")
_MAKERS = frozenset(("go", "cargo", "stack", "cabal"))
_SYSTEM = ("/etc", "/bin", "/sbin", "/lib", "/usr/bin", "/usr/sbin", "/usr/lib", "/usr/share", "/var", "/usr/local")


class Final:
    """The checks, each giving the reason why not, or "" when all is well."""

    def __init__(self, old: BuildGraph, new: BuildGraph, licence: Licence) -> None:
        self.old, self.new, self.licence = old, new, licence
        self.was, self.builder, self.final = old.stages[-1], new.stages[-2], new.stages[-1]
        self.copied: list[str] = []
        self.installed: set[str] = set()

    def problem(self) -> str:
        """The first thing in the last stage that the original does not account for."""
        for step in self.final.steps:
            node = step.instruction
            if node.keyword in ("COPY", "ADD"):
                reason = self._copy(step)
                if reason:
                    return reason
            elif node.keyword == "ONBUILD":
                return "the last stage has an ONBUILD"
        return self._used() or self._runs() or self._program() or self._check() or self._zone()

    def _check(self) -> str:
        """What HEALTHCHECK fetches with is there: only images for building bring it."""
        for step in self.final.steps:
            match = re.match(r"(?:CMD)?[\s\[\"]*(curl|wget)\b", step.instruction.arguments, re.I)
            if step.instruction.keyword != "HEALTHCHECK" or match is None or match[1] in self.installed:
                continue
            same = self.was.base.reference == self.final.base.reference
            if not same and not (match[1] == "wget" and "alpine" in str(self.final.base.reference)):
                return f"`{match[1]}`, which HEALTHCHECK calls, is not in the last stage"
        return ""

    def _zone(self) -> str:
        """A time zone that ENV names can be looked up: bare distributions have no table of them."""
        before, after = str(self.was.base.reference), str(self.final.base.reference)
        if before == after or not after.startswith(("debian:", "alpine:")) or "tzdata" in self.installed:
            return ""
        for step in self.final.steps:
            for pair in step.instruction.pairs if step.instruction.keyword == "ENV" else ():
                if pair.name == "TZ" and re.match(r"[\"':]*(?!Etc/)[A-Za-z]+/", pair.value or ""):
                    return f"the time zone `{pair.value}` is not in the last stage"
        return ""

    def _used(self) -> str:
        """Nothing but the last stage takes from the build, and by COPY alone."""
        for edge in self.new.edges:
            if edge.source == self.builder.index and (edge.target != self.final.index or edge.kind != "copy"):
                return "another stage uses the one that builds"
            if edge.target == self.final.index and edge.source != self.builder.index and edge.kind != "from":
                return "the last stage takes from elsewhere"
        return ""

    def _runs(self) -> str:
        before, after = trace(self.old.dockerfile), trace(self.new.dockerfile)
        old = [leaf for s in self.was.steps for leaf in leaves(before.runs.get(s.index, ()))]
        new: list[Leaf] = []
        for step in self.final.steps:
            if step.instruction.keyword != "RUN":
                continue
            chain = after.runs.get(step.index, ())
            if step.instruction.flags and any(not f.startswith("--mount=type=cache") for f in step.instruction.flags):
                return "a RUN of the last stage has flags"
            if not chain or any(not isinstance(item, Leaf) for item in chain):
                return f"the RUN `{step.instruction.arguments[:60]}` of the last stage cannot be followed"
            new += leaves(chain)
        self.installed = {p for leaf in new for p in packages(leaf)}
        return Runs(old, new, _data(), str(self.final.base.reference), self.licence).problem()

    def _copy(self, step: Step) -> str:
        node = step.instruction
        words = [word.text for word in node.words]
        if node.flag("from") is None or node.keyword == "ADD":
            return self._repeated(step)
        text = f"`COPY {' '.join(words)}`"
        flags = [flag for flag in node.flags if not flag.startswith("--chown=")]
        if flags != [f"--from={self.builder.name}"] or len(words) != 2 or node.heredoc_nodes:
            return f"{text} of the last stage is not one path from the build"
        source, target = words
        if self._given(source) != [flag.partition("=")[2] for flag in node.flags if flag.startswith("--chown=")]:
            return f"{text} gives it to somebody else"
        if not source.startswith("/") or any(c in source for c in "$\"'[\\"):
            return f"{text} does not name its path in full"
        program = target == _LOCAL + posixpath.basename(source)
        pattern = any(c in source for c in "*?") and target == posixpath.dirname(source) + "/"
        if not (source == target or program or pattern):
            return f"{text} puts it somewhere else"
        if source in STANDARD_FOLDERS and not (source.startswith("/usr/local") or source in ("/srv", "/usr/src")):
            return f"{text} takes a folder of the system"
        self.copied.append(target)
        if source == _CERTIFICATES or (program and self._installs_programs()):
            return ""
        return "" if self._exists(source) else f"nothing shows that `{source}` is there"

    def _repeated(self, step: Step) -> str:
        """A COPY from the build context that the original stage has as well, to the same place."""
        key = instruction_key(step.instruction)
        for other in self.was.steps:
            if instruction_key(other.instruction) == key and other.scope.workdir == step.scope.workdir:
                self.copied += [
                    p for word in step.instruction.words[-1:] for p, _ in _paths(word.text, step.scope.workdir, True)
                ]
                return ""
        text = f"{step.instruction.keyword} {step.instruction.arguments[:60]}"
        return f"`{text}` of the last stage is not one of the original"

    def _given(self, path: str) -> list[str]:
        """The owner that chown gave a path last, as ``--chown`` says it."""
        found: list[str] = []
        for inv in (i for step in self.was.steps if step.instruction.keyword == "RUN" for i in step.invocations):
            words = [a.value for a in inv.arguments]
            operands = [w for w in words if isinstance(w, str) and not w.startswith("-")]
            if inv.program != "chown" or len(operands) < 2 or len(operands) < len(words) - 2:
                continue
            deep = any(isinstance(w, str) and re.match(r"-\w*R|--recursive", w) for w in words)
            for word in operands[1:]:
                target = absolute(word, inv.cwd)
                if isinstance(target, str) and (target == path or (deep and under(path, target))):
                    found = [operands[0] if ":" in operands[0] else f"{operands[0]}:root"]
        return found

    def _installs_programs(self) -> bool:
        return any(
            inv.program in _MAKERS and any(a.value in ("install", "build", "--copy-bins") for a in inv.arguments)
            for step in self.was.steps
            if step.instruction.keyword == "RUN"
            for inv in step.invocations
        )

    def _exists(self, path: str) -> bool:
        """Whether the original stage names the path, something in it, or a folder that COPY fills above it."""
        for named, whole in _named(self.was):
            if under(named, path) or matches(named, path) or (whole and under(path, named) and named != "/"):
                return True
        return (path == "/usr/local" and self._installs()) or self._interpreted(path)

    def _interpreted(self, path: str) -> bool:
        """Whether both images are the same interpreter, and the path is where it has its packages."""
        images = [parse_image(str(stage.base.reference)) for stage in (self.was, self.final)]
        names = {image.name for image in images if image is not None}
        expression = _INSTALLED.get(names.pop(), "(?!)") if len(names) == 1 else "(?!)"
        return re.fullmatch(expression, path) is not None

    def _installs(self) -> bool:
        return any(
            a.value == "install" or a.value == "--install"
            for step in self.was.steps
            if step.instruction.keyword == "RUN"
            for inv in step.invocations
            for a in inv.arguments
        )

    def _program(self) -> str:
        """What the image starts is taken along, or lies where the base has its programs."""
        starts = {s.instruction.keyword: s for s in self.final.steps if s.instruction.keyword in ("CMD", "ENTRYPOINT")}
        for said in starts.values():
            for word in said.instruction.json_form or said.instruction.arguments.split():
                if "/" not in word:
                    continue
                for named, _ in _paths(word.strip("\"'"), said.scope.workdir, False):
                    if not self._there(named):
                        return f"`{word}`, which the image names, is not in the last stage"
        step = starts.get("ENTRYPOINT") or starts.get("CMD")
        words = (step.instruction.json_form or step.instruction.arguments.split()) if step is not None else []
        program = next((w for w in words if w not in ("exec", "env", "--")), "")
        if step is None or "/" not in program or "$" in program:
            return ""
        path = absolute(program.strip("\"'"), step.scope.workdir)
        if isinstance(path, str) and any(under(path, c.rstrip("/")) for c in self.copied):
            return ""
        if isinstance(path, str) and _of_system(path) and not self._makes(path):
            return ""
        return f"`{program}`, which the image starts, is not in the last stage"

    def _there(self, path: str) -> bool:
        """Whether a path that the original stage made is taken along, or at least something in it."""
        if path in STANDARD_FOLDERS or path == self.final.steps[-1].scope.workdir or not self._makes(path):
            return True
        return any(under(path, c.rstrip("/")) or under(c, path) for c in self.copied)

    def _makes(self, path: str) -> bool:
        """Whether a RUN, COPY or ADD of the original stage names the path: then it is no program of the base image."""
        return any(named == path for named, _ in _named(self.was, frozenset(("RUN", "COPY", "ADD"))))


def _of_system(path: str) -> bool:
    return any(under(path, folder) for folder in _SYSTEM)


def _named(stage: Stage, keywords: frozenset[str] | None = None) -> Iterator[tuple[str, bool]]:
    """(absolute path, whether all below it is known to be there) of every word in the stage."""
    for step in stage.steps:
        node = step.instruction
        if keywords is not None and node.keyword not in keywords:
            continue
        if node.keyword in ("COPY", "ADD"):
            words = [expand_value(w.text, step.scope.variables(), missing_unknown=True) for w in node.words]
            if words:
                yield from _paths(words[-1], step.scope.workdir, True)
                for word in words[:-1]:
                    if isinstance(word, str) and isinstance(words[-1], str):
                        inside = posixpath.join(words[-1], posixpath.basename(word.rstrip("/")))
                        yield from _paths(inside, step.scope.workdir, True)
        elif node.keyword == "RUN":
            for inv in step.invocations:
                yield from _paths(inv.cwd, inv.cwd, True)
                for argument in inv.arguments:
                    yield from _paths(argument.value, inv.cwd, False)
                for redirect in inv.redirects:
                    literal = redirect.target.literal if redirect.target is not None else None
                    if literal:
                        yield from _paths(literal, inv.cwd, False)
        elif node.keyword in ("CMD", "ENTRYPOINT", "HEALTHCHECK", "ENV"):
            variables = step.scope.variables()
            for text in node.json_form or re.split(r"[\s\"'\[\];&|()]+", node.arguments):
                yield from _paths(expand_value(text, variables, missing_unknown=True), step.scope.workdir, False)


def _paths(word: Value, folder: Value, whole: bool) -> Iterator[tuple[str, bool]]:
    """The paths that a word may stand for."""
    if not isinstance(word, str):
        return
    for part in dict.fromkeys((word, *_SPLIT.split(word), *_SPLIT.sub(" ", word).split())):
        path = absolute(part, folder) if part else None
        if isinstance(path, str):
            yield path, whole


@cache
def _data() -> Mapping[str, Any]:
    with open(_DATA, encoding="utf-8") as file:
        found: Mapping[str, Any] = json.load(file)
    return found
