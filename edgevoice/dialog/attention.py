"""When is it spoken to? Modes, keys, wake word, sleep and mute decide whether the listener hears.

    always          LISTENING ⇄ DOZING    “go to sleep” / a wake phrase, the wake word, a press
    push to talk    KEY_UP ⇄ KEY_DOWN     release / press
    wake word       WAITING ⇄ CALLED      quiet for long enough / the wake word, a press

Each mode is a piece of one table, (state, signal) → (state, what it means), which lists every pair:
a socket or a button may send anything at any time. Mute stands beside the table: it shuts in every
state, changes none, and takes in no wake word. A state that a key or the time changes meanwhile is
the one that unmute comes back to.
"""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum

import numpy as np

from edgevoice.audio.chunk import AudioChunk, samples_of


class Mode(Enum):
    """Who decides that we are spoken to."""

    ALWAYS = "always"
    """Whoever speaks, speaks to us."""
    PUSH_TO_TALK = "push_to_talk"
    """A key that is held."""
    WAKE_WORD = "wake_word"
    """Our name, and then the conversation that follows it."""


class Signal(Enum):
    """What a person does apart from talking."""

    PRESS = "press"
    RELEASE = "release"
    MUTE = "mute"
    UNMUTE = "unmute"
    SLEEP = "sleep"
    """“Go to sleep”, said or sent."""
    WAKE = "wake"
    """A wake phrase while dozing, or the same sent."""
    FORGET = "forget"
    """“Forget that”, said or sent. It is the conversation's to do, and changes no attention."""
    WAKE_WORD = "wake word"
    """The wake word, by its own engine."""


class State(Enum):
    """Whom we listen to."""

    LISTENING = "listening"
    """Everybody."""
    DOZING = "dozing"
    """Everybody, and only a wake phrase counts."""
    KEY_UP = "key up"
    KEY_DOWN = "key down"
    WAITING = "waiting for the wake word"
    CALLED = "called"
    """The person who said the wake word, until the conversation has been quiet for a while."""


class Meaning(Enum):
    """What a signal asks for beyond the new state."""

    NOTHING = "nothing"
    SUMMON = "summon"
    """Somebody calls us: a reply that runs gives way."""
    FINISHED = "finished"
    """The person has said everything: no need to wait for silence."""


HOME: Mapping[Mode, State] = {
    Mode.ALWAYS: State.LISTENING,
    Mode.PUSH_TO_TALK: State.KEY_UP,
    Mode.WAKE_WORD: State.WAITING,
}
"""Where each mode begins."""

OPEN = frozenset({State.LISTENING, State.DOZING, State.KEY_DOWN, State.CALLED})
"""The states in which the listener hears, unless we are muted."""

_S, _M, _N = Signal, Meaning, Meaning.NOTHING
_LISTENING, _DOZING = State.LISTENING, State.DOZING
_KEY_UP, _KEY_DOWN = State.KEY_UP, State.KEY_DOWN
_WAITING, _CALLED = State.WAITING, State.CALLED

TABLE: Mapping[tuple[State, Signal], tuple[State, Meaning]] = {
    (_LISTENING, _S.PRESS): (_LISTENING, _M.SUMMON),
    (_LISTENING, _S.RELEASE): (_LISTENING, _N),
    (_LISTENING, _S.SLEEP): (_DOZING, _N),
    (_LISTENING, _S.WAKE): (_LISTENING, _N),
    (_LISTENING, _S.FORGET): (_LISTENING, _N),
    (_LISTENING, _S.WAKE_WORD): (_LISTENING, _M.SUMMON),
    #
    (_DOZING, _S.PRESS): (_LISTENING, _M.SUMMON),
    (_DOZING, _S.RELEASE): (_DOZING, _N),
    (_DOZING, _S.SLEEP): (_DOZING, _N),
    (_DOZING, _S.WAKE): (_LISTENING, _N),
    (_DOZING, _S.FORGET): (_DOZING, _N),
    (_DOZING, _S.WAKE_WORD): (_LISTENING, _M.SUMMON),
    #
    (_KEY_UP, _S.PRESS): (_KEY_DOWN, _M.SUMMON),
    (_KEY_UP, _S.RELEASE): (_KEY_UP, _N),
    (_KEY_UP, _S.SLEEP): (_KEY_UP, _N),  # nobody is asleep who starts at the touch of a key
    (_KEY_UP, _S.WAKE): (_KEY_UP, _N),
    (_KEY_UP, _S.FORGET): (_KEY_UP, _N),
    (_KEY_UP, _S.WAKE_WORD): (_KEY_UP, _N),
    #
    (_KEY_DOWN, _S.PRESS): (_KEY_DOWN, _N),
    (_KEY_DOWN, _S.RELEASE): (_KEY_UP, _M.FINISHED),
    (_KEY_DOWN, _S.SLEEP): (_KEY_DOWN, _N),
    (_KEY_DOWN, _S.WAKE): (_KEY_DOWN, _N),
    (_KEY_DOWN, _S.FORGET): (_KEY_DOWN, _N),
    (_KEY_DOWN, _S.WAKE_WORD): (_KEY_DOWN, _N),
    #
    (_WAITING, _S.PRESS): (_CALLED, _M.SUMMON),
    (_WAITING, _S.RELEASE): (_WAITING, _N),
    (_WAITING, _S.SLEEP): (_WAITING, _N),
    (_WAITING, _S.WAKE): (_CALLED, _M.SUMMON),
    (_WAITING, _S.FORGET): (_WAITING, _N),
    (_WAITING, _S.WAKE_WORD): (_CALLED, _M.SUMMON),
    #
    (_CALLED, _S.PRESS): (_CALLED, _M.SUMMON),
    (_CALLED, _S.RELEASE): (_CALLED, _N),
    (_CALLED, _S.SLEEP): (_WAITING, _N),
    (_CALLED, _S.WAKE): (_CALLED, _N),
    (_CALLED, _S.FORGET): (_CALLED, _N),
    (_CALLED, _S.WAKE_WORD): (_CALLED, _M.SUMMON),
}
"""Every pair but those with mute and unmute, which stand beside it."""


