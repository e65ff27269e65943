"""What a stage of its own for the build would leave to the final one: base, files, packages, users."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from dockerlint.effects.artefacts import table
from dockerlint.effects.artefacts_base import RunTime, run_time
from dockerlint.effects.artefacts_beside import Beside
from dockerlint.effects.artefacts_folder import carried, folder_problem, prune_command, slim_will_do
from dockerlint.effects.artefacts_packages import Kept, run_time_packages
from dockerlint.effects.artefacts_stage import Account, account, outermost
from dockerlint.effects.artefacts_start import Start, paths_in, start
from dockerlint.effects.ledger import Ledger
from dockerlint.findings import Withheld
from dockerlint.model.graph import Scope
from dockerlint.model.invocations import Invocation
from dockerlint.model.paths import STANDARD_FOLDERS, absolute, under
from dockerlint.record import field, record
from dockerlint.values import Unknown

_ON_PATH = ("/usr/local/bin", "/usr/local/sbin", "/usr/bin", "/usr/sbin", "/bin", "/sbin")
_PACKAGES_BRING = {"nodejs": "node npm npx", "php-cli": "php", "ruby": "ruby bundle", "apache2": "apachectl apache2ctl"}
_SUFFIXES = tuple(".jar .war .dll .js .mjs .cjs .py .sh .json .yml .yaml .toml .conf .cfg .ini .xml".split())
_ROOT_USERS = frozenset(("", "root", "0", "0:0", "root:root"))


@record(frozen=False, slots=False)
class Plan:
    """The final stage."""

    found: Account
    base: RunTime
    begin: Start
    end: Scope
    """The state behind the stage's last instruction."""
    beside: Beside
    reference: str = ""
    """The image it stands on."""
    paths: list[str] = field(default_factory=list)
    """What it takes from the build, to the same paths."""
    programs: list[str] = field(default_factory=list)
    """Programs that it takes from the build into /usr/local/bin."""
    packages: Kept | None = None
    prune: tuple[str, ...] = ()
    """The command that takes the development dependencies out when all is built."""
    users: tuple[Invocation, ...] = ()
    tools: tuple[Invocation, ...] = ()
    """Installs for all folders that the program needs."""


def plan(ledger: Ledger, end: Scope) -> Plan | Withheld:
    """The plan for the stage that ships, or what stands against it. `end`: the state behind its last instruction."""
    if len(ledger.graph.lineage(ledger.stage)) > 1:
        return Withheld("the stage stands on another stage of the file", ledger.stage.source.instruction.span)
    found = account(ledger)
    if isinstance(found, Withheld):
        return found
    base = run_time(ledger.stage, found.recipes)
    if isinstance(base, Withheld):
        return base
    begin = start(ledger.graph, end.env)
    it = Plan(found, base, begin, end, Beside(found), base.reference)
    for step in (_program_names, _take_made, _take_folders, _take_named, _take_beside, _whole, _install, _people):
        problem = step(it)
        if problem is not None:
            return problem
    return _complete(it)


def _program_names(it: Plan) -> Withheld | None:
    if not it.begin.programs or any(isinstance(p, Unknown) for p in it.begin.programs):
        return Withheld("what the image starts is not known")
    if isinstance(it.end.workdir, Unknown):
        return Withheld("the folder in which the program starts is not known")
    return None


def _take_made(it: Plan) -> Withheld | None:
    it.paths += it.found.kept
    for made in it.found.made:
        path = made.path
        if path in it.found.roots or any(under(r, path) for r in it.found.roots):
            return Withheld(f"`{made.text}` puts what it makes among the sources")
        local = path.startswith("/usr/local") and (it.base.plain or path == "/usr/local/bin")
        if path in STANDARD_FOLDERS and not local:
            return Withheld(f"what `{made.text}` puts into `{path}` is not known by name")
        it.paths.append(path)
    return None


def _take_folders(it: Plan) -> Withheld | None:
    """An interpreted program is its folder."""
    if not any(r.folder for r in it.found.recipes):
        return None
    problem = folder_problem(it.found, it.begin, it.beside, it.end)
    if problem is not None:
        return problem
    places = carried(it.found, it.base)
    if isinstance(places, Withheld):
        return places
    it.paths += [*it.found.roots, *places]
    command = prune_command(it.found, it.end, it.beside)
    if isinstance(command, Withheld):
        return command
    it.prune = command
    it.reference = it.base.reference if slim_will_do(it.beside, it.end) else it.base.full
    it.tools = tuple(inv for inv in it.found.tools if _used(inv, set(it.begin.words)))
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
        product = next((p for r in it.found.recipes if (p := r.product(path, root, known))), None)
        if product is not None and product not in it.found.roots:
            it.paths.append(product)
        elif it.beside.holds(path):
            it.paths.append(path)
        elif not any(r.small for r in it.found.recipes):
            return Withheld(f"no step is known to make `{part}`, which the image {'starts' if program else 'names'}")
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
            return _all_of(it, root) or None
        it.paths += data
        return None
    if inside and not any(r.alone for r in it.found.recipes):
        return _all_of(it, root)
    return None


