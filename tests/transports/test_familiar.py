"""Which device is waited for, and for how long."""

from dataclasses import replace

import pytest

from edgevoice.transports.familiar import PATIENCE_S, Familiar, Wanted
from edgevoice.transports.sound_streams import OpenedCard

JABRA = OpenedCard("Jabra: USB Audio", 16_000, 1, ["usb:1-1.3"])
HDMI = OpenedCard("vc4-hdmi: MAI", 48_000, 2, ["path:platform-fef00700.hdmi"])
DEFAULT = OpenedCard("default", 48_000, 2, ["usb:1-1.3"])


class Clock:
    now = 1_000.0

    def __call__(self) -> float:
        return self.now


def used(cards: dict[str, OpenedCard], wanted: Wanted | None = None) -> tuple[Familiar, Clock]:
    """Open since a while."""
    clock = Clock()
    familiar = Familiar(wanted or Wanted(), clock)
    assert familiar.known() == {}
    assert familiar.opened(cards) == ""
    clock.now += 3_600
    return familiar, clock


def only(familiar: Familiar, direction: str = "input") -> bool:
    return bool(familiar.known()[direction]["only"])


def test_the_default_of_the_first_start_is_waited_for_and_then_any_will_do() -> None:
    familiar, clock = used({"input": JABRA, "output": JABRA})
    assert familiar.known()["output"] == {
        "name": "Jabra: USB Audio",
        "places": ["usb:1-1.3"],
        "twins": False,
        "only": True,
    }
    clock.now += PATIENCE_S - 1
    assert only(familiar)
    clock.now += 2
    assert not only(familiar)
    assert familiar.known()["input"]["name"] == "Jabra: USB Audio"  # it is still the first choice


@pytest.mark.parametrize(
    ("wanted", "twins", "waits"),
    [
        (None, False, True),
        ("Jabra", False, False),
        ("Jabra", True, True),
        ("usb:1-1.3", True, False),
        ("path:pci-0000:00:14.0-usb-0:4:1.0", True, False),
    ],
)
def test_what_the_settings_say_for_certain_needs_no_waiting(
    wanted: str | None, twins: bool, waits: bool
) -> None:
    familiar, _ = used({"input": replace(JABRA, twins=twins)}, Wanted(input=wanted))
    assert only(familiar) is waits


def test_the_first_devices_are_remembered_whatever_comes_after() -> None:
    familiar, clock = used({"input": JABRA, "output": JABRA})
    familiar.known()
    clock.now += PATIENCE_S
    familiar.known()
    said = familiar.opened({"input": JABRA, "output": HDMI})
    assert said == 'the loudspeaker is another one now: "vc4-hdmi: MAI"'
    clock.now += 3_600
    assert only(familiar, "output")
    assert familiar.known()["output"]["name"] == JABRA.name
    assert familiar.opened({"input": JABRA, "output": JABRA}) == ""


@pytest.mark.parametrize(
    ("first", "then", "same"),
    [
        (JABRA, replace(JABRA, rate=48_000), True),
        (JABRA, replace(JABRA, places=["usb:1-1.4"]), True),  # in another socket
        (replace(JABRA, twins=True), replace(JABRA, places=["usb:1-1.4"]), False),
        (replace(JABRA, twins=True), replace(JABRA, places=[]), True),  # who knows
        (DEFAULT, replace(DEFAULT, places=HDMI.places), False),
        (DEFAULT, replace(DEFAULT, places=[]), True),
        (JABRA, HDMI, False),
    ],
)
def test_another_device_is_told(first: OpenedCard, then: OpenedCard, same: bool) -> None:
    familiar, _ = used({"input": first})
    assert bool(familiar.opened({"input": then})) is not same
