"""Interrupting in two stages: our reply is held at the first sign of a person, and then either it
is cancelled, or it goes on from where it stopped."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from edgevoice.audio.chunk import samples_of
from edgevoice.config import BargeInConfig, SttConfig
from edgevoice.dialog.events import (
    Acknowledged,
    PersonSuspected,
    PlaybackHeld,
    PlaybackResumed,
    Stopped,
    SuspicionCleared,
    TurnDone,
)
from edgevoice.engines.base import Transcript
from edgevoice.transports.caller import Cue, Line
from tests.talk import Talk, clip

LONG = "One two three four five. " * 20


def spoken_over(
    ms: int, *transcripts: str | Transcript, replies: int = 1, **settings: object
) -> Talk:
    """A long reply, over which somebody makes `ms` milliseconds of voice."""
    return Talk(
        [Line(clip(250), "a"), Line(clip(ms), None, Cue.REPLY_STARTED, 900)],
        ["a", *transcripts],
        [LONG, "Very well."][:replies],
        **settings,  # type: ignore[arg-type]
    ).hold()


def moments(talk: Talk, kind: type) -> list[int]:
    return [event.at for event in talk.log if isinstance(event, kind)]


def test_the_first_voice_holds_the_reply() -> None:
    talk = spoken_over(900, "something else", replies=2)
    (held,) = moments(talk, PlaybackHeld)
    voice = talk.caller.spoken[1].start
    assert samples_of(64) <= held - voice <= samples_of(120)
    silent = talk.silence_after(held)
    assert silent is not None and silent - held <= samples_of(20)
    assert talk.turns[0].interrupted


@pytest.mark.parametrize("words", ["mhm", "Okay", "", Transcript("purple", -3.0)])
def test_what_does_not_interrupt_lets_the_reply_go_on_from_where_it_stopped(
    words: str | Transcript,
) -> None:
    talk = spoken_over(220, words)
    assert [turn.heard for turn in talk.turns] == [LONG.strip()]
    assert not talk.turns[0].interrupted
    ends = talk.caller.spoken[1].end
    (resumed,) = moments(talk, PlaybackResumed)
    assert resumed - ends <= samples_of(450)


def test_mhm_is_noted_as_what_it_is() -> None:
    assert moments(spoken_over(220, "mhm"), Acknowledged)


@pytest.mark.parametrize("words", ["stop", "wait wait", "No"])
def test_a_short_stop_is_enough(words: str) -> None:
    talk = spoken_over(220, words)
    assert [turn.interrupted for turn in talk.turns] == [True]
    assert moments(talk, Stopped)
    assert [role for role, _ in talk.said] == ["user", "assistant"]
    # … and wants no answer.
    assert len(talk.turns) == 1


def test_so_is_a_long_one_and_it_wants_no_answer_either() -> None:
    talk = spoken_over(600, "stop")
    assert [turn.interrupted for turn in talk.turns] == [True]


NEVER_BY_TIME = BargeInConfig(min_voiced_ms=5_000)
LOOKED = SttConfig(partial_interval_ms=300)


@pytest.mark.parametrize("words", ["tell me", "no i meant"])
def test_certain_words_interrupt_before_the_gate(words: str) -> None:
    talk = spoken_over(450, *[words] * 2, replies=2, stt=LOOKED, barge_in=NEVER_BY_TIME)
    assert talk.turns[0].interrupted
    done = next(event.at for event in talk.log if isinstance(event, TurnDone))
    assert done - talk.caller.spoken[1].start <= samples_of(440)


def test_a_single_word_may_still_become_another_thing() -> None:
    talk = spoken_over(450, "i", "i see", stt=LOOKED, barge_in=NEVER_BY_TIME)
    assert not talk.turns[0].interrupted


@pytest.mark.parametrize("seen", ["okay", Transcript("okay", -3.0)])
def test_mhm_is_let_through_the_gate(seen: str | Transcript) -> None:
    talk = spoken_over(800, *[seen] * 3, stt=LOOKED)
    assert not talk.turns[0].interrupted


def test_uncertain_words_wait_for_the_gate() -> None:
    unsure = Transcript("purple elephants", -3.0)
    talk = spoken_over(900, *[unsure] * 4, stt=LOOKED)
    assert talk.turns[0].interrupted
    done = next(event.at for event in talk.log if isinstance(event, TurnDone))
    assert samples_of(416) <= done - talk.caller.spoken[1].start <= samples_of(512)


def hummed_over(then: int, *transcripts: str) -> Talk:
    """A long reply, over which a kettle hums for two seconds, and then a voice for `then` ms."""
    sound = np.concatenate([clip(2_000) // 16, clip(then)])
    return Talk(
        [Line(clip(250), "a"), Line(sound, None, Cue.REPLY_STARTED, 900)],
        ["a", *transcripts],
        [LONG, "Very well."][: 1 + bool(then)],
    ).hold()


def test_half_a_voice_holds_the_reply_for_a_second_at_most() -> None:
    talk = hummed_over(0)
    (held,), (resumed,) = moments(talk, PlaybackHeld), moments(talk, PlaybackResumed)
    assert resumed - held <= samples_of(1_000)
    assert not talk.turns[0].interrupted


def test_a_voice_that_is_heard_in_it_after_all_interrupts() -> None:
    talk = hummed_over(600, "tell me")
    assert [turn.interrupted for turn in talk.turns] == [True, False]


def test_but_whoever_goes_on_after_it_interrupts() -> None:
    talk = spoken_over(1500, "okay", *["okay but listen"] * 5, replies=2, stt=LOOKED)
    assert [turn.interrupted for turn in talk.turns] == [True, False]


def test_short_words_of_another_kind_interrupt_at_their_end() -> None:
    talk = spoken_over(250, "why", replies=2)
    assert [turn.interrupted for turn in talk.turns] == [True, False]
    assert talk.said[2:] == [("user", "why"), ("assistant", "Very well.")]


def test_a_short_sound_that_is_taken_for_a_word_does_not() -> None:
    talk = spoken_over(250, "yet")
    assert not talk.turns[0].interrupted


def test_words_that_come_late_still_count() -> None:
    """A slow machine: the words are ready after the silence that would have been the endpoint."""
    talk = spoken_over(250, "stop", stt_pace=0.7)
    assert talk.turns[0].interrupted


def test_words_that_come_too_late_do_not_keep_the_reply_waiting() -> None:
    talk = spoken_over(250, stt_pace=1.5)  # given up before it is asked
    (resumed,) = moments(talk, PlaybackResumed)
    assert resumed - talk.caller.spoken[1].end <= samples_of(1_000)


def test_a_voice_that_goes_on_after_mhm_is_one_utterance() -> None:
    over = clip(900, pause_at_ms=200, pause_ms=300)
    talk = Talk(
        [Line(clip(800), "a"), Line(over, None, Cue.REPLY_STARTED, 900)],
        ["a", "mhm", "mhm but why"],
        [LONG, "Because."],
    ).hold()
    assert len(moments(talk, PlaybackHeld)) == 2
    assert talk.said[2:] == [("user", "mhm but why"), ("assistant", "Because.")]


def test_a_reply_that_ended_under_mhm_is_complete() -> None:
    talk = Talk(
        [Line(clip(800), "a"), Line(clip(200), None, Cue.REPLY_STARTED, 500)],
        ["a", "mhm"],
        ["Quite a short reply this is."],
    ).hold()
    assert [turn.heard for turn in talk.turns] == ["Quite a short reply this is."]


def test_a_sign_without_speech_holds_for_a_moment_only(monkeypatch: pytest.MonkeyPatch) -> None:
    from edgevoice.transports.caller import Caller

    plain = Caller.chunks

    async def doubted(self: Caller):  # type: ignore[no-untyped-def]
        async for chunk in plain(self):
            faint = 0 < int(np.abs(chunk.pcm).max(initial=0)) < 100
            pcm = np.zeros_like(chunk.pcm) if faint else chunk.pcm
            yield replace(chunk, pcm=pcm, person=1.0 if faint else 0.0)

    monkeypatch.setattr(Caller, "chunks", doubted)
    door = np.full(samples_of(120), 50, np.int16)
    talk = Talk(
        [Line(clip(800), "a"), Line(door, None, Cue.REPLY_STARTED, 900)], ["a"], [LONG]
    ).hold()
    assert len(moments(talk, PersonSuspected)) == len(moments(talk, SuspicionCleared)) == 1
    (held,), (resumed,) = moments(talk, PlaybackHeld), moments(talk, PlaybackResumed)
    assert held - talk.caller.spoken[1].start <= samples_of(40)
    assert resumed - held <= samples_of(440)
    assert [turn.heard for turn in talk.turns] == [LONG.strip()]


def test_the_reply_goes_on_at_the_very_sample() -> None:
    disturbed = spoken_over(220, "mhm")
    alone = Talk([Line(clip(250), "a")], ["a"], [LONG]).hold()

    def sound(talk: Talk) -> np.ndarray:
        return np.concatenate([piece.pcm for piece in talk.caller.sounded])

    np.testing.assert_array_equal(sound(disturbed), sound(alone))
    starts = [piece.start for piece in disturbed.caller.sounded]
    gaps = [after - before for before, after in pairwise(starts) if after - before > 320]
    assert len(gaps) == 1
