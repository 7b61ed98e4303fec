"""One line per step, and on a terminal a line that moves while a step lasts."""

import re
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

Tick = Callable[[str], None]
"""Called with each line that a command writes, and with "" as time passes."""

QUIET_S = 30.0
"""Seconds between two lines about the same step where the output is no terminal."""

_LOADED = re.compile(r"(?:Collecting|Downloading|Processing) (\S+)(?: \(([\d.]+ \w+)\))?")
_ERASE = "\r\x1b[2K"


def detail(line: str) -> str | None:
    """What a line of pip's or ninja's output says about how far it is; None: nothing."""
    line = line.strip()
    if ninja := re.match(r"\[(\d+)/(\d+)\]", line):
        done, of = int(ninja[1]), int(ninja[2])
        return f"[{done}/{of}] {100 * done // of}%"
    if loaded := _LOADED.match(line):
        name = re.split(r"[<>=!~;\[]", loaded[1].rpartition("/")[2])[0]
        size = f" ({loaded[2]})" if loaded[2] else ""
        return name.removesuffix(".whl").partition("-cp")[0].partition("-py3")[0] + size
    if built := re.match(r"Building (?:wheel|editable) for (\S+)", line):
        return f"building {built[1]}"
    if line.startswith("Installing collected packages"):
        return "installing"
    return None


def clock_text(seconds: float) -> str:
    """A duration as minutes and seconds: `1:05`."""
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes}:{rest:02d}"


class Progress:
    """Tells a person how the set-up goes."""

    def __init__(
        self, out: TextIO = sys.stdout, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._out = out
        self._clock = clock
        self._lively = out.isatty()

    @contextmanager
    def step(self, name: str) -> Iterator[Tick]:
        """Report on the step `name` until the block ends."""
        start = told = self._clock()
        where = ""

        def tick(line: str) -> None:
            nonlocal told, where
            where = detail(line) or where
            now = self._clock()
            if self._lively:
                self._write_over(f"… {name}  {clock_text(now - start)}  {where}")
            elif now - told >= QUIET_S:
                told = now
                self._write(f"  {name}: {clock_text(now - start)}  {where}".rstrip() + "\n")

        self._write_over(f"… {name}") if self._lively else self._write(f"… {name}\n")
        try:
            yield tick
        except BaseException:
            self._write(f"{_ERASE if self._lively else ''}✗ {name}\n")
            raise
        self._write(
            f"{_ERASE if self._lively else ''}✓ {name}  {clock_text(self._clock() - start)}\n"
        )

    def note(self, text: str) -> None:
        """Say something about the step that has just ended."""
        self._write(f"  {text}\n")

    def _write_over(self, text: str) -> None:
        self._write(_ERASE + text[: shutil.get_terminal_size().columns - 1])

    def _write(self, text: str) -> None:
        self._out.write(text)
        self._out.flush()
