"""What COPY and ADD take from the build context: their sources, as far as they are known."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dockerlint.context.folder import Context, Entry, relative
from dockerlint.context.ignore import read
from dockerlint.effects.copying import words_of
from dockerlint.model.graph import BuildGraph, Step
from dockerlint.record import record
from dockerlint.values import Unknown

_REMOTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://|git@")  # only ADD takes these
_BIND = re.compile(r"^(?!.*\btype=(?!bind\b))(?!.*\bfrom=).*\bso?u?rce?=[^,]*\$")


@record
class ContextSource:
    """One source of one instruction."""

    step: Step
    path: str
    """Clean, from the context's root; "." for all of it."""
    written: str = ""
    """As it stands in the file, variables expanded."""

    @property
    def whole(self) -> bool:
        """Whether it is everything there is."""
        return self.path in (".", "*")

    def kept_out_by(self, context: Context) -> tuple[int, ...]:
        """The lines of the ignore file that leave nothing of the source to the builder; () when something is left.

        What is not on disk is judged by its name alone, as the builder does.
        """
        ignored, path = context.ignore_file, self.path
        if self.whole:
            return ignored.all_of_it()
        on_disk = context.named(path)
        if not on_disk:
            return () if ignored.may_keep_below(path) else ignored.lines_for(path)
        if context.taken(path).entries or any(ignored.may_keep_below(found) for found in on_disk):
            return ()
        return ignored.lines_for(on_disk[0])

    def entries(self, context: Context) -> tuple[list[Entry], bool]:
        """What it takes, and whether there is more than was looked at; ``--exclude`` is heeded."""
        taken = context.taken(self.path)
        left_out = [f.value or "" for f in self.step.instruction.flag_nodes if f.name == "exclude"]
        if not left_out:
            return list(taken.entries), taken.truncated
        excluded = read("\n".join(left_out))
        return [e for e in taken.entries if not excluded.ignores(e.path)], taken.truncated


def unknown_source(graph: BuildGraph) -> Step | None:
    """The first instruction that takes from the context what is not known: with a variable that may be anything."""
    for step in graph.steps:
        node = step.instruction
        taking = node.keyword in ("COPY", "ADD") and node.flag("from") is None
        if taking and any(isinstance(source, Unknown) for source in words_of(step)[:-1]):
            return step
        if node.keyword == "RUN" and any(f.name == "mount" and _BIND.search(f.value or "") for f in node.flag_nodes):
            return step
        if node.trigger is not None and node.trigger.keyword in ("COPY", "ADD"):
            return step
    return None


def context_sources(graph: BuildGraph) -> Iterator[ContextSource]:
    """Every source in file order; other stages, addresses, here-documents and what is not known are left out."""
    for stage in graph.stages:
        for step in stage.steps:
            node = step.instruction
            if node.keyword not in ("COPY", "ADD") or node.flag("from") is not None:
                continue
            inline = {h.span for h in node.heredoc_nodes}
            for word, source in zip(node.words, words_of(step)[:-1], strict=False):
                if isinstance(source, str) and word.span not in inline and not _REMOTE.match(source):
                    yield ContextSource(step, relative(source), source)
