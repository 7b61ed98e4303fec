"""What waits to be sent: in order, never much of a voice, and never a part of an utterance."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from edgevoice.audio.chunk import Samples, samples_of
from edgevoice.responders.realtime.outbox import MOST, Outbox


def sound(ms: int, value: int = 1) -> Samples:
    return np.full(samples_of(ms), value, np.int16)


def taken(outbox: Outbox[str]) -> list[str | int]:
    """All of it: orders, and milliseconds of voice."""
    items: list[str | int] = []
    while (item := outbox.take()) is not None:
        items.append(item if isinstance(item, str) else len(item) // 16)
    return items


def test_things_come_out_as_they_went_in() -> None:
    outbox: Outbox[str] = Outbox()
    outbox.order("clear")
    outbox.voice(sound(420), fresh=True)
    outbox.voice(sound(20), fresh=False)
    outbox.order("ask")
    assert outbox.whole
    assert taken(outbox) == ["clear", 420, 20, "ask"]


def test_a_stalled_line_is_not_told_later_what_was_said_long_ago() -> None:
    outbox: Outbox[str] = Outbox()
    outbox.voice(sound(420), fresh=True)
    for _ in range(25):
        outbox.voice(sound(20), fresh=False)
    assert outbox.whole
    outbox.order("ask")
    outbox.voice(sound(20), fresh=False)
    assert not outbox.whole
    outbox.voice(sound(20), fresh=False)
    assert taken(outbox) == ["ask"]


def test_the_next_utterance_is_whole_again() -> None:
    outbox: Outbox[str] = Outbox()
    outbox.voice(sound(20), fresh=False)
    assert not outbox.whole
    outbox.voice(sound(300), fresh=True)
    assert outbox.whole
    outbox.clear()
    assert not outbox.whole and taken(outbox) == []


steps = st.lists(
    st.one_of(
        st.tuples(st.just("voice"), st.integers(1, 400)),
        st.tuples(st.just("fresh"), st.integers(1, 600)),
        st.tuples(st.just("order"), st.just(0)),
        st.tuples(st.just("take"), st.just(0)),
    )
)


@given(steps)
def test_whatever_happens(todo: list[tuple[str, int]]) -> None:
    outbox: Outbox[str] = Outbox()
    said: list[int] = []  # of the present utterance
    sent: list[int] = []
    orders = done = 0
    for what, ms in todo:
        match what:
            case "voice":
                outbox.voice(sound(ms), fresh=False)
                said.append(ms)
            case "fresh":
                outbox.voice(sound(ms), fresh=True)
                said, sent = [ms], []
            case "order":
                outbox.order("do")
                orders += 1
            case "take":
                item = outbox.take()
                if isinstance(item, str):
                    done += 1
                elif item is not None:
                    sent.append(len(item) // 16)
    rest = taken(outbox)
    waiting = [item for item in rest if isinstance(item, int)]
    first = 1 if waiting and not sent else 0
    assert sum(waiting[first:]) * 16 <= MOST
    assert orders == done + rest.count("do"), "no order is lost"
    if outbox.whole:
        assert sent + waiting == said
    else:
        assert waiting == []
