"""Clean-ups that may be added or dropped: what each empties, what fills that, and what would miss it.

The gate's own table: a command that is not in it is never accepted, whatever a fix asks for.
"""

from __future__ import annotations

import re
from functools import cache

from dockerlint.record import record

_NEVER = re.compile(r"(?!)")


@record
class Store:
    """Something that a package manager leaves behind."""

    name: str
    paths: tuple[str, ...]
    """Folders; ``~`` is the home folder."""
    tools: re.Pattern[str]
    """Commands that fill it, and that may be cleaned up behind."""
    readers: re.Pattern[str] = _NEVER
    """Commands that fail or do another thing when it is empty."""
    restored: re.Pattern[str] = _NEVER
    """Commands that fill it anew, so that readers behind them are served."""
    commands: tuple[str, ...] = ()
    """Commands that empty it, beside `rm -rf` of its paths: regular expressions for the whole command."""
    scripts: bool = False
    """A script that calls the tool may fail when it is empty."""
    home: bool = False
    """It belongs to the user that runs the build, root or not."""
    removable: str = ""
    """What an added `rm -rf` may name: a regular expression. Other paths need a folder that the tool expects."""


def _tool(pattern: str) -> re.Pattern[str]:
    """A command line with that program, also inside a quoted one; a path or package that has its name is none."""
    return re.compile(rf"(?:^|[\s;&|('\"=`]|bin/){pattern}", re.M)


