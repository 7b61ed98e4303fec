"""Frames do not depend on how the stream was cut up."""

from itertools import accumulate

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgevoice.audio.chunk import AudioChunk, Framer, milliseconds_of, samples_of

STREAM = np.arange(2_000, dtype=np.int16)

lengths = st.lists(st.integers(0, 300), max_size=12)


def cut_up(lengths: list[int], start: int = 0) -> list[AudioChunk]:
    ends = list(accumulate(lengths))
    return [
        AudioChunk(STREAM[end - length : end], 16_000, start + end - length)
        for length, end in zip(lengths, ends, strict=True)
        if end <= len(STREAM)
    ]


@given(lengths, st.integers(1, 200), st.integers(0, 10_000))
def test_frames_follow_each_other_without_gaps(lengths: list[int], size: int, start: int) -> None:
    chunks = cut_up(lengths, start)
    framer = Framer(size)
    frames = [frame for chunk in chunks for frame in framer.add(chunk)]
    given = sum(len(chunk.pcm) for chunk in chunks)
    assert len(frames) == given // size
    for n, frame in enumerate(frames):
        assert frame.start == start + n * size and frame.end == frame.start + size
        assert frame.rate == 16_000 and frame.pcm.dtype == np.int16
        np.testing.assert_array_equal(frame.pcm, STREAM[n * size : (n + 1) * size])


def test_frames_that_nobody_took_do_not_shift_the_next_ones() -> None:
    framer = Framer(100)
    first = next(framer.add(AudioChunk(STREAM[:350], 16_000)))
    rest = list(framer.add(AudioChunk(STREAM[350:400], 16_000, 350)))
    assert (first.start, [frame.start for frame in rest]) == (0, [300])
    assert rest[0].pcm[0] == 300


def test_a_chunk_ends_where_the_next_one_starts() -> None:
    chunk = AudioChunk(STREAM[:320], 16_000, start=640)
    assert chunk.end == 960
    assert AudioChunk(STREAM[:0], 16_000, start=7).end == 7


@pytest.mark.parametrize(
    ("ms", "rate", "samples"),
    [(20, 16_000, 320), (32, 16_000, 512), (10, 44_100, 441), (0, 16_000, 0), (0.5, 22_050, 11)],
)
def test_milliseconds_and_samples(ms: float, rate: int, samples: int) -> None:
    assert samples_of(ms, rate) == samples
    assert milliseconds_of(samples, rate) == pytest.approx(ms, abs=1000 / rate)
