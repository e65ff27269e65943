"""What a container of the image starts: the CMD and ENTRYPOINT in force."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dockerlint.model.builds import Ecosystem, matches
from dockerlint.model.graph import BuildGraph, Step

_SEPARATORS = re.compile(r"&&|\|\||[;|&\n]")


def builds_at_run_time(ecosystem: Ecosystem, graph: BuildGraph) -> bool:
    """Whether the image starts a command that needs the toolchain, a development server for one."""
    return any(matches(ecosystem.at_run_time, command) for command in start_commands(graph))


def start_commands(graph: BuildGraph) -> Iterator[str]:
    """The commands, words joined by a blank, the program without its folder; what ``sh -c`` is given is split."""
    for step in start_steps(graph):
        words = step.instruction.json_form
        script = step.instruction.arguments if words is None else " ".join(words)
        for part in _SEPARATORS.split(script):
            found = part.strip().split()
            for skip in range(min(len(found), 4)):  # behind tini, dumb-init, sh -c, exec
                yield " ".join([found[skip].rpartition("/")[2], *found[skip + 1 :]])


def start_steps(graph: BuildGraph) -> list[Step]:
    """The last CMD and the last ENTRYPOINT of the stage that ships; a stage built from another has the other's."""
    if not graph.stages:
        return []
    steps = [step for stage in graph.lineage(graph.stages[-1]) for step in stage.steps]
    last = {step.instruction.keyword: step for step in steps}
    return [last[keyword] for keyword in ("ENTRYPOINT", "CMD") if keyword in last]
