"""Whole spoken conversations: real engines, the starter models, a person with a synthetic voice.

The clock is virtual and the engines run inline, so that a conversation takes only as long as its
computing, and the cut of an interruption does not depend on the machine.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from edgevoice.app import Engines, Surroundings, Workers, build_agent, load_engines
from edgevoice.audio.chunk import Samples, milliseconds_of, samples_of
from edgevoice.audio.level import voiced_span
from edgevoice.config import Config
from edgevoice.demo.outcome import barge_in, barge_in_ms, timed_exactly
from edgevoice.demo.script import DEMO, Cued, speak_script
from edgevoice.engines.workers import InlineWorker
from edgevoice.report import Recorder, TurnReport
from edgevoice.skills.skills import Skills
from edgevoice.testing import run_virtual
from edgevoice.transports.caller import Caller, Cue, Line
from tests.talk import moment

SHARED_SPEECH = Path(__file__).parents[3] / "shared" / "speech"
GATE_MS = 300

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def engines() -> Iterator[Engines]:
    yield load_engines(Config())


@dataclass
class Held:
    """A conversation that was held."""

    turns: Sequence[TurnReport]
    caller: Caller
    evaluated: list[int]
    """Tokens that the language model had evaluated when each turn was over."""


def hold(
    engines: Engines, lines: Sequence[Line], llm_pace: float = 0.01, skills: Skills | None = None
) -> Held:
    """Hold a conversation; `llm_pace`: virtual seconds per token."""
    recorder = Recorder()
    evaluated: list[int] = []

    def count(what: object) -> None:
        if type(what).__name__ == "TurnDone":
            evaluated.append(engines.chat.evaluated_tokens)

    async def converse() -> Caller:
        caller = Caller(lines, patience_s=5)
        workers = Workers(
            InlineWorker(0.05), InlineWorker(llm_pace), InlineWorker(0.005), InlineWorker(0.05)
        )
        here = Surroundings(skills=skills)
        await build_agent(Config(), engines, workers, caller, [recorder, count], here).run()
        return caller

    caller = run_virtual(converse())
    return Held(timed_exactly(recorder.turns, caller.spoken), caller, evaluated)


def words(text: str) -> list[str]:
    return re.findall(r"[a-z']+", text.lower())


def test_the_demonstration(engines: Engines) -> None:
    with Skills(Config(), keeps=False, moment=moment) as skills:
        held = hold(engines, speak_script(), skills=skills)
    asked = [turn for turn in held.turns if not turn.unasked]
    assert [turn.user for turn in asked] == [cued.text for cued in DEMO]
    greeting, france, spain, timer, story, product, spider, goodbye = asked
    assert {"hello", "hi"} & set(words(greeting.heard))
    assert "paris" in words(france.heard)
    assert "madrid" in words(spain.heard)
    assert timer.heard == "Timer set for 10 seconds."
    assert story.interrupted and "fox" in words(story.agent)
    assert len(story.heard) < len(story.agent)
    assert product.heard == "That is 56."
    assert "eight" in words(spider.heard)
    assert {"goodbye", "bye"} & set(words(goodbye.heard))
    assert [turn.interrupted for turn in held.turns].count(True) == 1
    (rung,) = (turn for turn in held.turns if turn.unasked)
    assert rung.heard == "Your timer of 10 seconds is done."


def test_every_turn_costs_the_model_only_its_own_words(engines: Engines) -> None:
    held = hold(engines, speak_script())
    costs = np.diff(held.evaluated)
    # A question and its answer are some twenty tokens each, however long the conversation is. The
    # interrupted story is read again as far as it was heard, because its unheard rest is taken out.
    assert (
        max(cost for cost, turn in zip(costs, held.turns[1:], strict=True) if not turn.interrupted)
        < 120
    )


def test_the_words_are_read_before_the_person_has_finished(engines: Engines) -> None:
    held = hold(engines, speak_script())
    # What is left to read: the last words that two looks did not agree on, and whose turn it is.
    assert all(turn.prompt_tokens <= 12 for turn in held.turns)
    assert sum(turn.prefilled_tokens for turn in held.turns) > sum(
        turn.prompt_tokens for turn in held.turns
    )


def test_the_reply_is_there_when_the_person_has_finished(engines: Engines) -> None:
    for turn in hold(engines, speak_script()).turns:
        assert turn.first_sound is not None and turn.first_sound < turn.endpoint
        assert turn.reply_start is not None and turn.reply_start - turn.endpoint <= samples_of(40)


def test_who_pauses_in_mid_sentence_is_answered_once_and_whole(engines: Engines) -> None:
    (first,), (second,) = (
        speak_script((Cued(text),)) for text in ("tell me a story", "about a fox")
    )
    pause = np.zeros(samples_of(120), np.int16)
    clip = np.concatenate([_without_silence(first.clip), pause, _without_silence(second.clip)])
    (turn,) = hold(engines, [Line(clip, None)]).turns
    assert turn.user == "tell me a story about a fox" and "fox" in words(turn.heard)
    assert not turn.interrupted


def _without_silence(clip: Samples) -> Samples:
    start, end = voiced_span(clip)
    return clip[start:end]


@pytest.mark.parametrize("into_ms", [60, 700, 1500, 2600])
def test_interruptions(engines: Engines, into_ms: int) -> None:
    held = hold(
        engines,
        speak_script(
            (
                Cued("tell me a story about a fox"),
                Cued("what is the capital of france", Cue.REPLY_STARTED, into_ms),
            )
        ),
    )
    story, france = held.turns
    assert story.interrupted and not france.interrupted
    took = barge_in_ms(barge_in(story, france, held.caller))
    assert took is not None and took <= GATE_MS + 100
    # From the first syllable on, what interrupted is the next turn.
    assert france.user == "what is the capital of france"
    assert "paris" in words(france.heard)


def test_interrupting_twice_in_a_row(engines: Engines) -> None:
    held = hold(
        engines,
        speak_script(
            (
                Cued("tell me a story about a fox"),
                Cued("tell me a story about a dog", Cue.REPLY_STARTED, 1200),
                Cued("what is the capital of france", Cue.REPLY_STARTED, 900),
            )
        ),
    )
    assert [turn.interrupted for turn in held.turns] == [True, True, False]
    assert "paris" in words(held.turns[-1].heard)


def test_interrupting_before_the_first_token(engines: Engines) -> None:
    held = hold(
        engines,
        speak_script((Cued("hello"), Cued("hello", Cue.LINE_ENDED, 620))),
        llm_pace=0.5,
    )
    first, second = held.turns
    assert first.interrupted and not first.heard
    assert second.user == "hello" and second.heard


def test_the_same_conversation_twice_gives_the_same_words(engines: Engines) -> None:
    # Not the same samples: espeak-ng carries its oscillators' phase from one call to the next.
    lines = speak_script(DEMO[:3])
    first, second = (
        [(turn.user, turn.agent, turn.heard) for turn in hold(engines, lines).turns]
        for _ in range(2)
    )
    assert first == second


def noise(seed: int, seconds: float, level: float) -> Samples:
    rng = np.random.default_rng(seed)
    return (rng.standard_normal(samples_of(1000 * seconds)) * level).astype(np.int16)


@pytest.mark.parametrize("level", [0, 30, 1000, 6000])
def test_noise_is_no_conversation(engines: Engines, level: float) -> None:
    held = hold(engines, [Line(noise(1, 6, level), None)])
    assert not held.turns and not held.caller.sounded


@pytest.mark.skipif(not SHARED_SPEECH.exists(), reason="the recordings of people are not here")
def test_kitchen_noise_is_no_conversation(engines: Engines) -> None:
    from faster_whisper.audio import decode_audio

    sound = decode_audio(str(SHARED_SPEECH / "kitchen.flac"))[: samples_of(30_000)]
    held = hold(engines, [Line((sound * 32_767).astype(np.int16), None)])
    assert all(not turn.understood for turn in held.turns)


def test_response_times_on_the_virtual_clock(engines: Engines) -> None:
    held = hold(engines, speak_script(DEMO[:3]))
    for turn in held.turns:
        response = turn.response_ms
        assert response is not None
        # These are complete requests: between the shortest wait and the plain one, the paces given
        # above, and at most a few ticks of 20 ms.
        assert 320 <= response <= 500 + 50 + 300
        assert milliseconds_of(turn.endpoint - turn.speech_end) <= 500 + 100
