"""Wake words, heard by microWakeWord (package `pymicro-wakeword`), which carries its models.

Why this one: `pyopen-wakeword`, the other package with models inside, keeps the processor 30 times
as busy, all the time, and missed more. Measured with versions 2.5.0 and 1.1.0 on an x86 core:

                                                  pymicro-wakeword   pyopen-wakeword
    processor time for a second of sound                    2.4 ms             74 ms
    "okay nabu", heard of 72, in silence                        61                44
                              speech 10 dB above a kitchen      39                27
                              speech as loud as the kitchen      3                 7
    "alexa", likewise                                   69, 64, 26        56, 33, 6
    false alarms of both in 35 minutes                           0                 0

The 72 are 14 voices of espeak-ng and 4 of flite, each at 4 speeds: harder than people, for whom the
models are made, so the columns compare packages and promise nothing. The 35 minutes are requests by
120 people, without and with a kitchen's noise, and the noise alone.

"hey jarvis" was heard of flite (11 of 16) and hardly of espeak-ng (2 of 56); "hey mycroft" raised
5 false alarms. The alarm for "okay nabu" came 195 ms after the end of the word (median; 90% came
within 280 ms), so people who talk on are already into their next word.
"""

import ctypes
import importlib.util
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from edgevoice.audio.chunk import LISTENING_RATE, Samples
from edgevoice.engines.base import WakeWord
from edgevoice.errors import ConfigError, ModelError

FRAME = 480
"""Samples of a frame, 30 ms: the models take three steps of 10 ms at a time."""

AGAIN = LISTENING_RATE
"""Nobody says it twice within a second; but its probability may dip and rise in the same word."""

BANDS = 40
"""Of the spectrum that the models see."""

_CURE = "Name a word that is shipped, or the .json file of another microWakeWord model (version 2)."


def shipped() -> Mapping[str, Path]:
    """The words that the package carries: their names, and their models' descriptions.

    Raises `ConfigError` when the package is not installed.
    """
    folder = _package() / "models"
    return {path.stem: path for path in sorted(folder.glob("*.json"))}


def load_wake(word: str, threshold: float | None = None) -> WakeWord:
    """Hears `word`: the name of one that is shipped, or the path of a model's description (.json).

    `threshold`: the mean probability, over five looks in 150 ms, above which it counts; None: the
    model's own. Raises `ConfigError` or `ModelError`.
    """
    known = shipped()
    path = Path(word).expanduser()
    if word in known:
        path = known[word]
    elif path.suffix != ".json":
        raise ConfigError(
            f"attention.wake_word is {word!r}, which is not known",
            f"Known: {', '.join(known)}; or the path of a model's .json file.",
        )
    return MicroWakeWord(path, threshold)


class MicroWakeWord:
    """A `WakeWord`."""

    frame_samples = FRAME

    def __init__(self, description: Path, threshold: float | None = None) -> None:
        """Load the model that the JSON file `description` describes; raises `ModelError`."""
        self._model = _open(description)
        if threshold is None:
            threshold = self._model.probability_cutoff
        self._threshold = float(threshold)
        from pymicro_wakeword import MicroWakeWordFeatures

        self._features: Any = MicroWakeWordFeatures()
        self._since = AGAIN

    def __call__(self, frame: Samples) -> bool:
        if frame.shape != (FRAME,):
            raise ValueError(f"a frame has shape ({FRAME},), not {frame.shape}")
        probability = 0.0  # of those that the frame's steps complete, at most one is not 0
        for features in self._features.process_streaming(frame.tobytes()):
            probability = max(probability, self._model.process_streaming_prob(features))
        self._since = min(self._since + FRAME, AGAIN)
        if probability <= self._threshold or self._since < AGAIN:
            return False
        self._since = 0
        return True

    def reset(self) -> None:
        self._model.reset()
        self._features.reset()
        self._since = AGAIN


def _package() -> Path:
    """Where the package is."""
    spec = importlib.util.find_spec("pymicro_wakeword")
    if spec is None or spec.origin is None:
        raise ConfigError(
            "wake words need the package pymicro-wakeword, which is not installed",
            "Run `make setup`, or choose another attention.mode.",
        )
    return Path(spec.origin).parent


def _open(description: Path) -> Any:
    """The package's own model. It would crash on a file that holds none, so we look first."""
    try:
        told = json.loads(description.read_text(encoding="utf-8"))
        file = description.parent / told["model"]
        micro = told["micro"]
        float(micro["probability_cutoff"]), int(micro["sliding_window_size"]), told["wake_word"]
    except OSError as error:
        raise ModelError(f"{description}: cannot be read ({error.strerror})", _CURE) from None
    except (ValueError, TypeError, KeyError):
        raise ModelError(f"{description}: describes no wake word model", _CURE) from None
    if not _is_network(file):
        raise ModelError(f"{file}: is missing or damaged", _CURE)
    from pymicro_wakeword import MicroWakeWord as Model

    try:
        model: Any = Model.from_config(description)
    except (ValueError, RuntimeError):  # its numbers are not of the kind that sound is made into
        model = None
    if model is None or _shape(model) != (1, model.stride, BANDS):
        raise ModelError(f"{file}: is no wake word model", _CURE)
    return model


def _is_network(file: Path) -> bool:
    """Whether TensorFlow Lite can use `file`."""
    from pymicro_wakeword.wakeword import TfLiteWakeWord

    try:
        if file.read_bytes()[4:8] != b"TFL3":  # spares us the library's own complaint
            return False
    except OSError:
        return False
    library = TfLiteWakeWord(_library()).lib
    model = library.TfLiteModelCreateFromFile(os.fsencode(file))
    if model:
        library.TfLiteModelDelete(model)
    return bool(model)


def _library() -> Path:
    """TensorFlow Lite, which the package brings along. Raises `ModelError` without it."""
    folder = _package() / "lib"
    for path in folder.glob("*tensorflowlite_c*"):
        try:
            ctypes.CDLL(str(path))
        except OSError:  # made for another processor, or damaged
            break
        return path
    raise ModelError(
        f"{folder}: TensorFlow Lite, a part of pymicro-wakeword, is missing or cannot be loaded",
        "Run `pip install --force-reinstall pymicro-wakeword`, or choose another attention.mode.",
    )


def _shape(model: Any) -> tuple[int, ...]:
    """Of what the network looks at: batch, steps of 10 ms, bands."""
    library, tensor = model.lib, model.input_tensor
    axes = range(library.TfLiteTensorNumDims(tensor))
    return tuple(library.TfLiteTensorDim(tensor, axis) for axis in axes)
