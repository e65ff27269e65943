"""Programs that are their folder: what of it is there for development alone, and whether they start without that."""

from __future__ import annotations

import json
import posixpath
import re

from dockerlint.effects.artefacts import root_of
from dockerlint.effects.artefacts_account import Account
from dockerlint.effects.artefacts_base import RunTime
from dockerlint.effects.artefacts_beside import Beside
from dockerlint.effects.artefacts_start import Start
from dockerlint.findings import Withheld
from dockerlint.model.graph import Scope
from dockerlint.model.images import parse_image
from dockerlint.model.invocations import Invocation
from dockerlint.model.node_packages import drops_dev, installs_project, without_dev
from dockerlint.model.paths import absolute
from dockerlint.values import Unknown

_RUNNERS = frozenset(("npm", "yarn", "pnpm", "bun", "npx"))
_DEVELOPMENT = re.compile(
    r"ts-node|tsx$|nodemon|babel-node|@babel/register|ts-node-dev|vite$|webpack|concurrently|next-dev"
)
_PLACES = frozenset(("--user", "--target", "-t", "--prefix", "--root"))
_STATIC = frozenset(("serve", "http-server"))
_BUNDLES = frozenset("dist build out public www _site browser".split())
_OLD_NODE = 15  # npm 7 came with it; its forerunners know --production alone


def folder_problem(found: Account, begin: Start, beside: Beside, end: Scope) -> Withheld | None:
    """Why a folder without its development dependencies may not do."""
    if len(found.recipes) > 1:
        return Withheld("what one language's program reads of what the other's build makes is not known")
    for word in begin.words:
        if _DEVELOPMENT.search(word):
            return Withheld(f"`{word}`, which the image starts, may be a development dependency")
    for program in begin.programs:
        if isinstance(program, str) and "node_modules/.bin/" in program:
            package = _package(beside, str(end.workdir))
            named = package.get("dependencies") if package is not None else None
            if not isinstance(named, dict) or posixpath.basename(program) not in named:
                return Withheld(f"`{program}`, which the image starts, may be a development dependency")
    programs = [posixpath.basename(p) for p in begin.programs if isinstance(p, str)]
    runner = next((p for p in programs if p in _RUNNERS), None)
    return _runs(runner, found, begin, beside, end) if runner else None


def _runs(runner: str, found: Account, begin: Start, beside: Beside, end: Scope) -> Withheld | None:
    """What ``npm start`` and its kin start, as package.json says."""
    words = list(begin.words)
    at = next((i for i, w in enumerate(words) if posixpath.basename(w) == runner), 0)
    operands = [w for w in words[at + 1 :] if not w.startswith("-")]
    if operands[:1] in (["run"], ["run-script"], ["exec"]):
        operands = operands[1:]
    name = operands[0] if operands else ""
    package = _package(beside, str(end.workdir))
    if package is None:
        return Withheld(f"what `{runner} {name}` starts is not known without package.json")
    scripts, dependencies = package.get("scripts"), package.get("dependencies")
    script = scripts.get(name) if isinstance(scripts, dict) else None
    if script is None and name == "start" and runner == "npm":
        script = "node server.js"
    if runner == "npx" or script is None:
        script = name
    if not isinstance(script, str) or re.search(r"[&|;$]", script) or _DEVELOPMENT.search(script):
        return Withheld(f"what `{runner} {name}` starts may need development dependencies")
    program = next((w for w in script.split() if "=" not in w and w != "cross-env"), "")
    if program == "node" or (isinstance(dependencies, dict) and program in dependencies):
        return None
    return Withheld(f"`{program}`, which the image starts, may be a development dependency")


