"""Finding an echo: in rooms that are known to the sample, every delay and level is found again."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from edgevoice.audio.chunk import Samples, samples_of
from edgevoice.duplex import FULLY_HEARD, Echo
from edgevoice.echo_check import band_dbfs, estimate, probe
from edgevoice.errors import DeviceError

PROBE = probe()
Floats = NDArray[np.float64]


def echo_of(
    sound: Floats, delay_ms: float, level_db: float, *, tail: float = 0.0, seed: int = 0
) -> Floats:
    """`sound` as a room gives it back: the direct sound, then noise that decays within 300 ms."""
    decay = np.exp(-np.arange(samples_of(300)) / samples_of(50))
    room = tail * np.random.default_rng(seed).standard_normal(len(decay)) * decay
    room[0] = 1.0
    size = len(sound) + len(room)
    came = np.fft.irfft(np.fft.rfft(sound, size) * np.fft.rfft(room, size), size)
    came *= math.sqrt(float(np.sum(sound**2) / np.sum(came**2))) * 10 ** (level_db / 20)
    return np.concatenate([np.zeros(samples_of(delay_ms)), came])[: len(sound)]


def noise(level_dbfs: float, *, pink: bool = False, seed: int = 0) -> Floats:
    """Noise as long as the probe, so loud in the voice's band."""
    size = len(PROBE)
    spectrum = np.fft.rfft(np.random.default_rng(seed).standard_normal(size))
    if pink:
        spectrum /= np.sqrt(np.maximum(np.fft.rfftfreq(size, 1 / 16_000), 20))
    sound = np.fft.irfft(spectrum, size)
    sound *= 1_000 / sound.std()
    sound *= 10 ** ((level_dbfs - band_dbfs(microphone(sound))) / 20)
    return np.asarray(sound, np.float64)


def microphone(sound: Floats) -> Samples:
    return np.clip(np.rint(sound), -32_768, 32_767).astype(np.int16)


SWEEP_DBFS = band_dbfs(PROBE[samples_of(1_500) : samples_of(3_000)])


@given(
    delay_ms=st.floats(5, 400),
    level_db=st.floats(-40, 0),
    tail=st.floats(0, 0.15),
    pink=st.booleans(),
    seed=st.integers(0, 1_000),
)
def test_every_echo_is_found_in_noise_10_db_below_it(
    delay_ms: float, level_db: float, tail: float, pink: bool, seed: int
) -> None:
    came = echo_of(PROBE.astype(float), delay_ms, level_db, tail=tail, seed=seed)
    loud = noise(SWEEP_DBFS + level_db - 10, pink=pink, seed=seed)

    echo = estimate(PROBE, microphone(came + loud))

    assert echo.heard == FULLY_HEARD
    assert echo.delay_ms == pytest.approx(delay_ms, abs=2)
    assert echo.level_db == pytest.approx(level_db, abs=1.5)
    assert echo.expected_dbfs <= echo.rush_dbfs + 2
    assert echo.residual_dbfs == echo.rush_dbfs
    assert echo.noise_dbfs == pytest.approx(SWEEP_DBFS + level_db - 10, abs=1.5)
    assert echo.jitter_ms < 1
    assert not (echo.clipped or echo.gated)


@given(level_dbfs=st.floats(-80, -20), pink=st.booleans(), seed=st.integers(0, 1_000))
def test_noise_is_no_echo(level_dbfs: float, pink: bool, seed: int) -> None:
    found = estimate(PROBE, microphone(noise(level_dbfs, pink=pink, seed=seed))).heard
    assert found < FULLY_HEARD  # by chance it may look like one of the two sweeps, hardly ever


def test_an_echo_is_found_10_db_below_the_noise() -> None:
    came = echo_of(PROBE.astype(float), 80, -30)
    echo = estimate(PROBE, microphone(came + noise(SWEEP_DBFS - 20)))
    assert echo.heard == FULLY_HEARD
    assert echo.delay_ms == pytest.approx(80, abs=2)


@pytest.mark.parametrize("drive", [1.0, 4.0, 20.0])
def test_a_loudspeaker_that_distorts_has_the_same_delay(drive: float) -> None:
    overdriven = np.tanh(PROBE / 32_768 * drive) * 3_000
    echo = estimate(PROBE, microphone(echo_of(overdriven, 120, 0) + noise(-60)))
    assert echo.heard == FULLY_HEARD
    assert echo.delay_ms == pytest.approx(120, abs=2)


def test_hum_and_an_offset_are_no_noise() -> None:
    hum = 3_000 * np.sin(2 * np.pi * 50 * np.arange(len(PROBE)) / 16_000) + 500
    echo = estimate(PROBE, microphone(hum + noise(-70)))
    assert echo.noise_dbfs == pytest.approx(-70, abs=1.5)
    assert echo.heard == 0


