"""What a file's content is called: by SHA-256, and as git does for small files."""

import hashlib
from pathlib import Path
from typing import Annotated, BinaryIO, NamedTuple

from pydantic import StringConstraints

from edgevoice.errors import ModelError

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]

PIECE = 2**20
"""Bytes that are read, hashed and written at a time."""


class Digest(NamedTuple):
    """The names of one content, in lower-case hexadecimal."""

    sha256: str
    git: str
    """The SHA-1 of git's blob: what the hub states for a file that is not in LFS."""

    def matches(self, stated: str) -> bool:
        """Whether this is the content that the hub states, by either name."""
        return stated in self


def digest(path: Path) -> Digest:
    """Hash the file at `path`; raises `ModelError` where it cannot be read."""
    try:
        with path.open("rb") as file:
            return _digest(file, path.stat().st_size)
    except FileNotFoundError:
        raise ModelError(f"{path}: is missing", "Run `edgevoice models pull`.") from None
    except OSError as error:
        reason = error.strerror or "unknown error"
        raise ModelError(
            f"{path}: cannot be read ({reason})", "Check the disk and the file's permissions."
        ) from None


def _digest(file: BinaryIO, size: int) -> Digest:
    sha256 = hashlib.sha256()
    git = hashlib.sha1(b"blob %d\0" % size, usedforsecurity=False)
    while piece := file.read(PIECE):
        sha256.update(piece)
        git.update(piece)
    return Digest(sha256.hexdigest(), git.hexdigest())
