"""A program that does not outlive whoever started it."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from edgevoice.skills import dies_with_us

START = """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-IS", sys.argv[1], "sleep", "1000"])
print(child.pid, flush=True)
time.sleep(1000)
"""


def runs(pid: int) -> bool:
    """Whether there is such a process, and it has not ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except FileNotFoundError:
        return False


def test_it_ends_when_its_parent_is_killed() -> None:
    command = [sys.executable, "-c", START, dies_with_us.__file__]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout
        pid = int(parent.stdout.readline())
        while Path(f"/proc/{pid}/comm").read_text() != "sleep\n":  # not yet
            assert runs(pid)
            time.sleep(0.01)
        parent.kill()
    try:
        deadline = time.monotonic() + 10
        while runs(pid) and time.monotonic() < deadline:
            time.sleep(0.01)
        assert not runs(pid)
    finally:
        if runs(pid):
            os.kill(pid, signal.SIGKILL)


def test_a_program_that_is_not_there() -> None:
    command = [sys.executable, "-IS", dies_with_us.__file__, "/nowhere/at/all"]
    done = subprocess.run(command, capture_output=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (dies_with_us.NOT_FOUND, b"", b"")
