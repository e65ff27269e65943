from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import dockerlint
from dockerlint.context import Context
from dockerlint.effects.scripts import command_line
from dockerlint.effects.types import Created, Deleted
from dockerlint.embedded.outcomes import AnyOutcome, Changed, Followed, Program, Removed, Renamed, Unpacked, Written
from dockerlint.embedded.python import follow
from dockerlint.file import File
from dockerlint.source import Source
from dockerlint.values import UNKNOWN, Unknown

HOME = "/root"
ENV = {"OUT": "/data", "LATER": UNKNOWN}


def followed(text: str, **more: object) -> Followed:
    found = follow(Program(text, "/w", ENV, HOME, **more))  # type: ignore[arg-type]
    assert found is not None
    return found


def show(outcome: AnyOutcome) -> str:
    """One word for each kind; a leading ``?`` where it is not certain."""
    doubt = "" if outcome.certain else "?"
    if isinstance(outcome, Written):
        kind = "tree" if outcome.tree else "write"
        return f"{doubt}{kind} {outcome.path} {outcome.bytes}"
    if isinstance(outcome, Changed):
        return f"{doubt}change {outcome.path}"
    if isinstance(outcome, Removed):
        return f"{doubt}remove{' -r' if outcome.recursive else ''} {outcome.path}"
    if isinstance(outcome, Renamed):
        return f"{doubt}rename {outcome.path} {outcome.target}"
    assert isinstance(outcome, Unpacked)
    return f"{doubt}unpack {outcome.archive} {outcome.target}"


def outcomes(text: str, **more: object) -> list[str]:
    return [show(o) for o in followed(text, **more).outcomes]


