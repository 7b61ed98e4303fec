"""Reads the settings again while the conversation goes on.

New settings that are no good are refused, and the old ones stay. Either is said in one line: in the
log, to the service manager, and to whoever asked.
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from types import TracebackType
from typing import Self

from edgevoice.app import Surroundings
from edgevoice.changes import Change, change, differences
from edgevoice.config import Config
from edgevoice.conversation import Conversation
from edgevoice.engines.workers import Worker
from edgevoice.errors import BadInputError, EdgevoiceError

log = logging.getLogger(__name__)

ANSWER_S = 5.0
"""Whoever asks is answered so soon after the settings were read, also where somebody speaks on."""

WAITING = "the new settings wait until nobody speaks"

Renew = Callable[[Config, Config, Surroundings], Surroundings]
"""By the old settings and the new ones, what becomes of the surroundings; may take its time.
Raises `EdgevoiceError`."""


@dataclass(frozen=True, slots=True)
class Settings:
    """`wanted`: what the file says. `running`: what holds. `here`: what has come of it."""

    wanted: Config
    running: Config
    here: Surroundings


@dataclass(frozen=True, slots=True)
class Listeners:
    """Who is told: that reading has `begun` and is `over`; a `note` about the settings, for a
    person, empty where there is nothing to say; that the file has `changed`, from what to what
    (this one in a thread)."""

    begun: Callable[[], None]
    over: Callable[[], None]
    note: Callable[[str], None]
    changed: Callable[[Config, Config], None]


class Reloading:
    """Renews the settings of a conversation, one request after the other.

    A context manager, to be left before the conversation ends. Requests that come before the file
    is looked at are one.
    """

    def __init__(
        self,
        read: Callable[[], Config],
        renew: Renew,
        settings: Settings,
        conversation: Conversation,
        listeners: Listeners,
        worker: Worker,
    ) -> None:
        """`read` raises `EdgevoiceError`. `worker`: who reads; closed in the end."""
        self.times = 0
        """How many times settings were taken over."""
        self._read = read
        self._renew = renew
        self._begun = settings.wanted
        self._settings = settings
        self._conversation = conversation
        self._listeners = listeners
        self._worker = worker
        self._alone = asyncio.Lock()
        self._next: asyncio.Task[str] | None = None
        self._tasks: set[asyncio.Task[str] | asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._worker.close()

    async def reload(self) -> str:
        """Read the settings again; what came of it, in words.

        Raises `BadInputError` where they are refused.
        """
        # Whoever asks may leave; others may wait for the same.
        return await asyncio.shield(self._begin())

    def request(self) -> None:
        """The same, and nobody waits for it."""
        self._begin().add_done_callback(lambda task: task.cancelled() or task.exception())

    def _begin(self) -> asyncio.Task[str]:
        if self._next is None:
            self._next = task = asyncio.create_task(self._reload())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return self._next

    async def _reload(self) -> str:
        async with self._alone:
            self._next = None
            self._listeners.begun()
            try:
                return await self._renewed()
            except EdgevoiceError as error:
                refused = f"the new settings are refused, the old ones stay: {error.what}"
                log.warning("%s. %s", refused, error.cure)
                self._listeners.note(refused)
                raise BadInputError(refused, error.cure) from None
            finally:
                self._listeners.over()

    async def _renewed(self) -> str:
        before = self._settings
        wanted = await self._worker.call(self._read)
        what = change(self._begun, before.wanted, before.running, wanted)
        here = await self._worker.call(
            lambda: self._renew(before.running, what.config, before.here)
        )
        agent = await self._conversation.prepare(what.config, here)
        taken_over = self._conversation.hand_to(agent)
        settings = Settings(wanted, what.config, here)
        taken_over.add_done_callback(partial(self._in_force, settings, what))
        done, _ = await asyncio.wait([taken_over], timeout=ANSWER_S)
        if done:
            return str(what)
        log.warning(WAITING)
        self._listeners.note(WAITING)
        return WAITING

    def _in_force(self, new: Settings, what: Change, taken_over: asyncio.Future[None]) -> None:
        if taken_over.cancelled():
            return
        before, self._settings = self._settings.wanted, new
        self.times += 1
        logging.getLogger().setLevel(new.running.log.level.upper())
        log.warning("%s", what)
        self._listeners.note(what.later_words)
        if differences(before, new.wanted):
            told = partial(self._listeners.changed, before, new.wanted)
            task = asyncio.create_task(self._worker.call(told))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
