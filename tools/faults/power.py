"""Power that fails at any moment of a write, and a disk that has kept only what it was told to.

A deed is done in a process of its own, which kills itself before its n-th call that changes the
disk. What had not been synced is then taken away: bytes, names of files, renames, removals. That
is harder than most disks are. Or else all of it is left, the last write half done: a disk may have
been quick, too.
"""

import os
import re
import shutil
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

CHANGES = (
    "open",
    "write",
    "fsync",
    "truncate",
    "ftruncate",
    "replace",
    "rename",
    "unlink",
    "mkdir",
)
"""The calls of `os` that are counted."""


def done_until(
    at: int, deed: Callable[[Callable[[int], None]], None], folder: Path, *, quick: bool
) -> tuple[bool, list[int]]:
    """Do `deed` in `folder` until the power fails before change `at` (0, 1, …).

    The deed gets a function with which it tells that so-and-so many things are done for good.
    Answers whether the power failed, and what was told. `quick`: the disk had kept everything.
    """
    shadow = folder.with_name(f"{folder.name}-disk")
    shutil.rmtree(shadow, ignore_errors=True)
    shadow.mkdir()
    disk = _Disk(shadow)
    disk.sync_all(folder)
    ours, theirs = os.pipe()
    child = os.fork()
    if child == 0:
        _live(at, deed, disk, theirs)
    os.close(theirs)
    with os.fdopen(ours, "rb") as pipe:
        told = list(pipe.read())
    _, status = os.waitpid(child, 0)
    failed = os.WIFSIGNALED(status)
    if not failed and os.WEXITSTATUS(status):
        raise RuntimeError("the deed itself failed")
    if failed and not quick:
        disk.restore(folder)
    return failed, told


def _live(
    at: int, deed: Callable[[Callable[[int], None]], None], disk: "_Disk", theirs: int
) -> None:
    """The life of the process; never returns."""
    left = at
    write, close = os.write, os._exit

    def counted(name: str) -> Callable[..., Any]:
        real = getattr(os, name)

        def call(*arguments: Any, **named: Any) -> Any:
            nonlocal left
            if name == "open" and not arguments[1] & os.O_CREAT:
                return real(*arguments, **named)
            if left == 0:
                if name == "write":
                    write(arguments[0], arguments[1][: len(arguments[1]) // 2])
                os.kill(os.getpid(), signal.SIGKILL)
            left -= 1
            if name in {"replace", "rename", "unlink"}:
                disk.hold(arguments[-1])
            answer = real(*arguments, **named)
            if name == "fsync":
                disk.sync(arguments[0])
            return answer

        return call

    def tell(number: int) -> None:
        write(theirs, bytes([number]))

    for name in CHANGES:
        setattr(os, name, counted(name))
    try:
        deed(tell)
    except BaseException as error:
        write(2, f"{type(error).__name__}: {error}\n".encode())
        close(1)
    close(0)


class _Disk:
    """What has reached the disk: by inode, the bytes of files and the names in folders."""

    def __init__(self, shadow: Path) -> None:
        self._shadow = shadow
        self._held: list[int] = []

    def sync_all(self, folder: Path) -> None:
        """All that is there now has long been there."""
        for path in (folder, *folder.rglob("*")):
            file = os.open(path, os.O_RDONLY)
            self.sync(file)
            os.close(file)

    def sync(self, file: Any) -> None:
        """The file or folder that is open as `file` has reached the disk."""
        number = file if isinstance(file, int) else file.fileno()
        link, inode = f"/proc/self/fd/{number}", os.fstat(number).st_ino
        kept = self._shadow / str(inode)
        if os.path.isdir(link):  # noqa: PTH112
            names = [
                f"{entry.inode()}{'/' if entry.is_dir() else ' '}{entry.name}\n"
                for entry in os.scandir(link)
            ]
            kept.with_suffix(".folder").write_text("".join(names))
        else:
            shutil.copy(link, kept)

    def hold(self, path: Any) -> None:
        """Keep the inode of a file that will lose its name from being given to another one."""
        with suppress(FileNotFoundError):
            self._held.append(os.open(path, os.O_PATH))

    def restore(self, folder: Path) -> None:
        """`folder` as it is after a loss of power."""
        inode = folder.stat().st_ino
        for entry in list(folder.iterdir()):
            shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
        self._fill(folder, inode)

    def _fill(self, folder: Path, inode: int) -> None:
        try:
            names = (self._shadow / f"{inode}.folder").read_text().splitlines()
        except FileNotFoundError:
            names = []  # its own names had not reached the disk
        for line in names:
            number, kind, name = re.split("([ /])", line, maxsplit=1)
            if kind == "/":
                (folder / name).mkdir()
                self._fill(folder / name, int(number))
            elif (kept := self._shadow / number).exists():
                shutil.copy(kept, folder / name)
            else:
                (folder / name).touch()


def every_moment(
    deed: Callable[[Path, Callable[[int], None]], None],
    check: Callable[[Path, list[int]], None],
    prepare: Callable[[Path], None],
    folder: Path,
) -> int:
    """Let the power fail at every moment of `deed`, twice: on a lazy and on a quick disk.

    `check` looks at the folder afterwards, and at what had been told. Answers how many moments.
    """
    moments = 0
    for quick in (False, True):
        at, failed = 0, True
        while failed:
            place = folder / f"{'quick' if quick else 'lazy'}-{at}"
            place.mkdir()
            prepare(place)
            failed, told = done_until(at, lambda tell: deed(place, tell), place, quick=quick)  # noqa: B023
            check(place, told)
            at, moments = at + 1, moments + 1
        print(f"{moments} moments", file=sys.stderr)
    return moments
