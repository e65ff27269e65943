"""What a stage of its own for the build would leave to the final one: base, files, packages, users."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from dockerlint.effects.artefacts import table
from dockerlint.effects.artefacts_base import run_time
from dockerlint.effects.artefacts_beside import Beside
from dockerlint.effects.artefacts_final import Plan, called_problem, programs_problem
from dockerlint.effects.artefacts_folder import (
    carried,
    folder_problem,
    prune_command,
    slim_will_do,
    static_folders,
)
from dockerlint.effects.artefacts_owners import owners
from dockerlint.effects.artefacts_packages import run_time_packages
from dockerlint.effects.artefacts_paths import outermost
from dockerlint.effects.artefacts_scripts import followed
from dockerlint.effects.artefacts_sources import slim_has_all, with_sources
from dockerlint.effects.artefacts_stage import account, builds_of
from dockerlint.effects.artefacts_start import paths_in, start
from dockerlint.effects.ledger import Ledger
from dockerlint.effects.types import Created
from dockerlint.findings import Withheld
from dockerlint.model.graph import Scope
from dockerlint.model.invocations import Invocation
from dockerlint.model.paths import STANDARD_FOLDERS, absolute, under
from dockerlint.values import Unknown

_SUFFIXES = tuple(".jar .war .dll .js .mjs .cjs .py .sh .json .yml .yaml .toml .conf .cfg .ini .xml".split())
_ROOT_USERS = frozenset(("", "root", "0", "0:0", "root:root"))


def plan(ledger: Ledger, end: Scope) -> Plan | Withheld:
    """The plan for the stage that ships, or what stands against it. `end`: the state behind its last instruction."""
    if len(ledger.graph.lineage(ledger.stage)) > 1:
        return Withheld("the stage stands on another stage of the file", ledger.stage.source.instruction.span)
    found = account(ledger)
    if isinstance(found, Withheld):
        return found
    base = run_time(ledger.stage, found.recipes, {b.invocation.program for b in found.builds})
    if isinstance(base, Withheld):
        return base
    beside = Beside(found)
    begin = followed(start(ledger.graph, end.env), beside, end)
    told = begin if isinstance(begin, Withheld) else with_sources(begin, found, base, beside, end)
    if isinstance(told, Withheld):
        return told
    it = Plan(found, base, told, end, beside, base.reference)
    for step in (
        _program_names,
        _take_made,
        _take_folders,
        _take_named,
        _take_beside,
        programs_problem,
        _install,
        called_problem,
        _people,
    ):
        problem = step(it)
        if problem is not None:
            return problem
    return _complete(it)


def advised(ledger: Ledger) -> str | None:
    """The image on which the program could run, known or not what it needs."""
    found = builds_of(ledger)
    base = run_time(ledger.stage, found.recipes, {b.invocation.program for b in found.builds})
    return None if isinstance(base, Withheld) or not found.recipes else base.reference


def _program_names(it: Plan) -> Withheld | None:
    if not it.begin.programs or any(isinstance(p, Unknown) for p in it.begin.programs):
        return Withheld("what the image starts is not known")
    if isinstance(it.end.workdir, Unknown):
        return Withheld("the folder in which the program starts is not known")
    return None


def _take_made(it: Plan) -> Withheld | None:
    home = it.end.env.get("JAVA_HOME")
    if home is not None and "java" in it.base.brings and not it.base.reference.startswith(f"{it.base.image}:"):
        return Withheld("JAVA_HOME is that of the image of the build")
    it.paths += [path for path in it.found.kept if not _is_toolchain(it, path)]
    for made in it.found.made:
        path = made.path
        if path in it.found.roots or any(under(r, path) for r in it.found.roots):
            return Withheld(f"`{made.text}` puts what it makes among the sources")
        named = _programs_in(it, path) if posixpath.basename(path) == "bin" and path in STANDARD_FOLDERS else []
        if named:
            it.paths += named
            continue
        local = path.startswith("/usr/local") and (it.base.plain or path == "/usr/local/bin")
        if path in STANDARD_FOLDERS and not local:
            return Withheld(f"what `{made.text}` puts into `{path}` is not known by name")
        it.paths.append(path)
    return None


def _programs_in(it: Plan, folder: str) -> list[str]:
    """What the image starts out of a folder of programs, others of which the image of the build may have put there."""
    programs = [p for p in it.begin.programs if isinstance(p, str)]
    bare = [p for p in programs if "/" not in p and p not in it.base.brings and folder != "/usr/local"]
    return [p for p in programs if posixpath.dirname(p) == folder] + [f"{folder}/{p}" for p in bare]


def _is_toolchain(it: Plan, path: str) -> bool:
    """Whether a path is where the file itself puts the tools that build."""
    expression: str = table()["toolchains"]
    started = any(isinstance(p, str) and under(p, path) for p in it.begin.programs)
    return not started and re.fullmatch(expression, path) is not None


def _take_folders(it: Plan) -> Withheld | None:
    """An interpreted program is its folder."""
    if not any(r.folder for r in it.found.recipes):
        return None
    problem = folder_problem(it.found, it.begin, it.beside, it.end)
    if problem is not None:
        return problem
    places = carried(it.found, it.base, it.end)
    if isinstance(places, Withheld):
        return places
    it.tools = tuple(inv for inv in it.found.tools if _used(inv, set(it.begin.words)))
    served = static_folders(it.found, it.begin, it.end) if it.tools else []
    it.paths += [*(served or it.found.roots), *places]
    if served:
        it.reference = it.base.reference
        return None
    command = prune_command(it.found, it.end, it.beside)
    if isinstance(command, Withheld):
        return command
    it.prune = command
    slim = slim_will_do(it.beside, it.end) and slim_has_all(it.found, it.begin, it.base)
    it.reference = it.base.reference if slim else it.base.full
    return None


def _used(inv: Invocation, names: set[str]) -> bool:
    packages = [a.value.lstrip("@").split("@")[0].split("/")[-1] for a in inv.arguments if isinstance(a.value, str)]
    return any(n.startswith(p) for n in names for p in packages if len(p) > 1 and p not in ("install", "add", "global"))


def _mentions(it: Plan) -> Iterator[tuple[str, str, bool]]:
    """(word, absolute path, whether it is a program) of all that the start names as a path."""
    programs = {p for p in it.begin.programs if isinstance(p, str)}
    for word in dict.fromkeys(it.begin.words):
        for part in paths_in(word):
            if "/" in part or part.endswith(_SUFFIXES):
                path = absolute(part, it.end.workdir)
                if isinstance(path, str):
                    yield part, path, word in programs


def _take_named(it: Plan) -> Withheld | None:
    for part, path, program in _mentions(it):
        root = it.found.root(path)
        if path in it.found.roots or any(under(path, p) for p in it.paths):
            continue
        if root is None:
            if any(under(path, b) for b in it.found.bins):
                it.paths.append(path)
            continue
        known = it.beside.project(it.found.recipes)
        product = next((p for r in it.found.recipes if (p := r.product(path, root, program, known))), None)
        if product is not None and known and it.beside.shares():
            return Withheld(f"what the build makes beside `{part}`, libraries for one, is not known")
        if product is not None and product not in it.found.roots:
            it.paths.append(product)
        elif it.beside.holds(path) or path in it.found.moved:
            it.paths.append(path)
        elif not any(r.small for r in it.found.recipes):
            return Withheld(f"no step is known to make `{part}`, which the image {'starts' if program else 'names'}")
        else:
            problem = _all_of(it, root)
            if problem is not None:
                return problem
    return None


def _take_beside(it: Plan) -> Withheld | None:
    """Files beside the sources, where the program starts among them."""
    root = it.found.root(str(it.end.workdir))
    if root is None or any(r.folder for r in it.found.recipes):
        return None
    inside = any(under(path, root) for path in it.paths)
    if it.beside.project(it.found.recipes):
        data = it.beside.data(root, it.found.recipes)
        if data is None:
            return _all_of(it, root)
        it.paths += data
        return None
    if inside and not any(r.alone for r in it.found.recipes):
        return _all_of(it, root)
    return None


def _all_of(it: Plan, root: str) -> Withheld | None:
    if (
        any(r.small for r in it.found.recipes)
        and root not in ("/go", "/go/src", "/root")
        and root not in STANDARD_FOLDERS
    ):
        it.paths.append(root)
    elif it.found.copied:
        it.sources = True  # what was built there is too much: the sources once more, and the program
        for layer in (it.found.ledger.layers[i] for i in it.found.ledger.own):
            if layer.step.instruction.keyword == "COPY" and layer.step.instruction.flag("from") is not None:
                effects = (e for action in layer.actions for e in action.effects if e in it.found.copied)
                it.paths += [e.path for e in effects if isinstance(e, Created)]
    else:
        return Withheld(f"which of the files in `{root}` the program reads is not known")
    return None


def _install(it: Plan) -> Withheld | None:
    kept = run_time_packages(it.found, it.base, it.begin)
    if isinstance(kept, Withheld):
        return kept
    it.packages = kept
    odd = next((inv for p in it.found.packages if _elsewhere(inv := p.invocation) and kept.words), None)
    if odd is not None:
        return Withheld("not all packages come from the distribution itself", odd.span)
    if any("-jre" in word for word in kept.words):  # its scripts need the folder of manual pages, which -slim lacks
        it.reference = it.base.full
    sources = [p for p in it.paths if p.startswith(("/etc/apt/", "/etc/yum", "/etc/apk", "/usr/share/keyrings"))]
    if sources and kept.words:
        return Withheld(f"`{kept.words[0]}` may come from the package source in `{sources[0]}`")
    it.paths = [p for p in it.paths if p not in sources]
    return None


def _elsewhere(inv: Invocation) -> bool:
    """Whether an install takes packages from a file or from a source that it adds."""
    words = [a.value for a in inv.arguments if isinstance(a.value, str)]
    options = {w.partition("=")[0] for w in words}
    odd = {"--repository", "-X", "-t", "--target-release", "--enablerepo", "--allow-untrusted", "epel-release"}
    virtual = {"--virtual"} if inv.program == "apk" else set()
    local = any("/" in w and not w.startswith("-") for w in words)
    return local or bool(options & (odd - ({"-t"} if inv.program == "apk" else virtual)))


def _people(it: Plan) -> Withheld | None:
    user = it.end.user
    if isinstance(user, Unknown):
        return Withheld("the user that the program runs as is not known")
    name = user.split(":")[0]
    owned = [e.path for e in it.found.handed if under(str(it.end.workdir), e.path) or e.path in it.found.roots]
    if name not in _ROOT_USERS and any(not any(under(path, p) for p in it.paths) for path in owned):
        return Withheld(f"the folder that is given to `{name}` is made anew")
    if it.found.users:
        it.users = tuple(it.found.users)
        if any("$" in w.text or "`" in w.text or "*" in w.text for inv in it.users for w in inv.node.words):
            return Withheld("how its user is made depends on variables", it.users[0].span)
    elif (
        name not in _ROOT_USERS | {"nobody"} and not name.isdigit() and not it.reference.startswith(it.base.image + ":")
    ):
        return Withheld(f"the user `{name}` comes with the image of the build")
    return None


def _complete(it: Plan) -> Plan | Withheld:
    it.paths = outermost(it.paths)
    given = owners(it.found, it.paths)
    if isinstance(given, Withheld):
        return given
    it.owners = given
    if not it.paths and not it.programs:
        return Withheld("nothing is known that the program needs of the build")
    certificates = table()["certificates"]
    if it.base.image in certificates["images"] and not any("ca-certificates" in w for w in _words(it)):
        it.paths.append(certificates["path"])
    odd = next((p for p in (*it.paths, *it.programs) if any(c in p for c in " \"'$\\[") or p == "/"), None)
    return it if odd is None else Withheld(f"`{odd}` cannot be named in a COPY")


def _words(it: Plan) -> tuple[str, ...]:
    return it.packages.words if it.packages is not None else ()
