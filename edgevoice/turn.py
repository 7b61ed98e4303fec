"""One reply, and how to stop it.

A `Turn` owns all that a reply started: its task, its stop flag and its own outlet. Cancelling it
shuts the outlet first, so nothing of a cancelled turn can ever reach the loudspeaker, however long
an engine takes to notice.
"""

import asyncio
import logging
import threading
from contextlib import aclosing

from edgevoice.audio.chunk import LISTENING_RATE, samples_of
from edgevoice.dialog.events import TurnDone, TurnFailed, TurnStarted
from edgevoice.dialog.history import History, heard_part, last_made_whole
from edgevoice.errors import EngineError
from edgevoice.report import Journal
from edgevoice.responders.base import Responder, Speech
from edgevoice.transports.base import Transport

log = logging.getLogger(__name__)


LETTER_MS = 65
"""How long a voice takes for a letter (espeak-ng, measured: 63 ms)."""


class Outlet:
    """The way of one turn to the loudspeaker."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._open = True
        self._written = 0
        self._rate = LISTENING_RATE
        self._clauses: list[tuple[str, int]] = []
        self._complete = False

    async def play(self, speech: Speech) -> None:
        """Queue `speech`; once the outlet is shut, this does nothing."""
        if speech.text:
            self._clauses.append((speech.text, 0))
        text, samples = self._clauses[-1]
        self._clauses[-1] = (text, samples + len(speech.chunk.pcm))
        self._written += len(speech.chunk.pcm)
        self._rate = speech.chunk.rate
        if self._open and len(speech.chunk.pcm):
            await self._transport.play(speech.chunk)

    def complete(self) -> None:
        """Nothing more will be played: the last clause is as long as it is."""
        self._complete = True

    @property
    def sounded(self) -> bool:
        """Whether everything that was written has been heard."""
        return self._transport.heard() >= self._written

    def sounding_since(self, now: int) -> int | None:
        """The moment at which the first sample was heard; None before that."""
        heard = self._transport.heard()
        return now - round(heard * LISTENING_RATE / self._rate) if heard else None

    @property
    def text(self) -> str:
        """All that was written."""
        return "".join(text for text, _ in self._clauses)

    def shut(self) -> str:
        """Silence, now and for good; answers the text that was heard."""
        self._open = False
        heard = self._transport.flush()
        if self._complete or not self._clauses:
            return heard_part(self._clauses, heard)
        return heard_part(last_made_whole(self._clauses, samples_of(LETTER_MS, self._rate)), heard)


class Turn:
    """One reply, from the first token to the last sample."""

    def __init__(
        self, number: int, transport: Transport, journal: Journal, apology: Speech
    ) -> None:
        self._number = number
        self._journal = journal
        self._apology = apology
        self._outlet = Outlet(transport)
        self._stop = threading.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self, responder: Responder, history: History, tasks: asyncio.TaskGroup) -> None:
        """Begin the reply to `history`; its task belongs to `tasks`."""
        self._journal.publish(TurnStarted(self._journal.now(), self._number))
        self._task = tasks.create_task(self._run(responder, history))

    @property
    def ended(self) -> bool:
        """Whether the reply is complete and all of it has been heard."""
        return self._task is not None and self._task.done() and self._outlet.sounded

    def sounding_since(self, now: int) -> int | None:
        """When the reply's first sample was heard, in samples at 16 kHz; None before that.

        True until the reply has a gap: ask early, once.
        """
        return self._outlet.sounding_since(now)

    def finish(self) -> str:
        """Close a turn that has ended; answers its text, all of which was heard."""
        return self._close(interrupted=False)

    def cancel(self) -> str:
        """Silence the reply now and stop everything that it started; answers what was heard."""
        return self._close(interrupted=True)

    def _close(self, interrupted: bool) -> str:
        heard = self._outlet.shut()
        self._stop.set()
        if self._task:
            self._task.cancel()
        self._journal.publish(
            TurnDone(self._journal.now(), self._number, self._outlet.text, heard, interrupted)
        )
        return heard

    async def _run(self, responder: Responder, history: History) -> None:
        try:
            async with aclosing(responder.reply(history.messages(), self._stop)) as speech:
                async for piece in speech:
                    await self._outlet.play(piece)
        except EngineError as error:
            log.error("turn %d: %s", self._number, error)
            self._journal.publish(TurnFailed(self._journal.now(), type(error).__name__))
            await self._outlet.play(self._apology)
        self._outlet.complete()
