"""Where cards are plugged in, by trees of /sys and /dev as boards and a computer have them."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgevoice.transports.sound_places import (
    closeness,
    find_places,
    held_cards,
    number_in,
    plain_name,
)

PI4_USB = "platform/scb/fd500000.pcie/pci0000:00/0000:00:00.0/0000:01:00.0/usb1"
PI4 = {
    0: ("platform/soc/fe00b840.mailbox/bcm2835_audio", "platform-bcm2835_audio"),
    1: ("platform/soc/fef00700.hdmi", "platform-fef00700.hdmi"),
    2: (
        f"{PI4_USB}/1-1/1-1.3/1-1.3:1.0",
        "platform-fd500000.pcie-pci-0000:01:00.0-usb-0:1.3:1.0",
    ),
    3: (
        f"{PI4_USB}/1-1/1-1.4/1-1.4:1.0",
        "platform-fd500000.pcie-pci-0000:01:00.0-usb-0:1.4:1.0",
    ),
}
"""Two speakerphones in the two lower sockets of a Raspberry Pi 4: the hub inside it is port 1."""

PI5_USB = "platform/axi/1000120000.pcie/1f00200000.usb/xhci-hcd.0/usb1"
PI5 = {
    0: ("platform/axi/1000120000.pcie/107c701400.hdmi", "platform-107c701400.hdmi"),
    1: ("platform/axi/1000120000.pcie/107c706400.hdmi", "platform-107c706400.hdmi"),
    2: (
        f"{PI5_USB}/1-2/1-2:1.0",
        "platform-xhci-hcd.0-usb-0:2:1.0",
    ),
}

PC_USB = "pci0000:00/0000:00:14.0"
PC = {
    0: ("pci0000:00/0000:00:1f.3", "pci-0000:00:1f.3"),
    1: (f"{PC_USB}/usb1/1-4/1-4.1/1-4.1.2/1-4.1.2:1.0", "pci-0000:00:14.0-usb-0:4.1.2:1.0"),
    # A codec on an I2C bus: its address looks like a port.
    2: ("pci0000:00/0000:00:15.0/i2c_designware.0/i2c-1/1-001a", "pci-0000:00:15.0"),
    10: (f"{PC_USB}/usb3/3-10/3-10:1.3", "pci-0000:00:14.0-usb-0:10:1.3"),
}


def plug_in(root: Path, cards: Mapping[int, tuple[str, str]]) -> Path:
    """Make the folders and links that the kernel and udev make."""
    (root / "sys/class/sound").mkdir(parents=True)
    (root / "sys/class/sound/timer").mkdir()
    (root / "dev/snd/by-path").mkdir(parents=True)
    for number, (device, path) in cards.items():
        card = f"devices/{device}/sound/card{number}"
        (root / "sys" / card).mkdir(parents=True)
        (root / f"sys/class/sound/card{number}").symlink_to(f"../../{card}")
        (root / f"sys/class/sound/pcmC{number}D0p").symlink_to(f"../../{card}/pcmC{number}D0p")
        (root / f"dev/snd/controlC{number}").touch()
        (root / f"dev/snd/by-path/{path}").symlink_to(f"../controlC{number}")
    return root


@pytest.mark.parametrize(
    ("cards", "ports"),
    [
        (PI4, {2: "usb:1-1.3", 3: "usb:1-1.4"}),
        (PI5, {2: "usb:1-2"}),
        (PC, {1: "usb:1-4.1.2", 10: "usb:3-10"}),
    ],
)
def test_every_card_has_its_path_and_a_usb_card_its_port(
    tmp_path: Path, cards: Mapping[int, tuple[str, str]], ports: dict[int, str]
) -> None:
    places = find_places(plug_in(tmp_path, cards))
    assert set(places) == set(cards)
    for number, (_, path) in cards.items():
        usb = [ports[number]] if number in ports else []
        assert places[number] == [*usb, f"path:{path}"]


def test_equal_speakerphones_keep_their_places_when_they_are_numbered_otherwise(
    tmp_path: Path,
) -> None:
    swapped = {**PI4, 2: PI4[3], 3: PI4[2]}
    before = find_places(plug_in(tmp_path / "before", PI4))
    after = find_places(plug_in(tmp_path / "after", swapped))
    assert (before[2], before[3]) == (after[3], after[2])
    assert set(before[2]).isdisjoint(before[3])


def test_without_udev_there_are_ports_and_without_anything_nothing(tmp_path: Path) -> None:
    assert find_places(tmp_path) == {}
    root = plug_in(tmp_path / "here", PI5)
    for link in (root / "dev/snd/by-path").iterdir():
        link.unlink()
    (root / "dev/snd/by-path/README").touch()
    assert find_places(root) == {0: [], 1: [], 2: ["usb:1-2"]}


def test_the_cards_that_are_held_are_seen_behind_any_name(tmp_path: Path) -> None:
    descriptors = tmp_path / "proc/self/fd"
    descriptors.mkdir(parents=True)
    for number, behind in enumerate(
        ["/dev/null", "/dev/snd/pcmC2D0c", "/dev/snd/pcmC10D3p", "/dev/snd/controlC0", "pipe:[7]"]
    ):
        (descriptors / str(number)).symlink_to(behind)
    assert held_cards("input", tmp_path) == {2}
    assert held_cards("output", tmp_path) == {10}
    assert held_cards("output", tmp_path / "elsewhere") == set()


def test_this_process_holds_no_card() -> None:
    assert held_cards("input") == set()


@pytest.mark.parametrize(
    ("name", "plain", "number"),
    [
        ("Jabra SPEAK 510 USB: Audio (hw:1,0)", "Jabra SPEAK 510 USB: Audio", 1),
        ("vc4-hdmi-0: MAI PCM i2s-hifi-0 (hw:10,3)", "vc4-hdmi-0: MAI PCM i2s-hifi-0", 10),
        ("default", "default", None),
        ("sysdefault", "sysdefault", None),
        ("Odd (hw:1,0) thing", "Odd (hw:1,0) thing", None),
    ],
)
def test_a_name_is_told_from_its_numbers(name: str, plain: str, number: int | None) -> None:
    assert plain_name(name) == plain
    assert number_in(name) == number


NAME = "Jabra SPEAK 510 USB: Audio (hw:2,0)"
PLACES = ["usb:1-1.3", "path:platform-fd500000.pcie-pci-0000:01:00.0-usb-0:1.3:1.0"]


@pytest.mark.parametrize(
    ("wanted", "fits"),
    [
        ("jabra", 1),
        ("Jabra SPEAK 510 USB: Audio", 2),
        ("jabra speak 510 usb: audio (hw:7,0)", 2),  # copied when it had another number
        ("usb:1-1.3", 2),
        (PLACES[1], 2),
        ("usb:1-1", 0),
        ("usb:1-1.30", 0),
        ("hw:2", 0),
        ("webcam", 0),
    ],
)
def test_settings_mean_names_and_places_and_no_numbers(wanted: str, fits: int) -> None:
    assert closeness(wanted, NAME, PLACES) == fits


@given(st.integers(0, 31), st.integers(0, 31), st.text())
def test_the_number_never_matters(one: int, other: int, wanted: str) -> None:
    names = [f"Jabra: USB Audio (hw:{number},0)" for number in (one, other)]
    assert closeness(wanted, names[0], []) == closeness(wanted, names[1], [])
