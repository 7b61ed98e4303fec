"""When somebody speaks: what holds for every stream of probabilities, and a few stories."""

from collections.abc import Iterable, Sequence
from itertools import groupby, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgevoice.audio.chunk import samples_of
from edgevoice.dialog.events import (
    SpeechConfirmed,
    SpeechEnded,
    SpeechPaused,
    SpeechResumed,
    SpeechStarted,
)
from edgevoice.dialog.segmenter import (
    CANDIDATE_GAP,
    Segmenter,
    SegmenterSettings,
    SpeechEvent,
)

FRAME = 512
USUAL = SegmenterSettings(
    threshold=0.5,
    min_speech=samples_of(96),
    soft_end=samples_of(160),
    endpointing_delay=samples_of(500),
    max_utterance=samples_of(5_000),
    interrupt_voiced=samples_of(300),
)
Stretch = tuple[float, int]
"""So probable is speech, for so many frames."""

probabilities = st.sampled_from([0.0, 0.05, 0.3, 0.34, 0.36, 0.49, 0.5, 0.51, 0.9, 1.0])
streams = st.lists(st.tuples(probabilities, st.integers(1, 40)), max_size=30)
some_settings = st.builds(
    SegmenterSettings,
    threshold=st.sampled_from([0.05, 0.3, 0.5, 0.9]),
    min_speech=st.integers(1, samples_of(400)),
    soft_end=st.integers(1, samples_of(1_500)),
    endpointing_delay=st.integers(samples_of(100), samples_of(1_500)),
    max_utterance=st.integers(samples_of(1_000), samples_of(8_000)),
    interrupt_voiced=st.integers(1, samples_of(1_000)),
)


def frames(stream: Iterable[Stretch]) -> list[float]:
    return [probability for probability, count in stream for _ in range(count)]


def segmented(
    probabilities: Sequence[float], settings: SegmenterSettings = USUAL
) -> list[SpeechEvent]:
    segmenter = Segmenter(settings)
    return [
        event
        for n, probability in enumerate(probabilities)
        for event in segmenter.add(probability, n * FRAME, FRAME)
    ]


def story(*stretches: Stretch, settings: SegmenterSettings = USUAL) -> str:
    """The events as letters: (S)tarted, (C)onfirmed, (P)aused, (R)esumed, (E)nded."""
    return "".join(type(e).__name__[6] for e in segmented(frames(stretches), settings))


def without_pauses(
    events: Iterable[SpeechEvent],
) -> list[SpeechStarted | SpeechConfirmed | SpeechEnded]:
    return [e for e in events if not isinstance(e, SpeechPaused | SpeechResumed)]


@given(streams, some_settings)
def test_events_come_in_order_and_never_nest(
    stream: list[Stretch], settings: SegmenterSettings
) -> None:
    events = without_pauses(segmented(frames(stream), settings))
    for before, after in pairwise([None, *events]):
        match before, after:
            case (None | SpeechEnded(), SpeechStarted()):
                pass
            case (
                SpeechStarted(start=start) | SpeechConfirmed(start=start),
                SpeechEnded(start=same, end=end, at=at),
            ):
                assert start == same < end <= at
            case (SpeechStarted(start=start), SpeechConfirmed(start=same)):
                assert start == same
            case _:
                pytest.fail(f"{before} was followed by {after}")
    assert [e.at for e in events] == sorted(e.at for e in events)
    spans = [(e.start, e.end) for e in events if isinstance(e, SpeechEnded)]
    assert all(first[1] <= second[0] for first, second in pairwise(spans))


