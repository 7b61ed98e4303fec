"""Where sound cards are plugged in, and which of them the settings mean: by name or place.

Never by number: the kernel numbers cards in the order in which it finds them, and PortAudio puts
that number into its names. A card's places are written as they are in the settings:

    usb:1-1.3                                           the kernel's name for the USB port
    path:platform-fd500000.pcie-pci-0000:01:00.0-usb-0:1.3:1.0     udev's name, in /dev/snd/by-path

Part of the sound process: imports nothing that is not part of Python.
"""

import contextlib
import os
import re
from collections.abc import Sequence
from pathlib import Path

USB, PATH = "usb:", "path:"

_NUMBERED = re.compile(r" \(hw:(\d+),\d+\)$")
_CARD = re.compile(r"(?:card|controlC)(\d+)")
_PORT = re.compile(r"(\d+)-\d+(?:\.\d+)*")

ROOT = Path("/")


def plain_name(name: str) -> str:
    """PortAudio's `name` without the numbers of card and device, which may be others tomorrow."""
    return _NUMBERED.sub("", name)


def number_in(name: str) -> int | None:
    """The number of the card in PortAudio's `name`; None: it is not about one card."""
    found = _NUMBERED.search(name)
    return int(found[1]) if found else None


def closeness(wanted: str, name: str, places: Sequence[str]) -> int:
    """How well a device fits the setting `wanted`: 2 by its place or whole name, 1 by a part of
    its name, in any case; 0 not at all.
    """
    if wanted.startswith((USB, PATH)):
        return 2 if wanted in places else 0
    asked, called = plain_name(wanted).casefold(), plain_name(name).casefold()
    return 2 if asked == called else int(asked in called)


def find_places(root: Path = ROOT) -> dict[int, list[str]]:
    """The places of all cards, by the cards' numbers of now; the USB port comes first.

    `root`: where /sys and /dev are; what is not there has no place.
    """
    places: dict[int, list[str]] = {}
    for entry in _entries(root / "sys/class/sound"):
        card = _CARD.fullmatch(entry.name)
        if card and entry.name.startswith("card"):
            places[int(card[1])] = _usb_port(entry.resolve())
    for link in _entries(root / "dev/snd/by-path"):
        with contextlib.suppress(OSError):
            card = _CARD.fullmatch(link.readlink().name)
            if card:
                places.setdefault(int(card[1]), []).append(PATH + link.name)
    return places


def held_cards(direction: str, root: Path = ROOT) -> set[int]:
    """Numbers of the cards that this process holds open: what is behind a device that is only
    called "default". `direction`: input or output. Empty where a sound server holds them.
    """
    device = re.compile(rf"/dev/snd/pcmC(\d+)D\d+{'c' if direction == 'input' else 'p'}")
    held = set()
    for link in _entries(root / "proc/self/fd"):
        with contextlib.suppress(OSError):  # the one through which we look is gone
            card = device.fullmatch(os.fspath(link.readlink()))
            if card:
                held.add(int(card[1]))
    return held


def _usb_port(device: Path) -> list[str]:
    """Of …/usb1/1-1/1-1.3/1-1.3:1.0/sound/card2, the last port of that bus: 1-1.3."""
    ports = [port for port in map(_PORT.fullmatch, device.parts) if port]
    return [USB + port[0] for port in ports[-1:] if f"usb{port[1]}" in device.parts]


def _entries(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []
