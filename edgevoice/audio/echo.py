"""Takes our own sound out of what the microphone hears, and tells whether somebody speaks over it.

The canceller is WebRTC's AEC3 (BSD-3-Clause, package `pywebrtc-audio`).
"""

from dataclasses import dataclass

from edgevoice.audio.chunk import Samples
from edgevoice.audio.double_talk import FRAME, DoubleTalk
from edgevoice.errors import ModelError

__all__ = ["FRAME", "Cleaned", "EchoCanceller"]


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
            from pywebrtc_audio import AudioProcessor
        except ImportError:
            raise ModelError(
                "the echo canceller (pywebrtc-audio) is not installed",
                "Install it (`make setup`), or set audio.duplex to half.",
            ) from None
        self._aec3 = AudioProcessor(
            sample_rate=16_000,
            echo_cancellation=True,
            high_pass_filter=True,
            noise_suppression=noise_suppression,
            auto_gain_control=automatic_gain,
            stream_delay_ms=round(delay_ms),
        )
        self._double_talk = DoubleTalk()

    def add(self, microphone: Samples, loudspeaker: Samples) -> Cleaned:
        """The frame `microphone` without the echo of `loudspeaker`; both have shape `[160]`."""
        pcm = self._aec3.process(microphone, loudspeaker)
        return Cleaned(pcm, self._double_talk.add(microphone, loudspeaker))
