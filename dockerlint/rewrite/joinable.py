"""Whether neighbouring RUNs can be joined: what stands between them, around them, and in the way of errexit."""

from __future__ import annotations

import re
from collections.abc import Sequence as Seq
from itertools import pairwise

from dockerlint.findings import Withheld
from dockerlint.model.graph import CONFIGURATION, BuildGraph, Step
from dockerlint.rewrite.bodies import Body, body, insensitive, stops_when_it_fails
from dockerlint.rewrite.hazards import MAX_JOINED, deletes_workdir, refusal
from dockerlint.rewrite.outlives import for_next
from dockerlint.rewrite.scripts import apart, script_of
from dockerlint.source import Span
from dockerlint.syntax.tree import Comment

PRAGMA = re.compile(
    r"#\s*(hadolint|dockerlint:|check\s*=|nosec|noqa|shellcheck|checkov:|trivy:|kics|semgrep|skipcq|NOSONAR|pragma|syntax\s*=)",
    re.I,
)
_LASTING_MOUNTS = frozenset(("cache", "secret", "ssh"))
_TRUE = frozenset(("", "1", "t", "true"))


def why_not(graph: BuildGraph, steps: Seq[Step], also: frozenset[str] = frozenset()) -> Withheld | None:
    """What stands against joining these neighbouring RUNs into one; None when nothing does.

    `also`: keywords beside those of the configuration that may stand between them.
    """
    bodies = bodies_of(steps)
    if isinstance(bodies, Withheld):
        return bodies
    for it in bodies:
        refused = refusal(it)
        if refused is not None:
            return refused
    for it in bodies[:-1]:
        gone = deletes_workdir(it) or for_next(it)
        if gone is not None:
            return gone
    if sum(len(b.shell.logical.text) for b in bodies) > MAX_JOINED:
        return Withheld(
            "the joined RUN would be longer than a shell argument may be", None, "join fewer of them by hand"
        )
    for first, second in pairwise(steps):
        found = _between(graph, first, second, also)
        if found is not None:
            return found
    scripts = apart(bodies) if bodies[0].shell.heredoc_script else None
    return scripts or _surroundings(graph, bodies) or _errexit(bodies)


def bodies_of(steps: Seq[Step]) -> list[Body] | Withheld:
    """The bodies of RUNs, all of them here-documents or none."""
    scripts = [script for step in steps if (script := script_of(step)) is not None]
    if len(scripts) == len(steps):
        return scripts
    found: list[Body] = []
    for step in steps:
        it = body(step)
        if isinstance(it, Withheld):
            return it
        found.append(it)
    return found


def _between(graph: BuildGraph, first: Step, second: Step, also: frozenset[str]) -> Withheld | None:
    refused = only_configuration(gap(graph, first, second), also)
    if refused is not None:
        return refused
    if first.body is not None and first.body.heredoc_script and second.index > first.index + 1:
        return Withheld(
            "something stands between the here-documents",
            second.instruction.keyword_span,
            "move it in front of them or behind them",
        )
    flags = [sorted(s.instruction.flags) for s in (first, second)]
    if flags[0] != flags[1]:
        odd = (second.instruction.flag_nodes or first.instruction.flag_nodes)[0]
        return Withheld(f"the RUNs have different flags: `{odd.text}`", odd.span, "give both RUNs the same flags")
    for flag in first.instruction.flag_nodes:
        if flag.name == "mount" and _volatile(flag.value or ""):
            return Withheld(
                f"`{flag.text}`: what one RUN writes there the next would see",
                flag.span,
                "mount it read-only, or join the RUNs by hand if that is meant",
            )
    for comment in gap_comments(graph, first, second):
        if PRAGMA.match(comment.text):
            return Withheld(
                f"`{comment.text}` speaks of one RUN only",
                comment.span,
                "put what it suppresses into the configuration, or join the RUNs by hand",
            )
    return None


def _volatile(mount: str) -> bool:
    """Whether what a RUN writes at this mount may be gone with it. The builder reads keys and types in any case."""
    options = dict(field.strip("\"' ").lower().partition("=")[::2] for field in mount.split(","))
    kind = options.get("type", "bind")
    if kind in _LASTING_MOUNTS:
        return False
    if kind != "bind" or not {"rw", "readwrite"}.isdisjoint(options):
        return True
    return any(options.get(name, "") not in _TRUE for name in ("ro", "readonly"))


