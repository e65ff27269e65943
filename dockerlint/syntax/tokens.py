"""The tokens of a file. Put together they are its text, to the last byte."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from dockerlint.source import Span
from dockerlint.syntax.parser import BOM, keyword_end
from dockerlint.syntax.tree import BLANK_SEPARATED, Dockerfile, Instruction
from dockerlint.syntax.words import BLANKS, ranges

_WORD = re.compile(r"[^\t\v\f\r ]+")
_SPACE = BLANKS.replace("\r", "").replace("\n", "")


class Token(NamedTuple):
    """A piece of the text.

    `kind` is ``bom``, ``blank``, ``newline``, ``comment``, ``directive``, ``keyword``, ``flag``, ``word``, ``string``
    (an element of a JSON form), ``punctuation`` (the rest of one), ``continuation`` (the escape character and the
    blanks behind it), ``heredoc-body``, ``heredoc-end`` or ``junk`` (what the builder does not read). A word that goes
    over several lines is several tokens.
    """

    kind: str
    span: Span


def tokens(dockerfile: Dockerfile) -> Iterator[Token]:
    """The tokens in order, without gap or overlap."""
    known = [Token("comment", comment.span) for comment in dockerfile.comments]
    known += [Token("directive", directive.span) for directive in dockerfile.directives]
    if dockerfile.text.startswith(BOM):
        known.append(Token("bom", Span(0, 1)))
    for node in dockerfile.instructions:
        known += _of(node)
    known.sort(key=lambda token: token.span)
    text, at = dockerfile.text, 0
    gap = _gap(dockerfile.escape)
    for token in known:
        start, end = token.span
        if start < end:
            yield from _fill(gap, text, at, start)
            yield token
            at = end
    yield from _fill(gap, text, at, len(text))


def _of(node: Instruction) -> Iterator[Token]:
    for comment in node.comments:
        yield Token("comment", comment.span)
    yield from _cut("keyword", node, 0, keyword_end(node.logical.text))
    for flag in node.flag_nodes:
        yield from _cut("flag", node, flag.at, flag.at + len(flag.text))
    if node.trigger is not None:
        yield from _of(node.trigger)
        return
    yield from _json(node) if node.json_words is not None else _words(node)
    for heredoc in node.heredoc_nodes:
        yield Token("heredoc-body", heredoc.body_span)
        yield Token("heredoc-end", heredoc.end_span)


def _cut(kind: str, node: Instruction, start: int, end: int) -> Iterator[Token]:
    for span in node.logical.cuts(start, end):
        yield Token(kind, span)


def _words(node: Instruction) -> Iterator[Token]:
    text = node.body.text
    if node.keyword in BLANK_SEPARATED:
        found = [match.span() for match in _WORD.finditer(text)]
    else:
        found = ranges(text, escape=node.escape)
    for start, end in found:
        for span in node.body.cuts(start, end):
            yield Token("word", span)


def _json(node: Instruction) -> Iterator[Token]:
    """Strings as one token each, or as one for each line; runs of other characters in between."""
    for match in re.finditer(r'("(?:[^"\\]|\\.)*")|\w+|[^\s"\w]+', node.body.text):
        kind = "string" if match[1] else "word" if match[0].isalnum() else "punctuation"
        for span in node.body.cuts(*match.span()):
            yield Token(kind, span)


def _gap(escape: str) -> re.Pattern[str]:
    space = f"[{_SPACE}]"
    return re.compile(
        rf"(?P<newline>\r*\n|\r+\Z)|(?P<blank>{space}+)|(?P<continuation>{re.escape(escape)}[ \t]*(?=[\r\n]|\Z))"
        rf"|(?P<junk>[^\r\n{_SPACE}{re.escape(escape)}]+|.)",
        re.S,
    )


def _fill(gap: re.Pattern[str], text: str, start: int, end: int) -> Iterator[Token]:
    for match in gap.finditer(text, start, end):
        yield Token(match.lastgroup or "junk", Span(*match.span()))
