"""What a person is shown, and hears, of what we are doing."""

import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgevoice.audio.tone import Earcon
from edgevoice.dialog import attention
from edgevoice.dialog.attention import Attending
from edgevoice.dialog.states import State
from edgevoice.errors import ConfigError
from edgevoice.signals import (
    PHASES,
    FaultLed,
    Leds,
    LogLed,
    NoLed,
    Phase,
    earcon_for,
    load_led,
    phase_of,
)

LISTENING = Attending(attention.State.LISTENING)
MUTED = Attending(attention.State.LISTENING, muted=True)
DOZING = Attending(attention.State.DOZING)
KEY_UP = Attending(attention.State.KEY_UP)
KEY_DOWN = Attending(attention.State.KEY_DOWN)
WAITING = Attending(attention.State.WAITING)


def test_every_state_of_the_conversation_has_a_phase() -> None:
    assert set(PHASES) == set(State)


@pytest.mark.parametrize(
    ("state", "attending", "phase"),
    [
        (State.IDLE, LISTENING, Phase.READY),
        (State.IDLE, KEY_DOWN, Phase.READY),
        (State.IDLE, KEY_UP, Phase.ASLEEP),
        (State.IDLE, WAITING, Phase.ASLEEP),
        (State.IDLE, DOZING, Phase.ASLEEP),
        (State.IDLE, MUTED, Phase.MUTED),
        (State.HEARING, LISTENING, Phase.HEARING),
        (State.HEARING, DOZING, Phase.ASLEEP),
        (State.UNDERSTANDING, LISTENING, Phase.THINKING),
        (State.UNDERSTANDING, DOZING, Phase.ASLEEP),
        (State.UNDERSTANDING, KEY_UP, Phase.THINKING),
        (State.SPEAKING, LISTENING, Phase.SPEAKING),
        (State.SPEAKING, WAITING, Phase.SPEAKING),
        (State.SPEAKING, DOZING, Phase.SPEAKING),
        (State.SPEAKING, MUTED, Phase.MUTED),
    ],
)
def test_a_phase_is_what_matters_most_to_the_person(
    state: State, attending: Attending, phase: Phase
) -> None:
    assert phase_of(state, attending) is phase


@pytest.mark.parametrize(
    ("state", "attending", "phase"),
    [
        (State.SPEAKING, Attending(attention.State.LISTENING), Phase.ERROR),
        (State.PREPARING, Attending(attention.State.KEY_UP), Phase.ERROR),
        (State.SPEAKING, Attending(attention.State.DOZING), Phase.ERROR),
        (State.SPEAKING, Attending(attention.State.LISTENING, muted=True), Phase.MUTED),
        (State.DRAFTING, Attending(attention.State.LISTENING), Phase.HEARING),
        (State.OVERLAP, Attending(attention.State.LISTENING), Phase.HEARING),
    ],
)
def test_that_the_reply_failed_is_shown_in_its_place(
    state: State, attending: Attending, phase: Phase
) -> None:
    assert phase_of(state, attending, failed=True) is phase


@given(st.sampled_from(State), st.sampled_from(attention.State), st.booleans())
def test_whoever_is_told_to_speak_is_heard(
    state: State, attends: attention.State, muted: bool
) -> None:
    attending = Attending(attends, muted)

    phase = phase_of(state, attending)

    assert (phase is Phase.MUTED) == muted
    if phase is Phase.READY:
        assert attending.open and not attending.dozing
    assert phase not in {Phase.STARTING, Phase.ERROR}


@pytest.mark.parametrize(
    ("before", "after", "earcon"),
    [
        (Phase.STARTING, Phase.READY, Earcon.READY),
        (Phase.ASLEEP, Phase.READY, Earcon.READY),
        (Phase.ASLEEP, Phase.HEARING, Earcon.READY),
        (Phase.HEARING, Phase.THINKING, Earcon.HEARD),
        (Phase.READY, Phase.ASLEEP, Earcon.ASLEEP),
        (Phase.THINKING, Phase.ASLEEP, Earcon.ASLEEP),
        (Phase.SPEAKING, Phase.ASLEEP, None),
        (Phase.SPEAKING, Phase.READY, None),
        (Phase.READY, Phase.HEARING, None),
        (Phase.THINKING, Phase.SPEAKING, None),
        (Phase.ASLEEP, Phase.MUTED, Earcon.MUTED),
        (Phase.MUTED, Phase.ASLEEP, Earcon.UNMUTED),
        (Phase.MUTED, Phase.READY, Earcon.UNMUTED),
        (Phase.MUTED, Phase.MUTED, None),
        (Phase.MUTED, Phase.ERROR, Earcon.UNMUTED),
        (Phase.THINKING, Phase.ERROR, None),
    ],
)
def test_some_changes_have_a_sound(before: Phase, after: Phase, earcon: Earcon | None) -> None:
    assert earcon_for(before, after) is earcon


def test_without_a_light_the_log_tells_every_change_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    led = LogLed()

    with caplog.at_level(logging.INFO, "edgevoice"):
        for phase in (Phase.READY, Phase.READY, Phase.HEARING, Phase.READY):
            led.show(phase)
        led.close()

    assert caplog.messages == ["now ready", "now hearing", "now ready"]


def test_none_shows_nothing(caplog: pytest.LogCaptureFixture) -> None:
    led = load_led("none")

    with caplog.at_level(logging.DEBUG):
        led.show(Phase.READY)
        led.close()

    assert isinstance(led, NoLed)
    assert caplog.messages == []


def test_the_log_is_a_light_by_name() -> None:
    assert isinstance(load_led("log"), LogLed)


@pytest.mark.parametrize("setting", ["", "lamp", "27", "LOG"])
def test_an_unknown_light_is_said_with_those_that_are_known(setting: str) -> None:
    with pytest.raises(ConfigError, match=r"signals\.led is .*log, none, or a GPIO line"):
        load_led(setting)


@pytest.mark.parametrize("setting", ["gpiochip0", "gpiochip0:", "gpiochip0:-1"])
def test_a_line_that_is_none_is_said(setting: str) -> None:
    with pytest.raises(ConfigError, match=r"signals\.led .*gpiochip0:"):
        load_led(setting)


def test_some_lights_show_the_same(caplog: pytest.LogCaptureFixture) -> None:
    leds = Leds(LogLed(), NoLed(), LogLed())
    with caplog.at_level(logging.INFO):
        leds.show(Phase.MUTED)
    leds.close()
    assert caplog.messages == ["now muted", "now muted"]


class Shown:
    """A light that remembers."""

    def __init__(self) -> None:
        self.phases: list[Phase | None] = []

    def show(self, phase: Phase) -> None:
        self.phases.append(phase)

    def close(self) -> None:
        self.phases.append(None)


def test_a_fault_is_shown_whatever_the_conversation_does_meanwhile() -> None:
    shown = Shown()
    led = FaultLed(shown)
    led.show(Phase.READY)
    led.fault(True)
    led.show(Phase.HEARING)
    led.show(Phase.THINKING)
    led.fault(False)
    led.show(Phase.SPEAKING)
    led.close()
    assert shown.phases == [Phase.READY, Phase.ERROR, Phase.THINKING, Phase.SPEAKING, None]


def test_a_fault_that_is_over_before_anything_was_shown_leaves_the_light_to_the_rest() -> None:
    shown = Shown()
    led = FaultLed(shown)
    led.fault(True)
    led.fault(False)
    assert shown.phases == [Phase.ERROR]
