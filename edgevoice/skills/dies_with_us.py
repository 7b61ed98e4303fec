"""Becomes the program that its arguments name, and has the kernel kill it when its parent dies.

It is run as a script, and imports nothing of edgevoice, so that it takes next to no time.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1
NOT_FOUND = 127
"""Exit status where there is no such program, as a shell's."""


def become(command: list[str]) -> int:
    """Does not return, unless the program cannot be run: then with an exit status."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    try:
        os.execvp(command[0], command)
    except OSError:
        return NOT_FOUND


if __name__ == "__main__":
    sys.exit(become(sys.argv[1:]))
