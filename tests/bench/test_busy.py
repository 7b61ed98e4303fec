import threading
from collections.abc import Iterator
from itertools import count

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgevoice.audio.chunk import AudioChunk
from edgevoice.bench.busy import (
    Handover,
    Handovers,
    Span,
    Timed,
    WatchedCaller,
    joined,
    orchestration_ms,
)
from edgevoice.dialog.events import CuePlayed, DraftDropped, SoundMade, SpeechEnded, TurnStarted
from edgevoice.engines.workers import InlineWorker
from edgevoice.testing import run_virtual

CHUNK = AudioChunk(np.zeros(320, np.int16), 16_000)


class Clock:
    """Shows the next whole second every time it is looked at."""

    def __init__(self) -> None:
        self._seconds = count()

    def __call__(self) -> float:
        return float(next(self._seconds))


def test_a_call_is_timed_from_its_beginning_to_its_end() -> None:
    spans: list[Span] = []
    worker = Timed(InlineWorker(), spans, Clock())
    assert run_virtual(worker.call(lambda: "words")) == "words"
    assert spans == [Span(0, 1)]


def test_a_call_that_fails_is_timed_too() -> None:
    spans: list[Span] = []
    worker = Timed(InlineWorker(), spans, Clock())
    with pytest.raises(ZeroDivisionError):
        run_virtual(worker.call(lambda: 1 // 0))
    assert spans == [Span(0, 1)]


def test_a_stream_is_timed_but_not_while_its_reader_has_the_item() -> None:
    spans: list[Span] = []
    worker = Timed(InlineWorker(), spans, Clock())

    def job() -> Iterator[str]:
        yield "a"
        yield "b"

    async def read() -> list[str]:
        return [item async for item in worker.stream(job, threading.Event())]

    assert run_virtual(read()) == ["a", "b"]
    assert spans == [Span(0, 1), Span(2, 3), Span(4, 5)]


def test_time_is_idle_where_nobody_works() -> None:
    busy = [Span(0, 2), Span(1, 3), Span(5, 6), Span(9, 20)]
    assert joined(busy) == [Span(0, 3), Span(5, 6), Span(9, 20)]
    assert orchestration_ms(Handover(2, 10, 10), busy) == 5000
    assert orchestration_ms(Handover(2, 10, 10), []) == 8000
    assert orchestration_ms(Handover(10, 12, 12), busy) == 0


def test_nobody_waits_for_what_comes_after_the_first_sound() -> None:
    rest_of_the_reply = [Span(0, 100)]
    drafted_in_time = Handover(10, 5, 11)
    assert orchestration_ms(drafted_in_time, rest_of_the_reply) == 1000
    assert orchestration_ms(Handover(10, 12, 13), rest_of_the_reply) == 1000


@given(
    st.lists(
        st.tuples(st.integers(0, 50), st.integers(0, 20)).map(lambda s: Span(s[0], s[0] + s[1]))
    )
)
def test_idle_and_busy_add_up(busy: list[Span]) -> None:
    seconds = {at for span in busy for at in range(int(span.begin), int(span.end))}
    inside = [at for at in seconds if 10 <= at < 40]
    assert orchestration_ms(Handover(10, 40, 40), busy) == pytest.approx(1000 * (30 - len(inside)))


def test_a_handover_reaches_from_the_endpoint_to_the_first_piece() -> None:
    handovers = Handovers(Clock())
    caller = WatchedCaller([], handovers)
    handovers(SpeechEnded(0, 0, 0))
    handovers(TurnStarted(0, 1))
    run_virtual(caller.play(CHUNK))
    run_virtual(caller.play(CHUNK))
    assert handovers.turns == [Handover(0, 1, 1)]


def test_a_draft_that_was_dropped_made_no_sound_for_the_reply() -> None:
    handovers = Handovers(Clock())
    handovers(SoundMade(0, 320, 16_000))  # 0
    handovers(DraftDropped(0))
    handovers(SoundMade(0, 320, 16_000))  # 1
    handovers(SpeechEnded(0, 0, 0))  # 2
    handovers(TurnStarted(0, 1))
    handovers.playing()  # 3
    assert handovers.turns == [Handover(2, 1, 3)]


def test_a_cue_is_not_the_reply() -> None:
    handovers = Handovers(Clock())
    handovers(SpeechEnded(0, 0, 0))
    handovers(TurnStarted(0, 1))
    handovers(CuePlayed(0))
    handovers.playing()
    assert handovers.turns == [None]
    handovers.playing()
    assert handovers.turns == [Handover(0, 1, 1)]


def test_a_turn_that_was_never_heard_has_no_handover() -> None:
    handovers = Handovers(Clock())
    for turn in (1, 2):
        handovers(SpeechEnded(0, 0, 0))
        handovers(TurnStarted(0, turn))
    handovers.playing()
    assert handovers.turns == [None, Handover(1, 2, 2)]
