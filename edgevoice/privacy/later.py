"""Writing without making a conversation wait, and without losing what the disk refuses now."""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable

from edgevoice.errors import OutputError

log = logging.getLogger(__name__)

Job = Callable[[], object]
"""Writes something whole, or raises `OutputError`; then it is tried again."""

MOST = 256
"""Jobs that wait for a disk that refuses them; then the oldest go, and are counted."""
AGAIN_S = 600.0
"""So often everything is tried again, if nothing new comes."""
SILENCE_S = 3_600.0
"""After a complaint there is no other one for so long: a log must not grow with the trouble."""
PATIENCE_S = 10.0
"""How long the end waits for a disk that does not answer at all."""


class Later:
    """Does jobs in a thread of its own, in order.

    `name`: what they write, for complaints. `regular` is done at the beginning, after jobs, and
    every `again_s` seconds.
    """

    def __init__(
        self,
        name: str,
        regular: Job = lambda: None,
        *,
        most: int = MOST,
        again_s: float = AGAIN_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._name = name
        self._regular = regular
        self._again_s = again_s
        self._clock = clock
        self._jobs: deque[Job] = deque()
        self._most = most
        self._lost = 0
        self._complained: float | None = None  # when, if the trouble is not over
        self._silent_until = clock()
        self._changed = threading.Condition()
        self._news = True
        self._idle = False
        self._closing = False
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def put(self, job: Job) -> None:
        """Have it done soon; returns at once."""
        with self._changed:
            self._jobs.append(job)
            self._bound()
            self._news = True
            self._changed.notify_all()

    def settle(self) -> None:
        """Wait until everything was tried, however that went."""
        with self._changed:
            self._changed.wait_for(lambda: self._idle and not self._news, PATIENCE_S)

    def close(self) -> None:
        """Have everything done, as far as the disk allows, and end."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        self._thread.join(PATIENCE_S)
        left = len(self._jobs) + self._lost
        if left:
            log.warning("the %s: %d could not be written and are lost", self._name, left)

    def _run(self) -> None:
        closing = False
        while not closing:
            with self._changed:
                self._idle = True
                self._changed.notify_all()
                self._changed.wait_for(lambda: self._news or self._closing, self._again_s)
                self._news, closing, self._idle = False, self._closing, False
            try:
                self._do_all()
            except OutputError as error:
                self._complain(error)
            else:
                self._calm_down()

    def _do_all(self) -> None:
        """Raises `OutputError`; what could not be done is the first again."""
        while job := self._next():
            try:
                job()
            except OutputError:
                with self._changed:
                    self._jobs.appendleft(job)
                    self._bound()
                raise
            except Exception as error:
                # Its text might hold what was said.
                log.error("the %s: one is lost (%s)", self._name, type(error).__name__)
        self._regular()

    def _next(self) -> Job | None:
        with self._changed:
            return self._jobs.popleft() if self._jobs else None

    def _bound(self) -> None:
        if len(self._jobs) > self._most:
            self._jobs.popleft()
            self._lost += 1

    def _complain(self, error: OutputError) -> None:
        now = self._clock()
        if self._complained is None and now >= self._silent_until:
            log.warning("%s It waits, and is tried again; the conversation goes on.", error)
            self._complained, self._silent_until = now, now + SILENCE_S

    def _calm_down(self) -> None:
        if self._complained is not None:
            minutes = (self._clock() - self._complained) / 60
            log.warning(
                "the %s can be written again after %.0f min; %d were lost",
                self._name,
                minutes,
                self._lost,
            )
            self._complained, self._lost = None, 0
