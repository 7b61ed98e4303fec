"""The sound card's directions: which devices there are, and how one is opened.

Part of the sound process: imports nothing but PyAudio, and that late.
Which device is meant is said by the settings, by name or by place (`sound_places`); and, when it is
opened again, by what was opened before:

    known = {"name": plain name, "places": [...], "twins": several have that name,
             "only": no other one will do}
"""

import contextlib
import importlib
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from edgevoice.transports.sound_places import (
    closeness,
    find_places,
    held_cards,
    number_in,
    plain_name,
)

PA_INT16, PA_CONTINUE = 8, 0
PA_INPUT_OVERFLOW, PA_OUTPUT_UNDERFLOW = 2, 4
"""From portaudio.h."""

Callback = Callable[[bytes | None, int, Any, int], tuple[bytes | None, int]]


class NoSuchDevice(Exception):  # noqa: N818  # it is caught in this file
    """There is no device of that name, or none that can be opened."""


def find_device(devices: Sequence[dict[str, Any]], wanted: str, channels: str) -> dict[str, Any]:
    """The device that is called `wanted` or is in that place, or else the first with `wanted` in
    its name.

    `channels` is PortAudio's name for the direction, `maxInputChannels` or `maxOutputChannels`.
    """
    usable = [device for device in devices if device[channels] > 0]
    fits = {number: _closeness(wanted, device) for number, device in enumerate(usable)}
    best = max(fits, key=fits.__getitem__, default=0)
    if fits.get(best):
        return usable[best]
    raise NoSuchDevice(f'called "{wanted}"; there is {_names(usable) or "none at all"}')


def find_again(
    devices: Sequence[dict[str, Any]], known: dict[str, Any], channels: str
) -> dict[str, Any] | None:
    """The device that was `known`, whatever its number is now; None: it is not there.

    It may have been plugged in elsewhere meanwhile, but only if its name tells that it is the one.
    """
    named = [
        device
        for device in devices
        if device[channels] > 0 and plain_name(device["name"]) == known["name"]
    ]
    there = [device for device in named if _meet(device["places"], known["places"])]
    return next(iter(there if there or known["twins"] else named), None)


def _closeness(wanted: str, device: dict[str, Any]) -> int:
    return closeness(wanted, device["name"], device["places"])


def _meet(places: Sequence[str], others: Sequence[str]) -> bool:
    """Whether they may be one place; where nothing is known of one, they may."""
    return not places or not others or not set(places).isdisjoint(others)


def _names(devices: Iterable[dict[str, Any]]) -> str:
    return ", ".join(
        " at ".join([f'"{plain_name(device["name"])}"', *device["places"][:1]])
        for device in devices
    )


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
        known: dict[str, Any] | None = None,
    ) -> None:
        most = f"max{direction.capitalize()}Channels"
        there = [device for device in devices(audio) if device[most] > 0]
        device = _device(there, direction, wanted, most, known)
        self._direction = direction
        self._places: list[str] = device["places"]
        self.name = plain_name(device["name"])
        self._twins = sum(plain_name(other["name"]) == self.name for other in there) > 1
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
                except (OSError, ValueError) as error:
                    reason = str(error)
                else:
                    self._look_behind(known)
                    return
        raise NoSuchDevice(f'that works: "{self.name}" cannot be opened ({reason})')

    def described(self) -> dict[str, Any]:
        """What the agent must know of this stream."""
        return {
            "name": self.name,
            "rate": self.rate,
            "channels": self.channels,
            "places": self._places,
            "twins": self._twins,
        }

    def _look_behind(self, known: dict[str, Any] | None) -> None:
        """A device that is called "default" may have another card behind it than before."""
        if self._places:
            return
        held, places = held_cards(self._direction), find_places()
        self._places = [place for number in sorted(held) for place in places.get(number, [])]
        if known and known["only"] and not _meet(self._places, known["places"]):
            raise NoSuchDevice(f'like before: "{self.name}" is another card now')


def _device(
    there: Sequence[dict[str, Any]],
    direction: str,
    wanted: str | None,
    most: str,
    known: dict[str, Any] | None,
) -> dict[str, Any]:
    again = find_again(there, known, most) if known else None
    if again:
        return again
    if known and known["only"]:
        raise NoSuchDevice(f'like before, "{known["name"]}"; there is {_names(there) or "none"}')
    if wanted is not None:
        return find_device(there, wanted, most)
    for device in there:
        if direction in device["default"]:
            return device
    others = _names(there)
    raise NoSuchDevice(f"that is the default; there is {others}" if others else "on this machine")


def devices(audio: Any) -> list[dict[str, Any]]:
    """All devices as PortAudio describes them, with their `api`, what they are `default` for, and
    their `places`.
    """
    defaults, places = {}, find_places()
    for direction in ("input", "output"):
        with contextlib.suppress(OSError):  # there is none
            default = getattr(audio, f"get_default_{direction}_device_info")()
            defaults[direction] = default["index"]
    found = []
    for index in range(audio.get_device_count()):
        device = dict(audio.get_device_info_by_index(index))
        device["api"] = audio.get_host_api_info_by_index(device["hostApi"])["name"]
        device["default"] = [where for where, number in defaults.items() if number == index]
        number = number_in(device["name"])
        device["places"] = [] if number is None else places.get(number, [])
        found.append(device)
    return found


def portaudio() -> Any:
    """PyAudio's door; raises `ImportError` without it."""
    # Not at the top: the agent imports this file as well and needs no PyAudio.
    return importlib.import_module("pyaudio").PyAudio()
