"""What the sound card's rings mean to the agent: 16 kHz mono in, chunks of any rate out.

No asyncio and no clock: the counters in the shared memory (`sound_process`) say what time it is.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from edgevoice.audio.chunk import LISTENING_RATE, AudioChunk, Samples, samples_of
from edgevoice.audio.resample import Resampler
from edgevoice.errors import DeviceError
from edgevoice.transports.sound_memory import (
    AHEAD,
    CAPTURED,
    CERTAIN,
    DROPPED,
    FLUSHED,
    FRAME,
    HELD,
    IDLE,
    QUEUED,
    TAKEN,
    Ring,
    SharedSound,
)

PIECE_MS = 20
MICROPHONE_BUFFER_MS = 2_000
"""Microphone sound that is older than this is lost when nobody reads it."""

LATEST_S = 60
"""Whoever is later than this was asleep, or the card has lost count: better open it anew."""

TAIL_MS = 60
"""With less than this left to play, what the resampler holds back is played as well."""


@dataclass(frozen=True, slots=True)
class OpenedCard:
    """One direction of the card as it was opened: hertz, and interleaved channels.

    `places`: where it is plugged in, as `sound_places` writes it. `twins`: others have its name.
    """

    name: str
    rate: int
    channels: int
    places: Sequence[str] = ()
    twins: bool = False


class Microphone:
    """The reading side of the microphone ring.

    `cleaned`: the echo has been cancelled, and the person ring tells how sure the canceller is.
    """

    def __init__(self, shared: SharedSound, card: OpenedCard, *, cleaned: bool = False) -> None:
        self._person = Ring(shared.person, 1) if cleaned else None
        self._counters = shared.counters
        self._ring = Ring(shared.microphone, card.channels)
        self._rate = card.rate
        self._piece = samples_of(PIECE_MS, card.rate)
        self._bound = min(samples_of(MICROPHONE_BUFFER_MS, card.rate), self._ring.frames // 2)
        self._resampler = Resampler(card.rate, LISTENING_RATE, "LQ")
        self._lost = 0
        self._read = 0
        self._next = 0

    @property
    def dropped(self) -> int:
        """Samples, at 16 kHz, that were not read in time."""
        return self._lost * LISTENING_RATE // self._rate + int(self._counters[DROPPED])

    def chunks(self) -> Iterator[AudioChunk]:
        """What has come in since the last call, in pieces of at most about 20 ms.

        Raises `DeviceError` where the card's count makes no sense.
        """
        while behind := self._behind():
            first, lost = self._read, self._lost
            pcm = self._resampler.add(self._frames(behind))
            if len(pcm):
                person = self._sureness(first) if self._lost == lost else None
                chunk = AudioChunk(pcm, LISTENING_RATE, self._next, person)
                self._next = chunk.end
                yield chunk

    def _behind(self) -> int:
        """How many frames are to be read."""
        behind = int(self._counters[CAPTURED]) - self._read
        if not 0 <= behind <= LATEST_S * self._rate:
            raise DeviceError(
                "The sound card's count of its sound makes no sense", "It is opened anew by `run`."
            )
        return behind

    def _frames(self, behind: int) -> Samples:
        """The next piece; silence in the place of what is lost, so that the clock stays true."""
        late = behind - self._bound
        if late <= 0:
            pcm = self._copied(min(behind, self._piece))
            # Read first, checked afterwards: if it has been overwritten meanwhile it is lost.
            late = self._counters[CAPTURED] - self._read - self._ring.frames
        if late > 0:
            pcm = np.zeros(min(late, self._piece), np.int16)
            self._lost += len(pcm)
        self._read += len(pcm)
        return pcm

    def _sureness(self, first: int) -> float | None:
        """The highest value for the samples from `first` up to what has been read."""
        if self._person is None:
            return None
        begin, end = first // FRAME, -(-self._read // FRAME)
        values = np.frombuffer(self._person.get(begin, end - begin), np.int16)
        return max(0.0, float(values.max()) / CERTAIN)

    def _copied(self, frames: int) -> Samples:
        """The first channel: of a speakerphone's several, it is the processed one."""
        raw = np.frombuffer(self._ring.get(self._read, frames), np.int16)
        return raw.reshape(-1, self._ring.channels)[:, 0]


