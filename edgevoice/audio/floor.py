"""How far a sound stands out of the room's own noise.

The floor is the least power that was heard lately, after R. Martin, "Noise power spectral density
estimation based on optimal smoothing and minimum statistics", IEEE Transactions on Speech and
Audio Processing 9 (5), 2001: speech has holes, noise has none, so that the minimum over a little
more than a phrase is noise even while somebody talks. Simplified twice: one band in place of the
whole spectrum, and neither smoothing nor the correction that it needs, because the power of a frame
of so many samples hardly scatters.
"""

import math
from collections import deque
from functools import cache

import numpy as np
from numpy.typing import NDArray

from edgevoice.audio.chunk import LISTENING_RATE, Samples, samples_of

WINDOW = samples_of(3_000)
"""Samples over which the minimum is taken. A fan that is switched on is the floor after so long.
Martin takes 1.5 s, but people who speak a long sentence have no hole in it: measured on 120 of them
in quiet rooms, the lowest 1% of the frames with voice do not rise above the minimum of 1.5 s at
all, and above that of 3 s by up to 9 dB. Twenty seconds of talk without a breath raise the floor
by 22 dB (median of 20 people); the voices are still 28 dB and more above it, and the first breath
takes it down again."""

PIECES = 8
"""The window moves on by such parts of it."""

BAND = (250, 4_000)
"""Hertz: the voice is here, the rumble of fans, traffic and hands on the table below."""

RISE = 6.0
"""Decibels above the floor from which a sound may be the beginning of speech: the room's noise and
three times its power. Steady noise does not get there (pink noise, a minute: at most 4.4 dB).

It is asked of the first frame alone; once something has begun, the voice detector has the word.
Measured with Silero on 120 people, in their rooms and 20 and 30 dB quieter: one of 360 beginnings
moves, by 32 ms; with pink noise 10 dB below them 3 of 120 move by 32 ms, in a kitchen 10 dB below
them 1 of 120 by 224 ms, which the listener's padding covers. No end moves. Asked of every frame, it
loses 0.4% of the voiced ones in the rooms as they are, 6.6% where they are 30 dB quieter, 13% in
the kitchen and 34% in the pink noise, and words end up to 0.9 s too soon.

What it is good for is modest: Silero by itself takes no frame of a minute of kitchen, pink or brown
noise for voice (at most 0.22, 0.12 and 0.03 probable). What it does take for voice in the kitchen,
when it hears it in parts, are other people in the background, 12 dB and more above the floor, and
no level tells these from somebody who is meant. It is a guard for lower thresholds and other
detectors.

Tried and left: 12 dB (a fifth fewer of those people, but every tenth beginning in the kitchen
moves, by up to 0.8 s); a floor for each of 11 bands (tells speech from noise better, but far worse
than Silero does); the first difference in place of a band (two thirds of the voiced frames in pink
noise are below 6 dB); a higher threshold for the detector (0.7 moves every second beginning)."""

_QUANTUM = 0.1
"""Power (16-bit steps, squared) that is added to every frame's, about that of rounding to 16 bits:
digital silence has a level too."""


class NoiseFloor:
    """The level of a room's noise, from its sound, one frame after the other."""

    def __init__(self) -> None:
        self._pieces: deque[float] = deque(maxlen=PIECES)
        self._least = math.inf
        self._heard = 0

    def add(self, frame: Samples) -> float:
        """Decibels by which `frame` (shape `[n]`, n the same in every call, 16 kHz) is louder than
        the least of the last 3 s, itself included; infinite until so much has been heard, when
        nobody knows the room."""
        level = speech_level(frame)
        self._least = min(self._least, level)
        floor = min(self._least, *self._pieces, math.inf)
        known = len(self._pieces) == PIECES
        self._heard += len(frame)
        if self._heard >= WINDOW // PIECES:
            self._pieces.append(self._least)
            self._least, self._heard = math.inf, 0
        return level - floor if known else math.inf


def speech_level(frame: Samples) -> float:
    """The power of `frame` (shape `[n]`, 16 kHz) in `BAND`, in decibels over one 16-bit step."""
    spectrum = np.fft.rfft(frame * _bell(len(frame)))
    low, high = (round(edge * len(frame) / LISTENING_RATE) for edge in BAND)
    part = spectrum[low : high + 1]
    power = float(np.sum(part.real**2 + part.imag**2)) / len(frame) ** 2
    return 10 * math.log10(power + _QUANTUM)


@cache
def _bell(length: int) -> NDArray[np.float64]:
    return np.hanning(length)
