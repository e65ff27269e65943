"""A Python program in an image: what is installed for it, and what of that it does not need, as far as that is sure."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from dockerlint.context.python_project import PythonProject
from dockerlint.context.requirements import Installation, Requirement, installations
from dockerlint.context.sources import ContextSource, context_sources
from dockerlint.costs import cost
from dockerlint.model.images import parse_image
from dockerlint.model.python_packages import brings_torch, known, modules_of, required, role
from dockerlint.model.starts import start_steps, starts_nothing
from dockerlint.record import record

if TYPE_CHECKING:
    from dockerlint.context.folder import Context
    from dockerlint.model.graph import BuildGraph
    from dockerlint.model.invocations import Invocation

# Start commands of images in which anything may be imported later, or that are a packaged program themselves.
_WORKPLACE = re.compile(
    r"(?:ba|z|da|a)?sh(?: -\w+)?|i?python[\d.]*|(?:sleep|tail|code-server|sshd|start-notebook\S*)(?: .*)?"
    r"|(?:jupyter\S*|ipython|voila|papermill|airflow|superset|dagster|prefect|rasa|locust|pytest|tox|nox|behave|robot"
    r"|ansible\S*)(?: .*)?|.*\b(?:jupyter|ipython|pytest|unittest)\b.*"
)
_GUI = frozenset(
    "imshow waitKey waitKeyEx pollKey namedWindow destroyAllWindows destroyWindow moveWindow resizeWindow selectROI"
    " selectROIs createTrackbar getTrackbarPos setTrackbarPos setMouseCallback getWindowProperty setWindowProperty"
    " setWindowTitle startWindowThread getWindowImageRect createButton displayOverlay displayStatusBar".split()
)
_GPU = re.compile(r"cuda|gpu|nvidia|device_map|\brocm\b|\btriton\b|\bdevice\s*=\s*\d", re.I)
_INDEX = frozenset(
    "--index-url -i --extra-index-url --find-links -f --no-index --index --default-index --torch-backend"
    " --no-deps".split()
)
_DEVELOPMENT = re.compile(r"(?:^|[/_.-])(?:dev|devel|develop|development)(?:[_.-][\w.-]*)?\.(?:txt|in)$", re.I)
_ENVIRONMENT = re.compile(r"(?:site|dist)-packages|venv|\benv\b|/install\b|/\.local\b|^/usr(?:/local)?/?$|^/opt/|^/$")
_DEVELOPMENT_EXTRA = re.compile(r"\[(?:[^\]]*,)?\s*(?:dev|devel|develop|development)\s*(?:,[^\]]*)?\]", re.I)
_STORES = ("pickle", "cPickle", "joblib", "dill", "cloudpickle", "skops", "shelve", "load_model", "read_pickle")
_ITSELF = frozenset(("pip", "setuptools", "wheel", "uv", "virtualenv"))


@record
class Surplus:
    """Packages of one command that the program does not need."""

    installation: Installation
    requirements: tuple[Requirement, ...]
    bytes: int | None
    """What they weigh without what they depend on, estimated; None when no figure is known of any."""
    files: int
    """How many Python files were read."""


@record(frozen=False, eq=False, slots=False)
class PythonApp:
    """The program and what is installed for it in the layers that ship."""

    graph: BuildGraph
    project: PythonProject
    installed: list[Installation]
    commands: tuple[Invocation, ...]
    """What the RUNs of the stages that ship, and of those they copy from, call."""

    @cached_property
    def names(self) -> list[str]:
        """Everything that is installed by name."""
        return [r.name for i in self.installed for r in i.requirements if r.name not in _ITSELF]

    @cached_property
    def followed(self) -> bool:
        """Whether all that is installed and imported can be told, and the program does import some of it."""
        if any(not i.whole or i.local for i in self.installed) or not all(known(name) for name in self.names):
            return False
        return not self.project.dynamic and any(self._imports(name) for name in self.names)

    @cached_property
    def unpickles(self) -> bool:
        """Whether it loads objects from files, models for one: they need the packages that made them."""
        return self.project.uses(_STORES, _STORES)

    def _imports(self, name: str, *, shipped: bool = False) -> bool:
        return self.project.uses(modules_of(name) or (name.replace("-", "_"),), (name,), shipped=shipped)

    def _called(self, requirement: Requirement, installation: Installation) -> bool:
        """Whether a command of the Dockerfile other than its own install names a package or its module."""
        words = {requirement.name, *(modules_of(requirement.name) or ())}
        said = [str(a.value) for i in self.commands if i is not installation.invocation for a in i.arguments]
        said += [i.program for i in self.commands]
        steps = [step.instruction for stage in self.graph.stages for step in stage.steps]
        said += [node.arguments for node in steps if node.keyword != "RUN"]
        pattern = re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, sorted(words)))})(?!\w)", re.I)
        return any(pattern.search(text) for text in said)

    def unused(self, least: int) -> list[Surplus]:
        """Packages of at least so many bytes that nothing imports, names, calls, or needs."""
        weights = {name: row.typical for name in self.names if (row := cost(f"pip:{name}")) is not None}
        heavy = {name for name, size in weights.items() if size >= least and role(name) is None}
        if not heavy or not self.followed or self.unpickles:
            return []
        suspects = {name for name in heavy if not self._imports(name)}
        while needed := suspects & required(set(self.names) - suspects):
            suspects -= needed
        return self._surplus(lambda r, i: r.name in suspects and not r.marked and not self._called(r, i))

    def development(self) -> list[Surplus]:
        """Packages to test, check or write the program with, which it does not import itself."""
        if not any(role(name) for name in self.names) or not self.project.files or self.project.dynamic:
            return []
        return self._surplus(
            lambda r, i: (
                role(r.name) is not None
                and not (r.file and _DEVELOPMENT.search(r.file))
                and not any(_DEVELOPMENT_EXTRA.search(word) for word in i.words)
                and not self._imports(r.name, shipped=True)
                and not self._called(r, i)
            )
        )

    def with_windows(self) -> list[Surplus]:
        """OpenCV with its windows, where the program opens none and nothing else may."""
        gui = {"opencv-python", "opencv-contrib-python"}
        if gui.isdisjoint(self.names) or not self.followed or self._opens_windows():
            return []
        gui -= required(set(self.names) - gui)
        return self._surplus(lambda r, _: r.name in gui and not r.marked)

    def _opens_windows(self) -> bool:
        for path, text in (self.project.files or {}).items():
            if "cv2" not in text:
                continue
            found = self.project.mentions(path)
            if found is None or "cv2.*" in found.modules or "getattr" in found.names:
                return True
            elsewhere = {a.rpartition(".")[2] for a in found.attributes if not a.startswith("cv2.")}
            if any(f"cv2.{name}" in found.attributes or name in found.names - elsewhere for name in _GUI):
                return True
        return False

    def with_cuda(self) -> list[Surplus]:
        """The first install of torch's build for CUDA on an image without it, where nothing speaks of GPUs."""
        base = self.graph.lineage(self.graph.stages[-1])[0].base
        image = parse_image(base.reference) if isinstance(base.reference, str) else None
        if (
            image is None
            or not any(map(brings_torch, self.names))
            or not (image.official or image.name.startswith("ghcr.io/astral-sh/uv"))
        ):
            return []
        if "alpine" in (image.tag or "") or (isinstance(base.platform, str) and "amd64" not in base.platform):
            return []
        if self.project.files is None or self.project.configuration is None:
            return []
        texts = [*self.project.files.values(), *self.project.configuration.values()]
        nodes = [step.instruction for step in self.graph.steps]
        texts += [node.arguments for node in nodes if node.keyword in ("ENV", "CMD", "ENTRYPOINT", "LABEL")]
        if any(_GPU.search(text) for text in texts) or self._indexed():
            return []
        return self._surplus(lambda r, _: brings_torch(r.name) and "+" not in r.written and "@" not in r.written)[:1]

    def _indexed(self) -> bool:
        """Whether an index other than the default one may be asked."""
        for inst in self.installed:
            names = [word.partition("=")[0] for word in inst.words]
            variables = inst.invocation.variables
            set_here = any(re.match(r"(?:PIP|UV)_.*(?:INDEX|FIND_LINKS|BACKEND|CONFIG)", name) for name in variables)
            if inst.indexed or set_here or not _INDEX.isdisjoint(names):
                return True
        return False

    def _surplus(self, wanted: Callable[[Requirement, Installation], bool]) -> list[Surplus]:
        found: list[Surplus] = []
        for inst in self.installed:
            taken = {r.name: r for r in inst.requirements if wanted(r, inst)}
            if taken:
                sizes = {name: row.typical if (row := cost(f"pip:{name}")) is not None else 0 for name in taken}
                order = sorted(taken.values(), key=lambda r: (-sizes[r.name], r.name))
                total = sum(sizes.values()) or None
                found.append(Surplus(inst, tuple(order), total, len(self.project.files or ())))
        return found