class Loudspeaker:
    """The writing side of the playback ring; holds at most `buffer_ms` of sound."""

    def __init__(self, shared: SharedSound, card: OpenedCard, buffer_ms: int) -> None:
        self._counters = shared.counters
        self._ring = Ring(shared.playback, card.channels)
        self._rate = card.rate
        self._bound = min(samples_of(buffer_ms, card.rate), self._ring.frames // 2)
        # Ours alone: what stands in the shared memory is for the card to read.
        self._queued = self._flushed = int(self._counters[QUEUED])
        self._begin()

    def _begin(self) -> None:
        self._base = self._queued
        self._given = 0
        self._given_rate = self._rate
        self._heard = 0
        self._resampler = Resampler(self._rate, self._rate)
        self._held_back = False
        self._waiting: Samples = np.zeros(0, np.int16)

    @property
    def full(self) -> bool:
        """Whether some of what was added waits for room."""
        return len(self._waiting) > 0

    @property
    def done(self) -> bool:
        """Whether all that was added has been heard."""
        return self.heard() == self._given

    def add(self, chunk: AudioChunk) -> None:
        """Queue `chunk`, beyond the bound if need be: wait until it is not `full` any more."""
        if self._given == 0 and chunk.rate != self._given_rate:
            self._given_rate = chunk.rate
            self._resampler = Resampler(chunk.rate, self._rate, "LQ")
        if chunk.rate != self._given_rate:
            raise ValueError(f"{chunk.rate} Hz after {self._given_rate} Hz without a flush between")
        self._given += len(chunk.pcm)
        self._held_back = self._given_rate != self._rate
        self._enqueue(self._resampler.add(chunk.pcm))

    def advance(self) -> None:
        """A period has passed: fill the room that it left."""
        self._enqueue(np.zeros(0, np.int16))
        ending = not (self.full or self._counters[HELD])
        if self._held_back and ending and self._unplayed() < samples_of(TAIL_MS, self._rate):
            self._held_back = False
            self._enqueue(self._resampler.finish())

    def heard(self) -> int:
        """Samples that have sounded since the last flush, at the rate of the chunks; exact once
        all is said, within a period or two before.
        """
        counters = self._counters
        on_its_way = max(0, min(counters[AHEAD], self._rate) - counters[IDLE])
        sounded = max(0, counters[TAKEN] - self._base - on_its_way)
        if not (on_its_way or self._held_back or self.full or self._unplayed()):
            self._heard = self._given
        else:
            heard = min(self._given, sounded * self._given_rate // self._rate)
            self._heard = max(self._heard, heard)
        return self._heard

    def flush(self) -> int:
        """Drop everything that the card has not taken yet; answers `heard`, and starts afresh.

        Ends a hold.
        """
        heard = self.heard()
        self._counters[FLUSHED] = self._flushed = self._queued
        self._counters[HELD] = 0
        self._begin()
        return heard

    def hold(self) -> None:
        """From the next period on, silence: what is queued waits."""
        self._counters[HELD] = 1

    def go_on(self) -> None:
        """What waits sounds again, from the sample where it stopped."""
        self._counters[HELD] = 0

    def _enqueue(self, pcm: Samples) -> None:
        self._waiting = np.concatenate([self._waiting, pcm])
        room = max(0, self._bound - self._unplayed())
        now, self._waiting = self._waiting[:room], self._waiting[room:]
        if len(now):
            self._ring.put(self._queued, np.repeat(now, self._ring.channels).tobytes())
            self._queued += len(now)
            self._counters[QUEUED] = self._queued  # last: now the card may take them

    def _unplayed(self) -> int:
        """Frames in the ring that are still to be taken."""
        return max(0, self._queued - max(int(self._counters[TAKEN]), self._flushed))
