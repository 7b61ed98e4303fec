"""How long half duplex stays deaf, and how the room tells it."""

from datetime import date
from typing import Any

import numpy as np
import pytest

from edgevoice import app, room
from edgevoice.app import Engines, Surroundings, Workers, build_agent
from edgevoice.audio.chunk import AudioChunk, samples_of
from edgevoice.config import Config
from edgevoice.dialog.attention import Attention, Mode
from edgevoice.door import ECHO, Door
from edgevoice.duplex import Duplex, Echo, Measured
from edgevoice.engines.scripted import ScriptedChat, ScriptedTranscriber, ScriptedVoice
from edgevoice.engines.workers import InlineWorker
from edgevoice.responders.base import Speech
from edgevoice.room import Room, find_room, surroundings
from edgevoice.signals import LogLed
from edgevoice.transports.caller import Caller
from tests.talk import APOLOGY, LoudVad

CHUNK = samples_of(10)


def deaf_for(door: Door) -> int:
    """Samples for which nothing is let in after our own sound has ended."""
    sound = np.ones(CHUNK, np.int16)
    door.let_in(AudioChunk(sound, 16_000, 0), sounding=True, busy=False)
    for start in range(CHUNK, samples_of(2_000), CHUNK):
        chunk = AudioChunk(sound, 16_000, start)
        heard, _ = door.let_in(chunk, sounding=False, busy=False)
        if any(piece.pcm.any() for piece in heard):
            return start - CHUNK
    raise AssertionError("deaf for ever")


@pytest.mark.parametrize("delay_ms", [0, 60, 320])
def test_half_duplex_is_deaf_for_as_long_as_the_echo_is_late(delay_ms: int) -> None:
    late = samples_of(delay_ms)
    door = Door(Attention(Mode.ALWAYS, 0), half_duplex=True, echo_delay=late)
    assert deaf_for(door) == ECHO + late


def test_who_listens_all_the_while_is_never_deaf() -> None:
    assert deaf_for(Door(Attention(Mode.ALWAYS, 0), echo_delay=5_000)) == 0


@pytest.mark.parametrize(("delay_ms", "samples"), [(0, 0), (320.0, 5_120), (-20.0, 0)])
def test_the_room_tells_how_late_its_echo_is(delay_ms: float, samples: int) -> None:
    here = surroundings(Config(), Room(Duplex.HALF, "", delay_ms), LogLed())
    assert (here.half_duplex, here.echo_delay) == (True, samples)


@pytest.mark.parametrize(
    ("setting", "delay_ms"), [("auto", 320), ("half", 320), ("cancel", 320), ("full", 0)]
)
def test_what_was_measured_is_known_unless_nobody_needs_it(
    setting: str, delay_ms: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    measured = Measured(Echo(2, -60.0, delay_ms=320.0), Duplex.HALF, "late", date(2026, 3, 1))
    monkeypatch.setattr(room, "list_devices", list)
    monkeypatch.setattr(room, "recall", lambda *_: (measured, ""))
    config = Config.model_validate({"audio": {"duplex": setting}})
    assert find_room(config).delay_ms == delay_ms


def test_the_agent_is_told_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    told: dict[str, Any] = {}

    def door(*arguments: Any, **options: Any) -> Door:
        told.update(options)
        return Door(*arguments, **options)

    monkeypatch.setattr(app, "Door", door)
    here = Surroundings(half_duplex=True, echo_delay=5_120)
    engines = Engines(
        LoudVad(),
        ScriptedTranscriber([]),
        ScriptedChat([]),
        ScriptedVoice(),
        Speech(APOLOGY, "Sorry."),
        None,
    )
    workers = Workers(*[InlineWorker() for _ in range(4)])
    build_agent(Config(), engines, workers, Caller([]), [], here)
    assert told == {"half_duplex": True, "echo_delay": 5_120}