STRAIGHT = {
    "open and write": ("open('/a', 'w').write('hello\\n')", ["write /a 6"]),
    "a hundred million bytes are not built": (r"open('/a','wb').write(b'\0' * 100_000_000)", ["write /a 100000000"]),
    "the other way round": (r"open('/a','wb').write(1024 * 1024 * b'\0')", ["write /a 1048576"]),
    "power and shift": ("open('/a','wb').write(bytes(10**6 + (1 << 10)))", ["write /a 1001024"]),
    "relative to the directory": ("open('a', mode='wb').write(b'ab')", ["write /w/a 2"]),
    "not ASCII": ("open('/a', 'w').write('é')", ["write /a 2"]),
    "another encoding": ("open('/a', 'w', encoding='utf-16').write('é')", ["write /a None"]),
    "two writes add up": ("f = open('/a', 'w')\nf.write('ab')\nf.write('c')\nf.close()", ["write /a 3"]),
    "with": ("with open('/a', 'w') as f:\n    f.write('ab' + 'c')\n", ["write /a 3"]),
    "repeated": (
        "with open('/a', 'wb') as f:\n    for _ in range(100):\n        f.write(b'\\0' * 1048576)\n",
        ["write /a 104857600"],
    ),
    "a loop of more than one statement has no size": (
        "f = open('/a', 'wb')\nfor i in range(3):\n    print(i)\n    f.write(b'ab')\n",
        ["write /a None"],
    ),
    "handed over": ("import json\njson.dump({}, open('/a', 'w'))", ["write /a None"]),
    "handed to something unknown": ("import x\nf = open('/a', 'w')\nx.y(f)", ["write /a None"]),
    "caught in a lambda": ("f = open('/a', 'w')\ng = lambda: f.write('x')", ["write /a None"]),
    "printed to": ("print('x', file=open('/a', 'w'))", ["write /a None"]),
    "truncated": ("f = open('/a', 'wb')\nf.truncate(1000)", ["write /a 1000"]),
    "seek": ("f = open('/a', 'wb')\nf.seek(1000)\nf.write(b'x')", ["write /a None"]),
    "read": ("open('/a').read()\nopen('/a', 'rb')", []),
    "appended": ("open('/a', 'a').write('x')", ["change /a"]),
    "appended to what was just written": (
        "open('/a', 'w').write('x')\nopen('/a', 'a').write('y')",
        ["write /a None", "change /a"],
    ),
    "mode not known": ("open('/a', m)", []),
    "name not known": ("open(x, 'w').write('x')", []),
    "pathlib": (
        "from pathlib import Path\np = Path('/a') / 'b'\np.mkdir(parents=True)\n(p / 'c').write_text('xy')\n"
        "p.joinpath('d').write_bytes(b'xyz')\n(p / 'c').unlink()\np.rmdir()",
        ["write /a/b 0", "write /a/b/c 2", "write /a/b/d 3", "remove /a/b/c", "remove /a/b"],
    ),
    "pathlib renames": ("import pathlib as p\np.Path('/a').rename('/b').unlink()", ["rename /a /b", "remove /b"]),
    "pathlib parts": (
        "from pathlib import Path\np = Path('x/y.txt')\np.with_suffix('.md').touch()\np.parent.resolve().unlink()",
        ["write /w/x/y.md 0", "remove /w/x"],
    ),
    "home": ("import os\nos.remove(os.path.expanduser('~/.cache/x'))", ["remove /root/.cache/x"]),
    "another's home": ("import os\nos.remove(os.path.expanduser('~joe/x'))", []),
    "os": (
        "import os\nos.makedirs('/d')\nos.rename('/a', '/b')\nos.replace('/b', 'c')\nos.unlink('c')\nos.rmdir('/d')",
        ["write /d 0", "rename /a /b", "rename /b /w/c", "remove /w/c", "remove /d"],
    ),
    "chdir": ("import os\nos.chdir('/d')\nos.remove('x')\nos.chdir(y)\nos.remove('x')", ["remove /d/x"]),
    "shutil": (
        "import shutil\nshutil.copy('/a', '/d/')\nshutil.copytree('/s', '/t')\nshutil.move('/a', '/b')\n"
        "shutil.rmtree('/t', ignore_errors=True)",
        ["write /d/a None", "tree /t None", "rename /a /b", "remove -r /t"],
    ),
    "a copy is as big": (
        "import shutil\nopen('/a', 'w').write('abc')\nshutil.copyfile('/a', '/b')",
        ["write /a 3", "write /b 3"],
    ),
    "moved to where nobody knows": ("import shutil\nshutil.move('/a', x)", ["remove -r /a"]),
    "urlretrieve and unpack": (
        "from urllib.request import urlretrieve as get\nimport tarfile\nget('http://x/a', '/tmp/a.tgz')\n"
        "with tarfile.open('/tmp/a.tgz') as t:\n    t.extractall('/opt')",
        ["write /tmp/a.tgz None", "unpack /tmp/a.tgz /opt"],
    ),
    "zip": ("import zipfile\nzipfile.ZipFile('a.zip').extractall()", ["unpack /w/a.zip /w"]),
    "unpack_archive": ("import shutil\nshutil.unpack_archive('a.zip', extract_dir='/o')", ["unpack /w/a.zip /o"]),
    "from memory": (
        "import io, zipfile, requests\nzipfile.ZipFile(io.BytesIO(requests.get('http://x').content)).extractall('/o')",
        ["unpack None /o"],
    ),
    "requests": (
        "import requests\nr = requests.get('http://x')\nopen('/a', 'wb').write(r.content)",
        ["write /a None"],
    ),
    "environment": (
        "import os\nos.remove(os.environ['OUT'] + '/a')\nos.remove(os.environ.get('OUT') + '/b')\n"
        "os.remove(os.getenv('NOT_SEEN', '/x') + '/c')\nos.remove(os.environ['LATER'] + '/d')",
        ["remove /data/a", "remove /data/b"],
    ),
    "environment set": (
        "import os\nos.environ['X'] = '/x'\nos.remove(os.environ['X'])\nos.environ.update(y)\n"
        "os.remove(os.environ['OUT'])",
        ["remove /x"],
    ),
    "f-strings": ("import os\nd = '/a'\nos.remove(f'{d}/b\\x41{{')\nos.remove(f'{d:>9}')", ["remove /a/bA{"]),
    "other formatting": (
        "import os\nos.remove('/%s/%d' % ('a', 1))\nos.remove('/{}/{}'.format('a', 'b'))\nos.remove('/%5s' % 'a')",
        ["remove /a/1", "remove /a/b"],
    ),
    "os.path": (
        "from os import path, remove as rm\nrm(path.join('/a', path.basename('/x/y')))\nrm(path.dirname('/a/b'))",
        ["remove /a/y", "remove /a"],
    ),
    "joined literals": ("import os\nos.remove('/a' '/b')", ["remove /a/b"]),
    "gzip": ("import gzip\nwith gzip.open('/a.gz', 'wb') as f:\n    f.write(b'x')", ["write /a.gz None"]),
    "an alias that is taken back": ("import os\nrm = os.remove\nrm = print\nrm('/a')", []),
    "open shadowed": ("from gzip import open\nopen('/a', 'w').write('x')", ["write /a None"]),
    "open of one's own": ("def open(*a):\n    return x\nopen('/a', 'w')", []),
    "stars": ("import os\nos.remove(*x)\nos.path.join(*x)\nos.makedirs(**x)", []),
    "links": ("import os\nos.symlink('/a', '/b')", ["write /b 0"]),
    "another name in between": (
        "import os\na = b = '/x'\nb += '/y'\nos.remove(b)\nos.remove(a)",
        ["remove /x/y", "remove /x"],
    ),
    "several at once": ("import os\na, b = '/x', '/y'\nos.remove(b)", ["remove /y"]),
    "a null character": ("import os\nos.remove('/a\\0b')", []),
}


