"""A stage cut in two: the first part builds as before, the second holds what the first made and starts the same.

Both texts are brought to one form: in the old one the instructions that only say how the image starts go to the end of
the stage; in the new one the last stage is folded into the one before. What is then left has to be the same, by the
gate's ordinary comparison. What the fold leaves out - the new FROM, COPY, RUN - is checked in `split_final`.
"""

from __future__ import annotations

from collections.abc import Sequence

from dockerlint.edits import Licence
from dockerlint.model.build import build
from dockerlint.model.graph import BuildGraph, Stage, Step
from dockerlint.model.images import parse_image
from dockerlint.syntax import parse
from dockerlint.syntax.tree import Dockerfile, Instruction
from dockerlint.verify.bases import same_image
from dockerlint.verify.instructions import same_instruction
from dockerlint.verify.items import Fixed
from dockerlint.verify.split_final import Final
from dockerlint.verify.trace import instruction_key
from dockerlint.verify.verdict import Verdict, refused

STARTS = frozenset("EXPOSE LABEL VOLUME HEALTHCHECK STOPSIGNAL CMD ENTRYPOINT MAINTAINER".split())
STATE = frozenset("ENV ARG WORKDIR USER SHELL".split())
# ENV of images that build, for programs that cannot do without (docker-library: haskell, elixir).
_SETTINGS = {"haskell": "LANG=C.UTF-8", "elixir": "LANG=C.UTF-8"}
PRUNES = frozenset(
    (
        "npm prune --omit=dev",
        "npm prune --production",
        "CI=true pnpm prune --prod",
        "yarn install --production --ignore-scripts --prefer-offline",
    )
)


def folded(before: Dockerfile, after: Dockerfile, licence: Licence) -> tuple[Dockerfile, Dockerfile] | Verdict:
    """Both files without what the split may change, or why it is not one that may be."""
    if len(licence.splits) != 1:
        return refused("more than one stage is cut in two")
    name, original, image = next(iter(licence.splits))
    old, new = build(before), build(after)
    if not old.stages or len(new.stages) != len(old.stages) + 1:
        return refused("the number of stages is not one more")
    builder, final = new.stages[-2:]
    if builder.name != name.lower() or (final.name or "") != original.lower():
        return refused("the stages have other names than the fix may give them")
    if old.stages[-1].name != final.name:
        return refused("the last stage has another name")
    for problem in (_base(old, final, image, licence), _state(old, new, licence), Final(old, new, licence).problem()):
        if problem:
            return refused(problem)
    return parse(_plain(old)), parse(_folded(old, new))


def _base(old: BuildGraph, final: Stage, image: str, licence: Licence) -> str:
    reference = final.base.reference
    if final.base.stage is not None or not isinstance(reference, str):
        return "the last stage stands on no image"
    if reference != image and not ((image, reference) in licence.bases and same_image(image, reference)):
        return f"`{reference}` is not the image that the fix may take"
    source = old.stages[-1]
    if source.base.stage is not None or not isinstance(source.base.reference, str):
        return "the stage that was cut stands on no image"
    if ("alpine" in source.base.reference) != ("alpine" in reference):
        return f"`{reference}` has another C library than `{source.base.reference}`"
    flags = [f for f in final.source.instruction.flags if f != "--platform=$BUILDPLATFORM"]
    return "" if flags == list(source.source.instruction.flags) else "the last FROM has other flags"


def _same(old: Step, new: Step, licence: Licence, escape: str) -> bool:
    """Whether an instruction is the same, or another fix may have changed its form."""
    x, y = (Fixed("instruction", instruction_key(step.instruction)) for step in (old, new))
    return x.key == y.key or same_instruction(x, y, licence, escape)


