"""Windows, caps, loops and cuts, without a model."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from edgevoice.audio.chunk import LISTENING_RATE, samples_of
from edgevoice.engines.whisper_window import (
    LONGEST,
    loops,
    pieces,
    token_cap,
    window_samples,
)

SECOND = LISTENING_RATE


def test_a_window_is_the_speech_and_silence_but_not_less_than_the_floor() -> None:
    assert window_samples(2 * SECOND, 10_000, 2600) == 10 * SECOND
    assert window_samples(9 * SECOND, 10_000, 2600) == 9 * SECOND + samples_of(2600)
    assert window_samples(29 * SECOND, 10_000, 2600) == LONGEST
    assert window_samples(SECOND, 3000, 0) == 3 * SECOND
    assert window_samples(5 * SECOND, 3000, 0) == 5 * SECOND


def test_a_cap_leaves_room_for_fast_speech() -> None:
    assert token_cap(SECOND // 2) == 16
    assert token_cap(10 * SECOND) == 92


def test_what_people_repeat_is_no_loop() -> None:
    assert not loops([])
    assert not loops([1])
    assert not loops([1] * 9), "no no no no no no no no no"
    assert not loops([1, 2] * 4), "one two one two one two one two"
    assert not loops(list(range(200)))


def test_what_a_lost_model_repeats_is_a_loop() -> None:
    assert loops([1] * 10)
    assert loops([1, 2] * 5)
    assert loops([1, 2, 3, 4] * 5)
    assert loops([9, 8, 7, *[1, 2, 3] * 5, 6])
    assert loops(list(range(20)) * 5)


@given(
    before=st.lists(st.integers(0, 50), max_size=20),
    gram=st.lists(st.integers(0, 50), min_size=2, max_size=12),
    copies=st.integers(5, 9),
    after=st.lists(st.integers(0, 50), max_size=20),
)
def test_a_loop_is_found_wherever_it_is(
    before: list[int], gram: list[int], copies: int, after: list[int]
) -> None:
    assert loops(before + gram * copies + after)


@given(st.permutations(range(60)))
def test_tokens_that_all_differ_are_no_loop(tokens: list[int]) -> None:
    assert not loops(tokens)


@given(length=st.integers(0, 5000), longest=st.integers(1400, 2000), seed=st.integers(0, 9))
def test_pieces_are_the_samples_in_order(length: int, longest: int, seed: int) -> None:
    samples = np.random.default_rng(seed).integers(-999, 999, length).astype(np.int16)
    cut = list(pieces(samples, longest))
    assert all(0 < len(piece) <= longest for piece in cut)
    joined = np.concatenate(cut) if cut else np.zeros(0, np.int16)
    assert np.array_equal(joined, samples)


def test_the_cut_falls_into_the_pause() -> None:
    samples = np.full(40 * SECOND, 1000, np.int16)
    samples[26 * SECOND : 27 * SECOND] = 0
    first, second = pieces(samples)
    assert 26 * SECOND <= len(first) <= 27 * SECOND
    assert len(first) + len(second) == len(samples)
