"""Lets the responder read ahead: the words while they are spoken, the history while it is quiet."""

import asyncio
import logging
import threading
from collections.abc import Sequence

from edgevoice.dialog.history import Message
from edgevoice.errors import EngineError
from edgevoice.responders.base import Responder

log = logging.getLogger(__name__)


class Reader:
    """One reading at a time; what comes while it is busy is left out, the next will cover it."""

    def __init__(self, responder: Responder, wanted: bool) -> None:
        """`wanted`: whether anything is read at all."""
        self._responder = responder
        self._wanted = wanted
        self._reading: asyncio.Task[None] | None = None
        self._stop = threading.Event()

    @property
    def busy(self) -> bool:
        """Whether something is being read."""
        return self._reading is not None and not self._reading.done()

    def read(self, messages: Sequence[Message], tasks: asyncio.TaskGroup) -> None:
        """Let the responder read `messages` already, unless it is busy."""
        if self._wanted and not self.busy:
            self._stop = threading.Event()
            self._reading = tasks.create_task(self._read(messages))

    def stop(self) -> None:
        """There is something more urgent."""
        self._stop.set()

    async def _read(self, messages: Sequence[Message]) -> None:
        try:
            await self._responder.prepare(messages, self._stop)
        except EngineError as error:
            log.error("reading ahead: %s", error)
