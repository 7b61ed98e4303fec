"""The room's floor: it follows noise within seconds, and no talk, however long."""

import math
from collections.abc import Iterable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edgevoice.audio.chunk import LISTENING_RATE, Samples
from edgevoice.audio.floor import PIECES, RISE, WINDOW, NoiseFloor, speech_level

FRAME = 512
SECOND = LISTENING_RATE


def noise(seconds: float, dbfs: float, seed: int = 0) -> Samples:
    """White noise."""
    wave = np.random.default_rng(seed).standard_normal(round(seconds * SECOND))
    return np.round(wave * 32_768 * 10 ** (dbfs / 20)).clip(-32_768, 32_767).astype(np.int16)


def heights(sound: Samples, floor: NoiseFloor | None = None) -> list[float]:
    """What the floor says to each frame of `sound`."""
    floor = floor or NoiseFloor()
    return [floor.add(sound[at : at + FRAME]) for at in range(0, len(sound) - FRAME + 1, FRAME)]


def syllables(seconds: float, dbfs: float) -> Samples:
    """Noise that comes and goes like talk: four syllables a second, a hole of 100 ms in every one,
    and a breath of 300 ms every two seconds."""
    time = np.arange(round(seconds * SECOND)) / SECOND
    sounds = (time % 0.25 < 0.15) & (time % 2 < 1.7)
    return np.where(sounds, noise(seconds, dbfs), 0).astype(np.int16)


def mixed(*sounds: Samples) -> Samples:
    together: Samples = np.sum([sound.astype(np.int32) for sound in sounds], axis=0).astype(
        np.int16
    )
    return together


def known(values: Iterable[float]) -> list[float]:
    return [value for value in values if math.isfinite(value)]


def test_steady_noise_never_stands_out() -> None:
    values = known(heights(noise(30, -40)))
    assert max(values) < RISE / 2


def test_nobody_knows_the_room_at_first() -> None:
    values = heights(noise(5, -40))
    unknown = sum(not math.isfinite(value) for value in values)
    assert values[:unknown] == [math.inf] * unknown
    assert unknown == pytest.approx(WINDOW / FRAME, abs=PIECES)


def test_a_fan_is_the_floor_after_three_seconds() -> None:
    values = heights(np.concatenate([noise(5, -70), noise(10, -35, seed=1)]))
    first = 5 * SECOND // FRAME
    settled = (5 * SECOND + WINDOW + WINDOW // PIECES) // FRAME + 1
    assert min(values[first + 1 : first + WINDOW // FRAME - PIECES]) > 30
    assert max(values[settled:]) < RISE


def test_when_the_fan_stops_the_floor_follows_at_once() -> None:
    values = heights(np.concatenate([noise(6, -35), noise(1, -70, seed=1)]))
    assert max(values[6 * SECOND // FRAME + 1 :]) < RISE


@pytest.mark.parametrize("dbfs", [-20, -50, -60])
def test_twenty_seconds_of_talk_leave_the_floor_where_it_was(dbfs: float) -> None:
    """Down to 20 dB above the room: a whisper in a quiet one."""
    room = noise(25, -80)
    talk = np.concatenate([np.zeros(5 * SECOND, np.int16), syllables(20, dbfs)])
    sound = mixed(room, talk)
    values = heights(sound)
    loud = [
        value
        for at, value in enumerate(values)
        if at * FRAME > 5 * SECOND and speech_level(talk[at * FRAME : (at + 1) * FRAME]) > 0
    ]
    assert sum(value >= RISE for value in loud) > 0.85 * len(loud)
    later = heights(noise(1, -80, seed=2))
    assert not known(later)  # a second alone says nothing …
    floor = NoiseFloor()
    heights(sound, floor)
    assert max(heights(noise(1, -80, seed=2), floor)) < RISE  # … but after the talk it is known


def test_rumble_below_the_voice_does_not_hide_it() -> None:
    time = np.arange(8 * SECOND) / SECOND
    rumble = np.round(8_000 * np.sin(2 * np.pi * 60 * time)).astype(np.int16)
    voice = np.where(time > 6, noise(8, -50), 0).astype(np.int16)
    values = heights(mixed(rumble, noise(8, -75, seed=1), voice))
    assert min(values[6 * SECOND // FRAME + 1 :]) > RISE
    assert max(known(values[: 6 * SECOND // FRAME])) < RISE


@given(st.lists(st.sampled_from([-96.0, -70.0, -40.0, -10.0]), min_size=1, max_size=40))
@settings(max_examples=30, deadline=None)
def test_no_frame_is_below_the_floor(levels: list[float]) -> None:
    sound = np.concatenate([noise(0.25, level, seed) for seed, level in enumerate(levels)])
    assert min(heights(sound), default=0) >= 0


def test_how_loud_everything_is_does_not_matter() -> None:
    sound = np.concatenate([noise(6, -60), noise(1, -40, seed=1)])
    louder = (sound.astype(np.int32) * 8).astype(np.int16)
    assert heights(louder)[-1] == pytest.approx(heights(sound)[-1], abs=1)


@pytest.mark.parametrize("sound", [np.zeros(10 * SECOND, np.int16), noise(10, 0)])
def test_silence_and_the_loudest_sound_are_floors_too(sound: Samples) -> None:
    assert max(known(heights(sound))) < RISE
