"""Writing files so that nothing is ever half-written, wherever the power fails.

What a function here has returned from is on the disk: the bytes, and the name that leads to them.
"""

import errno
import fcntl
import hashlib
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from edgevoice.errors import OutputError


def write_atomically(path: Path, content: bytes, *, private: bool = False) -> None:
    """Put `content` in the place of `path`: whoever looks sees the old file or the whole new one.

    `private`: for its owner alone. Raises `OutputError`; then the old one is still there.
    """
    try:
        with replacing(path) as file:
            if private:
                os.fchmod(file.fileno(), 0o600)
            file.write(content)
    except OSError as error:
        reason = error.strerror or "unknown error"
        full = error.errno in {errno.ENOSPC, errno.EDQUOT}
        raise OutputError(
            f"{path} cannot be written: {reason}",
            "Make room on that disk." if full else "Name a file in a folder that you may write to.",
        ) from None


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """A new file, written beside `path`, that takes its place when the block has succeeded.

    What an earlier process left beside it, killed in the middle, goes. Raises `OSError`.
    """
    # What a link leads to is replaced, not the link.
    path = Path(os.path.realpath(path))
    if path.exists() and not (path.is_file() and os.access(path, os.W_OK)):
        # Renaming would get past a write-protected file, and turn /dev/null into a plain one.
        raise IsADirectoryError(None, "it is a folder, a device or write-protected")
    beside, file = _beside(path)
    try:
        with file:
            yield file
            file.flush()
            os.fsync(file.fileno())
            beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def _beside(path: Path) -> tuple[Path, BinaryIO]:
    """A new file beside `path`, locked for as long as it is open. Raises `OSError`."""
    stem = f".{hashlib.sha256(os.fsencode(path.name)).hexdigest()[:12]}"
    for left in path.parent.glob(f"{stem}-*.part"):
        # What is locked is being written; what is not ours to remove only takes room.
        with suppress(OSError), left.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            left.unlink()
    while True:
        beside = path.with_name(f"{stem}-{secrets.token_hex(6)}.part")
        new = beside.open("xb")
        fcntl.flock(new, fcntl.LOCK_EX)
        if beside.exists():  # else somebody came before the lock, and took it for a leftover
            return beside, new
        new.close()


def append(path: Path, content: bytes, *, create: bool = False) -> None:
    """Put all of `content` at the end of `path`, or nothing of it where the disk refuses.

    Only a loss of power can leave a part of it. `create`: whether there may be no such file yet;
    a new one is for its owner alone. Raises `OSError`.
    """
    flags = os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW
    new = create and not path.exists()
    file = os.open(path, flags | (os.O_CREAT if create else 0), 0o600)
    try:
        size = os.fstat(file).st_size
        try:
            while content:
                content = content[os.write(file, content) :]
            os.fsync(file)
        except OSError:
            with suppress(OSError):
                os.ftruncate(file, size)
            if new:
                path.unlink(missing_ok=True)
            raise
    finally:
        os.close(file)
    if new:
        sync_folder(path.parent)


def new_folder(path: Path, mode: int = 0o777) -> None:
    """Make `path` and what is above it, where they are not there. Raises `OSError`."""
    if not path.is_dir():
        if path.parent != path:
            new_folder(path.parent)
        path.mkdir(mode, exist_ok=True)
        sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Let the names in `folder` reach the disk. Raises `OSError`."""
    try:
        file = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except PermissionError:
        return  # one may write there, and not look
    try:
        os.fsync(file)
    except OSError as error:
        if error.errno != errno.EINVAL:  # a file system that knows no such thing
            raise
    finally:
        os.close(file)
