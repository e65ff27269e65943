"""The example projects of testdata/ecosystems, built for real before and after the fix, run, and compared.

Needs the image lab of ../shared (a private Docker engine with local base images). Prints a table in Markdown; the exit
code is 1 when a project does not build, does not say what it should, or when the engine's result is not two stages.
Base images that the lab has no stand-in for are made from testdata/ecosystems/bases.
"""

from __future__ import annotations

import argparse
import errno
import hashlib
import json
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PROJECTS = ROOT / "testdata" / "ecosystems"
PATIENCE = 40  # seconds until a server has to answer


class Lab:
    """The lab's own library, and its engine."""

    def __init__(self, folder: Path) -> None:
        sys.path.insert(0, str(folder))
        import lablib  # type: ignore[import-not-found]

        self.lib = lablib
        self.docker("version")
        for path in sorted((PROJECTS / "bases").glob("*.Dockerfile")):
            self.base(path)

    def docker(self, *words: str, check: bool = True) -> str:
        """Standard output of a docker command."""
        command = ["docker", *words]
        done = subprocess.run(command, env=self.lib.ENV, capture_output=True, text=True, errors="replace")
        if check and done.returncode:
            raise RuntimeError(f"{' '.join(command)}: {done.stderr[-2000:]}")
        return done.stdout

    def base(self, path: Path) -> None:
        """Make a stand-in base image, unless this very one is there."""
        text = path.read_text()
        name = text.splitlines()[0].removeprefix("# stands in for ")
        mark = hashlib.sha256(text.encode()).hexdigest()[:16]
        label = '{{index .Config.Labels "stand-in"}}'
        if self.docker("image", "inspect", "-f", label, name, check=False).strip() != mark:
            print(f"base: {name}", file=sys.stderr)
            options = ("--network", "host", "--label", f"stand-in={mark}", "-t", name, "-f", str(path))
            self.docker("build", "-q", *options, str(path.parent))

    def build(self, project: Project, context: Path, tag: str, served: str) -> dict[str, Any]:
        """Build the Dockerfile of a folder."""
        hosts = sorted({path.split("/")[0] for key in ("serve", "fetch", "gems") for path in project.get(key, ())})
        options = {"cache": True, "hosts": hosts, "serve": served if hosts else None, "port": 0}
        end = time.monotonic() + 10 * PATIENCE
        while True:
            try:
                result, _, _ = self.lib.build(str(context / "Dockerfile"), str(context), tag, **options)
                return dict(result)
            except OSError as error:  # another build has the server's ports
                if error.errno != errno.EADDRINUSE or time.monotonic() > end:
                    raise
                time.sleep(2)


class Project(dict[str, Any]):
    """project.json, and where it is; `app` is the build context."""

    def __init__(self, folder: Path) -> None:
        super().__init__(json.loads((folder / "project.json").read_text()))
        self.folder = folder
        self.app = folder / "app"
        self.name = folder.name

    def text(self, name: str = "app/Dockerfile") -> str:
        """A file of the project."""
        return (self.folder / name).read_text()


def fixtures(project: Project, lab: Lab, into: Path) -> None:
    """What the build downloads: archives of the project's folders, files of the Debian mirror, an index of its gems."""
    for path, folder in project.get("serve", {}).items():
        target = into / path
        target.parent.mkdir(parents=True, exist_ok=True)
        with tarfile.open(target, "w:gz") as archive:
            archive.add(project.folder / folder, arcname=target.name.removesuffix(".tar.gz"))
    for path, url in project.get("fetch", {}).items():
        target = into / path
        target.parent.mkdir(parents=True, exist_ok=True)
        with urllib.request.urlopen(url, timeout=120) as answer:
            target.write_bytes(answer.read())
    for path, folders in project.get("gems", {}).items():
        (into / path / "gems").mkdir(parents=True, exist_ok=True)
        mounts = ("-v", f"{project.folder}:/project:ro", "-v", f"{into / path}:/out")
        make = (
            "cp -r /project/{} /tmp/gem && cd /tmp/gem && gem build *.gemspec && cp *.gem /out/gems && rm -r /tmp/gem"
        )
        script = " && ".join([*map(make.format, folders), "gem generate_index -d /out"])
        lab.docker("run", "--rm", "--network", "none", *mounts, "ruby:3.1", "sh", "-c", script)


