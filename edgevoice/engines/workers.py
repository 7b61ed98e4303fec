"""Who runs the engines: one thread per engine, so that the event loop never waits for a model.

A worker runs one job at a time, in the order in which jobs were asked for.
"""

import asyncio
import threading
import time
from collections.abc import AsyncGenerator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, Protocol, TypeVar

from edgevoice.errors import EdgevoiceError, EngineError

STREAM_AHEAD = 64
"""Items by which a streaming engine may be ahead of its reader before it has to wait."""

T = TypeVar("T")


class Worker(Protocol):
    """Runs an engine's blocking methods for the event loop."""

    async def call(self, job: Callable[[], T]) -> T:
        """The result of `job()`."""
        ...

    def stream(
        self, job: Callable[[], Iterator[T]], stop: threading.Event
    ) -> AsyncGenerator[T, None]:
        """The items of `job()` as they come. Leaving the stream early sets `stop`."""
        ...

    @property
    def silent_s(self) -> float:
        """Seconds since the present job began or gave its last item; 0 where none is at work."""
        ...

    def close(self) -> None:
        """Let go of the thread once the present job is done."""
        ...


class ThreadWorker:
    """Runs jobs in a thread of its own, named after the engine.

    Whatever a library below the engine comes up with, even that memory ran out, is an
    `EngineError`: the conversation goes on without this reply.
    """

    def __init__(self, name: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._name = name
        self._clock = clock
        self._sign_at: float | None = None  # the present job's last sign of life
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix=name)

    async def call(self, job: Callable[[], T]) -> T:
        """The result of `job()`; a job that nobody waits for any more is not begun."""

        def run() -> T:
            with self._told():
                return job()

        return await asyncio.get_running_loop().run_in_executor(self._thread, run)

    async def stream(
        self, job: Callable[[], Iterator[T]], stop: threading.Event
    ) -> AsyncGenerator[T, None]:
        """The items of `job()`; the thread waits when it is `STREAM_AHEAD` items ahead."""
        loop = asyncio.get_running_loop()
        items: asyncio.Queue[Any] = asyncio.Queue()
        room = threading.Semaphore(STREAM_AHEAD)
        done = object()

        def run() -> None:
            with self._told():
                for item in job():
                    self._sign_at = None  # it waits for its reader, for as long as that may be
                    room.acquire()
                    self._sign_at = self._clock()
                    if stop.is_set():
                        return
                    loop.call_soon_threadsafe(items.put_nowait, item)

        running = loop.run_in_executor(self._thread, run)
        running.add_done_callback(lambda _: items.put_nowait(done))
        try:
            while (item := await items.get()) is not done:
                room.release()
                yield item
            await running
        except BaseException:
            # Left early. `stop` may be shared with other engines, so it is not set otherwise.
            stop.set()
            raise
        finally:
            room.release()
            if not running.cancel():  # a job that waits in the queue is not begun any more
                running.cancelled() or running.exception()

    @property
    def silent_s(self) -> float:
        """Seconds since the present job began or gave its last item; 0 where none is at work."""
        sign_at = self._sign_at
        return 0.0 if sign_at is None else self._clock() - sign_at

    def close(self) -> None:
        """Let go of the thread once the present job is done."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    @contextmanager
    def _told(self) -> Iterator[None]:
        self._sign_at = self._clock()
        try:
            yield
        except EdgevoiceError:
            raise
        except Exception as error:  # only its kind is told: its text may hold words
            raise EngineError(
                f"the engine of the thread {self._name} broke down ({type(error).__name__})",
                "If that happens again, `edgevoice doctor` tries every engine.",
            ) from error
        finally:
            self._sign_at = None


class InlineWorker:
    """Runs jobs on the event loop itself, for tests that must be the same every time.

    `pace` is how many seconds of the loop's (virtual) clock a call, or an item, takes.
    """

    def __init__(self, pace: float = 0.0) -> None:
        self._pace = pace

    async def call(self, job: Callable[[], T]) -> T:
        """The result of `job()`, after `pace` seconds."""
        await asyncio.sleep(self._pace)
        return job()

    async def stream(
        self, job: Callable[[], Iterator[T]], stop: threading.Event
    ) -> AsyncGenerator[T, None]:
        """The items of `job()`, one every `pace` seconds."""
        try:
            for item in job():
                await asyncio.sleep(self._pace)
                yield item
        except BaseException:
            stop.set()
            raise

    @property
    def silent_s(self) -> float:
        """Nobody could ask while it is at work."""
        return 0.0

    def close(self) -> None:
        """Nothing to let go of."""
