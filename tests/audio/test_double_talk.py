"""The filter learns the way from loudspeaker to microphone, and knows how far it is wrong."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from edgevoice.audio.chunk import Samples, samples_of
from edgevoice.audio.double_talk import FRAME, DoubleTalk, EchoPath, Explained
from edgevoice.bench.turns.rooms import Room, impulse

SECOND = samples_of(1_000)


def noise(seconds: float, seed: int = 1, height: float = 2_000) -> Samples:
    rng = np.random.default_rng(seed)
    return np.rint(rng.standard_normal(round(seconds * SECOND)) * height).astype(np.int16)


def explain(
    path: EchoPath, heard: NDArray[np.number], played: Samples
) -> tuple[list[Explained], NDArray[np.float64]]:
    """Every frame explained, and the residual's power in each."""
    starts = range(0, len(played), FRAME)
    frames = [
        path.add(
            heard[at : at + FRAME].astype(np.float32), played[at : at + FRAME].astype(np.float32)
        )
        for at in starts
    ]
    return frames, np.array([np.mean(np.square(frame.residual)) for frame in frames])


@pytest.mark.parametrize("delay_ms", [20, 113.3, 250])
def test_it_learns_any_path_within_its_reach(delay_ms: float) -> None:
    played = noise(3)
    echo = Room(impulse(delay_ms, -6, tail_ms=140, seed=1)).add(played)
    _, left = explain(EchoPath(), echo, played)
    assert left[200:].mean() < 0.01 * np.mean(np.square(echo))


def test_its_doubt_is_about_as_large_as_its_error() -> None:
    played = noise(3)
    echo = Room(impulse(60, -6, seed=1)).add(played) + noise(3, seed=2, height=20)
    frames, _ = explain(EchoPath(), echo, played)
    late = frames[30:200]
    error = np.mean([frame.unexplained.sum() for frame in late])
    doubt = np.mean([frame.expected.sum() for frame in late])
    assert abs(10 * np.log10(doubt / error)) < 10


def test_another_voice_does_not_make_it_forget() -> None:
    played = noise(5)
    echo = Room(impulse(60, -6, seed=1)).add(played)
    echo[2 * SECOND : 3 * SECOND] += noise(1, seed=2, height=3_000)
    _, left = explain(EchoPath(), echo, played)
    assert left[310:350].mean() < 0.1 * np.mean(np.square(echo))


def test_what_is_heard_while_nothing_is_played_passes_as_it_is() -> None:
    path = EchoPath()
    explain(path, noise(1) / 2, noise(1))
    said = noise(2, seed=3)
    frames, _ = explain(path, said, np.zeros_like(said))
    after = np.concatenate([frame.residual for frame in frames[50:]])
    np.testing.assert_array_equal(after, said[50 * FRAME :].astype(np.float32))
    assert not any(frame.expected.any() for frame in frames[50:])


LEVELS = st.sampled_from([0, 1, 30, 3_000, 32_767])


@settings(deadline=None)
@given(st.lists(st.tuples(LEVELS, LEVELS), min_size=1, max_size=120), st.integers(0, 5))
def test_whatever_it_hears_the_answer_is_a_probability(
    levels: list[tuple[int, int]], seed: int
) -> None:
    rng, talk = np.random.default_rng(seed), DoubleTalk()
    for heard, played in levels:
        microphone = rng.integers(-heard - 1, heard + 1, FRAME).astype(np.int16)
        loudspeaker = rng.integers(-played, played + 1, FRAME).astype(np.int16)
        person, residual = talk.add(microphone, loudspeaker)
        assert 0 <= person <= 1
        assert np.isfinite(residual).all()
        assert residual.shape == (FRAME,)


def test_a_louder_loudspeaker_is_learned() -> None:
    played = noise(20)
    echo = Room(impulse(60, -12, seed=1)).add(played)
    echo[10 * SECOND :] *= 3
    microphone = np.clip(echo + noise(20, seed=4, height=10), -32_768, 32_767).astype(np.int16)
    talk = DoubleTalk()
    found = [
        talk.add(microphone[at : at + FRAME], played[at : at + FRAME]).person >= 0.5
        for at in range(0, len(played), FRAME)
    ]
    assert not any(found[200:1_000])
    assert not any(found[1_500:])
