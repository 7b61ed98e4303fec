"""Buttons that a person presses: keys of the terminal, and a push button on a GPIO line.

Both hand their signals to a function, on the event loop's thread.
"""

import asyncio
import importlib
import logging
import os
import re
import termios
import tty
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

from edgevoice.dialog.attention import Attending, Signal, State
from edgevoice.errors import ConfigError

log = logging.getLogger(__name__)


class Button(Protocol):
    """Something to press. It works between entering and leaving it."""

    async def __aenter__(self) -> Self:
        """Begin. Raises `ConfigError` when it is not there."""
        ...

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Leave everything as it was."""
        ...


KEYS = "Space: talk · m: mute · s: sleep"
"""What a person has to know of `TerminalKeys`."""


def signal_for(key: str, now: Attending) -> Signal | None:
    """What `key` means at the moment; nothing, if it is none of ours.

    A terminal does not tell when a key is let go, so each key goes back and forth.
    """
    match key:
        case " ":
            return Signal.RELEASE if now.state is State.KEY_DOWN else Signal.PRESS
        case "m":
            return Signal.UNMUTE if now.muted else Signal.MUTE
        case "s":
            asleep = now.state in (State.DOZING, State.WAITING)
            return Signal.WAKE if asleep else Signal.SLEEP
    return None


ESCAPED = re.compile(r"\x1b(\[[0-9;]*|O)?.?")
"""What arrows and other keys send that have no letter of their own (ECMA-48, 5.4)."""


class TerminalKeys:
    """A `Button`: the keys of the terminal at the file descriptor `terminal`, one at a time.

    Does nothing where that is no terminal, or one that somebody else uses at present: a program in
    the background would be stopped for touching it.
    """

    def __init__(
        self,
        on_signal: Callable[[Signal], None],
        now: Callable[[], Attending],
        terminal: int = 0,
    ) -> None:
        """`now`: how attentive we are; `terminal` is standard input, if not given."""
        self._on_signal = on_signal
        self._now = now
        self._terminal = terminal
        self._before: list[Any] | None = None

    async def __aenter__(self) -> Self:
        if os.isatty(self._terminal) and self._ours:
            self._before = termios.tcgetattr(self._terminal)
            tty.setcbreak(self._terminal)  # keys come at once and are not shown; Ctrl-C still works
            asyncio.get_running_loop().add_reader(self._terminal, self._read)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        asyncio.get_running_loop().remove_reader(self._terminal)
        if self._before and self._ours:  # whoever took it from us has settings of their own
            with suppress(termios.error):  # it was closed
                termios.tcsetattr(self._terminal, termios.TCSADRAIN, self._before)

    @property
    def _ours(self) -> bool:
        """Whether we are in the terminal's foreground."""
        try:
            return os.tcgetpgrp(self._terminal) == os.getpgrp()
        except OSError:
            return True  # not the terminal that controls us: nobody hands it about

    def _read(self) -> None:
        if not self._ours:
            return
        try:
            typed = os.read(self._terminal, 64).decode(errors="ignore")
        except OSError:
            typed = ""
        if not typed:  # it was closed
            asyncio.get_running_loop().remove_reader(self._terminal)
        for key in ESCAPED.sub("", typed):
            if signal := signal_for(key, self._now()):
                self._on_signal(signal)


DEBOUNCE = timedelta(milliseconds=10)
"""How long a contact may bounce: cheap push buttons take a few milliseconds."""


def parse_line(name: str, setting: str) -> tuple[Path, int]:
    """The chip's device and the line's number of `gpiochip0:17`; `setting` is where that stood."""
    found = re.fullmatch(r"(?:/dev/)?(gpiochip\d+):(\d+)", name.strip())
    if not found:
        raise ConfigError(
            f"{setting} is {name!r}, which names no GPIO line",
            "Write chip and line, as gpiochip0:17. `gpioinfo` lists them.",
        )
    return Path("/dev") / found[1], int(found[2])


class GpioButton:
    """A `Button` between a GPIO line and ground. The line is pulled up and debounced for it."""

    def __init__(self, line: str, on_signal: Callable[[Signal], None]) -> None:
        """`line`: as `gpiochip0:17`. Raises `ConfigError` when it is none."""
        self._name = line
        self._chip, self._offset = parse_line(line, "attention.button")
        self._on_signal = on_signal
        self._request: Any = None

    async def __aenter__(self) -> Self:
        gpiod = import_gpiod("attention.button")
        settings = gpiod.LineSettings(
            direction=gpiod.line.Direction.INPUT,
            edge_detection=gpiod.line.Edge.BOTH,
            bias=gpiod.line.Bias.PULL_UP,
            active_low=True,
            debounce_period=DEBOUNCE,
        )
        try:
            self._request = gpiod.request_lines(
                str(self._chip), config={self._offset: settings}, consumer="edgevoice"
            )
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or error
            raise ConfigError(
                f"attention.button is {self._name}, and that line cannot be used ({reason})",
                "See `gpioinfo` for lines that are free; your user needs the group gpio.",
            ) from None
        self._pressed = gpiod.EdgeEvent.Type.RISING_EDGE  # logically: the voltage falls
        asyncio.get_running_loop().add_reader(self._request.fd, self._read)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        asyncio.get_running_loop().remove_reader(self._request.fd)
        self._request.release()

    def _read(self) -> None:
        try:
            events = self._request.read_edge_events()
        except OSError as error:
            log.error("attention.button: %s is gone (%s)", self._name, error.strerror)
            asyncio.get_running_loop().remove_reader(self._request.fd)
            return
        for event in events:
            pressed = event.event_type is self._pressed
            self._on_signal(Signal.PRESS if pressed else Signal.RELEASE)


def import_gpiod(setting: str) -> Any:
    """The package `gpiod`; `ConfigError` where it is missing, `setting` being what needs it."""
    try:
        gpiod = importlib.import_module("gpiod")
    except ImportError:
        raise ConfigError(
            f"{setting} names a GPIO line, but the package gpiod is not installed",
            "Install it: .venv/bin/pip install 'gpiod>=2.2,<3'",
        ) from None
    return gpiod
