"""Whisper through CTranslate2, the way a conversation needs it: short windows, offline, bounded.

faster-whisper loads the model and computes its features; its `transcribe()` is not used, because
it pads every utterance to 30 s. Here the window is the speech and what the model wants around it
(`Profile`), decoding is greedy and capped by how much a person can say in that time, and a
transcript that runs in circles is tried once more with the full window, then dropped.
"""

import math
import os
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from edgevoice.audio.chunk import LISTENING_RATE, Samples, samples_of
from edgevoice.engines import whisper_files
from edgevoice.engines.base import NEVER, Stop, Transcript
from edgevoice.engines.whisper_window import LONGEST, loops, pieces, token_cap, window_samples
from edgevoice.errors import ConfigError, EngineError, ModelError

Features = NDArray[np.float32]
"""Log-mel spectrogram, shape `[bands, frames]`, 10 ms a frame."""

SHORTEST = samples_of(100)
"""Samples: no word is shorter than 100 ms."""

QUIETEST = 16
"""Peak amplitude (of 32768) below which there is nothing to recognise: -66 dB of full scale."""

NO_SPEECH = 0.6
"""Probability of `<|nospeech|>` from which an unsure transcript is silence (as in Whisper)."""

_FRAME = LISTENING_RATE // 100

_KERNELS = 16
"""How many kernels oneDNN, which CTranslate2 uses on x86-64, may keep.

It compiles some for every new length of a window. Measured with the starter model, 200 utterances
of 200 lengths: with the 1024 that it keeps by itself 170 MB resident and growing by 0.2 MB with
every length, with 16 of them 118 MB and no growth, in the same processor time (6.9 and 7.0 s).
"""


class _Decoded(NamedTuple):
    """`tokens` of text, their mean log-probability, and whether decoding ended by itself."""

    tokens: list[int]
    avg_logprob: float
    no_speech: float
    ended: bool


