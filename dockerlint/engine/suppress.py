"""Comments that silence findings: ours, hadolint's and BuildKit's."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable

from dockerlint.catalogue import Rule
from dockerlint.findings import Finding
from dockerlint.record import record
from dockerlint.syntax.tree import Comment, Dockerfile

_LIST = r"([\w-]+(?:[ \t]*,[ \t]*[\w-]+)*)"
_LINE = re.compile(rf"#\s*(?:dockerlint\s*:|hadolint)\s*ignore\s*=\s*{_LIST}", re.I)
_FILE = re.compile(rf"#\s*(?:dockerlint\s*:\s*ignore-file|hadolint\s+global\s+ignore)\s*=\s*{_LIST}", re.I)


@record
class Suppressions:
    """Which rules are silenced where."""

    whole: frozenset[str] = frozenset()
    """Names of rules silenced in the whole file."""
    lines: tuple[tuple[int, int, frozenset[str]], ...] = ()
    """(start, end, names): offsets of an instruction, and the rules silenced in it; ascending."""

    def silences(self, finding: Finding) -> bool:
        """Whether the finding is not to be reported."""
        if finding.rule in self.whole:
            return True
        at = bisect_right(self.lines, finding.span.start, key=lambda entry: entry[0]) - 1
        return at >= 0 and finding.span.start <= self.lines[at][1] and finding.rule in self.lines[at][2]


NONE = Suppressions()


def suppressions(dockerfile: Dockerfile, rules: Iterable[Rule]) -> Suppressions:
    """What the comments of a file silence. `rules` are all that a comment may name."""
    text = dockerfile.text
    if "ignore" not in text.lower() and dockerfile.directive("check") is None:
        return NONE
    known = tuple(rules)
    whole = set(_skipped(dockerfile.directive("check") or "", known))
    lines: list[tuple[int, int, frozenset[str]]] = []
    waiting = list(dockerfile.comments)[::-1]
    for node in dockerfile.instructions:
        comments = list(node.comments)
        while waiting and waiting[-1].span.start < node.span.start:
            comments.append(waiting.pop())
        names = {name for c in comments for name in _named(_LINE, c, known)}
        whole.update(name for c in comments for name in _named(_FILE, c, known))
        if names:
            lines.append((node.span.start, node.span.end, frozenset(names)))
    whole.update(name for c in waiting for name in _named(_FILE, c, known))
    return Suppressions(frozenset(whole), tuple(lines))


def _named(pattern: re.Pattern[str], comment: Comment, known: tuple[Rule, ...]) -> set[str]:
    if "=" not in comment.text:
        return set()
    selectors = {s.strip() for match in pattern.finditer(comment.text) for s in match[1].split(",")}
    return {rule.name for rule in known for selector in selectors if rule.answers_to(selector)}


def _skipped(directive: str, known: tuple[Rule, ...]) -> set[str]:
    """The rules that ``# check=skip=A,B;error=true`` means; ``all`` means those that BuildKit has a name for."""
    found: set[str] = set()
    for part in directive.split(";"):
        key, _, value = part.partition("=")
        if key.strip().lower() != "skip":
            continue
        wanted = {name.strip().casefold() for name in value.split(",")}
        for rule in known:
            checks = {alias.casefold() for alias in rule.aliases if alias.isalpha()}
            names = {rule.name, rule.code.casefold(), *(alias.casefold() for alias in rule.aliases)}
            if names & wanted or (checks and "all" in wanted):
                found.add(rule.name)
    return found
