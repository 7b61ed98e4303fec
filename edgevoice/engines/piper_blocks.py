"""Runs a Piper voice: in blocks if it came in two parts, whole if not.

The front turns phonemes into a tensor of some hundred steps a second and looks at the whole
sentence; the decoder makes the steps into samples, looks only a few steps around itself, and is
most of the work. Run window by window, its first sound is there early. Each window sees a few
steps more than it keeps, so that what it keeps is what the whole would have given.

To the last bit that needs one thing more. onnxruntime adds up the products of a convolution
in stretches of 128, except where the piece of output that a thread works on is 64 columns or
narrower: there the stretches are longer, and the sum is rounded elsewhere (seen in its version
1.31 on x86-64; one sample in some thousands then moves by 1 of 32,767). So no window is narrower
than `GRAIN` steps for each thread.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from edgevoice.engines.base import Stop

Sound = NDArray[np.float32]
"""What a voice's network makes: samples within -1…1, shape [n]."""

Feeds = Mapping[str, NDArray[Any]]
"""The network's inputs, by name."""

GRAIN = 80
"""Windows are multiples of this many steps for every thread: above 64, and a multiple of 16, by
which onnxruntime divides work among threads."""

FIRST, LONGEST = 160, 640
"""Steps of the first window and of the later ones: 0.23 s and 0.93 s in a voice of 22,050 Hz."""


@dataclass(frozen=True, slots=True)
class Parts:
    """A voice in two parts, each an ONNX model; `cut` is the tensor between them, [1, c, steps].

    The decoder makes `rate` samples of every step. For a step's samples to be those of the whole,
    it has to be given `left` steps before and `right` steps after.
    """

    front: bytes
    decoder: bytes
    cut: str
    rate: int
    left: int
    right: int


class Window(NamedTuple):
    """The decoder is run on steps `start`…`stop`; the sound of steps `keep`…`end` is kept."""

    start: int
    stop: int
    keep: int
    end: int


def windows(steps: int, left: int, right: int, grain: int = GRAIN) -> Iterator[Window]:
    """Windows whose kept parts are 0…`steps`, in order: a short one first, longer ones later.

    Each sees `left` and `right` steps more than it keeps, or the end of the clause. Its width is
    a multiple of `grain`, or it is the whole clause.
    """
    width, longest = (_up(max(size, left + right + 1), grain) for size in (FIRST, LONGEST))
    keep = 0
    while keep < steps:
        start = max(0, keep - left)
        stop = start + width
        if stop < steps:
            end = stop - right
        else:
            stop = end = steps
            start = max(0, stop - _up(stop - start, grain))
        yield Window(start, stop, keep, end)
        keep, width = end, min(2 * width, longest)


def _up(size: int, grain: int) -> int:
    return -(-size // grain) * grain


class Whole:
    """Runs a voice that cannot be split: the sound comes when all of it is there."""

    def __init__(self, session: Any) -> None:
        self._session = session

    def run(self, feeds: Feeds, stop: Stop) -> Iterator[Sound]:
        """The sound of one sentence; once begun, it is not stopped."""
        yield self._session.run(None, feeds)[0].reshape(-1)


class InBlocks:
    """Runs the two parts of a voice: the sound comes in blocks, and `stop` stops between them."""

    def __init__(self, front: Any, decoder: Any, parts: Parts, threads: int) -> None:
        self._front, self._decoder = front, decoder
        self._cut, self._rate = parts.cut, parts.rate
        self._left, self._right = parts.left, parts.right
        self._grain = GRAIN * threads

    def run(self, feeds: Feeds, stop: Stop) -> Iterator[Sound]:
        """The sound of one sentence, contiguous."""
        hidden = self._front.run([self._cut], feeds)[0]
        for window in windows(hidden.shape[2], self._left, self._right, self._grain):
            if stop.is_set():
                return
            seen = np.ascontiguousarray(hidden[:, :, window.start : window.stop])
            sound = self._decoder.run(None, {self._cut: seen})[0].reshape(-1)
            first, end = window.keep - window.start, window.end - window.start
            yield sound[first * self._rate : end * self._rate]
