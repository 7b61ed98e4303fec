"""The turn detector with its real model: shapes, limits, and people."""

from pathlib import Path

import numpy as np
import pytest

from edgevoice.audio.chunk import Samples, samples_of
from edgevoice.bench.turns.people import load_people, word_gaps
from edgevoice.config import TurnConfig
from edgevoice.engines.loading import load_turn_detector
from edgevoice.engines.silero import find_weights
from edgevoice.engines.smart_turn import SmartTurn
from edgevoice.errors import ModelError

pytestmark = pytest.mark.engine
MODEL = TurnConfig().model


@pytest.fixture(scope="module")
def detector() -> SmartTurn:
    if not MODEL.is_file():
        pytest.skip(f"{MODEL} is not there: `make setup` could not fetch it")
    return SmartTurn(MODEL)


def noise(samples: int, seed: int = 0) -> Samples:
    return np.random.default_rng(seed).integers(-900, 900, samples).astype(np.int16)


@pytest.mark.parametrize("samples", [0, 1, 160, 16_000, 128_000, 300_000])
def test_any_length_gives_a_probability(detector: SmartTurn, samples: int) -> None:
    assert 0 <= detector.finished(noise(samples)) <= 1


def test_it_looks_at_the_last_eight_seconds(detector: SmartTurn) -> None:
    sound = noise(detector.window)
    assert detector.finished(np.concatenate([noise(9_000, 1), sound])) == detector.finished(sound)


def test_the_same_sound_is_judged_the_same_way(detector: SmartTurn) -> None:
    assert len({detector.finished(noise(40_000)) for _ in range(3)}) == 1


def test_loudness_does_not_matter_much(detector: SmartTurn) -> None:
    sound = noise(40_000)
    assert detector.finished(sound) == pytest.approx(detector.finished(sound // 4), abs=0.05)


def test_it_tells_ends_from_gaps_in_peoples_sentences(detector: SmartTurn) -> None:
    people = load_people()
    if people is None:
        pytest.skip("there are no recordings of people")
    silence = np.zeros(samples_of(96), np.int16)
    ends, gaps = [], []
    for clip in people[::4]:
        begin = max(0, clip.start - samples_of(300))
        ends.append(detector.finished(clip.pcm[begin : clip.end + samples_of(96)]))
        middle = word_gaps(clip)[:1]
        gaps += [
            detector.finished(np.concatenate([clip.pcm[begin:gap], silence])) for gap in middle
        ]
    later = [end > gap for end in ends for gap in gaps]
    assert sum(later) / len(later) > 0.7  # area under the curve; measured on all of them: 0.87


def test_a_missing_model_is_said_once_and_done_without(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    assert load_turn_detector(TurnConfig(model=tmp_path / "no.onnx")) is None
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "make setup" in caplog.text


def test_none_is_asked_for() -> None:
    assert load_turn_detector(TurnConfig(engine="none")) is None


def test_another_model_is_one_clear_error() -> None:
    with pytest.raises(ModelError, match="not a smart-turn model"):
        SmartTurn(find_weights())


def test_a_damaged_file_is_one_clear_error(tmp_path: Path) -> None:
    broken = tmp_path / "broken.onnx"
    broken.write_bytes(b"not a model")
    with pytest.raises(ModelError, match="damaged"):
        SmartTurn(broken)
