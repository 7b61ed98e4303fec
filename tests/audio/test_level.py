"""How loud a sound is, and where it begins and ends."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from edgevoice.audio.chunk import Samples
from edgevoice.audio.level import dbfs, voiced_span


@given(st.floats(-80, -1), st.integers(100, 4_000))
def test_the_level_of_a_square_wave_is_its_height(decibels: float, samples: int) -> None:
    height = round(32_768 * 10 ** (decibels / 20))
    wave = np.where(np.arange(samples) % 2, height, -height).astype(np.int16)
    assert dbfs(wave) == pytest.approx(20 * np.log10(height / 32_768), abs=0.01)


def test_silence_has_a_level_too() -> None:
    assert dbfs(np.zeros(100, np.int16)) == dbfs(np.zeros(0, np.int16)) == -96
    assert dbfs(np.full(100, -32_768, np.int16)) == pytest.approx(0)


@given(st.integers(0, 40), st.integers(1, 40), st.integers(0, 40))
def test_the_voiced_span_is_what_is_not_silent(before: int, loud: int, after: int) -> None:
    clip = np.repeat([0, 9_000, 0], np.array([before, loud, after]) * 160).astype(np.int16)
    assert voiced_span(clip) == (before * 160, (before + loud) * 160)


def test_a_silent_clip_is_an_empty_span() -> None:
    assert voiced_span(np.zeros(1_000, np.int16)) == (0, 0)
    assert voiced_span(np.zeros(0, np.int16)) == (0, 0)


pcm = npst.arrays(np.int16, st.integers(0, 2_000))


@given(pcm)
def test_a_level_is_never_beyond_the_scale(pcm: Samples) -> None:
    assert -96.0 <= dbfs(pcm) <= 0.0


def test_a_sine_is_three_decibels_below_its_peak() -> None:
    sine = np.round(32_767 * np.sin(np.arange(16_000) * 2 * np.pi * 440 / 16_000))
    assert dbfs(sine.astype(np.int16)) == pytest.approx(-3.01, abs=0.01)


@given(pcm, st.integers(1, 400))
def test_the_loudest_block_lies_in_the_voiced_span(pcm: Samples, block: int) -> None:
    start, end = voiced_span(pcm, block)
    assert 0 <= start <= end <= len(pcm)
    assert start % block == 0 and (end % block == 0 or end == len(pcm))
    if dbfs(pcm) > -80:
        levels = [dbfs(pcm[at : at + block]) for at in range(0, len(pcm), block)]
        assert start <= block * int(np.argmax(levels)) < end


def test_what_is_forty_decibels_below_the_loudest_is_not_voice() -> None:
    heights, lengths = [70, 8_000, 90, 8_000, 70], [1_600, 1_600, 1_600, 1_550, 1_600]
    clip = np.repeat(np.array(heights, np.int16), lengths)
    assert voiced_span(clip) == (1_600, 6_400)  # the end is that of the block


def test_a_hum_of_one_bit_is_silence() -> None:
    assert voiced_span(np.ones(1_600, np.int16)) == (0, 0)
