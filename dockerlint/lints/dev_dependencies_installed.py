"""PKG027: the stage that ships installs what only developing the program needs."""

from __future__ import annotations

from collections.abc import Iterator

from dockerlint.amounts import human
from dockerlint.catalogue import Rule, match
from dockerlint.costs import cost
from dockerlint.file import File
from dockerlint.findings import Finding, Withheld
from dockerlint.model.dev_dependencies import Installing, old_npm, with_dev
from dockerlint.model.development import left_out_by, needed_by, set_to_develop, to_develop_in
from dockerlint.model.invocations import Invocation
from dockerlint.record import replace


def check(file: File, rule: Rule) -> Iterator[Finding]:
    """One finding for each install after which the layers that ship hold development dependencies."""
    if not file.graph.stages or to_develop_in(file.graph, file.source.path):
        return
    ships = [inv for inv in file.invocations if file.graph.stages[inv.step.stage].ships]
    fixable = {id(c.invocation): (c, held) for c, held in match.commands(file, rule) if not held}
    for i, inv in enumerate(ships):
        found = with_dev(inv) if inv.certain else None
        if found is None or set_to_develop(inv) or needed_by(ships[i + 1 :], found) or left_out_by(ships[:i], found):
            continue
        if found.family == "node" and not _has_dev(file):
            continue
        finding = Finding(rule.name, inv.span, "")
        if id(inv) in fixable:
            finding = match.command_finding(file, rule, *fixable[id(inv)])
            if old_npm(file.graph, inv):
                found = replace(found, cure="`--only=production`")
                withheld = Withheld("the image's npm 6 does not know `--omit`", inv.span)
                finding = replace(finding, fix=None, withheld=withheld)
        yield _told(finding, inv, found)


def _told(finding: Finding, inv: Invocation, found: Installing) -> Finding:
    row = cost(found.cost) if found.cost else None
    weight = f" (about {human(row.typical, 2)})" if row is not None else ""
    words = " ".join(str(word) for word in inv.argv[:2])
    message = f"`{words}` also installs what only development needs{weight}: {found.cure} would not"
    if found.family == "pip":
        message = f"`{words}` installs what only development needs: {found.cure} would not"
    size = row.typical if row is not None else None
    return replace(finding, message=message, bytes=size, bytes_basis="estimated" if size is not None else None)


def _has_dev(file: File) -> bool:
    """Whether there may be development dependencies, as far as the context tells."""
    if file.context is None:
        return True
    from dockerlint.context.package_json import names_dev_dependencies  # not loaded where there is no context

    return names_dev_dependencies(file.context)
