"""espeak-ng through ctypes: a formant voice that is small, instant and in every distribution.

Measured on two x86 cores: 2 ms for a clause of 1.7 s, so a text is synthesised whole and handed
out in blocks. The library keeps one voice and one set of parameters per process, and prints to
nobody's ear: a lock makes it ours while we speak.
"""

import ctypes
import threading
from collections.abc import Iterator
from functools import cache
from typing import Any

import numpy as np

from edgevoice.audio.chunk import AudioChunk, Samples
from edgevoice.engines.base import NEVER, Stop
from edgevoice.engines.blocks import blocks
from edgevoice.errors import EngineError, ModelError

LIBRARY = "libespeak-ng.so.1"
NORMAL_RATE_WPM = 175
"""Words per minute at which espeak-ng speaks when it is not told otherwise."""

# speak_lib.h
_SYNCHRONOUS = 2
_DONT_EXIT = 0x8000
_UTF8 = 1
_END_PAUSE = 0x1000
_RATE, _VOLUME, _PITCH = 1, 2, 3
_WORD = 1


class _Event(ctypes.Structure):
    """espeak_EVENT."""

    _fields_ = (
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", ctypes.c_char * 8),
    )


_CALLBACK = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event)
)

_lock = threading.Lock()


@cache
def _library() -> tuple[Any, int]:
    """The library, initialised once per process, and its sample rate in hertz."""
    cure = "Install espeak-ng: sudo apt-get install libespeak-ng1"
    try:
        library = ctypes.CDLL(LIBRARY)
    except OSError:
        raise ModelError(f"espeak-ng is not installed ({LIBRARY} is missing)", cure) from None
    rate = library.espeak_Initialize(_SYNCHRONOUS, 100, None, _DONT_EXIT)
    if rate <= 0:
        raise ModelError(
            "espeak-ng finds none of its data",
            "Install it again: sudo apt-get install --reinstall espeak-ng-data",
        )
    return library, int(rate)


class EspeakVoice:
    """A `Voice`."""

    def __init__(
        self,
        voice: str = "en-us",
        *,
        rate_wpm: int = NORMAL_RATE_WPM,
        pitch: int = 50,
        volume: int = 100,
    ) -> None:
        """A voice by espeak-ng's name for it, variants included (`en-us+f3`).

        `rate_wpm`: words per minute, 80 to 450. `pitch`: 0 to 100. `volume`: percent, 0 to 200.
        Raises `ModelError` when library, data or voice are missing.
        """
        self._voice = voice.encode()
        self._parameters = {_RATE: rate_wpm, _PITCH: pitch, _VOLUME: volume}
        with _lock:
            library, self.rate = _library()
            if not voice or library.espeak_SetVoiceByName(self._voice):
                raise ModelError(
                    f"espeak-ng has no voice {voice!r}",
                    "`espeak-ng --voices` lists them; en-us is always there.",
                )

    def synthesize(self, text: str, stop: Stop) -> Iterator[AudioChunk]:
        pcm = self._speak(text, stop)
        # The sound before the first vibration is digital silence: 12 to 50 ms that nobody needs.
        audible = np.flatnonzero(pcm)
        if len(audible):
            yield from blocks(pcm[audible[0] :], self.rate, stop)

    def timed(self, text: str) -> tuple[Samples, list[int]]:
        """`text` as sound at `rate`, shape `[n]`, and the sample at which each of its words begins.

        Raises `EngineError`.
        """
        words: list[int] = []
        return self._speak(text, NEVER, words), words

    def _speak(self, text: str, stop: Stop, words: list[int] | None = None) -> Samples:
        """`text` as sound; the samples at which its words begin go into `words`."""
        heard: list[Samples] = []

        def take(pcm: Any, count: int, events: Any) -> int:
            if pcm and count:
                # numpy's as_array would make a ctypes type of every length, and keep them all.
                heard.append(np.frombuffer(ctypes.string_at(pcm, 2 * count), np.int16))
            if words is not None:
                words.extend(_beginnings(events))
            return int(stop.is_set())

        callback = _CALLBACK(take)
        spoken = text.replace("\0", " ").strip()
        if not spoken or stop.is_set():
            return np.zeros(0, np.int16)
        # A clause that ends in punctuation is followed by its pause; one that was cut is not.
        flags = _UTF8 | (0 if spoken[-1].isalnum() else _END_PAUSE)
        encoded = spoken.encode() + b"\0"
        with _lock:
            library, _ = _library()
            library.espeak_SetVoiceByName(self._voice)
            for parameter, value in self._parameters.items():
                library.espeak_SetParameter(parameter, value, 0)
            library.espeak_SetSynthCallback(callback)
            size = ctypes.c_size_t(len(encoded))
            failed = library.espeak_Synth(encoded, size, 0, 1, 0, flags, None, None)
        if failed:
            raise EngineError(f"espeak-ng failed with error {failed}", "Try another tts.voice.")
        return np.concatenate(heard) if heard else np.zeros(0, np.int16)


def _beginnings(events: Any) -> Iterator[int]:
    """The samples at which words begin, of an array of events that ends with one of type 0."""
    n = 0
    while events and events[n].type:
        # After a long text the library reports a word of no letters at the end of the next ones.
        if events[n].type == _WORD and events[n].length:
            yield events[n].sample
        n += 1
