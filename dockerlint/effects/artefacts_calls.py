"""Which programs and time zones the sources of a program ask for when it runs, as far as they can be read."""

from __future__ import annotations

import json
import os
import posixpath
import re
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from functools import cache
from typing import Any

from dockerlint.effects.artefacts import is_noise
from dockerlint.effects.artefacts_beside import Beside
from dockerlint.record import record

_FILE = os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, "data", "calls.json")
_MOST_FILES = 3000
_MOST_TEXT = 12_000_000
_LONGEST = 1_000_000
_LITERAL = re.compile(r"[@$&brfuRBF]{0,2}r?#*(?P<q>\"{3}|[\"'`])(?P<text>.*?)(?P=q)|~[sw]\((?P<sigil>[^)]*)\)", re.S)
_OPTION = re.compile(r"[\s,)\]]*(?:\[\s*)?[\"']-\w*c[\"']\s*,\s*|[\s)]*\.arg\(\s*\"-\w*c\"\s*\)\s*\.arg\(\s*")
_HOLE = re.compile(r"\$\{?\w|\{|#\{|%[sdv]|<%|\\\(")
_SHELLS = frozenset("sh bash ash dash cmd powershell".split())
_SEPARATORS = re.compile(r"&&|\|\||[;|&\n()]|\$\(")
_BEFORE = frozenset("exec sudo env nohup nice time xargs".split())


@record
class Calls:
    """What the sources start."""

    programs: tuple[str, ...] = ()
    """Names or paths of programs, those that every image has left out."""
    unread: str = ""
    """A call whose program is no literal: where it stands. Or why not all sources could be read."""
    zones: bool = False
    """Whether time zones are looked up by their names."""
    texts: tuple[str, ...] = ()
    """The sources themselves."""


@cache
def data() -> Mapping[str, Any]:
    """The data file, with lists of names as sets."""
    with open(_FILE, encoding="utf-8") as file:
        found: dict[str, Any] = json.load(file)
    for key in ("everywhere", "elsewhere"):
        found[key] = frozenset(found[key].split())
    return found


def calls(beside: Beside, roots: list[str]) -> Calls:
    """What the sources below `roots` call, which are all of the project."""
    programs: dict[str, None] = {}
    unread, zones, within, size = "", False, False, 0
    paths = [p for p in sorted(beside.files) if not _aside(_inside(p, roots))]
    texts: list[str] = []
    for path in paths:
        language = _language(posixpath.basename(path))
        manifest = any(fnmatchcase(posixpath.basename(path), name) for name in data()["manifests"])
        if language is None and not manifest:
            continue
        text = beside.text(path, _LONGEST) or ""
        size += len(text)
        if len(texts) == _MOST_FILES or size > _MOST_TEXT:
            return Calls(tuple(programs), "there are too many sources to be read", zones and not within, tuple(texts))
        texts.append(text)
        for called in _called(text, language) if language is not None else _callers(text):
            if called:
                programs[called] = None
            else:
                unread = unread or f"`{posixpath.basename(path)}` starts a program whose name is no literal"
        zones = zones or re.search(data()["zones"], text) is not None
        within = within or re.search(data()["zones_within"], text) is not None
    return Calls(tuple(programs), unread, zones and not within, tuple(texts))


def _inside(path: str, roots: list[str]) -> str:
    """A path relative to the folder of the build, or its name alone."""
    root = next((r for r in roots if path.startswith(r.rstrip("/") + "/")), posixpath.dirname(path))
    return path[len(root.rstrip("/")) + 1 :]


def _aside(path: str) -> bool:
    """Whether the program is not made of a file: tests, tools, the sources of others."""
    names: list[str] = data()["aside"]
    return any(
        (is_noise(part) and part not in ("Makefile",)) or any(fnmatchcase(part, name) for name in names)
        for part in path.split("/")
    )


def _language(name: str) -> Mapping[str, str] | None:
    rows = data()["languages"]
    return next((row for row in rows if any(fnmatchcase(name, pattern) for pattern in row["files"])), None)


def _callers(text: str) -> Iterator[str]:
    for expression, program in data()["callers"]:
        if re.search(expression, text):
            yield program


def _called(text: str, language: Mapping[str, str]) -> Iterator[str]:
    """The programs that a source calls; "" for one that cannot be read."""
    if re.search(language["if"], text) is None:
        return
    itself = re.compile(data()["self"])
    for match in re.finditer(language["call"], text):
        if itself.match(text, match.end()) or _is_comment(text, match.start()):
            continue
        literal = _LITERAL.match(text, match.end())
        if literal is None:
            yield ""
            continue
        yield from _programs(literal, text)


def _is_comment(text: str, at: int) -> bool:
    line = text[text.rfind("\n", 0, at) + 1 : at].lstrip()
    return line.startswith(("//", "#", "*", "--", "/*"))


def _programs(literal: re.Match[str], text: str) -> Iterator[str]:
    words = literal["text"] if literal["text"] is not None else literal["sigil"]
    name = words.strip().rpartition("/")[2]
    if name in _SHELLS:
        yield from _commands(words)
        option = _OPTION.match(text, literal.end())
        script = _LITERAL.match(text, option.end()) if option is not None else None
        if option is not None:
            yield from _commands(script["text"] or "") if script is not None else ("",)
        return
    yield from _commands(words)


def _commands(script: str) -> Iterator[str]:
    """The programs of a command line that not every image has."""
    for part in _SEPARATORS.split(script):
        words = [w.strip("\"'") for w in part.split()]
        word = next((w for w in words if w not in _BEFORE and not re.match(r"\w+=", w)), "")
        if not word or re.match(r"[<>\d]", word) or word in data()["elsewhere"]:
            continue
        if _HOLE.search(word):
            yield ""
        elif system_name(word) not in data()["everywhere"]:
            yield system_name(word)


def system_name(word: str) -> str:
    """The name of a program of the system; the path of any other."""
    folder, _, name = word.rpartition("/")
    return name if folder in ("", "/bin", "/usr/bin", "/sbin", "/usr/sbin", "/usr/local/bin") else word