def _package(beside: Beside, folder: str) -> dict[str, object] | None:
    text = beside.text(posixpath.join(folder, "package.json"))
    try:
        found = json.loads(text) if text is not None else None
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def carried(found: Account, base: RunTime, end: Scope) -> list[str] | Withheld:
    """Where the interpreter finds what was installed, besides the program's own folder."""
    it = found.recipes[0]
    odd = next((inv for inv in _builders(found) if _own_place(inv)), None) if it.name == "python" else None
    if odd is not None:
        return Withheld(f"where `{odd.program}` installs for its user, or as its options say, is not known", odd.span)
    if it.name == "ruby":
        told = [end.env[name] for name in ("BUNDLE_PATH", "GEM_HOME") if name in end.env]
        if any(not isinstance(place, str) or not place.startswith("/") for place in told):
            return Withheld("the folder of the gems is not known")
        if told:
            return [str(place) for place in told]
    if any(inv.program == "virtualenv" or "venv" in [a.value for a in inv.arguments] for inv in _builders(found)):
        return []  # its folder is known from the command that made it
    places: dict[str, list[str]] = it.entry.get("carries", {})
    paths = places.get(base.image, places.get("*") if base.plain else None)
    if paths is None and places:
        return Withheld(f"where `{base.image}` keeps what is installed is not known")
    return [path.format(minor=base.minor) for path in paths or ()]


def _own_place(inv: Invocation) -> bool:
    """Whether pip installs elsewhere than for all."""
    words = {a.value.partition("=")[0] for a in inv.arguments if isinstance(a.value, str)}
    told = any(name in inv.variables for name in ("PIP_TARGET", "PIP_PREFIX", "PIP_USER", "PYTHONUSERBASE"))
    return told or bool(words & _PLACES) or inv.step.scope.user not in ("", "root", "0")


def _builders(found: Account) -> list[Invocation]:
    return [build.invocation for build in found.builds]


def static_folders(found: Account, begin: Start, end: Scope) -> list[str]:
    """The folders that a server of plain files is told to serve, where that is all that the image starts."""
    programs = {posixpath.basename(p) for p in begin.programs if isinstance(p, str)}
    if not programs or not programs <= _STATIC:
        return []
    words = [w.rstrip("/") for w in begin.words if w.rstrip("/").rpartition("/")[2] in _BUNDLES]
    paths = [p for w in words if isinstance(p := absolute(w, end.workdir), str) and found.root(p) not in (None, p)]
    return list(dict.fromkeys(paths))


def slim_will_do(beside: Beside, end: Scope) -> bool:
    """Whether no dependency brings or builds native code, as far as package-lock.json says."""
    if beside.found.recipes[0].name != "node":
        return True
    package = _package(beside, str(end.workdir))
    lock = beside.text(posixpath.join(str(end.workdir), "package-lock.json"), 8_000_000)
    if package is not None and not package.get("dependencies"):
        return True
    return package is not None and lock is not None and '"hasInstallScript"' not in lock and "prisma" not in lock


def prune_command(found: Account, end: Scope, beside: Beside) -> tuple[str, ...] | Withheld:
    """The command that takes the development dependencies out of the folder; empty when they are out already."""
    if found.recipes[0].name != "node":
        return ()
    commands = [a.invocation for i in found.ledger.own for a in found.ledger.layers[i].actions if a.invocation]
    installs = [inv for inv in commands if installs_project(inv) and not without_dev(inv)]
    if not installs or any(drops_dev(inv) for inv in commands[commands.index(installs[-1]) + 1 :]):
        return ()
    last = installs[-1]
    if any(root_of(inv) != end.workdir for inv in installs):
        return Withheld(
            f"`{' '.join(str(v) for v in last.argv[:2])}` runs in another folder than the program", last.span
        )
    if last.program == "npm":
        return ("npm", "prune", "--production" if _is_old(found) else "--omit=dev")
    if last.program == "pnpm":
        return ("CI=true", "pnpm", "prune", "--prod")  # without a terminal it asks for nothing then
    if last.program == "yarn" and _is_classic(last, beside, str(end.workdir)):
        return ("yarn", "install", "--production", "--ignore-scripts", "--prefer-offline")
    return Withheld(f"how `{last.program}` takes development dependencies out is not known", last.span)


def _is_classic(inv: Invocation, beside: Beside, folder: str) -> bool:
    """Whether it is Yarn 1: later ones have no ``--production``."""
    words = {a.value for a in inv.arguments}
    text = beside.text(posixpath.join(folder, "yarn.lock"), 200)
    return bool(words & {"--frozen-lockfile", "--pure-lockfile"}) if text is None else "# yarn lockfile v1" in text


def _is_old(found: Account) -> bool:
    reference = found.ledger.stage.base.reference
    image = None if isinstance(reference, Unknown) else parse_image(reference)
    major = re.match(r"\d+", image.tag or "") if image is not None and image.name == "node" else None
    return major is not None and int(major[0]) < _OLD_NODE
