"""A device that comes and goes all day must not push everything else out of the audit log."""

from dataclasses import dataclass

BURST = 8
"""Lines that may be written at once."""
REFILL_S = 1800.0
"""Seconds after which another one may be: 48 lines in a day, at most, beyond the burst."""


@dataclass(frozen=True, slots=True)
class Change:
    """A line to be written: how the device is, and how many changes it stands for."""

    away: bool
    changes: int


class Folding:
    """Says which changes of a device are written down; the others are counted, and told together.

    Times are in seconds, of a clock that only goes forward.
    """

    def __init__(self, burst: int = BURST, refill_s: float = REFILL_S) -> None:
        self._burst = burst
        self._refill_s = refill_s
        self._full_at = 0.0  # when as many lines may be written at once as ever
        self._away = False
        self._waiting = 0  # changes that no line has told of

    def change(self, away: bool, now: float) -> Change | None:
        """The device is `away`, or back. Answers what is to be written, if anything is."""
        self._away = away
        self._waiting += 1
        return self.look(now)

    def look(self, now: float) -> Change | None:
        """What may be written by now, if anything waits for that."""
        if not self._waiting or now < self.due:
            return None
        self._full_at = max(self._full_at, now) + self._refill_s
        return self.rest()

    @property
    def due(self) -> float:
        """From when on the next line may be written."""
        return self._full_at - (self._burst - 1) * self._refill_s

    @property
    def waits(self) -> bool:
        """Whether there is something that no line has told of."""
        return self._waiting > 0

    def rest(self) -> Change | None:
        """What waits, however many lines were written: this is the end."""
        change = Change(self._away, self._waiting) if self._waiting else None
        self._waiting = 0
        return change
