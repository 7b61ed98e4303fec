"""The echo goes, the person stays, and a person over our own voice is noticed."""

import sys

import numpy as np
import pytest
from numpy.typing import NDArray

from edgevoice.audio.chunk import Samples, samples_of
from edgevoice.audio.echo import FRAME, Cleaned, EchoCanceller
from edgevoice.audio.level import dbfs
from edgevoice.audio.resample import to_int16
from edgevoice.bench.turns.rooms import Room, impulse
from edgevoice.errors import ModelError

SECOND = samples_of(1_000)


def babble(seconds: float, seed: int, height: float = 3_000) -> Samples:
    """Sound with the spectrum and the rhythm of a voice: filtered noise in syllables."""
    rng = np.random.default_rng(seed)
    noise = rng.standard_normal(round(seconds * SECOND))
    ringing = 0.9 ** np.arange(60) * np.cos(np.arange(60) * 2 * np.pi * 600 / SECOND)
    voice = np.convolve(noise, ringing - ringing.mean(), "same")
    syllables = rng.uniform(-1, 1, len(noise) // 2_400 + 2).clip(0)
    envelope = np.interp(np.arange(len(noise)), np.arange(len(syllables)) * 2_400, syllables)
    return to_int16((voice * envelope * height).astype(np.float32))


def silence(seconds: float) -> Samples:
    return np.zeros(round(seconds * SECOND), np.int16)


def echo_of(played: Samples, level_db: float = -6, delay_ms: float = 80) -> NDArray[np.float64]:
    return Room(impulse(delay_ms, level_db, seed=1)).add(played)


def heard(sound: NDArray[np.floating]) -> Samples:
    """`sound` as a microphone with a little noise of its own hears it."""
    hiss = np.random.default_rng(5).standard_normal(len(sound)) * 10
    return to_int16((sound + hiss).astype(np.float32))


def clean(canceller: EchoCanceller, microphone: Samples, played: Samples) -> list[Cleaned]:
    starts = range(0, len(microphone) - FRAME + 1, FRAME)
    return [canceller.add(microphone[at : at + FRAME], played[at : at + FRAME]) for at in starts]


def track(frames: list[Cleaned]) -> Samples:
    return np.concatenate([frame.pcm for frame in frames])


def people(frames: list[Cleaned]) -> NDArray[np.float64]:
    return np.array([frame.person for frame in frames])


# --- the sound


def test_silence_in_silence_out() -> None:
    frames = clean(EchoCanceller(), silence(1), silence(1))
    assert not track(frames).any()
    assert people(frames).max() < 0.5


def test_frames_have_ten_milliseconds() -> None:
    frames = clean(EchoCanceller(), babble(0.1, 1), babble(0.1, 2))
    assert {frame.pcm.shape for frame in frames} == {(FRAME,)}
    assert {frame.pcm.dtype for frame in frames} == {np.dtype(np.int16)}


def test_a_person_passes_while_nothing_is_played() -> None:
    said = babble(4, 1)
    out = track(clean(EchoCanceller(), said, silence(4))).astype(np.float64)
    shifts = [
        np.corrcoef(said[SECOND:-400], np.roll(out, -n)[SECOND:-400])[0, 1] for n in range(400)
    ]
    assert max(shifts) > 0.95


@pytest.mark.parametrize("level_db", [-20, -6, 0])
@pytest.mark.parametrize("delay_ms", [20, 120, 250])
def test_our_own_voice_is_all_but_gone_after_two_seconds(level_db: int, delay_ms: int) -> None:
    played = babble(6, 2)
    microphone = heard(echo_of(played, level_db, delay_ms))
    out = track(clean(EchoCanceller(delay_ms=delay_ms), microphone, played))
    assert dbfs(out[2 * SECOND :]) < max(dbfs(microphone[2 * SECOND :]) - 20, -69)


def test_every_run_is_the_same() -> None:
    played, said = babble(2, 1), babble(2, 2)
    microphone = heard(echo_of(played) + said)
    one, two = (clean(EchoCanceller(), microphone, played) for _ in range(2))
    np.testing.assert_array_equal(track(one), track(two))
    np.testing.assert_array_equal(people(one), people(two))


def test_noise_can_be_taken_away() -> None:
    hiss = to_int16((np.random.default_rng(1).standard_normal(3 * SECOND) * 300).astype(np.float32))
    kept = track(clean(EchoCanceller(), hiss, silence(3)))
    taken = track(clean(EchoCanceller(noise_suppression=True), hiss, silence(3)))
    assert dbfs(taken[2 * SECOND :]) < dbfs(kept[2 * SECOND :]) - 6


def test_a_quiet_person_can_be_made_louder() -> None:
    said = babble(6, 1, height=300)
    kept = track(clean(EchoCanceller(), said, silence(6)))
    louder = track(clean(EchoCanceller(automatic_gain=True), said, silence(6)))
    assert dbfs(louder[3 * SECOND :]) > dbfs(kept[3 * SECOND :]) + 3


# --- the person


def test_until_the_echo_is_known_we_are_deaf_while_we_speak() -> None:
    syllables = np.convolve(babble(6, 2), np.ones(3), "same").astype(np.int16)
    played = np.concatenate([syllables[:SECOND], silence(1), syllables[SECOND:]])
    frames = clean(EchoCanceller(), heard(echo_of(played, 10)), played)
    sounding = [bool(played[max(0, n - 30) * FRAME : (n + 1) * FRAME].any()) for n in range(700)]
    loud = [bool(frame.pcm.any()) for frame in frames]
    assert not any(loud[n] for n in range(200) if sounding[n])
    assert all(loud[160:200])  # between two sentences
    assert all(loud[-100:])
    assert people(frames).max() < 0.5


@pytest.mark.parametrize("level_db", [-20, -6, 0, 6])
def test_our_own_voice_alone_is_nobody(level_db: int) -> None:
    played = babble(8, 3)
    frames = clean(EchoCanceller(), heard(echo_of(played, level_db)), played)
    assert people(frames[200:]).max() < 0.5


@pytest.mark.parametrize("delay_ms", [450, 650])
def test_our_own_voice_from_a_late_loudspeaker_is_nobody_either(delay_ms: int) -> None:
    played = babble(8, 3)
    microphone = heard(echo_of(played, -6, delay_ms))
    frames = clean(EchoCanceller(delay_ms=delay_ms), microphone, played)
    assert people(frames).max() < 0.5
    assert dbfs(track(frames)[4 * SECOND :]) < dbfs(microphone[4 * SECOND :]) - 20


@pytest.mark.parametrize("ratio_db", [-10, 0])
def test_somebody_over_our_own_voice_is_noticed_at_once(ratio_db: int) -> None:
    played, said = babble(6, 3), babble(2, 4)
    echo = echo_of(played)
    loud = 10 ** ((dbfs(to_int16(echo.astype(np.float32))) - dbfs(said) - ratio_db) / 20)
    begin = 4 * SECOND
    onset = begin + int(np.flatnonzero(np.abs(said) > 500)[0])
    microphone = echo.copy()
    microphone[begin:] += said * loud
    found = people(clean(EchoCanceller(), heard(microphone), played)) >= 0.5
    assert not found[200 : begin // FRAME].any()
    assert found[onset // FRAME : onset // FRAME + 13].any()


def test_a_moved_loudspeaker_is_somebody_for_a_moment_only() -> None:
    played = babble(16, 3)
    here, there = echo_of(played, -6, 80), echo_of(played, -3, 130)
    moved = np.concatenate([here[: 8 * SECOND], there[8 * SECOND :]])
    found = people(clean(EchoCanceller(), heard(moved), played)) >= 0.5
    assert found[800:1000].any()
    assert not found[1200:].any()


@pytest.mark.parametrize("told_before_ms", [0, 300])
@pytest.mark.parametrize("jump_ms", [-20, -5, 5, 20])
@pytest.mark.parametrize("level_db", [-10, 0])
def test_an_echo_that_jumps_is_nobody_when_we_are_told(
    level_db: int, jump_ms: int, told_before_ms: int
) -> None:
    played = babble(10, 7)
    jump, told = 5 * SECOND, 5 * SECOND - samples_of(told_before_ms)
    here, there = (echo_of(played, level_db, 80 + ms) for ms in (0, jump_ms))
    microphone = heard(np.concatenate([here[:jump], there[jump:]]))
    canceller = EchoCanceller(delay_ms=80)
    clean(canceller, microphone[:told], played[:told])
    canceller.moved()
    frames = clean(canceller, microphone[told:], played[told:])
    assert people(frames).max() < 0.5
    assert dbfs(track(frames)) < dbfs(microphone[told:]) - 15


def test_after_a_jump_we_are_deaf_to_our_own_sound_and_then_hear_a_person() -> None:
    syllables = np.convolve(babble(8, 3), np.ones(3), "same").astype(np.int16)
    said = babble(2, 4)
    begin = 6 * SECOND
    microphone = echo_of(syllables)
    microphone[begin:] += said * 3.0
    canceller = EchoCanceller()
    clean(canceller, heard(microphone)[: 4 * SECOND], syllables[: 4 * SECOND])
    canceller.moved()
    frames = clean(canceller, heard(microphone)[4 * SECOND :], syllables[4 * SECOND :])
    blocks = syllables[4 * SECOND :].reshape(-1, FRAME)
    sounding = np.count_nonzero(blocks, axis=1) > 0
    last_deaf = int(np.flatnonzero(np.cumsum(sounding) < 150)[-1])
    assert not track(frames[:last_deaf])[sounding[:last_deaf].repeat(FRAME)].any()
    assert last_deaf < 200
    assert not (people(frames[:200]) >= 0.5).any()
    assert (people(frames[200:]) >= 0.5).any()


def test_a_jump_before_anything_was_learned_makes_us_deaf_no_longer() -> None:
    played = babble(6, 3)
    one, two = EchoCanceller(), EchoCanceller()
    one.moved()
    first, second = (people(clean(each, heard(echo_of(played)), played)) for each in (one, two))
    np.testing.assert_array_equal(first == 0, second == 0)


def test_a_fan_is_nobody_soon() -> None:
    fan = np.random.default_rng(2).standard_normal(20 * SECOND) * 200
    fan[: 5 * SECOND] = 0
    played = babble(20, 3)
    found = people(clean(EchoCanceller(), heard(echo_of(played) + fan), played)) >= 0.5
    assert not found[1_500:].any()


# --- without the package


def test_a_missing_package_is_said_with_its_cure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pywebrtc_audio", None)
    with pytest.raises(ModelError, match=r"not installed\. Install it .* half"):
        EchoCanceller()
