"""A light on a GPIO line: steady, or blinking in a rhythm that tells the phases apart.

Its rhythm is kept by a thread, so that it blinks as well while engines are being loaded.
"""

import logging
import threading
import time
from bisect import bisect_right
from collections.abc import Callable, Mapping
from itertools import accumulate
from queue import Empty, SimpleQueue
from typing import Protocol

from edgevoice.buttons import import_gpiod, parse_line
from edgevoice.errors import ConfigError
from edgevoice.signals import Phase

log = logging.getLogger(__name__)

RHYTHMS: Mapping[Phase, tuple[int, ...]] = {
    Phase.STARTING: (50, 450),
    Phase.ASLEEP: (50, 3950),
    Phase.MUTED: (100, 150, 100, 1650),
    Phase.READY: (1,),
    Phase.HEARING: (120, 120),
    Phase.THINKING: (400, 400),
    Phase.SPEAKING: (900, 100),
    Phase.ERROR: (100, 100, 100, 100, 100, 700),
}
"""Milliseconds lit, dark, lit, … and again; a single number: lit all the time."""


def light(phase: Phase, seconds: float) -> tuple[bool, float | None]:
    """Whether the light of `phase` is lit `seconds` after it began, and how long that lasts.

    Seconds until the next change; None: for good.
    """
    rhythm = RHYTHMS[phase]
    if len(rhythm) == 1:
        return True, None
    changes = list(accumulate(rhythm))
    at = round(seconds * 1000) % changes[-1]
    upcoming = bisect_right(changes, at)
    return upcoming % 2 == 0, (changes[upcoming] - at) / 1000


class Changes(Protocol):
    """Where phases come from; None is the end."""

    def get(self, *, timeout: float | None) -> Phase | None:
        """The next one; `queue.Empty` when `timeout` seconds pass without any."""
        ...


def blink(
    switch: Callable[[bool], None], changes: Changes, clock: Callable[[], float] = time.monotonic
) -> None:
    """Switch the light as the latest of `changes` demands, until they end."""
    phase = changes.get(timeout=None)
    since = clock()
    while phase is not None:
        lit, remaining = light(phase, clock() - since)
        switch(lit)
        try:
            phase, since = changes.get(timeout=remaining), clock()
        except Empty:
            continue
    switch(False)


class GpioLed:
    """A `Led` on a GPIO line such as `gpiochip0:27`, lit when the line is active.

    Raises `ConfigError` without the package gpiod, or when the line cannot be had.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        chip, self._offset = parse_line(name, "signals.led")
        gpiod = import_gpiod("signals.led")
        self._lit, self._dark = gpiod.line.Value.ACTIVE, gpiod.line.Value.INACTIVE
        settings = gpiod.LineSettings(
            direction=gpiod.line.Direction.OUTPUT, output_value=self._dark
        )
        try:
            self._line = gpiod.request_lines(
                str(chip), consumer="edgevoice", config={self._offset: settings}
            )
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or error
            raise ConfigError(
                f"signals.led is {name}, and that line cannot be used ({reason})",
                "See `gpioinfo` for lines that are free; your user needs the group gpio.",
            ) from None
        self._phase: Phase | None = None
        self._changes: SimpleQueue[Phase | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="led", daemon=True)
        self._thread.start()

    def show(self, phase: Phase) -> None:
        if phase is not self._phase:  # the same once more would break its rhythm
            self._changes.put(phase)
        self._phase = phase

    def close(self) -> None:
        self._changes.put(None)
        self._thread.join()

    def _run(self) -> None:
        try:
            blink(self._switch, self._changes)
        except OSError as error:
            log.warning("the light on %s is gone (%s)", self._name, error.strerror)
        finally:
            self._line.release()

    def _switch(self, lit: bool) -> None:
        self._line.set_value(self._offset, self._lit if lit else self._dark)
