"""`python -m tools.setup run|test`: see `tools/setup/setup.sh`, which starts it."""

import fcntl
import io
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from tools.setup.commands import SetupError
from tools.setup.progress import Progress
from tools.setup.steps import Profile, Setup

ROOT = Path(__file__).resolve().parents[2]


def main(argv: Sequence[str]) -> int:
    """Prepare the working copy; answers the exit code."""
    profile: Profile = "test" if "test" in argv else "run"
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a terminal without "✓" gets a "?"
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    try:
        with alone(ROOT / ".setup"):
            Setup(ROOT, Progress(), os.environ).prepare(profile)
    except SetupError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Interrupted. The same command goes on from here.", file=sys.stderr)
        return 130
    return 0


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Hold the lock in `folder`: two set-ups of one working copy come one after the other."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("Another set-up is at work here; waiting for it.", flush=True)
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


sys.exit(main(sys.argv[1:]))
