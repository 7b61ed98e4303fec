"""What changes over a training run: learning rate, difficulty, the weight of the phonemes. Pure."""

import math
import time
from collections.abc import Callable
from typing import NamedTuple

HELD_FROM_SCRATCH = 0.3  # of the run is spent at the full learning rate
HELD_FURTHER = 0.1


class Progress:
    """How much of the run is over, 0 to 1, by steps or by the clock."""

    def __init__(
        self,
        steps: int | None,
        minutes: float | None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        if (steps is None) == (minutes is None):
            raise ValueError("give the length of the run either in steps or in minutes")
        self._steps, self._minutes = steps, minutes
        self._clock, self._began = clock, clock()

    def minutes(self) -> float:
        """Minutes since the start."""
        return (self._clock() - self._began) / 60

    def fraction(self, step: int) -> float:
        """0 at the start, 1 or more when it is time to stop."""
        if self._steps is not None:
            return step / self._steps
        assert self._minutes is not None
        return self.minutes() / self._minutes


def rate_factor(step: int, fraction: float, scratch: bool) -> float:
    """Learning rate over its maximum: up over some steps, held, then half a cosine down."""
    held = HELD_FROM_SCRATCH if scratch else HELD_FURTHER
    rise = min(1.0, (step + 1) / (300 if scratch else 60))
    falling = max(0.0, fraction - held) / (1 - held)
    return rise * max(0.02, 0.5 * (1 + math.cos(math.pi * falling)))


class Hardness(NamedTuple):
    """What the loader is asked for at one point of the run."""

    strength: float
    longest: int  # samples
    full_window: float  # share of batches in thirty-second windows


def hardness(fraction: float, minutes: float, scratch: bool) -> Hardness:
    """From scratch it begins with short, clean clips: all at once, it never learns to align."""
    late = 0.02 if fraction > 0.85 else 0.003
    if not scratch:
        return Hardness(0.7, 10 * 16_000, late)
    strength = 0.4 if fraction < 0.5 else 0.7 if fraction < 0.75 else 0.85
    return Hardness(strength, int(1.35 * 16_000) if minutes < 3.5 else 10 * 16_000, late)


def phoneme_weight(fraction: float, scratch: bool) -> float:
    """How much the phoneme loss counts against the cross entropy's one."""
    if scratch:
        return 1.0 if fraction < 0.15 else 0.4 if fraction < 0.6 else 0.2
    return 0.5 if fraction < 0.5 else 0.3