class WhisperTranscriber:
    """A `Transcriber`."""

    def __init__(
        self,
        folder: Path,
        *,
        threads: int,
        language: str | None = None,
        min_avg_logprob: float | None = None,
        max_new_tokens: int = 200,
    ) -> None:
        """Load the CTranslate2 model in `folder`; nothing is ever fetched.

        `language`: two letters; None takes the model's. `min_avg_logprob`: None takes the model's.
        `max_new_tokens`: cap for one window of 30 s. Raises `ModelError`, or `ConfigError` for a
        language that the model does not know.
        """
        self._folder = folder
        self._profile = whisper_files.check(folder)
        self.min_avg_logprob = (
            self._profile.min_avg_logprob if min_avg_logprob is None else min_avg_logprob
        )
        self._max_new_tokens = max_new_tokens
        self._model = _load(folder, threads)
        self._prompt = self._prompt_for(language or self._profile.language)
        self._end = self._token("<|endoftext|>")
        self._warm_up()

    def transcribe(self, samples: Samples, stop: Stop = NEVER) -> Transcript:
        heard = [self._transcribe_piece(piece, stop) for piece in pieces(samples)]
        if stop.is_set():
            return Transcript("")
        heard = [one for one in heard if one.text]
        if not heard:
            return Transcript("")
        # The listener asks again when any part was not understood.
        return Transcript(
            " ".join(one.text for one in heard), min(one.avg_logprob for one in heard)
        )

    def _transcribe_piece(self, samples: Samples, stop: Stop) -> Transcript:
        if (
            stop.is_set()
            or len(samples) < SHORTEST
            or np.abs(samples.astype(np.int32)).max() < QUIETEST
        ):
            return Transcript("")
        cap = min(self._max_new_tokens, token_cap(len(samples)))
        profile = self._profile
        short = window_samples(len(samples), profile.min_window_ms, profile.silence_after_ms)
        decoded = self._decode(samples, short, cap, stop)
        if loops(decoded.tokens) or not decoded.ended:
            decoded = self._decode(samples, LONGEST, cap, stop)
        if loops(decoded.tokens) or self._is_silence(decoded):
            return Transcript("")
        text = str(self._model.hf_tokenizer.decode(decoded.tokens)).strip()
        return Transcript(text, decoded.avg_logprob if text else 0.0)

    def _is_silence(self, decoded: _Decoded) -> bool:
        return decoded.no_speech > NO_SPEECH and decoded.avg_logprob < self._profile.min_avg_logprob

    def _decode(self, samples: Samples, window: int, cap: int, stop: Stop = NEVER) -> _Decoded:
        import ctranslate2

        try:
            features = self._features(samples, window)
            encoded = self._model.model.encode(ctranslate2.StorageView.from_array(features[None]))
            if stop.is_set():  # generating cannot be stopped
                return _Decoded([], 0.0, 0.0, ended=True)
            result = self._model.model.generate(
                encoded,
                [self._prompt],
                beam_size=1,
                max_length=2 * cap,  # CTranslate2 makes half as many tokens as that
                return_scores=True,
                return_no_speech_prob=True,
            )[0]
        except (RuntimeError, ValueError) as error:
            raise EngineError(
                f"the speech recogniser failed ({error})", "Try another stt.model."
            ) from error
        tokens = list(result.sequences_ids[0])
        text = [token for token in tokens if token < self._end]
        score = float(result.scores[0])
        return _Decoded(
            text,
            score if math.isfinite(score) else -math.inf,
            float(result.no_speech_prob),
            len(tokens) < cap,
        )

    def _features(self, samples: Samples, window: int) -> Features:
        """`samples` as features of a window of `window` samples, shape `[bands, window / 160]`."""
        sound = samples.astype(np.float32) / 32768
        features: Features = self._model.feature_extractor(sound).astype(np.float32)
        # Whisper's features end 80 dB below the loudest one, which is 2 in their unit.
        silence = features.max() - 2 if self._profile.padding == "silence" else 0.0
        frames = window // _FRAME
        features = features[:, :frames]
        missing = ((0, 0), (0, frames - features.shape[1]))
        return np.pad(features, missing, constant_values=silence)

    def _warm_up(self) -> None:
        """Decode once: the first run is ten times slower than the others, and finds bad shapes."""
        try:
            self._decode(np.zeros(LISTENING_RATE, np.int16), LISTENING_RATE, cap=1)
        except EngineError as error:
            raise ModelError(
                f"{self._folder}: cannot be run ({error.what})", whisper_files.CURE
            ) from error

    def _prompt_for(self, language: str) -> list[int]:
        start, plain = self._token("<|startoftranscript|>"), self._token("<|notimestamps|>")
        if not self._model.model.is_multilingual:
            if language != "en":
                raise ConfigError(
                    f"stt.language is {language!r}, but this model knows only English",
                    "Set it to en, or choose a multilingual stt.model.",
                )
            return [start, plain]
        spoken = self._model.hf_tokenizer.token_to_id(f"<|{language}|>")
        if spoken is None:
            raise ConfigError(
                f"stt.language is {language!r}, which this model does not know",
                "Use a two-letter code such as en, de or fr.",
            )
        return [start, int(spoken), self._token("<|transcribe|>"), plain]

    def _token(self, name: str) -> int:
        token = self._model.hf_tokenizer.token_to_id(name)
        if token is None:
            raise ModelError(f"{self._folder}: its tokenizer has no {name}", whisper_files.CURE)
        return int(token)


def _load(folder: Path, threads: int) -> Any:
    """A `faster_whisper.WhisperModel`, int8 on the processor."""
    os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", str(_KERNELS))
    import faster_whisper

    try:
        return faster_whisper.WhisperModel(
            str(folder),
            device="cpu",
            compute_type="int8",
            cpu_threads=threads,
            local_files_only=True,
        )
    except Exception as error:  # tokenizers raises bare Exception
        raise ModelError(
            f"{folder}: cannot be loaded as a Whisper model ({error})", whisper_files.CURE
        ) from error
