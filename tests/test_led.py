"""A light on a GPIO line, on a made-up board and on a made-up clock."""

import logging
import sys
import threading
from collections.abc import Mapping
from enum import Enum
from itertools import combinations
from queue import Empty
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgevoice.errors import ConfigError
from edgevoice.led import RHYTHMS, GpioLed, blink, light
from edgevoice.signals import Phase, load_led


class Script:
    """Phases and when they come; its clock stands wherever the one who waits has got to."""

    def __init__(self, *changes: tuple[float, Phase | None]) -> None:
        self.changes = list(changes)
        self.now = 0.0
        self.switched: list[tuple[float, bool]] = []

    def get(self, *, timeout: float | None) -> Phase | None:
        at, _ = self.changes[0]
        if timeout is not None and self.now + timeout < at:
            self.now += timeout
            raise Empty
        self.now = at
        return self.changes.pop(0)[1]

    def switch(self, lit: bool) -> None:
        self.switched.append((round(self.now, 3), lit))

    def play(self) -> list[tuple[float, bool]]:
        blink(self.switch, self, lambda: self.now)
        return self.switched


def test_a_light_blinks_in_the_rhythm_of_its_phase_until_the_next_one() -> None:
    script = Script((0.0, Phase.THINKING), (1.0, Phase.READY), (9.0, Phase.HEARING), (9.2, None))

    assert script.play() == [
        (0.0, True),
        (0.4, False),
        (0.8, True),
        (1.0, True),
        (9.0, True),
        (9.12, False),
        (9.2, False),
    ]


def test_a_light_that_is_let_go_is_dark() -> None:
    assert Script((0.0, None)).play() == [(0.0, False)]


@given(st.sampled_from(Phase), st.integers(0, 10**9))
def test_a_light_stays_as_it_is_exactly_as_long_as_it_says(phase: Phase, ms: int) -> None:
    lit, remaining = light(phase, ms / 1000)

    if remaining is None:
        assert lit
    else:
        last = ms + round(remaining * 1000) - 1
        assert ms <= last < ms + 4000
        assert light(phase, last / 1000)[0] is lit
        assert light(phase, (last + 1) / 1000)[0] is not lit


def test_phases_can_be_told_apart_at_a_glance() -> None:
    def seen(phase: Phase) -> list[bool]:
        return [light(phase, ms / 1000)[0] for ms in range(0, 4000, 10)]

    for one, other in combinations(Phase, 2):
        differing = sum(a is not b for a, b in zip(seen(one), seen(other), strict=True))
        assert differing >= 10, (one, other)


def test_every_phase_has_a_rhythm_that_comes_round() -> None:
    assert set(RHYTHMS) == set(Phase)
    assert all(len(rhythm) == 1 or len(rhythm) % 2 == 0 for rhythm in RHYTHMS.values())


class Direction(Enum):
    OUTPUT = "output"


class Value(Enum):
    ACTIVE = "active"
    INACTIVE = "inactive"


class Board:
    """Stands in for the package gpiod: one chip, and a note of what was asked of it."""

    def __init__(self) -> None:
        self.calls: list[object] = []
        self.refuse: Exception | None = None
        self.gone = False

    def LineSettings(self, *, direction: Direction, output_value: Value) -> object:  # noqa: N802
        return direction, output_value

    def request_lines(self, path: str, *, consumer: str, config: Mapping[int, object]) -> "Board":
        if self.refuse:
            raise self.refuse
        self.calls.append((path, consumer, dict(config)))
        return self

    def set_value(self, line: int, value: Value) -> None:
        if self.gone:
            raise OSError(19, "No such device")
        self.calls.append((line, value))

    def release(self) -> None:
        self.calls.append("released")


@pytest.fixture
def board(monkeypatch: pytest.MonkeyPatch) -> Board:
    board = Board()
    gpiod, line = ModuleType("gpiod"), ModuleType("gpiod.line")
    vars(gpiod).update(
        line=line, LineSettings=board.LineSettings, request_lines=board.request_lines
    )
    vars(line).update(Direction=Direction, Value=Value)
    monkeypatch.setitem(sys.modules, "gpiod", gpiod)
    monkeypatch.setitem(sys.modules, "gpiod.line", line)
    return board


def test_a_light_takes_its_line_dark_and_gives_it_back_dark(board: Board) -> None:
    led = load_led("gpiochip4:17")
    led.show(Phase.READY)
    led.show(Phase.READY)
    led.close()

    assert board.calls == [
        ("/dev/gpiochip4", "edgevoice", {17: (Direction.OUTPUT, Value.INACTIVE)}),
        (17, Value.ACTIVE),
        (17, Value.INACTIVE),
        "released",
    ]
    assert "led" not in {thread.name for thread in threading.enumerate()}


def test_a_light_that_breaks_is_said_once_and_nothing_else_stops(
    board: Board, caplog: pytest.LogCaptureFixture
) -> None:
    led = GpioLed("gpiochip0:27")
    board.gone = True

    led.show(Phase.READY)
    led.show(Phase.HEARING)
    led.close()

    assert caplog.record_tuples == [
        ("edgevoice.led", logging.WARNING, "the light on gpiochip0:27 is gone (No such device)")
    ]
    assert board.calls[-1] == "released"


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (FileNotFoundError(2, "No such file or directory"), "No such file.*gpioinfo"),
        (OSError(16, "Device or resource busy"), "resource busy.*gpioinfo"),
        (PermissionError(13, "Permission denied"), "Permission denied.*group gpio"),
        (ValueError("unknown line"), "unknown line.*gpioinfo"),
    ],
)
def test_a_line_that_cannot_be_had_is_one_line_with_a_cure(
    board: Board, error: Exception, words: str
) -> None:
    board.refuse = error

    with pytest.raises(ConfigError, match=f"signals.led is gpiochip0:27, .*{words}"):
        load_led("gpiochip0:27")


def test_without_gpiod_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "gpiod", None)

    with pytest.raises(
        ConfigError, match=r"signals.led names .*gpiod is not installed.*pip install"
    ):
        load_led("gpiochip0:27")
