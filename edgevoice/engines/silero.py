"""Silero VAD (version 6) through onnxruntime: tells speech from other sound, frame by frame.

faster-whisper carries the model, so nothing has to be fetched. Where the `silero-vad` package is
installed (the extra `silero`), its weights are used: the same network in the same form, newer.
Neither package is imported: both would bring far more than the one file that is wanted.
"""

import importlib.util
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from edgevoice.audio.chunk import Samples
from edgevoice.engines.onnx import open_session
from edgevoice.errors import ModelError

FRAME = 512
"""Samples of a frame: 32 ms at 16 kHz."""

CONTEXT = 64
"""Samples before the frame that the network also sees."""

_WEIGHTS = (
    ("silero_vad", "data/silero_vad_16k_sequence.onnx"),
    ("faster_whisper", "assets/silero_vad_v6.onnx"),
)
_CURE = "Install faster-whisper again (`make setup`): it carries the model."


def find_weights() -> Path:
    """The newest Silero model on this machine. Raises `ModelError` when there is none."""
    for package, file in _WEIGHTS:
        spec = importlib.util.find_spec(package)
        if spec is not None and spec.origin is not None:
            path = Path(spec.origin).parent / file
            if path.is_file():
                return path
    raise ModelError("the Silero VAD model is not installed", _CURE)


class SileroVad:
    """A `Vad`. One frame takes about 0.15 ms on a desktop processor, on one thread."""

    frame_samples = FRAME

    def __init__(self, path: Path | None = None) -> None:
        """Load the model in `path` (default: `find_weights()`); raises `ModelError`."""
        self._path = find_weights() if path is None else path
        self._session = open_session(self._path, threads=1, cure=_CURE)
        names = {node.name for node in self._session.get_inputs()}
        if names != {"input", "h", "c"}:
            raise ModelError(f"{self._path}: is not a Silero VAD model", _CURE)
        self._input = np.zeros((1, CONTEXT + FRAME), np.float32)
        self._state: list[NDArray[np.float32]]
        self.reset()

    def __call__(self, frame: Samples) -> float:
        if frame.shape != (FRAME,):
            raise ValueError(f"a frame has shape ({FRAME},), not {frame.shape}")
        self._input[0, :CONTEXT] = self._input[0, -CONTEXT:]
        np.divide(frame, 32768, out=self._input[0, CONTEXT:], casting="unsafe")
        probability, *self._state = self._session.run(
            None, {"input": self._input, "h": self._state[0], "c": self._state[1]}
        )
        return float(probability[0])

    def reset(self) -> None:
        self._input[:] = 0
        # Hidden and cell state of the network's LSTM.
        self._state = [np.zeros((1, 1, 128), np.float32) for _ in range(2)]
