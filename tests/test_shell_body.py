"""What an instruction hands to its shell, and where it is in the file."""

from __future__ import annotations

import pytest

from dockerlint.shell.body import body_of
from dockerlint.shell.tree import ShellBody, ShellKind
from dockerlint.shell.walk import simple_commands, words_of
from dockerlint.syntax import parse
from shell_dump import dump, joined

SH = ShellKind("sh")


def bodies(text: str, kind: ShellKind = SH) -> list[ShellBody | None]:
    return [body_of(i.trigger or i, kind) for i in parse(text).instructions]


def only(text: str, kind: ShellKind = SH) -> ShellBody:
    """The one body; each of its words is checked to be where it says."""
    (found,) = bodies(text, kind)
    assert found is not None
    check_places(found, text)
    return found


def check_places(found: ShellBody, text: str) -> None:
    escape = "`" if "escape=`" in text else "\\"
    for word in words_of(found.root, substitutions=True) if found.root else ():
        written = text[word.span.start : word.span.end]
        assert word.text == (written if found.heredoc_script else joined(written, escape))


def test_continuations_comments_and_blank_lines_are_passed_over() -> None:
    text = (
        "RUN apt-get update \\\n  # why\n\n && apt-get \\\n\n\tinstall -y 'a \\\n  # no comment for the shell\nb' \\\n"
    )
    found = only(text)
    assert dump(found.root) == "(&& (apt-get update) (apt-get install -y 'a b'))"
    assert found.root is not None
    second = list(simple_commands(found.root))[1]
    assert text[second.span.start : second.span.end].startswith("apt-get \\\n\n\tinstall")
    assert text[second.span.start : second.span.end].endswith("b'")
    assert found.comments == ()


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_line_endings_do_not_matter(ending: str) -> None:
    text = ending.join(["\ufeffFROM a", "RUN a é \\", "# c", "  'b c' \\  ", " && d", ""])
    found = bodies(text)[1]
    assert found is not None
    check_places(found, text)
    assert dump(found.root) == "(&& (a é 'b c') (d))"


def test_another_escape_is_still_shell() -> None:
    text = "# escape=`\nRUN a `\n  b\\c `\n && d"
    assert dump(only(text).root) == r"(&& (a b\c) (d))"


def test_flags_are_no_part_of_the_body() -> None:
    text = "RUN --mount=type=cache,target=/x --network=none \\\n a b"
    found = only(text)
    assert found.logical.text == "a b"
    assert dump(found.root) == "(a b)"


@pytest.mark.parametrize(
    "keyword", ["CMD", "ENTRYPOINT", "HEALTHCHECK CMD", "HEALTHCHECK --retries=2 cmd", "ONBUILD RUN"]
)
def test_shell_forms(keyword: str) -> None:
    assert dump(only(f"{keyword} a && exec b").root) == "(&& (a) (exec b))"


@pytest.mark.parametrize("keyword", ["CMD", "ENTRYPOINT", "HEALTHCHECK CMD", "RUN", "ONBUILD RUN"])
def test_exec_forms_are_opaque(keyword: str) -> None:
    found = only(f'{keyword} ["a", "b"]')
    assert (found.root, found.opaque) == (None, "exec form")


@pytest.mark.parametrize(
    "text", ["HEALTHCHECK NONE", "FROM a", "COPY a b", "ENV a=b", "SHELL ['a']", "ONBUILD COPY a b"]
)
def test_other_instructions_have_none(text: str) -> None:
    assert bodies(text) == [None]


@pytest.mark.parametrize("text", ["RUN", "RUN # a", "RUN \\\n # a\n", "HEALTHCHECK CMD"])
def test_nothing_to_run_is_empty(text: str) -> None:
    assert only(text).opaque == "empty"


@pytest.mark.parametrize("name", ["powershell", "cmd"])
def test_windows_shells_are_opaque(name: str) -> None:
    found = only("RUN a && b", ShellKind(name, ()))
    assert (found.root, found.opaque) == (None, name)


