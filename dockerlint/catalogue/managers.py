"""Compile the package managers' YAML to the `managers.json` that `effects.managers` loads without ruamel.yaml."""

from __future__ import annotations

import json

from dockerlint.catalogue.pages import load_yaml
from dockerlint.effects.managers import COMPILED, manager


def compiled() -> str:
    """The text of `managers.json` as the YAML files say now. Raises ValueError, naming the file, when one is wrong."""
    rows = []
    for path in sorted(COMPILED.parent.glob("*.yaml")):
        row = load_yaml(path)
        try:
            manager(row)
        except (KeyError, ValueError) as error:
            raise ValueError(f"{path.name}: {error}") from error
        rows.append(row)
    return json.dumps(rows, indent=0, sort_keys=True) + "\n"