@pytest.mark.parametrize("name", STRAIGHT)
def test_straight_lines(name: str) -> None:
    text, expected = STRAIGHT[name]
    assert outcomes(text) == expected


UNCERTAIN = {
    "if": ("import os\nif os.path.exists('/a'):\n    os.remove('/a')\nos.remove('/b')", ["?remove /a", "remove /b"]),
    "else": ("import os\nif x: pass\nelif y: os.remove('/a')\nelse: os.remove('/b')", ["?remove /a", "?remove /b"]),
    "try": (
        "import os\ntry:\n    os.remove('/a')\nexcept OSError:\n    os.remove('/b')\nfinally:\n    os.remove('/c')",
        ["?remove /a", "?remove /b", "remove /c"],
    ),
    "for": ("import os\nfor p in x:\n    os.remove('/a')", ["?remove /a"]),
    "what a loop assigns is not known in it": (
        "import os\np = '/a'\nwhile x:\n    os.remove(p)\n    p = '/b'\nos.remove(p)",
        [],
    ),
    "what a branch assigns is not known after it": ("import os\np = '/a'\nif x: p = '/b'\nos.remove(p)", []),
    "what both branches leave alone is": ("import os\np = '/a'\nif x: q = '/b'\nos.remove(p)", ["remove /a"]),
    "suppress": (
        "import contextlib, os\nwith contextlib.suppress(OSError):\n    os.remove('/a')\n    os.chdir('/')\n"
        "os.remove('b')",
        ["?remove /a"],
    ),
    "or": ("import os\nx or os.remove('/a')", ["?remove /a"]),
    "comprehension": ("import os\n[os.remove('/a') for x in y]\n[os.remove(x) for x in ('/b',)]", ["?remove /a"]),
    "match": ("import os\nmatch x:\n    case 1:\n        os.remove('/a')", ["?remove /a"]),
    "a function that nobody calls": ("import os\ndef f():\n    os.remove('/a')", []),
    "a function with arguments": (
        "import os\ndef f(p):\n    os.remove(p)\n    os.remove('/a')\nf('/b')",
        ["?remove /a"],
    ),
    "main": (
        "import os, sys\ndef main():\n    p = '/a'\n    os.remove(p)\nif __name__ == '__main__':\n    sys.exit(main())",
        ["remove /a"],
    ),
    "main returns early": (
        "import os\ndef main():\n    if x:\n        return\n    os.remove('/a')\nmain()\nos.remove('/b')",
        ["?remove /a", "remove /b"],
    ),
    "a function used before its names are set": (
        "import os\ndef f():\n    os.remove(p)\n    p = '/a'\np = '/b'\nf()",
        [],
    ),
    "global": ("import os\np = '/a'\ndef f():\n    global p\n    p = '/b'\nf()\nos.remove(p)", []),
    "recursion": ("import os\ndef f():\n    os.remove('/a')\n    f()\nf()", ["remove /a"]),
    "exit": ("import os, sys\nos.remove('/a')\nsys.exit()\nos.remove('/b')", ["remove /a"]),
    "exit in a branch": ("import os, sys\nif x: sys.exit()\nos.remove('/b')", ["?remove /b"]),
    "exit in a function with arguments": (
        "import os, sys\ndef f(a):\n    if a: sys.exit()\nf(1)\nos.remove('/b')",
        ["?remove /b"],
    ),
    "raise": ("import os\nraise SystemExit\nos.remove('/b')", []),
}


