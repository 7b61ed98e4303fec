"""A resampled stream is one sound, however it was cut up."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgevoice.audio.chunk import Samples
from edgevoice.audio.resample import Resampler

RATES = st.sampled_from([8_000, 16_000, 22_050, 24_000, 44_100, 48_000])
PIECES = st.lists(st.integers(0, 700), max_size=12)


def whole(resampler: Resampler, *pieces: Samples) -> Samples:
    return np.concatenate([*map(resampler.add, pieces), resampler.finish()])


def noise(samples: int) -> Samples:
    return np.random.default_rng(7).integers(-9000, 9000, samples, np.int16)


@given(RATES, RATES, PIECES, st.sampled_from(["LQ", "HQ"]))
def test_output_does_not_depend_on_how_the_stream_was_cut(
    from_rate: int, to_rate: int, lengths: list[int], quality: str
) -> None:
    sound = noise(sum(lengths))
    pieces = np.split(sound, np.cumsum(lengths))
    at_once = whole(Resampler(from_rate, to_rate, quality), sound)  # type: ignore[arg-type]
    in_pieces = whole(Resampler(from_rate, to_rate, quality), *pieces)  # type: ignore[arg-type]
    np.testing.assert_array_equal(at_once, in_pieces)


@given(RATES, RATES, st.integers(0, 5_000))
def test_the_length_is_right_within_a_sample(from_rate: int, to_rate: int, samples: int) -> None:
    out = whole(Resampler(from_rate, to_rate), noise(samples))
    assert abs(len(out) - samples * to_rate / from_rate) <= 1


@given(st.integers(0, 2_000))
def test_equal_rates_change_nothing(samples: int) -> None:
    np.testing.assert_array_equal(whole(Resampler(16_000, 16_000), noise(samples)), noise(samples))


def test_a_finished_resampler_starts_afresh() -> None:
    resampler = Resampler(48_000, 16_000)
    np.testing.assert_array_equal(whole(resampler, noise(4_000)), whole(resampler, noise(4_000)))


@pytest.mark.parametrize("quality", ["LQ", "HQ"])
def test_a_tone_keeps_its_pitch_and_its_loudness(quality: str) -> None:
    def tone(rate: int) -> Samples:
        return (8_000 * np.sin(2 * np.pi * 1_000 * np.arange(rate) / rate)).astype(np.int16)

    out = whole(Resampler(48_000, 16_000, quality), tone(48_000))  # type: ignore[arg-type]
    middle = slice(1_000, -1_000)
    assert np.abs(out[middle].astype(int) - tone(16_000)[middle]).max() <= 3
