"""The assistant tells how it is, and does what it is told about itself."""

import threading

import pytest

from edgevoice.board import Pressure
from edgevoice.dialog.attention import Signal
from edgevoice.skills.builtin.household import (
    Condition,
    household_tools,
    status_words,
)
from edgevoice.skills.situation import Situation
from edgevoice.skills.tool import Effect, ToolFailedError
from tests.skills.builtin.using import Bench


class House:
    def __init__(self) -> None:
        self.situation = Situation()
        self.signals: list[Signal] = []
        self.hushed = 0
        self.threads: set[int] = set()
        self.use = Bench(
            household_tools(self.situation, self.signal, lambda: "I am fine.", self.hush)
        )

    def signal(self, signal: Signal) -> None:
        self.signals.append(signal)
        self.threads.add(threading.get_ident())

    def hush(self) -> None:
        self.hushed += 1
        self.threads.add(threading.get_ident())


def test_the_microphone_is_shut_at_once() -> None:
    house = House()
    assert house.use.say("mute").startswith("Okay.")
    assert house.signals == [Signal.MUTE]
    assert house.threads == {threading.get_ident()}


@pytest.mark.parametrize(("tool", "signal"), [("sleep", Signal.SLEEP), ("forget", Signal.FORGET)])
def test_what_would_cut_the_reply_off_waits_for_its_end(tool: str, signal: Signal) -> None:
    house = House()
    assert house.use.say(tool).startswith("Okay.")
    assert house.signals == []
    (later,) = house.situation.afterwards
    later()
    assert house.signals == [signal]
    assert house.use.tools[tool].effect is Effect.ACTS


def test_stops_what_rings() -> None:
    house = House()
    assert house.use.say("stop") == "Okay."
    assert (house.hushed, house.signals) == (1, [])


def test_says_it_again() -> None:
    house = House()
    with pytest.raises(ToolFailedError, match="nothing"):
        house.use("repeat")
    house.situation.last_reply = "Twelve, I think."
    assert house.use.say("repeat") == "Twelve, I think."
    assert house.use.tools["repeat"].effect is Effect.NONE


def test_tells_how_it_is() -> None:
    assert House().use.say("device_status") == "I am fine."
    assert (
        status_words(Condition(59)) == "I have been running for less than a minute. I am offline."
    )
    assert status_words(
        Condition(
            7260,
            61.4,
            Pressure.HOT,
            reaches=True,
            profile="small",
        )
    ) == (
        "I have been running for 2 hours and 1 minute. "
        "My processor is at 61 degrees Celsius. "
        "Heat or a weak power supply slows me down a lot. "
        "I use the smaller settings called small. There is a network connection."
    )
