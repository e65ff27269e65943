"""Split a stage in two: one that builds, and one that holds what the program needs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from dockerlint.edits import Edit, Fix, Licence, Safety
from dockerlint.effects.artefacts_final import Plan
from dockerlint.effects.artefacts_plan import advised, plan
from dockerlint.effects.ledger import Ledger
from dockerlint.findings import Withheld
from dockerlint.model.graph import BuildGraph, Scope, Stage, Step
from dockerlint.model.scopes import Surroundings, after
from dockerlint.rewrite.split_lines import copies, installs
from dockerlint.source import Source, Span
from dockerlint.values import Unknown

_BUILDS = frozenset(("RUN", "COPY", "ADD"))
_MOVED = frozenset("EXPOSE LABEL VOLUME HEALTHCHECK STOPSIGNAL CMD ENTRYPOINT MAINTAINER".split())
_REPEATED = frozenset("ENV ARG WORKDIR USER SHELL".split())
_NAME = re.compile(r"\$(?:\{(\w+)|(\w+))")
_FROM_BASE = frozenset("PATH HOME LD_LIBRARY_PATH LANG PYTHONPATH".split())
_JAVA = "JAVA_HOME"


def proposal(graph: BuildGraph, ledger: Ledger) -> tuple[Fix | None, Withheld | None, str]:
    """The fix for the stage that ships, or why there is none and what to say of it all the same."""
    stage = graph.stages[-1]
    last = stage.steps[-1] if stage.steps else stage.source
    end = after(last.scope, last.instruction, Surroundings({}, False))
    it = plan(ledger, end)
    outcome = it if isinstance(it, Withheld) else split(graph, it)
    if not isinstance(outcome, Withheld):
        return outcome, None, ""
    base = advised(ledger)
    advice = f"; a last stage on `{base}` could take what it makes with `COPY --from=`" if base else ""
    return None, outcome, advice


def split(graph: BuildGraph, it: Plan) -> Fix | Withheld:
    """The last stage becomes ``build``; a new last one takes what it needs from it."""
    stage = graph.stages[-1]
    last = max(i for i, step in enumerate(stage.steps) if step.instruction.keyword in _BUILDS)
    early, late = stage.steps[: last + 1], stage.steps[last + 1 :]
    problem = _problem(it, early, late, stage)
    if problem is not None:
        return problem
    names = {s.name for s in graph.stages}
    name = next(n for n in ("build", "builder", *(f"build{i}" for i in range(2, 999))) if n not in names)
    source = graph.dockerfile.source
    edits = [_naming(stage, name)]
    sources = {made.span for made in it.found.copied} if it.sources else set()
    carried = list(_carried(sources, early, late))
    edits += [_removal(source, step) for step in carried if step.instruction.keyword in _MOVED]
    at = stage.steps[last].instruction.span.end
    edits.append(Edit(Span(at, at), _new_text(graph, it, stage, name, carried, late)))
    licence = Licence(splits=frozenset(((name, stage.name or "", it.reference),)))
    taken = ", ".join(f"`{p}`" for p in (*it.paths, *it.programs)[:3])
    title = f"Build in a stage `{name}` of its own; `{it.reference}` takes {taken} from it"
    return Fix(title, tuple(edits), Safety.UNSAFE, licence)


def _problem(it: Plan, early: Sequence[Step], late: Sequence[Step], stage: Stage) -> Withheld | None:
    cut = late[0].scope if late else it.end
    if it.prune and cut.workdir != it.end.workdir:
        return Withheld("the folder changes behind the last build step")
    for step in early:
        node = step.instruction
        if node.keyword == "VOLUME":
            return Withheld("what is written below a VOLUME may not be in the image", node.keyword_span)
        if node.keyword in _MOVED and node.heredoc_nodes:
            return Withheld("an instruction in the middle has a here-document", node.keyword_span)
    for step in stage.steps:
        if step.instruction.keyword in _MOVED | {"ENV", "WORKDIR", "USER"}:
            for name in _undefined(step):
                return Withheld(f"`${name}` comes from the base image of the build", step.instruction.keyword_span)
    return None


def _undefined(step: Step) -> Iterator[str]:
    """Variables that neither the file nor any image defines."""
    if step.instruction.keyword in ("CMD", "ENTRYPOINT") and step.instruction.json_form is not None:
        return
    for match in _NAME.finditer(step.instruction.arguments):
        name = match[1] or match[2]
        run_time = step.instruction.keyword in ("CMD", "ENTRYPOINT", "HEALTHCHECK")
        toolchain = name.startswith(("GO", "CARGO", "RUST", "MAVEN", "GRADLE")) or name == _JAVA
        if name not in step.scope.variables() and name not in _FROM_BASE and (toolchain or not run_time):
            yield name


def _naming(stage: Stage, name: str) -> Edit:
    words = stage.source.instruction.words
    if len(words) == 3:
        return Edit(words[2].span, name)
    at = words[0].span.end
    keyword = "as" if stage.source.instruction.keyword_span and _is_lower(stage) else "AS"
    return Edit(Span(at, at), f" {keyword} {name}")


def _is_lower(stage: Stage) -> bool:
    return stage.source.instruction.logical.text[:4] == "from"


def _carried(sources: set[Span], early: Sequence[Step], late: Sequence[Step]) -> Iterator[Step]:
    """The instructions before the cut that the final stage needs as well, in order. `sources`: COPYs among them."""
    all_steps = (*early, *late)
    using = _MOVED | {"ENV", "WORKDIR", "USER"}
    using = using | {"COPY"} if sources else using
    texts = [s.instruction.arguments for s in all_steps if s.instruction.keyword in using]
    named = {m[1] or m[2] for text in texts for m in _NAME.finditer(text)}
    user = next((s for s in reversed(all_steps) if s.instruction.keyword == "USER"), None)
    folders = _effective(all_steps)
    for step in early:
        keyword = step.instruction.keyword
        if keyword == "ARG":
            if any(pair.name in named for pair in step.instruction.pairs):
                yield step
        elif keyword == "USER":
            if step is user:
                yield step
        elif keyword == "WORKDIR":
            if step in folders or sources:
                yield step
        elif keyword in ("COPY", "ADD"):
            if step.instruction.span in sources and step.instruction.flag("from") is None:
                yield step
        elif keyword in _MOVED or keyword in _REPEATED:
            yield step


def _effective(steps: Sequence[Step]) -> list[Step]:
    """The WORKDIRs that decide where the program starts: the last absolute one and those behind it."""
    found: list[Step] = []
    for step in steps:
        if step.instruction.keyword == "WORKDIR":
            written = step.instruction.arguments.strip().strip("\"'")
            if written.startswith("/") or _is_absolute(step, steps):
                found = []
            found.append(step)
    return found


def _is_absolute(step: Step, steps: Sequence[Step]) -> bool:
    """Whether a WORKDIR written with a variable is absolute: then it is the same from anywhere."""
    written = step.instruction.arguments.strip().strip("\"'")
    match = _NAME.match(written)
    value = step.scope.variables().get(match[1] or match[2]) if match else None
    return isinstance(value, str) and value.startswith("/")


def _removal(source: Source, step: Step) -> Edit:
    """Take an instruction out with its line ending and the comment lines right above it."""
    return Edit(_lines(source, step), "")


def _lines(source: Source, step: Step) -> Span:
    first = step.instruction.start_line
    while first > 1 and source.slice(source.line_span(first - 1)).lstrip().startswith("#"):
        first -= 1
    last = step.instruction.end_line
    end = source.line_starts[last] if last < len(source.line_starts) else len(source.text)
    return Span(source.line_starts[first - 1], end)


def _new_text(
    graph: BuildGraph, it: Plan, stage: Stage, name: str, carried: Sequence[Step], late: Sequence[Step]
) -> str:
    source = graph.dockerfile.source
    flags = "".join(f"{flag} " for flag in stage.source.instruction.flags)
    old = " ".join(word.text for word in stage.source.instruction.words[1:])
    lines = [" ".join(it.prune and ("RUN", *it.prune))] if it.prune else []
    lines += ["", f"FROM {flags}{it.reference}{f' {old}' if old else ''}"]
    if it.base.env and it.base.env.partition("=")[0] not in it.end.env:
        lines.append(f"ENV {it.base.env}")
    first, last = installs(it), copies(it, name)
    if not it.sources:  # a folder that is taken along keeps its owner; WORKDIR would make it anew
        first, last = [*first, *last], []
    early = [step for step in carried if step.instruction.keyword != "USER" or not it.sources]
    users = [step for step in carried if step not in early]
    at = next((i for i, s in enumerate(early) if s.instruction.keyword in _BUILDS | {"WORKDIR", "USER"}), len(early))
    texts = [_text(source, step) for step in early]
    lines += [*texts[:at], *first, *texts[at:], *last, *(_text(source, step) for step in users)]
    if _lost_folder(it, stage, (*carried, *late)):
        lines.append(f"WORKDIR {it.end.workdir}")
    return "".join(source.newline + line for line in lines)


def _text(source: Source, step: Step) -> str:
    """An instruction as written; one that moves has its comments with it."""
    span = step.instruction.span
    if step.instruction.keyword in _MOVED:
        span = Span(_lines(source, step).start, span.end)
    elif step.instruction.comments:  # they stay where they are
        return step.instruction.logical.text
    return source.slice(span)


def _lost_folder(it: Plan, stage: Stage, steps: Sequence[Step]) -> bool:
    """Whether the folder that the base image of the build starts in has to be named now."""
    first: Scope = stage.steps[0].scope if stage.steps else it.end
    named = any(step.instruction.keyword == "WORKDIR" for step in steps)
    return not named and not isinstance(first.workdir, Unknown) and first.workdir != "/"
