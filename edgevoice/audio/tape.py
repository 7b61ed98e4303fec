"""The last seconds of a stream, to be looked back on."""

import numpy as np

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
        return self._ring.take(np.arange(start, min(end, self._end)), mode="wrap")

    def wipe(self) -> None:
        """Overwrite everything with silence."""
        self._ring.fill(0)

    def _put(self, at: int, pcm: Samples) -> None:
        pcm = pcm[-len(self._ring) :]
        np.put(self._ring, np.arange(at, at + len(pcm)), pcm, mode="wrap")
