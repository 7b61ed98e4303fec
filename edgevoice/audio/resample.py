"""Changing the sample rate of a stream of sound, whatever pieces it comes in."""

from typing import Literal

import numpy as np
import soxr
from numpy.typing import NDArray

from edgevoice.audio.chunk import Samples

Quality = Literal["LQ", "HQ"]
"""soxr's recipes. HQ for recordings. LQ for what is live: it holds back at most 22 ms, HQ up to
42 ms (measured between 16, 22.05, 44.1 and 48 kHz), and is flat up to 6 kHz from 48 to 16 kHz."""


class Resampler:
    """Turns a stream at one rate into the same sound at another; rates in hertz.

    What comes out does not depend on how the stream was cut up. soxr holds some samples back until
    it knows what follows; `finish` gives them out, and makes the object ready for a new stream.
    """

    def __init__(self, from_rate: int, to_rate: int, quality: Quality = "HQ") -> None:
        same = from_rate == to_rate
        self._stream = None if same else _stream(from_rate, to_rate, quality)

    def add(self, pcm: Samples) -> Samples:
        """What can be said for certain after `pcm` (shape `[n]`); shape `[m]`, may be empty."""
        return self._resample(pcm, last=False)

    def finish(self) -> Samples:
        """The rest of the stream."""
        rest = self._resample(np.zeros(0, np.int16), last=True)
        if self._stream is not None:
            self._stream.clear()
        return rest

    def _resample(self, pcm: Samples, *, last: bool) -> Samples:
        if self._stream is None:
            return pcm
        # In float32: soxr's int16 adds dither, and the same sound would differ from run to run.
        exact = self._stream.resample_chunk(pcm.astype(np.float32), last=last)
        return to_int16(exact)


def to_int16(sound: NDArray[np.float32]) -> Samples:
    """Samples in the units of int16, rounded; what is too loud is clipped."""
    return np.clip(np.rint(sound), -32768, 32767).astype(np.int16)


def _stream(from_rate: int, to_rate: int, quality: Quality) -> soxr.ResampleStream:
    return soxr.ResampleStream(from_rate, to_rate, 1, dtype="float32", quality=quality)
