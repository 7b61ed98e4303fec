"""The thread of the sound process that takes the loudspeaker's echo out of the microphone.

    microphone ──▶ raw ring ──────────────▶ ┌───────────┐   the agent's microphone ring,
                                            │ canceller │──▶ at 16 kHz, and the person ring
    loudspeaker ◀─┬─ playback ring   line ─▶└───────────┘
                  └────────────────▶ ring

The callbacks still do nothing but copy bytes: `raw` and `line` are rings in memory of our own, and
the line's holds what the loudspeaker really got, with all silence. Here they are resampled, laid
side by side (`Alignment`) and cleaned in frames of 10 ms.

A frame goes out as soon as it is complete: at once where a period is whole frames at 16 kHz, else
up to 10 ms later. To what AEC3 leaves the canceller adds 8 ms, to a person whom it lets through
nothing, and noise suppression 6 to both (measured). A callback of the loudspeaker that is late adds
up to 20 ms while it is.
"""

import os
import threading
from collections import deque
from collections.abc import Callable
from typing import Any, Protocol

import numpy as np

from edgevoice.audio.chunk import LISTENING_RATE, AudioChunk, Framer, Samples, samples_of
from edgevoice.audio.echo import FRAME, Cleaned, EchoCanceller
from edgevoice.transports.sound_memory import (
    AHEAD,
    CAPTURED,
    CERTAIN,
    DROPPED,
    MOVED,
    OVERFLOWS,
    UNDERFLOWS,
    Ring,
    SharedSound,
)
from edgevoice.transports.sound_streams import Microphone, OpenedCard

WINDOW = samples_of(1_000)
"""The usual lead of so long decides; what is late for a moment does not."""
TOLERANCE = samples_of(30)
"""A lead that is too short by less is left alone. What a card says of when a sound will sound
wanders by a period of 20 ms and more (PulseAudio), while nothing changes; and after a new alignment
the canceller has to learn for seconds."""
MARGIN_MS = 30
"""So long before it sounds the line is read: an echo must never seem to come before its sound."""
PATIENCE = samples_of(20)
"""A frame waits so long for a loudspeaker's callback that is late; then that has run dry."""

KEPT = samples_of(2_000)
"""Samples of the line that are kept for a microphone that comes late."""


class Cancels(Protocol):
    """What we need of an `EchoCanceller`."""

    def add(self, microphone: Samples, loudspeaker: Samples) -> Cleaned: ...

    def moved(self) -> None: ...


