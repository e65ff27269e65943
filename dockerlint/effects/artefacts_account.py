"""What a stage does, sorted by what it is for."""

from __future__ import annotations

from dockerlint.effects.artefacts import Made, Recipe, recipe
from dockerlint.effects.ledger import Ledger
from dockerlint.effects.types import Created, Rewritten
from dockerlint.model.builds import Build
from dockerlint.model.invocations import Invocation
from dockerlint.model.paths import under
from dockerlint.record import field, record
from dockerlint.source import Span
from dockerlint.values import Value


@record
class Package:
    """One install of system packages."""

    manager: str
    invocation: Invocation
    names: tuple[str, ...]


@record(frozen=False, slots=False)
class Account:
    """What the stage does, sorted by what it is for."""

    ledger: Ledger
    builds: list[Build] = field(default_factory=list)
    roots: list[str] = field(default_factory=list)
    """Folders in which something is built."""
    made: list[Made] = field(default_factory=list)
    bins: list[str] = field(default_factory=list)
    """Folders into which programs are installed under names that no word says."""
    packages: list[Package] = field(default_factory=list)
    removed: set[str] = field(default_factory=set)
    users: list[Invocation] = field(default_factory=list)
    tools: list[Invocation] = field(default_factory=list)
    """Programs that npm installs for all folders."""
    ldconfig: bool = False
    used: set[str] = field(default_factory=set)
    """Every program that a RUN calls."""
    kept: list[str] = field(default_factory=list)
    """Paths outside the folders of the build that are taken along."""
    moved: set[str] = field(default_factory=set)
    """What cp, mv or install put somewhere: files that the build made, as far as their place tells."""
    appended: list[tuple[Span, Value]] = field(default_factory=list)
    """Files that get more text, with the place of the command."""
    changed: list[tuple[Rewritten, Invocation]] = field(default_factory=list)
    """Each chown and chmod, with the command."""
    copied: list[Created] = field(default_factory=list)
    """What COPY put into the folders of the build."""

    @property
    def recipes(self) -> list[Recipe]:
        """Those of all its builds, each once, the last build's first."""
        found = [recipe(build.ecosystem.name) for build in reversed(self.builds)]
        return list({r.name: r for r in found if r is not None}.values())

    @property
    def handed(self) -> list[Rewritten]:
        """What is given to another user with all below it."""
        return [effect for effect, inv in self.changed if effect.how == "chown" and effect.recursive]

    def root(self, path: str) -> str | None:
        """The folder of the build that holds a path, the innermost one."""
        return max((r for r in self.roots if under(path, r)), key=len, default=None)
