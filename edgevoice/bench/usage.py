"""What a conversation costs: processor time per phase, and memory.

Counted are this process and its children, the living and the dead: a transport may have a sound
process of its own. (The bench's own caller has none: there is no sound card in it.)
"""

import resource
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from os import sysconf
from pathlib import Path

from edgevoice.dialog.events import (
    Event,
    Note,
    NothingSaid,
    SpeechEnded,
    SpeechStarted,
    TurnDone,
)

PROCESS = Path("/proc/self")


class Phase(Enum):
    """What goes on; the values are names for a person."""

    SILENCE = "silence"
    """Nobody has spoken yet: what edgevoice costs while it waits, day and night."""
    SPEECH = "speech"
    """From the first voice to the endpoint."""
    REPLYING = "replying"
    """From the endpoint to the end of the reply."""
    BETWEEN = "between turns"
    """After a reply: history is tidied up, and the language model reads what has changed."""


@dataclass(frozen=True, slots=True)
class Cost:
    """`cpu` seconds of processor time in `wall` seconds."""

    wall: float = 0.0
    cpu: float = 0.0

    @property
    def per_minute(self) -> float | None:
        """Seconds of processor time per minute; None for no time at all."""
        return self.cpu / self.wall * 60 if self.wall else None

    @property
    def percent_of_a_core(self) -> float | None:
        """The same as a share of one core."""
        return self.cpu / self.wall * 100 if self.wall else None

    def __add__(self, other: "Cost") -> "Cost":
        return Cost(self.wall + other.wall, self.cpu + other.cpu)


class Meter:
    """An observer that adds up what every phase costs."""

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        cpu: Callable[[], float] | None = None,
    ) -> None:
        self.costs: dict[Phase, Cost] = {}
        self._clock = clock
        self._cpu = cpu or cpu_seconds
        self._phase: Phase | None = None
        self._since = Cost()

    def begin(self, phase: Phase | None) -> None:
        """From now on it is `phase`; None: nothing that counts."""
        now = Cost(self._clock(), self._cpu())
        if self._phase:
            spent = Cost(now.wall - self._since.wall, now.cpu - self._since.cpu)
            self.costs[self._phase] = self.costs.get(self._phase, Cost()) + spent
        self._phase, self._since = phase, now

    def __call__(self, what: Event | Note) -> None:
        """Take note of `what`."""
        match what:
            case SpeechStarted():
                self.begin(Phase.SPEECH)
            case SpeechEnded():
                self.begin(Phase.REPLYING)
            case NothingSaid() | TurnDone(interrupted=False):
                self.begin(Phase.BETWEEN)


def cpu_seconds() -> float:
    """Processor time of this process and its children so far, in seconds."""
    dead = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + dead.ru_utime + dead.ru_stime + _living_children()


def rss_mb() -> float:
    """Memory that this process holds now, in megabytes (resident set)."""
    pages = int((PROCESS / "statm").read_text().split()[1])
    return pages * sysconf("SC_PAGE_SIZE") / 1e6


def peak_rss_mb() -> float:
    """The most that it ever held, loading included."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6


def _living_children() -> float:
    ticks = 0
    for children in PROCESS.glob("task/*/children"):
        try:
            for child in children.read_text().split():
                ticks += stat_ticks(Path(f"/proc/{child}/stat").read_text())
        except OSError:  # it has ended just now
            continue
    return ticks / sysconf("SC_CLK_TCK")


def stat_ticks(stat: str) -> int:
    """Clock ticks of processor time in the text of /proc/PID/stat."""
    # The name in brackets may hold anything; utime and stime are fields 14 and 15.
    fields = stat.rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])
