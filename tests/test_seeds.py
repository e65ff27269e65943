"""The seeds: what published write-ups measured with Docker, and what dockerlint says of it."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import dockerfile
import pytest

from golden import FOLDERS, SEEDS, expected, fixed, fixed_name, inputs, report

FILES = [pytest.param(name, path, id=f"{name}/{path}") for name in FOLDERS for path in inputs(SEEDS / name)]


@cache
def findings(name: str, path: str = "Dockerfile") -> tuple[dict[str, Any], ...]:
    return tuple(report(SEEDS / name)[path])


@cache
def result(name: str, path: str = "Dockerfile") -> str:
    return fixed(SEEDS / name)[path]


def named(rule: str, name: str, path: str = "Dockerfile") -> list[dict[str, Any]]:
    return [f for f in findings(name, path) if f["rule"] == rule]


def one(rule: str, name: str, path: str = "Dockerfile") -> dict[str, Any]:
    (finding,) = named(rule, name, path)
    return finding


def runs(text: str) -> list[str]:
    """The bodies of the RUNs as BuildKit's parser joins them, blanks made single."""
    return [" ".join(" ".join(c.value).split()) for c in dockerfile.parse_string(text) if c.cmd.upper() == "RUN"]


@pytest.mark.parametrize("name", FOLDERS)
def test_findings_are_as_reviewed(name: str) -> None:
    assert expected(SEEDS / name) == json.loads((SEEDS / name / "expected.json").read_text())


@pytest.mark.parametrize("name", FOLDERS)
def test_fixed_files_are_as_reviewed(name: str) -> None:
    for path, text in fixed(SEEDS / name).items():
        reviewed = SEEDS / name / fixed_name(path)
        before = SEEDS / name / path
        assert text.encode() == (reviewed if reviewed.exists() else before).read_bytes(), path


@pytest.mark.parametrize(("name", "path"), FILES)
def test_a_fixed_file_has_nothing_left_that_a_safe_fix_could_mend(name: str, path: str, tmp_path: Path) -> None:
    """Checked anew, with the seed's other files around it as build context."""
    for other in (SEEDS / name).iterdir():
        if not other.name.endswith("Dockerfile"):
            (tmp_path / other.name).write_bytes(other.read_bytes())
    (tmp_path / "Dockerfile").write_bytes(result(name, path).encode())
    left = report(tmp_path)["Dockerfile"]
    assert not [f for f in left if f["fix"] and f["fix"]["safety"] == "safe"]
    assert fixed(tmp_path)["Dockerfile"] == result(name, path)


def test_a_the_rm_frees_nothing() -> None:
    finding = one("removed-in-later-layer", "a-dd-rm")
    assert (finding["line"], finding["bytes"], finding["bytes_basis"]) == (6, 100_000_000, "exact")
    assert [r["line"] for r in finding["related"]] == [4]
    assert finding["fix"]["safety"] == "safe"


def test_a_becomes_one_run_in_the_same_order() -> None:
    (body,) = runs(result("a-dd-rm"))
    parts = ["dd if=/dev/zero of=100M.bin", "dd if=/dev/zero of=10M.bin", "rm 100M.bin"]
    assert sorted(parts, key=body.index) == parts
    assert result("a-dd-rm").endswith('CMD ["bash"]\n')


def test_b_a_hundred_mebibytes_stay_in_the_image() -> None:
    finding = one("removed-in-later-layer", "b-busybox-dd")
    assert (finding["line"], finding["bytes"], finding["bytes_basis"]) == (4, 104_857_600, "exact")
    assert [r["line"] for r in finding["related"]] == [3]
    assert len(runs(result("b-busybox-dd"))) == 1


def test_c_chinese_comments_are_kept_in_place() -> None:
    finding = one("removed-in-later-layer", "c-chinese-comments")
    assert (finding["line"], finding["bytes"], finding["bytes_basis"]) == (10, 52_428_800, "exact")
    assert [r["line"] for r in finding["related"]] == [8]
    text = result("c-chinese-comments")
    before = (SEEDS / "c-chinese-comments/Dockerfile").read_text()
    comments = [line for line in before.splitlines() if line.startswith("#")]
    assert [line.strip() for line in text.splitlines() if line.strip().startswith("#")] == comments
    assert one("maintainer-deprecated", "c-chinese-comments")["line"] == 4
    assert "MAINTAINER" not in text
    assert "ailala" in text
    assert len(runs(text)) == 1


def test_d_redis_has_every_fault_of_a_build_in_many_runs() -> None:
    name = "d-redis-from-source"
    lines = {rule: {f["line"] for f in named(rule, name)} for rule in {f["rule"] for f in findings(name)}}
    assert lines["apt-update-alone"] == {3}
    assert lines["apt-lists-left-behind"] & {3, 4}
    assert lines["packages-removed-in-later-layer"] == {11}
    assert lines["consecutive-runs"]
    assert lines["no-multi-stage-build"] == {8}


def test_d_the_archive_and_the_source_tree_stay() -> None:
    archive = one("archive-left-behind", "d-redis-from-source")
    assert archive["line"] == 5
    assert "redis-7.2.3.tar.gz" in archive["message"]
    assert [r["line"] for r in archive["related"]] == [6]
    tree = one("temporary-files-left-behind", "d-redis-from-source")
    assert tree["line"] == 6
    assert "redis-7.2.3" in tree["message"]


def test_e_the_chmod_stores_the_file_twice() -> None:
    finding = one("rewritten-in-later-layer", "e-chmod-after-copy")
    size = (SEEDS / "e-chmod-after-copy/main").stat().st_size
    assert (finding["line"], finding["bytes"], finding["bytes_basis"]) == (3, size, "measured")
    assert [r["line"] for r in finding["related"]] == [2]


@pytest.mark.parametrize("path", ["autoclean.Dockerfile", "clean.Dockerfile", "lists.Dockerfile"])
def test_f_a_clean_up_in_a_run_of_its_own_frees_nothing(path: str) -> None:
    assert one("cleaned-in-later-layer", "f-apt-cleanup-late", path)["line"] == 3


def test_f_all_of_it_becomes_one_run() -> None:
    late = {f["line"] for f in named("cleaned-in-later-layer", "f-apt-cleanup-late", "all.Dockerfile")}
    assert 6 in late
    assert late <= {4, 5, 6}
    (body,) = runs(result("f-apt-cleanup-late", "all.Dockerfile"))
    assert body.index("apt-get update") < body.index("install") < body.index("rm -rf /var/lib/apt/lists/*")


def test_g_one_finding_and_two_clean() -> None:
    name = "g-apk-cache"
    assert [f["line"] for f in named("apk-cache-left-behind", name, "left.Dockerfile")] == [2]
    assert not named("apk-cache-left-behind", name, "no-cache.Dockerfile")
    assert not named("apk-cache-left-behind", name, "removed.Dockerfile")
    (body,) = runs(result(name, "left.Dockerfile"))
    assert "--no-cache" in body or body.endswith("rm -rf /var/cache/apk/*")
