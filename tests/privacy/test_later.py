"""Jobs that the disk refuses wait, and complaints are few."""

import threading
from collections.abc import Callable
from functools import partial

import pytest

from edgevoice.errors import OutputError
from edgevoice.privacy.later import SILENCE_S, Later

PATIENCE_S = 10


class Disk:
    """Keeps what is written, unless it is full."""

    def __init__(self) -> None:
        self.written: list[int] = []
        self.full = False
        self.tried = threading.Semaphore(0)

    def job(self, number: int) -> Callable[[], None]:
        def write() -> None:
            self.tried.release()
            if self.full:
                raise OutputError("it is full", "Make room.")
            self.written.append(number)

        return write

    def wait(self, times: int = 1) -> None:
        for _ in range(times):
            assert self.tried.acquire(timeout=PATIENCE_S)


def test_everything_is_done_in_order() -> None:
    disk = Disk()
    later = Later("log")
    for number in range(100):
        later.put(disk.job(number))
    later.close()
    assert disk.written == list(range(100))


def test_what_is_refused_is_done_later_and_told_once(caplog: pytest.LogCaptureFixture) -> None:
    disk = Disk()
    later = Later("log", clock=lambda: 0)
    disk.full = True
    for number in range(20):
        later.put(disk.job(number))
        disk.wait()
    assert disk.written == []
    disk.full = False
    later.put(disk.job(20))
    later.close()
    assert disk.written == list(range(21))
    complaint, relief = caplog.messages
    assert "it is full" in complaint and "goes on" in complaint
    assert "can be written again" in relief


def test_what_waits_is_bounded_and_counted(caplog: pytest.LogCaptureFixture) -> None:
    disk = Disk()
    later = Later("log", most=3)
    disk.full = True
    for number in range(10):
        later.put(disk.job(number))
        disk.wait()
    disk.full = False
    later.close()
    assert disk.written == [7, 8, 9]
    assert "7 were lost" in caplog.messages[-1]


def test_what_is_never_accepted_is_told_at_the_end(caplog: pytest.LogCaptureFixture) -> None:
    disk = Disk()
    disk.full = True
    later = Later("log")
    later.put(disk.job(1))
    later.close()
    assert "1 could not be written" in caplog.messages[-1]


def test_it_is_tried_again_although_nothing_new_comes() -> None:
    disk = Disk()
    disk.full = True
    later = Later("log", again_s=0.001)
    later.put(disk.job(1))
    disk.wait(3)
    disk.full = False
    disk.wait()
    later.close()
    assert disk.written == [1]


def test_a_disk_that_fails_ever_again_is_told_once_an_hour(
    caplog: pytest.LogCaptureFixture,
) -> None:
    disk, now = Disk(), [0.0]
    done = threading.Semaphore(0)
    later = Later("log", done.release, clock=lambda: now[0])
    assert done.acquire(timeout=PATIENCE_S)
    for number in range(0, 40, 2):
        disk.full = True
        later.put(disk.job(number))
        disk.wait()
        disk.full = False
        later.put(disk.job(number + 1))
        disk.wait(2)
        assert done.acquire(timeout=PATIENCE_S)
        now[0] += SILENCE_S / 20
    later.close()
    assert len(disk.written) == 40
    assert len([line for line in caplog.messages if "it is full" in line]) == 1


def test_a_job_that_is_broken_is_lost_alone_and_its_words_stay_inside(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def broken() -> None:
        raise ValueError("my name is Ann")

    disk = Disk()
    later = Later("log")
    later.put(broken)
    later.put(disk.job(1))
    later.close()
    assert disk.written == [1]
    assert caplog.messages == ["the log: one is lost (ValueError)"]


def test_whoever_settles_finds_it_done() -> None:
    done: list[int] = []
    later = Later("log")
    for number in range(50):
        later.put(partial(done.append, number))
        later.settle()
        assert done[-1] == number
    later.close()
