"""The sound card's directions: which devices there are, and how one is opened.

Part of the sound process: imports nothing but PyAudio, and that late.
"""

import contextlib
import importlib
from collections.abc import Callable, Iterable, Sequence
from typing import Any

PA_INT16, PA_CONTINUE = 8, 0
PA_INPUT_OVERFLOW, PA_OUTPUT_UNDERFLOW = 2, 4
"""From portaudio.h."""

Callback = Callable[[bytes | None, int, Any, int], tuple[bytes | None, int]]


class NoSuchDevice(Exception):  # noqa: N818  # it is caught in this file
    """There is no device of that name, or none that can be opened."""


def find_device(devices: Sequence[dict[str, Any]], wanted: str, channels: str) -> dict[str, Any]:
    """The device called `wanted`, or else the first with `wanted` in its name, in any case.

    `channels` is PortAudio's name for the direction, `maxInputChannels` or `maxOutputChannels`.
    """
    usable = [device for device in devices if device[channels] > 0]
    name = wanted.casefold()
    for matches in (name.__eq__, lambda found: name in found):
        for device in usable:
            if matches(device["name"].casefold()):
                return device
    raise NoSuchDevice(f'called "{wanted}"; there is {_names(usable) or "none at all"}')


def _names(devices: Iterable[dict[str, Any]]) -> str:
    return ", ".join(f'"{device["name"]}"' for device in devices)


class Card:
    """One direction of a sound card: a PortAudio stream that has been opened, not yet started."""

    def __init__(
        self,
        audio: Any,
        direction: str,
        wanted: str | None,
        rates: Sequence[int],
        period_ms: int,
        callback_for: Callable[[int, int], Callback],
    ) -> None:
        most = f"max{direction.capitalize()}Channels"
        device = _device(audio, direction, wanted, most)
        self.name = str(device["name"])
        rates = [*rates, round(device["defaultSampleRate"]), 48_000, 44_100]
        counts = [count for count in (1, 2, device[most]) if count <= device[most]]
        reason = ""
        for self.channels in dict.fromkeys(counts):
            for self.rate in dict.fromkeys(rates):
                try:
                    self.stream = audio.open(
                        format=PA_INT16,
                        rate=self.rate,
                        channels=self.channels,
                        frames_per_buffer=self.rate * period_ms // 1000,
                        stream_callback=callback_for(self.channels, self.rate),
                        start=False,
                        **{direction: True, f"{direction}_device_index": device["index"]},
                    )
                    return
                except (OSError, ValueError) as error:
                    reason = str(error)
        raise NoSuchDevice(f'that works: "{self.name}" cannot be opened ({reason})')

    def described(self) -> dict[str, Any]:
        """What the agent must know of this stream."""
        return {"name": self.name, "rate": self.rate, "channels": self.channels}


def _device(audio: Any, direction: str, wanted: str | None, most: str) -> dict[str, Any]:
    if wanted is not None:
        return find_device(devices(audio), wanted, most)
    try:
        return dict(getattr(audio, f"get_default_{direction}_device_info")())
    except OSError:
        there = _names(device for device in devices(audio) if device[most] > 0)
    raise NoSuchDevice(f"that is the default; there is {there}" if there else "on this machine")


def devices(audio: Any) -> list[dict[str, Any]]:
    """All devices as PortAudio describes them, with their `api` and what they are `default` for."""
    defaults = {}
    for direction in ("input", "output"):
        with contextlib.suppress(OSError):  # there is none
            default = getattr(audio, f"get_default_{direction}_device_info")()
            defaults[direction] = default["index"]
    found = []
    for index in range(audio.get_device_count()):
        device = dict(audio.get_device_info_by_index(index))
        device["api"] = audio.get_host_api_info_by_index(device["hostApi"])["name"]
        device["default"] = [where for where, number in defaults.items() if number == index]
        found.append(device)
    return found


def portaudio() -> Any:
    """PyAudio's door; raises `ImportError` without it."""
    # Not at the top: the agent imports this file as well and needs no PyAudio.
    return importlib.import_module("pyaudio").PyAudio()
