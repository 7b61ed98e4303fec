"""Files are whole, or as they were."""

import errno
import fcntl
import os
from pathlib import Path

import pytest

from edgevoice.errors import OutputError
from edgevoice.files import append, new_folder, replacing, write_atomically


def leftovers(folder: Path) -> list[Path]:
    return list(folder.glob(".*.part"))


def test_the_new_takes_the_place_of_the_old(tmp_path: Path) -> None:
    file = tmp_path / "file"
    write_atomically(file, b"old")
    write_atomically(file, b"new")
    assert file.read_bytes() == b"new" and list(tmp_path.iterdir()) == [file]


def test_the_longest_name_will_do(tmp_path: Path) -> None:
    file = tmp_path / ("ä" * 127)
    write_atomically(file, b"new")
    assert file.read_bytes() == b"new"


def test_what_a_link_leads_to_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "file")
    write_atomically(tmp_path / "link", b"new")
    assert (tmp_path / "link").is_symlink() and (tmp_path / "file").read_bytes() == b"new"


def test_a_block_that_fails_changes_nothing(tmp_path: Path) -> None:
    file = tmp_path / "file"
    write_atomically(file, b"old")
    with pytest.raises(ZeroDivisionError), replacing(file) as new:
        new.write(b"half")
        raise ZeroDivisionError
    assert file.read_bytes() == b"old" and list(tmp_path.iterdir()) == [file]


def test_a_disk_that_is_full_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "file"
    write_atomically(file, b"old")

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OutputError, match="No space left"):
        write_atomically(file, b"new")
    assert file.read_bytes() == b"old" and list(tmp_path.iterdir()) == [file]


def test_what_a_killed_process_left_goes_and_what_is_being_written_stays(tmp_path: Path) -> None:
    file, other = tmp_path / "file", tmp_path / "other"
    with replacing(file):
        (dead,) = leftovers(tmp_path)
        with replacing(other):
            (alive,) = {*leftovers(tmp_path)} - {dead}
            copies = [
                path.with_name(f"{path.name[:14]}0123456789ab.part") for path in (dead, alive)
            ]
            for copy in copies:
                copy.write_bytes(b"half")
            write_atomically(file, b"new")
            assert not copies[0].exists() and copies[1].exists()
            assert dead.exists() and alive.exists()
    assert leftovers(tmp_path) == [copies[1]]


def test_one_whose_file_was_taken_for_a_leftover_makes_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the making and the lock there is a moment."""
    file, flock, came = tmp_path / "file", fcntl.flock, iter([True])

    def late(what: object, how: int) -> None:
        if next(came, False):
            for path in leftovers(tmp_path):
                path.unlink()
        flock(what, how)  # type: ignore[arg-type]

    monkeypatch.setattr(fcntl, "flock", late)
    write_atomically(file, b"new")
    assert file.read_bytes() == b"new" and list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize("before", [b"", b"old"])
def test_appending_is_all_or_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, before: bytes
) -> None:
    file = tmp_path / "file"
    if before:
        file.write_bytes(before)
    write, room = os.write, iter([2])

    def full(number: int, content: bytes) -> int:
        if left := next(room, 0):
            return write(number, content[:left])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as disk:
        disk.setattr(os, "write", full)
        with pytest.raises(OSError, match="No space left"):
            append(file, b"new", create=True)
    assert file.exists() == bool(before) and (not before or file.read_bytes() == before)
    append(file, b"new", create=True)
    assert file.read_bytes() == before + b"new"


def test_appending_makes_nothing_unless_told_and_follows_no_link(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        append(tmp_path / "none", b"new")
    (tmp_path / "link").symlink_to(tmp_path / "file")
    with pytest.raises(OSError, match="symbolic links"):
        append(tmp_path / "link", b"new", create=True)


def test_folders_are_made_with_those_above(tmp_path: Path) -> None:
    new_folder(tmp_path / "a/b", 0o700)
    new_folder(tmp_path / "a/b", 0o700)
    assert (tmp_path / "a/b").stat().st_mode & 0o777 == 0o700
    (tmp_path / "file").touch()
    with pytest.raises(OSError):
        new_folder(tmp_path / "file/b")
