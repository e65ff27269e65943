"""Mount a file for the RUNs that use it, instead of copying it into a layer and deleting it later."""

from __future__ import annotations

import posixpath
import re

from dockerlint.edits import Edit, Fix, Licence, Safety
from dockerlint.effects.ledger import Ledger
from dockerlint.effects.options import parse
from dockerlint.effects.tree import Entry
from dockerlint.effects.types import Created, Deleted, Erased, Moved
from dockerlint.findings import Withheld
from dockerlint.model import frontend
from dockerlint.model.graph import Step
from dockerlint.model.invocations import Argument, Invocation
from dockerlint.model.paths import absolute, under
from dockerlint.record import record
from dockerlint.rewrite.drop import delete, drop, without
from dockerlint.rewrite.layout import SHORT_LINE, layout_of
from dockerlint.rewrite.naming import covers, may_read, names, speaks
from dockerlint.source import Span
from dockerlint.syntax.tree import Word
from dockerlint.values import Unknown

_PLAIN = re.compile(r"[\w./@+-]+")  # what a mount's value takes as it stands
_UNPACKED = re.compile(r"\.(tar|tgz|tbz2?|txz|tar\.\w+)$", re.I)
_ROOT = frozenset(("root", "0", "root:root", "0:0"))
_CHANGERS = frozenset(("chmod", "chown", "chgrp", "touch"))
_REPLACERS = frozenset(
    "mv gunzip bunzip2 unxz gzip bzip2 xz sed perl patch ln rmdir unlink dos2unix unzstd zstd install".split()
)
_READS_ONLY = re.compile(r"-[a-zA-Z]*[ckt]|--(?:stdout|keep|to-stdout|test|list)|-l")


@record
class _File:
    """One source of a COPY that is to be mounted."""

    layer: int
    word: Word
    path: str
    tree: bool

    @property
    def name(self) -> str:
        return posixpath.basename(self.path)


def bind_removed(ledger: Ledger, entries: list[Entry], remover: Invocation, layer: int) -> Fix | Withheld:
    """Mount what `remover`, a command of `layer`, deletes; the command, or what is done of it, goes."""
    return _Binding(ledger, entries, remover, layer).fix()


def bind_unpacked(ledger: Ledger, entry: Entry, layer: int) -> Fix | Withheld:
    """Mount an archive that nothing deletes for the RUN that unpacks it: it is in no layer then."""
    return _Binding(ledger, [entry], None, layer).fix()


