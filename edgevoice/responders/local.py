"""The local pipeline: a writer writes, clause by clause the voice speaks.

The writer runs ahead of the speaker by a few clauses, so that the next clause is made while the
present one plays.
"""

import asyncio
import threading
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing

import numpy as np

from edgevoice.audio.chunk import AudioChunk
from edgevoice.dialog.events import ClauseWritten, SoundMade
from edgevoice.dialog.history import Message
from edgevoice.dialog.speakable import Speakable
from edgevoice.engines.base import Voice
from edgevoice.engines.workers import Worker
from edgevoice.report import Journal
from edgevoice.responders.base import Ending, Request, Responder, Speech, Writer

CLAUSES_AHEAD = 2
"""Clauses that may wait for the voice; the writer pauses when there are more, so that a
draft which is dropped, or a reply which is interrupted, wastes little."""


class Speaker:
    """Speaks text: a voice, its worker, and what makes text speakable."""

    def __init__(self, voice: Voice, worker: Worker, journal: Journal) -> None:
        self._voice = voice
        self._worker = worker
        self._journal = journal

    async def speak(
        self, clause: str, speakable: Speakable, stop: threading.Event
    ) -> AsyncGenerator[Speech, None]:
        """`clause`, then its sound, and then nothing: that was all of it."""
        nothing = AudioChunk(np.zeros(0, np.int16), self._voice.rate)
        self._journal.publish(ClauseWritten(self._journal.now(), clause))
        yield Speech(nothing, clause)
        if words := speakable(clause):
            chunks = self._worker.stream(lambda: self._voice.synthesize(words, stop), stop)
            async with aclosing(chunks):
                async for chunk in chunks:
                    self._journal.publish(
                        SoundMade(self._journal.now(), len(chunk.pcm), chunk.rate)
                    )
                    yield Speech(chunk, "")
        yield Speech(nothing, "")


class LocalResponder(Responder):
    """Answers with what a writer writes, and a voice, both of our own."""

    def __init__(self, writer: Writer, speaker: Speaker) -> None:
        self._writer = writer
        self._speaker = speaker

    async def prepare(self, messages: Sequence[Message], stop: threading.Event) -> None:
        """Let the writer read `messages`."""
        await self._writer.prepare(messages, stop)

    async def reply(self, request: Request) -> AsyncGenerator[Speech, None]:
        """The reply to `request`; raises `EngineError` when an engine fails."""
        clauses: asyncio.Queue[str | None] = asyncio.Queue(CLAUSES_AHEAD)
        writing = asyncio.create_task(self._write(request, clauses))
        speakable = Speakable()
        try:
            while (clause := await clauses.get()) is not None:
                async with aclosing(self._speaker.speak(clause, speakable, request.stop)) as speech:
                    async for piece in speech:
                        yield piece
            await writing
        finally:
            request.stop.set()
            writing.cancel()

    def ended(self, ending: Ending) -> None:
        """Tell the writer."""
        self._writer.ended(ending)

    async def forget(self) -> None:
        """Let the writer wipe what it has read and written."""
        await self._writer.forget()

    async def _write(self, request: Request, clauses: asyncio.Queue[str | None]) -> None:
        """Puts the reply into `clauses`, and None when there is no more.

        Not so when it is cancelled: then nobody reads any more, and a full queue would hold it.
        """
        try:
            async with aclosing(self._writer.write(request)) as written:
                async for clause in written:
                    await clauses.put(clause)
        except Exception:
            await clauses.put(None)
            raise
        await clauses.put(None)


class FixedResponder(Responder):
    """Answers with one sentence, always the same."""

    def __init__(self, sentence: str, speaker: Speaker) -> None:
        self._sentence = sentence
        self._speaker = speaker

    async def reply(self, request: Request) -> AsyncGenerator[Speech, None]:
        """The sentence."""
        async with aclosing(
            self._speaker.speak(self._sentence, Speakable(), request.stop)
        ) as speech:
            async for piece in speech:
                yield piece