@pytest.mark.parametrize("name", UNCERTAIN)
def test_what_may_not_run_is_not_certain(name: str) -> None:
    text, expected = UNCERTAIN[name]
    assert outcomes(text) == expected


@pytest.mark.parametrize(
    "spoiler",
    [
        "exec(x)",
        "eval(x)",
        "from x import *",
        "os.remove = print",
        "os.path.join = x",
        "import builtins; builtins.open = x",
        "setattr(os, 'remove', x)",
        "globals()['os'] = x",
        "import sys; sys.modules['os'] = x",
        "import runpy; runpy.run_path('x.py')",
        "os.chroot('/x')",
        "[exec(i) for i in x]",
        "def f(a): exec(a)\nf(1)",
        "with x: eval(y)",
    ],
)
def test_nothing_is_told_after_what_can_change_everything(spoiler: str) -> None:
    found = followed(f"import os\nos.remove('/a')\n{spoiler}\nos.remove('/b')")
    assert [show(o) for o in found.outcomes] == ["remove /a"]
    assert not found.complete


@pytest.mark.parametrize(
    "text",
    [
        "print 'x'; open('/a', 'w').write('x')",
        "open('/a', 'w'",
        "open('/a', 'w')\n  indented",
        "import os\nos.remove('/a')\0",
        "x = " + "(" * 5000 + ")" * 5000 + "; open('/a', 'w')",
        "x = " + "-" * 20000 + "1; open('/a', 'w')",
        "x = " + "1+" * 9000 + "1; open('/a', 'w')",
        "if a: pass\n" + "elif a: pass\n" * 3000 + "open('/a', 'w')",
        "open('/a', 'w')\n" + "# \n" * 50000,
        "x = '\udcff'\nopen('/a', 'w')",
    ],
    ids=["python 2", "not closed", "indentation", "null", "brackets", "signs", "sums", "elif", "long", "not UTF-8"],
)
def test_what_cannot_be_read_is_unknown(text: str) -> None:
    assert follow(Program(text, "/w")) is None


@pytest.mark.parametrize(
    "text", ["open('/a', 'wb').write(b'x' * 9**99999)", "open('/a', 'wb').write(b'x' * (1 << 99999999999))"]
)
def test_numbers_without_bounds_are_not_worked_out(text: str) -> None:
    assert outcomes(text) == ["write /a None"]


def test_an_integer_of_ten_thousand_digits_is_not_known() -> None:
    found = follow(Program(f"x = {'9' * 10000}\nopen('/a', 'wb').write(b'x' * x)", "/w"))
    # Python 3.10 reads it, later ones refuse
    assert found is None or [show(o) for o in found.outcomes] == ["write /a None"]


def test_a_directory_that_is_not_known_leaves_absolute_paths() -> None:
    found = follow(Program("import os\nos.remove('a')\nos.remove('/b')", UNKNOWN))
    assert found is not None
    assert [show(o) for o in found.outcomes] == ["remove /b"]


def test_arguments_and_place_of_the_script() -> None:
    text = (
        "import os, sys\nos.remove(sys.argv[1])\nos.remove(sys.argv[2])\n"
        "os.remove(os.path.join(os.path.dirname(os.path.abspath(__file__)), 'x'))"
    )
    assert outcomes(text, arguments=("/a",), file="/app/s.py") == ["remove /a", "remove /app/x"]


def test_spans_are_those_of_the_statements() -> None:
    text = "import os; x = 1\nos.remove('/a');  os.remove('/é'); os.remove('/b')\n"
    found = followed(text).outcomes
    assert [text[o.start : o.end] for o in found] == ["os.remove('/a')", "os.remove('/é')", "os.remove('/b')"]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("-c", "x", "a"), ("x", None, ("a",))),
        (("-uc", "x"), ("x", None, ())),
        (("-cx",), ("x", None, ())),
        (("-W", "ignore", "-Xdev", "s.py", "-c"), (None, "s.py", ("-c",))),
        ((), (None, "-", ())),
        (("-", "a"), (None, "-", ("a",))),
        (("-m", "pip"), (None, None, ())),
        (("--version",), (None, None, ())),
        (("-c",), (UNKNOWN, None, ())),
        ((UNKNOWN, "s.py"), (None, None, ())),
    ],
)
def test_command_lines(arguments: tuple[str | Unknown, ...], expected: tuple[object, ...]) -> None:
    assert tuple(command_line(arguments)) == expected


