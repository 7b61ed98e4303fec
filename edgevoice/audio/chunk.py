"""The one shape in which sound travels through edgevoice."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.int16]
"""Mono signed 16-bit samples, shape `[n]`."""

LISTENING_RATE = 16_000
"""Hertz. Every transport delivers the person's voice at this rate; VAD and STT expect it."""


@dataclass(frozen=True, slots=True, eq=False)
class AudioChunk:
    """A piece of one stream of sound.

    `pcm`: mono signed 16-bit samples, shape `[n]`. `rate`: hertz. `start`: index, in its stream,
    of the first sample; the next chunk of the stream starts at `end`. `person`: how sure whoever
    knows what we play ourselves is, 0…1, that a person makes sound in it; None where nobody can
    tell.
    """

    pcm: Samples
    rate: int
    start: int = 0
    person: float | None = None

    @property
    def end(self) -> int:
        """Index of the first sample after this chunk."""
        return self.start + len(self.pcm)


def samples_of(milliseconds: float, rate: int = LISTENING_RATE) -> int:
    """How many samples `milliseconds` last at `rate` hertz."""
    return round(milliseconds * rate / 1000)


def milliseconds_of(samples: int, rate: int = LISTENING_RATE) -> float:
    """How long `samples` last at `rate` hertz."""
    return samples * 1000 / rate


class Framer:
    """Cuts a stream of chunks into frames of a fixed length, whatever the chunks' lengths are.

    What does not fill a frame waits for the next chunk.
    """

    def __init__(self, frame_samples: int) -> None:
        self._size = frame_samples
        self._rest: Samples = np.zeros(0, np.int16)
        self._next = 0

    def add(self, chunk: AudioChunk) -> Iterator[AudioChunk]:
        """The frames that `chunk` completes, in order, each `frame_samples` long."""
        if not len(self._rest):
            self._next = chunk.start
        pcm = np.concatenate([self._rest, chunk.pcm])
        whole = len(pcm) - len(pcm) % self._size
        start = self._next
        self._rest, self._next = pcm[whole:], start + whole
        for at in range(0, whole, self._size):
            yield AudioChunk(pcm[at : at + self._size], chunk.rate, start + at, chunk.person)
