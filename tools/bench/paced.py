"""A transcriber that does all the work of a real one, but whose words come as they are spoken.

The words of a model from `tools.bench.shapes` are fixed, so that the transcript of the first second
is already the whole question. A program that works while the person speaks would profit from that
in a way which no real model allows. Here the inner transcriber works as ever; of its words only
the share is passed on that the share of the clip heard so far allows.
"""

from collections.abc import Callable
from dataclasses import replace

from edgevoice.audio.chunk import Samples, samples_of
from edgevoice.audio.level import voiced_span
from edgevoice.engines.base import NEVER, Stop, Transcriber, Transcript

TOLERANCE = samples_of(50)
"""How much of the clip's end may be missing where all of its words are heard."""


class PacedTranscriber:
    """A `Transcriber`; `clip` answers what the person is saying, or said last."""

    def __init__(self, inner: Transcriber, clip: Callable[[], Samples]) -> None:
        self._inner = inner
        self._clip = clip
        self.min_avg_logprob = inner.min_avg_logprob

    def transcribe(self, samples: Samples, stop: Stop = NEVER) -> Transcript:
        transcript = self._inner.transcribe(samples, stop)
        text = heard_so_far(transcript.text, voiced(samples), voiced(self._clip()))
        return replace(transcript, text=text)


def voiced(samples: Samples) -> int:
    """From the first to the last voiced sample of `samples`."""
    start, end = voiced_span(samples)
    return end - start


def heard_so_far(text: str, heard: int, whole: int) -> str:
    """The words of `text` that are over when `heard` of its `whole` samples were heard."""
    if heard + TOLERANCE >= whole:
        return text
    words = text.split()
    return " ".join(words[: len(words) * heard // whole])
