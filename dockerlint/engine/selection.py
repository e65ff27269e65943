"""Which rules a run uses, with which severity and options. Worked out once for each `Settings`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from dockerlint.catalogue import Rule, find, rules
from dockerlint.findings import Severity
from dockerlint.record import record
from dockerlint.settings import Settings

SHARED = "dockerlint"
"""Under this name `File.options` has the settings that belong to no rule: ``joining``, ``joined`` and ``cache``."""


@record(eq=False)
class Plan:
    """The selected rules and what is configured for them."""

    rules: tuple[Rule, ...]
    severity: Mapping[str, Severity]
    """By rule name."""
    configured: frozenset[str]
    """Names of the rules whose severity the user chose."""
    options: Mapping[str, Mapping[str, object]]
    """By rule name, defaults filled in."""
    known: Mapping[str, Rule]
    """Every rule by name, selected or not: what suppressions may name."""


@lru_cache(maxsize=256)
def plan(settings: Settings) -> Plan:
    """The rules that `settings` select. What is ignored stays out, however it was selected."""
    known = rules() + settings.user_rules
    chosen = tuple(rule for rule in known if _selected(rule, settings))
    severity = {rule.name: rule.severity for rule in known}
    configured = frozenset(rule.name for selector in settings.severity for rule in find(selector, known))
    for selector, level in sorted(settings.severity.items(), key=lambda entry: len(entry[0])):  # a prefix before a code
        severity.update((rule.name, level) for rule in find(selector, known))
    options: dict[str, Mapping[str, object]] = {
        rule.name: {**rule.defaults, **settings.options.get(rule.name, {})} for rule in known
    }
    options[SHARED] = {"joining": settings.joining, "joined": settings.joined, "cache": settings.cache}
    return Plan(chosen, severity, configured, options, {rule.name: rule for rule in known})


def _selected(rule: Rule, settings: Settings) -> bool:
    if any(rule.answers_to(selector) for selector in settings.ignore):
        return False
    if any(rule.answers_to(selector) for selector in settings.extend_select):
        return True
    if settings.select is None:
        return rule.default
    return any(rule.answers_to(selector) for selector in settings.select)
