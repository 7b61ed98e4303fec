"""The assistant tells how it is, and does what it is told about itself."""

import threading

import pytest

from edgevoice.board import Pressure
from edgevoice.dialog.attention import Signal
from edgevoice.skills.builtin.household import (
    Standing,
    duration_words,
    household_tools,
    status_words,
)
from edgevoice.skills.tool import Effect, ToolFailedError
from tests.skills.builtin.using import Toolbox


class House:
    def __init__(self) -> None:
        self.said = ""
        self.signals: list[Signal] = []
        self.hushed = 0
        self.threads: set[int] = set()
        self.use = Toolbox(
            household_tools(lambda: "I am fine.", lambda: self.said, self.signal, self.hush)
        )

    def signal(self, signal: Signal) -> None:
        self.signals.append(signal)
        self.threads.add(threading.get_ident())

    def hush(self) -> None:
        self.hushed += 1
        self.threads.add(threading.get_ident())


@pytest.mark.parametrize(
    ("tool", "signal"),
    [("mute", Signal.MUTE), ("sleep", Signal.SLEEP), ("forget", Signal.FORGET)],
)
def test_signals_in_the_event_loop(tool: str, signal: Signal) -> None:
    house = House()
    assert house.use.say(tool).startswith("Okay.")
    assert house.signals == [signal]
    assert house.threads == {threading.get_ident()}
    assert house.use.tools[tool].effect is Effect.ACTS


def test_stops_what_rings() -> None:
    house = House()
    assert house.use.say("stop") == "Okay."
    assert (house.hushed, house.signals) == (1, [])


def test_says_it_again() -> None:
    house = House()
    with pytest.raises(ToolFailedError, match="nothing"):
        house.use("repeat")
    house.said = "Twelve, I think."
    assert house.use.say("repeat") == "Twelve, I think."
    assert house.use.tools["repeat"].effect is Effect.NONE


def test_tells_how_it_is() -> None:
    assert House().use.say("device_status") == "I am fine."
    assert status_words(Standing(59)) == "I have been running for less than a minute. I am offline."
    assert status_words(
        Standing(
            7260,
            61.4,
            Pressure.HOT,
            reaches=True,
            muted=True,
            profile="small",
            troubles=("The loudspeaker is away.",),
        )
    ) == (
        "The loudspeaker is away. I have been running for 2 hours and 1 minute. "
        "My processor is at 61 degrees Celsius. "
        "Heat or a weak power supply slows me down a lot. "
        "I use the smaller settings called small. There is a network connection. "
        "My microphone is muted."
    )


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-5, "less than a minute"),
        (60, "1 minute"),
        (3600, "1 hour"),
        (86_400 + 120, "1 day and 2 minutes"),
        (3 * 86_400 + 7200 + 60, "3 days and 2 hours"),
    ],
)
def test_durations(seconds: float, words: str) -> None:
    assert duration_words(seconds) == words
