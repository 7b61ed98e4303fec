"""The audit log: every change is found, and no accident stops it."""

import errno
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edgevoice.errors import OutputError
from edgevoice.privacy import audit
from edgevoice.privacy.audit import AuditLog, audit_folder
from edgevoice.privacy.chain import End, File, Happened, Verdict, check, digest, split

NOON = datetime(2026, 1, 2, 12, 0, tzinfo=UTC)
EVENTS = [each for each in Happened if each not in (Happened.TORN, Happened.ROTATED)]


def log_in(folder: Path, *, file_bytes: int = 10_000, files: int = 16) -> AuditLog:
    return AuditLog(folder, file_bytes=file_bytes, files=files, clock=lambda: NOON)


def written(events: int, file_bytes: int = 10_000) -> tuple[list[File], End]:
    """The files of a log with so many events, and its end."""
    with TemporaryDirectory() as name:
        log = log_in(Path(name), file_bytes=file_bytes)
        for index in range(events):
            log.add(EVENTS[index % len(EVENTS)], number=index)
        verdict = log.verify()
        assert verdict.end and not verdict.problems and not verdict.notes
        paths = sorted(Path(name).glob("audit-*"))
        return [File(int(path.stem[6:]), path.read_bytes()) for path in paths], verdict.end


FILES, END = written(9)
LINES = split(FILES[0].content)


def checked(lines: list[bytes]) -> Verdict:
    return check([File(1, b"".join(line + b"\n" for line in lines))], END)


@pytest.fixture
def log(tmp_path: Path) -> Iterator[AuditLog]:
    yield log_in(tmp_path)


def test_a_log_tells_what_happened(log: AuditLog, tmp_path: Path) -> None:
    log.add(Happened.STARTED, version="1")
    log.add(Happened.NETWORK_MODE, mode="off\nline")
    first, second = log.lines()
    assert (first.n, first.at, first.event) == (1, "2026-01-02T12:00:00.000+00:00", "started")
    assert second.details == {"mode": "off line"}
    assert second.previous == digest(first.encode())
    assert (tmp_path / "audit-000000000001.jsonl").stat().st_mode & 0o777 == 0o600


def test_an_empty_log_is_whole(tmp_path: Path) -> None:
    assert log_in(tmp_path / "none").verify() == Verdict(0, 0, None, (), ())


def test_it_lies_beside_what_else_is_remembered(tmp_path: Path) -> None:
    assert audit_folder({"STATE_DIRECTORY": str(tmp_path)}) == tmp_path / "audit"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may hand a file over")
def test_what_root_writes_belongs_to_the_service(tmp_path: Path) -> None:
    state = tmp_path / "state"
    state.mkdir()
    os.chown(state, 1234, 1234)
    log = log_in(state / "audit")
    log.add(Happened.TRANSCRIPT_READ)
    log.add(Happened.TRANSCRIPT_READ)
    every = [state / "audit", *(state / "audit").iterdir()]
    assert len(every) == 3
    assert {(path.stat().st_uid, path.stat().st_gid) for path in every} == {(1234, 1234)}


# --- somebody was there


@given(st.integers(0, len(FILES[0].content) - 1), st.integers(1, 255))
def test_any_changed_byte_is_found(at: int, change: int) -> None:
    content = bytearray(FILES[0].content)
    content[at] ^= change
    verdict = check([File(1, bytes(content))], END)
    assert verdict.problems or (at == len(content) - 1 and verdict.notes)


@given(st.data())
def test_any_removed_lines_are_found(data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(LINES) - 1))
    stop = data.draw(st.integers(start + 1, len(LINES)))
    assert checked(LINES[:start] + LINES[stop:]).problems


@given(st.permutations(LINES))
def test_any_other_order_is_found(lines: list[bytes]) -> None:
    assert bool(checked(lines).problems) == (lines != LINES)


@given(st.integers(0, len(LINES)), st.integers(0, len(LINES) - 1))
def test_a_line_that_is_there_twice_is_found(where: int, which: int) -> None:
    assert checked([*LINES[:where], LINES[which], *LINES[where:]]).problems


