"""Which profile is to be started, by how earlier starts ended: pure, without a clock.

Profiles are numbered from 0, the main one, to the smallest. The rule:

- Starts are counted, not timed: no clock is asked what day it is. Each is known to have ended in
  one of the ways below; where nothing was noted, it died (a crash, a kill, a loss of power).
- After `PATIENCE` deaths in a row the next smaller profile is started. A start that went well, or
  was stopped, ends the row. Without a smaller one the row grows, and with it the pauses.
- After a long good run with a smaller profile the main one has another try. On that try one death
  is enough to go back to the one that ran well.
- With other settings, models, libraries or another processor everything begins anew.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from edgevoice.doubling import doubling

PATIENCE = 3
"""Deaths in a row that a profile may have. One may be a power cut, two are bad luck."""

WELL_S = 300.0
"""Seconds of hearing after which a start went well: models are loaded, turns were taken."""

LONG_S = 6 * 3600.0
"""Seconds of hearing after which a run was long."""

FIRST_PAUSE_S = 10.0
LONGEST_PAUSE_S = 300.0


class End(StrEnum):
    """How a start has ended, as far as it is known by now."""

    DIED = "died"
    """Nothing else is known: what a start is from its beginning on."""
    WELL = "well"
    """It heard for `WELL_S`. What ends it later is another story."""
    LONG = "long"
    """It heard for `LONG_S`."""
    STOPPED = "stopped"
    """Somebody ended it."""
    OTHER = "other"
    """It ended for a reason of its own that has nothing to do with profiles, and said so; or the
    microphone brought nothing: no word on whether it would have lived."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What follows from all starts so far. `level`: the profile that is to be started. `deaths` in
    a row, of the profile `died`. `proven`: the smaller profile that ran long; 0: none."""

    level: int = 0
    deaths: int = 0
    died: int = 0
    proven: int = 0


def after(standing: Standing, level: int, end: End, levels: int) -> Standing:
    """What follows when profile `level`, of `levels`, was started and ended so.

    It need not be `standing.level`: that one may have been found unfit just before.
    """
    match end:
        case End.WELL | End.STOPPED:
            return replace(standing, deaths=0)
        case End.LONG:
            return Standing(proven=level)
        case End.OTHER:
            return standing
    deaths = standing.deaths + 1 if level == standing.died else 1
    if level < standing.proven < levels:
        return replace(standing, level=standing.proven, deaths=0, died=standing.proven)
    if deaths >= PATIENCE and level < levels - 1:
        return replace(standing, level=level + 1, deaths=0, died=level + 1)
    return replace(standing, deaths=deaths, died=level)


def pause_s(failures: int) -> float:
    """Seconds to wait before a start after so many in a row that came to nothing.

    The service manager starts us again after ten seconds, always; newer ones could wait longer and
    longer by themselves (RestartSteps=, systemd 254), but Debian 12 has 252; and while it is us who
    wait, the reason can be read in our status.
    """
    if failures < 1:
        return 0.0
    return doubling(FIRST_PAUSE_S, failures - 1, LONGEST_PAUSE_S)