class _Binding:
    def __init__(self, ledger: Ledger, entries: list[Entry], remover: Invocation | None, layer: int) -> None:
        self.ledger = ledger
        self.graph = ledger.graph
        self.entries = entries
        self.remover = remover
        self.layer = layer
        self.files: list[_File] = []
        self.edits: list[Edit] = []
        self.flags: dict[int, list[str]] = {}
        """The flags that each layer's RUN gets."""

    def fix(self) -> Fix | Withheld:
        """The whole fix, or the first thing in its way."""
        if not frontend.allows(self.graph.dockerfile, frontend.MOUNTS):
            return Withheld("the `# syntax` line names a frontend that may have no `RUN --mount`")
        problem = self._unfit() or self._sources() or self._users() or self._copies() or self._removal()
        if problem is not None:
            return problem
        for layer, flags in self.flags.items():
            self.edits.append(self._mounting(self.ledger.layers[layer].step, flags))
        names = ", ".join(f"`{f.name}`" for f in self.files)
        every = frozenset(flag for flags in self.flags.values() for flag in flags)
        licence = Licence(mounted=every)
        return Fix(f"Mount {names} instead of copying", tuple(dict.fromkeys(self.edits)), Safety.UNSAFE, licence)

    def _unfit(self) -> Withheld | None:
        inv = self.remover
        if inv is not None and inv.program != "rm":
            return Withheld(f"`{inv.program}` replaces the file, which a mount does not allow", inv.span)
        if inv is not None and (inv.nested or inv.prefixes or inv.redirects or not inv.certain):
            return Withheld("`rm` does not stand on its own in its RUN", inv.span)
        return None

    def _sources(self) -> Withheld | None:
        """Which word of which COPY each file is."""
        for entry in self.entries:
            step = self.ledger.layers[entry.layer].step
            node = step.instruction
            where = f"line {node.start_line}"
            if node.keyword not in ("COPY", "ADD"):
                return Withheld(f"{where} is a {node.keyword}", node.keyword_span)
            if step.stage != self.ledger.layers[self.layer].step.stage:
                return Withheld(f"{where} is in another stage", node.keyword_span)
            made = self._made(entry.layer)
            if entry.effect not in made or node.heredoc_nodes or len(made) != len(node.words) - 1:
                return Withheld(f"what {where} copies is not known file by file", node.keyword_span)
            word = node.words[made.index(entry.effect)] if isinstance(entry.effect, Created) else node.words[0]
            odd = next((f for f in node.flag_nodes if f.name not in ("from", "link", "chown")), None)
            if odd is not None:
                return Withheld(f"`{odd.text}` is nothing that a mount has", odd.span)
            if node.keyword == "ADD" and (_UNPACKED.search(word.text) or "://" in word.text):
                return Withheld(f"{where} is an ADD that downloads or unpacks: do it in the RUN", node.keyword_span)
            origin, owner = node.flag("from"), node.flag("chown")
            if origin is not None and (origin.value or "").isdigit():
                return Withheld("a mount takes a stage by its name only", origin.span, "give the stage a name")
            if owner is not None and owner.value not in _ROOT:
                return Withheld(f"`{owner.text}`: in a mount the file would belong to root", owner.span)
            if not _PLAIN.fullmatch(word.text):
                return Withheld(f"`{word.text}` is no plain path that a mount can name", word.span)
            if not _PLAIN.fullmatch(entry.path):
                return Withheld(f"`{entry.path}` is no plain path that a mount can name", word.span)
            effect = entry.effect
            tree = entry.tree or (isinstance(effect, Created) and effect.ambiguous)  # a mount may be either
            self.files.append(_File(entry.layer, word, entry.path, tree))
        return None

    def _made(self, layer: int) -> list[Created]:
        effects = [e for action in self.ledger.layers[layer].actions for e in action.effects]
        return [e for e in effects if isinstance(e, Created)]

    def _users(self) -> Withheld | None:
        """The RUNs that name a file get its mount; withheld where a RUN may use it without naming it."""
        for file in self.files:
            used: dict[int, str] = {}
            doubts: dict[int, Withheld] = {}
            if file.tree and self._there(file):
                return Withheld(f"`{file.path}` was a folder before the COPY, and would stay", file.word.span)
            last = self.layer if self.remover is not None else len(self.ledger.layers) - 1
            for layer in range(file.layer + 1, last + 1):
                step = self.ledger.layers[layer].step
                found = self._use(file, layer, step)
                if isinstance(found, Withheld):
                    return found
                if found is not None:
                    used[layer] = found
                elif (doubt := self._doubt(file, layer)) is not None:
                    doubts[layer] = doubt
            taken = self._taken_elsewhere(file) if self.remover is None else None
            if taken is not None:
                return taken
            if not used:
                return Withheld(f"no command names `{file.path}`: what reads it cannot be told", file.word.span)
            if len(used) > 1 and "rw" in used.values():
                return Withheld(f"several RUNs use `{file.path}`: what one writes there the next would miss")
            doubt = next((d for layer, d in doubts.items() if self.remover is not None or layer < max(used)), None)
            if doubt is not None:
                return doubt
            for layer, more in used.items():
                self.flags.setdefault(layer, []).append(self._flag(file, more))
        return None

    def _taken_elsewhere(self, file: _File) -> Withheld | None:
        """An instruction of another stage that takes the file, or a folder that holds it, from this one."""
        stage = self.ledger.layers[file.layer].step.stage
        for edge in self.graph.edges:
            node = self.graph.steps[edge.step].instruction
            if edge.source == stage and edge.kind == "from" and self.graph.stages[edge.target] is not self.ledger.stage:
                return Withheld("another stage is built from this one", node.keyword_span)
            if edge.source == stage and edge.kind != "from":
                words = re.findall(r"[\w./@+-]+", " ".join((node.arguments, *node.flags)))
                if any(w.startswith("/") and under(file.path, posixpath.normpath(w)) for w in words):
                    return Withheld(f"line {node.start_line} takes it from this stage", node.keyword_span)
        return None

    def _there(self, file: _File) -> bool:
        for layer in range(file.layer + 1):
            step = self.ledger.layers[layer].step
            if isinstance(step.scope.workdir, str) and under(step.scope.workdir, file.path):
                return True
            effects = [e for action in self.ledger.layers[layer].actions for e in action.effects]
            if any(isinstance(e, Created) and e.origin == "mkdir" and under(e.path, file.path) for e in effects):
                return True
        return False

    def _use(self, file: _File, layer: int, step: Step) -> str | Withheld | None:
        """None: not used; else what the mount needs to be besides ("" or ``rw``)."""
        node = step.instruction
        if node.keyword != "RUN":
            later = "--from" in " ".join(node.flags) or node.keyword in ("ENV", "ARG", "WORKDIR", "USER", "LABEL")
            if not later and speaks(node.arguments, file.path):
                return Withheld(f"{node.keyword} on line {node.start_line} names it, too", node.keyword_span)
            return None
        if self.ledger.layers[layer].opaque or step.body is None or step.body.root is None:
            return Withheld(f"the RUN on line {node.start_line} cannot be followed", node.keyword_span)
        found: str | None = None
        for action in self.ledger.layers[layer].actions:
            inv = action.invocation
            if inv is None or (self.remover is not None and inv.span == self.remover.span):
                continue
            for effect in action.effects:
                if isinstance(effect, Erased) or (
                    isinstance(effect, Deleted | Moved) and covers(effect.path, effect.glob, file.path)
                ):
                    return Withheld("a command beside it may delete what would be mounted", inv.span)
            if names(inv, file.path, file.tree):
                if inv.program in _REPLACERS and not any(_READS_ONLY.fullmatch(str(v)) for v in inv.argv[1:]):
                    return Withheld(f"`{inv.program}` replaces `{file.name}`, which a mount does not allow", inv.span)
                writes = inv.program in _CHANGERS or any(
                    isinstance(e, Created) and e.path == file.path for e in action.effects
                )
                found = "rw" if writes or file.tree or found == "rw" else ""
        return found

    def _doubt(self, file: _File, layer: int) -> Withheld | None:
        """A command that may use the file though it does not name it."""
        for action in self.ledger.layers[layer].actions:
            inv = action.invocation
            if inv is not None and may_read(inv.program, file.path):
                return Withheld(f"`{inv.program}` may use `{file.path}` without naming it", inv.span)
        return None

    def _flag(self, file: _File, more: str) -> str:
        node = self.ledger.layers[file.layer].step.instruction
        origin = node.flag("from")
        source = file.word.text
        if origin is None:
            source = posixpath.normpath("/" + source).lstrip("/") or "."
        parts = ["type=bind"]
        parts += [f"from={origin.value}"] if origin is not None else []
        parts += [f"source={source}", f"target={file.path}"]
        parts += [more] if more else []
        return "--mount=" + ",".join(parts)

    def _copies(self) -> Withheld | None:
        """Take the sources out of their COPY, or delete it."""
        for layer in sorted({f.layer for f in self.files}):
            node = self.ledger.layers[layer].step.instruction
            words = [f.word for f in self.files if f.layer == layer]
            kept = [w for w in node.words[:-1] if w not in words]
            if not kept:
                done = delete(self.graph, node)
                if isinstance(done, Withheld):
                    return done
                self.edits += done
                continue
            if (
                node.json_words is not None
                or node.comments
                or (len(kept) == 1 and not node.words[-1].text.endswith("/"))
            ):
                return Withheld("the COPY brings other files, too", node.keyword_span)
            for word, following in zip(node.words, node.words[1:], strict=False):
                if word in words:
                    self.edits.append(Edit(Span(word.span.start, following.span.start), ""))
        return None

    def _removal(self) -> Withheld | None:
        inv = self.remover
        if inv is None:
            return None
        operands = parse(inv.arguments).operands
        done = [a for a in operands if self._is_file(a, inv)]
        if any(isinstance(a.value, Unknown) or a.glob for a in operands if a not in done) or not done:
            return Withheld("the command deletes more than the files by their names", inv.span)
        if len({f.path for f in self.files}) > len(done):
            return Withheld("the command deletes more than the files by their names", inv.span)
        if len(done) == len(operands):
            edits = drop(self.graph, inv.step, [inv.span])
        else:
            edits = without(self.graph.dockerfile.source, [a.word for a in done], inv.node)
        if isinstance(edits, Withheld):
            return edits
        self.edits += edits
        if any(e.span.start <= inv.step.instruction.keyword_span.start for e in edits):
            self.flags.pop(self.layer, None)  # the whole RUN goes
        return None

    def _is_file(self, argument: Argument, inv: Invocation) -> bool:
        place = absolute(argument.value, inv.cwd)
        alone = sum(a.word is argument.word for a in inv.arguments) == 1
        return alone and not argument.glob and any(place == f.path for f in self.files)

    def _mounting(self, step: Step, flags: list[str]) -> Edit:
        node, source = step.instruction, self.graph.dockerfile.source
        old = node.flag_nodes
        text = " ".join(flags)
        if old:
            return Edit(Span(old[-1].span.end, old[-1].span.end), f" {text}")
        start, body = node.keyword_span.end, node.body.offset(0)
        line = source.line_span(node.start_line)
        layout = layout_of(self.graph)
        blank = not source.slice(Span(start, body)).strip(" \t")
        if blank and not node.heredoc_nodes and line.end - line.start + len(text) > SHORT_LINE:
            glue = f" {layout.escape}{layout.newline}{layout.indent}"
            return Edit(Span(start, body), " " + glue.join(flags) + glue)
        return Edit(Span(start, start), f" {text}")