@given(st.integers(0, len(LINES)), st.binary(max_size=40).filter(lambda line: b"\n" not in line))
def test_rubbish_between_the_lines_is_found(where: int, line: bytes) -> None:
    assert checked([*LINES[:where], line, *LINES[where:]]).problems


@settings(max_examples=30)
@given(st.integers(2, 20), st.data())
def test_a_missing_file_is_found(events: int, data: st.DataObject) -> None:
    files, end = written(events, file_bytes=300)
    gone = data.draw(st.integers(0, len(files) - 1))
    assert check(files[:gone] + files[gone + 1 :], end).problems


def test_a_log_that_goes_on_after_a_cut_keeps_telling_of_it(log: AuditLog, tmp_path: Path) -> None:
    for _ in range(3):
        log.add(Happened.STARTED)
    path = tmp_path / "audit-000000000001.jsonl"
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:1]))
    assert log.verify().problems == ("lines 2 to 3 were cut off the end",)
    log.add(Happened.STOPPED)
    assert log.verify().problems == ("line 4: it does not follow line 1",)


def test_a_forged_log_is_whole_but_for_the_anchor(tmp_path: Path) -> None:
    """The chain alone cannot know: this is what the anchor is for."""
    log_in(tmp_path / "true").add(Happened.STARTED)
    log_in(tmp_path / "forged").add(Happened.STOPPED)
    anchor = log_in(tmp_path / "true").verify().end
    assert not log_in(tmp_path / "true").verify(anchor).problems
    assert not log_in(tmp_path / "forged").verify().problems
    assert log_in(tmp_path / "forged").verify(anchor).problems


def test_without_the_record_of_the_end_a_cut_cannot_be_excluded_and_that_is_said() -> None:
    content = b"\n".join(LINES[:-2]) + b"\n"
    verdict = check([File(1, content)], None)
    assert not verdict.problems and "may have been cut off" in verdict.notes[0]


# --- accidents


@given(st.integers(1, len(LINES[-1])))
def test_power_lost_anywhere_in_a_line_is_noted_and_not_hidden(left: int) -> None:
    with TemporaryDirectory() as name:
        log = log_in(Path(name))
        log.add(Happened.STARTED)
        path = Path(name) / "audit-000000000001.jsonl"
        path.write_bytes(path.read_bytes() + LINES[-1][:left].replace(b'"n":9', b'"m":9'))
        verdict = log.verify()
        assert not verdict.problems and "torn" in verdict.notes[0]
        log.add(Happened.STARTED)
        assert [line.event for line in log.lines()] == ["started", "torn line", "started"]
        verdict = log.verify()
        assert not verdict.problems and "a torn line" in verdict.notes[0]


def test_power_lost_before_the_line_end_loses_nothing(log: AuditLog, tmp_path: Path) -> None:
    log.add(Happened.STARTED)
    path = tmp_path / "audit-000000000001.jsonl"
    path.write_bytes(path.read_bytes()[:-1])
    log.add(Happened.STOPPED)
    assert [line.event for line in log.lines()] == ["started", "stopped"]
    assert log.verify() == Verdict(2, 1, log.verify().end, (), ())


def test_power_lost_before_the_end_was_recorded(log: AuditLog, tmp_path: Path) -> None:
    log.add(Happened.STARTED)
    before = (tmp_path / "end.json").read_bytes()
    log.add(Happened.STOPPED)
    (tmp_path / "end.json").write_bytes(before)
    assert not log.verify().problems
    (tmp_path / "end.json").write_bytes(b"[" * 5_000)
    assert log.verify().notes


def test_power_lost_twice_in_a_row_is_noted(log: AuditLog, tmp_path: Path) -> None:
    log.add(Happened.STARTED)
    path = tmp_path / "audit-000000000001.jsonl"
    path.write_bytes(path.read_bytes() + b'{"n":2,"at\n{"n":2,"a')
    assert log.verify().notes == ("after line 1: the last line is torn",)
    log.add(Happened.STOPPED)
    assert [line.event for line in log.lines()] == ["started", "torn line", "stopped"]
    assert not log.verify().problems
    path.write_bytes(path.read_bytes().replace(b'"at\n', b'"xx\n'))
    assert log.verify().problems == ("line 2: the line before it was edited",)


