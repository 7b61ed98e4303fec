"""Plain functions, beside the event loop."""

import asyncio
import contextvars
import threading
from collections.abc import Iterator

import pytest

from edgevoice.skills.threads import MOST_THREADS, BusyError, Room

NAME = contextvars.ContextVar("NAME", default="")


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    """What hangs until it is set; and then no thread is left."""
    gate = threading.Event()
    yield gate
    gate.set()
    for thread in threading.enumerate():
        if thread.name == "tool":
            thread.join(10)
            assert not thread.is_alive()


def test_a_function_runs_in_a_thread_of_its_own_and_knows_the_context() -> None:
    async def main() -> object:
        NAME.set("here")
        return await Room().run(lambda: (NAME.get(), threading.current_thread().name))

    assert asyncio.run(main()) == ("here", "tool")


@pytest.mark.parametrize("error", [LookupError, SystemExit, StopIteration])
def test_what_it_raises_is_raised(error: type[BaseException]) -> None:
    def broken() -> None:
        raise error("x")

    with pytest.raises(RuntimeError if error is StopIteration else error):
        asyncio.run(Room().run(broken))


def test_there_is_room_for_a_few_that_hang_and_again_when_they_are_done(
    gate: threading.Event,
) -> None:
    async def main() -> None:
        room = Room()
        hanging = [asyncio.create_task(room.run(gate.wait)) for _ in range(MOST_THREADS)]
        await asyncio.sleep(0)
        for task in hanging:
            task.cancel()  # nobody waits for them any more: they linger all the same
        with pytest.raises(BusyError):
            await room.run(lambda: None)
        assert await Room().run(lambda: 4) == 4, "another tool's"
        gate.set()
        for thread in threading.enumerate():
            if thread.name == "tool":
                thread.join(10)
        assert await room.run(lambda: 5) == 5

    asyncio.run(main())


def test_whoever_is_late_harms_nobody(gate: threading.Event) -> None:
    async def main() -> None:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(Room().run(gate.wait), 0.01)

    asyncio.run(main())  # the loop is closed when the function returns


def test_where_no_thread_can_be_had_there_is_room_afterwards(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    room = Room()
    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", refuse)
        for _ in range(MOST_THREADS + 1):
            with pytest.raises(BusyError):
                asyncio.run(room.run(lambda: None))
    assert asyncio.run(room.run(lambda: 5)) == 5
