"""Writing files so that nothing is ever half-written."""

import os
import secrets
from pathlib import Path

from edgevoice.errors import OutputError


def write_atomically(path: Path, content: bytes) -> None:
    """Put `content` in the place of `path`: whoever looks sees the old file or the whole new one.

    It is written beside `path` and then renamed. Raises `OutputError`.
    """
    try:
        _replace(path.resolve(), content)
    except OSError as error:
        reason = error.strerror or "unknown error"
        raise OutputError(
            f"{path} cannot be written: {reason}", "Name a file in a folder that you may write to."
        ) from None


def _replace(path: Path, content: bytes) -> None:
    if path.exists() and not (path.is_file() and os.access(path, os.W_OK)):
        # Renaming would get past a write-protected file, and turn /dev/null into a plain one.
        raise IsADirectoryError(None, "it is a folder, a device or write-protected")
    beside = path.with_name(f".{secrets.token_hex(6)}.part")
    try:
        with beside.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
