"""The volume: as loud as was asked for, without clicks, and never louder than the sound is."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgevoice.audio.chunk import AudioChunk, Samples, samples_of
from edgevoice.audio.level import dbfs
from edgevoice.testing import run_virtual
from edgevoice.transports.caller import Caller
from edgevoice.transports.loudness import FADE_MS, Level, Loudness, gain

RATE = 22_050
FADE = samples_of(FADE_MS, RATE)


class Played(Caller):
    def __init__(self) -> None:
        super().__init__([], patience_s=1)
        self.played: list[AudioChunk] = []

    async def play(self, chunk: AudioChunk) -> None:
        self.played.append(chunk)


def play(levels: list[int], pcm: Samples, least: int = 0) -> list[Samples]:
    """`pcm` as it is played at each of the `levels`, one after the other."""
    device = Played()
    level = Level(least=least)
    loudness = Loudness(device, level)

    async def scene() -> None:
        for wanted in levels:
            level.level = wanted
            await loudness.play(AudioChunk(pcm, RATE))

    run_virtual(scene())
    assert {chunk.rate for chunk in device.played} <= {RATE}
    return [chunk.pcm for chunk in device.played]


VOICE = (np.random.default_rng(1).normal(0, 3_000, RATE)).astype(np.int16)


def test_the_highest_level_changes_nothing() -> None:
    (played,) = play([100], VOICE)
    assert played is VOICE


@pytest.mark.parametrize(("level", "softer_db"), [(50, 10), (25, 20), (10, 33)])
def test_half_as_loud_is_ten_decibels_less(level: int, softer_db: float) -> None:
    (played,) = play([level], VOICE)
    assert dbfs(VOICE) - dbfs(played) == pytest.approx(softer_db, abs=0.5)


def test_level_zero_is_silence() -> None:
    (played,) = play([0], VOICE)
    assert not played.any()
    assert len(played) == len(VOICE)


def test_what_must_be_heard_is() -> None:
    (silent,) = play([0], VOICE, least=30)
    (thirty,) = play([30], VOICE)
    np.testing.assert_array_equal(silent, thirty)
    (louder,) = play([80], VOICE, least=30)
    assert dbfs(louder) > dbfs(thirty)


def test_a_change_fades() -> None:
    level_tone = np.full(RATE, 10_000, np.int16)
    first, second, third = play([100, 20, 100], level_tone)
    whole = np.concatenate([first, second, third]).astype(np.int32)
    assert np.abs(np.diff(whole)).max() <= 10_000 / FADE + 1
    assert set(second[FADE:]) == {round(10_000 * gain(20))}
    assert set(third[FADE:]) == {10_000}


@given(st.lists(st.integers(0, 100), min_size=1, max_size=5), st.integers(0, 60))
def test_never_louder_and_never_another_length(levels: list[int], length: int) -> None:
    pcm = np.resize(np.array([32_767, -32_768, 0, 5], np.int16), length)
    for played in play(levels, pcm):
        assert played.dtype == np.int16
        assert len(played) == length
        assert (np.abs(played.astype(np.int32)) <= np.abs(pcm.astype(np.int32))).all()
        assert (played.astype(np.int32) * pcm >= 0).all()


@given(st.integers(0, 99))
def test_a_higher_level_is_louder(level: int) -> None:
    assert 0 <= gain(level) < gain(level + 1) <= 1
