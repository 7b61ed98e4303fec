"""The last seconds of a stream, to be looked back on."""

import numpy as np

from edgevoice.audio.chunk import AudioChunk, Samples


class Tape:
    """Keeps the latest `length` samples of a contiguous stream, in memory only."""

    def __init__(self, length: int) -> None:
        self._ring: Samples = np.zeros(length, np.int16)
        self._end = 0

    def take_over(self, before: "Tape") -> None:
        """Go on where `before` has come to, with what it keeps; there nothing stays, and nothing
        can be added any more."""
        self._end = before._end
        kept = before.cut(0, before._end)
        self._put(self._end - len(kept), kept)
        kept.fill(0)
        before.wipe()
        before._ring = np.zeros(0, np.int16)  # two megabytes, free at once

    @property
    def end(self) -> int:
        """The sample up to which it has recorded."""
        return self._end

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
        places = np.arange(start, min(end, self._end), dtype=np.int64)
        # Not numpy's mode="wrap": it subtracts the length as often as the stream has been around.
        return self._ring[places % len(self._ring)]

    def wipe(self, before: int | None = None) -> None:
        """Overwrite everything with silence, or everything from before the sample `before`."""
        kept = self.cut(self._end if before is None else before, self._end)
        self._ring.fill(0)
        self._put(self._end - len(kept), kept)

    def _put(self, at: int, pcm: Samples) -> None:
        end = at + len(pcm)
        pcm = pcm[-len(self._ring) :]
        place = (end - len(pcm)) % len(self._ring)
        first = min(len(pcm), len(self._ring) - place)
        self._ring[place : place + first] = pcm[:first]
        self._ring[: len(pcm) - first] = pcm[first:]
