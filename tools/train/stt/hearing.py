"""How the engine will hear: one greedy decode by CTranslate2 on a short, padded window.

This is the measuring twin of the recogniser's run-time path: features of what the voice activity
detector kept, padded with silence to the model's shortest safe window, greedy, and the average
log-probability that CTranslate2 returns as the measure of trust.
"""

from pathlib import Path
from typing import NamedTuple

import ctranslate2
import numpy as np
from numpy.typing import NDArray

from .features import FRAMES_PER_SECOND, FeatureMaker, pad_frames
from .tokens import Codec

MOST_TOKENS = 62  # the prompt's two included


class Heard(NamedTuple):
    """What came out of one decode."""

    text: str
    score: float  # average log-probability of the tokens
    no_speech: float  # probability of <|nospeech|>
    tokens: int
    seconds: float  # how much sound it was


class Ear:
    """An exported model on the CPU, in int8."""

    def __init__(self, folder: Path, threads: int = 1) -> None:
        self._model = ctranslate2.models.Whisper(
            str(folder), device="cpu", compute_type="int8", intra_threads=threads
        )
        self._codec = Codec(folder / "tokenizer.json")
        self._features = FeatureMaker()

    def hear(self, audio: NDArray[np.float32], window_ms: int) -> Heard:
        """Transcribe samples at 16 kHz, −1…1, in a window of at least ``window_ms``."""
        frames = pad_frames(self._features(audio), window_ms * FRAMES_PER_SECOND // 1000)
        batch = np.ascontiguousarray(frames[None], np.float32)
        result = self._model.generate(
            self._model.encode(ctranslate2.StorageView.from_array(batch)),
            [self._codec.prompt],
            beam_size=1,
            max_length=MOST_TOKENS,
            return_scores=True,
            return_no_speech_prob=True,
        )[0]
        tokens = result.sequences_ids[0]
        text = self._codec.decode(tokens)
        seconds = len(audio) / 16_000
        return Heard(text, result.scores[0], result.no_speech_prob, len(tokens), seconds)
