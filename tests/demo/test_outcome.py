"""What demo.json and demo.wav say about a conversation, held against the conversation itself."""

import numpy as np
import pytest

from edgevoice.audio.chunk import milliseconds_of, samples_of
from edgevoice.demo.outcome import (
    barge_in,
    barge_in_ms,
    lines_of,
    person_track,
    stereo,
    timed_exactly,
    turns_as_json,
)
from edgevoice.report import TurnReport
from edgevoice.transports.caller import Cue, Line
from tests.talk import Talk, clip

LONG = "One two three four five. " * 8


@pytest.fixture(scope="module")
def talk() -> Talk:
    return Talk(
        [
            Line(clip(810), "tell me"),
            Line(clip(910), "what else", Cue.REPLY_STARTED, 900),
            Line(clip(700), None),
        ],
        ["tell me", "what else", "a recording"],
        [LONG, "Very well.", "I heard you."],
    ).hold()


def test_times_are_counted_from_the_clips(talk: Talk) -> None:
    exact = timed_exactly(talk.turns, talk.caller.spoken)
    assert [turn.speech_end for turn in exact] == [line.end for line in talk.caller.spoken]
    # Only that: what the VAD thought is 32 ms too coarse.
    assert [turn.reply_start for turn in exact] == [turn.reply_start for turn in talk.turns]


def test_an_utterance_that_no_clip_ends_near_keeps_its_time(talk: Talk) -> None:
    assert timed_exactly(talk.turns, []) == talk.turns


def test_nobody_was_interrupted_by_a_ring() -> None:
    """What ended the reply was "stop", which has no turn of its own."""
    stop = Line(clip(400), "stop", Cue.REPLY_STARTED, 900)
    talk = Talk([Line(clip(810), "tell me"), stop], ["tell me", "stop"], [LONG]).hold()
    rung = TurnReport(unasked=True, reply_start=900_000, reply_end=910_000)
    (told,) = talk.turns
    for following in (rung, None):
        span = barge_in(told, following, talk.caller)
        assert span is not None
        assert span[0] == talk.caller.spoken[1].start
        assert span[1] == talk.silence_after(span[0])


def test_every_turn_finds_its_line(talk: Talk) -> None:
    found = [[s.line.text for s in lines_of(turn, talk.caller.spoken)] for turn in talk.turns]
    assert found == [["tell me"], ["what else"], [None]]


def test_the_interruption_is_measured_in_samples(talk: Talk) -> None:
    first, second, _ = talk.turns
    span = barge_in(first, second, talk.caller)
    assert span is not None
    assert span[0] == talk.caller.spoken[1].start
    assert span[1] == talk.silence_after(span[0])
    assert barge_in_ms(span) == milliseconds_of(span[1] - span[0])
    assert barge_in(second, None, talk.caller) is None


def test_the_json_has_what_a_program_needs(talk: Talk) -> None:
    first, second, third = turns_as_json(talk.turns, talk.caller)
    assert (first["user"], first["said"], first["interrupted"]) == ("tell me", "tell me", True)
    assert first["agent"] == LONG.strip() and first["agent"].startswith(first["heard"])
    assert first["barge_in_ms"] <= 120 and second["barge_in_ms"] is None
    assert (second["user"], second["said"]) == ("what else", "what else")
    assert third["said"] is None
    for turn in (first, second, third):
        stages = turn["stages_ms"]
        assert set(stages) == {
            "endpoint",
            "stt_final",
            "llm_first_token",
            "llm_first_clause",
            "tts_first_chunk",
            "playback",
        }
        assert sum(stages.values()) == pytest.approx(turn["response_ms"])


def test_left_is_the_person_and_right_the_agent(talk: Talk) -> None:
    both, rate = stereo(talk.caller)
    assert rate == 16_000 and both.shape == (len(person_track(talk.caller)), 2)
    spoken, sounded = talk.caller.spoken[0], talk.caller.sounded[0]
    assert np.abs(both[spoken.start : spoken.end, 0]).min() > 0
    assert not both[: spoken.start, 0].any()
    assert not both[: sounded.start, 1].any() and both[sounded.start, 1]
    silence = talk.silence_after(talk.caller.spoken[1].start)
    assert silence is not None
    assert not both[silence : silence + samples_of(100), 1].any()


def test_a_conversation_in_which_nothing_happened(talk: Talk) -> None:
    quiet = Talk([Line(clip(40), None)], [], [], patience_s=1).hold()
    assert turns_as_json(quiet.turns, quiet.caller) == []
    assert not stereo(quiet.caller)[0][:, 1].any()
