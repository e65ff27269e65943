"""Atomic writes: there is the old file or the new one, and never a file that someone else changed."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from dockerlint import write
from dockerlint.write import WriteError, replace


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "Dockerfile"
    path.write_bytes(b"old\r\n")
    return path


def only(folder: Path) -> list[str]:
    """What is in a folder: no temporary file may be left."""
    return sorted(path.name for path in folder.iterdir())


def test_new_bytes_take_the_place_of_the_old(file: Path) -> None:
    replace(str(file), b"old\r\n", b"new\xff")
    assert file.read_bytes() == b"new\xff"
    assert only(file.parent) == ["Dockerfile"]


@pytest.mark.parametrize("mode", [0o600, 0o644, 0o755, 0o664])
def test_the_mode_is_kept(file: Path, mode: int) -> None:
    file.chmod(mode)
    replace(str(file), b"old\r\n", b"new")
    assert stat.S_IMODE(file.stat().st_mode) == mode


def test_a_symbolic_link_stays_one_and_its_target_is_written(file: Path, tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    link = tmp_path / "sub" / "link"
    link.symlink_to("../Dockerfile")
    replace(str(link), b"old\r\n", b"new")
    assert os.readlink(link) == "../Dockerfile"
    assert file.read_bytes() == b"new"
    assert only(tmp_path / "sub") == ["link"]


def test_a_path_relative_to_the_current_folder(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(file.parent)
    replace("Dockerfile", b"old\r\n", b"new")
    assert file.read_bytes() == b"new"


def test_a_file_that_changed_since_it_was_read_is_left_alone(file: Path) -> None:
    with pytest.raises(WriteError, match="changed since it was read"):
        replace(str(file), b"older", b"new")
    assert file.read_bytes() == b"old\r\n"
    assert only(file.parent) == ["Dockerfile"]


def test_a_file_that_is_replaced_while_we_write_is_left_alone(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.fsync

    def meanwhile(handle: int) -> None:
        real(handle)
        other = file.with_name("other")
        other.write_bytes(b"old\r\n")
        other.rename(file)

    monkeypatch.setattr(write.os, "fsync", meanwhile)
    with pytest.raises(WriteError, match="changed since it was read"):
        replace(str(file), b"old\r\n", b"new")
    assert only(file.parent) == ["Dockerfile"]


def test_a_file_that_the_user_may_not_write_is_left_alone(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(write.os, "access", lambda *_: False)  # root may write whatever the mode says
    with pytest.raises(WriteError, match="is read-only"):
        replace(str(file), b"old\r\n", b"new")
    assert file.read_bytes() == b"old\r\n"


def test_a_read_only_mode_stops_all_but_root_and_is_kept(file: Path) -> None:
    file.chmod(0o444)
    if os.access(file, os.W_OK):
        replace(str(file), b"old\r\n", b"new")
        assert file.read_bytes() == b"new"
    else:
        with pytest.raises(WriteError, match="is read-only"):
            replace(str(file), b"old\r\n", b"new")
    assert file.stat().st_mode & 0o777 == 0o444


def test_a_file_with_a_second_name_is_left_alone(file: Path) -> None:
    os.link(file, file.with_name("other"))
    with pytest.raises(WriteError, match="2 hard links"):
        replace(str(file), b"old\r\n", b"new")
    assert file.read_bytes() == b"old\r\n"


def test_what_is_no_regular_file_is_left_alone(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(WriteError, match="not a regular file"):
        replace(str(tmp_path / "pipe"), b"", b"new")
    with pytest.raises(WriteError, match="not a regular file"):
        replace(str(tmp_path), b"", b"new")


def test_a_vanished_file_is_not_made_anew(file: Path) -> None:
    file.unlink()
    with pytest.raises(WriteError, match="No such file"):
        replace(str(file), b"old\r\n", b"new")
    assert only(file.parent) == []


@pytest.mark.parametrize("failing", ["fsync", "replace", "fchmod"])
def test_a_failure_half_way_leaves_the_old_file_and_nothing_else(
    file: Path, monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(write.os, failing, full)
    with pytest.raises(WriteError, match="No space left on device"):
        replace(str(file), b"old\r\n", b"new")
    assert file.read_bytes() == b"old\r\n"
    assert only(file.parent) == ["Dockerfile"]


def test_an_interrupt_leaves_no_temporary_file(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(write.os, "replace", interrupt)
    with pytest.raises(KeyboardInterrupt):
        replace(str(file), b"old\r\n", b"new")
    assert only(file.parent) == ["Dockerfile"]
