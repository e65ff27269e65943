"""dockerlint: finds what bloats Docker images and rewrites Dockerfiles, safely."""

from __future__ import annotations

from dockerlint.syntax import parse

__all__ = ["parse"]
__version__ = "0.1.0"
