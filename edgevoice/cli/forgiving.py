"""An output that nobody has to be able to keep: a full disk behind it stops nothing."""

import io
from contextlib import suppress
from typing import TextIO


class Forgiving(io.TextIOWrapper):
    """Text to `stream`'s file; what cannot be written is lost, at once and for good.

    Nothing waits in it, which would fail again at the end. A reader who has left is still told of.
    """

    def __init__(self, stream: TextIO) -> None:
        with suppress(OSError):
            stream.flush()
        file = io.FileIO(stream.fileno(), "w", closefd=False)
        super().__init__(file, stream.encoding, errors="replace", write_through=True)

    def write(self, text: str) -> int:
        """Answers how much was taken off the caller's hands: all of it."""
        try:
            return super().write(text)
        except BrokenPipeError:
            raise
        except OSError:
            return len(text)


def forgiving(stream: TextIO) -> TextIO:
    """`stream`, forgiving; or as it is, where there is no file behind it."""
    try:
        return Forgiving(stream)
    except (OSError, ValueError):
        return stream
