"""The soft tone that says: a moment, please."""

import numpy as np

from edgevoice.audio.chunk import AudioChunk, samples_of

CUE_MS = 160
PITCHES = ((660.0, 1.0), (990.0, 0.4))
"""A fifth: (hertz, share)."""

LEVEL = 0.05
"""-26 dB of full scale: beside the voice, not over it."""


def cue(rate: int) -> AudioChunk:
    """The tone at `rate` hertz: it swells and fades, so that nothing clicks."""
    n = samples_of(CUE_MS, rate)
    time = np.arange(n) / rate
    swell = np.sin(np.pi * (np.arange(n) + 0.5) / n) ** 2
    wave = sum(share * np.sin(2 * np.pi * pitch * time) for pitch, share in PITCHES)
    wave = wave * swell
    return AudioChunk((wave / np.abs(wave).max() * LEVEL * 32_767).astype(np.int16), rate)
