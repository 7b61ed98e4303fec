"""What both sides are given and what they give back: plain values, one clock.

The clock is the person's track: samples at 16 kHz since the conversation began. A response lasts
from the last voiced sample of the person's clip to the first sample that the loudspeaker plays
above `LOUD`, which is not the first sample that it is given: voices begin with silence.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Self

import numpy as np

from edgevoice.audio.chunk import LISTENING_RATE, Samples
from edgevoice.audio.level import FULL_SCALE

LOUD = FULL_SCALE // 1000
"""Amplitude from which a sample is sound: 60 dB below full scale."""

GAP_MS = 1500
"""Silence after a reply before the person goes on: more than any pause within a reply."""

PATIENCE_S = 15.0
"""Seconds of silence after which the person goes on without a reply."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A conversation for the other side. `clips`: WAV files, spoken one after the other.

    `stt`: folder of a CTranslate2 model; `voice`: a Piper .onnx file of `voice_rate` hertz.
    `llm_url`: an OpenAI-compatible server. `stop_s`: silence that ends speech for the VAD;
    `wait_s`: how much longer the turn stays open. Both None: as pipecat comes.
    """

    clips: Sequence[str]
    stt: str
    llm_url: str
    voice: str
    voice_rate: int
    system_prompt: str
    max_tokens: int
    stop_s: float | None = None
    wait_s: float | None = None

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        return cls(**values)


@dataclass(frozen=True, slots=True)
class Held:
    """A conversation that was held. `spoken`: first and one-past-last voiced sample of every line.

    `loud`: where sound begins in every piece of the reply that has any. `marks`: what else
    happened: name → samples. `heard`: the transcripts, in order.
    """

    spoken: Sequence[tuple[int, int]]
    loud: Sequence[int]
    marks: Mapping[str, Sequence[int]] = field(default_factory=dict)
    heard: Sequence[str] = ()

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        spoken = [(start, end) for start, end in values["spoken"]]
        return cls(spoken, values["loud"], values["marks"], values["heard"])

    def responses_ms(self) -> list[float | None]:
        """For every line, the time until the reply is heard; None without one, or if it came
        before the line was over."""
        return self.after_lines_ms(self.loud)

    def after_lines_ms(self, moments: Sequence[int]) -> list[float | None]:
        """The first of `moments` after every line and before the next, as milliseconds after it."""
        starts = [start for start, _ in self.spoken[1:]]
        until = [*starts, 2**62]
        return [
            first_ms(moments, start, end, after)
            for (start, end), after in zip(self.spoken, until, strict=True)
        ]


def first_ms(moments: Iterable[int], start: int, end: int, after: int) -> float | None:
    """Milliseconds from `end` to the first of `moments` in `start`…`after`; None if before `end`
    or if there is none."""
    first = min((moment for moment in moments if start <= moment < after), default=None)
    if first is None or first < end:
        return None
    return 1000 * (first - end) / LISTENING_RATE


def first_loud(pcm: Samples) -> int | None:
    """Index of the first sample of `pcm` that is sound; None if all is silence."""
    loud = np.abs(pcm.astype(np.int32)) >= LOUD
    return int(np.argmax(loud)) if loud.any() else None
