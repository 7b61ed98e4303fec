"""The thread that runs an engine: order, exceptions, back-pressure, and how it gets free again.

Every wait has an end: a handshake that does not come fails the test after `PATIENCE` seconds.
"""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import aclosing
from typing import Any, TypeVar

import pytest

from edgevoice.engines.workers import STREAM_AHEAD, InlineWorker, ThreadWorker, Worker
from edgevoice.errors import EngineError
from edgevoice.testing import run_virtual

PATIENCE = 20
T = TypeVar("T")


@pytest.fixture
def thread() -> Iterator[ThreadWorker]:
    worker = ThreadWorker("test")
    yield worker
    worker.close()


@pytest.fixture
def stop() -> threading.Event:
    return threading.Event()


def run(main: Coroutine[Any, Any, T]) -> T:
    """The result of `main`, in real time, but not for ever."""

    async def bounded() -> T:
        return await asyncio.wait_for(main, PATIENCE)

    return asyncio.run(bounded())


async def comes(event: threading.Event) -> None:
    """Wait for something that another thread does."""
    assert await asyncio.to_thread(event.wait, PATIENCE)


class Gate:
    """A job that says when it has begun, and ends when it may."""

    def __init__(self) -> None:
        self.begun, self.may_end = threading.Event(), threading.Event()

    def __call__(self) -> str:
        self.begun.set()
        assert self.may_end.wait(PATIENCE)
        return "through"


async def collect(items: AsyncIterator[T]) -> list[T]:
    return [item async for item in items]


def fails() -> Iterator[int]:
    yield 1
    raise EngineError("it broke", "Mend it.")


# --- what both kinds of worker do

Runner = Callable[[Coroutine[Any, Any, Any]], Any]
both = pytest.mark.parametrize(
    ("make", "runner"),
    [(lambda: ThreadWorker("test"), run), (lambda: InlineWorker(0.5), run_virtual)],
    ids=["thread", "inline"],
)


@both
def test_a_call_gives_the_result(make: Callable[[], Worker], runner: Runner) -> None:
    worker = make()
    assert runner(worker.call(lambda: 6 * 7)) == 42
    worker.close()


@both
def test_a_failing_call_fails(make: Callable[[], Worker], runner: Runner) -> None:
    worker = make()
    with pytest.raises(EngineError, match="it broke"):
        runner(worker.call(lambda: next(item for item in fails() if item > 1)))
    worker.close()


@both
@pytest.mark.parametrize("count", [0, 1, 3 * STREAM_AHEAD])
def test_a_stream_gives_every_item_in_order(
    make: Callable[[], Worker], runner: Runner, count: int, stop: threading.Event
) -> None:
    worker = make()
    items = runner(collect(worker.stream(lambda: iter(range(count)), stop)))
    assert items == list(range(count))
    assert not stop.is_set(), "the end of a stream is not a reason to stop others"
    worker.close()


@both
def test_a_failing_stream_gives_what_it_had_and_fails(
    make: Callable[[], Worker], runner: Runner, stop: threading.Event
) -> None:
    worker, got = make(), list[int]()

    async def main() -> None:
        async for item in worker.stream(fails, stop):
            got.append(item)

    with pytest.raises(EngineError, match="it broke"):
        runner(main())
    assert got == [1] and stop.is_set()
    worker.close()


@both
def test_leaving_a_stream_early_sets_stop(
    make: Callable[[], Worker], runner: Runner, stop: threading.Event
) -> None:
    worker = make()

    async def main() -> None:
        async with aclosing(worker.stream(lambda: iter(range(1_000)), stop)) as items:
            async for item in items:
                if item == 3:
                    break

    runner(main())
    assert stop.is_set()
    worker.close()


# --- what an engine does not know of


def test_whatever_breaks_in_the_thread_is_an_engine_error(
    thread: ThreadWorker, stop: threading.Event
) -> None:
    def fall() -> int:
        raise MemoryError("the patient said")

    def stream() -> Iterator[int]:
        yield 1
        fall()

    with pytest.raises(EngineError, match=r"test broke down \(MemoryError\)") as told:
        run(thread.call(fall))
    assert "patient" not in str(told.value)
    with pytest.raises(EngineError, match="MemoryError"):
        run(collect(thread.stream(stream, stop)))


# --- the thread


def test_jobs_run_one_at_a_time_in_the_order_asked_for_in_one_thread(thread: ThreadWorker) -> None:
    gate, order = Gate(), list[tuple[int, str]]()

    def job(n: int) -> Callable[[], None]:
        return lambda: order.append((n, threading.current_thread().name))

    async def main() -> None:
        first = asyncio.create_task(thread.call(gate))
        await comes(gate.begun)
        others = [asyncio.create_task(thread.call(job(n))) for n in range(5)]
        await asyncio.sleep(0)
        assert order == []
        gate.may_end.set()
        assert await first == "through"
        await asyncio.gather(*others)

    run(main())
    assert [n for n, _ in order] == list(range(5))
    assert {name for _, name in order} == {"test_0"}


def test_the_event_loop_goes_on_while_a_job_runs(thread: ThreadWorker) -> None:
    gate = Gate()

    async def main() -> str:
        job = asyncio.create_task(thread.call(gate))
        await comes(gate.begun)
        gate.may_end.set()
        return await job

    assert run(main()) == "through"


