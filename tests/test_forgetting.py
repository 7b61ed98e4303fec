"""Forgetting: when told to, and when nobody has spoken for a while."""

import numpy as np
import pytest

from edgevoice.dialog.attention import Mode, Signal
from edgevoice.transports.caller import Cue, Line
from tests.talk import Talk, clip


def line(ms: int = 600, cue: Cue = Cue.REPLY_ENDED) -> Line:
    return Line(clip(800), None, cue, ms)


def cached(talk: Talk) -> str:
    """What the language model has in its cache."""
    return " ".join(talk.chat._cached)


def test_forget_that_empties_memory_and_cache_and_is_confirmed() -> None:
    talk = Talk(
        [line(), line(), line()],
        ["my name is Quillfeather", "forget that", "who am i"],
        ["Hello Quillfeather.", "I do not know."],
    ).hold()
    assert [turn.heard.strip() for turn in talk.turns] == [
        "Hello Quillfeather.",
        "Forgotten.",
        "I do not know.",
    ]
    assert talk.said == [("user", "who am i"), ("assistant", "I do not know.")]
    assert "Quillfeather" not in cached(talk)


def test_forget_that_said_over_a_reply() -> None:
    talk = Talk(
        [line(), line(300, Cue.REPLY_STARTED)],
        ["my name is Quillfeather", "forget that", "forget that"],
        ["Hello Quillfeather, it is a very long time since we have seen each other."],
        all_used=False,
    ).hold()
    assert talk.turns[-1].heard.strip() == "Forgotten."
    assert talk.said == [] and "Quillfeather" not in cached(talk)


def test_after_idle_time_everything_is_forgotten_but_the_prompt_is_read_again() -> None:
    talk = Talk(
        [line(), line(8_000)],
        ["my name is Quillfeather", "who am i"],
        ["Hello Quillfeather.", "I do not know."],
        forget_after_s=4,
        patience_s=20,
    ).hold()
    assert talk.said == [("user", "who am i"), ("assistant", "I do not know.")]
    assert "Quillfeather" not in cached(talk)
    last = talk.turns[-1]
    assert last.prompt_tokens <= 5  # the system prompt was in the cache already


@pytest.mark.parametrize("forget_after_s", [0, 20])
def test_a_conversation_that_goes_on_is_remembered(forget_after_s: float) -> None:
    talk = Talk(
        [line(), line(8_000)],
        ["my name is Quillfeather", "who am i"],
        ["Hello.", "You are Quillfeather."],
        forget_after_s=forget_after_s,
        patience_s=30,
    ).hold()
    assert len(talk.said) == 4


@pytest.mark.parametrize("at_s", [1.5, 1.7, 2.0, 2.2, 2.5, 3.0, 4.5])
@pytest.mark.parametrize("mode", [Mode.ALWAYS, Mode.PUSH_TO_TALK])
def test_told_by_other_means_it_forgets_at_any_moment(at_s: float, mode: Mode) -> None:
    keys = [(0.5, Signal.PRESS), (2.1, Signal.RELEASE)] if mode is Mode.PUSH_TO_TALK else []
    talk = Talk(
        [line()],
        ["my name is Quillfeather"] * 3,
        ["Hello Quillfeather, it is a very long time since we have seen each other."] * 2,
        mode=mode,
        signals=[*keys, (at_s, Signal.FORGET)],
        all_used=False,
    ).hold()
    assert talk.said == [] and "Quillfeather" not in cached(talk)


def test_sound_is_wiped_when_it_has_been_answered() -> None:
    talk = Talk([line(), line(5_000)], ["hello", "bye"], ["Hi.", "Bye."], patience_s=9).hold()
    tape = talk.agent._listener._tape
    first, second = (tape.cut(spoken.start, spoken.end) for spoken in talk.caller.spoken)
    assert len(first) and not np.any(first)
    assert np.all(second)  # it was answered just now