class Alignment:
    """Which sample of the line belongs to a sample of the microphone. Pure.

    `lead`: the line's number minus the microphone's, both counted at 16 kHz from the start of
    their stream. As both run in real time it stays what it is, but for the jitter of the
    callbacks. It changes when a stream has lost sound, and, slowly, when the two devices' clocks
    differ.

    `margin`: how many samples before it sounds the line is read, if it is there by then. Earlier
    does no harm: the canceller finds an echo that comes up to 450 ms later, but none that comes
    before its sound (measured). So the lead is only made shorter when the line does not reach so
    far any more.
    """

    def __init__(self, margin: int) -> None:
        self.lead: int | None = None
        self._margin = margin
        self._guessed = True
        self._heard = self._since = 0
        self._sounding: list[int] = []
        self._there: list[int] = []

    def see(self, heard: int, sounding: int, there: int) -> int:
        """The numbers of the next sample of the microphone to come in, of the line to sound, and of
        the line to be known here, at one moment; answers `lead`.
        """
        self._heard = heard
        self._sounding.append(sounding - heard)
        self._there.append(there - heard)
        if self.lead is None or heard - self._since >= WINDOW:
            return self._align()
        return self.lead

    def dry(self, lead: int) -> int:
        """The line had to be read at `lead`, as there was no more of it; answers `lead`."""
        self.lead = lead
        self._begin_window()
        return lead

    def _align(self) -> int:
        there = sorted(self._there)[len(self._there) // 10]
        usual = min(there, sorted(self._sounding)[len(self._sounding) // 2] + self._margin)
        if self.lead is None or self._guessed:
            self._guessed = self.lead is None  # from one look; the first window knows better
            self.lead = usual
        elif not usual - TOLERANCE <= self.lead <= there:
            self.lead = usual
        self._begin_window()
        return self.lead

    def _begin_window(self) -> None:
        self._since = self._heard
        self._sounding.clear()
        self._there.clear()


class Line:
    """What the loudspeaker got, at 16 kHz, found by its number; silence where nothing is known."""

    def __init__(self, ring: Microphone) -> None:
        self._ring = ring
        self._kept: Samples = np.zeros(0, np.int16)
        self.end = 0

    def advance(self) -> None:
        """Take in what has been served since the last call."""
        new = [chunk.pcm for chunk in self._ring.chunks()]
        self.end += sum(map(len, new))
        self._kept = np.concatenate([self._kept, *new])[-KEPT:]

    def get(self, start: int) -> Samples:
        """The frame from sample `start` on, of shape `[160]`."""
        frame = np.zeros(FRAME, np.int16)
        at = start - (self.end - len(self._kept))
        first, last = max(at, 0), min(at + FRAME, len(self._kept))
        if first < last:
            frame[first - at : last - at] = self._kept[first:last]
        return frame


class Cleaner:
    """Everything between the raw rings and the agent's, driven by whoever calls `clean`.

    `raw` and `line` hold what `microphone` and `loudspeaker` delivered and got.
    """

    def __init__(
        self,
        shared: SharedSound,
        raw: SharedSound,
        line: SharedSound,
        microphone: OpenedCard,
        loudspeaker: OpenedCard,
        canceller: Cancels,
        margin: int = samples_of(MARGIN_MS),
    ) -> None:
        self._counters = shared.counters
        self._pcm, self._person = Ring(shared.microphone, 1), Ring(shared.person, 1)
        self._raw, self._raw_rate = raw.counters, microphone.rate
        self._served, self._served_rate = line.counters, loudspeaker.rate
        self._microphone = Microphone(raw, microphone)
        self._line = Line(Microphone(line, loudspeaker))
        self._canceller = canceller
        self._alignment = Alignment(margin)
        self._framer = Framer(FRAME)
        self._waiting: deque[AudioChunk] = deque()
        self._way: tuple[int, ...] | None = None

    def clean(self) -> None:
        """Clean every frame that is complete, and hand it to the agent."""
        heard = self._raw[CAPTURED] * LISTENING_RATE // self._raw_rate
        ahead = min(
            self._counters[AHEAD], self._served_rate
        )  # what cards say of it can be nonsense
        sounding = (self._served[CAPTURED] - ahead) * LISTENING_RATE // self._served_rate
        for chunk in self._microphone.chunks():
            self._waiting += self._framer.add(chunk)
        self._line.advance()
        lead = self._alignment.see(heard, sounding, self._line.end)
        while self._waiting:
            frame = self._waiting[0]
            missing = frame.end + lead - self._line.end
            if missing > 0:
                if heard - frame.end < PATIENCE:
                    break
                lead = self._alignment.dry(lead - missing)
            self._mind_the_way(lead)
            self._hand_over(self._canceller.add(frame.pcm, self._line.get(frame.start + lead)))
            self._waiting.popleft()
        self._counters[DROPPED] = self._microphone.dropped

    def _mind_the_way(self, lead: int) -> None:
        """Whatever is lost or read elsewhere, the echo comes earlier or later from then on."""
        way = self._raw[OVERFLOWS], self._counters[UNDERFLOWS], lead
        if way != (self._way or way):
            self._canceller.moved()
            self._counters[MOVED] += 1
        self._way = way

    def _hand_over(self, frame: Cleaned) -> None:
        at = self._counters[CAPTURED]
        self._person.put(at // FRAME, np.int16(round(frame.person * CERTAIN)).tobytes())
        self._pcm.put(at, frame.pcm.tobytes())
        self._counters[CAPTURED] = at + FRAME  # last: now the agent may read them


class EchoThread:
    """The thread. `raw` and `line` are where the callbacks put their sound, `wake` what they call.

    `settings`: the fields of `local.EchoSettings`. Raises `ModelError` without a canceller.
    """

    def __init__(
        self, settings: dict[str, Any], shared: SharedSound, say: Callable[[Any], None]
    ) -> None:
        EchoCanceller()  # whatever it lacks is said before a device is opened
        self.raw, self.line = SharedSound(), SharedSound()
        self._settings = settings
        self._shared = shared
        self._say = say
        self._periods = os.eventfd(0)

    def wake(self) -> None:
        """A period of the microphone has come in."""
        os.eventfd_write(self._periods, 1)

    def start(self, microphone: dict[str, Any], loudspeaker: dict[str, Any]) -> dict[str, Any]:
        """Begin; answers what the agent's microphone is now."""
        measured = self._settings["delay_ms"]
        delay_ms = measured + MARGIN_MS if measured else 0.0
        cleaner = Cleaner(
            self._shared,
            self.raw,
            self.line,
            OpenedCard(**microphone),
            OpenedCard(**loudspeaker),
            EchoCanceller(**{**self._settings, "delay_ms": delay_ms}),
        )
        threading.Thread(target=self._run, args=(cleaner,), daemon=True).start()
        return {**microphone, "rate": LISTENING_RATE, "channels": 1}

    def _run(self, cleaner: Cleaner) -> None:
        try:
            while True:
                os.eventfd_read(self._periods)
                cleaner.clean()
                self._say(None)
        except Exception as error:  # the agent would wait for sound that never comes
            self._say({"error": f"The echo canceller failed: {error}"})
