from collections.abc import Iterator
from dataclasses import replace

from edgevoice.audio.chunk import AudioChunk
from edgevoice.bench.hold import Measured
from edgevoice.config import Config
from edgevoice.engines.base import Stop
from edgevoice.engines.scripted import ScriptedVoice
from tests.bench.test_picture import DRAFTED, SERIAL
from tools.bench.levers import SERIAL_NAME, Step, early_sound, gains, ladder, result

BETWEEN = replace(SERIAL, reply_start=25_600)
STEPS = [
    Step(SERIAL_NAME, Measured([SERIAL])),
    Step("one lever", Measured([BETWEEN])),
    Step("another", Measured([DRAFTED])),
]


def test_the_ladder_leads_from_serial_to_the_configuration() -> None:
    steps = ladder(Config())
    assert steps[0][0] == SERIAL_NAME and steps[0][1].reply.drafts == 0
    last = steps[-1][1]
    assert last.vad.endpointing == "fixed"
    assert last.model_copy(update={"reply": Config().reply, "vad": Config().vad}) == Config()
    assert last.reply.drafts == Config().reply.drafts and last.reply.cue_after_ms == 0
    assert len({config.model_dump_json() for _, config in steps}) == len(steps)


def test_every_lever_gains_on_those_before_it() -> None:
    assert gains(STEPS) == [None, 220, 90]
    assert gains([Step("a", Measured()), STEPS[0]]) == [None, None]


def test_the_result_has_the_form_of_every_benchmark() -> None:
    written = result(STEPS, None, {"cores": 2}).as_json()
    assert written["figures"]["levers"][1] == {
        "name": "one lever",
        "response_p50_ms": 600.0,
        "gained_ms": 220.0,
        "clause_to_sound_p50_ms": 62.5,
    }
    (goal,) = written["goals"]
    assert goal["value"] == 0.622 and not goal["ok"]


def test_a_voice_that_sounds_early_is_held_against_a_whole_one() -> None:
    now = 0.0

    class Taking(ScriptedVoice):
        def __init__(self, seconds: float) -> None:
            super().__init__()
            self.seconds = seconds

        def synthesize(self, text: str, stop: Stop) -> Iterator[AudioChunk]:
            nonlocal now
            now += self.seconds
            return super().synthesize(text, stop)

    assert early_sound(Taking(1.0), Taking(4.0), lambda: now) == 0.25
    _, goal = result(STEPS, 0.25, {}).goals
    assert goal.value == 0.25 and goal.ok
    _, goal = result(STEPS, 0.51, {}).goals
    assert not goal.ok
