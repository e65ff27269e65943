"""How many letters two words differ in."""

from levenshtein._speed import distance

__all__ = ["distance"]