def test_a_job_that_nobody_waits_for_is_not_begun(
    thread: ThreadWorker, stop: threading.Event
) -> None:
    gate, begun = Gate(), list[str]()

    def stream() -> Iterator[int]:
        begun.append("stream")
        yield 1

    async def main() -> None:
        running = asyncio.create_task(thread.call(gate))
        await comes(gate.begun)
        waiting = [
            asyncio.create_task(thread.call(lambda: begun.append("call"))),
            asyncio.create_task(collect(thread.stream(stream, stop))),
        ]
        await asyncio.sleep(0)
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        gate.may_end.set()
        await running
        await thread.call(lambda: begun.append("last"))

    run(main())
    assert begun == ["last"]
    assert stop.is_set()


def test_a_stream_waits_when_it_is_far_ahead(thread: ThreadWorker, stop: threading.Event) -> None:
    made = list[int]()
    far = threading.Event()

    def job() -> Iterator[int]:
        for n in range(10 * STREAM_AHEAD):
            made.append(n)
            if n == STREAM_AHEAD:
                far.set()
            yield n

    async def main() -> None:
        async with aclosing(thread.stream(job, stop)) as items:
            for read in range(1, 5 * STREAM_AHEAD):
                assert await anext(items) == read - 1
                await comes(far)
                # One more is in the engine's hand, waiting for a place.
                assert len(made) <= read + STREAM_AHEAD + 1

    run(main())


@pytest.mark.parametrize("ahead", [1, 10 * STREAM_AHEAD])
def test_the_thread_is_free_after_a_stream_was_left(
    thread: ThreadWorker, stop: threading.Event, ahead: int
) -> None:
    """Whether the engine looks at `stop` or waits for room when its reader leaves."""
    waiting = threading.Event()

    def job() -> Iterator[int]:
        for n in range(ahead):
            if n == min(ahead - 1, STREAM_AHEAD):
                waiting.set()
            yield n
        assert stop.wait(PATIENCE)

    async def main() -> str:
        async with aclosing(thread.stream(job, stop)) as items:
            assert await anext(items) == 0
            await comes(waiting)
        return await thread.call(lambda: "free")

    assert run(main()) == "free"
    assert stop.is_set()


def test_a_reader_that_is_cancelled_leaves_like_any_other(
    thread: ThreadWorker, stop: threading.Event
) -> None:
    begun = threading.Event()

    def job() -> Iterator[int]:
        begun.set()
        assert stop.wait(PATIENCE)
        yield 1

    async def main() -> str:
        reader = asyncio.create_task(collect(thread.stream(job, stop)))
        await comes(begun)
        reader.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reader
        return await thread.call(lambda: "free")

    assert run(main()) == "free"


def test_a_failure_after_the_reader_has_left_is_nobody_s_business(
    thread: ThreadWorker, stop: threading.Event
) -> None:
    def job() -> Iterator[int]:
        yield 1
        assert stop.wait(PATIENCE)
        raise EngineError("too late", "Never mind.")

    async def main() -> str:
        complaints = list[dict[str, Any]]()
        asyncio.get_running_loop().set_exception_handler(lambda _, about: complaints.append(about))
        async with aclosing(thread.stream(job, stop)) as items:
            await anext(items)
        free = await thread.call(lambda: "free")
        assert not complaints
        return free

    assert run(main()) == "free"


def test_a_stream_that_was_stopped_ends(thread: ThreadWorker, stop: threading.Event) -> None:
    async def main() -> list[int]:
        got = list[int]()
        async for item in thread.stream(lambda: iter(range(10 * STREAM_AHEAD)), stop):
            got.append(item)
            stop.set()
        return got

    got = run(main())
    assert got == list(range(len(got))) and len(got) <= STREAM_AHEAD + 2


def test_closing_lets_the_present_job_end_and_begins_no_other() -> None:
    worker, gate, begun = ThreadWorker("test"), Gate(), list[str]()

    async def main() -> str:
        present = asyncio.create_task(worker.call(gate))
        await comes(gate.begun)
        next_one = asyncio.create_task(worker.call(lambda: begun.append("next")))
        await asyncio.sleep(0)
        worker.close()
        gate.may_end.set()
        with pytest.raises(asyncio.CancelledError):
            await next_one
        return await present

    assert run(main()) == "through"
    assert begun == []


# --- the inline worker's pace


def test_inline_work_takes_its_time_on_the_virtual_clock(stop: threading.Event) -> None:
    async def main() -> list[float]:
        worker, clock = InlineWorker(0.25), asyncio.get_running_loop().time
        await worker.call(lambda: None)
        called = clock()
        return [called, *[clock() async for _ in worker.stream(lambda: iter("abc"), stop)]]

    assert run_virtual(main()) == [0.25, 0.5, 0.75, 1.0]


def test_a_job_that_hangs_is_seen_and_one_that_waits_to_be_read_is_not() -> None:
    now = [0.0]
    worker = ThreadWorker("test", lambda: now[0])
    gate, stop = Gate(), threading.Event()

    async def hang() -> None:
        assert worker.silent_s == 0
        calling = asyncio.create_task(worker.call(gate))
        await comes(gate.begun)
        now[0] += 100
        assert worker.silent_s == 100
        gate.may_end.set()
        assert await calling == "through"
        assert worker.silent_s == 0

    async def wait_to_be_read() -> None:
        full = threading.Event()

        def items() -> Iterator[int]:
            for number in range(2 * STREAM_AHEAD):
                if number == STREAM_AHEAD:
                    full.set()
                yield number

        async with aclosing(worker.stream(items, stop)) as stream:
            assert await anext(stream) == 0
            await comes(full)
            now[0] += 100
            while worker.silent_s:  # until it waits, which it does at once
                await asyncio.sleep(0)
            assert [number async for number in stream][-1] == 2 * STREAM_AHEAD - 1

    run(hang())
    run(wait_to_be_read())
    worker.close()
