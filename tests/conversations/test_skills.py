"""Spoken conversations in which the assistant does things: real engines, the starter models, a
person with a synthetic voice, and nothing scripted but the person's lines."""

import re
from collections.abc import Iterator

import pytest

from edgevoice.app import Engines, Surroundings, Workers, build_agent, load_engines
from edgevoice.audio.chunk import milliseconds_of, samples_of
from edgevoice.config import Config
from edgevoice.demo.script import Cued, speak_script
from edgevoice.engines.workers import InlineWorker
from edgevoice.report import Recorder, TurnReport
from edgevoice.skills.skills import Skills
from edgevoice.testing import run_virtual
from edgevoice.transports.caller import Caller, Cue, Line
from tests.talk import moment, silence

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def skills() -> Iterator[Skills]:
    with Skills(Config(), keeps=False, moment=moment) as skills:
        yield skills


@pytest.fixture(scope="module")
def engines(skills: Skills) -> Engines:
    return load_engines(Config(), skills=skills)


def hold(engines: Engines, skills: Skills, lines: list[Line]) -> list[TurnReport]:
    recorder = Recorder()

    async def converse() -> None:
        caller = Caller(lines, patience_s=30)
        workers = Workers(*map(InlineWorker, (0.05, 0.01, 0.005, 0.05)))
        here = Surroundings(skills=skills)
        await build_agent(Config(), engines, workers, caller, [recorder], here).run()

    run_virtual(converse())
    return recorder.turns


def test_a_conversation_with_tools(engines: Engines, skills: Skills) -> None:
    script = (
        Cued("what time is it"),
        Cued("what is twelve times twelve"),
        Cued("set a timer for twenty seconds"),
        Cued("what is the capital of france"),
        Cued("say that again"),
    )
    (stop,) = speak_script((Cued("stop", Cue.REPLY_STARTED, 500),))
    turns = hold(engines, skills, [*speak_script(script), silence(4), stop, silence(17)])

    assert [turn.user for turn in turns] == [*(cued.text for cued in script), ""]
    time, product, timer, france, again, rung = turns
    assert re.fullmatch(r"It's \d+:\d\d [AP]M\.", time.heard)
    assert product.heard == "That is 144."
    assert timer.heard == "Timer set for 20 seconds."
    assert "paris" in france.heard.lower()
    assert again.heard == france.heard
    assert [turn.route for turn in turns] == ["intent", "intent", "intent", "model", "intent", ""]
    assert [turn.written_tokens == 0 for turn in turns] == [True, True, True, False, True, True]

    # The person says "stop" while it rings, and it does not ring again.
    assert rung.unasked and rung.interrupted
    assert "Your timer of 20 seconds is done.".startswith(rung.heard) and rung.heard
    assert rung.reply_start is not None and timer.reply_start is not None
    assert rung.reply_start - timer.reply_start == pytest.approx(samples_of(20_000), abs=8_000)


def test_what_needs_no_model_is_there_at_the_endpoint(engines: Engines, skills: Skills) -> None:
    script = (Cued("cancel the timer"), Cued("set a timer for ten minutes"), Cued("stop the timer"))
    for turn in hold(engines, skills, speak_script(script)):
        assert turn.route == "intent"
        assert turn.reply_start is not None
        assert milliseconds_of(turn.reply_start - turn.endpoint) <= 50
