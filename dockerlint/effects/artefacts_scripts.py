"""What the shell scripts of the build context that an image starts run in their turn."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence

from dockerlint.effects.artefacts_beside import Beside
from dockerlint.effects.artefacts_calls import data, system_name
from dockerlint.effects.artefacts_start import WRAPPERS, Start, words_of
from dockerlint.findings import Withheld
from dockerlint.model.build import build
from dockerlint.model.graph import Scope, Step
from dockerlint.model.invocations import Invocation
from dockerlint.model.paths import absolute
from dockerlint.model.starts import start_steps
from dockerlint.record import record, replace
from dockerlint.syntax import parse
from dockerlint.syntax.expansion import expand_value
from dockerlint.values import UNKNOWN, Unknown, Value

_ON_PATH = ("/usr/local/bin", "/usr/local/sbin", "/usr/bin", "/usr/sbin", "/bin", "/sbin")
_SHELL = re.compile(r"#!\s*(?:/usr)?/bin/(?:env\s+(?:-S\s+)?)?(?:ba|a|da|z|k)?sh\b")
_OTHER = re.compile(r"#!\s*(?:\S*/env\s+(?:-S\s+)?)?(\S+)")
_SUFFIXES = (".sh", ".bash", ".ash")
_FUNCTION = re.compile(r"(?m)^[ \t]*(?:function[ \t]+([\w-]+)|([\w-]+)[ \t]*\([ \t]*\))")
_ASSIGNED = re.compile(
    r"(?m)^[ \t]*(?:export[ \t]+|readonly[ \t]+)?(\w+)="
    r"(?:\"([^\"$`\n]*)\"|'([^'\n]*)'|([^\s\"'$`;&|()]*))[ \t]*(?:#.*)?$"
)
_SETS = re.compile(r"(?<![\w$-])(\w+)=|\bread\b[^\n]*?(\w+)\s*$|\bfor\s+(\w+)\b", re.M)
_SUBSTITUTED = re.compile(r"(?:\$\(|`)\s*([\w./-]+)")
_ARGUMENTS = re.compile(r"[\"']?\$(?:[@*]|\{[@*]\})[\"']?")
_USERS = frozenset(("gosu", "su-exec", "setpriv", "chpst", "setuidgid"))
_RUNS = frozenset("java node python python3 dotnet ruby php sh bash ash perl . source nohup".split())
_MAKES = frozenset("mkdir touch rm echo printf test [ [[ cd export chown chmod read".split())
_MOST = 8


@record
class Said:
    """What one script says."""

    programs: tuple[Value, ...]
    words: tuple[str, ...]
    arguments: bool
    """Whether it runs what it is given."""


def followed(begin: Start, beside: Beside, end: Scope) -> Start | Withheld:
    """`begin` with what its scripts start and name, those of their own among them."""
    done: set[str] = set()
    todo = list(_scripts(begin.words, begin, beside, end))
    while todo and len(done) < _MOST:
        path, text = todo.pop()
        if path in done:
            continue
        done.add(path)
        said = _read(text, end, begin)
        given = _given(beside, end) if said.arguments else ()
        if any(isinstance(p, Unknown) for p in (*said.programs, *given)):
            return Withheld(f"what `{path}` runs is not known", hint="write its programs out in full")
        more = [p for p in (*said.programs, *given) if isinstance(p, str) and p not in begin.programs]
        scripted = begin.scripted | set(more)
        begin = replace(begin, programs=(*begin.programs, *more), words=(*begin.words, *said.words), scripted=scripted)
        todo += _scripts(said.words, begin, beside, end)
    return begin


def _given(beside: Beside, end: Scope) -> tuple[Value, ...]:
    """CMD's program, where the script that is the ENTRYPOINT runs it."""
    steps = start_steps(beside.found.ledger.graph)
    return tuple(words_of(steps[1:], end.env)[0]) if len(steps) == 2 else ()


def _scripts(words: Sequence[str], begin: Start, beside: Beside, end: Scope) -> Iterator[tuple[str, str]]:
    """(path, text) of each word that is a shell script."""
    for word in dict.fromkeys(words):
        folders = (*begin.search, *_ON_PATH) if "/" not in word else ()
        for path in (absolute(word, end.workdir), *(f"{folder}/{word}" for folder in folders)):
            text = (beside.text(path, 100_000) or beside.outside(path)) if isinstance(path, str) else None
            if isinstance(path, str) and text is not None:
                if text.startswith("#!") or path.endswith(_SUFFIXES):
                    yield path, text
                break