def test_power_lost_twice_before_the_end_was_recorded(log: AuditLog, tmp_path: Path) -> None:
    log.add(Happened.STARTED)
    for event in (Happened.DEVICE_LOST, Happened.DEVICE_BACK):
        before = (tmp_path / "end.json").read_bytes()
        log.add(event)
        if event is Happened.DEVICE_LOST:
            (tmp_path / "end.json").write_bytes(before)
    assert not log.verify().problems


def test_a_clock_that_goes_back_changes_nothing(tmp_path: Path) -> None:
    moments = iter([NOON, NOON.replace(year=2036), NOON.replace(year=2016)])
    log = AuditLog(tmp_path, clock=lambda: next(moments))
    for _ in range(3):
        log.add(Happened.STARTED)
    assert log.verify() == Verdict(3, 1, log.verify().end, (), ())
    assert [line.at[:4] for line in log.lines()] == ["2026", "2036", "2016"]


def test_what_happened_earlier_is_told_with_its_own_time(log: AuditLog) -> None:
    log.add(Happened.DEVICE_LOST, NOON.replace(hour=3))
    assert log.lines()[0].at == "2026-01-02T03:00:00.000+00:00"


def test_a_full_disk_is_one_line_and_leaves_nothing(
    log: AuditLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    log.add(Happened.STARTED)
    write, room = os.write, iter([20])

    def full(file: int, content: bytes) -> int:
        if left := next(room, 0):
            return write(file, content[:left])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as disk:
        disk.setattr(os, "write", full)
        with pytest.raises(OutputError, match=os.strerror(errno.ENOSPC)):
            log.add(Happened.DEVICE_LOST)
    log.add(Happened.DEVICE_LOST)
    assert [line.event for line in log.lines()] == ["started", "device lost"]
    assert log.verify() == Verdict(2, 1, log.verify().end, (), ())


@pytest.mark.parametrize("events", [0, 1])
def test_a_line_counts_only_with_the_record_of_the_end(
    log: AuditLog, monkeypatch: pytest.MonkeyPatch, events: int
) -> None:
    for _ in range(events):
        log.add(Happened.STARTED)

    def full(path: Path, content: bytes) -> None:
        raise OutputError(f"{path} cannot be written: full", "Make room.")

    with monkeypatch.context() as disk:
        disk.setattr(audit, "write_atomically", full)
        for _ in range(3):
            with pytest.raises(OutputError, match="full"):
                log.add(Happened.DEVICE_LOST)
    assert len(log.lines()) == events
    log.add(Happened.DEVICE_LOST)
    assert log.verify() == Verdict(events + 1, 1, log.verify().end, (), ())


# --- size


@given(st.integers(1, 40), st.integers(2, 5))
@settings(max_examples=20)
def test_the_size_is_bounded_and_the_chain_whole(events: int, files: int) -> None:
    with TemporaryDirectory() as name:
        log = log_in(Path(name), file_bytes=500, files=files)
        for _ in range(events):
            log.add(Happened.STARTED)
        paths = list(Path(name).glob("audit-*"))
        assert len(paths) <= files
        assert all(path.stat().st_size < 500 + 600 for path in paths)
        verdict = log.verify()
        assert not verdict.problems and not verdict.notes
        assert log.lines()[-1].event == "started"


def test_an_old_file_that_was_removed_is_not_taken_for_rotation(tmp_path: Path) -> None:
    log = log_in(tmp_path, file_bytes=300, files=3)
    for _ in range(30):
        log.add(Happened.STARTED)
    assert log.verify().begin > 1
    sorted(tmp_path.glob("audit-*"))[0].unlink()
    (problem,) = log.verify().problems
    assert "were removed" in problem


def test_a_folder_that_cannot_be_opened_is_not_taken_for_an_empty_log(tmp_path: Path) -> None:
    (tmp_path / "log").write_text("in the way")
    for look in (log_in(tmp_path / "log").lines, log_in(tmp_path / "log").verify):
        with pytest.raises(OutputError, match="cannot be read"):
            look()
    assert log_in(tmp_path / "none").lines() == []
