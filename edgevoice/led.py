"""A light on a GPIO line: steady, or blinking in a rhythm that tells the phases apart.

Its rhythm is kept by a thread, so that it blinks as well while engines are being loaded.
"""

import logging
import re
import threading
import time
from bisect import bisect_right
from collections.abc import Callable, Mapping
from itertools import accumulate
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, Protocol

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


def parse_line(setting: str) -> tuple[str, int] | None:
    """`gpiochip0:27` → ("gpiochip0", 27): chip, and line on it. None when it is no such thing."""
    found = re.fullmatch(r"(gpiochip\d+):(\d+)", setting)
    return (found[1], int(found[2])) if found else None


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
    """A `Led` on line `offset` of `chip`, lit when the line is active.

    Raises `ConfigError` without the package gpiod, or when the line cannot be had.
    """

    def __init__(self, chip: str, offset: int, device: Path = Path("/dev")) -> None:
        self._name = f"{chip}:{offset}"
        self._offset = offset
        self._request, self._values = _request(device / chip, offset, self._name)
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
            self._request.release()

    def _switch(self, lit: bool) -> None:
        self._request.set_value(self._offset, self._values[lit])


def _request(path: Path, offset: int, name: str) -> tuple[Any, Mapping[bool, Any]]:
    """The line, ours alone and dark, and what gpiod calls lit and dark."""
    try:
        import gpiod
        from gpiod.line import Direction, Value
    except ImportError:
        raise ConfigError(
            f"signals.led is {name}, and the package gpiod is not installed",
            "Type `.venv/bin/pip install 'gpiod>=2.2,<3'` in edgevoice's folder, or set it to log.",
        ) from None
    settings = gpiod.LineSettings(direction=Direction.OUTPUT, output_value=Value.INACTIVE)
    try:
        request = gpiod.request_lines(str(path), consumer="edgevoice", config={offset: settings})
    except (OSError, ValueError) as error:
        raise ConfigError(
            f"signals.led is {name}, and that line cannot be had ({_why(error)})", _cure(error)
        ) from None
    return request, {True: Value.ACTIVE, False: Value.INACTIVE}


def _why(error: OSError | ValueError) -> str:
    return getattr(error, "strerror", None) or str(error)


def _cure(error: OSError | ValueError) -> str:
    if isinstance(error, PermissionError):
        return "Let this user use it: sudo usermod -aG gpio $USER, then log in again."
    return "`gpioinfo` lists the lines and who uses them."
