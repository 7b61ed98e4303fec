"""What has been queued and not been heard yet: what a loudspeaker that fails still owes."""

from collections import deque

import numpy as np

from edgevoice.audio.chunk import AudioChunk, Samples, milliseconds_of


class Unheard:
    """Chunks since the last flush, from the first sample on that nobody has heard."""

    def __init__(self) -> None:
        self._waiting: deque[Samples] = deque()
        self._rate = 0
        self._heard = 0
        self._given = 0

    @property
    def milliseconds(self) -> float:
        """How long it lasts."""
        return milliseconds_of(self._given - self._heard, self._rate) if self._rate else 0.0

    def add(self, chunk: AudioChunk) -> None:
        """`chunk` has been queued."""
        self._rate = chunk.rate
        self._given += len(chunk.pcm)
        self._waiting.append(chunk.pcm)

    def heard(self, samples: int) -> None:
        """So many of all samples that were added have been heard; never fewer than before."""
        passed = min(samples, self._given) - self._heard
        self._heard += max(0, passed)
        while passed > 0:
            first = self._waiting.popleft()
            if passed < len(first):
                self._waiting.appendleft(first[passed:])
            passed -= len(first)

    def rest(self) -> AudioChunk | None:
        """All of it in one piece; None: there is nothing."""
        if self._given == self._heard:
            return None
        return AudioChunk(np.concatenate(self._waiting), self._rate)
