"""Sound that is ready, handed out in pieces short enough to stop between."""

from collections.abc import Iterator

from edgevoice.audio.chunk import AudioChunk, Samples, samples_of
from edgevoice.engines.base import Stop

BLOCK_MS = 100
"""Longest chunk that a voice hands out, in milliseconds."""


def blocks(pcm: Samples, rate: int, stop: Stop, start: int = 0) -> Iterator[AudioChunk]:
    """`pcm` as contiguous chunks of at most `BLOCK_MS`, from sample `start` on, until `stop`."""
    size = samples_of(BLOCK_MS, rate)
    for at in range(0, len(pcm), size):
        if stop.is_set():
            return
        yield AudioChunk(pcm[at : at + size], rate, start + at)