def _read(text: str, end: Scope, begin: Start) -> Said:
    """What a script says; programs are Unknown where it cannot be read."""
    match = _OTHER.match(text)
    if match is not None and _SHELL.match(text) is None:
        name = posixpath.basename(match[1])
        return Said((name,), (), False)
    step = _step(text, end)
    if step is None:
        return Said((UNKNOWN,), (), False)
    variables = _variables(text, end)
    functions = {name for match in _FUNCTION.finditer(text) for name in match.groups() if name}
    programs: list[Value] = []
    words: list[str] = []
    for inv in step.invocations:
        _invocation(inv, variables, functions, programs, words)
    code = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))
    for match in _SUBSTITUTED.finditer(code):
        if match[1] not in functions:
            _program(match[1], UNKNOWN, programs, words)
    if match := re.match(r"#!\s*(?:\S*/env\s+)?(?:\S*/)?(\w+)", text):
        programs.append(match[1])
    clean = [p for p in dict.fromkeys(programs) if p not in begin.programs]
    return Said(tuple(clean), tuple(dict.fromkeys(words)), _ARGUMENTS.search(code) is not None)


def _step(text: str, end: Scope) -> Step | None:
    """The script as a RUN that is followed like any other."""
    mark = next(m for m in (f"END{i}" for i in range(len(text) + 2)) if m not in text)
    folder = end.workdir if isinstance(end.workdir, str) else "/"
    body = text.replace("\r\n", "\n").rstrip("\n")
    dockerfile = f"FROM scratch\nWORKDIR {folder}\nRUN <<'{mark}'\n{body}\n{mark}\n"
    step = build(parse(dockerfile)).stages[-1].steps[-1]
    return None if step.body is None or step.body.root is None else step


def _variables(text: str, end: Scope) -> Mapping[str, Value]:
    """Those of the image, and those that the script sets once to a plain value; what it sets otherwise is not known."""
    found: dict[str, Value] = dict(end.env)
    names = [name for match in _SETS.finditer(text) for name in match.groups() if name]
    found.update(dict.fromkeys(names, UNKNOWN))
    for match in _ASSIGNED.finditer(text):
        if names.count(match[1]) == 1:
            found[match[1]] = next((v for v in match.groups()[1:] if v is not None), "")
    return found


def _invocation(
    inv: Invocation, variables: Mapping[str, Value], functions: set[str], programs: list[Value], words: list[str]
) -> None:
    texts = [w.text for w in inv.node.words]
    while texts and (_bare(texts[0]) in WRAPPERS or re.match(r"\w+=", texts[0])):
        wrapper = _bare(texts.pop(0))
        if wrapper in _USERS:
            programs.append(wrapper)
            texts = texts[1:]
        while texts and texts[0].startswith("-"):
            texts = texts[1:]
    if not texts or _ARGUMENTS.match(texts[0]):
        return
    first = _value(texts[0], variables)
    if isinstance(first, str) and first in functions:
        return
    _program(first, inv.cwd, programs, words)
    if _bare(texts[0]) in _MAKES:
        return
    runs = isinstance(first, str) and system_name(first) in _RUNS
    for text in texts[1:]:
        _argument(text, _value(text, variables), inv.cwd, runs, programs, words)


def _program(word: Value, cwd: Value, programs: list[Value], words: list[str]) -> None:
    if isinstance(word, Unknown):
        programs.append(UNKNOWN)
        return
    name = system_name(word)
    if name in data()["everywhere"] or not name:
        return
    path = absolute(word, cwd) if "/" in name else name
    programs.append(path)
    if isinstance(path, str):
        words.append(path)


def _argument(text: str, value: Value, cwd: Value, runs: bool, programs: list[Value], words: list[str]) -> None:
    """A word that may be a path. What an interpreter runs has to be known."""
    if isinstance(value, Unknown):
        if runs and "/" in text and not text.startswith("-"):
            programs.append(UNKNOWN)
        return
    for part in re.split(r"[=:,\s]", value):
        if "/" not in part and not part.endswith((".jar", ".js", ".py", ".dll", ".war", *_SUFFIXES)):
            continue
        path = absolute(part, cwd)
        if isinstance(path, str):
            words.append(path)
        elif runs:
            programs.append(UNKNOWN)


def _bare(text: str) -> str:
    return posixpath.basename(text.strip("\"'"))


def _value(text: str, variables: Mapping[str, Value]) -> Value:
    """A word without its quotes and with what its variables hold."""
    if re.fullmatch(r"'[^']*'", text):
        return text[1:-1]
    plain = re.sub(r"[\"']", "", text)
    if "$(" in plain or "`" in plain:
        return UNKNOWN
    return expand_value(plain, variables, missing_unknown=True) if "$" in plain else plain
