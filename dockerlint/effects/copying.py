"""COPY and ADD: what they write, measured in the build context where there is one."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from dockerlint.effects.types import UNSIZED, AnyEffect, Created, Size
from dockerlint.model.graph import Step
from dockerlint.model.paths import absolute
from dockerlint.syntax.expansion import expand_value
from dockerlint.values import Unknown, Value

if TYPE_CHECKING:
    from dockerlint.context import Context

_ARCHIVE = re.compile(r"\.(tar|tgz|tbz2?|txz|tar\.(gz|bz2|xz|zst|lzma))$", re.I)
_REMOTE = re.compile(r"(https?|git|ssh)://|git@")


def words_of(step: Step) -> list[Value]:
    """Sources and destination with variables expanded; a heredoc's name stands for itself."""
    variables = step.scope.variables()
    marks = {h.span for h in step.instruction.heredoc_nodes}
    return [w.text if w.span in marks else expand_value(w.text, variables) for w in step.instruction.words]


def copied(step: Step, context: Context | None) -> Iterator[AnyEffect]:
    """One `Created` for each source."""
    node = step.instruction
    words = words_of(step)
    if len(words) < 2 or isinstance(words[-1], Unknown):
        return
    destination = absolute(words[-1], step.scope.workdir)
    if isinstance(destination, Unknown):
        return
    sources, inner = words[:-1], node.flag("from") is not None
    folder = len(sources) > 1 or words[-1].endswith(("/", "/.")) or words[-1] == "."
    marks = [h.span for h in node.heredoc_nodes]
    for word, source in zip(node.words, sources, strict=False):
        if word.span in marks:
            body = node.heredoc_nodes[marks.index(word.span)]
            path = posixpath.join(destination, body.name) if folder else destination
            size = Size(len(body.body.encode("utf-8", "surrogateescape")), "exact" if not body.expand else "estimated")
            yield Created(node.span, True, path, size, origin=node.keyword)
            continue
        if isinstance(source, Unknown):
            yield Created(node.span, True, destination, UNSIZED, True, node.keyword)
            continue
        yield _one(step, source, destination, folder, None if inner else context)


def _one(step: Step, source: str, destination: str, folder: bool, context: Context | None) -> Created:
    node = step.instruction
    name = posixpath.basename(source.rstrip("/"))
    remote = bool(_REMOTE.match(source))
    unpacked = node.keyword == "ADD" and not remote and bool(_ARCHIVE.search(name))
    inside = context is not None and not remote
    is_folder = context.is_folder(source) if context is not None and inside else None
    if is_folder is None:
        is_folder = source.rstrip("/") in ("", ".") or source.endswith("/") or any(c in name for c in "*?[")
    tree = bool(is_folder) or unpacked
    path = posixpath.join(destination, name) if folder and not tree else destination
    # without a context `COPY main /x` may be a file or a folder; a suffix (or a mode for it) makes it a file
    ambiguous = not tree and not inside and "." not in name
    taken = source if inside and not unpacked else None
    return Created(node.span, True, path, UNSIZED, tree, node.keyword, ambiguous, taken)
