"""SIGHUP: the end of a terminal, or a wish to have the settings read again."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

from edgevoice.hangup import Hangups
from tests.terminal import a_terminal

ASKS = "from edgevoice.hangup import asks_to_reload; print(asks_to_reload())"


@pytest.fixture(autouse=True)
def as_it_was() -> Iterator[None]:
    before = signal.getsignal(signal.SIGHUP)
    yield
    signal.signal(signal.SIGHUP, before)


def without_terminal(before: str = "", *fds: int, **environment: str) -> str:
    return subprocess.run(
        [sys.executable, "-c", f"{before}{ASKS}"],
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        pass_fds=fds,
        text=True,
        start_new_session=True,
        check=True,
    ).stdout.strip()


def in_a_terminal(**environment: str) -> str:
    """Nothing is typed or shown there: it is the terminal of the session that counts."""
    ours, theirs = a_terminal()
    take = f"import fcntl, termios; fcntl.ioctl({theirs}, termios.TIOCSCTTY, 0); "
    try:
        return without_terminal(take, theirs, **environment)
    finally:
        os.close(theirs)
        os.close(ours)


def test_whoever_has_no_terminal_is_asked_to_reload() -> None:
    assert without_terminal() == "True"


def test_whoever_has_one_may_have_lost_it() -> None:
    assert in_a_terminal() == "False"


def test_a_service_is_asked_to_reload_whatever_it_has() -> None:
    assert without_terminal(NOTIFY_SOCKET="/nowhere") == "True"
    assert in_a_terminal(NOTIFY_SOCKET="/nowhere") == "True"


def hang_up() -> None:
    os.kill(os.getpid(), signal.SIGHUP)


def test_each_one_asks_also_those_that_came_early_and_afterwards_none_hurts() -> None:
    asked: list[str] = []

    async def scene() -> None:
        with hangups.ask(lambda: asked.append("again")):
            assert asked == ["again"]
            hang_up()
            async with asyncio.timeout(5):
                while len(asked) < 2:
                    await asyncio.sleep(0)
            assert asked == ["again"] * 2
        hang_up()

    hangups = Hangups(taken=True)
    hang_up()
    asyncio.run(scene())
    hang_up()
    assert len(asked) == 2


def test_where_it_is_not_taken_nothing_changes() -> None:
    async def scene() -> None:
        with Hangups(taken=False).ask(hang_up):
            assert signal.getsignal(signal.SIGHUP) is before

    before = signal.getsignal(signal.SIGHUP)
    asyncio.run(scene())
