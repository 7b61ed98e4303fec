"""The comparison of incremental and whole transcription: its clips and its sums."""

import json
from pathlib import Path

import numpy as np
import pytest

from edgevoice.audio.chunk import samples_of
from edgevoice.config import Config
from edgevoice.engines.base import NEVER, Stop, Transcript
from edgevoice.errors import BadInputError
from edgevoice.testing import run_virtual
from tests.talk import LoudVad
from tools.bench.incremental import Ear, Said, Score, heard_whole, joined, result, sentences


class Clock:
    """Hears a word for every full 100 ms of loud sound, without losing one at a cut."""

    min_avg_logprob = -1.0

    def transcribe(self, samples: np.ndarray, stop: Stop = NEVER) -> Transcript:
        loud = np.count_nonzero(samples)
        return Transcript(" ".join(["word"] * (loud // 1_600)))


def loud(ms: int) -> np.ndarray:
    return np.full(samples_of(ms), 8_000, np.int16)


def test_both_ways_hear_the_same_of_a_long_utterance() -> None:
    silence = np.zeros(samples_of(300), np.int16)
    quiet = np.zeros(samples_of(800), np.int16)
    pcm = np.concatenate(
        [quiet, *[piece for _ in range(8) for piece in (loud(2_000), silence)], quiet]
    )
    whole = heard_whole(Config(), LoudVad(), Clock(), pcm)
    assert (
        run_virtual(Ear(Config(), LoudVad(), Clock()).hear(pcm))
        == whole
        == " ".join(["word"] * 160)
    )


def test_long_utterances_have_one_voice_and_pauses_below_the_endpoint() -> None:
    clips = [Said(loud(500), f"s{n}", "ab"[n % 2]) for n in range(20)]
    long = list(joined(clips))
    assert [one.text for one in long] == [one.text for one in joined(clips)]
    for one in long:
        numbers = [int(text[1:]) % 2 for text in one.text.split()]
        assert 3 <= len(numbers) <= 6 and len({*numbers}) == 1
        pauses = (len(one.pcm) - np.count_nonzero(one.pcm)) / 16 / (len(numbers) - 1)
        assert 150 <= pauses <= 400


def test_the_goal_is_a_difference_in_points() -> None:
    (goal,) = result({"x": Score(words=200, whole=10, incremental=12, seconds=[2.0])}).goals
    assert goal.value == pytest.approx(1.0) and not goal.ok


def test_what_is_missing_is_named_with_its_cure(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match=r"test_seen.*synthesise"):
        sentences(tmp_path, "test_seen", 5)
    np.save(tmp_path / "test_seen.npy", loud(100))
    index = {"offsets": [0, 800, 1_600], "text": ["a", "b"], "voice": ["x", "y"]}
    (tmp_path / "test_seen.json").write_text(json.dumps(index))
    assert [one.text for one in sentences(tmp_path, "test_seen", 5)] == ["a", "b"]
