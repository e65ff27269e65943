"""What a Dockerfile asks for by name: that is meant to be there, whatever it looks like."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from dockerlint.context.clutter import JUNK
from dockerlint.context.folder import Context
from dockerlint.context.globs import BadPattern, compiled, has_wildcards
from dockerlint.context.ignore import IgnoreFile, clean
from dockerlint.context.sources import ContextSource
from dockerlint.model.graph import BuildGraph, Step

_LIMIT = 1 << 18
_SPEAKING = frozenset(("RUN", "CMD", "ENTRYPOINT", "HEALTHCHECK", "ENV", "SHELL", "ONBUILD"))
_SILENT = frozenset("rm rmdir find echo printf git".split())
"""Programs whose words do not show that a file is needed; `git` is asked for apart."""
_SCRIPT = re.compile(r"<<-?\s*[\"']?\w+[\"']?\s*")


class Named:
    """The names in all instructions of a file."""

    def __init__(self, graph: BuildGraph, sources: Iterable[ContextSource], context: Context) -> None:
        self.context = context
        self.sources = [*(s.path for s in sources if not s.whole), *_bound(graph)]
        self.words = "\n".join(_texts(graph))
        self.graph = graph

    def takes(self, path: str) -> bool:
        """Whether a COPY, an ADD or a bind mount names a path, or something in it."""
        return any(names(source, path) for source in self.sources)

    def speaks_of(self, path: str) -> bool:
        """Whether a command or a variable has the path's last name in it."""
        name = re.escape(path.rpartition("/")[2])
        return re.search(rf"(?<![\w.-]){name}(?![\w-]|\.\w)", self.words) is not None


def names(source: str, path: str) -> bool:
    """Whether a source of COPY means `path` or something in it, and not only a folder that holds it."""
    if source == path or source.startswith(path + "/"):
        return True
    if not has_wildcards(source):
        return False
    parts, own = source.split("/"), path.split("/")
    if len(parts) < len(own) or parts[len(own) - 1] in ("*", "**"):
        return False
    try:
        return compiled("/".join(parts[: len(own)])).fullmatch(path) is not None
    except BadPattern:
        return True


def kept_on_purpose(path: str, ignored: IgnoreFile) -> bool:
    """Whether an exception speaks of the path or of something in it; lines behind would undo it."""
    own = JUNK.intersection(path.split("/"))
    for pattern in ignored.patterns:
        parts = pattern.text.split("/")
        meant = parts[-1] not in ("*", "**") and pattern.matches(path)
        if pattern.exception and (meant or names(pattern.text, path) or not own.isdisjoint(parts)):
            return True
    return False


def _bound(graph: BuildGraph) -> Iterator[str]:
    """What RUN --mount=type=bind takes from the context."""
    for step in graph.steps:
        for flag in step.instruction.flag_nodes if step.instruction.keyword == "RUN" else ():
            if flag.name != "mount":
                continue
            given = dict(part.partition("=")[::2] for part in (flag.value or "").split(","))
            if given.get("type", "bind") == "bind" and "from" not in given:
                place = given.get("source", given.get("src", ""))
                if clean("/" + place) not in ("", "/"):
                    yield clean("/" + place)


def _texts(graph: BuildGraph) -> Iterator[str]:
    for step in graph.steps:
        if step.instruction.keyword not in _SPEAKING:
            continue
        if step.instruction.keyword == "RUN" and step.invocations:
            for inv in step.invocations:
                if inv.program not in _SILENT:
                    yield " ".join((inv.program, *(a.word.text for a in inv.arguments)))
                    yield " ".join(r.target.text for r in inv.redirects if r.target is not None)
            if not _SCRIPT.fullmatch(step.instruction.arguments):  # a lone here-document is what was followed
                yield from (h.body for h in step.instruction.heredoc_nodes)
        else:
            yield _text(step)


def _text(step: Step) -> str:
    return "\n".join((step.instruction.arguments, *(h.body for h in step.instruction.heredoc_nodes)))
