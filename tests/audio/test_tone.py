"""The cue: short, soft, and without a click."""

import numpy as np
import pytest

from edgevoice.audio.tone import cue


@pytest.mark.parametrize("rate", [8_000, 16_000, 22_050, 48_000])
def test_the_cue_is_short_soft_and_swells(rate: int) -> None:
    tone = cue(rate)
    assert tone.rate == rate and 0.1 < len(tone.pcm) / rate < 0.2
    peak = np.abs(tone.pcm).max() / 32_767
    assert -27 < 20 * np.log10(peak) < -25
    assert np.abs(tone.pcm[[0, 1, -2, -1]]).max() <= 3
    assert np.array_equal(tone.pcm, cue(rate).pcm)
