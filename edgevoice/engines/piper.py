"""Piper voices (VITS, as ONNX) through onnxruntime: the voice that sounds like a person.

piper-tts turns text into phonemes and phonemes into the model's ids; the session is our own, so
that it uses the threads that it is given and no more. Loudness is the model's: scaling each
sentence to full range, as Piper does by default, makes the volume jump between clauses.

Where the network allows it, its decoder is run in blocks (`piper_split`), so that the first sound
is there long before the sentence is finished.
"""

import json
import logging
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgevoice.audio.chunk import AudioChunk, Samples
from edgevoice.engines.base import NEVER, Stop
from edgevoice.engines.blocks import blocks
from edgevoice.engines.onnx import open_session
from edgevoice.engines.piper_blocks import Feeds, InBlocks, Sound, Whole
from edgevoice.errors import EngineError, ModelError

CURE = "Fetch the voice again: tts.voice is the path of its .onnx file, with .onnx.json beside it."

_OFFLINE_PHONEMES = ("espeak", "text")
"""Phoneme types that need nothing that would have to be downloaded."""


class PiperVoice:
    """A `Voice`. One sentence is synthesised at a time; `stop` is looked at between blocks."""

    def __init__(
        self,
        path: Path,
        *,
        threads: int,
        speed: float = 1.0,
        speaker: int | None = None,
        early: bool = True,
    ) -> None:
        """Load the voice in `path` and `path`.json.

        `speed`: 1 is the voice's own, 2 twice as fast. `speaker`: index, for voices that have
        several; None takes the voice's default. `early`: in blocks, if the voice allows it; without
        it every sentence is made whole, to measure what that is worth. Raises `ModelError`.
        """
        import piper

        # It warns, with the phoneme, about every sound that a voice does not know.
        logging.getLogger("piper").setLevel(logging.ERROR)
        self._network = _open(path, threads, early)
        self._config = _config(Path(f"{path}.json"))
        self._voice: Any = piper.PiperVoice(session=None, config=self._config)
        self.rate: int = self._config.sample_rate
        self._speed, self._speaker = speed, speaker
        self._warm_up(path)

    def synthesize(self, text: str, stop: Stop) -> Iterator[AudioChunk]:
        start = 0
        for sentence in filter(None, self._voice.phonemize(text.replace("\0", " "))):
            if stop.is_set():
                return
            for pcm in self._speak(sentence, stop):
                yield from blocks(pcm, self.rate, stop, start)
                start += len(pcm)

    def _speak(self, phonemes: list[str], stop: Stop) -> Iterator[Samples]:
        """The sound of a sentence, as it is made."""
        feeds = self._feeds(self._voice.phonemes_to_ids(phonemes))
        try:
            for sound in self._network.run(feeds, stop):
                yield _samples(sound)
        except Exception as error:  # onnxruntime's own exceptions have no common base
            raise EngineError(f"the voice failed ({error})", "Try another tts.voice.") from error

    def _feeds(self, ids: list[int]) -> Feeds:
        """The network's inputs: phonemes, how many, and how freely and fast they are spoken."""
        own = self._config
        scales = [own.noise_scale, own.length_scale / self._speed, own.noise_w_scale]
        feeds: dict[str, NDArray[Any]] = {
            "input": np.array([ids], np.int64),
            "input_lengths": np.array([len(ids)], np.int64),
            "scales": np.array(scales, np.float32),
        }
        if own.num_speakers > 1:
            speaker = own.default_speaker_id if self._speaker is None else self._speaker
            feeds["sid"] = np.array([speaker], np.int64)
        return feeds

    def _warm_up(self, path: Path) -> None:
        """Speak once to nobody: the first run is the slowest, and finds what does not fit."""
        try:
            for sentence in self._voice.phonemize("a"):
                for _ in self._speak(sentence, NEVER):
                    pass
        except EngineError as error:
            raise ModelError(f"{path}: is not a Piper voice ({error.what})", CURE) from error
        except (KeyError, RuntimeError, TypeError, ValueError) as error:
            raise ModelError(f"{path}.json: does not work ({error})", CURE) from error


def _samples(sound: Sound) -> Samples:
    return (np.clip(sound, -1, 1) * 32767).astype(np.int16)


def _open(path: Path, threads: int, early: bool) -> Whole | InBlocks:
    """The network in `path`, in blocks if it can and may be; raises `ModelError`."""
    from edgevoice.engines.piper_split import split

    if early and (parts := split(path)):
        with suppress(ModelError):  # if the whole cannot be opened either, that tells why
            front, decoder = (
                open_session(path, threads=threads, cure=CURE, part=part)
                for part in (parts.front, parts.decoder)
            )
            return InBlocks(front, decoder, parts, threads)
    return Whole(open_session(path, threads=threads, cure=CURE))


def _config(path: Path) -> Any:
    """The voice's `piper.config.PiperConfig`; raises `ModelError`."""
    from piper.config import PiperConfig

    try:
        tree = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ModelError(f"{path}: is missing", CURE) from None
    except OSError as error:
        raise ModelError(f"{path}: cannot be read ({error.strerror})", CURE) from None
    except ValueError:
        raise ModelError(f"{path}: is empty, truncated or damaged (not JSON)", CURE) from None
    try:
        config = PiperConfig.from_dict(tree)
    except (AttributeError, KeyError, TypeError, ValueError):
        raise ModelError(f"{path}: is not a Piper voice's configuration", CURE) from None
    if not isinstance(config.sample_rate, int) or config.sample_rate <= 0:
        raise ModelError(f"{path}: its sample rate is {config.sample_rate!r}", CURE)
    if config.phoneme_type.value not in _OFFLINE_PHONEMES:
        raise ModelError(
            f"{path}: uses {config.phoneme_type.value} phonemes, which cannot be made offline",
            f"Choose a voice with {' or '.join(_OFFLINE_PHONEMES)} phonemes.",
        )
    return config
