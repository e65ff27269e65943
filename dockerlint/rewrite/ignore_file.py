"""Write an ignore file, or lines at the end of one, that keep waste from the builder and nothing that it needs."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator

from dockerlint.context.clutter import HISTORY
from dockerlint.context.folder import IGNORE_FILE_LIMIT, Context
from dockerlint.context.ignore import clean
from dockerlint.context.named import kept_on_purpose, names
from dockerlint.context.siblings import siblings
from dockerlint.context.sources import unknown_source
from dockerlint.context.survey import Survey
from dockerlint.edits import Companion, Fix, Safety
from dockerlint.findings import Withheld

_PLAIN = re.compile(r"\*\*/\*\.py\[co\]|(?:\*\*/)?(?:[\w.+@~][\w.+@~/ -]*[\w.+@~-]|[\w.+@~])", re.ASCII)
"""A line that means one name: nothing that the reader of the file takes for more."""
_SELDOM = (".venv", "vendor/bundle")
"""What installs fill only when they are told to."""


def ignore_also(survey: Survey, lines: Iterable[str], more: Iterable[str] = ()) -> Fix | Withheld:
    """The fix that adds the lines that may be added, and `more` with them; Withheld when there is none."""
    context = survey.context
    where = _place(context)
    if isinstance(where, Withheld):
        return where
    path, before = where
    unknown = unknown_source(survey.graph)
    if unknown is not None:
        return Withheld("what this takes from the build context is not known", unknown.instruction.span)
    reasons: list[str] = []
    added = [line for line in dict.fromkeys(lines) if _may_go(line, survey, reasons)]
    if not added:
        return Withheld(reasons[0] if reasons else "there is nothing that an ignore file could keep out for sure")
    added += [line for line in dict.fromkeys(more) if line not in added and _may_go(line, survey, [])]
    name = os.path.basename(path)
    many = f"{len(added)} lines" if len(added) > 1 else f"`{added[0]}`"
    title = f"Write `{name}` with {many}" if before is None else f"Add {many} to `{name}`"
    return Fix(title, (), Safety.UNSAFE, companion=Companion(path, before, tuple(added)))


def _place(context: Context) -> tuple[str, str | None] | Withheld:
    """Where the ignore file is or is to be, and what it holds."""
    found = context.dockerignore_path
    path = str(found if found is not None else context.folder / ".dockerignore")
    if found is None:
        if os.path.lexists(path):
            return Withheld(f"`{path}` is there and is no regular file")
        return path, None
    if os.path.islink(path):
        return Withheld(f"`{path}` is a link to another file")
    text = context.ignore_text
    if text is None or len(text) >= IGNORE_FILE_LIMIT or context.ignore_file.cut:
        return Withheld(f"`{path}` cannot be read as a whole")
    if context.ignore_file.errors:
        return Withheld(f"line {context.ignore_file.errors[0][0]} of `{path}` is a pattern that the builder refuses")
    return path, text


def _may_go(line: str, survey: Survey, reasons: list[str]) -> bool:
    path = line.removeprefix("**/")
    if not _PLAIN.fullmatch(line) or clean(path) != path:
        reasons.append(f"`{line}` cannot be written as a pattern that means just this name")
        return False
    if any(line == p.text for p in survey.context.ignore_file.patterns):
        return False
    if kept_on_purpose(path, survey.context.ignore_file):
        reasons.append(f"the ignore file has an exception for `{path}`")
        return False
    if path.rpartition("/")[2] in (".git", ".hg", ".svn"):
        from dockerlint.context.history import reader  # its expressions are for those who are about to hide it

        who = reader(survey.graph, survey.context)
        if who:
            reasons.append(f"{who} may ask `{path}` for the version")
            return False
    anywhere = line.startswith("**/")
    others = (taken for name, taken in siblings(survey.context).items() if name not in survey.own)
    for sources in (survey.named.sources, *others):
        taker = next((s for s in sources if names(s, path) or (anywhere and path in s.split("/"))), None)
        if taker is not None:
            reasons.append(f"`{taker}` is copied by name")
            return False
    return True


def usual_lines(survey: Survey) -> Iterator[str]:
    """What will be there sooner or later: what the Dockerfile's own commands make, and the history of a repository."""
    context = survey.context
    if any(context.exists(name) for name in (".git", ".gitignore", ".gitattributes", ".github")):
        yield ".git"
    yield from sorted(path for path in survey.made.paths if not path.endswith(_SELDOM))
    yield from sorted(f"**/{name}" for folder, name in survey.made.below if folder == ".")
    taken = (entry.path for source in survey.sources if source.whole for entry in source.entries(context)[0])
    if any(path.endswith(".py") for path in taken):
        yield "**/__pycache__"
        yield "**/*.py[co]"


def own_lines(survey: Survey) -> Iterator[str]:
    """The Dockerfile and the ignore file themselves: the builder gets them in any case."""
    for path in sorted(survey.own):
        if path == ".dockerignore" or survey.context.exists(path):
            yield path


def waste_lines(survey: Survey) -> Iterator[str]:
    """All that is taken and does not belong, the history last to be asked for."""
    items = [item for waste in survey.waste(everywhere=True) for item in waste.worth]
    yield from (item.pattern for item in sorted(items, key=lambda item: (item.kind != HISTORY, item.pattern)))


def secret_lines(survey: Survey) -> Iterator[str]:
    """Files with secrets that come along and that nothing is seen to need."""
    for _, secret, by_name in survey.secrets():
        if not by_name and not survey.needs_secret(secret):
            yield secret.path
