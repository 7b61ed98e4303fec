"""The clock that jumps."""

import asyncio
import time
from contextlib import closing

import pytest

from edgevoice.testing import VirtualClockLoop, run_virtual


def test_an_hour_takes_no_time() -> None:
    async def main() -> float:
        await asyncio.sleep(3_600)
        return asyncio.get_running_loop().time()

    began = time.perf_counter()
    assert run_virtual(main()) == 3_600
    assert time.perf_counter() - began < 5


def test_sleepers_wake_in_the_order_of_their_times() -> None:
    async def main() -> list[tuple[float, int]]:
        loop, woken = asyncio.get_running_loop(), list[tuple[float, int]]()

        async def sleeper(n: int, seconds: float) -> None:
            await asyncio.sleep(seconds)
            woken.append((loop.time(), n))

        async with asyncio.TaskGroup() as group:
            for n, seconds in enumerate([3, 1, 2, 1, 0]):
                group.create_task(sleeper(n, seconds))
        return woken

    assert run_virtual(main()) == [(0, 4), (1, 1), (1, 3), (2, 2), (3, 0)]


def test_time_stands_still_while_there_is_work() -> None:
    async def main() -> float:
        for _ in range(1_000):
            await asyncio.sleep(0)
        return asyncio.get_running_loop().time()

    assert run_virtual(main()) == 0


def test_timeouts_are_virtual_too() -> None:
    async def main() -> float:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(asyncio.Event().wait(), 60)
        return asyncio.get_running_loop().time()

    assert run_virtual(main()) == 60


def test_a_wait_that_nobody_can_end_is_an_error() -> None:
    async def main() -> None:
        await asyncio.Event().wait()

    with pytest.raises(RuntimeError, match="every task waits, and nothing is left"):
        run_virtual(main())


def test_an_exception_comes_out() -> None:
    async def main() -> None:
        await asyncio.sleep(1)
        raise LookupError("lost")

    with pytest.raises(LookupError, match="lost"):
        run_virtual(main())


def test_every_loop_begins_at_nought() -> None:
    for _ in range(2):
        with closing(VirtualClockLoop()) as loop:
            assert loop.time() == 0
            loop.run_until_complete(asyncio.sleep(5))
            assert loop.time() == 5