def test_a_sole_heredoc_is_the_script() -> None:
    text = "RUN --network=none <<EOF\n# c\na \\\n  b\n\nc 'd\ne'\nEOF\n"
    found = only(text)
    assert found.heredoc_script
    assert found.logical.text == "# c\na \\\n  b\n\nc 'd\ne'\n"
    assert dump(found.root) == "(seq (a b)\\n (c 'd\ne'))"
    assert [text[c.span.start : c.span.end] for c in found.comments] == ["# c"]


def test_tabs_are_stripped_and_places_kept() -> None:
    text = "RUN <<-EOF\n\ta b\n\t\tc \\\n\td\n\tEOF\n"
    found = only(text)
    assert found.logical.text == "a b\nc \\\nd\n"
    assert found.root is not None
    assert [text[w.span.start : w.span.end] for w in words_of(found.root)] == ["a", "b", "c", "d"]


def test_a_heredoc_that_feeds_a_command_is_part_of_the_text() -> None:
    text = "RUN cat <<EOF > /x && b\n  # kept $y\nEOF\n"
    found = only(text)
    assert not found.heredoc_script
    assert found.logical.text == "cat <<EOF > /x && b\n  # kept $y\nEOF"
    assert dump(found.root) == r"(&& (cat {<< EOF '  # kept $y\n'} {> /x}) (b))"
    assert found.comments == ()


def test_several_heredocs_and_continuations() -> None:
    text = 'RUN a <<A \\\n  # c\n && b <<-"B" $c\n1\nA\n\t2\n\tB\nRUN d\n'
    found = bodies(text)[0]
    assert found is not None
    check_places(found, text)
    assert found.logical.text == 'a <<A  && b <<-"B" $c\n1\nA\n2\nB'
    assert dump(found.root) == r"""(&& (a {<< A '1\n'}) (b $c {<<- "B" '2\n'}))"""
    last = found.logical.span(len(found.logical.text) - 1, len(found.logical.text))
    assert text[last.start : last.end + 1] == "B\n"


def test_a_heredoc_inside_a_script() -> None:
    text = "RUN <<EOF\ncat > /x <<-IN\n\ty\n\tIN\nb\nEOF\n"
    assert dump(only(text).root) == r"(seq (cat {> /x} {<<- IN 'y\n'})\n (b))"


@pytest.mark.parametrize(
    ("line", "name", "options"),
    [
        ("#!/bin/bash -e", "bash", ("-e",)),
        ("#!/bin/sh", "sh", ()),
        ("#! /usr/bin/env bash", "bash", ()),
        ("#!/usr/bin/env -S bash -eu", "bash", ("-eu",)),
    ],
)
def test_a_script_may_name_its_shell(line: str, name: str, options: tuple[str, ...]) -> None:
    found = only(f"RUN <<EOF\n{line}\na\nEOF\n", ShellKind("powershell"))
    assert found.kind == ShellKind(name, options)
    assert dump(found.root) == "(a)"


@pytest.mark.parametrize(
    ("line", "opaque"),
    [
        ("#!/usr/bin/env python3", "script for python3"),
        ("#!/usr/bin/perl -w", "script for perl"),
        ("#!/usr/bin/env bash -e", "script for env bash -e"),
        ("#!", "script for nothing"),
    ],
)
def test_a_script_for_another_program_is_opaque(line: str, opaque: str) -> None:
    found = only(f"RUN <<EOF\n{line}\na\nEOF\n")
    assert (found.root, found.opaque, found.heredoc_script) == (None, opaque, True)


def test_an_indented_interpreter_line_is_a_comment() -> None:
    found = only("RUN <<-EOF\n\t#!/usr/bin/env python3\n\ta\nEOF\n")
    assert dump(found.root) == "(a)"
    assert [c.text for c in found.comments] == ["#!/usr/bin/env python3"]


@pytest.mark.parametrize(
    ("text", "opaque"),
    [
        ("RUN <<EOF\na\n", "unterminated heredoc"),
        ("RUN a <<EOF\nb", "unterminated heredoc"),
        ("RUN <<EOF\r\na\r\nEOF\r\n", "carriage return"),
        ("RUN <<EOF\nEOF\n", "empty"),
    ],
)
def test_heredocs_that_cannot_be_followed(text: str, opaque: str) -> None:
    found = only(text)
    assert (found.root, found.opaque) == (None, opaque)
