"""The local pipeline: the language model writes, clause by clause the voice speaks.

The writer runs ahead of the speaker by a few clauses, so that the next clause is made while the
present one plays.
"""

import asyncio
import threading
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import aclosing

import numpy as np

from edgevoice.audio.chunk import AudioChunk
from edgevoice.dialog.clauses import ClauseSplitter
from edgevoice.dialog.events import ClauseWritten, Prefilled, SoundMade, TokenWritten
from edgevoice.dialog.history import Message
from edgevoice.dialog.speakable import Speakable
from edgevoice.engines.base import ChatModel, Voice
from edgevoice.engines.workers import Worker
from edgevoice.report import Journal
from edgevoice.responders.base import Speech

CLAUSES_AHEAD = 2
"""Clauses that may wait for the voice; the language model pauses when there are more, so that a
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
        """`clause`, and then its sound."""
        self._journal.publish(ClauseWritten(self._journal.now(), clause))
        yield Speech(AudioChunk(np.zeros(0, np.int16), self._voice.rate), clause)
        if words := speakable(clause):
            chunks = self._worker.stream(lambda: self._voice.synthesize(words, stop), stop)
            async with aclosing(chunks):
                async for chunk in chunks:
                    self._journal.publish(
                        SoundMade(self._journal.now(), len(chunk.pcm), chunk.rate)
                    )
                    yield Speech(chunk, "")


class LocalResponder:
    """Answers with a chat model and a voice, both on this machine."""

    def __init__(
        self, chat: ChatModel, chat_worker: Worker, speaker: Speaker, journal: Journal
    ) -> None:
        self._chat = chat
        self._chat_worker = chat_worker
        self._speaker = speaker
        self._journal = journal

    async def prepare(self, messages: Sequence[Message], stop: threading.Event) -> None:
        """Bring `messages` into the chat model's cache."""

        def read() -> int:
            before = self._chat.evaluated_tokens
            self._chat.prefill(messages, stop)
            return self._chat.evaluated_tokens - before

        if tokens := await self._chat_worker.call(read):
            self._journal.publish(Prefilled(self._journal.now(), tokens))

    async def reply(
        self, messages: Sequence[Message], stop: threading.Event
    ) -> AsyncGenerator[Speech, None]:
        """The reply to `messages`; raises `EngineError` when an engine fails."""
        clauses: asyncio.Queue[str | None] = asyncio.Queue(CLAUSES_AHEAD)
        writer = asyncio.create_task(self._write(messages, stop, clauses))
        speakable = Speakable()
        try:
            while (clause := await clauses.get()) is not None:
                async with aclosing(self._speaker.speak(clause, speakable, stop)) as speech:
                    async for piece in speech:
                        yield piece
            await writer
        finally:
            stop.set()
            writer.cancel()

    async def forget(self) -> None:
        """Wipe the chat model's cache, once its present job is done."""
        await self._chat_worker.call(self._chat.forget)

    async def _write(
        self,
        messages: Sequence[Message],
        stop: threading.Event,
        clauses: asyncio.Queue[str | None],
    ) -> None:
        """Puts the reply into `clauses`, and None when there is no more.

        Not so when it is cancelled: then nobody reads any more, and a full queue would hold it.
        """
        splitter = ClauseSplitter()

        def written() -> Iterator[tuple[str, int]]:
            before = self._chat.evaluated_tokens
            for piece in self._chat.stream(messages, stop):
                yield piece, self._chat.evaluated_tokens - before

        pieces = self._chat_worker.stream(written, stop)
        try:
            async with aclosing(pieces):
                async for piece, evaluated in pieces:
                    self._journal.publish(TokenWritten(self._journal.now(), piece, evaluated))
                    for clause in splitter.add(piece):
                        await clauses.put(clause)
            for clause in splitter.finish():
                await clauses.put(clause)
        except Exception:
            await clauses.put(None)
            raise
        await clauses.put(None)


class FixedResponder:
    """Answers with one sentence, always the same."""

    def __init__(self, sentence: str, speaker: Speaker) -> None:
        self._sentence = sentence
        self._speaker = speaker

    async def prepare(self, messages: Sequence[Message], stop: threading.Event) -> None:
        """Nothing to prepare."""

    async def forget(self) -> None:
        """Nothing to forget."""

    async def reply(
        self, messages: Sequence[Message], stop: threading.Event
    ) -> AsyncGenerator[Speech, None]:
        """The sentence."""
        async with aclosing(self._speaker.speak(self._sentence, Speakable(), stop)) as speech:
            async for piece in speech:
                yield piece