def test_an_echo_may_seem_to_come_a_little_early() -> None:
    early = np.roll(microphone(PROBE * 0.1 + noise(-70)), -samples_of(12))
    echo = estimate(PROBE, early)
    assert (echo.heard, echo.delay_ms) == (FULLY_HEARD, 0)


@pytest.mark.parametrize("level", [0, 1_234])
def test_a_microphone_that_delivers_nothing_is_an_error_with_a_cure(level: int) -> None:
    with pytest.raises(DeviceError, match=r"digital silence\. Unmute it"):
        estimate(PROBE, np.full(len(PROBE), level, np.int16))


def test_no_recording_at_all_is_the_same_error() -> None:
    with pytest.raises(DeviceError, match="digital silence"):
        estimate(PROBE, np.zeros(0, np.int16))


def test_a_recording_that_ends_early_is_enough_while_the_sweeps_are_in_it() -> None:
    came = microphone(echo_of(PROBE.astype(float), 40, -10) + noise(-60))
    echo = estimate(PROBE, came[: samples_of(6_500)])
    assert echo.delay_ms == pytest.approx(40, abs=2)


def test_an_echo_that_is_too_loud_is_clipped() -> None:
    echo = estimate(PROBE, microphone(echo_of(PROBE.astype(float), 40, 20)))
    assert echo.clipped


def test_a_microphone_that_is_off_while_we_play_is_gated() -> None:
    quiet = microphone(noise(-60))
    quiet[samples_of(1_500) :] = 0
    echo = estimate(PROBE, quiet)
    assert echo.gated
    assert echo.heard == 0


def test_one_sweep_that_gets_lost_is_noticed() -> None:
    came = echo_of(PROBE.astype(float), 40, -10)
    came[samples_of(4_000) : samples_of(6_000)] = 0
    assert estimate(PROBE, microphone(came + noise(-60))).heard == 1


def test_sound_that_gets_lost_between_the_sweeps_moves_the_delay() -> None:
    came = microphone(echo_of(PROBE.astype(float), 60, -10) + noise(-60))
    lost = np.delete(came, slice(samples_of(3_600), samples_of(3_620)))
    echo = estimate(PROBE, lost)
    assert echo.jitter_ms == pytest.approx(20, abs=1)
    assert echo.delay_ms == pytest.approx(40, abs=2)


def test_a_canceller_is_tried_with_what_was_measured() -> None:
    came = microphone(echo_of(PROBE.astype(float), 50, -10) + noise(-60))
    given_to: list[float] = []

    def half(recorded: Samples, played: Samples, delay_ms: float) -> Samples:
        assert played is PROBE
        np.testing.assert_array_equal(recorded, came)
        given_to.append(delay_ms)
        return recorded // 2

    echo = estimate(PROBE, came, half)

    assert given_to == [echo.delay_ms]
    assert echo.cancelled_db == pytest.approx(6, abs=0.1)
    assert echo.residual_dbfs == pytest.approx(-21 - 10 - 6, abs=1)
    assert replace(echo, residual_dbfs=echo.rush_dbfs) == estimate(PROBE, came)


def test_a_device_that_cancels_by_itself_lets_sweeps_through_and_no_rush() -> None:
    """Some do: what they learn from a sweep is wrong for the next frequency."""
    came = echo_of(PROBE.astype(float), 60, -20)
    came[samples_of(7_000) :] = 0
    echo = estimate(PROBE, microphone(came + noise(-60)))
    assert echo.heard == FULLY_HEARD
    assert echo.rush_dbfs == pytest.approx(echo.noise_dbfs, abs=1)
    assert echo.expected_dbfs > -50


def test_where_there_is_no_echo_nothing_is_cancelled() -> None:
    def never(*_: object) -> Samples:
        raise AssertionError

    echo = estimate(PROBE, microphone(noise(-60)), never)
    assert echo == Echo(heard=0, noise_dbfs=echo.noise_dbfs)


def test_the_probe_is_soft_and_begins_and_ends_in_silence() -> None:
    assert len(PROBE) == samples_of(9_500)
    assert not PROBE[: samples_of(1_500)].any()
    assert not PROBE[-samples_of(1_000) :].any()
    sweep, rush = np.abs(PROBE[: samples_of(6_500)]), np.abs(PROBE[samples_of(6_500) :])
    assert sweep.max() == pytest.approx(32_768 * 10 ** (-12 / 20), abs=1)
    assert band_dbfs(PROBE[samples_of(7_500) : samples_of(8_200)]) == pytest.approx(-21, abs=0.2)
    assert rush.max() < 32_768 * 10 ** (-8 / 20)
    np.testing.assert_array_equal(probe(), PROBE)
