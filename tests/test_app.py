"""The parts of a conversation, put together."""

import numpy as np
import pytest

from edgevoice.app import Engines, Surroundings, Workers, build_agent
from edgevoice.audio.tone import Earcon, earcons
from edgevoice.config import Config
from edgevoice.engines.scripted import ScriptedChat, ScriptedTranscriber, ScriptedVoice
from edgevoice.engines.workers import InlineWorker
from edgevoice.errors import EngineError
from edgevoice.responders.base import Speech
from edgevoice.signals import NoLed
from edgevoice.testing import run_virtual
from edgevoice.transports.caller import Caller, Line
from tests.talk import APOLOGY, LoudVad, clip

TONE = earcons(16_000)[Earcon.ERROR].pcm


@pytest.mark.parametrize(
    ("wanted", "before"),
    [(frozenset({Earcon.ERROR}), TONE), (frozenset[Earcon](), TONE[:0])],
    ids=["with tones", "without"],
)
def test_the_tone_of_an_error_begins_the_apology(
    wanted: frozenset[Earcon], before: np.ndarray
) -> None:
    engines = Engines(
        LoudVad(),
        ScriptedTranscriber(["hello"] * 9),
        ScriptedChat([EngineError("it broke", "Try again.")]),
        ScriptedVoice(),
        Speech(APOLOGY, "Sorry."),
        None,
    )
    caller = Caller([Line(clip(800), "hello")], patience_s=3)
    workers = Workers(*[InlineWorker() for _ in range(4)])
    here = Surroundings(led=NoLed(), earcons=wanted)

    run_virtual(build_agent(Config(), engines, workers, caller, [], here).run())

    sounded = np.concatenate([piece.pcm for piece in caller.sounded])
    np.testing.assert_array_equal(sounded, np.concatenate([before, APOLOGY.pcm]))
