"""Other devices than before, and how we live with their echo."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from edgevoice.air import AWAY, Air
from edgevoice.config import Config
from edgevoice.duplex import Devices, Duplex, Echo, Measured
from edgevoice.echo_memory import echo_file, remember
from edgevoice.errors import DeviceError
from edgevoice.room import Room, room_between
from edgevoice.transports import familiar
from edgevoice.transports.sound_streams import OpenedCard

JABRA = OpenedCard("Jabra: USB Audio", 16_000, 1)
OTHER = OpenedCard("Other: USB Audio", 16_000, 1)
UNKNOWN = OpenedCard("Unknown: USB Audio", 16_000, 1)


def measured(duplex: Duplex) -> Measured:
    return Measured(Echo(2, -60.0, delay_ms=80.0), duplex, "so it was", date(2026, 3, 1))


class Told:
    """All that the air tells."""

    def __init__(self) -> None:
        self.echo: list[dict[str, Any]] = []
        self.changes: list[tuple[bool, str]] = []

    def live_with(self, **echo: Any) -> None:
        self.echo.append(echo)

    def changed(self, away: bool, words: str) -> None:
        self.changes.append((away, words))


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STATE_DIRECTORY", str(tmp_path))
    remember(echo_file(), Devices(JABRA.name, JABRA.name), measured(Duplex.FULL))
    remember(echo_file(), Devices(OTHER.name, OTHER.name), measured(Duplex.CANCEL))


def air(first: OpenedCard, setting: str = "auto") -> tuple[Air, Told]:
    """As it is after the first start with `first`, of which the echo is known or not."""
    told = Told()
    config = Config.model_validate({"audio": {"duplex": setting}})
    room = room_between(setting, Devices(first.name, first.name))
    air = Air(config, room, 22_050, told.changed)
    air.tell(told.live_with)
    air._accept({"input": first, "output": first})
    (now,) = told.echo
    assert now["half_duplex"] is room.half_duplex
    told.echo.clear()
    return air, told


def asked(air: Air) -> dict[str, Any]:
    """What the next sound process is asked for."""
    request: dict[str, Any] = air._devices()._request
    return request


def both(card: OpenedCard) -> dict[str, OpenedCard]:
    return {"input": card, "output": card}


def test_the_same_devices_change_nothing() -> None:
    there, told = air(OTHER)
    room = there.room
    for _ in range(3):
        there._accept(both(replace(OTHER, places=["usb:1-2"])))
    assert there.room is room and room.delay_ms == 80
    assert told.echo == []


def test_of_devices_that_nobody_has_measured_we_hear_nothing_while_we_speak() -> None:
    there, told = air(JABRA)
    assert there.room.duplex is Duplex.FULL
    there._accept(both(UNKNOWN))
    assert there.room == Room(Duplex.HALF, there.room.reason, 0)
    assert told.echo == [{"half_duplex": True, "echo_delay": 0}]
    there._accept(both(JABRA))
    assert there.room.duplex is Duplex.FULL
    assert told.echo[-1] == {"half_duplex": False, "echo_delay": 1_280}


def test_one_other_device_is_another_pair() -> None:
    there, _ = air(JABRA)
    there._accept({"input": JABRA, "output": UNKNOWN})
    assert there.room.half_duplex


def test_where_the_canceller_is_another_one_the_devices_are_opened_again() -> None:
    there, told = air(JABRA)
    with pytest.raises(DeviceError, match="echo is another"):
        there._accept(both(OTHER))
    assert there.room.duplex is Duplex.CANCEL
    assert asked(there)["cancel_echo"]["delay_ms"] == 80
    there._accept(both(OTHER))  # this time it is as it should be
    assert told.echo == [{"half_duplex": False, "echo_delay": 1_280}]


def test_the_delay_of_other_buffers_is_not_known() -> None:
    there, _ = air(OTHER)
    with pytest.raises(DeviceError):
        there._accept(both(replace(OTHER, rate=48_000)))
    assert there.room == replace(there.room, duplex=Duplex.CANCEL, delay_ms=0)
    there._accept(both(replace(OTHER, rate=48_000)))


@pytest.mark.parametrize("setting", ["full", "half"])
def test_what_the_settings_say_is_said_of_all_devices(setting: str) -> None:
    there, _ = air(JABRA, setting)
    there._accept(both(UNKNOWN))
    assert there.room.duplex is Duplex(setting)


def test_who_comes_later_is_told_how_it_is_by_then() -> None:
    """A new conversation, after new settings, over devices that are others since."""
    there, _ = air(JABRA)
    there._accept(both(UNKNOWN))
    late = Told()
    there.tell(late.live_with)
    assert late.echo == [{"half_duplex": True, "echo_delay": 0}]


def test_a_refused_device_does_not_end_the_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else it would be waited for once more, and so on for ever."""
    there, _ = air(JABRA)
    there._familiar.known()
    monkeypatch.setattr(familiar, "PATIENCE_S", 0)
    assert not asked(there)["cards"]["input"]["known"]["only"]
    with pytest.raises(DeviceError):
        there._accept(both(OTHER))
    assert not asked(there)["cards"]["input"]["known"]["only"]


def test_a_person_is_told_that_the_card_is_away_and_that_it_is_another_one() -> None:
    there, told = air(JABRA)
    there._changed(True)
    there._accept(both(UNKNOWN))
    there._changed(False)
    assert told.changes[0] == (True, AWAY)
    assert told.changes[1][0] is False
    assert told.changes[1][1].count(UNKNOWN.name) == 2
    there._changed(True)
    there._accept(both(JABRA))
    there._changed(False)
    assert told.changes[-1] == (False, "")
