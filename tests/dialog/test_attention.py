"""Attention is paid when it was asked for, never when muted; and the gate neither loses, invents
nor leaks a sample."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgevoice.audio.chunk import LISTENING_RATE, AudioChunk
from edgevoice.dialog.attention import (
    HOME,
    OPEN,
    TABLE,
    Attending,
    Attention,
    Gate,
    Meaning,
    Mode,
    Signal,
    State,
)

FOLLOW_UP, TO_BEGIN = 100, 130
MUTES = {Signal.MUTE, Signal.UNMUTE}
WAKE_WORD = Signal.WAKE_WORD
WAKES = {Signal.WAKE, WAKE_WORD, Signal.PRESS}

Step = tuple[int, list[Signal], bool]
"""Samples since the last tick, the signals that came right after that tick, and whether busy."""

STEPS = st.lists(
    st.tuples(
        st.integers(1, 3 * FOLLOW_UP),
        st.lists(st.sampled_from(Signal), max_size=3),
        st.booleans(),
    ),
    max_size=30,
)


def live(mode: Mode, steps: list[Step], ticks: int = 1) -> list[Attending]:
    """What `Attention` says at the end of each step, asked `ticks` times along it."""
    attention, now, answers = Attention(mode, FOLLOW_UP, TO_BEGIN), 0, []
    for samples, signals, busy in steps:
        for signal in signals:
            attention.signal(signal, now)
        parts = [attention.tick(now + samples * n // ticks, busy) for n in range(1, ticks + 1)]
        now += samples
        last = parts[-1]
        summoned = any(part.summoned for part in parts)
        finished = any(part.finished for part in parts)
        answers.append(Attending(last.state, last.muted, summoned, finished))
    return answers


def after(mode: Mode, *signals: Signal) -> Attending:
    return live(mode, [(1, list(signals), False)])[0]


def test_the_table_lists_every_pair() -> None:
    assert set(TABLE) == set(itertools.product(State, set(Signal) - MUTES))


def test_modes_do_not_mix_and_each_can_be_open_and_reach_all_its_states() -> None:
    states = []
    for mode in Mode:
        found = {HOME[mode]}
        while more := {to for (at, _), (to, _) in TABLE.items() if at in found} - found:
            found |= more
        assert found & OPEN
        states += list(found)
    assert sorted(states, key=str) == sorted(State, key=str)


def test_every_meaning_has_its_use() -> None:
    assert {meaning for _, meaning in TABLE.values()} == set(Meaning)


def test_always_hears_and_dozes_until_woken() -> None:
    assert after(Mode.ALWAYS) == Attending(State.LISTENING)
    asleep = after(Mode.ALWAYS, Signal.SLEEP)
    assert asleep.open and asleep.dozing
    for wake in WAKES:
        awake = after(Mode.ALWAYS, Signal.SLEEP, wake)
        assert awake.open and not awake.dozing


def test_push_to_talk_hears_from_press_to_release() -> None:
    steps: list[Step] = [(1, [], False), (1, [Signal.PRESS], False), (999, [], False)]
    steps += [(1, [Signal.RELEASE], True), (1, [], True)]
    answers = live(Mode.PUSH_TO_TALK, steps)
    assert [answer.open for answer in answers] == [False, True, True, False, False]
    assert [answer.summoned for answer in answers] == [False, True, False, False, False]
    assert [answer.finished for answer in answers] == [False, False, False, True, False]


def test_a_key_that_is_tapped_between_two_ticks_is_not_missed() -> None:
    tapped = after(Mode.PUSH_TO_TALK, Signal.PRESS, Signal.RELEASE)
    assert tapped.summoned and tapped.finished and not tapped.open


def test_the_wake_word_opens_until_the_conversation_has_been_quiet() -> None:
    steps: list[Step] = [(5, [], True), (1, [Signal.WAKE_WORD], False), (TO_BEGIN - 2, [], False)]
    steps += [(1000, [], True), (FOLLOW_UP - 1, [], False), (1, [], False), (1, [], True)]
    answers = live(Mode.WAKE_WORD, steps)
    assert [answer.open for answer in answers] == [False, True, True, True, True, False, False]
    assert [answer.summoned for answer in answers] == [n == 1 for n in range(7)]


@pytest.mark.parametrize("signal", [Signal.PRESS, Signal.WAKE_WORD])
def test_who_is_called_again_is_summoned_again(signal: Signal) -> None:
    answers = live(Mode.WAKE_WORD, [(1, [signal], False), (1, [], True), (1, [signal], True)])
    assert [answer.summoned for answer in answers] == [True, False, True]


def test_sleep_ends_the_follow_up() -> None:
    assert not after(Mode.WAKE_WORD, Signal.WAKE_WORD, Signal.SLEEP).open


@given(st.sampled_from(Mode), STEPS)
def test_mute_always_shuts_and_lets_nobody_summon(mode: Mode, steps: list[Step]) -> None:
    steps = [(n, [s for s in signals if s not in MUTES], busy) for n, signals, busy in steps]
    muted: list[Step] = [(1, [Signal.MUTE], False), *steps]
    assert not any(answer.open or answer.summoned for answer in live(mode, muted))


@given(st.sampled_from(Mode), STEPS)
def test_mute_changes_no_state(mode: Mode, steps: list[Step]) -> None:
    steps = [(n, [s for s in signals if s is not WAKE_WORD], busy) for n, signals, busy in steps]
    unmuted = [(n, [s for s in signals if s not in MUTES], busy) for n, signals, busy in steps]
    states = [answer.state for answer in live(mode, steps)]
    assert states == [answer.state for answer in live(mode, unmuted)]


def test_what_is_said_to_a_muted_one_does_not_wake_it_later() -> None:
    later = after(Mode.WAKE_WORD, Signal.MUTE, Signal.WAKE_WORD, Signal.UNMUTE)
    assert later == Attending(State.WAITING)


@pytest.mark.parametrize("mode", Mode)
def test_unmute_goes_back_to_where_it_was(mode: Mode) -> None:
    assert after(mode, Signal.PRESS, Signal.MUTE, Signal.UNMUTE) == after(mode, Signal.PRESS)


@given(STEPS)
def test_without_a_wake_the_wake_word_mode_stays_shut(steps: list[Step]) -> None:
    steps = [(n, [s for s in signals if s not in WAKES], busy) for n, signals, busy in steps]
    assert not any(answer.open for answer in live(Mode.WAKE_WORD, steps))


@given(STEPS)
def test_the_follow_up_is_as_long_as_it_should_be(steps: list[Step]) -> None:
    steps = [(n, [s for s in signals if s not in MUTES], busy) for n, signals, busy in steps]
    now, until = 0, 0  # signs of life keep the conversation open
    called = False
    for answer, (samples, signals, busy) in zip(live(Mode.WAKE_WORD, steps), steps, strict=True):
        for signal in signals:
            calls = signal in WAKES and not (called and signal is Signal.WAKE)
            called = (called or calls) and signal is not Signal.SLEEP
            until = max(until, now + (TO_BEGIN if calls else FOLLOW_UP))
        now += samples
        if busy:
            until = max(until, now + FOLLOW_UP)
        called = called and (busy or now < until)
        assert (answer.state is State.CALLED) == called


@given(st.sampled_from(Mode), STEPS, st.integers(2, 7))
def test_it_does_not_matter_how_often_it_is_asked(
    mode: Mode, steps: list[Step], ticks: int
) -> None:
    assert live(mode, steps, ticks) == live(mode, steps)


@pytest.mark.parametrize("muted", [False, True])
def test_it_can_be_told_in_a_line(muted: bool) -> None:
    line = str(Attending(State.KEY_DOWN, muted))
    assert line == ("key down, muted" if muted else "key down")


# The gate. Samples are numbered from 1, so that silence cannot be mistaken for one of them.

Span = tuple[int, bool, bool]
"""Samples, and whether they are open, and else kept."""

SPANS = st.lists(st.tuples(st.integers(0, 60), st.booleans(), st.booleans()), max_size=12)


def passed(spans: list[Span], lookback: int, size: int = 1000) -> tuple[np.ndarray, Gate]:
    """What a gate lets through of `spans` in chunks of at most `size` samples."""
    gate, at, heard = Gate(lookback), 0, [np.zeros(0, np.int16)]
    for samples, open_, keep in spans:
        for start in range(at, at + samples, size):
            numbers = np.arange(start, min(start + size, at + samples), dtype=np.int16) + 1
            chunk = AudioChunk(numbers, LISTENING_RATE, start)
            for piece in gate.add(chunk, open_, keep):
                assert piece.start == sum(map(len, heard))
                assert len(piece.pcm)
                heard.append(piece.pcm)
        at += samples
    return np.concatenate(heard), gate


@given(SPANS, st.integers(0, 50), st.integers(1, 70))
def test_the_gate_does_not_care_how_sound_is_cut(
    spans: list[Span], lookback: int, size: int
) -> None:
    whole, gate = passed(spans, lookback)
    cut, other = passed(spans, lookback, size)
    assert np.array_equal(whole, cut)
    assert gate.held == other.held


@given(SPANS, st.integers(0, 50), st.integers(1, 70))
def test_the_gate_lets_through_what_is_open_and_what_came_just_before(
    spans: list[Span], lookback: int, size: int
) -> None:
    expected = np.zeros(sum(samples for samples, _, _ in spans), np.int16)
    at = shut_from = 0  # samples before `shut_from` are past, or were not kept
    for samples, open_, keep in spans:
        if samples and open_:
            start = max(shut_from, at - lookback)
            expected[start : at + samples] = np.arange(start, at + samples) + 1
        if samples and (open_ or not keep):
            shut_from = at + samples
        at += samples
    heard, gate = passed(spans, lookback, size)
    assert len(heard) + gate.held == at
    assert gate.held == min(lookback, at - shut_from)
    assert np.array_equal(heard, expected[: len(heard)])
