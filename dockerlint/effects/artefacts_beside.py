"""What lies beside the sources in the folders of a build, as far as the build context shows it."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence

from dockerlint.effects.artefacts import Recipe, is_noise
from dockerlint.effects.artefacts_account import Account
from dockerlint.effects.types import Created
from dockerlint.model.paths import under

_RECIPES = frozenset(("Makefile", "makefile", "GNUmakefile", "CMakeLists.txt", "meson.build", "Makefile.am"))
_MOST_PATHS = 10
_DEEPEST = 4


class Beside:
    """The files that COPY puts into the folders of a build."""

    def __init__(self, found: Account) -> None:
        self.found = found
        self.files: dict[str, str] = {}
        """By path in the image: the path in the build context."""
        self.complete = found.ledger.context is not None
        for made in found.copied:
            self._take(made)

    def _take(self, made: Created) -> None:
        context = self.found.ledger.context
        if context is None or made.source is None:
            self.complete = False
            return
        taken = context.taken(made.source)
        self.complete = self.complete and not taken.truncated
        base = "" if made.source.rstrip("/") in (".", "") else made.source.strip("/").removeprefix("./")
        for entry in taken.entries:
            if entry.folder:
                continue
            inside = entry.path[len(base) :].lstrip("/") if base and entry.path.startswith(base + "/") else ""
            if not base:
                inside = entry.path
            path = posixpath.join(made.path, inside) if inside else made.path
            if not inside and (made.glob or (made.ambiguous and entry.path != base)):
                path = posixpath.join(made.path.removesuffix("/*"), posixpath.basename(entry.path))
            self.files[path] = entry.path

    def project(self, recipes: Sequence[Recipe]) -> bool:
        """Whether the context surely is that of the project: one of its manifests is there."""
        return self.complete and any(r.is_manifest(posixpath.basename(p)) for r in recipes for p in self.files)

    def text(self, path: str, limit: int = 1_000_000) -> str | None:
        """The text of a file by its path in the image."""
        context, source = self.found.ledger.context, self.files.get(path)
        return None if context is None or source is None else context.read_text(source, limit)

    def outside(self, path: str) -> str | None:
        """The text of a file that COPY puts elsewhere, by its path in the image."""
        ledger = self.found.ledger
        handed = {effect.path for effect, _ in self.found.changed}  # its rights are changed, not its text
        found: Created | None = None
        for entry in (e for e in ledger.entries if e.alive or e.path in handed):
            if isinstance(entry.effect, Created) and (under(path, entry.path) if entry.tree else path == entry.path):
                found = entry.effect
        if found is None or found.source is None or found.glob or ledger.context is None:
            return None
        inside = path[len(found.path) :] if found.tree else ""
        return ledger.context.read_text(found.source.rstrip("/") + inside, 100_000)

    def made_of(self, name: str) -> bool:
        """Whether a folder of sources, or a file of Rust's, has the name of a program: ``cmd/server``."""
        return any(f"/{name}/" in p or posixpath.basename(p) == f"{name}.rs" for p in self.files)

    def shares(self) -> bool:
        """Whether the files that say how to build speak of shared libraries."""
        texts = (self.text(p) or "" for p in self.files if posixpath.basename(p) in _RECIPES)
        return any(re.search(r"-shared\b|\bSHARED\b|\bMODULE\b|shared_library|\.so\b", text) for text in texts)

    def holds(self, path: str) -> bool:
        """Whether a path is one of the files, or a folder with some of them."""
        return path in self.files or any(under(p, path) for p in self.files)

    def data(self, root: str, recipes: Sequence[Recipe]) -> list[str] | None:
        """Files and folders below `root` that the program may read; None when they are too scattered to be named."""
        found = list(self._data(root, recipes, 0))
        return found if len(found) <= _MOST_PATHS else None

    def _data(self, folder: str, recipes: Sequence[Recipe], depth: int) -> Iterator[str]:
        inside = [p for p in self.files if under(p, folder) and p != folder]
        names = sorted({p[len(folder.rstrip("/")) + 1 :].split("/")[0] for p in inside})
        for name in names:
            path = posixpath.join(folder, name)
            if _idle(name, recipes):
                continue
            below = [p for p in inside if under(p, path)]
            if path in self.files or not any(_idle_below(p, path, recipes) for p in below) or depth == _DEEPEST:
                yield path
            else:
                yield from self._data(path, recipes, depth + 1)


def _idle(name: str, recipes: Sequence[Recipe]) -> bool:
    """Whether a program never reads a file or folder of that name."""
    return is_noise(name) or any(r.is_source(name) for r in recipes)


def _idle_below(path: str, folder: str, recipes: Sequence[Recipe]) -> bool:
    return any(_idle(part, recipes) for part in path[len(folder) + 1 :].split("/"))