@dataclass(frozen=True, slots=True)
class Attending:
    """How attentive we are at one moment.

    `summoned` and `finished` are true at the first tick after the signal that meant it, and only
    there: a reply that runs gives way; the utterance is over.
    """

    state: State
    muted: bool = False
    summoned: bool = False
    finished: bool = False

    @property
    def open(self) -> bool:
        """Whether the listener may hear."""
        return self.state in OPEN and not self.muted

    @property
    def dozing(self) -> bool:
        """Whether nothing but a wake phrase counts."""
        return self.state is State.DOZING

    def __str__(self) -> str:
        return f"{self.state.value}, muted" if self.muted else self.state.value


TO_BEGIN = samples_of(5_000)
"""Whoever calls us has so long to begin, even where no follow-up is wanted."""


class Attention:
    """Tells at every tick whether the listener may hear. Time is in samples."""

    def __init__(self, mode: Mode, follow_up: int, to_begin: int = TO_BEGIN) -> None:
        """`follow_up`: samples of quiet after which the wake word is wanted again, but not before
        `to_begin` samples after it."""
        self._mode = mode
        self._follow_up = follow_up
        self._to_begin = max(to_begin, follow_up)
        self._now = Attending(HOME[mode])
        self._open_until = 0  # while called

    def take_over(self, before: "Attention") -> None:
        """Be as attentive as `before`: muted in any case, the rest in the same mode."""
        if before._mode is self._mode:
            self._now, self._open_until = before._now, before._open_until
        else:
            self._now = replace(self._now, muted=before._now.muted)

    @property
    def now(self) -> Attending:
        """How attentive we are, with what the signals since the last tick have asked for."""
        return self._now

    def signal(self, signal: Signal, at: int) -> None:
        """A person did something at the sample `at`."""
        if signal in (Signal.MUTE, Signal.UNMUTE):
            self._now = replace(self._now, muted=signal is Signal.MUTE)
            return
        if signal is Signal.WAKE_WORD and self._now.muted:
            return  # it was not for our ears
        state, meaning = TABLE[self._now.state, signal]
        # Whoever is muted cannot take the floor.
        summons = meaning is Meaning.SUMMON and not self._now.muted
        self._stay_open(at + (self._to_begin if meaning is Meaning.SUMMON else self._follow_up))
        self._now = replace(
            self._now,
            state=state,
            summoned=self._now.summoned or summons,
            finished=self._now.finished or meaning is Meaning.FINISHED,
        )

    def tick(self, now: int, busy: bool) -> Attending:
        """How attentive we are at the sample `now`.

        `busy`: since the last tick somebody spoke, or we did, or are about to.
        """
        if busy:
            self._stay_open(now + self._follow_up)
        elif self._now.state is State.CALLED and now >= self._open_until:
            self._now = replace(self._now, state=State.WAITING)
        answer, self._now = self._now, replace(self._now, summoned=False, finished=False)
        return answer

    def _stay_open(self, until: int) -> None:
        self._open_until = max(self._open_until, until)


class Gate:
    """What the listener gets to hear of a stream: all of it while open, silence while shut.

    People start to speak while they press the key, and go on before a wake word is recognised. So
    the latest `lookback` samples of a shut time are held back, and let through when it opens: the
    listener is that much behind while shut, and catches up at once.
    """

    def __init__(self, lookback: int) -> None:
        self._lookback = lookback
        self._held: deque[AudioChunk] = deque()

    @property
    def held(self) -> int:
        """Samples that are held back at present."""
        return self._held[-1].end - self._held[0].start if self._held else 0

    def add(self, chunk: AudioChunk, open: bool, keep: bool = True) -> list[AudioChunk]:
        """What the listener hears now that `chunk` has come: without a gap to what it heard before.

        Without `keep`, as when we are muted, what is shut out is lost at once: opening soon after
        brings nothing of it back.
        """
        self._held.append(chunk)
        if open:
            heard, self._held = list(self._held), deque()
            return heard
        return list(map(silenced, self._overflow(self._lookback if keep else 0)))

    def _overflow(self, room: int) -> list[AudioChunk]:
        """Takes the oldest samples, so that no more than `room` stay held."""
        taken = []
        while (excess := self.held - room) > 0:
            oldest = self._held.popleft()
            if len(oldest.pcm) > excess:
                self._held.appendleft(
                    replace(oldest, pcm=oldest.pcm[excess:], start=oldest.start + excess)
                )
                oldest = replace(oldest, pcm=oldest.pcm[:excess])
            taken.append(oldest)
        return taken


def silenced(chunk: AudioChunk) -> AudioChunk:
    """`chunk` with nothing in it."""
    return replace(chunk, pcm=np.zeros_like(chunk.pcm))
