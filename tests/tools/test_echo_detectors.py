"""The study's own arithmetic: scenes are as loud as they say, and signs are counted right."""

from collections.abc import Iterator

import numpy as np
import pytest

from edgevoice.audio.chunk import samples_of
from edgevoice.bench.turns.people import Clip
from tools.bench.echo_detectors import (
    RATIOS_DB,
    Costs,
    Scene,
    alone,
    begins,
    echoes,
    first_sign,
    interrupted,
    interruptions,
    longest,
    loudness,
    spread,
)


def signs(*frames: int, length: int = 600) -> np.ndarray:
    found = np.zeros(length, np.bool_)
    found[list(frames)] = True
    return found


def noise(seconds: float, seed: int = 1) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return rng.integers(-6_000, 6_000, samples_of(1_000 * seconds)).astype(np.int16)


def person() -> Clip:
    pcm = noise(3, seed=2) // 4
    pcm[: samples_of(1_000)] = 0
    return Clip("somebody", pcm, ((samples_of(1_000), samples_of(3_000)),))


def test_signs_within_a_second_are_one() -> None:
    assert begins(signs()) == []
    assert begins(signs(10, 11, 12)) == [10]
    assert begins(signs(10, 60, 105)) == [10]
    assert begins(signs(10, 110, 400)) == [10, 110, 400]


def test_the_longest_sign() -> None:
    assert longest(signs()) == 0
    assert longest(signs(1, 2, 3, 9, 599)) == 3


def test_the_first_sign_counts_from_the_onset_to_the_end_of_its_frame() -> None:
    assert first_sign(signs(3, 20), onset=1_600) == 11 * 160
    assert first_sign(signs(3), onset=1_600) is None
    assert first_sign(signs(10), onset=1_650) == 110


def test_the_spread_counts_those_who_were_missed() -> None:
    figures = spread([1_600, 1_600, None, 1_600])
    assert figures == {"detected_percent": 75, "p50_ms": 100, "p95_ms": 100}
    assert spread([None])["p50_ms"] is None, "JSON knows no other way to say it"


def test_the_person_is_as_loud_beside_the_echo_as_the_ratio_says() -> None:
    for scene in interruptions([noise(20)], [person()]):
        assert scene.onset is not None
        assert scene.ratio_db in RATIOS_DB
        said = scene.others[scene.onset : scene.onset + samples_of(1_900)]
        assert 20 * np.log10(loudness(scene.echo) / loudness(said)) == pytest.approx(
            scene.ratio_db, abs=1
        )
        before = scene.others[: scene.onset - samples_of(300)]
        assert loudness(before) == pytest.approx(10, rel=0.1)


def short(scenes: Iterator[Scene]) -> Iterator[Scene]:
    yield next(scenes)


@pytest.mark.slow
def test_the_study_says_everything() -> None:
    voices, costs = [noise(12)], Costs()
    figures = alone(short(echoes(voices, [], 0.1)), costs)
    assert figures["minutes"] == {"espeak-ng": pytest.approx(10 / 60, abs=0.01)}
    found = interrupted(short(interruptions(voices, [person()])), costs)
    assert set(found) == {"suspicion", "300_ms_of_voice"}
    assert all(spent > 0 for spent in costs.per_second().values())
