"""When an engine worked, and how much of the response time it did not.

**Orchestration** is the time of a response that goes to nobody's work. It is counted from the
moment at which the agent learns of the endpoint to the moment at which the first piece of the reply
is handed to the transport, less the time in which an engine (recogniser, language model or voice)
was at work, be it for this reply or for something else; but only until that piece has been made:
what engines do after it nobody waits for. The wait for the endpoint lies before this
stretch, and the wait for the sound card's next period after it. So what is left is thread
hand-overs, queues, the VAD and our own code. Of a reply that was drafted in time it is the way from
the endpoint to the loudspeaker's queue.

All moments here are seconds of the clock that the event loop has too.
"""

import threading
import time
from collections.abc import AsyncGenerator, Callable, Iterable, Iterator, Sequence
from typing import NamedTuple, TypeVar

from edgevoice.app import Workers
from edgevoice.audio.chunk import AudioChunk
from edgevoice.dialog.events import (
    CuePlayed,
    DraftDropped,
    Event,
    Note,
    SoundMade,
    SpeechEnded,
    TurnDone,
    TurnStarted,
)
from edgevoice.engines.workers import Worker
from edgevoice.transports.caller import Caller, Line

Clock = Callable[[], float]
T = TypeVar("T")


class Span(NamedTuple):
    """A stretch of time."""

    begin: float
    end: float


class Handover(NamedTuple):
    """The moments of a reply: its endpoint, its first sound made, the same handed over."""

    endpoint: float
    made: float
    played: float


class Timed:
    """A worker that remembers when its jobs worked; waiting for their turn is not work."""

    def __init__(self, worker: Worker, spans: list[Span], clock: Clock = time.monotonic) -> None:
        """What is remembered is added to `spans`."""
        self._worker = worker
        self._spans = spans
        self._clock = clock

    async def call(self, job: Callable[[], T]) -> T:
        """The result of `job()`."""

        def timed() -> T:
            begin = self._clock()
            try:
                return job()
            finally:
                self._spans.append(Span(begin, self._clock()))

        return await self._worker.call(timed)

    def stream(
        self, job: Callable[[], Iterator[T]], stop: threading.Event
    ) -> AsyncGenerator[T, None]:
        """The items of `job()` as they come."""
        return self._worker.stream(lambda: self._items(job), stop)

    @property
    def silent_s(self) -> float:
        """As the worker's own."""
        return self._worker.silent_s

    def close(self) -> None:
        """Let go of the thread."""
        self._worker.close()

    def _items(self, job: Callable[[], Iterator[T]]) -> Iterator[T]:
        begin = self._clock()
        try:
            for item in job():
                self._spans.append(Span(begin, self._clock()))
                yield item
                begin = self._clock()
        finally:
            self._spans.append(Span(begin, self._clock()))


def timed_workers(workers: Workers, spans: list[Span]) -> Workers:
    """`workers`, each of which remembers in `spans` when it worked."""
    return Workers(
        Timed(workers.transcriber, spans),
        Timed(workers.chat, spans),
        Timed(workers.voice, spans),
        Timed(workers.detector, spans),
    )


class Handovers:
    """An observer that finds, for every turn, how its first sound came to the transport."""

    def __init__(self, clock: Clock = time.monotonic) -> None:
        self.turns: list[Handover | None] = []
        """One for every turn, in order; None where nothing was handed over."""
        self._clock = clock
        self._endpoint = 0.0
        self._made: float | None = None
        self._cue = False

    def __call__(self, what: Event | Note) -> None:
        """Take note of `what`."""
        match what:
            case SpeechEnded():
                self._endpoint = self._clock()
            case SoundMade() if self._made is None:
                self._made = self._clock()
            case DraftDropped() | TurnDone():
                self._made = None
            case TurnStarted():
                self.turns.append(None)
            case CuePlayed():
                self._cue = True

    def playing(self) -> None:
        """A piece of sound is handed to the transport."""
        if self._cue:
            self._cue = False
        elif self.turns and self.turns[-1] is None:
            now = self._clock()
            made = now if self._made is None else self._made  # an apology was made long ago
            self.turns[-1] = Handover(self._endpoint, made, now)


class WatchedCaller(Caller):
    """A `Caller` that tells `handovers` when something is handed to it."""

    def __init__(self, lines: Sequence[Line], handovers: Handovers) -> None:
        super().__init__(lines)
        self._handovers = handovers

    async def play(self, chunk: AudioChunk) -> None:
        """Queue `chunk`."""
        self._handovers.playing()
        await super().play(chunk)


def joined(spans: Iterable[Span]) -> list[Span]:
    """The same stretches, ascending, those that overlap or touch made one."""
    result: list[Span] = []
    for span in sorted(spans):
        if result and span.begin <= result[-1].end:
            result[-1] = Span(result[-1].begin, max(result[-1].end, span.end))
        else:
            result.append(span)
    return result


def orchestration_ms(handover: Handover, busy: Sequence[Span]) -> float:
    """Milliseconds in which nothing of `busy` was worth waiting for."""
    endpoint, made, played = handover
    worked = sum(max(0.0, min(made, span.end) - max(endpoint, span.begin)) for span in joined(busy))
    return max(0.0, played - endpoint - worked) * 1000