_found: WeakKeyDictionary[BuildGraph, PythonApp | None] = WeakKeyDictionary()
"""Read once for all rules."""


def app_of(graph: BuildGraph, commands: tuple[Invocation, ...], context: Context | None) -> PythonApp | None:
    """The program whose files the image takes along; None when there is none, or it is a place to work in."""
    if context is None:
        return None
    if graph not in _found:
        _found[graph] = _app(graph, commands, context)
    return _found[graph]


def _app(graph: BuildGraph, commands: tuple[Invocation, ...], context: Context) -> PythonApp | None:
    if starts_nothing(graph) or _WORKPLACE.fullmatch(_start(graph)):
        return None
    stages = _shipped(graph)
    own = tuple(inv for inv in commands if inv.step.stage in stages)
    if not any(inv.program.startswith(("pip", "python", "uv", "poetry", "pdm")) for inv in own):
        return None
    if not any(_takes_python(source, context) for source in context_sources(graph) if source.step.stage in stages):
        return None
    installed = installations(graph, own, context)
    return PythonApp(graph, PythonProject(context), installed, own) if installed else None


def _takes_python(source: ContextSource, context: Context) -> bool:
    return source.whole or any(entry.path.endswith(".py") for entry in source.entries(context)[0])


def _start(graph: BuildGraph) -> str:
    """What the image starts, ENTRYPOINT and CMD joined, the program without its folder."""
    scripts = [" ".join(step.instruction.json_form or [step.instruction.arguments]) for step in start_steps(graph)]
    first, _, rest = " ".join(scripts).strip().partition(" ")
    return f"{first.rpartition('/')[2]} {rest}".strip()


def _shipped(graph: BuildGraph) -> set[int]:
    """The stages whose layers ship, and those from which packages are copied into them."""
    found = {stage.index for stage in graph.lineage(graph.stages[-1])}
    todo = list(found)
    while todo:
        target = todo.pop()
        for edge in graph.edges:
            step = graph.steps[edge.step]
            if edge.kind != "copy" or edge.target != target or edge.source is None:
                continue
            if any(_ENVIRONMENT.search(word.text) for word in step.instruction.words[:-1]):
                more = {stage.index for stage in graph.lineage(graph.stages[edge.source])} - found
                todo += more
                found |= more
    return found
