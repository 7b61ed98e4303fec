"""Faults of every kind, for the tests of the suite that brings them about."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from tools.faults.fault import Observed, UnavailableError, expect, fault

DAEMON = """
import os, sys, time
if os.fork() == 0:
    os.setsid()
    open(sys.argv[1], "w").write(str(os.getpid()))
    time.sleep(600)
"""


@fault("it is heard again")
def kept(folder: Path) -> Observed:
    """Somebody | trips over the cable."""
    expect(not list(folder.iterdir()), "the folder is not empty")
    return Observed("heard again", 1.25)


@fault("nothing happens")
def leaves_a_daemon(folder: Path) -> Observed:
    """Somebody forgets to end what he started."""
    where = os.environ["SAMPLE_DAEMON"]
    subprocess.run([sys.executable, "-c", DAEMON, where], check=True)
    while not (Path(where).exists() and Path(where).read_text()):
        time.sleep(0.01)
    return Observed("it is left")


@fault("nothing happens")
def broken(folder: Path) -> Observed:
    """A promise is broken."""
    expect(False, "it fell silent")
    return Observed("")


@fault("nothing happens")
def cannot_be_had(folder: Path) -> Observed:
    """The earth shakes."""
    raise UnavailableError("there is no earth")


@fault("nothing happens")
def raises(folder: Path) -> Observed:
    """The fault itself has a fault."""
    raise LookupError("no such cable")


@fault("nothing happens")
def crashes(folder: Path) -> Observed:
    """The process of the fault crashes."""
    os.kill(os.getpid(), signal.SIGKILL)
    return Observed("")


@fault("nothing happens")
def hangs(folder: Path) -> Observed:
    """The fault never ends."""
    time.sleep(600)
    return Observed("")
