"""Speech probabilities, frame by frame → when somebody spoke.

The rule is the one that practitioners know from Silero's own iterator: a frame is voiced from
`threshold` on, and speech, once started, goes on while frames stay above a lower one (hysteresis).
Clicks shorter than `min_speech` never start anything.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from edgevoice.dialog.events import (
    SpeechConfirmed,
    SpeechEnded,
    SpeechPaused,
    SpeechResumed,
    SpeechStarted,
)

HYSTERESIS = 0.15
"""How far below the threshold a frame may fall and still belong to speech that has started; at most
half of the way down, or speech with a low threshold would never end."""

CANDIDATE_GAP = 1_600
"""Samples (100 ms) of silence that a beginning may contain: plosives have such holes."""

PAUSES_REMEMBERED = 64

DOUBTFUL, SURE = 0.4, 0.9
"""Probabilities between which voice counts more and more towards confirming speech. What is half a
voice, such as a kitchen or the end of a "yeah", takes long to be taken for one. Measured against
a gate of 544 ms in which all voice counts alike: 2 of 6 kitchens and 2 of 96 little words came
through, now none; of 60 people half are confirmed 70 ms sooner, and the slowest 5% 75 ms later
beside an echo, 190 ms later without."""


@dataclass(frozen=True, slots=True)
class SegmenterSettings:
    """All lengths in samples at 16 kHz; `threshold` is a probability.

    `interrupt_voiced` is the barge-in gate: so much sure voice. A `soft_end` that is not shorter
    than the `endpointing_delay` never comes. Both delay and gate are what speech begins with:
    while it lasts, `wait` and `gate` may be set to something else.
    """

    threshold: float
    min_speech: int
    soft_end: int
    endpointing_delay: int
    max_utterance: int
    interrupt_voiced: int


def sureness(probability: float) -> float:
    """How much a frame of this probability counts towards confirming speech, 0…1."""
    return min(max((probability - DOUBTFUL) / (SURE - DOUBTFUL), 0.0), 1.0)


SpeechEvent = SpeechStarted | SpeechConfirmed | SpeechPaused | SpeechResumed | SpeechEnded


class Segmenter:
    """Turns frames into `SpeechStarted`, `SpeechConfirmed` and `SpeechEnded`, in that order.

    Between a start and its end there is at most one confirmation, and any number of pauses, every
    one of them resumed but the last; speech events never nest. After speech of `max_utterance`
    nothing starts until the voice has paused: what never pauses is a vacuum cleaner or a
    television, and would otherwise be taken for one utterance after the other.
    """

    def __init__(self, settings: SegmenterSettings) -> None:
        self._settings = settings
        self._speaking = False
        self._confirmed = False
        self._paused = False
        self._exhausted = False  # by a voice that did not pause
        self._pauses: deque[tuple[int, int]] = deque(maxlen=PAUSES_REMEMBERED)
        self._start: int | None = None  # first voiced sample of the speech or its candidate
        self._voiced = 0
        self._sure = 0.0  # voiced samples, by how sure they are
        self._end = 0  # after the last voiced sample
        self.wait = settings.endpointing_delay
        """Samples of silence that end the present speech; reset by every new voice."""
        self.gate = settings.interrupt_voiced
        """Samples of sure voice that confirm the present speech; reset by every end."""

    def take_over(self, before: "Segmenter") -> None:
        """Go on where `before` has come to, which is `silent`."""
        self._end, self._exhausted = before._end, before._exhausted

    @property
    def voiced(self) -> int:
        """Voiced samples of the present speech, or of what may become it."""
        return self._voiced

    @property
    def plain(self) -> bool:
        """Whether the present speech is more surely a voice than not."""
        return self._sure >= self._voiced / 2

    @property
    def rising(self) -> int:
        """Voiced samples of what may become speech and is none yet."""
        return 0 if self._speaking else self._voiced

    @property
    def last_voice(self) -> int:
        """Index after the last voiced sample so far."""
        return self._end

    @property
    def silent(self) -> bool:
        """Whether there is not even the beginning of speech."""
        return self._start is None

    @property
    def pauses(self) -> Sequence[tuple[int, int]]:
        """The latest pauses of at least `CANDIDATE_GAP` inside speech: (first, end) samples."""
        return self._pauses

    def add(self, probability: float, start: int, samples: int) -> list[SpeechEvent]:
        """What the frame of `samples` samples from `start` on brings about."""
        now = start + samples
        threshold = self._settings.threshold
        floor = max(threshold - HYSTERESIS, threshold / 2) if self._speaking else threshold
        if probability >= floor:
            if self._speaking and start - self._end >= CANDIDATE_GAP:
                self._pauses.append((self._end, start))
            self._end = now
            self.wait = self._settings.endpointing_delay
            if not self._exhausted:
                self._start = start if self._start is None else self._start
                self._voiced += samples
                self._sure += samples * sureness(probability)
        elif now - self._end >= CANDIDATE_GAP:
            self._exhausted = False
        if self._start is None:
            return []
        return self._spoken(now, self._start) if self._speaking else self._maybe(now, self._start)

    def finish(self, now: int) -> list[SpeechEvent]:
        """The person says that this was all, at the sample `now`: nothing is waited for."""
        speaking, start = self._speaking, self._start
        self._forget()
        return [SpeechEnded(now, start, self._end)] if speaking and start is not None else []

    def forget(self) -> None:
        """Whatever was going on, it was nothing."""
        self._forget()

    def _maybe(self, now: int, start: int) -> list[SpeechEvent]:
        if self._voiced >= self._settings.min_speech:
            self._speaking = True
            return [SpeechStarted(now, start), *self._spoken(now, start)]
        if now - self._end >= CANDIDATE_GAP:
            self._forget()
        return []

    def _spoken(self, now: int, start: int) -> list[SpeechEvent]:
        events: list[SpeechEvent] = []
        silence = now - self._end
        if self._paused and not silence:
            self._paused = False
            events.append(SpeechResumed(now))
        if not self._confirmed and self._sure >= self.gate:
            self._confirmed = True
            events.append(SpeechConfirmed(now, start))
        too_long = now - start >= self._settings.max_utterance
        if too_long or silence >= self.wait:
            self._exhausted = too_long and silence < CANDIDATE_GAP
            events.append(SpeechEnded(now, start, self._end))
            self._forget()
        elif not self._paused and silence >= self._settings.soft_end:
            self._paused = True
            events.append(SpeechPaused(now, start, self._end))
        return events

    def _forget(self) -> None:
        self._speaking = self._confirmed = self._paused = False
        self._start = None
        self._voiced, self._sure = 0, 0.0
        self.gate = self._settings.interrupt_voiced
