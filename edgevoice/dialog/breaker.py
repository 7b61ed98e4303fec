"""A circuit breaker: who has failed again and again is left alone for a while.

    closed ──failures within a window──▶ open ──a pause──▶ half-open ──success──▶ closed
                                           ▲                   │
                                           └── failure, and the pause doubles ──┘

(M. Nygard, "Release It!", 2007.) A breaker is a value: what happens to it gives another one. Time
is in seconds of a clock that never goes back.
"""

from dataclasses import dataclass, replace
from enum import Enum


class BreakerState(Enum):
    """Whether one may try."""

    CLOSED = "closed"
    """Yes."""
    OPEN = "open"
    """Not now."""
    HALF_OPEN = "half-open"
    """Once, to see."""


@dataclass(frozen=True, slots=True)
class Limits:
    """So many `failures` within `window_s` seconds open a breaker; it stays so for `pause_s`, at
    first, and for `longest_pause_s` at most."""

    failures: int = 3
    window_s: float = 60.0
    pause_s: float = 5.0
    longest_pause_s: float = 300.0


@dataclass(frozen=True, slots=True)
class Breaker:
    """Closed, unless something else is known.

    `failures`: when the last ones were. `opened_at`: when it was opened; None: it is closed.
    `pause_s`: how long it stays so.
    """

    limits: Limits = Limits()
    failures: tuple[float, ...] = ()
    opened_at: float | None = None
    pause_s: float = 0.0

    def state(self, now: float) -> BreakerState:
        """What it is at `now`."""
        if self.opened_at is None:
            return BreakerState.CLOSED
        waiting = now < self.opened_at + self.pause_s
        return BreakerState.OPEN if waiting else BreakerState.HALF_OPEN

    def allows(self, now: float) -> bool:
        """Whether to try at `now`."""
        return self.state(now) is not BreakerState.OPEN

    def succeeded(self, now: float) -> "Breaker":
        """After a try that went well. One that was begun before it opened changes nothing."""
        half_open = self.state(now) is BreakerState.HALF_OPEN
        return Breaker(self.limits) if half_open else self

    def failed(self, now: float) -> "Breaker":
        """After a try that did not."""
        match self.state(now):
            case BreakerState.OPEN:
                return self
            case BreakerState.HALF_OPEN:
                longer = min(2 * self.pause_s, self.limits.longest_pause_s)
                return replace(self, opened_at=now, pause_s=longer)
            case BreakerState.CLOSED:
                recent = [at for at in self.failures if at > now - self.limits.window_s]
                failures = (*recent, now)
                if len(failures) < self.limits.failures:
                    return replace(self, failures=failures)
                return Breaker(self.limits, (), now, self.limits.pause_s)
