"""The last seconds of a stream, to be looked back on."""

import numpy as np
from numpy.typing import NDArray

from edgevoice.audio.chunk import AudioChunk, Samples


class Tape:
    """Keeps the latest `length` samples of a contiguous stream, in memory only."""

    def __init__(self, length: int) -> None:
        self._ring: Samples = np.zeros(length, np.int16)
        self._end = 0

    def add(self, chunk: AudioChunk) -> None:
        """Record `chunk`, which continues the stream (a jump forward is recorded as silence)."""
        length = len(self._ring)
        if chunk.start > self._end:
            self._put(self._end, np.zeros(min(chunk.start - self._end, length), np.int16))
        self._put(chunk.start, chunk.pcm)
        self._end = chunk.end

    def cut(self, start: int, end: int) -> Samples:
        """A copy of the samples from `start` up to `end`, as far as they are still there."""
        start = max(start, self._end - len(self._ring), 0)
        return self._ring[self._places(start, min(end, self._end))]

    def wipe(self) -> None:
        """Overwrite everything with silence."""
        self._ring.fill(0)

    def _put(self, at: int, pcm: Samples) -> None:
        end = at + len(pcm)
        pcm = pcm[-len(self._ring) :]
        self._ring[self._places(end - len(pcm), end)] = pcm

    def _places(self, start: int, end: int) -> NDArray[np.int64]:
        # Not numpy's mode="wrap": it subtracts the length as often as the stream has been around.
        return np.arange(start, end, dtype=np.int64) % len(self._ring)
