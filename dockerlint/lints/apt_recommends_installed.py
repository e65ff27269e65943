"""PKG002: `match:` finds the commands; this adds the bytes, and is silent where apt's configuration has the option."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dockerlint.catalogue import Rule, match
from dockerlint.costs import recommends_cost
from dockerlint.file import File
from dockerlint.findings import Finding
from dockerlint.record import replace

_CONFIGURED = re.compile(r"APT::Install-Recommends\W+(?:0|false|no|off)\b", re.I)


def check(file: File, rule: Rule) -> Iterator[Finding]:
    """One finding for each `apt-get install` that takes recommended packages too."""
    configured = _CONFIGURED.search(file.source.text)
    for command, held_back in match.commands(file, rule):
        found = match.command_finding(file, rule, command, held_back)
        if configured and configured.start() < found.span.end:
            continue
        names = [a.value for a in command.operands if isinstance(a.value, str)]
        cost = recommends_cost("apt", names)
        if cost is not None and cost.typical:
            found = replace(found, bytes=cost.typical, bytes_basis="estimated")
        yield found
