"""Engines that remember what they were asked: hearing the same again costs nothing.

A benchmark plays the same recordings to the same engines at many settings. An engine that answers
the same question in the same way every time need not be asked twice.
"""

from hashlib import blake2b

from edgevoice.audio.chunk import Samples
from edgevoice.engines.base import NEVER, Stop, Transcriber, Transcript, TurnDetector, Vad


class RememberedVad:
    """A `Vad` that knows every stream that began in the same way.

    What it said of a frame depends on all frames before; so the stream up to now is the question.
    When a stream leaves the known ones, the detector hears the part that it has missed.
    """

    def __init__(self, vad: Vad) -> None:
        self.frame_samples = vad.frame_samples
        self._vad = vad
        self._known: dict[bytes, float] = {}
        self.reset()

    def reset(self) -> None:
        self._vad.reset()
        self._stream = b""
        self._missed: list[Samples] = []

    def __call__(self, frame: Samples) -> float:
        self._stream = _digest(self._stream + frame.tobytes())
        known = self._known.get(self._stream)
        if known is not None:
            self._missed.append(frame)
            return known
        for missed in self._missed:
            self._vad(missed)
        self._missed.clear()
        return self._known.setdefault(self._stream, self._vad(frame))


class RememberedTurnDetector:
    """A `TurnDetector` that is asked once about a sound."""

    def __init__(self, detector: TurnDetector) -> None:
        self.window = detector.window
        self._detector = detector
        self._known: dict[bytes, float] = {}

    def finished(self, samples: Samples) -> float:
        asked = _digest(samples.tobytes())
        if asked not in self._known:
            self._known[asked] = self._detector.finished(samples)
        return self._known[asked]


class RememberedTranscriber:
    """A `Transcriber` that is asked once about a sound."""

    def __init__(self, transcriber: Transcriber) -> None:
        self.min_avg_logprob = transcriber.min_avg_logprob
        self._transcriber = transcriber
        self._known: dict[bytes, Transcript] = {}

    def transcribe(self, samples: Samples, stop: Stop = NEVER) -> Transcript:
        asked = _digest(samples.tobytes())
        if asked in self._known:
            return self._known[asked]
        transcript = self._transcriber.transcribe(samples, stop)
        if not stop.is_set():  # else it was broken off
            self._known[asked] = transcript
        return transcript


def _digest(what: bytes) -> bytes:
    return blake2b(what, digest_size=16).digest()
