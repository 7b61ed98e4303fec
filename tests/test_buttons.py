"""Keys and buttons: what they mean, and that they leave everything as it was."""

import asyncio
import os
import sys
import termios
from collections.abc import Callable, Iterator
from datetime import timedelta
from enum import Enum
from itertools import count
from types import SimpleNamespace
from typing import Any

import pytest

from edgevoice.buttons import ESCAPED, Button, GpioButton, TerminalKeys, parse_line, signal_for
from edgevoice.dialog.attention import Attending, Attention, Mode, Signal, State
from edgevoice.errors import ConfigError
from tests.terminal import a_terminal

LISTENING = Attending(State.LISTENING)


def held(button: Button, press: Callable[[], None], until: Callable[[], bool]) -> None:
    """Use `button`, with `press` called meanwhile, until `until`."""

    async def hold() -> None:
        async with asyncio.timeout(10), button:
            press()
            while not until():
                await asyncio.sleep(0)

    asyncio.run(hold())


@pytest.mark.parametrize(
    ("key", "state", "muted", "signal"),
    [
        (" ", State.KEY_UP, False, Signal.PRESS),
        (" ", State.KEY_DOWN, False, Signal.RELEASE),
        (" ", State.LISTENING, False, Signal.PRESS),
        ("m", State.LISTENING, False, Signal.MUTE),
        ("m", State.DOZING, True, Signal.UNMUTE),
        ("s", State.LISTENING, False, Signal.SLEEP),
        ("s", State.DOZING, True, Signal.WAKE),
        ("s", State.CALLED, False, Signal.SLEEP),
        ("s", State.WAITING, False, Signal.WAKE),
        ("x", State.LISTENING, False, None),
        ("\n", State.LISTENING, False, None),
    ],
)
def test_what_keys_mean(key: str, state: State, muted: bool, signal: Signal | None) -> None:
    assert signal_for(key, Attending(state, muted)) is signal


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("key", "ms")
def test_a_key_that_is_pressed_twice_is_where_it_was(mode: Mode, key: str) -> None:
    attention = Attention(mode, 100)
    for _ in range(2):
        signal = signal_for(key, attention.now)
        assert signal
        attention.signal(signal, 0)
    assert str(attention.now) == str(Attention(mode, 100).now)


@pytest.fixture
def terminal() -> Iterator[tuple[int, int]]:
    person, program = a_terminal()
    yield person, program
    os.close(person)
    os.close(program)


def test_a_terminal_gives_keys_at_once_and_shows_none(terminal: tuple[int, int]) -> None:
    person, program = terminal
    before = termios.tcgetattr(program)
    signals: list[Signal] = []
    meanwhile: list[Any] = []

    def type_() -> None:
        meanwhile.extend(termios.tcgetattr(program))
        os.write(person, b"qm s\xff")

    keys = TerminalKeys(signals.append, lambda: LISTENING, program)
    held(keys, type_, lambda: len(signals) == 3)
    assert signals == [Signal.MUTE, Signal.PRESS, Signal.SLEEP]
    assert not meanwhile[3] & (termios.ECHO | termios.ICANON)
    assert meanwhile[3] & termios.ISIG  # Ctrl-C
    assert termios.tcgetattr(program) == before


@pytest.mark.parametrize("arrow", ["\x1b[A", "\x1bOA", "\x1b[1;5m", "\x1bs", "\x1b[15~", "\x1b"])
def test_keys_that_send_several_letters_are_not_mistaken(arrow: str) -> None:
    assert ESCAPED.sub("", f"m{arrow}") == "m"
    assert ESCAPED.sub("", f"{arrow}{arrow}") == ""


def test_the_terminal_is_restored_when_something_fails(terminal: tuple[int, int]) -> None:
    _, program = terminal
    before = termios.tcgetattr(program)

    def fail() -> None:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        held(TerminalKeys(print, lambda: LISTENING, program), fail, lambda: True)
    assert termios.tcgetattr(program) == before


