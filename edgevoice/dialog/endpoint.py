"""How long to wait for a person to go on, before their turn is taken to be over.

One fixed silence is always wrong: too long after "yes", too short after "set a timer for". So the
wait depends on what two witnesses say while the silence lasts: the words (`dialog/phrases.py`) and
the tone of voice (a `TurnDetector`). Each moves the odds that the person has finished; the odds
choose a wait between a short one and a long one. With no witness it is the plain endpoint delay.

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

SURE, EVEN = math.log(9), 0.0
"""Log-odds (of having finished) from which the wait is the shortest, and the longest."""

WORDS: Final = {
    Completeness.OPEN: math.log(1 / 50),
    Completeness.UNSURE: 0.0,
    Completeness.COMPLETE: math.log(3),
    Completeness.SHORT: math.log(50),
}
"""By how much words move the log-odds. A sentence that lacks its end is nearly certain; one that
could stand may well go on."""

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
        share = (SURE - self._log_odds()) / (SURE - EVEN)
        span = self._waits.longest / self._waits.shortest
        wait = round(self._waits.shortest * math.pow(span, min(1.0, max(0.0, share))))
        return max(wait, self._least)

    def _log_odds(self) -> float:
        words = WORDS[self.words] if self.words else 0.0
        if self.tone is None:
            return self._neutral() + words
        tone = min(max(self.tone, 1e-3), 1 - 1e-3)
        return math.log(tone / (1 - tone)) + words

    def _neutral(self) -> float:
        """The log-odds that stand for the plain wait."""
        if self._waits.longest == self._waits.shortest:
            return EVEN
        span = math.log(self._waits.longest / self._waits.shortest)
        share = math.log(self._waits.plain / self._waits.shortest) / span
        return SURE - share * (SURE - EVEN)

    @property
    def _least(self) -> int:
        """What this person's own pauses ask for, at most the plain wait."""
        if len(self._pauses) < TELLING:
            return 0
        usual = sorted(self._pauses)[len(self._pauses) * 3 // 4]
        return min(round(MARGIN * usual), self._waits.plain)
