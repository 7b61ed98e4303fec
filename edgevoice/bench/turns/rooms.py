"""Simulated rooms: what the loudspeaker plays comes back to the microphone.

A room is its impulse response, which is known to the sample: the direct sound after a delay, then
noise that decays exponentially, as in a living room (Polack's model of late reverberation). The
delay is the whole way from the loudspeaker's queue to the microphone's, buffers included.
"""

from collections.abc import AsyncIterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from edgevoice.audio.chunk import LISTENING_RATE, AudioChunk, Samples, samples_of
from edgevoice.audio.echo import FRAME, EchoCanceller
from edgevoice.audio.resample import Resampler, to_int16
from edgevoice.transports.caller import PERIOD, Caller

Response = NDArray[np.float64]
"""An impulse response at 16 kHz, shape `[n]`."""

BLOCK = FRAME
"""Samples that a room hears at once; no echo may come back sooner."""

_HELD_BACK = samples_of(24)
"""What a live resampler holds back at most, and so how late the loudspeaker is."""


def impulse(
    delay_ms: float, level_db: float, *, tail_ms: float = 400, rt60_ms: float = 350, seed: int = 0
) -> Response:
    """A room's impulse response at 16 kHz, shape `[delay + tail]`.

    `delay_ms` (at least 10): until the direct sound. `level_db`: the echo's energy relative to
    what is played, when that is white. `rt60_ms`: time in which the tail falls by 60 dB; direct
    sound and tail have the same energy. `seed`: which room of that kind.
    """
    delay = samples_of(delay_ms)
    if delay < BLOCK:
        raise ValueError(f"an echo takes at least 10 ms, not {delay_ms:g}")
    length = samples_of(tail_ms)
    decay = 10 ** (-3 * np.arange(length) / samples_of(rt60_ms))
    tail = np.random.default_rng(seed).standard_normal(length) * decay
    tail[0] = 0
    tail /= np.sqrt(np.sum(tail**2))
    tail[0] = 1
    return np.concatenate([np.zeros(delay), tail * np.sqrt(10 ** (level_db / 10) / 2)])


class Room:
    """Convolves a stream with a room's impulse response, whatever pieces the stream comes in.

    The same stream gives the same echo to the last bit: the work is done in blocks counted from
    the stream's beginning, one multiplication of spectra per block of the response (uniformly
    partitioned overlap-save). A block's echo is never due before the block is over.
    """

    def __init__(self, response: Response) -> None:
        """`response`: as `impulse` gives it; its first 10 ms are silent."""
        if np.any(response[:BLOCK]):
            raise ValueError("the first 10 ms of the response are not silent")
        rest = response[BLOCK:]
        parts = np.pad(rest, (0, -len(rest) % BLOCK)).reshape(-1, BLOCK)
        self._response = np.fft.rfft(parts, 2 * BLOCK)
        self._spectra = np.zeros_like(self._response)
        self._played = np.zeros(BLOCK)
        self._waiting = np.zeros(0)
        self._echo = np.zeros(BLOCK)

    def add(self, played: Samples) -> NDArray[np.float64]:
        """What comes back while `played` (shape `[n]`, 16 kHz) is played; shape `[n]`."""
        self._waiting = np.concatenate([self._waiting, played])
        while len(self._waiting) >= BLOCK:
            self._echo = np.concatenate([self._echo, self._block(self._waiting[:BLOCK])])
            self._waiting = self._waiting[BLOCK:]
        echo, self._echo = self._echo[: len(played)], self._echo[len(played) :]
        return echo

    def _block(self, block: NDArray[np.float64]) -> NDArray[np.float64]:
        self._spectra[1:] = self._spectra[:-1]
        self._spectra[0] = np.fft.rfft(np.concatenate([self._played, block]))
        self._played = block
        spectrum = np.einsum("pf,pf->f", self._spectra, self._response)
        return np.fft.irfft(spectrum)[BLOCK:]


class Loudspeaker:
    """What is played at any rate, as a gapless stream of 16 kHz, one tick after the other.

    At another rate than 16 kHz it is 24 ms late: that is what resampling costs.
    """

    def __init__(self) -> None:
        self._rate = LISTENING_RATE
        self._resampler = Resampler(LISTENING_RATE, LISTENING_RATE)
        self._ready: Samples = np.zeros(0, np.int16)

    def tick(self, pcm: Samples | None, rate: int) -> Samples:
        """The next 20 ms, shape `[320]`; `pcm`: what is queued for them, None for silence."""
        if pcm is not None and rate != self._rate:
            self._change(rate)
        period = np.zeros(samples_of(20, self._rate), np.int16)
        if pcm is not None:
            period[: len(pcm)] = pcm
        self._ready = np.concatenate([self._ready, self._resampler.add(period)])
        late = np.zeros(max(0, PERIOD - len(self._ready)), np.int16)
        self._ready = np.concatenate([late, self._ready])
        sound, self._ready = self._ready[:PERIOD], self._ready[PERIOD:]
        return sound

    def _change(self, rate: int) -> None:
        rest = self._resampler.finish()
        silence = np.zeros(0 if len(self._ready) else _HELD_BACK, np.int16)
        self._ready = np.concatenate([self._ready, silence, rest])
        self._rate, self._resampler = rate, Resampler(rate, LISTENING_RATE, "LQ")


class RoomTransport:
    """A `Transport`: a `Caller` who sits in a room where the agent's loudspeaker plays.

    What the agent hears is the person, the echo and the noise together, cleaned by `canceller`;
    without one it hears them raw.
    """

    def __init__(
        self,
        caller: Caller,
        response: Response,
        canceller: EchoCanceller | None,
        noise: Samples | None = None,
    ) -> None:
        """`noise`: 16 kHz, shape `[n]`, not empty; begins again where it ends."""
        self._caller = caller
        self._room = Room(response)
        self._loudspeaker = Loudspeaker()
        self._canceller = canceller
        self._noise = np.zeros(PERIOD, np.int16) if noise is None else noise
        self.dropped = 0

    async def open(self) -> None:
        await self._caller.open()

    async def chunks(self) -> AsyncIterator[AudioChunk]:
        """What the agent hears; ends when everything has been said and answered."""
        async for chunk in self._caller.chunks():
            yield self._hear(chunk)

    async def play(self, chunk: AudioChunk) -> None:
        await self._caller.play(chunk)

    def heard(self) -> int:
        return self._caller.heard()

    def flush(self) -> int:
        return self._caller.flush()

    def hold(self) -> None:
        self._caller.hold()

    def go_on(self) -> None:
        self._caller.go_on()

    async def aclose(self) -> None:
        await self._caller.aclose()

    def _hear(self, said: AudioChunk) -> AudioChunk:
        played = self._loudspeaker.tick(*self._sounded(said.start))
        noise = np.take(self._noise, np.arange(said.start, said.end), mode="wrap")
        heard = said.pcm + self._room.add(played) + noise
        microphone = to_int16(heard.astype(np.float32))
        if self._canceller is None:
            return replace(said, pcm=microphone)
        frames = [
            self._canceller.add(microphone[at : at + FRAME], played[at : at + FRAME])
            for at in range(0, PERIOD, FRAME)
        ]
        pcm = np.concatenate([frame.pcm for frame in frames])
        return replace(said, pcm=pcm, person=max(frame.person for frame in frames))

    def _sounded(self, start: int) -> tuple[Samples | None, int]:
        """What the agent's loudspeaker sounds from sample `start` on, and its rate."""
        last = self._caller.sounded[-1] if self._caller.sounded else None
        if last is None or last.start != start:
            return None, LISTENING_RATE
        return last.pcm, last.rate
