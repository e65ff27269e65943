"""Say owner and mode where COPY writes the files, instead of storing them again in a RUN that changes them."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from dockerlint.edits import Edit, Fix, Licence, Safety
from dockerlint.effects.ledger import Ledger
from dockerlint.effects.options import Parsed, parse
from dockerlint.effects.types import Created, Rewritten
from dockerlint.effects.waste import Waste
from dockerlint.findings import Withheld
from dockerlint.model import frontend
from dockerlint.model.invocations import Argument, Invocation
from dockerlint.model.paths import STANDARD_FOLDERS, absolute, matches, under
from dockerlint.record import record
from dockerlint.rewrite.copy_option import CopyOption
from dockerlint.rewrite.drop import drop, without
from dockerlint.rewrite.meanwhile import Meanwhile
from dockerlint.shell.tree import Word
from dockerlint.values import Unknown

_ROOT = frozenset(("", "root", "0", "root:root", "0:0"))
_OPTIONS = {
    "chmod": frozenset("-R --recursive -v --verbose -c --changes".split()),
    "chown": frozenset("-R --recursive -v --verbose -c --changes -h --no-dereference".split()),
}
FILE_SUFFIX = re.compile(
    r".\.(sh|bash|py|pl|rb|php|js|mjs|ts|lua|conf|cnf|cfg|ini|env|properties|json|ya?ml|toml|xml|sql|txt|md|html?|css"
    r"|jar|war|so|exe|bin|run|service|crt|cer|pem|key|pub|list|repo|gpg|asc|deb|rpm|apk|whl|zip|tgz|tar|gz|xz|bz2|zst)$"
)
_ARCHIVE = re.compile(r"\.(tar|tgz|tbz2?|txz|tar\.\w+)$", re.I)
_EMPTY = frozenset(("/srv", "/mnt", "/media"))  # FHS 3.0: left to the site; there, but empty, in distributions' images
_BASE_FOLDERS = ("/etc/", "/usr/", "/var/", "/home/", "/root")  # what lies in these is often there in the base image
_URL = re.compile(r"(https?)://")


@record
class _Part:
    """One operand of the command."""

    argument: Argument
    path: str
    copies: tuple[int, ...]
    """Layers of the COPYs that write what lies there."""
    shallow: bool = False
    """The folder itself was there before: it keeps a command of its own, which stores no file."""
    certain: bool = False
    """It is one file for sure."""


def restate(ledger: Ledger, waste: Waste) -> Fix | Withheld:
    """Put ``--chown`` or ``--chmod`` on the COPYs and take the command, or what is done of it, out of the RUN."""
    inv = waste.deaths[0].action.invocation
    if inv is None or inv.program not in ("chmod", "chown", "chgrp"):
        return Withheld(f"`{waste.command}` is nothing that an option of COPY does")
    return _Restating(ledger, waste, inv).fix()


class _Restating:
    def __init__(self, ledger: Ledger, waste: Waste, inv: Invocation) -> None:
        self.ledger = ledger
        self.graph = ledger.graph
        self.waste = waste
        self.inv = inv
        self.layer = waste.deaths[0].layer
        self.kind = "chmod" if inv.program == "chmod" else "chown"
        self.parsed: Parsed = parse(inv.arguments)
        self.recursive = self.parsed.has("-R", "--recursive")
        self.between = Meanwhile(ledger, self.layer, inv)
        first = self.parsed.operands[0] if self.parsed.operands else inv.arguments[0]
        self.option = CopyOption(ledger, inv, first, self.recursive, self.between)

    def fix(self) -> Fix | Withheld:
        """The whole fix, or the first thing in its way."""
        problem = self._unfit()
        if problem is not None:
            return problem
        parts: list[_Part] = []
        kept: list[Withheld] = []
        for argument in self.parsed.operands[1:]:
            part = self._part(argument)
            if isinstance(part, Withheld):
                kept.append(part)
            else:
                parts.append(part)
        if not parts:
            return kept[0]
        done = self._whole_copies(parts)
        if isinstance(done, Withheld):
            return kept[0] if kept and not done.hint else done
        return self._edits(done, bool(kept) or len(done) < len(parts))

    def _unfit(self) -> Withheld | None:
        inv = self.inv
        if inv.nested or inv.prefixes or not inv.certain:
            return Withheld("the command does not stand on its own in its RUN", inv.span)
        if inv.redirects or inv.node.assignments or self.parsed.unknown:
            return Withheld("an argument of the command is not known", inv.span)
        odd = next((o for o, _ in self.parsed.every if o not in _OPTIONS[self.kind]), None)
        if odd is not None:
            return Withheld(f"COPY has nothing like `{odd}`", inv.span)
        if self.kind == "chown" and inv.step.scope.user not in _ROOT:
            return Withheld("the command does not run as root", inv.span)
        if not frontend.allows(self.graph.dockerfile, frontend.CHMOD):
            return Withheld("the `# syntax` line names a frontend that may not know --chmod and --chown for all")
        return None

    def _part(self, argument: Argument) -> _Part | Withheld:
        """What one operand stands for; withheld when something else lies there, too."""
        path = absolute(argument.value, self.inv.cwd)
        if isinstance(path, Unknown) or sum(a.word is argument.word for a in self.inv.arguments) > 1:
            return Withheld("a path of the command is not known", argument.word.span)
        if self.recursive and not argument.glob:
            return self._tree(argument, path)
        layers = sorted({d.entry.layer for d in self.waste.deaths if _names(argument, path, d.entry.path)})
        if not layers:
            return Withheld(f"what `{argument.word.text}` holds is not from a COPY of this file", argument.word.span)
        problem = self._copies(layers) or self.between.problem(path, layers)
        if problem is not None:
            return problem
        if any(self._may_be_folder(layer, path) for layer in layers):
            return Withheld(f"`{path}` may be a folder into which the COPY writes", argument.word.span)
        literal = argument.word.literal is not None and not argument.glob
        sure = literal and len(layers) == 1 and self._is_file(layers[0], path)
        return _Part(argument, path, tuple(layers), certain=sure)

    def _may_be_folder(self, layer: int, path: str) -> bool:
        """Whether ``COPY a.conf /etc/x`` and the command's ``/etc/x`` may well speak of a folder."""
        if posixpath.basename(posixpath.dirname(path)) in ("bin", "sbin", "init.d"):
            return False
        program = any(isinstance(e, Rewritten) and e.executable for e in self.waste.deaths[0].action.effects)
        return not program and any(
            e.path == path and e.name and FILE_SUFFIX.search(e.name) and not FILE_SUFFIX.search(path)
            for e in self._created(layer)
        )

    def _tree(self, argument: Argument, path: str) -> _Part | Withheld:
        if path in STANDARD_FOLDERS - _EMPTY:
            return Withheld(f"`{path}` holds more than what COPY brings", argument.word.span)
        layers = [i for i in range(self.layer) if any(under(e.path, path) for e in self._created(i))]
        if not layers:
            return Withheld(f"nothing in `{path}` is known to be from a COPY of this file", argument.word.span)
        problem = self._copies(layers) or self.between.problem(path, layers, below=True)
        if problem is not None:
            return problem
        made = [e for i in layers for e in self._created(i)]
        if FILE_SUFFIX.search(path) and all(e.path == path and not (e.tree or e.ambiguous) for e in made):
            return _Part(argument, path, tuple(layers))  # it is the file itself
        into = any(e.path == path and (e.tree or e.ambiguous) for e in made)
        based = path.startswith(_BASE_FOLDERS)
        if path not in _EMPTY and not into and (based or not any(e.tree or e.ambiguous or e.glob for e in made)):
            return Withheld(f"`{path}` may hold more than the files that COPY brings", argument.word.span)
        existed = not into or based or self.between.folder_before(path, layers[0])
        return _Part(argument, path, tuple(layers), shallow=existed or self.kind == "chmod")

    def _created(self, layer: int) -> list[Created]:
        step = self.ledger.layers[layer].step
        if step.instruction.keyword not in ("COPY", "ADD"):
            return []
        effects = [e for action in self.ledger.layers[layer].actions for e in action.effects]
        return [e for e in effects if isinstance(e, Created)]

    def _copies(self, layers: list[int]) -> Withheld | None:
        """Why these layers are none whose owner or mode an option may set."""
        for layer in layers:
            step = self.ledger.layers[layer].step
            node = step.instruction
            where = f"line {node.start_line}"
            if node.keyword not in ("COPY", "ADD"):
                return Withheld(f"{where} is a {node.keyword}: do it there", node.keyword_span)
            if step.stage != self.inv.step.stage:
                return Withheld(f"{where} is in another stage, which others may be built from", node.keyword_span)
            unpacked = any(_ARCHIVE.search(w.text) or "$" in w.text for w in node.words[:-1])
            if node.keyword == "ADD" and unpacked and self.kind == "chmod":
                return Withheld(f"{where} is an ADD that may unpack: --chmod does not reach what it unpacks")
        return None

    def _is_file(self, layer: int, path: str) -> bool:
        """Whether the text alone says that this is one file, not a folder."""
        step = self.ledger.layers[layer].step
        if "$" in step.instruction.arguments:
            return False
        if step.instruction.heredoc_nodes:
            return True
        sources = [w.text for w in step.instruction.words[:-1]]
        return all(FILE_SUFFIX.search(posixpath.basename(s)) or _URL.match(s) for s in sources) and bool(
            FILE_SUFFIX.search(path) and not any(c in s for s in sources for c in "*?[")
        )

    def _whole_copies(self, parts: list[_Part]) -> list[_Part] | Withheld:
        """The parts whose COPYs write nothing that the command does not change."""
        reason = None
        while True:
            good = []
            for part in parts:
                other = next((o for layer in part.copies for o in self._others(layer, parts)), None)
                if other is None:
                    good.append(part)
                else:
                    names = f"`{posixpath.basename(other) or other}`"
                    reason = Withheld(
                        f"the COPY brings {names} as well, which the command leaves alone",
                        part.argument.word.span,
                        "give the files that the command changes a COPY of their own",
                    )
            if not good:
                assert reason is not None
                return reason
            if len(good) == len(parts):
                return good
            parts = good

    def _others(self, layer: int, parts: list[_Part]) -> Iterator[str]:
        for effect in self._created(layer):
            path = effect.path
            at_name = posixpath.join(path, effect.name) if effect.name else path
            hit = any(
                under(path, p.path) if self.recursive else _names(p.argument, p.path, path) or p.path == at_name
                for p in parts
                if layer in p.copies
            )
            if not hit or (effect.tree and not self.recursive):
                yield path

    def _edits(self, parts: list[_Part], some_kept: bool) -> Fix | Withheld:
        exact = not some_kept and not self.recursive and all(p.certain for p in parts)
        edits: dict[int, Edit] = {}
        values: list[str] = []
        for part in parts:
            for layer in part.copies:
                value = self.option.value(layer)
                if isinstance(value, Withheld):
                    return value
                edits[layer] = self.option.edit(layer, value[0])
                values.append(value[0])
                exact = exact and value[1] and self.between.clear(layer)
                exact = exact and (self.kind == "chmod" or self.between.parent_known(part.path, layer))
        shallow = [p for p in parts if p.shallow]
        if shallow and (some_kept or len(shallow) < len(parts)):
            return Withheld("some of its folders need the command, others do not", self.inv.span)
        taken = self._taken(parts, bool(shallow), some_kept)
        if isinstance(taken, Withheld):
            return taken
        argv = frozenset((tuple(w.text for w in self.inv.node.words),))
        licence = Licence(restated=argv) if exact else Licence(intended=argv)
        lines = ", ".join(str(self.ledger.layers[i].step.instruction.start_line) for i in sorted(edits))
        where = f"line {lines}" if len(edits) == 1 else f"lines {lines}"
        title = f"Put `--{self.kind}={values[0]}` on {where}"
        # Even where the outcome is the same, the build runs other commands than before: not what `safe` promises.
        return Fix(title, (*edits.values(), *taken), Safety.UNSAFE, licence)

    def _taken(self, parts: list[_Part], shallow: bool, some_kept: bool) -> list[Edit] | Withheld:
        source = self.graph.dockerfile.source
        if not shallow and not some_kept:
            return drop(self.graph, self.inv.step, [self.inv.span])
        words: list[Word] = [p.argument.word for p in parts]
        if shallow:
            option = next((a.word for a in self.inv.arguments if a.value in ("-R", "--recursive")), None)
            if option is None:
                return Withheld("`-R` is not a word of its own", self.inv.span)
            words = [option]
        return without(source, words, self.inv.node)


def _names(argument: Argument, path: str, other: str) -> bool:
    return matches(other, path) or other == path if argument.glob else other == path
