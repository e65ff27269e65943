"""Settings from the nearest `.dockerlint.yaml` or `[tool.dockerlint]` of pyproject.toml, and the CLI's over them."""

from dockerlint.config.keys import ConfigError, level
from dockerlint.config.load import Resolver, load, load_file, merge
from dockerlint.config.places import nearest, rules_folder

__all__ = ["ConfigError", "Resolver", "level", "load", "load_file", "merge", "nearest", "rules_folder"]