def only_configuration(steps: Seq[Step], also: frozenset[str] = frozenset()) -> Withheld | None:
    """What stands between RUNs and may be noticed by one of them."""
    for step in steps:
        node = step.instruction
        if node.keyword not in CONFIGURATION | also | {"RUN"}:
            return Withheld(
                f"{node.keyword} on line {node.start_line} stands between",
                node.keyword_span,
                "move it in front of the first RUN or behind the last, if none of them needs it where it is",
            )
    return None


def gap(graph: BuildGraph, first: Step, second: Step) -> Seq[Step]:
    """What stands between two RUNs: instructions that only write the configuration, when they can be joined."""
    return graph.steps[first.index + 1 : second.index]


def _surroundings(graph: BuildGraph, bodies: list[Body]) -> Withheld | None:
    first = bodies[0].step
    shell = first.scope.shell
    if {"l", "i", "login", "--login"} & shell.letters():
        return Withheld(
            f"SHELL starts a login or interactive {shell.name}: each RUN reads its start-up files anew",
            None,
            "use a SHELL without -l and -i",
        )
    for name in ("BASH_ENV", "ENV"):
        if name in first.scope.env:
            return Withheld(
                f"{name} is set: each RUN reads that file anew",
                None,
                "read the file where it is needed instead: `. FILE`",
            )
    for comment in graph.dockerfile.comments:
        if comment.line == first.instruction.start_line - 1 and PRAGMA.match(comment.text):
            return Withheld(
                f"`{comment.text}` speaks of one RUN only",
                comment.span,
                "put what it suppresses into the configuration, or join the RUNs by hand",
            )
    for it in bodies[:-1]:
        trailing = it.trailing_comment()
        if trailing is not None and (PRAGMA.match(trailing[0]) or _lines(graph, trailing[1]) > 1):
            return Withheld(
                "a shell comment takes the rest of the RUN with it",
                trailing[1],
                "put the comment on a line of its own above the RUN",
            )
    return None


def _lines(graph: BuildGraph, span: Span) -> int:
    source = graph.dockerfile.source
    return source.position(span.end).line - source.position(span.start).line + 1


def _errexit(bodies: list[Body]) -> Withheld | None:
    """POSIX ignores errexit on the left of ``&&``: a body that relies on it can only be joined as one errexit list."""
    if listed(bodies) or bodies[0].shell.heredoc_script:
        for it in bodies[:-1]:
            if it.stateful_beyond_sets:
                return Withheld(
                    f"`{it.stateful_beyond_sets}` would reach the next RUN, and errexit forbids a subshell",
                    it.root.span,
                )
            if not stops_when_it_fails(it.items[-1]):
                return Withheld(
                    "the last command of an errexit list would no longer stop the build",
                    it.items[-1].span,
                    "write the list with `&&` instead of `set -e`",
                )
        if any(it.sets != bodies[0].sets or it.shell.kind != bodies[0].shell.kind for it in bodies):
            return Withheld(
                "one RUN relies on `set -e`, the other has other options",
                bodies[0].root.span,
                "begin both with the same `set`",
            )
        if any(len(it.sets) != len(_all_sets(it)) for it in bodies):
            return Withheld("`set` stands between commands", bodies[0].root.span, "set the options at the beginning")
    return None


def _all_sets(it: Body) -> list[str]:
    return [" ".join(w.text for w in c.words) for c in it.commands if c.words and c.words[0].literal == "set"]


def listed(bodies: list[Body]) -> bool:
    """Whether the bodies must be joined by ``;`` under errexit rather than by ``&&``."""
    return any(it.errexit and not insensitive(it.root) for it in bodies[:-1])


def gap_comments(
    graph: BuildGraph, first: Step, second: Step, start: int | None = None, end: int | None = None
) -> list[Comment]:
    """Comment lines between the last command of one RUN and the first of the next."""
    low = first.instruction.span.end if start is None else start
    high = second.instruction.span.start if end is None else end
    pool = (*first.instruction.comments, *graph.dockerfile.comments, *second.instruction.comments)
    return sorted((c for c in pool if low <= c.span.start < high), key=lambda c: c.span)
