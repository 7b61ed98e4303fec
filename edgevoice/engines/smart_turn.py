"""smart-turn (version 3) through onnxruntime: hears by the tone of voice whether a turn is over.

The network is a Whisper encoder with a classifier, trained on people's finished and unfinished
sentences (Daily, BSD-2-Clause); it looks at the last eight seconds, silence included, as Whisper's
features. `make setup` takes its file out of the wheel of pipecat-ai.

A good witness and not a judge. Measured on 300 recordings of people, each with 200 ms of silence
behind it: 95% of the whole requests are above 0.5, and so are 51% of those cut off at a gap between
two words.
"""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgevoice.audio.chunk import LISTENING_RATE, Samples
from edgevoice.engines.onnx import open_session
from edgevoice.errors import EngineError, ModelError

SECONDS = 8
BANDS = 80

_CURE = "Type `make setup`, or set turn.engine to none: then words and pauses decide."


class SmartTurn:
    """A `TurnDetector`. A look takes 30 to 100 ms of one core of a desktop processor."""

    window = SECONDS * LISTENING_RATE

    def __init__(self, path: Path, *, threads: int = 1) -> None:
        """Load the model in `path`; raises `ModelError`."""
        from faster_whisper.feature_extractor import FeatureExtractor

        self._session = open_session(path, threads=threads, cure=_CURE)
        self._extractor: Any = FeatureExtractor(feature_size=BANDS, chunk_length=SECONDS)
        inputs = [node.name for node in self._session.get_inputs()]
        if inputs != ["input_features"]:
            raise ModelError(f"{path}: is not a smart-turn model of version 3", _CURE)
        try:
            self.finished(np.zeros(1, np.int16))
        except EngineError as error:
            raise ModelError(f"{path}: cannot be run ({error.what})", _CURE) from error

    def finished(self, samples: Samples) -> float:
        try:
            outputs = self._session.run(None, {"input_features": self._features(samples)[None]})
        except Exception as error:  # onnxruntime's own exceptions have no common base
            raise EngineError(f"the turn detector failed ({error})", _CURE) from error
        return float(outputs[0].reshape(-1)[0])

    def _features(self, samples: Samples) -> NDArray[np.float32]:
        """Shape `[80, 800]`; what is missing of eight seconds is put in front, as silence."""
        sound = np.zeros(self.window, np.float32)
        latest = samples[-self.window :]
        sound[self.window - len(latest) :] = latest / np.float32(32768)
        sound = (sound - sound.mean()) / np.sqrt(sound.var() + np.float32(1e-7))
        features: NDArray[np.float32] = self._extractor(sound, padding=0)
        return features.astype(np.float32)