_APT = r"(?:apt-get|apt|aptitude)(?=\s|$)"
_PIP = r"(?:pip[\d.]*|python[\d.]*\s+-m\s+pip|pipenv|poetry|pipx|uv)(?=\s|$)"
STORES = (
    Store(
        "the package lists",
        ("/var/lib/apt/lists",),
        _tool(rf"{_APT}.*\s(?:update|upgrade|dist-upgrade|install)\b"),
        _tool(
            rf"(?:{_APT}(?!.*\s(?:update|clean|autoclean|autoremove|remove|purge)\b)|apt-cache\b|apt-file\b|dselect\b|tasksel\b|gdebi\b)"
        ),
        _tool(rf"{_APT}.*\supdate\b"),
        scripts=True,
        removable=r"/var/lib/apt/lists/\*",
    ),
    Store(
        "the package archives",
        ("/var/cache/apt/archives", "/var/cache/apt"),
        _tool(rf"{_APT}.*\s(?:install|upgrade|dist-upgrade|full-upgrade|build-dep|download)\b"),
        _tool(rf"{_APT}.*\s--(?:no-download|ignore-missing)\b"),
        commands=(r"apt-get (?:-y )?clean", r"apt clean", r"aptitude clean"),
        removable=r"/var/cache/apt/archives/\*\.deb",
    ),
    Store(
        "the apk cache",
        ("/var/cache/apk", "/etc/apk/cache"),
        _tool(r"apk(?=\s|$).*\s(?:add|update|upgrade|-U)\b"),
        _tool(
            r"apk(?=\s|$)(?=.*\s(?:add|upgrade|fetch|search|info|version|list)\b)(?!.*\s(?:--no-cache|-U|--update|--update-cache|-\w*U\w*)\b)"
        ),
        _tool(r"apk(?=\s|$).*\s(?:update|-U|--update|--update-cache|-\w*U\w*)\b"),
        commands=(r"apk cache (?:clean|purge)",),
        scripts=True,
        removable=r"/var/cache/apk/\*",
    ),
    Store(
        "the yum cache",
        ("/var/cache/yum", "/var/cache/dnf", "/var/cache/libdnf5", "/var/cache/tdnf"),
        _tool(r"(?:yum|dnf|dnf5|microdnf|tdnf)(?=\s|$)"),
        _tool(r"(?:yum|dnf|dnf5|microdnf|tdnf)(?=\s|$).*\s(?:-C|--cacheonly)\b"),
        commands=(r"(?:yum|dnf|dnf5|microdnf|tdnf)(?: -y)? clean (?:all|packages|metadata)",),
        removable=r"/var/cache/(?:yum|dnf|libdnf5|tdnf)(?:/\*)?",
    ),
    Store(
        "the zypper cache",
        ("/var/cache/zypp",),
        _tool(r"zypper(?=\s|$)"),
        _tool(r"zypper(?=\s|$).*\s--no-refresh\b"),
        commands=(r"zypper(?: -n| --non-interactive)? (?:clean|cc)(?: -a| --all)?",),
        removable=r"/var/cache/zypp/\*",
    ),
    Store(
        "the pip cache",
        ("~/.cache/pip", "/root/.cache/pip"),
        _tool(_PIP),
        _tool(rf"{_PIP}.*\s--(?:no-index|find-links)\b"),
        commands=(r"pip[\d.]* cache purge", r"python[\d.]* -m pip cache purge"),
        home=True,
        removable=r"(?:~|/root|\$HOME|\$\{HOME\})/\.cache/pip(?:/\*)?",
    ),
    Store(
        "the npm cache",
        ("~/.npm", "/root/.npm"),
        _tool(r"(?:npm|npx)(?=\s|$)"),
        _tool(r"np[mx](?=\s|$).*\s--(?:offline|prefer-offline)\b"),
        commands=(r"npm cache clean --force", r"npm cache clean -f"),
        home=True,
        removable=r"(?:~|/root|\$HOME|\$\{HOME\})/\.npm(?:/\*|/_cacache)?",
    ),
    Store(
        "the yarn cache",
        ("~/.cache/yarn", "/root/.cache/yarn", "/usr/local/share/.cache/yarn", "/usr/local/share/.cache"),
        _tool(r"yarn(?:pkg)?(?=\s|$)"),
        _tool(r"yarn\b.*\s--(?:offline|prefer-offline)\b"),
        commands=(r"yarn cache clean(?: --all| --mirror)?",),
        home=True,
        removable=r"(?:(?:~|/root|\$HOME|\$\{HOME\})/\.cache/yarn|/usr/local/share/\.cache(?:/yarn)?)(?:/\*)?",
    ),
    Store(
        "the conda packages",
        ("/opt/conda/pkgs",),
        _tool(r"(?:conda|mamba|micromamba)(?=\s|$)"),
        _tool(r"(?:conda|mamba|micromamba)(?=\s|$).*\s--(?:offline|use-local)\b"),
        commands=(r"(?:conda|mamba|micromamba) clean(?: -y| --yes| -a| --all| -ay| -ya| -afy| -f| -t| --tarballs)+",),
        home=True,
    ),
    Store(
        "the composer cache",
        ("~/.composer/cache", "/root/.composer/cache", "~/.cache/composer", "/root/.cache/composer"),
        _tool(r"composer(?=\s|$)"),
        commands=(r"composer (?:clear-cache|clearcache)",),
        home=True,
        removable=r"(?:~|/root|\$HOME|\$\{HOME\})/(?:\.composer/cache|\.cache/composer)(?:/\*)?",
    ),
    Store(
        "the pnpm store",
        ("~/.local/share/pnpm/store", "/root/.local/share/pnpm/store", "~/.cache/pnpm", "/root/.cache/pnpm"),
        _tool(r"pnpm(?=\s)"),
        _tool(r"pnpm(?=\s).*\s--(?:offline|prefer-offline)\b"),
        commands=(r"pnpm store prune",),
        home=True,
    ),
    Store(
        "the poetry cache",
        tuple(f"{home}/.cache/pypoetry/{part}" for home in ("~", "/root") for part in ("cache", "artifacts")),
        _tool(r"(?:poetry|python[\d.]*\s+-m\s+poetry)(?=\s)"),
        home=True,
        removable=r"(?:~|/root|\$HOME|\$\{HOME\})/\.cache/pypoetry/(?:cache|artifacts)",
    ),
    Store(
        "the uv cache",
        ("~/.cache/uv", "/root/.cache/uv"),
        # linked by symbolic links, an environment would lose its files
        _tool(r"(?:uv|python[\d.]*\s+-m\s+uv)(?=\s)(?!.*link-mode[= ]symlink)"),
        _tool(r"uv(?=\s).*\s--offline\b"),
        commands=(r"uv cache clean",),
        home=True,
        removable=r"(?:~|/root|\$HOME|\$\{HOME\})/\.cache/uv",
    ),
    Store(
        "the Homebrew cache",
        ("~/.cache/Homebrew", "/root/.cache/Homebrew"),
        _tool(r"brew(?=\s)"),
        home=True,
        removable=r"(?:~|/root|\$HOME|\$\{HOME\})/\.cache/Homebrew",
    ),
    Store("the gem documents", ("~/.gem/specs", "/root/.gem/specs"), _tool(r"(?:gem|bundle)(?=\s|$)"), home=True),
    Store(
        "the go build cache",
        ("~/.cache/go-build", "/root/.cache/go-build"),
        _tool(r"go(?=\s|$)"),
        commands=(r"go clean -cache",),
        home=True,
        removable=r"(?:~|/root|\$HOME|\$\{HOME\})/\.cache/go-build(?:/\*)?",
    ),
)
_BROAD = frozenset(("/", "/usr", "/usr/local", "/var", "/etc", "/opt", "/home", "/root", "~"))


