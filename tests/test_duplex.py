"""What follows from a measured echo, and from the settings."""

from dataclasses import dataclass, fields, replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgevoice.duplex import Devices, Duplex, Echo, Measured, between, choose, decide

ECHO = Echo(
    heard=2,
    noise_dbfs=-60.0,
    delay_ms=60.0,
    level_db=-12.0,
    expected_dbfs=-34.0,
    rush_dbfs=-34.0,
    residual_dbfs=-61.0,
)
SILENT = Echo(heard=0, noise_dbfs=-60.0)


@pytest.mark.parametrize(
    ("echo", "duplex", "words"),
    [
        (ECHO, Duplex.CANCEL, "there is an echo"),
        (SILENT, Duplex.FULL, "no echo comes back"),
        (replace(ECHO, expected_dbfs=-81.0), Duplex.FULL, "too faint"),
        (replace(SILENT, noise_dbfs=-40.0), Duplex.HALF, "measure when it is quieter"),
        (replace(SILENT, gated=True), Duplex.HALF, "switched off by itself"),
        (replace(ECHO, clipped=True), Duplex.HALF, "turn one of them down"),
        (replace(ECHO, heard=1), Duplex.HALF, "measure again"),
        (replace(ECHO, rush_dbfs=-61.0), Duplex.FULL, "by itself"),
        (replace(ECHO, heard=1, jitter_ms=90.0, rush_dbfs=-59.5), Duplex.FULL, "by itself"),
        (
            replace(ECHO, jitter_ms=90.0, expected_dbfs=-65.0, rush_dbfs=-60.0),
            Duplex.FULL,
            "itself",
        ),
        (replace(ECHO, noise_dbfs=-40.0, rush_dbfs=-40.0), Duplex.CANCEL, "there is an echo"),
        (replace(ECHO, rush_dbfs=-57.0), Duplex.CANCEL, "there is an echo"),
        (replace(ECHO, expected_dbfs=-62.0, rush_dbfs=-60.0), Duplex.CANCEL, "there is an echo"),
        (replace(ECHO, jitter_ms=20.0), Duplex.HALF, "moved by 20 ms"),
        (replace(ECHO, rush_dbfs=-34.0, residual_dbfs=-42.0), Duplex.HALF, "only 8 dB"),
    ],
)
def test_the_echo_decides(echo: Echo, duplex: Duplex, words: str) -> None:
    chosen, reason = choose(echo)
    assert chosen is duplex
    assert words in reason


def test_what_is_left_in_a_silent_room_is_not_measured_by_its_silence() -> None:
    """A microphone without any noise of its own would make every remainder look large."""
    echo = replace(ECHO, noise_dbfs=-96.0, residual_dbfs=-70.0)
    assert choose(echo)[0] is Duplex.CANCEL


numbers = st.floats(-100, 1_000)


@given(
    st.builds(
        Echo,
        heard=st.integers(0, 2),
        clipped=st.booleans(),
        gated=st.booleans(),
        **{field.name: numbers for field in fields(Echo) if field.type is float},
    )
)
def test_every_reason_is_a_sentence_without_its_full_stop(echo: Echo) -> None:
    duplex, reason = choose(echo)
    assert reason.isprintable() and reason[0].islower() and not reason.endswith(".")
    if duplex is Duplex.CANCEL:
        assert echo.heard == 2
    if echo.clipped or echo.gated:
        assert duplex is Duplex.HALF


MEASURED = Measured(ECHO, Duplex.CANCEL, "there is an echo", date(2026, 3, 1))


@pytest.mark.parametrize("setting", ["full", "cancel", "half"])
@pytest.mark.parametrize("measured", [None, MEASURED])
def test_the_setting_wins(setting: str, measured: Measured | None) -> None:
    assert decide(setting, measured) == (Duplex(setting), f"audio.duplex says {setting}")


def test_auto_is_what_was_measured() -> None:
    assert decide("auto", MEASURED) == (
        Duplex.CANCEL,
        "there is an echo (measured 2026-03-01)",
    )


def test_until_it_is_measured_we_do_not_listen_while_we_speak() -> None:
    assert decide("auto", None) == (
        Duplex.HALF,
        "not measured yet: run `edgevoice doctor --echo`",
    )
    assert decide("auto", None, "the file is damaged") == (
        Duplex.HALF,
        "the file is damaged: run `edgevoice doctor --echo`",
    )


@dataclass
class FakeDevice:
    name: str
    max_inputs: int = 0
    max_outputs: int = 0
    is_default_input: bool = False
    is_default_output: bool = False
    places: tuple[str, ...] = ()


JABRA = FakeDevice("Jabra Speak", 1, 2)
JABRA_2 = FakeDevice("Jabra Speak 2", 1, 2)
DEFAULT = FakeDevice("default", 32, 32, is_default_input=True, is_default_output=True)
HEADPHONES = FakeDevice("Headphones", max_outputs=2)


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ((None, None), ("default", "default")),
        (("jabra speak", "HEADPHONES"), ("Jabra Speak", "Headphones")),
        (("jabra", "2"), ("Jabra Speak 2", "Jabra Speak 2")),
        (("headphones", "webcam"), ("", "")),
    ],
)
def test_devices_are_found_by_the_names_in_the_settings(
    wanted: tuple[str | None, str | None], found: tuple[str, str]
) -> None:
    assert between(*wanted, [JABRA_2, JABRA, DEFAULT, HEADPHONES]) == Devices(*found)


def test_equal_devices_are_found_by_their_places_and_named_without_numbers() -> None:
    left = FakeDevice("Jabra: USB Audio (hw:1,0)", 1, 2, places=("usb:1-1.3",))
    right = FakeDevice("Jabra: USB Audio (hw:2,0)", 1, 2, places=("usb:1-1.4", "path:usb-0:1.4"))
    named = "Jabra: USB Audio"
    assert between("usb:1-1.4", "path:usb-0:1.4", [left, right]) == Devices(named, named)
    assert between("usb:1-1.2", "hw:1,0", [left, right]) == Devices("", "")
    assert between(left.name, right.name, [replace(left, is_default_input=True)]) == Devices(
        named, named
    )


def test_without_devices_there_are_no_names() -> None:
    assert between(None, None, []) == Devices("", "")
