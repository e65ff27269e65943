"""The command tree as an s-expression, and shells to compare with."""

from __future__ import annotations

import re
import shlex
import subprocess

from dockerlint.shell import tree
from dockerlint.shell.parse import parse
from dockerlint.shell.tree import Node, Part, Redirect, ShellBody, ShellKind
from dockerlint.syntax.tree import Logical


def body(text: str, shell: str = "bash") -> ShellBody:
    """A shell text that is a file of its own: its spans are offsets in it."""
    return parse(Logical(text, [0], [0]), ShellKind(shell))


def dump(node: Node | None) -> str:
    """``a && b > x`` is ``(&& (a) (b {> x}))``."""
    match node:
        case None:
            return "()"
        case tree.Simple():
            words = [assignment(a) for a in node.assignments] + [word.text for word in node.words]
            return "(" + " ".join(words + [redirect(r) for r in node.redirects]) + ")"
        case tree.AndOr():
            return f"({node.operator} {dump(node.left)} {dump(node.right)})"
        case tree.Pipeline():
            name = "!" * node.negated + ("|" if len(node.commands) > 1 else "")
            name += f" {' '.join(node.operators)}" if node.operators else ""
            return f"({name} {' '.join(map(dump, node.commands))})"
        case tree.Sequence():
            items = (dump(item.node) + item.terminator.replace("\n", r"\n") for item in node.items)
            return f"(seq {' '.join(items)})"
        case tree.Function():
            return f"(function {node.name} {dump(node.body)})"
        case _:
            return f"({compound(node)}{''.join(' ' + redirect(r) for r in node.redirects)})"


def compound(node: Node) -> str:
    match node:
        case tree.Subshell():
            return f"sub {dump(node.body)}"
        case tree.Group():
            return f"group {dump(node.body)}"
        case tree.If():
            branches = " ".join(f"[{dump(c)} {dump(b)}]" for c, b in node.branches)
            return f"if {branches}" + (f" else {dump(node.orelse)}" if node.orelse else "")
        case tree.Loop():
            words = "" if node.words is None else f" [{' '.join(word.text for word in node.words)}]"
            condition = "" if node.condition is None else " " + dump(node.condition)
            variable = f" {node.variable}" if node.variable else ""
            return f"{node.kind}{variable}{words}{condition} {dump(node.body)}"
        case tree.Case():
            arms = (f"[{'|'.join(w.text for w in patterns)} {dump(arm)}]" for patterns, arm in node.arms)
            return " ".join([f"case {node.subject.text}", *arms, *node.endings])
        case tree.Test():
            return f"test {node.text}"
        case _:
            raise AssertionError(node)


def assignment(node: tree.Assignment) -> str:
    """``X<-1``; an array is ``X<-array``."""
    value = "array" if node.value is None else node.value.text
    return f"{node.name}{'+' if node.append else ''}<-{value}"


def redirect(node: Redirect) -> str:
    target = node.target.text if node.target else ""
    heredoc = "" if node.heredoc is None else f" {node.heredoc!r}"
    return f"{{{node.descriptor}{node.operator} {target}{heredoc}}}"


def parts(found: tuple[Part, ...]) -> str:
    """``"a$b"*`` is ``'a' "$b" glob(*)``: quoted in double, unquoted in single quotes."""
    return " ".join(map(part, found))


def part(found: Part) -> str:
    match found:
        case tree.Literal():
            return f'"{found.text}"' if found.quoted else f"'{found.text}'"
        case tree.Glob():
            return f"glob({found.text})"
        case tree.Tilde():
            return f"tilde({found.text})"
        case tree.Braces():
            return f"braces({found.text})"
        case tree.Substitution():
            text = f"{found.kind}{dump(found.body)}"
        case tree.Parameter():
            operand = f" {parts(found.operand)}" if found.operand else ""
            text = f"${found.name}" + (f"({found.operator}{operand})" if found.operator else "")
    return f'"{text}"' if found.quoted else text


def bash_reads(texts: list[str]) -> list[str]:
    """How bash prints a function with each text as its body; "" where it refuses. Nothing of a text is run.

    A restricted shell without a PATH stands between a text and the machine, should one end the function early.
    """
    script = "shopt -u extglob\n"
    for text in texts:
        define = shlex.quote("f() {\n" + text + "\n}")
        script += f"unset -f f; eval {define}; declare -f f; printf '\\001'\n"
    return run_shell(["bash", "--norc", "-r"], script).split("\x01")[:-1]


def shell_values(shell: str, words: list[str]) -> list[str]:
    """What a shell makes of words that have neither expansions nor patterns."""
    script = "".join(f"printf '%s\\001' {word}\n" for word in words)
    options = ["--norc", "-r"] if shell == "bash" else ["-f"]
    return run_shell([shell, *options], script).split("\x01")[:-1]


def run_shell(command: list[str], script: str) -> str:
    done = subprocess.run(
        ["/usr/bin/env", "-i", "PATH=/nonexistent", f"/bin/{command[0]}", *command[1:]],
        input=script.encode("utf-8", "surrogateescape"),
        capture_output=True,
        check=False,
    )
    return done.stdout.decode("utf-8", "surrogateescape")


def joined(text: str, escape: str) -> str:
    """A piece of an instruction without its continuations and what the builder drops in between."""
    out, continued = "", False
    for line in text.split("\n"):
        if continued and (not line.strip() or line.lstrip().startswith("#")):
            continue
        kept = re.sub(re.escape(escape) + r"[ \t]*\r?$", "", line)
        continued = kept != line
        out += kept
    return out
