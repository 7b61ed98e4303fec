from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from edgevoice.audio.chunk import samples_of
from edgevoice.demo.picture.rows import PAUSE, Row, Span, busy, joined, rows_of
from edgevoice.report import TurnReport
from edgevoice.transports.caller import Line, Sounded, Spoken

LONGEST = samples_of(10_000)
SILENCE = np.zeros(1600, np.int16)


def seconds(*moments: float) -> tuple[int, ...]:
    return tuple(samples_of(1000 * moment) for moment in moments)


def test_a_row_is_cut_in_the_silence_between_turns() -> None:
    spans = [seconds(1, 4), seconds(5, 8), seconds(9.5, 12)]
    assert rows_of([(a, b) for a, b in spans], LONGEST) == [
        Row(*seconds(0.6, 8.4)),
        Row(*seconds(9.1, 12.4)),
    ]


def test_a_long_silence_is_not_drawn() -> None:
    (first, second) = rows_of([(0, 1600), (1600 + PAUSE + 1, PAUSE + 9600)], LONGEST)
    assert second.start > first.end


def test_rows_are_few_and_alike() -> None:
    turns = [seconds(0.5 + 4 * n, 3.5 + 4 * n) for n in range(4)]
    found = rows_of([(start, end) for start, end in turns], samples_of(12_000))
    assert [row.start for row in found] == [samples_of(100), samples_of(8100)]


def test_what_is_longer_than_a_row_is_cut_into_equal_rows() -> None:
    start, end = seconds(1, 16.2)
    assert rows_of([(start, end)], LONGEST) == [Row(*seconds(0.6, 8.6)), Row(*seconds(8.6, 16.6))]


def test_a_line_within_a_turn_says_nothing_new() -> None:
    recording = Spoken(Line(SILENCE, None), 0, 900_000)
    turn = TurnReport(speech_start=1000, speech_end=5000, reply_end=9000)
    assert busy([turn], [recording], []) == [(1000, 9000)]


def test_lines_and_sounds_without_turns_count() -> None:
    cough = Spoken(Line(SILENCE, None), 100, 200)
    assert busy([], [cough], [Sounded(500, SILENCE, 32_000)]) == [(100, 200), (500, 1300)]


SPANS = st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 10**6)), max_size=20).map(joined)


@given(SPANS, st.integers(1000, 10**6))
def test_rows_hold_everything_in_order(spans: list[Span], longest: int) -> None:
    found = rows_of(spans, longest)
    assert all(0 <= row.start < row.end <= row.start + longest for row in found)
    assert all(a.end <= b.start for a, b in pairwise(found))
    drawn = joined((row.start, row.end) for row in found)
    for start, end in spans:
        assert any(first <= start and end <= last for first, last in drawn)
