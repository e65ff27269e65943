"""Commands that say how much they write: dd, truncate, fallocate."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from dockerlint.effects.amounts import dd_size, number
from dockerlint.effects.options import parse
from dockerlint.effects.tools.files import paths_of
from dockerlint.effects.types import UNSIZED, AnyEffect, Created, Size
from dockerlint.model.invocations import Invocation
from dockerlint.model.paths import absolute
from dockerlint.values import Unknown


def dd(inv: Invocation) -> Iterator[AnyEffect]:
    """``dd of=FILE bs=… count=…``: bs times count bytes."""
    operands: dict[str, str] = {}
    for argument in inv.arguments:
        if isinstance(argument.value, Unknown):
            return
        key, eq, value = argument.value.partition("=")
        if eq:
            operands[key] = value
    target = absolute(operands.get("of", ""), inv.cwd)
    if isinstance(target, Unknown) or target.startswith("/dev/"):
        return
    size = dd_size(operands)
    yield Created(inv.span, inv.certain, target, Size(size, "exact" if size is not None else None), origin="dd")


def _sized(length: tuple[str, ...], with_value: str, spoiling: str) -> Callable[[Invocation], Iterator[AnyEffect]]:
    """A handler; options of `spoiling` make the size another one."""
    valued, spoilers = frozenset(with_value.split()), spoiling.split()

    def handler(inv: Invocation) -> Iterator[AnyEffect]:
        args = parse(inv.arguments, valued)
        text = args.value(*length)
        size = number(text) if isinstance(text, str) else None
        known = Size(size, "exact") if size is not None and not args.has(*spoilers) else UNSIZED
        for path, operand in paths_of(inv, args.operands):
            if not operand.glob and not path.startswith("/dev/"):
                yield Created(inv.span, inv.certain, path, known, origin=inv.program)

    return handler


HANDLERS = {
    "dd": dd,
    "truncate": _sized(("-s", "--size"), "-s --size -r --reference", "-o --io-blocks -r --reference -c --no-create"),
    "fallocate": _sized(
        ("-l", "--length"),
        "-l --length -o --offset",
        "-o --offset -n --keep-size -p --punch-hole -c --collapse-range -d --dig-holes -i --insert-range -z",
    ),
}
