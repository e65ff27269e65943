"""What a mutation gets to see of a file, and the register of kinds."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from dockerlint.syntax import Dockerfile, Instruction, parse

Mutator = Callable[["Sample"], Iterator[str]]
MUTATORS: dict[str, Mutator] = {}
CONFIGURATION = frozenset("LABEL EXPOSE CMD ENTRYPOINT STOPSIGNAL HEALTHCHECK MAINTAINER".split())
"""What no RUN notices, and what notices no RUN."""
WORD = r"[\w./:@%+,=*-]+"
COMMAND = rf"(?!rm -rf /var/lib/apt|set\b|true\b|:|export\b|cd /(?![\w]))[a-z][\w./-]*(?: {WORD})*"


@dataclass(frozen=True)
class Sample:
    """A text, its tree, and a mask in which only the live code of shell-form RUNs is left."""

    text: str
    tree: Dockerfile
    mask: str

    @classmethod
    def of(cls, text: str) -> Sample:
        tree = parse(text)
        return cls(text, tree, _mask(text, tree))

    @property
    def runs(self) -> list[Instruction]:
        return [node for node in self.tree.instructions if followed(node)]

    def replace(self, start: int, end: int, new: str) -> str:
        return self.text[:start] + new + self.text[end:]

    def each(self, pattern: str, new: str | Callable[[re.Match[str]], str | None], outside: str = "") -> Iterator[str]:
        """One text for each match in live code; `outside`: a pattern that the RUN must not have."""
        for match in re.finditer(pattern, self.mask):
            run = next(n for n in self.runs if n.span.start <= match.start() < n.span.end)
            shell = any(n.keyword == "SHELL" for n in self.tree.instructions)
            if outside and (re.search(outside, run.arguments) or (shell and "set" in outside)):
                continue
            written = new if isinstance(new, str) else new(match)
            if written is not None and written != self.text[match.start() : match.end()]:
                yield self.replace(match.start(), match.end(), written)


def followed(node: Instruction) -> bool:
    return node.keyword == "RUN" and node.json_words is None and not node.heredoc_nodes


def _mask(text: str, tree: Dockerfile) -> str:
    out = ["\0"] * len(text)
    for node in tree.instructions:
        if not followed(node) or "`" in node.arguments:
            continue
        body = node.body
        quote, depth = "", 0
        for i, char in enumerate(body.text):
            at = body.offset(i)
            before = body.text[i - 1] if i else " "
            if quote:
                quote = "" if char == quote and before != "\\" else quote
            elif char in "\"'":
                quote = char
            elif char == "(" and before == "$":
                depth += 1
            elif depth:
                depth += (char == "(") - (char == ")")
            elif char == "#" and before in " \t":
                break
            else:
                out[at] = char
    return "".join(out)


def mutator(function: Mutator) -> Mutator:
    """Register a kind of mutation under its function's name."""
    MUTATORS[function.__name__] = function
    return function


def wrong(text: str, kind: str, most: int = 8) -> list[str]:
    """Some mutations of one kind."""
    found: list[str] = []
    for mutated in MUTATORS[kind](Sample.of(text)):
        if mutated != text and mutated not in found:
            found.append(mutated)
        if len(found) == most:
            break
    return found
