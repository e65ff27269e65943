"""The Python program of a build context: what its files import and name, as far as that can be told for sure."""

from __future__ import annotations

import re
from functools import cached_property

from dockerlint.context.folder import Context, Entry
from dockerlint.embedded.mentions import MAX_TEXT, Mentions, mentions
from dockerlint.record import record

_MOST_FILES = 2000
_MOST_BYTES = 8 << 20
_TEST = re.compile(
    r"(?:^|/)(?:tests?|testing|specs?|e2e|benchmarks?)/|(?:^|/)(?:test_[^/]*|[^/]*_tests?|conftest|noxfile|tasks)\.py$"
)
_CONFIGURES = re.compile(
    r".*\.(?:cfg|ini|ya?ml|json|sh|bash|conf|env|j2|jinja2?|tmpl|html?|ipynb|pyx|pyi|toml|service|xml|properties)"
    r"|(?:.*/)?(?:Makefile|Procfile|Dockerfile[^/]*|[^/]*\.[Dd]ockerfile|\.env[^/]*|[^/.]+)"
)
_LISTS = re.compile(
    r"(?:.*/)?(?:[^/]*requirements?[^/]*|constraints?[^/]*\.txt|Pipfile(?:\.lock)?|pyproject\.toml|environment\.ya?ml|conda[^/]*\.ya?ml"
    r"|package(?:-lock)?\.json|setup\.cfg|\.pre-commit-config\.yaml|\.dockerignore|\.gitignore|LICEN[CS]E[^/]*|README[^/]*"
    r"|tox\.ini|mypy\.ini|pytest\.ini|\.pylintrc|\.flake8|renovate\.json|dependabot\.yml|[^/]*\.dockerfile|Dockerfile[^/]*)",
    re.I,
)
_BY_NAME = re.compile(
    r"import_module|__import__|entry_points|pkgutil|runpy|stevedore|pluggy|find_spec|\bimp\b|\bexec\s*\(|\beval\s*\(|spec_from_file"
    r"|import_string|load_module|\blocate\s*\(|autodiscover_modules|import_object|yapsy"
)


@record(frozen=False, eq=False, slots=False)
class PythonProject:
    """All Python files of a context that the builder would be sent, and the files that configure them."""

    context: Context

    @cached_property
    def files(self) -> dict[str, str] | None:
        """The text of every Python file by path; None where there are too many, or one cannot be read."""
        return self._texts([e.path for e in self._entries() if e.path.endswith(".py")])

    @cached_property
    def configuration(self) -> dict[str, str] | None:
        """The text of what may name modules, lists of packages and documentation left out."""
        paths = [e.path for e in self._entries() if _CONFIGURES.fullmatch(e.path) and not _LISTS.fullmatch(e.path)]
        return self._texts([path for path in paths if not path.endswith((".lock", "-lock.json"))])

    def _entries(self) -> list[Entry]:
        taken = self.context.taken(".")
        return [] if taken.truncated else [e for e in taken.entries if not e.folder]

    def _texts(self, paths: list[str]) -> dict[str, str] | None:
        if len(paths) > _MOST_FILES:
            return None
        found, left = dict[str, str](), _MOST_BYTES
        for path in paths:
            text = self.context.read_text(path, left + 1)
            if text is None or len(text) > left:
                return None
            found[path] = text
            left -= len(text)
        return found

    @cached_property
    def _read(self) -> dict[str, Mentions | None]:
        return {}

    def mentions(self, path: str) -> Mentions | None:
        """What a Python file names; None when it is no Python 3."""
        if path not in self._read:
            text = (self.files or {}).get(path, "")
            self._read[path] = mentions(text) if len(text) <= MAX_TEXT else None
        return self._read[path]

    @cached_property
    def dynamic(self) -> bool:
        """Whether some file imports what only a run can tell, or may."""
        for path, text in (self.files or {}).items():
            if _BY_NAME.search(text):
                found = self.mentions(path)
                if found is None or found.dynamic:
                    return True
        return False

    def uses(self, modules: tuple[str, ...], names: tuple[str, ...] = (), *, shipped: bool = False) -> bool:
        """Whether a module is imported or a name stands anywhere in the code or its configuration; true in doubt.

        `shipped`: only the program itself counts, not its tests, nor how they are run.
        """
        if self.files is None or self.configuration is None:
            return True
        words = {word for name in (*modules, *names) for word in (name, name.rpartition(".")[2])}
        pattern = re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, sorted(words)))})(?![\w-])", re.I)
        for path, text in self.files.items():
            if pattern.search(text) and not (shipped and _TEST.search(path)) and self._names(path, modules, names):
                return True
        return not shipped and any(pattern.search(text) for text in self.configuration.values())

    def _names(self, path: str, modules: tuple[str, ...], names: tuple[str, ...]) -> bool:
        found = self.mentions(path)
        if found is None or not found.names.isdisjoint(names):
            return True
        for module in modules:
            around = f"{module.rpartition('.')[0]}.*"
            if any(m in (module, around) or m.startswith(f"{module}.") for m in found.modules):
                return True
            if "." not in module and module in found.names:  # in a string: INSTALLED_APPS, a database's address
                return True
        return False
