"""One reply, and how to stop it.

A `Turn` owns all that a reply started: its tasks, its stop flag and its own outlet. The outlet is
shut at first, so a reply can be drafted before it is certain that the person has finished; `open`
lets it out. Cancelling a turn shuts the outlet first, so nothing of a cancelled turn can ever reach
the loudspeaker, however long an engine takes to notice.
"""

import asyncio
import logging
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass

from edgevoice.audio.chunk import LISTENING_RATE, AudioChunk, samples_of
from edgevoice.dialog.deeds import Deeds
from edgevoice.dialog.events import DraftDropped, TurnDone, TurnFailed, TurnStarted
from edgevoice.dialog.history import Message, heard_part, last_made_whole
from edgevoice.errors import EngineError
from edgevoice.report import Journal
from edgevoice.responders.base import Ending, Request, Responder, Speech
from edgevoice.transports.base import Transport

log = logging.getLogger(__name__)

LETTER_MS = 65
"""How long a voice takes for a letter (espeak-ng, measured: 63 ms)."""

WAITING_PIECES = 8
"""Pieces of sound (of 100 ms at most) that wait in the outlet: the length of a draft."""


class Outlet:
    """The way of one turn to the loudspeaker, shut until it is opened."""

    def __init__(self, transport: Transport, lead: int = 0) -> None:
        """`lead`: samples that were played since the last flush and are not this turn's."""
        self._transport = transport
        self._lead = lead
        self._waiting: asyncio.Queue[AudioChunk] = asyncio.Queue(WAITING_PIECES)
        self._opened = asyncio.Event()
        self._written = 0
        self._rate = LISTENING_RATE
        self._clauses: list[tuple[str, int]] = []
        self._complete = False

    async def write(self, speech: Speech) -> None:
        """Hand over `speech`; waits while too much of it waits."""
        if speech.text:
            self._clauses.append((speech.text, 0))
            self._complete = False
        if not len(speech.chunk.pcm):
            self._complete |= not speech.text
            return
        text, samples = self._clauses[-1]
        self._clauses[-1] = (text, samples + len(speech.chunk.pcm))
        self._written += len(speech.chunk.pcm)
        self._rate = speech.chunk.rate
        await self._waiting.put(speech.chunk)

    async def play(self) -> None:
        """Once it is open, play what is written, until cancelled."""
        await self._opened.wait()
        while True:
            await self._transport.play(await self._waiting.get())

    def open(self) -> None:
        """Let the sound out."""
        self._opened.set()

    def after(self, lead: int) -> None:
        """`lead` samples of something else are played first."""
        self._lead = lead

    def break_off(self) -> None:
        """Of the last clause no more is made: only the words count that were."""
        if self._clauses and not self._complete:
            *before, (_, made) = self._clauses
            words = heard_part(self._made_whole()[-1:], made).rstrip()
            self._clauses = [*before, (f"{words} " if words else "", made)]

    def complete(self) -> None:
        """The last clause is as long as it is."""
        self._complete = True

    @property
    def begun(self) -> bool:
        """Whether there is something to say, or about to be: the first clause is being spoken."""
        return bool(self._clauses)

    @property
    def sounded(self) -> bool:
        """Whether everything that was written has been heard."""
        return self._opened.is_set() and self._heard(self._transport.heard()) >= self._written

    def sounding_since(self, now: int) -> int | None:
        """The moment at which the first sample was heard; None before that."""
        heard = self._heard(self._transport.heard())
        return now - round(heard * LISTENING_RATE / self._rate) if heard else None

    @property
    def text(self) -> str:
        """All that was written."""
        return "".join(text for text, _ in self._clauses)

    def shut(self, interrupted: bool) -> Ending:
        """Silence, now and for good (nobody may `play` any more); answers what was heard."""
        heard = self._heard(self._transport.flush())
        text = heard_part(self._clauses if self._complete else self._made_whole(), heard)
        return Ending(text, 1000 * min(heard, self._written) / self._rate, interrupted)

    def _made_whole(self) -> list[tuple[str, int]]:
        """The clauses, the last one as long as it will be."""
        letter = samples_of(LETTER_MS, self._rate)
        return last_made_whole(self._clauses, letter) if self._clauses else []

    def _heard(self, since_flush: int) -> int:
        return max(0, since_flush - self._lead)


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a turn answers: the person's `words` (empty: nothing for the history), and the
    conversation up to them, for `responder`. `unasked`: nobody has said anything."""

    words: str
    messages: Sequence[Message]
    responder: Responder
    unasked: bool = False


class Turn:
    """One reply, from the first token to the last sample."""

    def __init__(
        self,
        prompt: Prompt,
        outlet: Outlet,
        journal: Journal,
        apology: Speech,
        tasks: asyncio.TaskGroup,
    ) -> None:
        """`tasks` holds what the turn starts."""
        self.words = prompt.words
        self.unasked = prompt.unasked
        self.failed = False
        """Whether an engine has failed, so that the reply ends with the apology."""
        self._prompt = prompt
        self._outlet = outlet
        self._journal = journal
        self._apology = apology
        self._tasks = tasks
        self._number = 0
        self._request = Request(prompt.messages)
        self._writing: asyncio.Task[None] | None = None
        self._playing: asyncio.Task[None] | None = None

    def draft(self) -> None:
        """Begin the reply, behind the shut outlet."""
        self._writing = self._tasks.create_task(self._write())

    def open(self, number: int) -> None:
        """This is turn `number` now: let the reply be heard, and begin it if it was not drafted."""
        self._number = number
        self._journal.publish(TurnStarted(self._journal.now(), number))
        if not self._writing:
            self.draft()
        self._request.certain.set()
        self._outlet.open()
        self._playing = self._tasks.create_task(self._outlet.play())

    def after(self, lead: int) -> None:
        """`lead` samples of something else are played before the reply."""
        self._outlet.after(lead)

    @property
    def begun(self) -> bool:
        """Whether sound has been made, or is about to be."""
        return self._outlet.begun

    @property
    def ended(self) -> bool:
        """Whether the reply is complete and all of it has been heard."""
        return self._writing is not None and self._writing.done() and self._outlet.sounded

    def sounding_since(self, now: int) -> int | None:
        """When the reply's first sample was heard, in samples at 16 kHz; None before that.

        True until the reply has a gap: ask early, once.
        """
        return self._outlet.sounding_since(now)

    @property
    def deeds(self) -> Deeds:
        """What it does besides talking."""
        return self._request.deeds

    def finish(self) -> str:
        """Close a turn that has ended; answers its text, all of which was heard."""
        return self._close(interrupted=False)

    def cancel(self) -> str:
        """Silence the reply now and stop everything that it started; answers what was heard."""
        return self._close(interrupted=True)

    def drop(self) -> None:
        """Throw away a draft: nobody has heard anything of it."""
        if self._writing:
            self._journal.publish(DraftDropped(self._journal.now()))
        self._halt()

    def _close(self, interrupted: bool) -> str:
        # The player first: what it hands to the loudspeaker after the flush would be heard.
        self._halt()
        ending = self._outlet.shut(interrupted)
        self._prompt.responder.ended(ending)
        heard = ending.heard
        self._journal.publish(
            TurnDone(self._journal.now(), self._number, self._outlet.text, heard, interrupted)
        )
        return heard

    def _halt(self) -> None:
        self._request.stop.set()
        self._request.deeds.break_off()  # now, so that history can tell
        for task in (self._playing, self._writing):
            if task:
                task.cancel()

    async def _write(self) -> None:
        try:
            async with aclosing(self._prompt.responder.reply(self._request)) as speech:
                async for piece in speech:
                    await self._outlet.write(piece)
        except EngineError as error:
            log.error("the reply: %s", error)
            self.failed = True
            self._journal.publish(TurnFailed(self._journal.now(), type(error).__name__))
            self._outlet.break_off()
            await self._outlet.write(self._apology)
        self._outlet.complete()
