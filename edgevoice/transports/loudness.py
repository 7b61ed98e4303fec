"""How loud we are: a volume that is set in words, for devices whose own knob nobody can reach.

A level is how loud it seems, in percent. Loudness grows with the sound pressure to the power of 0.6
(S. S. Stevens, "Concerning the form of the loudness function", JASA 29, 1957), so level 50, half as
loud, is 10 dB less, and level 10 is 33 dB less. Level 100 is what it is without this; nothing is
ever made louder than it was, so nothing clips.
"""

from dataclasses import dataclass

import numpy as np

from edgevoice.audio.chunk import AudioChunk, samples_of
from edgevoice.transports.base import Transport
from edgevoice.transports.through import Through

STEVENS = 0.6
FADE_MS = 20
"""From one level to another it takes so long, so that it does not click."""


def gain(level: float) -> float:
    """What samples are multiplied with at a `level` of 0 to 100."""
    return float((min(max(level, 0.0), 100.0) / 100) ** (1 / STEVENS))


@dataclass(slots=True)
class Level:
    """How loud we are: `level`, from 0, silence, to 100. What must be heard is not played below the
    `least`, whatever the level is."""

    level: int = 100
    least: int = 0


class Loudness(Through):
    """A `Transport`: what is played is as loud as a `Level` says.

    It stands before whatever cancels the echo, which thus hears what is played. What is queued when
    the level changes (a second at most) keeps the old one.
    """

    def __init__(self, transport: Transport, level: Level) -> None:
        """`level`: may change at any time."""
        super().__init__(transport)
        self._level = level
        self._gain: float | None = None

    async def play(self, chunk: AudioChunk) -> None:
        """As the other's, more softly."""
        wanted = gain(max(self._level.level, self._level.least))
        before = wanted if self._gain is None else self._gain
        self._gain = wanted
        if before == wanted == 1:
            await super().play(chunk)
            return
        fade = min(len(chunk.pcm), samples_of(FADE_MS, chunk.rate))
        gains = np.full(len(chunk.pcm), wanted, np.float32)
        gains[:fade] = np.linspace(before, wanted, fade, endpoint=False, dtype=np.float32)
        pcm = np.rint(chunk.pcm * gains).astype(np.int16)
        await super().play(AudioChunk(pcm, chunk.rate, chunk.start, chunk.person))
