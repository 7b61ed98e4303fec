"""Choosing and opening devices, with a PortAudio that says what the test wants."""

import subprocess
import sys
from typing import Any

import pytest

from edgevoice.transports import sound_cards
from edgevoice.transports.sound_cards import (
    Card,
    NoSuchDevice,
    devices,
    find_again,
    find_device,
)

DEVICES = [
    {"name": "HDMI 0", "maxInputChannels": 0, "maxOutputChannels": 8, "places": []},
    {
        "name": "Jabra Speak 410 USB: Audio",
        "maxInputChannels": 1,
        "maxOutputChannels": 2,
        "places": [],
    },
    {"name": "Jabra", "maxInputChannels": 1, "maxOutputChannels": 0, "places": []},
]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("jabra", "Jabra"),
        ("speak 410", "Jabra Speak 410 USB: Audio"),
        ("USB", "Jabra Speak 410 USB: Audio"),
    ],
)
def test_a_device_is_found_by_its_name_or_a_part_of_it(wanted: str, found: str) -> None:
    assert find_device(DEVICES, wanted, "maxInputChannels")["name"] == found


def test_only_devices_that_can_do_it_are_found() -> None:
    with pytest.raises(NoSuchDevice, match=r'"Jabra Speak 410 USB: Audio", "Jabra"$'):
        find_device(DEVICES, "HDMI", "maxInputChannels")
    with pytest.raises(NoSuchDevice, match="none at all"):
        find_device([], "HDMI", "maxInputChannels")


class FakePortAudio:
    """One device, which opens at some rates and channel counts only."""

    def __init__(self, rates: set[int], counts: set[int], channels: int = 6) -> None:
        self._rates = rates
        self._counts = counts
        self._info = {
            "index": 0,
            "name": "array",
            "hostApi": 0,
            "defaultSampleRate": 44_100.0,
            "maxInputChannels": channels,
            "maxOutputChannels": 0,
        }

    def get_device_count(self) -> int:
        return 1

    def get_device_info_by_index(self, index: int) -> dict[str, Any]:
        return self._info

    def get_host_api_info_by_index(self, index: int) -> dict[str, Any]:
        return {"name": "ALSA"}

    def get_default_input_device_info(self) -> dict[str, Any]:
        return self._info

    def get_default_output_device_info(self) -> dict[str, Any]:
        raise OSError("No Default Output Device Available")

    def open(self, *, rate: int, channels: int, **_: Any) -> tuple[int, int]:
        if channels not in self._counts:
            raise OSError(-9998, "Invalid number of channels")
        if rate not in self._rates:
            raise OSError(-9997, "Invalid sample rate")
        return rate, channels


def opened(audio: FakePortAudio, direction: str = "input", wanted: str | None = None) -> Card:
    return Card(audio, direction, wanted, [16_000], 20, lambda channels, rate: lambda *_: (None, 0))


@pytest.mark.parametrize(
    ("rates", "counts", "rate", "channels"),
    [
        ({16_000, 44_100, 48_000}, {1, 2}, 16_000, 1),
        ({44_100, 48_000}, {1}, 44_100, 1),
        ({48_000}, {1}, 48_000, 1),
        ({48_000}, {2}, 48_000, 2),
        ({16_000}, {6}, 16_000, 6),
    ],
)
def test_a_card_is_opened_as_it_likes(
    rates: set[int], counts: set[int], rate: int, channels: int
) -> None:
    card = opened(FakePortAudio(rates, counts))
    described = {"name": "array", "rate": rate, "channels": channels, "places": [], "twins": False}
    assert card.described() == described
    assert card.stream == (rate, channels)


def test_a_card_that_cannot_be_opened_says_why() -> None:
    with pytest.raises(NoSuchDevice, match=r'"array" cannot be opened .*Invalid sample rate'):
        opened(FakePortAudio(set(), {1, 2, 6}))
    with pytest.raises(NoSuchDevice, match=r"on this machine$"):
        opened(FakePortAudio({16_000}, {1}), "output")
    with pytest.raises(NoSuchDevice, match='called "Jabra"; there is "array"'):
        opened(FakePortAudio({16_000}, {1}), wanted="Jabra")


class NoDefault(FakePortAudio):
    def get_default_input_device_info(self) -> dict[str, Any]:
        raise OSError("No Default Input Device Available")


def test_a_machine_without_a_default_names_what_it_has() -> None:
    with pytest.raises(NoSuchDevice, match=r'that is the default; there is "array"$'):
        opened(NoDefault({16_000}, {1}))


def test_devices_say_what_they_are_the_default_for() -> None:
    (device,) = devices(FakePortAudio({16_000}, {1}))
    assert device["api"] == "ALSA"
    assert device["default"] == ["input"]


def test_without_cancelling_the_process_starts_quickly() -> None:
    """It imports nothing that takes long, and nothing that starts threads."""
    look = "import sys, edgevoice.transports.sound_process; print(*sys.modules)"
    answer = subprocess.run(
        [sys.executable, "-c", look], check=True, capture_output=True, text=True, timeout=30
    )
    assert not {"numpy", "soxr", "asyncio", "pyaudio"} & set(answer.stdout.split())


