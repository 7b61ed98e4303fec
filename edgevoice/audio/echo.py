"""Takes our own sound out of what the microphone hears, and tells whether somebody speaks over it.

The canceller is WebRTC's AEC3 (BSD-3-Clause, package `pywebrtc-audio`).
"""

from dataclasses import dataclass

import numpy as np

from edgevoice.audio.chunk import Samples
from edgevoice.audio.double_talk import FRAME, DoubleTalk
from edgevoice.audio.resample import to_int16
from edgevoice.errors import ModelError

__all__ = ["FRAME", "Cleaned", "EchoCanceller"]

_LINGER = 50
"""Frames after the last sign of a person for which they are let through."""

_BACKGROUND = 0.1
"""How much of the residual is heard while there is nobody: after the silence that AEC3 leaves, a
voice that sets in is not taken for one by Silero for up to half a second."""


@dataclass(frozen=True, slots=True, eq=False)
class Cleaned:
    """A frame without its echo.

    `pcm`: shape `[160]`. `person`: how sure we are that somebody but the loudspeaker makes sound,
    0…1; from 0.5 on it is a first sign of a person.
    """

    pcm: Samples
    person: float


class EchoCanceller:
    """Fed with what the microphone hears and what the loudspeaker plays, 10 ms at a time."""

    def __init__(
        self,
        *,
        delay_ms: float = 0,
        noise_suppression: bool = False,
        automatic_gain: bool = False,
    ) -> None:
        """`delay_ms`: how long our sound takes to the microphone, as measured; 0: not known.

        Raises `ModelError` when `pywebrtc-audio` is not installed.
        """
        try:
            import pywebrtc_audio
        except ImportError:
            raise ModelError(
                "the echo canceller (pywebrtc-audio) is not installed",
                "Install it (`make setup`), or set audio.duplex to half.",
            ) from None
        self._aec3 = pywebrtc_audio.EchoCanceller(stream_delay_ms=round(delay_ms))
        self._polish = pywebrtc_audio.AudioProcessor(
            high_pass_filter=True,
            noise_suppression=noise_suppression,
            auto_gain_control=automatic_gain,
        )
        self._double_talk = DoubleTalk()
        self._since_person = _LINGER
        self._through = _BACKGROUND

    def add(self, microphone: Samples, loudspeaker: Samples) -> Cleaned:
        """The frame `microphone` without the echo of `loudspeaker`; both have shape `[160]`."""
        suppressed = self._aec3.process(microphone, loudspeaker)
        overheard = self._double_talk.add(microphone, loudspeaker)
        self._since_person = 0 if overheard.person >= 0.5 else self._since_person + 1
        wanted = 1.0 if self._since_person < _LINGER else _BACKGROUND
        share = np.linspace(self._through, wanted, FRAME, dtype=np.float32)
        self._through = wanted
        mixed = suppressed + share * (overheard.residual - suppressed)
        return Cleaned(self._polish.process(to_int16(mixed)), overheard.person)
