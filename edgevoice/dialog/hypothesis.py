"""The words of an unfinished utterance: which of them are certain, and when to look again.

Successive transcripts of growing sound agree on their beginnings long before they agree on their
ends. The rule is LocalAgreement-2 (Macháček, Dabre, Bojar: "Turning Whisper into Real-Time
Transcription System", 2023): words on which two transcripts in a row agree are stable.

Where that method asks the model for the times of its words in order to let finished sound go, we
cut where the voice paused: that needs nothing of the model, and never goes through a word.
"""

from collections.abc import Sequence

from edgevoice.audio.chunk import samples_of

OPEN = samples_of(8_000)
"""The open stretch is cut when it is longer: two more seconds of speech and a look still fits into
10 s, the shortest window of stock Whisper models."""

KEPT = samples_of(2_000)
"""Least length of what is cut off, and of what stays: a transcriber needs some words around a word
to recognise it."""

PAUSE = samples_of(40)
"""Silence after which no look is begun: one VAD frame of it. The final transcript may be due soon,
and has to wait for a look that is under way and has not heard the end."""

SHARE = 2
"""Looks may fill one half of the time: an interval is so many times as long as a look takes."""


class Hypothesis:
    """The words of one utterance, from successive transcripts of its open stretch."""

    def __init__(self) -> None:
        self._committed: list[str] = []
        self._agreed: list[str] = []
        self._last: list[str] = []

    @property
    def stable(self) -> str:
        """The words that will most likely not change any more."""
        return " ".join(self._committed + self._agreed)

    @property
    def latest(self) -> str:
        """All words, by the last transcript."""
        return self.final(" ".join(self._last))

    def add(self, text: str) -> None:
        """The open stretch, longer than before, is now transcribed as `text`."""
        words = text.split()
        same = 0
        while same < min(len(words), len(self._last)) and words[same] == self._last[same]:
            same += 1
        self._agreed, self._last = words[:same], words

    def commit(self, text: str) -> None:
        """A part of the open stretch is finished: it is `text`. What follows is open now."""
        self._committed += text.split()
        self._agreed, self._last = [], []

    def final(self, text: str) -> str:
        """All words, the open stretch being `text`."""
        return " ".join(self._committed + text.split())


class Cadence:
    """When the next look at an utterance is affordable. Everything in samples."""

    def __init__(self, least: int) -> None:
        """`least`: the shortest interval between the beginnings of two looks."""
        self._least = least
        self._began = 0
        self._takes = 0

    def take_over(self, before: "Cadence") -> None:
        """Know what a look takes, as `before` does."""
        self._began, self._takes = before._began, before._takes

    def began(self, at: int) -> None:
        """A look begins at the sample `at`."""
        self._began = at

    def took(self, samples: int) -> None:
        """It took `samples`; what a look takes is averaged over the last few."""
        self._takes = samples if not self._takes else (self._takes + samples) // 2

    def due(self, now: int, start: int, last_voice: int) -> bool:
        """Whether to look at the utterance from `start` on, at the sample `now`."""
        interval = max(self._least, SHARE * self._takes)
        return now - max(self._began, start) >= interval and now - last_voice < PAUSE


def cut_point(pauses: Sequence[tuple[int, int]], start: int, now: int) -> int | None:
    """Where the open stretch from `start` to `now` may be cut for good; None: nowhere yet.

    `pauses`: silences of at least 100 ms, first sample and sample after the last, in order. It is
    the middle of the latest one that leaves `KEPT` on both sides.
    """
    if now - start <= OPEN:
        return None
    middles = ((first + end) // 2 for first, end in reversed(pauses))
    return next((cut for cut in middles if start + KEPT <= cut <= now - KEPT), None)
