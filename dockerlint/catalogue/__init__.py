"""The rule book: `rules/*.yaml` and the language in which simple rules are written."""

from dockerlint.catalogue.book import closest, find, folder, hint, page, rules, suggest
from dockerlint.catalogue.rule import Option, Rule, Triggers

__all__ = ["Option", "Rule", "Triggers", "closest", "find", "folder", "hint", "page", "rules", "suggest"]
