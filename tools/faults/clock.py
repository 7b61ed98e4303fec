"""What befalls the machine's date, and the clocks that count from its start."""

import functools
import mmap
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from edgevoice.privacy.audit import AuditLog
from tools.faults.appliance import ANSWER, FOLLOW_UP, FOLLOW_UP_ANSWER, Appliance
from tools.faults.disk import ended_well, expect_kept, sealing
from tools.faults.fault import Inject, Observed, UnavailableError, expect, fault

YEAR_S = 31_556_952
TEN_YEARS_S = 10 * YEAR_S
NOTHING = "nothing is lost, nothing is late: answered as before, every turn kept, audit log whole"


class WrongClock:
    """The date of those who run with its `environment`; it can be set while they run."""

    def __init__(self, folder: Path) -> None:
        compiler = shutil.which("cc")
        if not compiler:
            raise UnavailableError("a C compiler is missing: apt-get install gcc libc6-dev")
        source, library = Path(__file__).with_name("wrong_clock.c"), folder / "wrong_clock.so"
        subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", library, source], check=True)
        file = folder / "offset"
        file.write_bytes(bytes(mmap.PAGESIZE))
        with file.open("r+b") as opened:
            self._offset = mmap.mmap(opened.fileno(), mmap.PAGESIZE)
        self.environment = {"LD_PRELOAD": str(library), "WRONG_CLOCK": str(file)}

    def jump(self, seconds: int) -> None:
        """It is so much later now than it truly is; earlier if negative."""
        self._offset[:8] = seconds.to_bytes(8, "little", signed=True)


def in_wrong_clock(inject: Inject) -> Inject:
    """A fault in a process whose date `set_date` changes."""

    @functools.wraps(inject)
    def inside(folder: Path) -> Observed:
        if "WRONG_CLOCK" in os.environ:
            return inject(folder)
        os.environ.update(WrongClock(Path(tempfile.mkdtemp())).environment)
        again = [sys.executable, "-m", "tools.faults", "--inside", inject.__name__]
        os.execv(again[0], again)
        raise AssertionError("nothing comes back from there")

    return inside


def set_date(seconds: int) -> None:
    """It is so much later now, for this process, than it truly is."""
    with Path(os.environ["WRONG_CLOCK"]).open("r+b") as file:
        file.write(seconds.to_bytes(8, "little", signed=True))


@contextmanager
def sealed(folder: Path, **more: Any) -> Iterator[tuple[Appliance, WrongClock]]:
    """An appliance that keeps transcripts for a single day, and has kept one already."""
    clock, settings = WrongClock(folder), sealing(folder)
    settings["transcripts"] = {**dict(settings["transcripts"]), "retention_days": 1}  # type: ignore[call-overload]
    with Appliance(folder, settings, environment=clock.environment, **more) as appliance:
        appliance.ask()
        yield appliance, clock


def whole(appliance: Appliance, *answers: str) -> list[str]:
    """End it, and look that everything is there; answers the years in the audit log."""
    ended_well(appliance)
    expect(not appliance.log, f"it complains: {appliance.last_words}")
    expect_kept(appliance.folder, appliance.state, *answers)
    events = appliance.audited
    expect("transcript purged" not in events, "transcripts were removed")
    return sorted({line.at[:4] for line in AuditLog(appliance.state / "audit").lines()})


def _jump_while_it_talks(folder: Path, seconds: int) -> Observed:
    with sealed(folder) as (appliance, clock):
        clock.jump(seconds)
        since = time.monotonic()
        first = appliance.ask(FOLLOW_UP, FOLLOW_UP_ANSWER)
        second = appliance.ask()
        expect(appliance.pings(since) >= 3, "the watchdog was not pinged")
        years = whole(appliance, ANSWER, FOLLOW_UP_ANSWER, ANSWER)
    expect(len(years) == 2, f"the clock did not jump: {years}")
    return Observed(
        f"answered after {first:.1f} and {second:.1f} s; 3 turns kept; years {' and '.join(years)}"
    )


@fault(NOTHING)
def clock_jumps_ahead(folder: Path) -> Observed:
    """The date jumps ten years ahead in the middle of a conversation."""
    return _jump_while_it_talks(folder, TEN_YEARS_S)


@fault(NOTHING)
def clock_jumps_back(folder: Path) -> Observed:
    """The date jumps ten years back in the middle of a conversation."""
    return _jump_while_it_talks(folder, -TEN_YEARS_S)


def _wrong_at_the_start(folder: Path, seconds: int) -> Observed:
    with sealed(folder) as (appliance, clock):
        ended_well(appliance)
        clock.jump(seconds)
        appliance.start()
        first = appliance.ask()
        clock.jump(0)
        second = appliance.ask(FOLLOW_UP, FOLLOW_UP_ANSWER)
        years = whole(appliance, ANSWER, ANSWER, FOLLOW_UP_ANSWER)
    expect(len(years) == 2, f"the clock was not wrong: {years}")
    return Observed(f"answered after {first:.1f} s, and after {second:.1f} s once it was set right")


@fault(NOTHING + ", though they are kept for one day only")
def clock_ahead_at_the_start(folder: Path) -> Observed:
    """The date is ten years ahead when it starts, and is set right during a conversation."""
    return _wrong_at_the_start(folder, TEN_YEARS_S)


@fault(NOTHING)
def clock_behind_at_the_start(folder: Path) -> Observed:
    """The date is ten years behind when it starts, and is set right during a conversation."""
    return _wrong_at_the_start(folder, -TEN_YEARS_S)


@fault("as always: every turn kept, nothing late")
def machine_up_for_ten_years(folder: Path) -> Observed:
    """The machine seems to have run for ten years: its monotonic clocks are far ahead."""
    clocks = [f"--monotonic={TEN_YEARS_S}", f"--boottime={TEN_YEARS_S}"]
    user = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
    prefix = ["unshare", *user, "--time", *clocks, "--"]
    if not shutil.which("unshare") or subprocess.run([*prefix, "true"], check=False).returncode:
        raise UnavailableError("this kernel gives nobody a time namespace")
    with Appliance(folder, sealing(folder), prefix=prefix) as appliance:
        reply = appliance.ask()
        appliance.ask(FOLLOW_UP, FOLLOW_UP_ANSWER)
        whole(appliance, ANSWER, FOLLOW_UP_ANSWER)
    return Observed(f"answered after {reply:.1f} s; 2 turns kept")
