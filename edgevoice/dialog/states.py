"""The state of a conversation, as one table: (state, event) → (state, what to do).

What is not listed cannot happen; if it does, that is a bug, and it raises.

    IDLE ─announced─▶ PREPARING
    IDLE ─speech─▶ HEARING ◀────────────────── goes on ──────────────────┐
                    │   ▲ └─soft end─▶ PAUSED ─words─▶ DRAFTING │ BLANK ─┤
                    │   │                │ endpoint       │ endpoint     │ endpoint: IDLE
                    │   │                ▼                ▼
                    └───┼─endpoint─▶ UNDERSTANDING ─▶ PREPARING ─first sound─▶ SPEAKING ─end─▶ IDLE
                        │                │                │               speech │   ▲
                        ├──── goes on ───┴────────────────┘   first sign of a person ▼   ▲ nothing,
                        │                                                  SUSPECTING │   │ or "mhm"
                        └──── enough voice, or words ───────────────────── OVERLAP ◀──┘───┘

The words of an utterance are worked out, and its reply is drafted, in the silence before the
endpoint: a person who goes on costs us the work, never the word.

Interrupting has two stages. At the first sign of a person our reply is held, which also takes its
echo away; then it is either cancelled, or goes on from where it stopped.
"""

from collections.abc import Mapping
from enum import Enum

from edgevoice.dialog.events import (
    Acknowledged,
    Announced,
    Dismissed,
    Event,
    Misunderstood,
    NothingSaid,
    PersonSuspected,
    ReplyEnded,
    ReplyStarted,
    SpeechConfirmed,
    SpeechEnded,
    SpeechPaused,
    SpeechResumed,
    SpeechStarted,
    Stopped,
    Summoned,
    SuspicionCleared,
    Understood,
)


class State(Enum):
    """Who has the floor."""

    IDLE = "idle"
    """Nobody speaks."""
    HEARING = "hearing"
    """The person speaks."""
    PAUSED = "paused"
    """The person is silent for a moment; the words so far are being worked out."""
    DRAFTING = "drafting"
    """Still silent; a reply is being drafted, and cannot be heard."""
    BLANK = "blank"
    """Still silent; what was heard held no words."""
    UNDERSTANDING = "understanding"
    """The person has finished; the words are being worked out."""
    PREPARING = "preparing"
    """A reply is under way, and nothing of it has been heard."""
    SPEAKING = "speaking"
    """The reply is heard."""
    SUSPECTING = "suspecting"
    """The reply is held: there was a sign of a person."""
    OVERLAP = "overlap"
    """The reply is held: the person makes sounds, and we do not know yet what they mean."""


class Action(Enum):
    """What the agent does on the way from one state to the next."""

    NOTHING = "nothing"
    BEGIN_UTTERANCE = "begin utterance"
    """Remember where the utterance began, if it is not the continuation of one."""
    TRANSCRIBE = "transcribe"
    """Work out the words of the utterance."""
    DRAFT = "draft"
    """Prepare the reply, behind a shut outlet."""
    CONTINUE_UTTERANCE = "continue utterance"
    """Throw transcript and draft away; what follows belongs to the same utterance."""
    OPEN = "open"
    """Put the words into the history; the drafted reply may be heard."""
    RESPOND = "respond"
    """Prepare the reply and open it at once: the words came after the endpoint."""
    LET_GO = "let go"
    """Forget the utterance: it held nothing for us."""
    WEIGH = "weigh"
    """Work out the words that were said over our reply."""
    LISTEN_ON = "listen on"
    """Throw the transcript away; what follows belongs to the same utterance."""
    DISMISS = "dismiss"
    """Throw utterance and draft away."""
    HOLD = "hold"
    """Hold the reply; if it was speech, an utterance has begun."""
    GO_ON = "go on"
    """Let the reply go on from where it stopped."""
    INTERRUPT = "interrupt"
    """Cancel the reply; the person's utterance began with the speech that interrupted it, if any
    did."""
    TAKE_OVER = "take over"
    """Cancel the reply, and draft the one to the words that interrupted it."""
    ANNOUNCE = "announce"
    """Say what nobody has asked for."""
    FINISH = "finish"
    """Put the reply into the history; it was heard whole."""


class UnexpectedEventError(AssertionError):
    """An event came in a state in which it cannot come: a bug in edgevoice."""


_S, _A = State, Action

