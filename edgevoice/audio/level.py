"""How loud, and from where to where."""

import numpy as np

from edgevoice.audio.chunk import Samples

FULL_SCALE = 32_768

_VOICED_BELOW_PEAK = 40.0
"""Decibels below the loudest block at which a clip's speech is taken to begin and to end."""


def dbfs(pcm: Samples) -> float:
    """Root-mean-square level of `pcm` (shape `[n]`) in decibels of full scale; silence is -96."""
    if not len(pcm):
        return -96.0
    rms = float(np.sqrt(np.mean(np.square(pcm.astype(np.float64)))))
    return max(-96.0, 20 * float(np.log10(max(rms, 1e-9) / FULL_SCALE)))


def voiced_span(pcm: Samples, block: int = 160) -> tuple[int, int]:
    """First and one-past-last sample of what is loud in `pcm`, in whole blocks.

    Loud is what is at most 40 dB below the loudest block. A silent clip is an empty span.
    """
    blocks = [dbfs(pcm[at : at + block]) for at in range(0, len(pcm), block)]
    if not blocks or max(blocks) <= -90:
        return 0, 0
    loud = [n for n, level in enumerate(blocks) if level >= max(blocks) - _VOICED_BELOW_PEAK]
    return loud[0] * block, min((loud[-1] + 1) * block, len(pcm))