def card(name: str, *places: str, inputs: int = 1) -> dict[str, Any]:
    return {"name": name, "places": list(places), "maxInputChannels": inputs}


LEFT = card("Jabra: USB Audio (hw:1,0)", "usb:1-1.3", "path:usb-0:1.3:1.0")
RIGHT = card("Jabra: USB Audio (hw:2,0)", "usb:1-1.4", "path:usb-0:1.4:1.0")
WEBCAM = card("Webcam: USB Audio (hw:0,0)", "usb:1-1.1")
EAR = "maxInputChannels"


@pytest.mark.parametrize("there", [[LEFT, RIGHT, WEBCAM], [WEBCAM, RIGHT, LEFT]])
def test_equal_devices_are_told_apart_by_their_places(there: list[dict[str, Any]]) -> None:
    assert find_device(there, "usb:1-1.4", EAR) is RIGHT
    assert find_device(there, "path:usb-0:1.3:1.0", EAR) is LEFT
    with pytest.raises(NoSuchDevice, match='"Jabra: USB Audio" at usb:1-1'):
        find_device(there, "usb:1-1.2", EAR)


def known(name: str, *places: str, twins: bool = False, only: bool = False) -> dict[str, Any]:
    return {"name": name, "places": list(places), "twins": twins, "only": only}


def test_a_device_is_found_again_whatever_its_number() -> None:
    renumbered = {**LEFT, "name": "Jabra: USB Audio (hw:7,0)"}
    assert find_again([WEBCAM, renumbered], known("Jabra: USB Audio", "usb:1-1.3"), EAR)
    assert find_again([WEBCAM, RIGHT], known("Jabra: USB Audio", "usb:1-1.3"), EAR) is RIGHT
    assert find_again([RIGHT, LEFT], known("Jabra: USB Audio", "usb:1-1.3"), EAR) is LEFT
    twin = known("Jabra: USB Audio", "usb:1-1.3", twins=True)
    assert find_again([RIGHT, LEFT], twin, EAR) is LEFT
    assert find_again([RIGHT, WEBCAM], twin, EAR) is None
    assert find_again([{**LEFT, EAR: 0}], twin, EAR) is None


class Machine(FakePortAudio):
    """Devices by their names; the first one is the default."""

    def __init__(self, *names: str) -> None:
        super().__init__({16_000}, {1})
        self._infos = [{**self._info, "index": at, "name": name} for at, name in enumerate(names)]

    def get_device_count(self) -> int:
        return len(self._infos)

    def get_device_info_by_index(self, index: int) -> dict[str, Any]:
        return self._infos[index]

    def get_default_input_device_info(self) -> dict[str, Any]:
        return self._infos[0]


def reopened(audio: Machine, before: dict[str, Any], wanted: str | None = None) -> Card:
    return Card(audio, "input", wanted, [16_000], 20, lambda *_: lambda *_: (None, 0), before)


def test_another_default_is_not_taken_for_the_one_we_had() -> None:
    machine = Machine("Webcam: USB Audio (hw:0,0)", "Headset: USB Audio (hw:1,0)")
    jabra = known("Jabra: USB Audio", only=True)
    with pytest.raises(NoSuchDevice, match='like before, "Jabra: USB Audio"; there is "Webcam'):
        reopened(machine, jabra)
    assert reopened(machine, {**jabra, "only": False}).name == "Webcam: USB Audio"
    headset = known("Headset: USB Audio", only=True)
    assert reopened(machine, headset).name == "Headset: USB Audio"
    assert reopened(machine, headset, "usb").name == "Headset: USB Audio"


def test_two_of_one_name_are_called_twins() -> None:
    one, two = "Jabra: USB Audio (hw:1,0)", "Jabra: USB Audio (hw:2,0)"
    assert reopened(Machine(one, two), known("nobody")).described()["twins"]
    assert not reopened(Machine(one, "Webcam (hw:2,0)"), known("nobody")).described()["twins"]


@pytest.mark.parametrize(("now", "refused"), [(1, False), (2, True), (None, False)])
def test_the_card_behind_the_default_is_looked_at(
    now: int | None, refused: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    places = {1: ["usb:1-1.3"], 2: ["path:platform-fef00700.hdmi"]}
    monkeypatch.setattr(sound_cards, "find_places", lambda: places)
    monkeypatch.setattr(sound_cards, "held_cards", lambda _: {now} - {None})
    before = known("default", "usb:1-1.3", only=True)
    if refused:
        with pytest.raises(NoSuchDevice, match="another card now"):
            reopened(Machine("default"), before)
    else:
        assert reopened(Machine("default"), before).described()["places"] == places.get(
            now or 0, []
        )
    assert reopened(Machine("default"), {**before, "only": False}).name == "default"
