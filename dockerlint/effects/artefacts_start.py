"""What the image starts, and every word of it that may be a path."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import pairwise

from dockerlint.model.graph import BuildGraph, Stage, Step
from dockerlint.model.starts import start_steps
from dockerlint.record import record
from dockerlint.syntax.expansion import expand_value
from dockerlint.values import Unknown, Value

_SEPARATORS = re.compile(r"&&|\|\||[;|&\n()]")
_SHELLS = frozenset("sh bash ash dash zsh ksh".split())
WRAPPERS = frozenset("exec tini dumb-init env gosu su-exec nohup sudo nice -- -g time".split())
_MODULE = re.compile(r"(?:java|jdk)\.[\w.]+/[\w.]+")  # ``--add-opens java.base/java.lang=…``
_HEALTH_OPTIONS = re.compile(r"^(?:CMD)?\s*", re.I)


@record
class Start:
    """CMD, ENTRYPOINT and HEALTHCHECK taken together."""

    programs: tuple[Value, ...]
    """What they run, wrappers left out."""
    words: tuple[str, ...]
    """Every word of them that is known, and the values of ENV."""
    checks: tuple[str, ...]
    """What HEALTHCHECK alone runs."""
    search: tuple[str, ...]
    """Folders that ENV puts on PATH."""
    scripted: frozenset[str] = frozenset()
    """Those of `programs` that a script calls."""
    calls: tuple[str, ...] = ()
    """Programs that the sources call."""
    said: tuple[str, ...] | None = None
    """The sources, where the build context shows all of them."""
    unread: bool = False
    """Whether the sources call programs whose names cannot be read."""
    zones: bool = False
    """Whether time zones are looked up by their names."""


def start(graph: BuildGraph, env: Mapping[str, Value]) -> Start:
    """What containers of the last stage start, as the words stand when the stage ends with this `env`."""
    steps = start_steps(graph)
    checks = [s for s in graph.stages[-1].steps if s.instruction.keyword == "HEALTHCHECK"][-1:]
    programs, words = words_of(steps[:1], env)
    if len(steps) == 2:
        more, others = words_of(steps[1:], env)
        words += others
        if not _is_arguments(steps[0]):
            programs += more
    tests, said = words_of(checks, env)
    values = [part for v in env.values() if isinstance(v, str) for part in re.split(r"[:,\s]", v)]
    return Start(
        tuple(programs),
        (*words, *said, *(v for v in values if v.startswith("/"))),
        tuple(t for t in tests if isinstance(t, str)),
        tuple(_search(graph.stages[-1])),
    )


def _search(stage: Stage) -> Iterator[str]:
    for step in stage.steps:
        for pair in step.instruction.pairs if step.instruction.keyword == "ENV" else ():
            for part in (pair.value or "").strip("\"'").split(":") if pair.name == "PATH" else ():
                value = expand_value(part, step.scope.variables(), missing_unknown=True)
                if isinstance(value, str) and value.startswith("/"):
                    yield value.rstrip("/")


def _is_arguments(step: Step) -> bool:
    """Whether CMD is what an ENTRYPOINT is given; a wrapper or a script runs it as a command of its own."""
    words = step.instruction.json_form
    return words is None or (words[0].rpartition("/")[2] not in WRAPPERS and not words[0].endswith(".sh"))


def words_of(steps: list[Step], env: Mapping[str, Value]) -> tuple[list[Value], list[str]]:
    """The programs that instructions start, and all their words."""
    programs: list[Value] = []
    words: list[str] = []
    for step in steps:
        for command in _commands(step):
            values = [_value(word, env) for word in command]
            words += [v for v in values if isinstance(v, str)]
            first = next((v for v in values if isinstance(v, Unknown) or not _skips(v)), None)
            programs += [] if first is None else [first]
    return programs, words


def _skips(word: str) -> bool:
    return word.rpartition("/")[2] in WRAPPERS or re.fullmatch(r"[A-Za-z_]\w*=.*", word, re.S) is not None


def _value(word: str, env: Mapping[str, Value]) -> Value:
    return expand_value(word, env, missing_unknown=True) if "$" in word else word


def _commands(step: Step) -> Iterator[list[str]]:
    """The words of each command."""
    node = step.instruction
    words = node.json_form
    if words is None:
        text = node.arguments
        if node.keyword == "HEALTHCHECK":
            text = _HEALTH_OPTIONS.sub("", text)
            if text.lstrip().startswith("["):
                text = re.sub(r"[\[\]\",]+", " ", text)
        yield from _split(text)
        return
    yield words
    for before, word in pairwise(words):
        if before in ("-c", "-ec", "-lc", "-exc") and words[0].rpartition("/")[2] in _SHELLS:
            yield from _split(word)


def _split(text: str) -> Iterator[list[str]]:
    for part in _SEPARATORS.split(text):
        words = [re.sub(r"[\"']", "", word) for word in part.split()]
        if words:
            yield words


def paths_in(word: str) -> Iterator[str]:
    """The parts of a word that may be paths: behind ``=``, and between colons as in a class path."""
    if "://" in word:
        return
    for part in re.split(r"[=:,]", word):
        if part and not part.startswith("-") and not _MODULE.fullmatch(part):
            yield part.removeprefix("@")
