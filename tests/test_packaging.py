"""The wheel and the sdist: complete, installable, and working far from the checkout."""

from __future__ import annotations

import json
import subprocess
import sys
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

pytestmark = pytest.mark.xdist_group("packaging")


def tracked() -> list[str]:
    """Files under version control; where there is no git, those that lie here."""
    listing = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True)
    if listing.returncode == 0:
        return [name for name in listing.stdout.splitlines() if (ROOT / name).is_file()]
    return [str(p.relative_to(ROOT)) for folder in ("dockerlint", "rules") for p in (ROOT / folder).rglob("*.*")]


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sdist and the wheel made from that sdist."""
    out = tmp_path_factory.mktemp("dist")
    # Without isolation: hatchling comes from here, so that building asks no index.
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(out), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True)
    return out


@pytest.fixture(scope="session")
def wheel(built: Path) -> Path:
    (wheel,) = built.glob("*.whl")
    return wheel


def test_the_wheel_has_every_module_data_file_and_rule_page(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    wanted = {name for name in tracked() if name.startswith("dockerlint/")}
    wanted |= {f"dockerlint/{name}" for name in tracked() if name.startswith("rules/")}
    assert wanted - names == set()
    assert any(name.startswith("dockerlint/rules/") for name in names)


def test_the_wheel_has_nothing_else(wheel: Path) -> None:
    tops = {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"dockerlint"}


def test_the_sdist_is_the_checkout(built: Path) -> None:
    (sdist,) = built.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {name for name in tracked() if not name.startswith(".github/")} - names == set()


def test_the_wheel_works_without_the_checkout(wheel: Path, tmp_path: Path) -> None:
    """Installed in an environment of its own (dependencies borrowed from here), run from another folder."""
    home = tmp_path / "venv"
    venv.create(home, with_pip=False, symlinks=True)
    (site,) = home.glob("[Ll]ib/**/site-packages")
    zipfile.ZipFile(wheel).extractall(site)
    # Appended, so that the editable install of this checkout does not come first.
    borrowed = [p for p in sys.path if p.endswith("site-packages")]
    (site / "borrowed.pth").write_text("\n".join(borrowed) + "\n")
    work = tmp_path / "work"
    work.mkdir()
    (work / "Dockerfile").write_text("FROM debian:12\nRUN dd if=/dev/zero of=/a bs=1M count=1\nRUN rm /a\n")
    python = next(p for p in (home / "bin/python", home / "Scripts/python.exe") if p.exists())

    def run(code: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([str(python), "-I", "-c", code], cwd=work, capture_output=True, text=True)

    where = run("import dockerlint; print(dockerlint.__file__)").stdout.strip()
    assert Path(where).is_relative_to(site)
    start = "import sys; from dockerlint.cli import main; sys.argv = ['dockerlint', *{!r}]; sys.exit(main())"
    checked = run(start.format(["check", "--format", "json"]))
    assert checked.returncode == 1, checked.stderr
    findings = json.loads(checked.stdout)["files"][0]["findings"]
    assert ("removed-in-later-layer", 3, 1048576) in {(f["rule"], f["line"], f["bytes"]) for f in findings}
    page = run(start.format(["explain", "removed-in-later-layer"]))
    assert page.returncode == 0, page.stderr
    assert "LAY001" in page.stdout


def test_an_editable_install_finds_the_rules() -> None:
    from dockerlint import catalogue

    names = {rule.name for rule in catalogue.rules()}
    assert {p.stem for p in (ROOT / "rules").glob("*.yaml")} == names


def test_the_console_script_is_declared() -> None:
    text = (ROOT / "pyproject.toml").read_text()
    assert 'dockerlint = "dockerlint.cli:main"' in text
    from dockerlint.cli import main

    assert callable(main)
