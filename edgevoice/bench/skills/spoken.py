"""A part of the requests, spoken by a synthetic voice and understood by the speech recogniser."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from edgevoice.bench.run import Progress
from edgevoice.bench.skills.answering import Answering
from edgevoice.bench.skills.boasts import Boasts
from edgevoice.bench.skills.figures import Share
from edgevoice.bench.skills.requests import Asked, Kind
from edgevoice.bench.skills.trial import Tried, attempt
from edgevoice.bench.turns.requests import spoken_requests
from edgevoice.engines.base import Transcriber
from edgevoice.skills.amounts import spoken as words_of
from edgevoice.skills.number_words import in_digits

SPOKEN = 40
"""So many requests are spoken."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """What came of them. `texts`: what the recogniser wrote, request by request."""

    tried: Sequence[Tried]
    texts: Sequence[str]
    asked: Sequence[Asked]

    @property
    def heard(self) -> Share:
        """Those of which every word was understood."""
        return Share(sum(self._heard), len(self.asked))

    @property
    def right(self) -> Share:
        """Those that were done as they should be."""
        return Share(sum(each.right for each in self.tried), len(self.tried))

    @property
    def right_if_heard(self) -> Share:
        """The same, of those of which every word was understood."""
        heard = [each.right for each, there in zip(self.tried, self._heard, strict=True) if there]
        return Share(sum(heard), len(heard))

    @property
    def _heard(self) -> list[bool]:
        return [
            _compared(asked.words) == _compared(text)
            for asked, text in zip(self.asked, self.texts, strict=True)
        ]

    def as_json(self) -> dict[str, Any]:
        """For skills.json."""
        return {
            "heard": self.heard.as_json,
            "right": self.right.as_json,
            "right_if_heard": self.right_if_heard.as_json,
            "requests": [
                {"words": asked.words, "understood": text, "right": each.right}
                for asked, text, each in zip(self.asked, self.texts, self.tried, strict=True)
            ],
        }


def _compared(text: str) -> str:
    """`text` without what cannot be heard: marks, and whether a number is in words or figures."""
    return in_digits(" ".join(words_of(text)))


def chosen(requests: Sequence[Asked], count: int = SPOKEN) -> list[Asked]:
    """`count` requests from all over the set; those that need a second turn or a fault stay out."""
    fit = [each for each in requests if each.kind not in (Kind.CONFIRMED, Kind.FAULT)]
    step = max(1, len(fit) // count)
    return fit[::step][:count]


async def listen(
    requests: Sequence[Asked],
    transcriber: Transcriber,
    answering: Answering,
    boasts: Boasts,
    progress: Progress,
) -> Spoken:
    """What comes of `requests` when they are spoken. Raises `ModelError` without espeak-ng."""
    progress("the person’s voice", 0, len(requests))
    clips = spoken_requests([each.words for each in requests])
    texts = []
    for n, clip in enumerate(clips):
        progress("understanding", n, len(clips))
        texts.append(transcriber.transcribe(clip.pcm).text)
    misheard = [replace(asked, words=text) for asked, text in zip(requests, texts, strict=True)]
    tried = await attempt(misheard, answering, boasts, progress)
    return Spoken(tried, texts, requests)
