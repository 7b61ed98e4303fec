"""The parts of a conversation, put together."""

import numpy as np
import pytest

from edgevoice.app import Engines, Surroundings, Workers, build_agent
from edgevoice.audio.tone import Earcon, earcons
from edgevoice.config import Config
from edgevoice.duplex import Duplex
from edgevoice.engines.scripted import ScriptedChat, ScriptedTranscriber, ScriptedVoice
from edgevoice.engines.workers import InlineWorker
from edgevoice.errors import EngineError
from edgevoice.replying import NoBell
from edgevoice.responders.base import Speech
from edgevoice.room import Room, renewed
from edgevoice.signals import NoLed
from edgevoice.skills.skills import Skills
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


class OneRing(NoBell):
    """Rings until that was heard."""

    heard = False

    def due(self) -> str:
        return "" if self.heard else "Ding."

    def said(self, heard: bool) -> None:
        self.heard |= heard


def test_a_bell_rings_with_its_tone() -> None:
    engines = Engines(
        LoudVad(),
        ScriptedTranscriber([]),
        ScriptedChat([]),
        ScriptedVoice(),
        Speech(APOLOGY, "Sorry."),
        None,
    )
    caller = Caller([], patience_s=3)
    workers = Workers(*[InlineWorker() for _ in range(4)])
    bell = OneRing()
    skills = Skills(Config(), keeps=False)
    skills.bell = bell
    here = Surroundings(led=NoLed(), skills=skills, earcons=frozenset({Earcon.RING}))

    run_virtual(build_agent(Config(), engines, workers, caller, [], here).run())

    assert bell.heard
    tone = earcons(16_000)[Earcon.RING].pcm
    sounded = np.concatenate([piece.pcm for piece in caller.sounded])
    np.testing.assert_array_equal(sounded[: len(tone)], tone)
    assert len(sounded) > len(tone)


def test_a_bell_rings_on_when_the_settings_are_renewed() -> None:
    config, room = Config(), Room(Duplex.FULL, "it is a test", 0)
    here = Surroundings(led=NoLed(), skills=Skills(config, keeps=False))
    assert renewed(config, config, room, here).skills is here.skills