def effects(text: str, context: Context | None = None) -> list[str]:
    """Certain writes and deletions of a file's last stage, ``FROM x`` put before it."""
    ledger = File(Source("FROM x\n" + text), context).shipped
    assert ledger is not None
    out = []
    for layer in ledger.layers:
        if layer.step.instruction.keyword == "RUN":
            for effect in (e for action in layer.actions for e in action.effects if e.certain):
                if isinstance(effect, Created):
                    out.append(f"write {effect.path} {effect.size.bytes}")
                elif isinstance(effect, Deleted):
                    out.append(f"remove {effect.path}")
    return out


RUNS = {
    "-c": ("RUN python3 -c \"open('/a', 'w').write('x')\"", ["write /a 1"]),
    "a version, a path and sudo": (
        "RUN sudo /usr/local/bin/python3.11 -c 'import os; os.remove(\"/a\")'",
        ["remove /a"],
    ),
    "sudo drops the environment": (
        "ENV D=/d\nRUN sudo python -c 'import os; os.remove(os.environ[\"D\"])'",
        [],
    ),
    "ENV, the shell and WORKDIR": (
        "ENV D=/d\nWORKDIR /w\nRUN cd v && python -c \"import os; os.remove('$D/a'); os.remove('b')\"",
        ["remove /d/a", "remove /w/v/b"],
    ),
    "os.environ has ENV and what stands before the command": (
        'ENV D=/d\nRUN E=/e python -c \'import os; os.remove(os.environ["D"]); os.remove(os.environ["E"])\'',
        ["remove /d", "remove /e"],
    ),
    "a shell variable that is not exported": (
        "RUN E=/e; python -c 'import os; os.remove(os.environ[\"E\"])'",
        [],
    ),
    "a variable that is not known": ("RUN python -c \"open('/a/$X', 'w')\"", []),
    "here-document": ("RUN python3 - <<'EOF'\nopen('/a', 'w').write('$x')\nEOF", ["write /a 2"]),
    "here-document not quoted": ("RUN python3 <<EOF\nopen('/a', 'w').write('x\\n')\nEOF", ["write /a 2"]),
    "here-document that the shell expands": ("RUN python3 <<EOF\nopen('/a', 'w').write('$x')\nEOF", []),
    "here-document with a substitution": ("RUN python3 <<EOF\nopen('/a', 'w').write('`x`')\nEOF", []),
    "here-document with backslashes": ("RUN python3 <<EOF\nopen('/a', 'w').write('\\\\n')\nEOF", []),
    "here-string": ("SHELL [\"/bin/bash\", \"-c\"]\nRUN python <<< \"open('/a', 'w').write('x')\"", ["write /a 1"]),
    "script of its own": (
        "WORKDIR /w\nRUN <<EOF\n#!/usr/bin/env python3\nimport os\nos.remove('$a')\nEOF",
        ["remove /w/$a"],
    ),
    "script with tabs before it": ("RUN <<-EOF\n\t#!/usr/bin/python3\n\topen('/a', 'w')\n\tEOF", []),
    "script of another language": ("RUN <<EOF\n#!/usr/bin/perl\nopen('/a', 'w')\nEOF", []),
    "exec form": ("RUN [\"python\", \"-c\", \"open('/a', 'w').write('x')\"]", ["write /a 1"]),
    "behind a condition": ("RUN test -e /x || python -c \"open('/a', 'w')\"", []),
    "from xargs": ("RUN echo | xargs python -c \"open('/a', 'w')\"", []),
    "Python 2": ("RUN python2 -c \"print 'x'; open('/a', 'w')\"", []),
    "devices": ("RUN python -c \"open('/dev/null', 'w').write('x')\"", []),
    "script from nowhere": ("RUN python /s.py", []),
}


