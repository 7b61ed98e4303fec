"""A scripted person in place of a microphone and a loudspeaker.

The person speaks clips at scripted moments and listens to what is played, all on one clock. A tick
is 20 ms: at its beginning the loudspeaker takes its samples from the queue, at its end the
microphone delivers what the person said meanwhile. So every moment of the conversation is known to
the sample, and the same code runs in real time for a demonstration and on a virtual clock for a
test.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np

from edgevoice.audio.chunk import LISTENING_RATE, AudioChunk, Samples, samples_of
from edgevoice.audio.level import voiced_span

PERIOD_MS = 20
PERIOD = samples_of(PERIOD_MS)


class Cue(Enum):
    """What a person waits for before they speak; `Line.ms` is counted from there."""

    REPLY_ENDED = "reply ended"
    """The agent has spoken since my last line, and is silent (the first line: since the start)."""
    REPLY_STARTED = "reply started"
    """The agent has begun to speak since my last line: this line interrupts."""
    LINE_ENDED = "line ended"
    """My own last line is over, whatever the agent does."""


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """One thing that the person says: `clip` (16 kHz), `ms` milliseconds after `cue`.

    `text` is what is said in it, None where nobody knows (a recording).
    """

    clip: Samples
    text: str | None
    cue: Cue = Cue.REPLY_ENDED
    ms: int = 600


@dataclass(frozen=True, slots=True, eq=False)
class Spoken:
    """A line as it was spoken: its first and one-past-last voiced sample in the conversation."""

    line: Line
    start: int
    end: int


@dataclass(frozen=True, slots=True, eq=False)
class Sounded:
    """A piece of the agent's speech as it was heard, from sample `start` (16 kHz) on."""

    start: int
    pcm: Samples
    rate: int


Bystander = Callable[[Samples, Sounded | None], None]
"""Hears both sides, tick by tick: what the person said, what the agent did. Must be quick."""


class Person:
    """The person, pure: every tick hears whether the agent sounds, and says the next samples."""

    def __init__(self, lines: Sequence[Line], patience: int) -> None:
        self._lines = deque(lines)
        self._patience = patience
        self._saying: Samples = np.zeros(0, np.int16)
        self._since_line = 0
        self._since_reply_start: int | None = None
        self._since_sound = 0
        self._now = 0
        self.spoken: list[Spoken] = []

    @property
    def gone(self) -> bool:
        """Whether everything has been said, and answered or waited for."""
        return not self._lines and not len(self._saying) and self._due(Cue.REPLY_ENDED, 1200)

    def tick(self, agent_sounds: bool, samples: int) -> Samples:
        """What the person says in the next `samples` samples."""
        self._hear(agent_sounds, samples)
        if not len(self._saying) and self._lines:
            line = self._lines[0]
            if self._due(line.cue, line.ms):
                self._begin(self._lines.popleft())
        said, self._saying = self._saying[:samples], self._saying[samples:]
        if len(said):
            self._since_line = self._since_sound = 0
            self._since_reply_start = None
        self._now += samples
        return np.concatenate([said, np.zeros(samples - len(said), np.int16)])

    def _hear(self, agent_sounds: bool, samples: int) -> None:
        self._since_line += samples
        self._since_sound = 0 if agent_sounds else self._since_sound + samples
        if self._since_reply_start is not None:
            self._since_reply_start += samples
        elif agent_sounds:
            self._since_reply_start = samples

    def _begin(self, line: Line) -> None:
        self._saying = line.clip
        start, end = voiced_span(line.clip)
        self.spoken.append(Spoken(line, self._now + start, self._now + end))

    def _due(self, cue: Cue, ms: int) -> bool:
        if self._since_sound >= self._patience:
            return True
        wait = samples_of(ms)
        match cue:
            case Cue.LINE_ENDED:
                return self._since_line >= wait
            case Cue.REPLY_STARTED:
                return self._since_reply_start is not None and self._since_reply_start >= wait
            case Cue.REPLY_ENDED:
                answered = self._since_reply_start is not None or not self.spoken
                return answered and self._since_sound >= wait


