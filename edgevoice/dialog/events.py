"""What can happen in a conversation.

Every event carries `at`: the moment, in samples at 16 kHz since the conversation began.
`Event`s move the state table (`dialog/states.py`); `Note`s only let somebody watch.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Event:
    """Something that the state table has an opinion about."""

    at: int


@dataclass(frozen=True, slots=True)
class SpeechStarted(Event):
    """A person speaks; the first voiced sample was `start`."""

    start: int


@dataclass(frozen=True, slots=True)
class SpeechConfirmed(Event):
    """The speech that started at `start` interrupts us: there is enough sure voice in it, or its
    words say so."""

    start: int


@dataclass(frozen=True, slots=True)
class SpeechPaused(Event):
    """The soft end: voice from `start` up to `end`, then a little silence; perhaps it is over."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class SpeechResumed(Event):
    """It was not over: the voice is back before the endpoint."""


@dataclass(frozen=True, slots=True)
class SpeechEnded(Event):
    """The endpoint: voice from `start` up to `end`, then silence."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Understood(Event):
    """The person's words, spoken from `start` on.

    Empty `text`: nothing new, but earlier words still want an answer.
    """

    start: int
    text: str
    avg_logprob: float


@dataclass(frozen=True, slots=True)
class Misunderstood(Event):
    """There were words from `start` on, but too uncertain to act on."""

    start: int
    text: str
    avg_logprob: float


@dataclass(frozen=True, slots=True)
class NothingSaid(Event):
    """It sounded like speech and held no words."""


@dataclass(frozen=True, slots=True)
class PersonSuspected(Event):
    """There is a first sign of a person, while our reply is heard."""


@dataclass(frozen=True, slots=True)
class SuspicionCleared(Event):
    """No speech came of it."""


@dataclass(frozen=True, slots=True)
class Acknowledged(Event):
    """What was said over our reply asks us to go on ("mhm")."""


@dataclass(frozen=True, slots=True)
class Stopped(Event):
    """What was said over our reply asks for silence, and no more ("stop")."""


@dataclass(frozen=True, slots=True)
class Summoned(Event):
    """A key or the wake word calls us: whatever we are saying, the person is going to speak."""


@dataclass(frozen=True, slots=True)
class Dismissed(Event):
    """We are not spoken to any more: what was being said is not for us."""


@dataclass(frozen=True, slots=True)
class Announced(Event):
    """There is something to be said that nobody has asked for just now: a timer rings."""


@dataclass(frozen=True, slots=True)
class ReplyStarted(Event):
    """The reply's first sample was heard at `at`."""


@dataclass(frozen=True, slots=True)
class ReplyEnded(Event):
    """The reply's last sample was heard, or there was nothing to hear."""


@dataclass(frozen=True, slots=True)
class Note:
    """Something worth watching that changes no state."""

    at: int


@dataclass(frozen=True, slots=True)
class PartialHeard(Note):
    """What the unfinished utterance sounds like so far."""

    text: str


@dataclass(frozen=True, slots=True)
class EndpointMoved(Note):
    """The turn will be over after `wait` samples of silence. `tone`: the probability that it is,
    by the tone of voice; `words`: how complete they are. None where that is not known yet."""

    wait: int
    tone: float | None
    words: str | None


@dataclass(frozen=True, slots=True)
class PlaybackHeld(Note):
    """The reply pauses: perhaps somebody wants to speak."""


@dataclass(frozen=True, slots=True)
class PlaybackResumed(Note):
    """Nobody did: the reply goes on from where it stopped."""


@dataclass(frozen=True, slots=True)
class Prefilled(Note):
    """The language model has read along: `tokens` were new to it."""

    tokens: int


@dataclass(frozen=True, slots=True)
class DraftDropped(Note):
    """The reply that was drafted in a pause is thrown away: the person went on."""


@dataclass(frozen=True, slots=True)
class CuePlayed(Note):
    """The reply is late: a soft tone says that it is under way."""


@dataclass(frozen=True, slots=True)
class TurnStarted(Note):
    """The person's turn is over, and ours begins; its reply may have been drafted before."""

    turn: int


@dataclass(frozen=True, slots=True)
class Routed(Note):
    """Who writes the reply: `answer` to a question of ours, `intent`, `documents`, `model`."""

    route: str


@dataclass(frozen=True, slots=True)
class ToolUsed(Note):
    """A tool has been used; `ok`: it has done what it was asked to."""

    name: str
    ok: bool


@dataclass(frozen=True, slots=True)
class TokenWritten(Note):
    """The language model wrote a piece of the reply.

    `evaluated`: tokens that it has read or written for this reply so far, the new ones of the
    prompt included.
    """

    text: str
    evaluated: int


@dataclass(frozen=True, slots=True)
class ClauseWritten(Note):
    """A clause of the reply is complete and goes to the voice."""

    text: str


@dataclass(frozen=True, slots=True)
class SoundMade(Note):
    """The voice made `samples` samples at `rate` hertz."""

    samples: int
    rate: int


@dataclass(frozen=True, slots=True)
class TurnFailed(Note):
    """An engine failed in the middle of the reply; `stage` names it."""

    stage: str


@dataclass(frozen=True, slots=True)
class TurnDone(Note):
    """The reply is over: `heard` is what entered the history of the generated `text`."""

    turn: int
    text: str
    heard: str
    interrupted: bool
