import numpy as np

from edgevoice.audio.chunk import Samples
from edgevoice.engines.base import NEVER, Stop, Transcript
from tools.bench.paced import PacedTranscriber, heard_so_far, voiced

TEXT = "one two three four"


class Fixed:
    min_avg_logprob = -1.5

    def transcribe(self, samples: Samples, stop: Stop = NEVER) -> Transcript:
        return Transcript(TEXT, -0.1)


def sound(voice: int) -> Samples:
    """`voice` samples of voice after a second of silence."""
    return np.concatenate([np.zeros(16_000, np.int16), np.full(voice, 9000, np.int16)])


def test_words_come_as_they_are_spoken() -> None:
    assert [heard_so_far(TEXT, heard, 16_000) for heard in (0, 3999, 4000, 12_000, 16_000)] == [
        "",
        "",
        "one",
        "one two three",
        TEXT,
    ]


def test_the_last_word_does_not_hang_on_a_few_samples() -> None:
    assert heard_so_far(TEXT, 15_300, 16_000) == TEXT
    assert heard_so_far(TEXT, 15_000, 16_000) == "one two three"


def test_only_voice_counts() -> None:
    assert voiced(sound(3200)) == 3200


def test_the_certainty_is_the_inner_ones() -> None:
    paced = PacedTranscriber(Fixed(), lambda: sound(32_000))
    assert paced.min_avg_logprob == -1.5
    assert paced.transcribe(sound(16_000)) == Transcript("one two", -0.1)
    assert paced.transcribe(sound(32_000)) == Transcript(TEXT, -0.1)
