"""Edits of a ``pip install`` line, all for display only: the program's needs are not shown by its Dockerfile."""

from __future__ import annotations

from dockerlint.context.python_app import Surplus
from dockerlint.edits import Edit, Fix, Safety
from dockerlint.model.invocations import Argument, own_word
from dockerlint.model.python_packages import normalised
from dockerlint.source import Source, Span

_MOST_NAMED = 4


def listed(it: Surplus) -> str:
    """The packages with the lines that name them: "`pandas` (requirements.txt:3) and `scipy`"."""
    named = [f"`{r.name}`" + (f" ({r.file}:{r.line})" if r.file else "") for r in it.requirements]
    if len(named) > _MOST_NAMED:
        return ", ".join(named[:_MOST_NAMED]) + f" and {len(named) - _MOST_NAMED} more"
    return ", ".join(named[:-1]) + (" and " if len(named) > 1 else "") + named[-1]


def leave_out(source: Source, it: Surplus) -> Fix | None:
    """Take the packages off the command line; None when a file names one, or nothing would be left to install."""
    words = _words(source, it)
    operands = {r.name for r in it.installation.requirements}
    if words is None or operands <= {r.name for r in it.requirements}:
        return None
    edits = tuple(Edit(_with_blank(source, a.word.span), "") for a in words)
    return Fix("Leave them out", edits, Safety.DISPLAY)


def rename(source: Source, it: Surplus, old: str, new: str) -> Fix | None:
    """Write another name for a package on the command line, its version kept."""
    words = _words(source, it)
    if words is None:
        return None
    spans = [a.word.span for a in words]
    edits = tuple(Edit(Span(s.start, s.start + len(old)), new) for s in spans if source.slice(s).startswith(old))
    return Fix(f"Install `{new}`", edits, Safety.DISPLAY) if len(edits) == len(words) else None


def take_from(source: Source, it: Surplus, index: str) -> Fix | None:
    """Name an index behind the last package, when all packages of the command are there."""
    words = _words(source, it)
    family = {"torch", "torchvision", "torchaudio"}
    if not words or any(r.name not in family for r in it.installation.requirements):
        return None
    end = words[-1].word.span.end
    return Fix("Take the build for the CPU", (Edit(Span(end, end), f" --index-url {index}"),), Safety.DISPLAY)


def _words(source: Source, it: Surplus) -> list[Argument] | None:
    """The arguments that name the packages; None when one stands in a file or is no place to edit at."""
    inv, wanted = it.installation.invocation, {r.name for r in it.requirements}
    if inv.nested or any(r.file is not None for r in it.requirements):
        return None
    found = [a for a in inv.arguments if isinstance(a.value, str) and _name(a.value) in wanted]
    return found if found and all(own_word(source, inv, a) for a in found) else None


def _name(word: str) -> str:
    end = next((i for i, char in enumerate(word) if char in "=<>~![;@ "), len(word))
    return normalised(word[:end])


def _with_blank(source: Source, span: Span) -> Span:
    """The word with the blanks before it on its line."""
    start = span.start
    while start and source.text[start - 1] in " \t":
        start -= 1
    return Span(start, span.end)
