"""A realtime session that does as a script says, on whatever clock its loop has: for tests and
benchmarks."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence

import numpy as np

from edgevoice.audio.chunk import Samples
from edgevoice.dialog.history import Message
from edgevoice.responders.realtime.meter import Spent
from edgevoice.responders.realtime.session import (
    SPEAKING_RATE,
    CloudError,
    Done,
    Event,
    Fault,
    SoundPiece,
    TextPiece,
    Usage,
)

MS = SPEAKING_RATE // 1000

Reply = Sequence[Event | float | Fault]
"""What comes of a question: events, pauses in seconds, and the end of the connection."""


def spoken(text: str, ms: int = 1_000, pieces: int = 10, pause_s: float = 0.0) -> Reply:
    """A reply of `text` that lasts `ms` milliseconds."""
    sound = SoundPiece(np.full(ms * MS // pieces, 44, np.int16))
    said = [each for _ in range(pieces) for each in (sound, pause_s)]
    return [0.1, TextPiece(text), *said, Usage(text_in=100, audio_out=100), Done()]


class ScriptedSession:
    """A `RealtimeSession`; `calls` is all that was asked of it."""

    longest_s = 600.0

    def __init__(
        self, replies: Iterator[Reply], connect: float | Fault = 0.05, amendable: bool = True
    ) -> None:
        """`replies`: taken one by one. `connect`: seconds that it takes, or how it fails."""
        self.amendable = amendable
        self.handle = ""
        self.calls: list[str] = []
        self.opening: list[tuple[str, str]] = []
        self.voice: list[Samples] = []
        self.closed = False
        self.stalls = False
        """Whether it takes nothing in any more."""
        self._replies = replies
        self._connect = connect
        self._events: asyncio.Queue[tuple[int, Event | Fault]] = asyncio.Queue()
        self._answering: asyncio.Task[None] | None = None
        self._number = 0

    async def connect(self, opening: Sequence[Message], handle: str = "") -> None:
        self.handle = handle
        self.opening = [(message.role, message.content) for message in opening]
        if isinstance(self._connect, Fault):
            raise CloudError(self._connect)
        await asyncio.sleep(self._connect)

    async def add(self, messages: Sequence[Message]) -> None:
        await self._take(*(f"{message.role}: {message.content}" for message in messages))

    async def send_audio(self, pcm: Samples) -> None:
        await self._take()
        self.voice.append(pcm)

    async def clear_audio(self) -> None:
        await self._take("clear")
        self.voice.clear()

    async def ask(self, words: str | None = None) -> None:
        heard = sum(map(len, self.voice)) // 16
        await self._take(f"ask {heard} ms" if words is None else f"ask: {words}")
        self.voice.clear()
        self._number += 1
        self._answering = asyncio.create_task(self._answer(next(self._replies), self._number))

    async def stop(self) -> None:
        await self._take("stop")
        self._number += 1
        if self._answering:
            self._answering.cancel()

    async def truncate(self, heard_ms: float) -> None:
        await self._take(f"truncate {heard_ms:.0f}")

    async def events(self) -> AsyncIterator[Event]:
        while True:
            number, event = await self._events.get()
            if isinstance(event, Fault):
                raise CloudError(event)
            if number == self._number or isinstance(event, Usage):
                yield event

    async def close(self) -> None:
        self.closed = True
        if self._answering:
            self._answering.cancel()
            await asyncio.gather(self._answering, return_exceptions=True)

    async def _take(self, *calls: str) -> None:
        while self.stalls:
            await asyncio.sleep(1)
        self.calls += calls

    async def _answer(self, reply: Reply, number: int) -> None:
        for each in reply:
            if isinstance(each, float | int):
                await asyncio.sleep(each)
            else:
                self._events.put_nowait((number, each))

    def send(self, event: Event | Fault) -> None:
        """Something comes unasked."""
        self._events.put_nowait((self._number, event))


class Memory:
    """A `Ledger` that lasts as long as we do."""

    def __init__(self) -> None:
        self.spent: Spent | None = None

    def read(self) -> Spent | None:
        return self.spent

    def write(self, spent: Spent) -> None:
        self.spent = spent
