"""A log that does not grow with the trouble: so many lines a minute, and a count of the others."""

import logging
import time
from collections.abc import Callable

LINES = 120
"""More than a conversation in any trouble has reason for; a log of everything (`debug`) keeps to
it, too."""
SPAN_S = 60.0


class Bounded(logging.Filter):
    """Lets `lines` pass in a span of `SPAN_S` seconds; the next line tells how many it did not."""

    def __init__(self, lines: int = LINES, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._lines = lines
        self._clock = clock
        self._since = clock()
        self._passed = self._left_out = 0

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether `record` is written."""
        now = self._clock()
        if now - self._since >= SPAN_S:
            if self._left_out:
                record.msg = (
                    f"{record.getMessage()} (before it, {self._left_out} lines were left out)"
                )
                record.args = ()
            self._since, self._passed, self._left_out = now, 0, 0
        self._passed += 1
        self._left_out += self._passed > self._lines
        return self._passed <= self._lines
