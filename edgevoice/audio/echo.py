"""Takes our own sound out of what the microphone hears, and tells whether somebody speaks over it.

The canceller is WebRTC's AEC3 (BSD-3-Clause, package `pywebrtc-audio`). It suppresses what its own
linear filter leaves of the echo, and with that most of a voice that speaks over ours. So a filter
of our own (`double_talk`) tells whether there is one, and lets it through without its echo.
"""

from collections import deque
from dataclasses import dataclass
from typing import Any

import numpy as np

from edgevoice.audio.chunk import Samples, milliseconds_of
from edgevoice.audio.double_talk import FRAME, DoubleTalk
from edgevoice.audio.resample import to_int16
from edgevoice.errors import ModelError

__all__ = ["FRAME", "Cleaned", "EchoCanceller", "aec3"]

# How to notice a person over our own voice was measured by `tools.bench.echo_detectors`, in
# simulated rooms with echoes of 0 to -20 dB after 20 to 250 ms: 120 people as loud as the echo,
# beside loudspeakers of which every fifth distorts. The times are from the first voiced sample
# (median, 95th percentile). False suspicions: per minute of our voice alone, in 24 minutes, and in
# 5 of a loudspeaker that distorts.
#
#                                        noticed                false suspicions
#     Silero on AEC3's output, 0.5       99%    115   454 ms    0.67   0.19 per minute
#     Silero on our residual, 0.5        100%    48   171 ms    1.75   1.88
#     our residual to its expectation    100%    24   126 ms    0      1.13
#
# The last one it is, and it runs no network. Where the echo is 10 dB louder than the person, it
# notices 84% (Silero on AEC3's output: 81%), at a median of 75 ms (329). On the false suspicions
# of the distorting loudspeaker playback was held, and Silero heard no voice in the second after.
#
# Once it is held, 300 ms of a voice as loud as the echo are heard in AEC3's output 420 ms after
# their beginning (95%: 700), in what we let through after 370 (550), in the clean recording after
# 340 (410).
#
# All of it takes 24 ms of processor time per second (AMD EPYC, busy with other work), 8 of them
# AEC3's and 10 the detector's.

_LINGER = 50
"""Frames after the last sign of a person for which they are let through."""

_BACKGROUND = 0.1
"""How much of the residual is heard while there is nobody. After the silence that AEC3 leaves,
Silero is slow to believe in a voice that sets in: of one 10 dB louder than the echo, 300 ms were
heard after 895 ms (95th percentile of 40 people), and with this after 534."""

_LEARNING = 200
"""Frames of our own sound after which the way of the echo is known. Before that we are deaf while
we speak: of 30 first replies into an echo 10 dB louder than a person, 17 interrupted themselves."""

_RELEARNING = 150
"""Likewise after the echo has moved. Simulated with babble, echoes of 0 and -10 dB after 80 ms and
jumps of 5 and 20 ms in either direction: without being told, we took ourselves for a person for up
to 1.85 s, the last time after 646 frames of our own sound (of 40 runs). Told of it at the jump,
after at most 12 (of 32); told 300 ms before, as when what is queued has yet to sound, after 98."""

_LATEST_MS = 250
"""An echo that comes later has what was played kept waiting for it, but for so long: our filter
looks back 400 ms, and in rooms whose echo came after 450 or 650 ms it took us for a person."""

_TAIL = 40
"""Frames for which a room goes on sounding."""


@dataclass(frozen=True, slots=True, eq=False)
class Cleaned:
    """A frame without its echo.

    `pcm`: shape `[160]`. `person`: how sure we are that somebody but the loudspeaker makes sound,
    0…1; from 0.5 on it is a first sign of a person.
    """

    pcm: Samples
    person: float


def aec3(delay_ms: float) -> Any:
    """The canceller without our own part in it: `process(microphone, loudspeaker)` takes frames of
    shape `[160]`, and answers the first without the echo of the second.

    Raises `ModelError` when `pywebrtc-audio` is not installed.
    """
    return _pywebrtc_audio().EchoCanceller(stream_delay_ms=round(delay_ms))


def _pywebrtc_audio() -> Any:
    try:
        import pywebrtc_audio
    except ImportError:
        raise ModelError(
            "the echo canceller (pywebrtc-audio) is not installed",
            "Install it (`make setup`), or set audio.duplex to half.",
        ) from None
    return pywebrtc_audio


class EchoCanceller:
    """Fed with what the microphone hears and what the loudspeaker plays, 10 ms at a time.

    Of its first two seconds of our own sound, and of 1.5 s after the echo has `moved`, it lets
    nothing through, and takes nobody for a person: it has yet to learn the way of the echo.
    """

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
        self._delay_ms = delay_ms
        self._aec3 = aec3(delay_ms)
        self._polish = _pywebrtc_audio().AudioProcessor(
            high_pass_filter=True,
            noise_suppression=noise_suppression,
            auto_gain_control=automatic_gain,
        )
        self._double_talk = DoubleTalk()
        late = max(0, round((delay_ms - _LATEST_MS) / milliseconds_of(FRAME)))
        self._on_its_way = deque([np.zeros(FRAME, np.int16)] * late)
        self._since_person = _LINGER
        self._through = _BACKGROUND
        self._learned = 0
        self._since_played = _TAIL

    def add(self, microphone: Samples, loudspeaker: Samples) -> Cleaned:
        """The frame `microphone` without the echo of `loudspeaker`; both have shape `[160]`."""
        suppressed = self._aec3.process(microphone, loudspeaker)
        self._on_its_way.append(loudspeaker)
        sounding = self._on_its_way.popleft()
        overheard = self._double_talk.add(microphone, sounding)
        self._since_person = 0 if overheard.person >= 0.5 else self._since_person + 1
        wanted = 1.0 if self._since_person < _LINGER else _BACKGROUND
        share = np.linspace(self._through, wanted, FRAME, dtype=np.float32)
        self._through = wanted
        mixed = suppressed + share * (overheard.residual - suppressed)
        polished = self._polish.process(to_int16(mixed))
        if self._still_learning(sounding):
            return Cleaned(np.zeros_like(polished), 0.0)
        return Cleaned(polished, overheard.person)

    def moved(self) -> None:
        """Our sound comes earlier or later from now on: some of it, or of the microphone's, is
        lost. The way of the echo has to be learned again; we are deaf meanwhile, as at first."""
        # A new one, as an old one that the jump deceives is slow to see it. In 40 runs as above it
        # took out at least 25 dB between 1.5 and 3 s after the jump (mean 33), the old one 8 (35);
        # over all 3 s at least 12 dB (mean 19), the old one 9 (28), but we are deaf for most of it.
        self._aec3 = aec3(self._delay_ms)
        self._double_talk.moved()
        self._learned = min(self._learned, _LEARNING - _RELEARNING)

    def _still_learning(self, loudspeaker: Samples) -> bool:
        """Whether this frame may hold more of `loudspeaker` than we can take out yet."""
        played = bool(loudspeaker.any())
        self._learned += played
        self._since_played = 0 if played else self._since_played + 1
        return self._learned < _LEARNING and self._since_played < _TAIL
