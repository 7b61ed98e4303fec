"""How a person knows what edgevoice is doing: by a light, and by the sounds that go with it.

What the conversation is doing and whether we attend to it make one phase; a light shows the phase,
and some changes of phase have a sound.
"""

import logging
from collections.abc import Mapping
from enum import Enum
from typing import Protocol

from edgevoice.audio.tone import Earcon
from edgevoice.dialog.attention import Attending
from edgevoice.dialog.states import State
from edgevoice.errors import ConfigError

log = logging.getLogger(__name__)


class Phase(Enum):
    """What a person should know."""

    STARTING = "starting"
    """Not yet: the engines are being loaded."""
    ASLEEP = "asleep"
    """Call first: by the wake word, a key, or what wakes it."""
    MUTED = "muted"
    """The microphone is shut."""
    READY = "ready"
    """Speak."""
    HEARING = "hearing"
    """You are being heard."""
    THINKING = "thinking"
    """You were heard; the reply is under way."""
    SPEAKING = "speaking"
    """This is the reply."""
    ERROR = "error"
    """The reply failed: this is the apology. Or there is no sound: a device is gone."""


PHASES: Mapping[State, Phase] = {
    State.IDLE: Phase.READY,
    State.HEARING: Phase.HEARING,
    State.PAUSED: Phase.HEARING,
    State.DRAFTING: Phase.HEARING,
    State.BLANK: Phase.HEARING,
    State.UNDERSTANDING: Phase.THINKING,
    State.PREPARING: Phase.THINKING,
    State.SPEAKING: Phase.SPEAKING,
    State.SUSPECTING: Phase.SPEAKING,
    State.OVERLAP: Phase.HEARING,
}
"""Of somebody whom we attend to."""


def phase_of(state: State, attending: Attending, failed: bool = False) -> Phase:
    """What to show while the conversation is in `state`; `failed`: so has the reply.

    That nobody is heard matters more than what we do meanwhile, and that whoever is heard is not
    attended to matters more than that something was heard.
    """
    phase = PHASES[state]
    if attending.muted:
        return Phase.MUTED
    if attending.dozing and phase is not Phase.SPEAKING:
        return Phase.ASLEEP
    if not attending.open and phase is Phase.READY:
        return Phase.ASLEEP
    if failed and phase in {Phase.THINKING, Phase.SPEAKING}:
        return Phase.ERROR
    return phase


def earcon_for(before: Phase, after: Phase) -> Earcon | None:
    """The sound that goes with a change of phase, if any does.

    None after a reply: that it has ended says enough. None for an error: its sound begins the
    apology.
    """
    if before is after:
        return None
    if after is Phase.MUTED:
        return Earcon.MUTED
    if before is Phase.MUTED:
        return Earcon.UNMUTED
    if after is Phase.ASLEEP:
        return Earcon.ASLEEP if before in {Phase.READY, Phase.HEARING, Phase.THINKING} else None
    if before in {Phase.STARTING, Phase.ASLEEP} and after in {Phase.READY, Phase.HEARING}:
        return Earcon.READY
    if (before, after) == (Phase.HEARING, Phase.THINKING):
        return Earcon.HEARD
    return None


class Led(Protocol):
    """Something that shows phases."""

    def show(self, phase: Phase) -> None:
        """Show `phase` from now on; returns at once, and raises nothing."""
        ...

    def close(self) -> None:
        """Go dark, and let go of what shows."""
        ...


class LogLed:
    """Stands in for a light: one line in the log for every change."""

    def __init__(self) -> None:
        self._phase: Phase | None = None

    def show(self, phase: Phase) -> None:
        if phase is not self._phase:
            log.info("now %s", phase.value)
        self._phase = phase

    def close(self) -> None:
        pass


class NoLed:
    """Shows nothing."""

    def show(self, phase: Phase) -> None:
        pass

    def close(self) -> None:
        pass


class Leds:
    """Some lights that show the same."""

    def __init__(self, *leds: Led) -> None:
        self._leds = leds

    def show(self, phase: Phase) -> None:
        for led in self._leds:
            led.show(phase)

    def close(self) -> None:
        for led in self._leds:
            led.close()


class FaultLed:
    """A light that shows an error while there is one, whatever else it is told meanwhile."""

    def __init__(self, led: Led) -> None:
        self._led = led
        self._phase: Phase | None = None
        self._faulty = False

    def show(self, phase: Phase) -> None:
        self._phase = phase
        if not self._faulty:
            self._led.show(phase)

    def fault(self, there: bool) -> None:
        """Show the error from now on, or what is to be shown without it."""
        self._faulty = there
        phase = Phase.ERROR if there else self._phase
        if phase:
            self._led.show(phase)

    def close(self) -> None:
        self._led.close()


def load_led(setting: str) -> Led:
    """The light that `signals.led` names: `log`, `none`, or a GPIO line such as `gpiochip0:27`.

    Raises `ConfigError` when there is no such light.
    """
    if setting == "log":
        return LogLed()
    if setting == "none":
        return NoLed()
    if "gpiochip" in setting:
        from edgevoice.led import GpioLed

        return GpioLed(setting)
    raise ConfigError(
        f"signals.led is {setting!r}, which is no light that we know",
        "Set it to log, none, or a GPIO line such as gpiochip0:27.",
    )
