"""A second reader: dockerfile-parse must see the same instructions as our parser does."""

from __future__ import annotations

import re

from dockerlint.syntax.tree import Dockerfile

_BLANK = re.compile(r"\s+")
Outline = list[tuple[str, str]]


def agrees(dockerfile: Dockerfile) -> bool:
    """Whether both parsers see the same list of instructions, blanks aside."""
    return theirs(dockerfile) == ours(dockerfile)


def ours(dockerfile: Dockerfile) -> Outline:
    """Keyword and value of each instruction as our parser reads them."""
    found = []
    for node in dockerfile.instructions:
        text = node.logical.text
        head = len(node.keyword)
        found.append((node.keyword, _BLANK.sub("", _utf8(text[head:]).decode())))
    return found


def _utf8(text: str) -> bytes:
    """What dockerfile-parse can read: it refuses a file with bytes that are no UTF-8, so ``?`` stands for each."""
    return text.encode("utf-8", "replace")


def theirs(dockerfile: Dockerfile) -> Outline:
    """The same as dockerfile-parse reads them, given the text with what it misreads masked."""
    import io
    import logging

    from dockerfile_parse import DockerfileParser  # 15 ms

    logging.getLogger("dockerfile_parse").setLevel(logging.CRITICAL)
    # Without a file object of its own the parser would read, and on a change write, the working directory's Dockerfile.
    parser = DockerfileParser(fileobj=io.BytesIO(), env_replace=False)
    parser.fileobj.write(_utf8(masked(dockerfile)))
    return [
        (part["instruction"], _BLANK.sub("", part["value"] or ""))
        for part in parser.structure
        if part["instruction"] != "COMMENT"
    ]


def masked(dockerfile: Dockerfile) -> str:
    """The text with heredoc bodies, and blank lines inside a continued instruction, as comment lines."""
    lines = dockerfile.text.removeprefix("\ufeff").replace("\r\n", "\n").split("\n")
    for node in dockerfile.instructions:
        for line in range(node.start_line, node.head_end_line):
            if not lines[line].strip():
                lines[line] = "#"
        for line in range(node.head_end_line, node.end_line):
            lines[line] = "#"
        last = node.head_end_line - 1
        if node.head_end_line == node.end_line and not "".join(lines[last + 1 :]).strip():
            lines[last] = lines[last].rstrip().removesuffix(dockerfile.escape)
    return "\n".join(lines)
