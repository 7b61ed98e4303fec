"""The parts of the recogniser's training that need no training packages."""

import random
import struct
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.train.stt.ct2_file import read_weights
from tools.train.stt.schedule import Progress, hardness, phoneme_weight, rate_factor
from tools.train.stt.scoring import (
    Result,
    accepted,
    choose_threshold,
    rates,
    true_prefix,
    word_errors,
)
from tools.train.stt.sentences import LONGEST, Sentences, normalise, number, ordinal, split_of

WORDS = st.lists(st.sampled_from("a b c d".split()), max_size=6).map(" ".join)


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("What is 21 + 4?", "what is twenty one four"),
        ("It's 3:05, Tom!", "it's three oh five tom"),
        ("the 3rd of May", "the third of may"),
        ("1,000 km & 5%", "one thousand km and five percent"),
        ("'hello' the dogs'", "hello the dogs"),
        ("2.5 miles", "two point five miles"),
        ("it\u2019s  late", "it's late"),
        ("?!", ""),
    ],
)
def test_writes_what_is_said(written: str, spoken: str) -> None:
    assert normalise(written) == spoken


def test_counts_in_words() -> None:
    assert number(0) == "zero"
    assert number(342) == "three hundred forty two"
    assert number(342, " and ") == "three hundred and forty two"
    assert number(70_013) == "seventy thousand thirteen"
    assert [ordinal(n) for n in (1, 20, 21, 30, 31)] == [
        "first", "twentieth", "twenty first", "thirtieth", "thirty first",
    ]  # fmt: skip


def test_the_same_seed_says_the_same_normalised_sentences() -> None:
    first, again = (Sentences(random.Random(7)) for _ in range(2))
    said = [first.sample() for _ in range(500)]
    assert said == [again.sample() for _ in range(500)]
    assert said == [normalise(text) for text in said]
    assert max(map(len, said)) <= LONGEST


def test_short_sentences_are_learned_and_the_rest_is_split_for_ever() -> None:
    assert split_of("good morning") == "train"
    said = {Sentences(random.Random(7)).request() for _ in range(1)}
    generator = Sentences(random.Random(8))
    said |= {generator.request() for _ in range(4000)}
    splits = [split_of(text) for text in said if len(text.split()) >= 4]
    assert 0.005 < splits.count("test") / len(splits) < 0.06
    assert 0.005 < splits.count("dev") / len(splits) < 0.06


@given(WORDS, WORDS)
def test_word_errors_is_a_distance(one: str, other: str) -> None:
    assert word_errors(one, other) == word_errors(other, one)
    assert (word_errors(one, other) == 0) == (one == other)
    assert word_errors(one, other) <= max(len(one.split()), len(other.split()))


def test_two_spellings_of_a_word_are_one_word() -> None:
    assert word_errors("what's my favourite colour", "what's my favorite color") == 0


def test_rates_count_errors_over_words_said() -> None:
    results = [Result("turn it off", "turn off", -0.1), Result("stop", "stop", -0.2)]
    assert rates(results) == (2, 0.25, 0.5)
    assert rates([]) == (0, 0.0, 0.0)


def test_the_gate_keeps_words_above_the_threshold() -> None:
    sure, unsure, silent = Result("a", "a", -0.1), Result("a", "b", -0.9), Result("a", "", -0.0)
    assert accepted([sure, unsure, silent], -0.5) == [sure]
    assert choose_threshold([sure, unsure], [], 0.0, 0.0, (-0.05, -0.5, -1.0)) == -0.5
    assert choose_threshold([unsure], [], 0.0, 0.0, (-1.0,)) is None
    assert choose_threshold([sure], [Result("", "x", -0.2)], 0.0, 0.0, (-0.15, -0.3)) == -0.15


def test_a_partial_may_be_wrong_in_its_last_word_only() -> None:
    assert true_prefix("what time is it", "what time in")
    assert not true_prefix("what time is it", "what dime is")
    assert true_prefix("what time is it", "")


def _text(value: str) -> bytes:
    return struct.pack("<H", len(value) + 1) + value.encode() + b"\0"


def _variable(name: str, value: np.ndarray, kind: int) -> bytes:
    shape = struct.pack(f"<B{value.ndim}I", value.ndim, *value.shape)
    return _text(name) + shape + struct.pack("<BI", kind, value.nbytes) + value.tobytes()


def test_reads_quantised_weights_back(tmp_path: Path) -> None:
    rows = np.array([[127, -64], [10, 127]], np.int8)
    scale = np.array([254.0, 127.0], np.float32)
    path = tmp_path / "model.bin"
    path.write_bytes(
        struct.pack("<I", 6)
        + _text("WhisperSpec")
        + struct.pack("<II", 3, 2)
        + _variable("decoder/embeddings/weight", rows, 1)
        + _variable("decoder/embeddings/weight_scale", scale, 0)
        + struct.pack("<I", 1)
        + _text("decoder/projection/weight")
        + _text("decoder/embeddings/weight")
    )
    weights = read_weights(path)
    expected = rows / scale[:, None]
    np.testing.assert_allclose(weights["decoder/embeddings/weight"], expected, rtol=1e-6)
    path.write_bytes(b"\5\0\0\0" + _text("WhisperSpec") + b"\0\0\0\0")
    with pytest.raises(ValueError, match="version 6"):
        read_weights(path)


def test_the_learning_rate_rises_holds_and_falls() -> None:
    assert rate_factor(2, 0.0, scratch=True) == pytest.approx(0.01)
    assert rate_factor(500, 0.2, scratch=True) == 1.0
    assert rate_factor(900, 0.65, scratch=True) == pytest.approx(0.5)
    assert rate_factor(999, 1.0, scratch=True) == 0.02
    assert rate_factor(500, 0.55, scratch=False) == pytest.approx(0.5)


def test_a_run_is_as_long_as_its_steps_or_its_minutes() -> None:
    now = [100.0]
    by_clock = Progress(None, 2.0, lambda: now[0])
    now[0] += 90
    assert (by_clock.minutes(), by_clock.fraction(step=5)) == (1.5, 0.75)
    assert Progress(200, None).fraction(step=50) == 0.25
    for lengths in ((None, None), (10, 1.0)):
        with pytest.raises(ValueError, match="either in steps or in minutes"):
            Progress(*lengths)


def test_from_scratch_it_begins_gently() -> None:
    first, later = hardness(0.05, 1.0, scratch=True), hardness(0.9, 60.0, scratch=True)
    assert first.longest < later.longest
    assert first.strength < later.strength
    assert phoneme_weight(0.0, scratch=True) > phoneme_weight(0.9, scratch=True)
