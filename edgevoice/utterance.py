"""The words of one utterance, worked out while it is spoken.

A stretch that lies before a pause long ago is transcribed once more and then left alone, so a long
utterance costs no more per look than a short one. Only the open stretch behind it is looked at
again and again.
"""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Sequence

from edgevoice.audio.chunk import samples_of
from edgevoice.dialog.hypothesis import Hypothesis, cut_point
from edgevoice.engines.base import Stop, Transcript

COVERS = samples_of(64)
"""Silence after the last voice from which on a look at the utterance has seen all of it."""

TAIL = samples_of(200)
"""Silence after the last voiced sample that goes to the transcriber: endings are quiet."""

Hear = Callable[[int, int, Stop], Awaitable[Transcript]]
"""The words between two samples of what was heard; stops early when told to."""


class _Look:
    """A transcription of the open stretch up to `end`; `done`, perhaps with a `transcript`."""

    def __init__(self, end: int) -> None:
        self.end = end
        self.stop = threading.Event()
        self.done = asyncio.Event()
        self.transcript: Transcript | None = None


class Utterance:
    """What a person says, from the sample `start` on."""

    def __init__(
        self, start: int, padding: int, hear: Hear, pauses: Sequence[tuple[int, int]]
    ) -> None:
        """`padding`: samples from before it that may belong to it. `pauses`: (first, end) samples
        of the silences in it, which grow as they happen."""
        self.start = start
        self.end = start
        """After its last voiced sample, as of its latest pause."""
        self.drafts = 0
        """Replies that were drafted to it so far."""
        self.interrupts = False
        """Whether it took the floor from us."""
        self._hear = hear
        self._pauses = pauses
        self._open = max(0, start - padding)
        self._hypothesis = Hypothesis()
        self._certainty: list[float] = []
        self._look: _Look | None = None

    @property
    def stable(self) -> str:
        """The words that will most likely not change any more."""
        return self._hypothesis.stable

    @property
    def latest(self) -> str:
        """All words, as far as we can tell by now."""
        return self._hypothesis.latest

    @property
    def looked_at(self) -> bool:
        """Whether a look at it was begun."""
        return self._look is not None

    @property
    def seen(self) -> Transcript | None:
        """What the latest look saw, if it is over and saw everything that is open."""
        return self._look.transcript if self._look else None

    async def look(self, now: int) -> bool:
        """See what has been said up to the sample `now`; answers whether that changed anything.

        Raises `EngineError`. One look at a time.
        """
        cut = cut_point(self._pauses, self._open, now)
        self._look = look = _Look(now if cut is None else cut)
        try:
            transcript = await self._transcribe(look.end, look.stop)
        finally:
            look.done.set()
        if look.stop.is_set():
            return False
        if cut is None:
            look.transcript = transcript
            self._hypothesis.add(transcript.text)
        else:
            self._commit(transcript, cut)
        return True

    async def finish(self, end: int) -> Transcript:
        """All words, if the sample `end` was the last voiced one. Raises `EngineError`.

        A look that has seen all of it serves; any other is told to make room.
        """
        final: Transcript | None = None
        if (look := self._look) and look.end >= end + COVERS:
            await look.done.wait()
            final = look.transcript
        elif look:
            look.stop.set()
        if final is None:
            final = await self._listen_to_the_end(end)
        text = self._hypothesis.final(final.text)
        certainty = [*self._certainty, *([final.avg_logprob] if final.text else [])]
        # The listener asks again when any part was not understood.
        return Transcript(text, min(certainty)) if text else Transcript("")

    async def _listen_to_the_end(self, end: int) -> Transcript:
        final = await self._transcribe(end + TAIL, threading.Event())
        self._hypothesis.add(final.text)
        return final

    async def _transcribe(self, end: int, stop: threading.Event) -> Transcript:
        """The open stretch up to `end`; whoever cancels this stops the work as well."""
        try:
            return await self._hear(self._open, end, stop)
        except asyncio.CancelledError:
            stop.set()
            raise

    def _commit(self, transcript: Transcript, cut: int) -> None:
        self._hypothesis.commit(transcript.text)
        if transcript.text:
            self._certainty.append(transcript.avg_logprob)
        self._open = cut
