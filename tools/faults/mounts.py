"""Disks of a fault's own: small ones, full ones, and a system that nobody may write to."""

import functools
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tools.faults.fault import Inject, Observed, UnavailableError

_INSIDE = "FAULT_HAS_OWN_MOUNTS"


def own_mounts(inject: Inject) -> Inject:
    """A fault in a user and mount namespace of its own: what it mounts is seen by it, and by what
    it starts, and ends with it. Needs no rights."""

    @functools.wraps(inject)
    def inside(folder: Path) -> Observed:
        if os.environ.get(_INSIDE):
            return inject(folder)
        enter = ["unshare", "--user", "--map-root-user", "--mount", "--"]
        if not shutil.which("unshare") or subprocess.run([*enter, "true"], check=False).returncode:
            raise UnavailableError("this kernel gives nobody a mount namespace")
        os.environ[_INSIDE] = "1"
        again = [sys.executable, "-m", "tools.faults", "--inside", inject.__name__]
        os.execvp(enter[0], [*enter, *again])
        raise AssertionError("nothing comes back from there")

    return inside


def small_disk(folder: Path, size: str) -> Path:
    """Mount an empty disk of `size` (as `64k`) at `folder`; answers it."""
    folder.mkdir(parents=True, exist_ok=True)
    _mount("-t", "tmpfs", "-o", f"size={size},mode=0700", "none", folder)
    return folder


def fill(folder: Path) -> Path:
    """Leave not a byte of the disk at `folder`; answers the file that takes it all."""
    ballast = folder / "ballast"
    with ballast.open("ab", buffering=0) as file:
        for size in (1 << 16, 1 << 12, 1):
            try:
                while file.write(b"\0" * size):
                    pass
            except OSError:
                continue
    return ballast


def remount(folder: Path, how: str) -> None:
    """Change how the disk at `folder` is mounted: `ro` or `rw`."""
    _mount("-o", f"remount,{how}", folder)


def read_only_system() -> list[str]:
    """What stands before a command for which the root file system can only be read."""
    enter = ["unshare", "--mount", "--", "sh", "-c"]
    return [*enter, 'mount -o remount,bind,ro / && exec "$@"', "sh"]


def _mount(*arguments: str | Path) -> None:
    done = subprocess.run(
        ["mount", *arguments], capture_output=True, text=True, check=False, timeout=30
    )
    if done.returncode:
        raise UnavailableError(f"nothing can be mounted here: {done.stderr.strip()}")


def without_rights(command: Sequence[str] = ()) -> list[str]:
    """`command` so that not even root gets past a file's permissions."""
    return ["setpriv", "--inh-caps=-all", "--bounding-set=-all", "--", *command]