@pytest.mark.parametrize("name", RUNS)
def test_python_in_a_run(name: str) -> None:
    text, expected = RUNS[name]
    assert effects(text) == expected


SCRIPT = "import os\nos.remove('/x')\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("COPY s.py /app/s.py\nRUN python /app/s.py", ["remove /x"]),
        ("WORKDIR /app\nCOPY . .\nRUN python3 d/t.py", ["remove /y"]),
        ("COPY d /d/\nRUN cd /d && python t.py", ["remove /y"]),
        ("COPY d/t.py d/u.py /app/\nRUN chmod +x /app/t.py && python /app/t.py", ["remove /y"]),
        ("COPY s.py /s.py\nRUN sed -i s/x/z/ /s.py\nRUN python /s.py", []),
        ("COPY s.py /s.py\nRUN echo > /s.py && python /s.py", ["write /s.py 1"]),
        ("COPY . /app\nRUN sed -i s/x/z/ /app/s.py\nRUN python /app/s.py", []),
        ("COPY s.py /s.py\nRUN --mount=type=bind,target=/s.py python /s.py", []),
        ("COPY --from=x s.py /s.py\nRUN python /s.py", []),
        ("COPY s.py /s.py\nCOPY d/t.py /s.py\nRUN python /s.py", ["remove /y"]),
        ("COPY hidden.py /s.py\nRUN python /s.py", []),
        ("COPY missing.py /s.py\nRUN python /s.py", []),
    ],
)
def test_scripts_from_the_build_context(text: str, expected: list[str], tmp_path: Path) -> None:
    (tmp_path / "d").mkdir()
    (tmp_path / "s.py").write_text(SCRIPT)
    (tmp_path / "hidden.py").write_text(SCRIPT)
    (tmp_path / "d/t.py").write_text(SCRIPT.replace("/x", "/y"))
    (tmp_path / "d/u.py").write_text("")
    (tmp_path / ".dockerignore").write_text("hidden.py\n")
    assert effects(text, Context(tmp_path)) == expected


def removed(text: str) -> list[tuple[int | None, str | None, str]]:
    source = Source(text)
    return [
        (f.bytes, f.bytes_basis, source.text[f.span.start : f.span.end])
        for f in dockerlint.check(text)
        if f.rule == "removed-in-later-layer"
    ]


def test_what_python_writes_and_a_later_run_removes() -> None:
    text = "FROM python:3.12\nRUN python -c \"open('/big', 'wb').write(b'x' * 100_000_000)\"\nRUN rm /big\n"
    assert removed(text) == [(100_000_000, "exact", "rm /big")]


def test_what_a_run_writes_and_python_removes_later() -> None:
    command = "python3 -c 'import os; os.remove(\"/big\")'"
    text = f"FROM python:3.12\nRUN dd if=/dev/zero of=/big bs=1M count=5\nRUN {command}\n"
    assert removed(text) == [(5 * 1024 * 1024, "exact", command)]


def test_what_a_script_removes_is_found_at_its_statement() -> None:
    text = (
        "FROM python:3.12\nRUN truncate -s 1000 /big\n"
        "RUN <<EOF\n#!/usr/bin/env python3\nimport os\nos.unlink('/big')\nEOF\n"
    )
    assert removed(text) == [(1000, "exact", "os.unlink('/big')")]


def test_uncertain_python_is_silent() -> None:
    text = "FROM x\nRUN truncate -s 1000 /big\nRUN python -c \"import os; x and os.remove('/big')\"\n"
    assert removed(text) == []


def test_all_in_one_run_is_no_waste() -> None:
    text = "FROM x\nRUN python -c \"import os; open('/a', 'w').write('x' * 5000); os.remove('/a')\"\n"
    assert removed(text) == []


@pytest.mark.parametrize(
    ("run", "loaded"),
    [
        ("apt-get update && rm /x", False),
        ("python -c 'import matplotlib.pyplot'", False),
        ("python -m pip install x", False),
        ("python -c 'open(1)'", True),
    ],
)
def test_libcst_is_loaded_only_for_python_that_may_write(run: str, loaded: bool) -> None:
    code = (
        "import sys, dockerlint\n"
        f"dockerlint.check({'FROM x' + chr(10) + 'RUN ' + run + chr(10)!r})\n"
        "sys.exit('libcst' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == loaded
