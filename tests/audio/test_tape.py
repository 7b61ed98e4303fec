"""The tape against a plain list of everything that was ever recorded."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from edgevoice.audio.chunk import AudioChunk
from edgevoice.audio.tape import Tape


class TapeAndList(RuleBasedStateMachine):
    """Records chunks of all lengths, with jumps, and looks back."""

    @initialize(length=st.integers(1, 50))
    def begin(self, length: int) -> None:
        self.length = length
        self.tape = Tape(length)
        self.everything: list[int] = []

    @rule(jump=st.sampled_from([0, 0, 0, 1, 7, 49, 50, 51, 200]), count=st.integers(0, 120))
    def record(self, jump: int, count: int) -> None:
        self.everything += [0] * jump
        start = len(self.everything)
        samples = range(start + 1, start + count + 1)  # no silence
        self.tape.add(AudioChunk(np.array(samples, np.int16), 16_000, start))
        self.everything += samples

    @rule(start=st.integers(-60, 60), length=st.integers(-5, 120))
    def look_back(self, start: int, length: int) -> None:
        now = len(self.everything)
        start, end = now + start, now + start + length
        oldest = max(0, now - self.length)
        cut = self.tape.cut(start, end)
        assert cut.dtype == np.int16
        assert cut.tolist() == self.everything[max(start, oldest) : max(end, oldest)]

    @rule(kept=st.integers(-5, 60))
    def wipe_what_is_old(self, kept: int) -> None:
        now = len(self.everything)
        self.tape.wipe(before=now - kept)
        old = min(now, max(0, now - kept))
        self.everything[:old] = [0] * old

    @rule()
    def wipe(self) -> None:
        self.tape.wipe()
        self.everything = [0] * len(self.everything)


TestTape = TapeAndList.TestCase


def test_a_cut_is_a_copy() -> None:
    tape = Tape(10)
    tape.add(AudioChunk(np.ones(10, np.int16), 16_000))
    cut = tape.cut(0, 10)
    tape.wipe()
    assert cut.all() and not tape.cut(0, 10).any()


@given(st.integers(0, 3_000_000_000))
def test_a_stream_of_days_is_kept_like_one_of_seconds(start: int) -> None:
    tape = Tape(100)
    tape.add(AudioChunk(np.arange(80, dtype=np.int16), 16_000, start))
    assert tape.cut(start + 10, start + 20).tolist() == list(range(10, 20))


@given(st.integers(1, 30), st.integers(1, 30), st.lists(st.integers(0, 12), max_size=12))
def test_another_tape_goes_on_with_what_was_kept(
    length: int, other_length: int, lengths: list[int]
) -> None:
    before, after = Tape(length), Tape(other_length)
    ring, end = before._ring, sum(lengths)
    pcm = np.arange(1, end + 13, dtype=np.int16)
    at = 0
    for samples in lengths:
        before.add(AudioChunk(pcm[at : at + samples], 16_000, at))
        at += samples
    after.take_over(before)
    first = max(0, end - min(length, other_length))
    np.testing.assert_array_equal(after.cut(first, end), pcm[first:end])
    assert not np.any(ring)
    after.add(AudioChunk(pcm[end:], 16_000, end))
    first = max(0, end - length, end + 12 - other_length)
    np.testing.assert_array_equal(after.cut(first, end + 12), pcm[first : end + 12])
