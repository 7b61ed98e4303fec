"""Choosing and opening devices, with a PortAudio that says what the test wants."""

import subprocess
import sys
from typing import Any

import pytest

from edgevoice.transports.sound_cards import Card, NoSuchDevice, devices, find_device

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
