"""A question to a service, and what comes of it."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from edgevoice.dialog.history import Message
from edgevoice.responders.realtime.session import (
    SPEAKING_RATE,
    CloudError,
    Event,
    Fault,
    SoundPiece,
)

MOST_AHEAD = 180 * SPEAKING_RATE
"""Samples of a reply that may wait to be heard: three minutes, which nobody listens to."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is to be answered, after `before` was said: `words`; the person `said` so, or more.
    `voiced`: the voice that was heard says the same, and is the better question."""

    before: Sequence[Message]
    words: str
    said: str
    voiced: bool


class Answer:
    """What comes of a question."""

    def __init__(self, question: Question) -> None:
        self.question = question
        self._events: asyncio.Queue[Event] = asyncio.Queue()
        self._ahead = 0  # samples of sound that wait

    def put(self, event: Event) -> None:
        """The next event of it. Raises `CloudError` where somebody talks without end."""
        ahead = self._ahead + _sound_in(event)
        if ahead > MOST_AHEAD:
            raise CloudError(Fault.GARBLED)
        self._ahead = ahead
        self._events.put_nowait(event)

    async def next(self, patience_s: float) -> Event:
        """The next event; raises `CloudError` when it is late."""
        try:
            async with asyncio.timeout(patience_s):
                event = await self._events.get()
        except TimeoutError:
            raise CloudError(Fault.STALLED) from None
        self._ahead -= _sound_in(event)
        return event

    @property
    def waiting(self) -> bool:
        """Whether there is an event already."""
        return not self._events.empty()


def _sound_in(event: Event) -> int:
    return len(event.pcm) if isinstance(event, SoundPiece) else 0