@given(streams, some_settings)
def test_speech_has_enough_voice_to_start_and_to_interrupt(
    stream: list[Stretch], settings: SegmenterSettings
) -> None:
    heard = frames(stream)
    floor = settings.threshold / 2  # below this, nothing ever counts as voice

    def voice(start: int, end: int) -> int:
        return sum(FRAME for p in heard[start // FRAME : end // FRAME] if p >= floor)

    for event in segmented(heard, settings):
        match event:
            case SpeechStarted(at=at, start=start):
                assert heard[start // FRAME] >= settings.threshold
                assert voice(start, at) >= settings.min_speech
            case SpeechConfirmed(at=at, start=start):
                assert voice(start, at) >= settings.interrupt_voiced


@given(streams, some_settings)
def test_speech_ends_after_enough_silence_or_far_too_much_speech(
    stream: list[Stretch], settings: SegmenterSettings
) -> None:
    heard = frames(stream)
    for event in segmented(heard, settings):
        if isinstance(event, SpeechEnded):
            silence, length = event.at - event.end, event.at - event.start
            assert silence >= settings.endpointing_delay or length >= settings.max_utterance
            assert heard[event.end // FRAME - 1] >= settings.threshold / 2
            rest = heard[event.end // FRAME : event.at // FRAME]
            assert all(probability < settings.threshold for probability in rest)


@given(streams, some_settings)
def test_a_pause_is_resumed_or_ends_the_speech(
    stream: list[Stretch], settings: SegmenterSettings
) -> None:
    heard = frames(stream)
    for before, after in pairwise([*segmented(heard, settings), None]):
        if isinstance(before, SpeechPaused):
            assert settings.soft_end <= before.at - before.end < settings.endpointing_delay
            assert isinstance(after, SpeechResumed | SpeechEnded | None)
            if isinstance(after, SpeechEnded):
                assert (before.start, before.end) == (after.start, after.end)
        assert isinstance(before, SpeechPaused) or not isinstance(after, SpeechResumed)


@given(streams, some_settings)
def test_pauses_inside_speech_are_remembered(
    stream: list[Stretch], settings: SegmenterSettings
) -> None:
    segmenter, heard = Segmenter(settings), frames(stream)
    for n, probability in enumerate(heard):
        segmenter.add(probability, n * FRAME, FRAME)
    for first, end in segmenter.pauses:
        assert end - first >= CANDIDATE_GAP
        assert all(p < settings.threshold for p in heard[first // FRAME : end // FRAME])
    assert [*segmenter.pauses] == sorted(segmenter.pauses)


@given(streams)
def test_a_voice_that_never_pauses_is_taken_for_speech_once(stream: list[Stretch]) -> None:
    heard = frames(stream)
    for before, after in pairwise(without_pauses(segmented(heard))):
        if isinstance(before, SpeechEnded) and isinstance(after, SpeechStarted):
            between = heard[before.end // FRAME : after.start // FRAME]
            pauses = [len(list(run)) for low, run in groupby(p < 0.5 for p in between) if low]
            assert max(pauses, default=0) * FRAME >= CANDIDATE_GAP


@given(streams, some_settings)
def test_silence_may_pass_in_one_frame_or_in_many(
    stream: list[Stretch], settings: SegmenterSettings
) -> None:
    def moments(events: Iterable[SpeechEvent]) -> list[tuple[int, ...]]:
        return [
            (e.start, e.end if isinstance(e, SpeechEnded) else -1) for e in without_pauses(events)
        ]

    segmenter, at, events = Segmenter(settings), 0, list[SpeechEvent]()
    for probability, count in stream:
        pieces = [count] if probability == 0.0 else [1] * count
        for piece in pieces:
            events += segmenter.add(probability, at, piece * FRAME)
            at += piece * FRAME
    assert moments(events) == moments(segmented(frames(stream), settings))


@given(st.floats(0.01, 0.99), st.floats(0, 0.004))
def test_speech_ends_in_silence_whatever_the_threshold(threshold: float, silence: float) -> None:
    settings = SegmenterSettings(threshold, 1_000, 8_000, 8_000, 80_000, 80_000)
    assert story((1.0, 20), (silence, 20), settings=settings) == "SE"


def test_speech_is_dated_from_its_first_to_its_last_voiced_sample() -> None:
    started, confirmed, paused, ended = segmented(frames([(0.1, 10), (0.9, 20), (0.1, 30)]))
    assert started == SpeechStarted(at=13 * FRAME, start=10 * FRAME)
    assert confirmed == SpeechConfirmed(at=20 * FRAME, start=10 * FRAME)
    assert paused == SpeechPaused(at=35 * FRAME, start=10 * FRAME, end=30 * FRAME)
    assert ended == SpeechEnded(at=46 * FRAME, start=10 * FRAME, end=30 * FRAME)


def test_a_click_is_no_speech_however_often_it_comes() -> None:
    assert story(*[(0.9, 2), (0.0, 4)] * 50) == ""


def test_a_hole_in_the_beginning_does_not_lose_the_first_sound() -> None:
    started, *_ = segmented(frames([(0.9, 1), (0.0, 3), (0.9, 5)]))
    assert isinstance(started, SpeechStarted) and started.start == 0


def test_speech_goes_on_at_a_probability_that_would_not_start_it() -> None:
    assert story((0.4, 100)) == ""
    assert story((0.9, 5), (0.45, 100)) == "SC"
    assert story((0.9, 5), (0.3, 100)) == "SPE"


def test_what_is_hardly_a_voice_takes_long_to_be_confirmed() -> None:
    assert story((0.9, 9)) == "S"
    assert story((0.9, 10)) == "SC"
    assert story((0.65, 18)) == "S"
    assert story((0.65, 20)) == "SC"
    assert story((0.9, 5), (0.4, 100)) == "S"


def test_a_pause_for_thought_does_not_end_speech() -> None:
    assert story((0.9, 20), (0.0, 15), (0.9, 20), (0.0, 16)) == "SCPRPE"


def test_a_short_hole_is_no_pause() -> None:
    assert story((0.9, 20), (0.0, 4), (0.9, 20), (0.0, 5)) == "SCP"


def test_a_cough_is_not_confirmed() -> None:
    assert story((0.9, 9), (0.0, 30)) == "SPE"
    assert story((0.9, 10), (0.0, 30)) == "SCPE"


def test_a_vacuum_cleaner_speaks_once_until_it_pauses() -> None:
    assert story((0.9, 1_000)) == "SCE"
    assert story((0.9, 1_000), (0.0, 3), (0.9, 100)) == "SCE"
    assert story((0.9, 1_000), (0.0, 4), (0.9, 100)) == "SCESC"


def test_who_pauses_when_the_longest_utterance_is_over_is_heard_at_once() -> None:
    # Five seconds are over at the end of a pause: the voice that follows is new speech.
    assert story((0.9, 150), (0.0, 7), (0.9, 20)) == "SCPESC"


def test_an_hour_of_silence_costs_nothing() -> None:
    segmenter = Segmenter(USUAL)
    assert segmenter.add(0.0, 0, samples_of(3_600_000)) == []
    assert segmenter.last_voice == 0
    began = samples_of(3_600_000)
    events = [e for n in range(20) for e in segmenter.add(0.9, began + n * FRAME, FRAME)]
    assert events[0] == SpeechStarted(began + 3 * FRAME, began)
    assert segmenter.last_voice == began + 20 * FRAME
    assert len(segmenter.add(0.0, began + 20 * FRAME, samples_of(3_600_000))) == 1