@record
class Cleanup:
    """A command that only empties stores."""

    stores: frozenset[str]
    paths: tuple[str, ...]
    """Folders emptied."""
    whole: bool = True
    """Everything in them goes."""
    glob: bool = False
    """The folders themselves stay."""

    def named_in(self, text: str) -> bool:
        """Whether a text speaks of one of the folders, of something in them, or of one they are in."""
        return any(_overlaps(path, word) for word in _path_words(text) for path in self.paths)


_PATHS = re.compile(r"(?:~|/|\$HOME/|\$\{HOME\}/)[\w./+@%{}$~*-]*")


def _path_words(text: str) -> list[str]:
    return [m[0].rstrip("/*.") or "/" for m in _PATHS.finditer(text.replace("${HOME}", "~").replace("$HOME", "~"))]


def _overlaps(path: str, word: str) -> bool:
    if word in _BROAD:
        return False
    return any((a + "/").startswith(b + "/") for a, b in ((path, word), (word, path)))


def store(name: str) -> Store:
    """The store of that name."""
    return next(s for s in STORES if s.name == name)


@cache
def cleanup(argv: tuple[str, ...]) -> Cleanup | None:
    """What a command empties when that is all it does; None for every other command."""
    if len(argv) > 2 and argv[0] == "rm" and argv[1] in ("-rf", "-fr", "-r", "-f", "-Rf"):
        return _removal(argv[2:])
    text = " ".join(argv)
    for found in STORES:
        if any(re.fullmatch(command, text) for command in found.commands):
            return Cleanup(frozenset((found.name,)), found.paths)
    return None


def _removal(targets: tuple[str, ...]) -> Cleanup | None:
    stores: set[str] = set()
    paths: list[str] = []
    whole = True
    for target in targets:
        plain = re.sub(r"^(?:\$\{HOME\}|\$HOME)(?=/)", "~", target)
        folder = re.sub(r"/(?:\*\.deb|\*|\.)?$", "", plain)
        owner = next((s for s in STORES if any(folder == p or folder.startswith(p + "/") for p in s.paths)), None)
        if owner is None or not re.fullmatch(r"[~/][\w./-]*(?:\*(?:\.deb)?)?", plain) or ".." in plain:
            return None
        stores.add(owner.name)
        paths.append(folder)
        whole = whole and not target.endswith(".deb")
    return Cleanup(frozenset(stores), tuple(paths), whole, any("*" in t for t in targets))
