"""Runs plain functions beside the event loop, a few at a time.

Nothing can stop a thread. When a function takes too long, whoever waited goes on, and its thread
lingers until the function returns. So every tool has a room of its own with few threads in it: once
all of them hang, further calls of that tool fail at once, and the others, and the rest of the
assistant, are as quick as before. The threads do not keep the process from ending.
"""

import asyncio
import contextvars
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

MOST_THREADS = 4
"""Of one tool, at work or lingering."""

BUSY = "Sorry, I still have my hands full. Please ask me again in a while."


class BusyError(Exception):
    """All threads are taken."""


class Room:
    """Has threads for one tool."""

    def __init__(self) -> None:
        self._free = threading.BoundedSemaphore(MOST_THREADS)

    async def run(self, function: Callable[[], Any]) -> Any:
        """What `function` returns or raises; raises `BusyError` when there is no thread for it.

        Whoever stops waiting (is cancelled) is not told what becomes of it.
        """
        if not self._free.acquire(blocking=False):
            raise BusyError
        loop = asyncio.get_running_loop()
        done: asyncio.Future[tuple[Any, BaseException | None]] = loop.create_future()
        context = contextvars.copy_context()

        def settle(value: Any, error: BaseException | None) -> None:
            if not done.done():
                done.set_result((value, error))

        def work() -> None:
            value, error = None, None
            try:
                value = context.run(function)
            except BaseException as raised:  # it is raised again where somebody waits for it
                error = raised
            self._free.release()
            with suppress(RuntimeError):  # the loop has been closed, so nobody waits
                loop.call_soon_threadsafe(settle, value, error)

        try:
            threading.Thread(target=work, name="tool", daemon=True).start()
        except RuntimeError:
            self._free.release()
            raise BusyError from None
        value, error = await done
        if error is not None:
            raise error
        return value
