"""What a container of the image starts: the CMD and ENTRYPOINT in force."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dockerlint.model.builds import Ecosystem, matches
from dockerlint.model.graph import BuildGraph, Step
from dockerlint.model.images import base_image

_SEPARATORS = re.compile(r"&&|\|\||[;|&\n]")
_SHELL = re.compile(r"(?:ba|z|da|a|k|fi)?sh(?: -(?:-login|[il]+))*")
# Images that start a server by themselves (docker-library/docs).
_SERVERS = frozenset(
    "nginx httpd tomcat tomee jetty wildfly payara open-liberty postgres mysql mariadb mongo redis memcached php"
    " rabbitmq wordpress drupal nextcloud haproxy traefik caddy registry jenkins kibana logstash elasticsearch grafana"
    " node-red".split()
)


def builds_at_run_time(ecosystem: Ecosystem, graph: BuildGraph) -> bool:
    """Whether the image starts a command that needs the toolchain, a development server for one."""
    return any(matches(ecosystem.at_run_time, command) for command in start_commands(graph))


def starts_shell(graph: BuildGraph) -> bool:
    """Whether the image is one to work in: what it starts is an interactive shell."""
    steps = start_steps(graph)
    return bool(steps) and _SHELL.fullmatch(next(_commands(steps[-1]), "")) is not None


def starts_nothing(graph: BuildGraph) -> bool:
    """Whether the image says nothing of what to start, and its base is not known to start a server."""
    if start_steps(graph) or not graph.stages:
        return False
    image = base_image(graph, graph.stages[-1])
    return image is None or image.repository.rpartition("/")[2] not in _SERVERS


def start_commands(graph: BuildGraph) -> Iterator[str]:
    """The commands, words joined by a blank, the program without its folder; what ``sh -c`` is given is split."""
    for step in start_steps(graph):
        yield from _commands(step)


def _commands(step: Step) -> Iterator[str]:
    words = step.instruction.json_form
    script = step.instruction.arguments if words is None else " ".join(words)
    for part in _SEPARATORS.split(script):
        found = part.strip().split()
        for skip in range(min(len(found), 4)):  # behind tini, dumb-init, sh -c, exec
            yield " ".join([found[skip].rpartition("/")[2], *found[skip + 1 :]])


def start_steps(graph: BuildGraph) -> list[Step]:
    """ENTRYPOINT and CMD, the last of each, of the stage that ships; a stage built from another has the other's."""
    if not graph.stages:
        return []
    steps = [step for stage in graph.lineage(graph.stages[-1]) for step in stage.steps]
    last = {step.instruction.keyword: step for step in steps}
    return [last[keyword] for keyword in ("ENTRYPOINT", "CMD") if keyword in last]
