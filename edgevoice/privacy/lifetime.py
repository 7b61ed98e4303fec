"""How long something was kept, by clocks that nobody sets.

The date may jump by years: a battery is empty, a network tells a wrong time, somebody slips. What
is to go after thirty days must neither go at once then nor stay for ever. So we count the time
that has passed ourselves. While the machine runs, its kernel counts it, whatever the date says.
Only for the time that it was off there is nothing but the date, and that is believed for a day at
most: a leap alone, however far, lets go of nothing. A machine that was off for longer therefore
keeps things for longer, by the days that nobody saw.
"""

import os
import time
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from edgevoice.errors import OutputError
from edgevoice.files import write_atomically

DAY_S = 86_400.0
MOST_OFF_S = DAY_S
"""So much is believed of the time that the machine was off."""
SAVED_EVERY_S = 3_600.0
"""So much running time is forgotten at most when the power fails and the date with it."""


class Moment(BaseModel):
    """What the machine says of a moment: `wall`, seconds since 1970 as somebody has set them; `up`,
    seconds since the start `boot` of the machine, asleep or not."""

    model_config = ConfigDict(frozen=True, allow_inf_nan=False)

    wall: float
    boot: str
    up: float


class Lived(BaseModel):
    """`seconds` had passed at the moment `at`, counted from the first one."""

    model_config = ConfigDict(frozen=True, allow_inf_nan=False)

    seconds: float = Field(ge=0)
    at: Moment

    def until(self, now: Moment) -> "Lived":
        """The same at a later moment."""
        if now.boot == self.at.boot:
            passed = now.up - self.at.up
        else:
            passed = min(now.wall - self.at.wall, MOST_OFF_S)
        return Lived(seconds=self.seconds + max(0.0, passed), at=now)


def this_moment() -> Moment:
    """The present, by this machine."""
    return Moment(wall=time.time(), boot=_boot(), up=time.clock_gettime(time.CLOCK_BOOTTIME))


@cache
def _boot() -> str:
    """Who outlives a process, and changes with every start of the machine."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return ""


class Lifetime:
    """Counts seconds, and keeps the count in `file`, from one process and start to the next."""

    def __init__(self, file: Path, moment: Callable[[], Moment] = this_moment) -> None:
        self._file = file
        self._moment = moment
        self._lived: Lived | None = None
        self._saved: Lived | None = None

    def now(self, least: int = 0) -> int:
        """How many there were; `least`: what is known from elsewhere, if the file is gone."""
        now = self._moment()
        if self._lived is None:
            self._lived = self._saved = self._read()
        before = self._lived or Lived(seconds=0, at=now)
        lived = before.until(now)
        self._lived = lived = Lived(seconds=max(lived.seconds, least), at=now)
        saved = self._saved
        if (
            saved is None
            or saved.at.boot != now.boot
            or lived.seconds - saved.seconds >= SAVED_EVERY_S
        ):
            self.save()
        return int(lived.seconds)

    def save(self) -> None:
        """Keep the count, if there is a folder for it. Where that fails, time seems to pass more
        slowly: nothing goes too soon, and whoever keeps things there has complained already."""
        if self._lived is None or not os.path.isdir(self._file.parent):  # noqa: PTH112
            return
        with suppress(OutputError):
            write_atomically(self._file, self._lived.model_dump_json().encode())
            self._saved = self._lived

    def _read(self) -> Lived | None:
        """What was kept; None where there is nothing, or nothing that can be understood."""
        try:
            return Lived.model_validate_json(self._file.read_bytes())
        except (OSError, ValidationError):
            return None