class Caller:
    """The transport that a `Person` calls through; paced by the event loop's clock.

    `patience_s`: seconds in which nobody speaks, after which the person goes on. `buffer_ms`:
    milliseconds of playback that may be queued.
    """

    def __init__(
        self,
        lines: Sequence[Line],
        patience_s: float = 20,
        buffer_ms: int = 1000,
        bystander: Bystander | None = None,
    ) -> None:
        self._person = Person(lines, round(patience_s * LISTENING_RATE))
        self._buffer_ms = buffer_ms
        self._queue: deque[Samples] = deque()
        self._queued = 0
        self._rate = LISTENING_RATE
        self._heard = 0
        self._sounding = 0  # samples of the present tick: on their way to the ear
        self._ticked = asyncio.Event()
        self._held = False
        self._open = True
        self._bystander = bystander
        self.dropped = 0
        self.said: list[Samples] = []
        """The person's track, one tick after the other."""
        self.sounded: list[Sounded] = []
        """The agent's track: what was heard, and when."""

    @property
    def spoken(self) -> list[Spoken]:
        """The lines that were begun so far."""
        return self._person.spoken

    async def open(self) -> None:
        """Nothing to open."""

    async def chunks(self) -> AsyncIterator[AudioChunk]:
        """The person's side; ends when everything has been said and answered."""
        loop = asyncio.get_running_loop()
        began, at = loop.time(), 0
        while self._open and not self._person.gone:
            sounded = self._sound(at)
            due = began + (at + PERIOD) / LISTENING_RATE
            await asyncio.sleep(max(0.0, due - loop.time()))
            said = self._person.tick(sounded is not None, PERIOD)
            self.said.append(said)
            if self._bystander:
                self._bystander(said, sounded)
            self._heard += self._sounding
            self._sounding = 0
            yield AudioChunk(said, LISTENING_RATE, at)
            at += PERIOD

    async def play(self, chunk: AudioChunk) -> None:
        """Queue `chunk`; waits while more than the buffer is queued."""
        while self._queued >= samples_of(self._buffer_ms, self._rate) and self._open:
            self._ticked.clear()
            await self._ticked.wait()
        self._rate = chunk.rate
        self._queue.append(chunk.pcm)
        self._queued += len(chunk.pcm)

    def heard(self) -> int:
        """Samples heard since the last flush."""
        return self._heard

    def flush(self) -> int:
        """Silence from the next tick on; answers how much was heard."""
        heard = self._heard + self._sounding
        self._heard = self._sounding = 0
        self._queue.clear()
        self._queued = 0
        self._held = False
        self._ticked.set()
        return heard

    def hold(self) -> None:
        """Silence from the next tick on, keeping what is queued."""
        self._held = True

    def go_on(self) -> None:
        """Sound again from the next tick on."""
        self._held = False

    async def aclose(self) -> None:
        """The person hangs up."""
        self._open = False
        self._ticked.set()

    def _sound(self, at: int) -> Sounded | None:
        """Let the loudspeaker sound from sample `at` on, for one tick."""
        wanted = samples_of(PERIOD_MS, self._rate)
        pieces: list[Samples] = []
        while wanted and self._queue and not self._held:
            piece = self._queue.popleft()
            if len(piece) > wanted:
                self._queue.appendleft(piece[wanted:])
                piece = piece[:wanted]
            pieces.append(piece)
            wanted -= len(piece)
        if not pieces:
            return None
        pcm = np.concatenate(pieces)
        self._queued -= len(pcm)
        self._sounding = len(pcm)
        sounded = Sounded(at, pcm, self._rate)
        self.sounded.append(sounded)
        self._ticked.set()
        return sounded
