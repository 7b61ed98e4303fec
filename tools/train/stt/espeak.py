"""espeak-ng through its shared library: speech with word times, and phonemes for the CTC targets.

In-process synthesis is what makes tens of thousands of clips cheap: no process is started, and the
synthesiser's own word events say where each word begins.
"""

import ctypes
import re
from functools import cache

import numpy as np
from numpy.typing import NDArray

SYNCHRONOUS, CHARS_UTF8, PHONEMES_IPA, WORD_EVENT = 2, 1, 2, 1
RATE, PITCH, PITCH_RANGE = 1, 3, 4  # espeak_PARAMETER


class _Event(ctypes.Structure):
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


class Espeak:
    """One synthesiser per process (the library keeps global state)."""

    def __init__(self) -> None:
        self.library = ctypes.CDLL("libespeak-ng.so.1")
        self.sample_rate: int = self.library.espeak_Initialize(SYNCHRONOUS, 0, None, 0)
        if self.sample_rate <= 0:
            raise OSError("espeak-ng does not start: install the package espeak-ng-data")
        self.library.espeak_TextToPhonemes.restype = ctypes.c_char_p
        self._blocks: list[NDArray[np.int16]] = []
        self._words: dict[int, float] = {}
        self._callback = _CALLBACK(self._collect)  # kept: the library holds only a pointer
        self.library.espeak_SetSynthCallback(self._callback)

    def _collect(self, wav: object, count: int, events: object) -> int:
        if wav and count > 0:
            self._blocks.append(np.ctypeslib.as_array(wav, (count,)).copy())
        index = 0
        while (event := events[index]).type:  # type: ignore[index]
            if event.type == WORD_EVENT:
                self._words[event.text_position] = event.audio_position / 1000
            index += 1
        return 0

    def _voice(self, voice: str) -> None:
        if self.library.espeak_SetVoiceByName(voice.encode()):
            raise ValueError(f"espeak-ng has no voice {voice!r}")

    def speak(
        self, text: str, voice: str, rate: int, pitch: int, pitch_range: int
    ) -> tuple[NDArray[np.int16], dict[int, float]]:
        """Speech at ``sample_rate``; of each word, its place in the text (from 1) → seconds."""
        self._blocks.clear()
        self._words = {}
        self._voice(voice)
        for parameter, value in ((RATE, rate), (PITCH, pitch), (PITCH_RANGE, pitch_range)):
            self.library.espeak_SetParameter(parameter, value, 0)
        data = text.encode() + b"\0"
        self.library.espeak_Synth(data, len(data), 0, 1, 0, CHARS_UTF8, None, None)
        audio = np.concatenate(self._blocks) if self._blocks else np.zeros(0, np.int16)
        return audio, self._words

    def phonemes(self, word: str) -> str:
        """The word in American English as IPA symbols, without stress and length marks."""
        self._voice("en-us")
        pointer = ctypes.c_char_p(word.encode())
        ipa = self.library.espeak_TextToPhonemes(ctypes.byref(pointer), CHARS_UTF8, PHONEMES_IPA)
        return re.sub(r"[ˈˌː\s\u200d\u0329]", "", (ipa or b"").decode())


@cache
def espeak() -> Espeak:
    """This process's synthesiser."""
    return Espeak()
