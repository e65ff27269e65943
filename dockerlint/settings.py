"""What a run was asked to do. Pure values; `config` reads them from files, the CLI lays its options over them."""

from __future__ import annotations

from collections.abc import Mapping

from dockerlint.catalogue.rule import Rule
from dockerlint.findings import Severity
from dockerlint.record import field, record

JOINED = ("chain", "heredoc")
JOINING = ("bytes-only", "consecutive", "never")
CACHE = ("cleanup", "mount")


@record(eq=False)
class Settings:
    """Settings of one run, or of the part of a run that one configuration file rules. Compared by identity."""

    select: tuple[str, ...] | None = None
    """None: every rule that is on by default."""
    ignore: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()
    severity: Mapping[str, Severity] = field(default_factory=dict)
    """By selector (name, code, alias or prefix)."""
    fail_on: Severity | None = Severity.WARNING
    """None: findings never fail the run."""
    context: str | None = None
    """The build context; None: each Dockerfile's own folder."""
    options: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    """Options by rule name, as far as they were given."""
    unsafe_fixes: bool = False
    joining: str = "consecutive"
    """When fixes may join RUNs: one of `JOINING`."""
    joined: str = "chain"
    """How a joined RUN is written: one of `JOINED`."""
    cache: str = "cleanup"
    """How fixes get rid of package caches: one of `CACHE`."""
    exclude: tuple[str, ...] = ()
    """Patterns as in .gitignore, relative to `root`; paths given by name are linted nevertheless."""
    format: str = "full"
    root: str | None = None
    """The folder of the configuration file."""
    user_rules: tuple[Rule, ...] = ()
    debug: bool = False
    """Let a crashing rule raise."""
