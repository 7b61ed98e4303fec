"""How long to wait for a person to go on, before their turn is taken to be over.

One fixed silence is always wrong: too long after "yes", too short after "set a timer for". So the
wait depends on what two witnesses say while the silence lasts: the words (`dialog/phrases.py`) and
the tone of voice (a `TurnDetector`). What each says is evidence, the logarithm of a likelihood
ratio: how much likelier it is at an end than at a pause. Evidence adds up, and the wait is the
plain one divided by a power of it, between a shortest and a longest.

The tone is judged once, at the soft end. Measured on 120 recordings of people, 96 ms into the
silence the detector tells ends from gaps between words as well (area under the curve 0.87) as it
does after 256 ms (0.87), and better than after 500 ms (0.83): by then it takes silence for an end.
"""

import math
from collections import deque
from dataclasses import dataclass
from typing import Final

from edgevoice.audio.chunk import samples_of
from edgevoice.dialog.phrases import Completeness

ANCHORS_MS = {"fixed": 500, "brisk": 400, "normal": 500, "patient": 1000}
"""The plain endpoint delay of each way of waiting, in milliseconds."""

SHORTEST = 0.64
"""The shortest wait, of the plain one: 320 ms at 500. People's pauses inside a sentence are rarely
longer: 5 of 120 utterances had one that was."""

LONGEST = 3.5
"""The longest wait, of the plain one: 1.75 s at 500 ms. Pauses to think last up to 1.5 s."""

STEEP = 0.8
"""The power. Measured on the same people with pauses of 0.6 to 1.5 s at gaps between words, by the
tone alone: 0.5 cuts 38% of them off, 0.8 34%, 1.0 33%, at a mean wait of 459, 481 and 489 ms."""

NEUTRAL_TONE = 0.8
"""The probability that says nothing: at it, ends and gaps are equally frequent (measured)."""

LOUDEST_TONE = 2.5
"""The most that the tone can say, either way. Below 2% there are 19 gaps to an end, above 98% 12
ends to a gap (measured): the detector is surer of itself than it is right."""

WORDS: Final = {
    Completeness.OPEN: -4.0,
    Completeness.UNSURE: -3.0,
    Completeness.FOLLOW_UP: 0.0,  # a judgement: the tone decides
    Completeness.COMPLETE: 3.5,
    Completeness.SHORT: 4.0,
}
"""What words say. Measured on 3,000 requests and all their beginnings: complete words are 8 to 9
times as frequent at ends, open ones 18 to 90 times and unsure ones twice as frequent at pauses. The
figures are larger, for three reasons. Waiting in vain costs a second, and answering too soon costs
the sentence. The tone of synthetic voices means nothing, and words have to outweigh it: of requests
of such voices with a pause in them, 2.2 and 0 cut 41% off, 3.5 and -3 cut 8%; whole requests are
waited for 370 ms in the median either way. And nobody wants to wait after "yes"."""

REMEMBERED = 12
"""Pauses of this person that we go by."""

TELLING = 3
"""Pauses it takes before they say anything about a person."""

MARGIN = 1.25
"""A person who pauses for so long is given so many times as long."""

SHORTEST_PAUSE = samples_of(160)
"""What is shorter lies inside a word or between two, and says nothing about how a person thinks."""


@dataclass(frozen=True, slots=True)
class Waits:
    """Samples of silence: the `plain` wait, and how far witnesses may move it."""

    shortest: int
    plain: int
    longest: int

    @classmethod
    def around(cls, plain: int, adaptive: bool) -> "Waits":
        """The waits that belong to the endpoint delay `plain`."""
        if not adaptive:
            return cls(plain, plain, plain)
        return cls(round(SHORTEST * plain), plain, round(LONGEST * plain))


class Endpoint:
    """How long to wait in the present silence; learns how this person pauses."""

    def __init__(self, waits: Waits) -> None:
        self._waits = waits
        self.tone: float | None = None
        """What the tone of voice says, 0…1; None: nothing yet."""
        self.words: Completeness | None = None
        """What the words say; None: nothing yet."""
        self._pauses: deque[int] = deque(maxlen=REMEMBERED)

    def take_over(self, before: "Endpoint") -> None:
        """Know how this person pauses, as `before` does."""
        self._pauses = before._pauses

    def forget_witnesses(self) -> None:
        """A new silence begins."""
        self.tone = self.words = None

    def hear_tone(self, finished: float) -> None:
        """By its tone, the utterance is over with the probability `finished`."""
        self.tone = finished

    def hear_words(self, completeness: Completeness) -> None:
        """So complete are its words."""
        self.words = completeness

    def went_on_after(self, pause: int) -> None:
        """The person paused for so many samples, and went on."""
        if pause >= SHORTEST_PAUSE:
            self._pauses.append(pause)

    @property
    def wait(self) -> int:
        """Samples of silence after which the turn is over, by what is known now."""
        if self.tone is None and self.words is None:
            return self._waits.plain
        wait = round(self._waits.plain * math.exp(-STEEP * self._evidence()))
        return min(max(wait, self._waits.shortest, self._least), self._waits.longest)

    def _evidence(self) -> float:
        """How much speaks for an end: the logarithm of a likelihood ratio."""
        words = WORDS[self.words] if self.words else 0.0
        if self.tone is None:
            return words
        tone = _logit(min(max(self.tone, 1e-3), 1 - 1e-3)) - _logit(NEUTRAL_TONE)
        return words + min(max(tone, -LOUDEST_TONE), LOUDEST_TONE)

    @property
    def _least(self) -> int:
        """What this person's own pauses ask for, at most the plain wait."""
        if len(self._pauses) < TELLING:
            return 0
        usual = sorted(self._pauses)[len(self._pauses) * 3 // 4]
        return min(round(MARGIN * usual), self._waits.plain)


def _logit(probability: float) -> float:
    return math.log(probability / (1 - probability))