def _all_of(it: Plan, root: str) -> Withheld | None:
    small = any(r.small for r in it.found.recipes)
    if not small or root in ("/go", "/go/src", "/root") or root in STANDARD_FOLDERS:
        return Withheld(f"which of the files in `{root}` the program reads is not known")
    it.paths.append(root)
    return None


def _whole(it: Plan) -> Withheld | None:
    """Every program is taken along, or the base brings it."""
    for program in it.begin.programs:
        problem = _program(it, str(program))
        if problem is not None:
            return problem
    return None


def _program(it: Plan, program: str) -> Withheld | None:
    name = posixpath.basename(program)
    if "/" in program:
        path = absolute(program, it.end.workdir)
        if isinstance(path, str) and any(under(path, p) for p in it.paths):
            return _script(it, path)
        if isinstance(path, str) and posixpath.dirname(path) not in _ON_PATH:
            return Withheld(f"no step is known to make `{program}`, which the image starts")
    elif _found(it, name):
        return _script(it, next((p for p in it.paths if posixpath.basename(p) == name), ""))
    elif it.found.bins and name not in it.base.brings and not _brought(it, name):
        it.programs.append(f"{_bin(it)}/{name}")
        return None
    if name in it.base.brings or _brought(it, name) or it.tools:
        return None
    return Withheld(f"no step is known to make `{program}`, which the image starts")


def _found(it: Plan, name: str) -> bool:
    """Whether something that is taken along may hold a program that the shell finds by its name."""
    inside = any(under(folder, p) for folder in it.begin.search for p in it.paths)
    return inside or any(p in (f"{folder}/{name}", folder, "/usr/local") for p in it.paths for folder in _ON_PATH)


def _bin(it: Plan) -> str:
    official = it.base.image in ("golang", "rust")
    return it.found.bins[0] if official or len(it.found.bins) == 1 else it.found.bins[1]


def _brought(it: Plan, name: str) -> bool:
    """Whether one of the packages that stay brings a program, as far as its name tells."""
    if it.packages is None:
        it.packages = _kept(it)
    words = [w.partition("=")[0] for w in it.packages.words] if it.packages else []
    return any(
        w == name or name in _PACKAGES_BRING.get(w, "").split() or (name == "java" and "-jre" in w) for w in words
    )


def _kept(it: Plan) -> Kept | None:
    kept = run_time_packages(it.found, it.base, it.begin)
    return None if isinstance(kept, Withheld) else kept


def _script(it: Plan, path: str) -> Withheld | None:
    """A script may call anything: only its text, in the context, can say."""
    for made in (e.effect for e in it.found.ledger.alive()):
        origin = getattr(made, "origin", "")
        if origin not in ("COPY", "ADD") or getattr(made, "path", "") != path:
            continue
        return Withheld(f"what `{path}` runs is not known", made.span)
    return None


def _install(it: Plan) -> Withheld | None:
    kept = run_time_packages(it.found, it.base, it.begin)
    if isinstance(kept, Withheld):
        return kept
    it.packages = kept
    if any("-jre" in word for word in kept.words):  # its scripts need the folder of manual pages, which -slim lacks
        it.reference = it.base.full
    sources = [p for p in it.paths if p.startswith(("/etc/apt/", "/etc/yum", "/etc/apk", "/usr/share/keyrings"))]
    if sources and kept.words:
        return Withheld(f"`{kept.words[0]}` may come from the package source in `{sources[0]}`")
    it.paths = [p for p in it.paths if p not in sources]
    return None


def _people(it: Plan) -> Withheld | None:
    user = it.end.user
    if isinstance(user, Unknown):
        return Withheld("the user that the program runs as is not known")
    name = user.split(":")[0]
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
    if not it.paths and not it.programs:
        return Withheld("nothing is known that the program needs of the build")
    certificates = table()["certificates"]
    if it.base.image in certificates["images"] and not any("ca-certificates" in w for w in _words(it)):
        it.paths.append(certificates["path"])
    odd = next((p for p in (*it.paths, *it.programs) if any(c in p for c in " \"'$\\[") or p == "/"), None)
    return it if odd is None else Withheld(f"`{odd}` cannot be named in a COPY")


def _words(it: Plan) -> tuple[str, ...]:
    return it.packages.words if it.packages is not None else ()