def _state(old: BuildGraph, new: BuildGraph, licence: Licence) -> str:
    """What containers start with is the same, in the same order."""
    was, final = old.stages[-1], new.stages[-1]
    kept = STARTS | {"ENV", "SHELL"}
    before = [s for s in was.steps if s.instruction.keyword in kept]
    now = [s for s in final.steps if s.instruction.keyword in kept]
    if len(now) == len(before) + 1 and _inherited(was, now[0]):
        del now[0]
    escape = old.dockerfile.escape
    if len(before) != len(now) or not all(_same(x, y, licence, escape) for x, y in zip(before, now, strict=True)):
        return _first_difference(before, now)
    if any(s.instruction.keyword in STARTS for s in new.stages[-2].steps):
        return "the stage that builds says what to start"
    declared = {instruction_key(s.instruction) for s in was.steps if s.instruction.keyword == "ARG"}
    if any(s.instruction.keyword == "ARG" and instruction_key(s.instruction) not in declared for s in final.steps):
        return "the last stage has an ARG of its own"
    for x, y in zip(before, now, strict=True):
        for variable, value in x.scope.variables().items():
            used = f"${variable}" in x.instruction.arguments or f"${{{variable}" in x.instruction.arguments
            if used and y.scope.variables().get(variable) != value:
                return f"`{variable}` has another value in the last stage"
    return _ends(was, final)


def _inherited(was: Stage, step: Step) -> bool:
    """Whether an ENV says what the image of the build said and the file did not."""
    image = parse_image(str(was.base.reference))
    said = _SETTINGS.get(image.name) if image is not None else None
    key = instruction_key(step.instruction)
    written = [p.name for s in was.steps if s.instruction.keyword == "ENV" for p in s.instruction.pairs]
    return said is not None and key == ("ENV", (), said, ()) and said.partition("=")[0] not in written


def _first_difference(before: Sequence[Step], now: Sequence[Step]) -> str:
    keys = [instruction_key(s.instruction) for s in now]
    for step in before:
        if instruction_key(step.instruction) not in keys:
            return f"`{step.instruction.keyword} {step.instruction.arguments[:60]}` is not in the last stage"
    return "what the last stage says to start is not the same in the same order"


def _ends(was: Stage, final: Stage) -> str:
    """Folder and user behind the last instruction."""
    old, new = behind(was), behind(final)
    if old[0] != new[0]:
        return "the program would start in another folder"
    return "" if old[1] == new[1] else "the program would run as another user"


def behind(stage: Stage) -> tuple[object, object]:
    """Working directory and user that the image has."""
    from dockerlint.model.scopes import Surroundings, after

    step = stage.steps[-1] if stage.steps else stage.source
    scope = after(step.scope, step.instruction, Surroundings({}, False))
    return scope.workdir, scope.user


def _plain(old: BuildGraph) -> str:
    stage = old.stages[-1]
    nodes = [step.instruction for step in stage.steps]
    starts = [n for n in nodes if n.keyword in STARTS]
    return _text(old, stage, [*(n for n in nodes if n.keyword not in STARTS), *starts])


def _folded(old: BuildGraph, new: BuildGraph) -> str:
    builder, final = new.stages[-2:]
    nodes = [step.instruction for step in builder.steps]
    runs = [s.instruction.arguments for s in old.stages[-1].steps if s.instruction.keyword == "RUN"]
    last = " ".join(nodes[-1].arguments.split()) if nodes and nodes[-1].keyword == "RUN" else ""
    if last in PRUNES and not nodes[-1].flags and runs[-1:] != [nodes[-1].arguments]:
        nodes.pop()
    state = [s.instruction for s in final.steps if s.instruction.keyword in STATE]
    missing = sum(s.instruction.keyword in STATE for s in old.stages[-1].steps) - sum(n.keyword in STATE for n in nodes)
    tail = state[len(state) - missing :] if missing > 0 else []
    starts = [s.instruction for s in final.steps if s.instruction.keyword in STARTS]
    return _text(new, builder, [*nodes, *tail, *starts])


def _text(graph: BuildGraph, stage: Stage, nodes: Sequence[Instruction]) -> str:
    source = graph.dockerfile.source
    start = stage.source.instruction
    image = " ".join(["FROM", *start.flags, *(word.text for word in start.words[:1])])
    parts = [source.slice(node.span) for node in nodes]
    return source.text[: start.span.start] + "\n".join([image, *parts]) + "\n"
