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
_REPOSITORY = re.compile(r"git@|(git|ssh)://|[^#?]*\.git(#|$)")
_SUFFIX = re.compile(r"(.\.(?!d$)[A-Za-z]\w*|^\.\w*rc)$")  # `conf.d` and `app-1.2` are folders as often as not


def words_of(step: Step) -> list[Value]:
    """Sources and destination with variables expanded; a heredoc's name stands for itself."""
    variables = step.scope.variables()
    marks = {h.span for h in step.instruction.heredoc_nodes}
    return [
        w.text if w.span in marks else expand_value(w.text, variables, missing_unknown=True)
        for w in step.instruction.words
    ]


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
            yield Created(node.span, True, path, size, origin=node.keyword, name="" if folder else body.name)
        elif isinstance(source, Unknown) or not source:
            yield _unknown(step, word.text, destination, folder)
        else:
            yield _one(step, source, destination, folder, None if inner else context)


def _unknown(step: Step, written: str, destination: str, folder: bool) -> Created:
    """A source that depends on what is not known: at least its last name may be written out."""
    name = posixpath.basename(written.rstrip("/"))
    if "$" in name or "}" in name or any(c in name for c in "*?["):
        name = "*" if folder else ""
    path = posixpath.join(destination, name) if folder else destination
    sure = bool(_SUFFIX.search(name))
    hint = name if sure and not folder else ""
    keyword = step.instruction.keyword
    return Created(step.instruction.span, True, path, UNSIZED, False, keyword, not sure, name=hint, glob=name == "*")


def _one(step: Step, source: str, destination: str, folder: bool, context: Context | None) -> Created:
    node = step.instruction
    remote = node.keyword == "ADD" and bool(_REMOTE.match(source))
    name = _url_name(source) if remote else posixpath.basename(source.rstrip("/"))
    wild = not remote and any(c in source for c in "*?[")
    unpacked = node.keyword == "ADD" and not remote and not wild and bool(_ARCHIVE.search(name))
    is_folder = context.is_folder(source) if context is not None and not remote and not wild else None
    named = is_folder is not None or remote
    if is_folder is None and not wild:
        is_folder = source.rstrip("/") in ("", ".") or source.endswith(("/", "/."))
    parents = node.flag("parents") is not None
    tree = bool(is_folder) or unpacked or parents or (remote and bool(_REPOSITORY.match(source)))
    into = folder and not tree
    # without a context `COPY main /x` may be a file or a folder; a suffix (or a mode for it) makes it a file
    ambiguous = wild or not (tree or named or _SUFFIX.search(name))
    measured = context is not None and not (remote or unpacked or parents) and node.flag("exclude") is None
    return Created(
        node.span,
        True,
        posixpath.join(destination, name) if into and name else destination,
        UNSIZED,
        tree,
        node.keyword,
        ambiguous,
        source if measured else None,
        "" if into or tree or ambiguous else name,
        wild and into,
    )


def _url_name(source: str) -> str:
    return re.split(r"[?#]", source.partition("://")[2].partition("/")[2])[0].rpartition("/")[2]
