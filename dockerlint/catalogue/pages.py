"""A whole rule page: what `explain`, the documentation and the tests read. Loads ruamel.yaml; import it late."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from dockerlint.catalogue.rule import Rule, from_head
from dockerlint.catalogue.schema import PageError, check_page, fail
from dockerlint.record import field, record

_HEAD = (
    "code",
    "name",
    "severity",
    "default",
    "fix",
    "aliases",
    "summary",
    "module",
    "options",
    "message",
    "match",
    "edit",
)


@record
class Case:
    """An example that is a test: a Dockerfile and what the rule makes of it."""

    name: str
    text: str
    bad: bool
    """Whether the rule has findings. Their spans are marked «so» in `text`, or `lines` says where they begin."""
    lines: tuple[int, ...] = ()
    fixed: str | None = None
    unsafe: bool = False
    """`fixed` needs --unsafe-fixes."""
    bytes: int | None = None
    withheld: str | None = None
    """Part of the reason for which there is no fix."""
    options: Mapping[str, object] = field(default_factory=dict)
    context: Mapping[str, str] | None = None
    """Files of the build context; None: there is no context."""
    ignored: str | None = None
    """What the fix makes of the ignore file."""


@record
class Page:
    """A rule with its documentation and cases."""

    rule: Rule
    path: Path
    why: str
    fix_safety: str
    references: tuple[str, ...]
    cases: tuple[Case, ...]


def load_yaml(path: Path) -> Any:
    """The plain data of a YAML file. Raises PageError, in one line, when it cannot be read."""
    try:
        # 1.2 rules: `on` and `no` stay text, as people who write options mean them.
        return YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
    except MarkedYAMLError as error:
        place = f"line {error.problem_mark.line + 1}: " if error.problem_mark else ""
        raise PageError(f"{path}: {place}{error.problem or 'broken YAML'}".replace("\n", " ")) from None
    except (YAMLError, ValueError, OSError, RecursionError) as error:
        raise PageError(f"{path}: {' '.join(str(error).split()) or type(error).__name__}") from None


def read(path: Path, user: bool = False) -> Page:
    """Read and check a page. A page of the user's may have no Python. Raises PageError."""
    data = load_yaml(path)
    try:
        check_page(data, path.stem)
        if user and ("match" not in data or "module" in data):
            raise fail("", "a rule of a project is a `match:` block; it cannot name a module")
    except PageError as error:
        raise PageError(f"{path}: {error}") from None
    return Page(
        from_head(head(data)),
        path,
        data["why"].strip(),
        data.get("fix-safety", "").strip(),
        tuple(data.get("references", ())),
        tuple(_case(case) for case in data["cases"]),
    )


def head(data: Mapping[str, Any]) -> dict[str, Any]:
    """The part of a page that heads.json holds."""
    found = {key: data[key] for key in _HEAD if key in data}
    triggers = dict(data.get("triggers") or {})
    match = data.get("match")
    if match is None:
        found.setdefault("module", data["name"].replace("-", "_"))
    elif not triggers:
        triggers = {"commands": match["command"]} if "command" in match else {"instructions": match["instruction"]}
    if triggers:
        commands = sorted(triggers.get("commands", ()))
        # Commands are looked for in RUN alone: beside them, RUN would only mean "always".
        keywords = {k.upper() for k in triggers.get("instructions", ())} - ({"RUN"} if commands else set())
        parts = {"instructions": sorted(keywords), "commands": commands, "errors": triggers.get("errors", False)}
        found["triggers"] = {key: part for key, part in parts.items() if part}
    return found


def _case(data: Mapping[str, Any]) -> Case:
    line = data.get("line", ())
    return Case(
        data["name"],
        data["bad"] if "bad" in data else data["good"],
        "bad" in data,
        tuple(line) if isinstance(line, (list, tuple)) else (line,),
        data.get("fixed"),
        data.get("unsafe", False),
        data.get("bytes"),
        data.get("withheld"),
        data.get("options", {}),
        data.get("context"),
        data.get("ignored"),
    )