def output(project: Project, lab: Lab, image: str) -> str:
    """What the image says: its standard output, what commands in it print, or what its server answers."""
    settings = [word for key, value in project.get("env", {}).items() for word in ("-e", f"{key}={value}")]
    if not ("run" in project or "get" in project):
        return lab.docker("run", "--rm", "--network", "none", *settings, image)
    network = "host" if "get" in project else "none"
    container = lab.docker("run", "-d", "--network", network, *settings, image).strip()
    try:
        asked = project.get("run") or project["get"]
        return "".join(_patiently(lab, container, question, "get" in project) for question in asked)
    finally:
        lab.docker("rm", "-f", container)


def _patiently(lab: Lab, container: str, question: str, get: bool) -> str:
    """The answer of a server that may not be up yet."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            if not get:
                return lab.docker("exec", container, "sh", "-c", question)
            with urllib.request.urlopen(f"http://127.0.0.1{question}", timeout=5) as answer:
                return str(answer.read().decode())
        except (RuntimeError, OSError, urllib.error.URLError):
            if time.monotonic() > end:
                log = lab.docker("logs", container, check=False)[-500:]
                raise RuntimeError(f"no answer to {question}: {log}") from None
            time.sleep(0.2)


def measure(project: Project, lab: Lab, context: Path, tag: str) -> tuple[int, str]:
    """The size in bytes of the image, and what is wrong with it, if anything."""
    with tempfile.TemporaryDirectory() as served:
        fixtures(project, lab, Path(served))
        built = lab.build(project, context, tag, served)
    if not built["ok"]:
        return 0, "does not build: " + built.get("log_tail", "")[-1500:]
    try:
        said = output(project, lab, tag)
    except RuntimeError as error:
        return built["size"], f"does not run: {error}"
    expected = project.text("expected-output")
    return built["size"], "" if said == expected else f"says {said!r} instead of {expected!r}"


def row(project: Project, lab: Lab, by_hand: bool) -> Iterator[str]:
    """Print one row of the table; yields what went wrong."""
    with tempfile.TemporaryDirectory() as folder:
        after = Path(folder) / "app"
        shutil.copytree(project.app, after)
        if by_hand:
            shutil.copy(project.folder / "Dockerfile.by-hand", after / "Dockerfile")
        else:
            command = [sys.executable, "-m", "dockerlint", "fix", "--unsafe-fixes", "--write", "Dockerfile"]
            subprocess.run(command, cwd=after, stdout=subprocess.DEVNULL, check=True)
        if (after / "Dockerfile").read_text().upper().count("\nFROM ") != 1:
            yield f"{project.name}: not two stages"
        sizes, faults = [], 0
        for which, context in (("before", project.app), ("after", after)):
            size, wrong = measure(project, lab, context, f"ecosystem/{project.name}:{which}")
            sizes.append(size)
            if wrong:
                faults += 1
                yield f"{project.name}, {which}: {wrong}"
    before, later = (f"{size / 1e6:.1f}" if size else "-" for size in sizes)
    saved = f"{100 - 100 * sizes[1] / sizes[0]:.1f}" if not faults else "fails"
    print(f"| {project['ecosystem']} | {before} | {later} | {saved} |", flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help="folders of testdata/ecosystems (default: all that can be built)")
    parser.add_argument("--lab", type=Path, default=ROOT.parent / "shared" / "lab")
    parser.add_argument("--by-hand", action="store_true", help="Dockerfile.by-hand instead of what fix makes")
    options = parser.parse_args()
    lab = Lab(options.lab)
    names = options.names or sorted(path.parent.name for path in PROJECTS.glob("*/project.json"))
    projects = [project for project in (Project(PROJECTS / name) for name in names) if project["built"]]
    print("| project | before (MB) | after (MB) | saved (%) |\n|---|---:|---:|---:|", flush=True)
    faults = [fault for project in projects for fault in row(project, lab, options.by_hand)]
    print("\n".join(faults), file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
