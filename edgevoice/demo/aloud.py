"""Lets a room hear a conversation that is held inside the machine.

The conversation keeps its own clock and must never wait for a sound card: what the card cannot
take in time is dropped, and a card that breaks down falls silent while the conversation goes on.
"""

import asyncio
from collections import deque

import numpy as np

from edgevoice.audio.chunk import LISTENING_RATE, AudioChunk, Samples, samples_of
from edgevoice.audio.resample import Resampler, to_int16
from edgevoice.errors import DeviceError
from edgevoice.transports.caller import PERIOD_MS, Sounded
from edgevoice.transports.local import LocalTransport

CUSHION_MS = 150
"""Silence in front of it all, so that a tick which comes late leaves no gap."""

CARD_BUFFER_MS = 200
WAITING_MS = 300
"""How far the card may fall behind, beyond its buffer, before the oldest sound is dropped."""


class Mixer:
    """The person (16 kHz) and the agent (`rate` hertz), tick by tick, as one sound of `rate`."""

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._resampler = Resampler(LISTENING_RATE, rate)
        self._person: Samples = np.zeros(0, np.int16)
        self._agent: Samples = np.zeros(0, np.int16)
        self._said = 0
        self._length = 0

    def add(self, said: Samples, sounded: Sounded | None) -> Samples:
        """What of the mix is certain after a tick in which the person said `said` (shape `[n]`)."""
        self._person = np.concatenate([self._person, self._resampler.add(said)])
        self._agent = np.concatenate([self._agent, self._beside(said, sounded)])
        certain = min(len(self._person), len(self._agent))
        both = np.add(self._person[:certain], self._agent[:certain], dtype=np.float32)
        self._person, self._agent = self._person[certain:], self._agent[certain:]
        return to_int16(both)

    def _beside(self, said: Samples, sounded: Sounded | None) -> Samples:
        """The agent's side of the tick, filled up to the person's length."""
        self._said += len(said)
        until = self._said * self._rate // LISTENING_RATE
        side = np.zeros(until - self._length, np.int16)
        self._length = until
        if sounded is not None:
            pcm = sounded.pcm[: len(side)]
            side[: len(pcm)] = pcm
        return side


class Aloud:
    """A bystander of a `Caller` who repeats both sides through the loudspeaker.

    `rate`: hertz of the agent's voice. Silent until `open`, and after a failure, which `failure`
    tells.
    """

    def __init__(self, rate: int, output_device: str | None = None) -> None:
        self.failure: DeviceError | None = None
        self._rate = rate
        self._mixer = Mixer(rate)
        self._waiting: deque[Samples] = deque(maxlen=WAITING_MS // PERIOD_MS)
        self._more = asyncio.Event()
        self._playing: asyncio.Task[None] | None = None
        self._loudspeaker = LocalTransport(
            None,
            output_device,
            listen=False,
            playback_rate=rate,
            playback_buffer_ms=CARD_BUFFER_MS,
        )

    async def open(self) -> None:
        """Take the loudspeaker. Raises `DeviceError` when there is none that works."""
        await self._loudspeaker.open()
        self._waiting.append(np.zeros(samples_of(CUSHION_MS, self._rate), np.int16))
        self._playing = asyncio.create_task(self._play())

    def __call__(self, said: Samples, sounded: Sounded | None) -> None:
        """Both sides of one tick; never waits."""
        if self._playing and not self._playing.done():
            self._waiting.append(self._mixer.add(said, sounded))
            self._more.set()

    async def aclose(self) -> None:
        """Let go of the loudspeaker; may be called twice, and before `open`."""
        if self._playing:
            self._playing.cancel()
        await self._loudspeaker.aclose()

    async def _play(self) -> None:
        try:
            while True:
                await self._more.wait()
                self._more.clear()
                while self._waiting:
                    pcm = self._waiting.popleft()
                    await self._loudspeaker.play(AudioChunk(pcm, self._rate))
        except DeviceError as failure:
            self.failure = failure
