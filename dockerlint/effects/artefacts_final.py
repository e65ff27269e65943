"""What the final stage is to hold, and whether that is enough for what the image starts."""

from __future__ import annotations

import posixpath
import re

from dockerlint.effects.artefacts import table
from dockerlint.effects.artefacts_account import Account
from dockerlint.effects.artefacts_base import RunTime
from dockerlint.effects.artefacts_beside import Beside
from dockerlint.effects.artefacts_packages import Kept, run_time_packages
from dockerlint.effects.artefacts_start import Start
from dockerlint.findings import Withheld
from dockerlint.model.graph import Scope
from dockerlint.model.invocations import Invocation
from dockerlint.model.paths import absolute, under
from dockerlint.record import field, record

_ON_PATH = ("/usr/local/bin", "/usr/local/sbin", "/usr/bin", "/usr/sbin", "/bin", "/sbin")
_PACKAGES_BRING = {
    "nodejs": "node npm npx",
    "php-cli": "php",
    "ruby": "ruby bundle",
    "apache2": "apachectl apache2ctl",
    "netcat": "nc",
    "netcat-openbsd": "nc netcat",
    "netcat-traditional": "nc netcat",
    "postgresql-client": "psql pg_isready pg_dump pg_restore",
    "default-mysql-client": "mysql mysqladmin mysqldump",
    "mysql-client": "mysql mysqladmin mysqldump",
    "mariadb-client": "mysql mysqladmin mysqldump mariadb mariadb-admin",
    "redis-tools": "redis-cli",
    "iputils-ping": "ping",
    "dnsutils": "dig nslookup host",
    "bind-tools": "dig nslookup host",
    "supervisor": "supervisord supervisorctl",
    "cron": "cron crontab",
    "imagemagick": "convert identify magick",
    "openssh-server": "sshd ssh-keygen",
}
_TOOLS = frozenset("git curl wget make gcc go cargo mvn gradle npx tsc mix cabal stack swift bundle composer".split())


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
    owners: dict[str, str] = field(default_factory=dict)
    """By path, to whom it is given."""
    sources: bool = False
    """Whether what COPY put into the folders of the build is copied once more."""
    programs: list[str] = field(default_factory=list)
    """Programs that it takes from the build into /usr/local/bin."""
    packages: Kept | None = None
    prune: tuple[str, ...] = ()
    """The command that takes the development dependencies out when all is built."""
    users: tuple[Invocation, ...] = ()
    tools: tuple[Invocation, ...] = ()
    """Installs for all folders that the program needs."""


def programs_problem(it: Plan) -> Withheld | None:
    """Every program is taken along, or the base brings it."""
    for program in it.begin.programs:
        problem = _program(it, str(program))
        if problem is not None:
            return problem
    for word in it.begin.words:
        path = absolute(word, it.end.workdir) if word.endswith((".sh", ".bash")) else None
        problem = _script(it, path) if isinstance(path, str) else None
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
        folders = (*it.begin.search, *_ON_PATH)
        return _script(it, next((p for p in it.paths if p in [f"{folder}/{name}" for folder in folders]), ""))
    elif it.found.bins and name not in it.base.brings and not _brought(it, name) and _is_own(it, program):
        it.programs.append(f"{_bin(it)}/{name}")
        return None
    if name in it.base.brings or _brought(it, name) or it.tools:
        return None
    if program in it.begin.scripted and "/" not in program and it.reference == it.found.ledger.stage.base.reference:
        return None  # it is in that image now as it was before, or in none
    return Withheld(f"no step is known to make `{program}`, which the image starts")


def _found(it: Plan, name: str) -> bool:
    """Whether something that is taken along may hold a program that the shell finds by its name."""
    inside = any(under(folder, p) for folder in it.begin.search for p in it.paths)
    return inside or any(p in (f"{folder}/{name}", folder, "/usr/local") for p in it.paths for folder in _ON_PATH)


def _is_own(it: Plan, program: str) -> bool:
    """Whether the build installs a program of that name; what a script calls may be any other."""
    if program not in it.begin.scripted:
        return True
    words = [str(a.value) for build in it.found.builds for a in build.invocation.arguments]
    if any(posixpath.basename(w.partition("@")[0]) == program for w in words) or it.begin.said is None:
        return program in {posixpath.basename(w.partition("@")[0]) for w in words}
    named = re.compile(rf"(?m)^(?:module\s+\S*/?|name\s*=\s*\"|executable\s+){re.escape(program)}\"?\s*$")
    return it.beside.made_of(program) or any(named.search(text) for text in it.begin.said)


def called_problem(it: Plan) -> Withheld | None:
    """Every program that the sources call is in the image that they run on."""
    folder = any(r.folder for r in it.found.recipes)
    if folder or it.base.reference == it.found.ledger.stage.base.reference:
        return None
    for program in it.begin.calls:
        taken = any(p.rpartition("/")[2] == program or under(program, p) for p in (*it.paths, *it.programs))
        if not (taken or program in it.base.brings or _brought(it, program) or _found(it, program)):
            reason = f"the sources call `{program}`, which `{it.reference}` lacks"
            return Withheld(reason, hint="write the stages by hand, with what the program calls in the last one")
    return None


def _bin(it: Plan) -> str:
    official = it.base.image in ("golang", "rust")
    return it.found.bins[0] if official or len(it.found.bins) == 1 else it.found.bins[1]


def _brought(it: Plan, name: str) -> bool:
    """Whether one of the packages that stay brings a program, as far as its name tells."""
    if it.packages is None:
        it.packages = _kept(it)
    words = [w.partition("=")[0] for w in it.packages.words] if it.packages else []
    return any(
        w == name
        or table()["packages"]["programs"][it.base.manager].get(name) == w
        or name in _PACKAGES_BRING.get(w, "").split()
        or (name == "java" and "-jre" in w)
        for w in words
    )


def _kept(it: Plan) -> Kept | None:
    kept = run_time_packages(it.found, it.base, it.begin)
    return None if isinstance(kept, Withheld) else kept


def _script(it: Plan, path: str) -> Withheld | None:
    """What nothing built may be a script, which may call anything: only its text, in the context, can say."""
    root = it.found.root(path)
    product = root is not None and any(r.product(path, root, True, True) for r in it.found.recipes)
    if "/node_modules/" in path:  # a dependency, which has had its own check
        return None
    made = (
        product
        or path in it.found.moved
        or any(under(path, m.path) for m in it.found.made)
        or any(under(path, p) for p in it.programs)
    )
    kept = any(under(path, k) for k in it.found.kept) and path not in it.found.moved
    if not path or (made and not path.endswith(".sh")) or not (kept or root is not None or path.endswith(".sh")):
        return None
    text = it.beside.text(path) or it.beside.outside(path)
    if text is None:
        reason = f"what `{path}` runs is not known"
        return Withheld(reason, hint="say where the build context is (`--context`)" if it.begin.said is None else "")
    it.packages = it.packages or _kept(it)
    gone = {n for p in it.found.packages for n in p.names if it.packages is None or n not in it.packages.words}
    if it.reference != it.found.ledger.stage.base.reference:
        gone |= _TOOLS
    code = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))
    words = (w for w in re.findall(r"[\w./+-]+", code) if w.rpartition("/")[2] in gone)
    called = next((w for w in words if not _brought(it, w.rpartition("/")[2])), None)
    return Withheld(f"`{path}` may call `{called}`") if called else None
