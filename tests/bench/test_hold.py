"""Conversations that are measured: scripted engines on a virtual clock."""

import asyncio
from collections.abc import Sequence

import numpy as np
import pytest

from edgevoice.app import Engines, Workers
from edgevoice.bench.figures import after_speech, answered, as_figures, goals, median, spreads
from edgevoice.bench.hold import Measured, hold
from edgevoice.bench.modes import SERIAL, with_settings
from edgevoice.bench.soak import soak
from edgevoice.bench.usage import Phase
from edgevoice.config import Config
from edgevoice.engines.base import Transcript
from edgevoice.engines.scripted import ScriptedChat, ScriptedTranscriber, ScriptedVoice
from edgevoice.engines.workers import InlineWorker
from edgevoice.responders.base import Speech
from edgevoice.testing import run_virtual
from edgevoice.transports.caller import Cue, Line
from tests.talk import APOLOGY, LoudVad, clip

CONFIG = with_settings(Config(), SERIAL)
LONG = "One two three four five. " * 8


def engines(transcripts: Sequence[str | Transcript], replies: Sequence[str]) -> Engines:
    return Engines(
        LoudVad(),
        ScriptedTranscriber(transcripts),
        ScriptedChat(replies),
        ScriptedVoice(samples_per_character=400),
        Speech(APOLOGY, "Sorry."),
    )


@pytest.fixture(scope="module")
def measured() -> Measured:
    first = [
        Line(clip(810), "tell me", ms=5000),
        Line(clip(910), "what else", Cue.REPLY_STARTED, 900),
        Line(clip(500), "mumble"),
    ]
    script = engines(
        ["tell me", "what else", Transcript("mumble", -9.0), "hello"], [LONG, "Very well.", "Hi!"]
    )
    workers = Workers(InlineWorker(0.05), InlineWorker(0.02), InlineWorker(0.01), InlineWorker())
    return run_virtual(hold(CONFIG, script, [first, [Line(clip(700), "hello")]], workers=workers))


def test_every_turn_of_every_conversation_is_measured(measured: Measured) -> None:
    assert [turn.user for turn in measured.turns] == ["tell me", "what else", "mumble", "hello"]
    assert len(measured.orchestration_ms) == len(measured.turns)
    assert None not in measured.orchestration_ms
    assert measured.final_rss_mb > 0


def test_what_was_asked_again_does_not_count_as_answered(measured: Measured) -> None:
    assert [turn.user for turn in answered(measured.turns)] == ["tell me", "what else", "hello"]
    figures = as_figures(measured)
    assert figures["turns"] == 4 and figures["answered"] == 3 and figures["asked_again"] == 1


def test_moments_follow_each_other_in_serial_mode(measured: Measured) -> None:
    found = spreads(measured)
    names = ["endpoint_ms", "transcript_ms", "first_token_ms", "first_clause_ms", "first_audio_ms"]
    medians = [median(measured, name) or 0 for name in [*names, "response_ms"]]
    assert medians == sorted(medians)
    # The endpoint delay, and up to a frame and a period more.
    assert 500 <= medians[0] <= 560
    assert medians[1] - medians[0] == pytest.approx(50, abs=25)
    assert found["wasted_tokens"] is not None and found["wasted_tokens"].p95 == 0


def test_every_phase_takes_its_time(measured: Measured) -> None:
    assert set(measured.costs) == set(Phase)


def test_goals_that_were_not_measured_are_not_reached(measured: Measured) -> None:
    found = {goal.name: goal for goal in goals(measured)}
    assert found["time to first token, turn 200 / turn 5"].value is None
    assert not found["time to first token, turn 200 / turn 5"].ok
    assert not any("serial" in name for name in found)
    with_all = goals(measured, measured, 1.1, 1.01)
    assert with_all[0].value == 1 and not with_all[0].ok
    assert [goal.ok for goal in with_all[-2:]] == [True, True]


def test_nothing_measured_gives_no_figures() -> None:
    nothing = Measured()
    assert set(spreads(nothing).values()) == {None}
    assert all(goal.value is None and not goal.ok for goal in goals(nothing, nothing))


def test_a_moment_is_counted_from_the_last_voiced_sample(measured: Measured) -> None:
    turn = measured.turns[0]
    assert after_speech(turn, turn.reply_start) == turn.response_ms
    assert after_speech(turn, None) is None


class TestSoak:
    def test_memory_is_compared_with_the_warm_one(self) -> None:
        memory = iter([100.0, 103.0])
        seen: list[int] = []
        soaked = soak(
            CONFIG,
            engines(["hello"] * 4, ["Hi!"] * 4),
            [Line(clip(500), "hello")],
            seen.append,
            conversations=4,
            warm=2,
            memory=lambda: next(memory),
        )
        assert seen == [1, 2, 3, 4]
        assert (soaked.warm_mb, soaked.final_mb, soaked.growth) == (100, 103, 1.03)

    def test_it_ends_in_time(self) -> None:
        clock = iter(np.arange(100.0).tolist())
        soaked = soak(
            CONFIG,
            engines(["hello"] * 3, ["Hi!"] * 3),
            [Line(clip(500), "hello")],
            conversations=50,
            warm=2,
            limit_s=4,
            clock=lambda: float(next(clock)),
        )
        assert soaked.held == 3 and soaked.growth is None


def test_nothing_is_left_behind() -> None:
    async def alone() -> set[asyncio.Task[object]]:
        lines = [Line(clip(500), "hello")]
        workers = Workers(*(InlineWorker() for _ in range(4)))
        await hold(CONFIG, engines(["hello"], ["Hi!"]), [lines], workers=workers)
        await asyncio.sleep(1)
        return asyncio.all_tasks() - {asyncio.current_task()}

    assert run_virtual(alone()) == set()