TABLE: Mapping[tuple[State, type[Event]], tuple[State, Action]] = {
    (_S.IDLE, SpeechStarted): (_S.HEARING, _A.BEGIN_UTTERANCE),
    (_S.IDLE, Announced): (_S.PREPARING, _A.ANNOUNCE),
    #
    (_S.HEARING, SpeechConfirmed): (_S.HEARING, _A.NOTHING),
    (_S.HEARING, SpeechPaused): (_S.PAUSED, _A.TRANSCRIBE),
    (_S.HEARING, SpeechResumed): (_S.HEARING, _A.NOTHING),  # we gave way in a pause
    (_S.HEARING, SpeechEnded): (_S.UNDERSTANDING, _A.TRANSCRIBE),
    #
    (_S.PAUSED, SpeechResumed): (_S.HEARING, _A.CONTINUE_UTTERANCE),
    (_S.PAUSED, SpeechEnded): (_S.UNDERSTANDING, _A.NOTHING),
    (_S.PAUSED, Understood): (_S.DRAFTING, _A.DRAFT),
    (_S.PAUSED, Misunderstood): (_S.DRAFTING, _A.DRAFT),
    (_S.PAUSED, NothingSaid): (_S.BLANK, _A.NOTHING),
    #
    (_S.DRAFTING, SpeechResumed): (_S.HEARING, _A.CONTINUE_UTTERANCE),
    (_S.DRAFTING, SpeechEnded): (_S.PREPARING, _A.OPEN),
    #
    (_S.BLANK, SpeechResumed): (_S.HEARING, _A.CONTINUE_UTTERANCE),
    (_S.BLANK, SpeechEnded): (_S.IDLE, _A.LET_GO),
    #
    (_S.UNDERSTANDING, SpeechStarted): (_S.HEARING, _A.CONTINUE_UTTERANCE),
    (_S.UNDERSTANDING, Understood): (_S.PREPARING, _A.RESPOND),
    (_S.UNDERSTANDING, Misunderstood): (_S.PREPARING, _A.RESPOND),
    (_S.UNDERSTANDING, NothingSaid): (_S.IDLE, _A.LET_GO),
    #
    # Nothing was heard of the reply yet, so there is no doubt about who has the floor: any speech
    # takes it back, and the words will be joined to the ones that are still unanswered.
    (_S.PREPARING, SpeechStarted): (_S.HEARING, _A.INTERRUPT),
    (_S.PREPARING, ReplyStarted): (_S.SPEAKING, _A.NOTHING),
    (_S.PREPARING, ReplyEnded): (_S.IDLE, _A.FINISH),
    (_S.PREPARING, Summoned): (_S.IDLE, _A.INTERRUPT),
    #
    (_S.SPEAKING, PersonSuspected): (_S.SUSPECTING, _A.HOLD),
    (_S.SPEAKING, SpeechStarted): (_S.OVERLAP, _A.HOLD),
    (_S.SPEAKING, ReplyEnded): (_S.IDLE, _A.FINISH),
    (_S.SPEAKING, Summoned): (_S.IDLE, _A.INTERRUPT),
    #
    (_S.SUSPECTING, SpeechStarted): (_S.OVERLAP, _A.BEGIN_UTTERANCE),
    (_S.SUSPECTING, SuspicionCleared): (_S.SPEAKING, _A.GO_ON),
    (_S.SUSPECTING, Summoned): (_S.IDLE, _A.INTERRUPT),
    (_S.SUSPECTING, Dismissed): (_S.SPEAKING, _A.GO_ON),
    #
    (_S.OVERLAP, SpeechConfirmed): (_S.HEARING, _A.INTERRUPT),
    (_S.OVERLAP, SpeechPaused): (_S.OVERLAP, _A.WEIGH),
    (_S.OVERLAP, SpeechResumed): (_S.OVERLAP, _A.LISTEN_ON),
    (_S.OVERLAP, SpeechEnded): (_S.SPEAKING, _A.GO_ON),
    (_S.OVERLAP, Understood): (_S.DRAFTING, _A.TAKE_OVER),
    (_S.OVERLAP, Stopped): (_S.BLANK, _A.INTERRUPT),
    (_S.OVERLAP, Acknowledged): (_S.SPEAKING, _A.GO_ON),
    (_S.OVERLAP, Misunderstood): (_S.OVERLAP, _A.NOTHING),  # more may tell
    (_S.OVERLAP, NothingSaid): (_S.SPEAKING, _A.GO_ON),
    (_S.OVERLAP, Summoned): (_S.HEARING, _A.INTERRUPT),
    (_S.OVERLAP, SuspicionCleared): (_S.SPEAKING, _A.GO_ON),
    (_S.OVERLAP, Dismissed): (_S.SPEAKING, _A.GO_ON),
    #
    # After a "mhm", or half a voice, our reply goes on, and so may the voice.
    (_S.SPEAKING, SpeechConfirmed): (_S.HEARING, _A.INTERRUPT),
    (_S.SPEAKING, SpeechPaused): (_S.SPEAKING, _A.NOTHING),
    (_S.SPEAKING, SpeechResumed): (_S.OVERLAP, _A.HOLD),
    (_S.SPEAKING, SpeechEnded): (_S.SPEAKING, _A.NOTHING),
    (_S.SUSPECTING, SpeechConfirmed): (_S.HEARING, _A.INTERRUPT),
    (_S.SUSPECTING, SpeechPaused): (_S.SUSPECTING, _A.NOTHING),
    (_S.SUSPECTING, SpeechResumed): (_S.OVERLAP, _A.NOTHING),
    (_S.SUSPECTING, SpeechEnded): (_S.SUSPECTING, _A.NOTHING),
    (_S.IDLE, SpeechConfirmed): (_S.HEARING, _A.NOTHING),
    (_S.IDLE, SpeechPaused): (_S.IDLE, _A.NOTHING),
    (_S.IDLE, SpeechResumed): (_S.HEARING, _A.NOTHING),
    (_S.IDLE, SpeechEnded): (_S.IDLE, _A.NOTHING),
    #
    # Somebody shuts the microphone: what was being said is not for us.
    (_S.HEARING, Dismissed): (_S.IDLE, _A.DISMISS),
    (_S.PAUSED, Dismissed): (_S.IDLE, _A.DISMISS),
    (_S.DRAFTING, Dismissed): (_S.IDLE, _A.DISMISS),
    (_S.BLANK, Dismissed): (_S.IDLE, _A.DISMISS),
    (_S.UNDERSTANDING, Dismissed): (_S.IDLE, _A.DISMISS),
}
"""Where we are called, or the microphone is shut, and nothing is to be done, there is no event."""


def step(state: State, event: Event) -> tuple[State, Action]:
    """The next state and what to do; `UnexpectedEventError` for what the table does not list."""
    try:
        return TABLE[state, type(event)]
    except KeyError:
        raise UnexpectedEventError(f"{type(event).__name__} while {state.value}") from None
