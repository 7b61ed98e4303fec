"""When a person has finished: words, tone and pauses decide how long we wait."""

import pytest

from edgevoice.audio.chunk import milliseconds_of, samples_of
from edgevoice.config import ReplyConfig, VadConfig
from edgevoice.dialog.events import EndpointMoved, SpeechEnded
from edgevoice.engines.scripted import ScriptedTurnDetector
from edgevoice.errors import EngineError
from edgevoice.transports.caller import Line
from tests.talk import Talk, clip

NORMAL = VadConfig(endpointing="normal", endpointing_delay_ms=500)


def waited_ms(talk: Talk, turn: int = 0) -> float:
    """From the last voice to the endpoint."""
    ends = [event for event in talk.log if isinstance(event, SpeechEnded)]
    return milliseconds_of(ends[turn].at - ends[turn].end)


def answered(words: str, finished: float | Exception | None = None, **settings: object) -> Talk:
    """`words` are said, and sound as `finished` as that."""
    detector = None if finished is None else ScriptedTurnDetector([finished])
    return Talk(
        [Line(clip(800), words)],
        [words],
        ["Very well."],
        vad=NORMAL,
        detector=detector,
        **settings,  # type: ignore[arg-type]
    ).hold()


@pytest.mark.parametrize(
    ("words", "finished", "least", "most"),
    [
        ("yes", None, 320, 352),
        ("set a timer for", None, 1750, 1800),
        ("what is the capital of france", 0.95, 320, 352),
        ("what is the capital of france", 0.02, 320, 400),
        ("and in spain", 0.99, 320, 352),
        ("and in spain", 0.8, 500, 560),
        ("and in spain", 0.05, 1700, 1800),
        ("hm something or other", 0.02, 1700, 1800),
        ("set a timer for", 0.95, 1000, 1800),
        ("yes", 0.3, 320, 352),
    ],
)
def test_words_and_tone_decide_how_long_we_wait(
    words: str, finished: float | None, least: int, most: int
) -> None:
    assert least <= waited_ms(answered(words, finished)) <= most


def test_the_reply_is_ready_when_the_wait_is_over() -> None:
    turn = answered("yes", 0.97).turns[0]
    assert turn.reply_start is not None
    assert turn.reply_start - turn.endpoint <= samples_of(20)


def test_what_moved_the_endpoint_is_told() -> None:
    moved = [event for event in answered("yes", 0.97).log if isinstance(event, EndpointMoved)]
    assert [event.words for event in moved] == ["short", "short"]
    assert [event.tone for event in moved] == [None, 0.97]


def test_a_person_who_stops_to_think_is_not_cut_off() -> None:
    detector = ScriptedTurnDetector([0.05, 0.95])
    talk = Talk(
        [Line(clip(2600, pause_at_ms=700, pause_ms=1200), "set a timer for … an hour")],
        ["set a timer for", "set a timer for an hour"],
        ["I", "Done."],
        vad=NORMAL,
        detector=detector,
        reply=ReplyConfig(drafts=1, cue_after_ms=0),
    ).hold()
    detector.finish()
    assert talk.said == [("user", "set a timer for an hour"), ("assistant", "Done.")]
    assert talk.turns[0].drafts_dropped == 1


def test_a_fixed_wait_asks_nobody() -> None:
    fixed = VadConfig(endpointing="fixed", endpointing_delay_ms=500)
    detector = ScriptedTurnDetector([])
    talk = Talk([Line(clip(800), "yes")], ["yes"], ["Hm."], vad=fixed, detector=detector).hold()
    assert 500 <= waited_ms(talk) <= 532


def test_a_detector_that_fails_leaves_it_to_the_words() -> None:
    assert waited_ms(answered("yes", EngineError("out of memory", ""))) <= 352


def test_a_slow_detector_is_not_waited_for() -> None:
    talk = answered("what is the capital of france", 0.02, turn_pace=3.0)
    assert waited_ms(talk) <= 352


def test_late_words_end_a_long_wait() -> None:
    """The tone says: unfinished. The words, which come later, say: that was all."""
    talk = answered("yes", 0.2, stt_pace=0.6)
    assert 600 <= waited_ms(talk) <= 800


@pytest.mark.parametrize("tts_pace", [0.01, 0.3], ids=["into our first word", "just before it"])
def test_whoever_was_cut_off_is_given_more_time(tts_pace: float) -> None:
    """The person goes on shortly after an endpoint, three times; the fourth pause is waited for."""
    lines = [Line(clip(1900, pause_at_ms=800, pause_ms=430), None) for _ in range(4)]
    talk = Talk(
        lines,
        ["what is the time", "what is the time in rome"] * 4,
        ["Pleased to meet you, I must say."] * 7,
        vad=NORMAL,
        detector=ScriptedTurnDetector([0.99] * 8),
        reply=ReplyConfig(drafts=0, cue_after_ms=0),
        tts_pace=tts_pace,
    ).hold()
    endpoints = [event for event in talk.log if isinstance(event, SpeechEnded)]
    assert [round(milliseconds_of(one.at - one.end)) for one in endpoints] == [320] * 5 + [512] * 2