@pytest.mark.parametrize("background", [False, True])
def test_what_is_not_our_terminal_is_left_alone(
    background: bool, terminal: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    def untouchable(*_: object) -> None:
        raise AssertionError("a program in the background was stopped here")

    read, write = os.pipe()
    monkeypatch.setattr("termios.tcsetattr", untouchable)
    if background:
        monkeypatch.setattr("os.tcgetpgrp", lambda _: os.getpgrp() + 1)
    end = terminal[1] if background else read
    held(TerminalKeys(print, lambda: LISTENING, end), lambda: None, lambda: True)
    os.close(read)
    os.close(write)


def test_a_terminal_that_goes_away_is_no_failure() -> None:
    person, program = a_terminal()
    signals: list[Signal] = []
    keys = TerminalKeys(signals.append, lambda: LISTENING, program)
    ticks = count()
    held(keys, lambda: os.close(person), lambda: next(ticks) > 20)
    os.close(program)
    assert not signals


class Edge(Enum):
    RISING_EDGE = 1
    FALLING_EDGE = 2


class FakeGpiod:
    """`gpiod` with one chip whose lines do what a script says."""

    def __init__(self) -> None:
        self.fd, self._far = os.pipe()
        self.events: list[Edge] = []
        self.fault: OSError | None = None
        self.requested: dict[str, Any] = {}
        self.released = False

    def press(self, *edges: Edge) -> None:
        self.events += edges
        os.write(self._far, b"!")

    def request_lines(self, path: str, **how: Any) -> "FakeGpiod":
        if path != "/dev/gpiochip0":
            raise FileNotFoundError(2, "No such file or directory")
        self.requested = how
        return self

    def read_edge_events(self) -> list[SimpleNamespace]:
        os.read(self.fd, 1)
        if self.fault:
            raise self.fault
        events, self.events = self.events, []
        return [SimpleNamespace(event_type=edge) for edge in events]

    def release(self) -> None:
        self.released = True
        os.close(self.fd)
        os.close(self._far)

    LineSettings = SimpleNamespace
    EdgeEvent = SimpleNamespace(Type=Edge)
    line = SimpleNamespace(
        Direction=SimpleNamespace(INPUT="input"),
        Edge=SimpleNamespace(BOTH="both"),
        Bias=SimpleNamespace(PULL_UP="pull up"),
    )


@pytest.fixture
def gpiod(monkeypatch: pytest.MonkeyPatch) -> FakeGpiod:
    fake = FakeGpiod()
    monkeypatch.setitem(sys.modules, "gpiod", fake)
    return fake


def test_a_button_on_a_gpio_line(gpiod: FakeGpiod) -> None:
    signals: list[Signal] = []
    button = GpioButton("gpiochip0:17", signals.append)
    held(
        button,
        lambda: gpiod.press(Edge.RISING_EDGE, Edge.FALLING_EDGE, Edge.RISING_EDGE),
        lambda: len(signals) == 3,
    )
    assert signals == [Signal.PRESS, Signal.RELEASE, Signal.PRESS]
    settings = gpiod.requested["config"][17]
    assert settings.bias == "pull up" and settings.active_low
    assert settings.debounce_period >= timedelta(milliseconds=5)
    assert gpiod.released


def test_a_button_that_goes_away_is_told_once(
    gpiod: FakeGpiod, caplog: pytest.LogCaptureFixture
) -> None:
    gpiod.fault = OSError(19, "No such device")

    def press_twice() -> None:
        gpiod.press()
        gpiod.press()

    held(GpioButton("gpiochip0:17", print), press_twice, lambda: bool(caplog.messages))
    assert caplog.messages == ["attention.button: gpiochip0:17 is gone (No such device)"]
    assert gpiod.released


def test_a_chip_that_is_not_there(gpiod: FakeGpiod) -> None:
    with pytest.raises(ConfigError, match=r"gpiochip7:17.*No such file.*group gpio"):
        held(GpioButton("gpiochip7:17", print), lambda: None, lambda: True)
    gpiod.release()


def test_without_the_package_its_name_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "gpiod", None)
    with pytest.raises(ConfigError, match=r"gpiod is not installed.*pip install"):
        held(GpioButton("gpiochip0:17", print), lambda: None, lambda: True)


@pytest.mark.parametrize("name", ["gpiochip0:17", "/dev/gpiochip0:17", " gpiochip0:17 "])
def test_lines_that_can_be_named(name: str) -> None:
    chip, line = parse_line(name, "attention.button")
    assert (str(chip), line) == ("/dev/gpiochip0", 17)


@pytest.mark.parametrize("name", ["", "17", "gpiochip0", "gpiochip0:", "gpiochip0:-1", "../x:1"])
def test_lines_that_are_none(name: str) -> None:
    with pytest.raises(ConfigError, match=r"signals\.led is .*gpiochip0:17"):
        parse_line(name, "signals.led")
