"""The state table: complete, connected, and never surprised by a world that keeps its own rules."""

import itertools
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from edgevoice.dialog import events
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
from edgevoice.dialog.states import TABLE, Action, State, UnexpectedEventError, step

KINDS = [
    kind
    for kind in vars(events).values()
    if isinstance(kind, type) and issubclass(kind, Event) and kind is not Event
]


def example(kind: type[Event]) -> Event:
    """Some event of that kind."""
    values: dict[str, Any] = {"at": 0, "start": 0, "end": 0, "text": "", "avg_logprob": 0.0}
    return kind(**{name: values[name] for name in kind.__dataclass_fields__})


@pytest.mark.parametrize(("state", "kind"), list(itertools.product(State, KINDS)))
def test_every_pair_is_in_the_table_or_a_bug(state: State, kind: type[Event]) -> None:
    if (state, kind) in TABLE:
        assert step(state, example(kind)) == TABLE[state, kind]
    else:
        with pytest.raises(UnexpectedEventError, match=f"{kind.__name__} while {state.value}"):
            step(state, example(kind))


def reachable(start: State) -> set[State]:
    found = {start}
    while more := {to for (at, _), (to, _) in TABLE.items() if at in found} - found:
        found |= more
    return found


def test_every_state_can_be_reached() -> None:
    assert reachable(State.IDLE) == set(State)


@pytest.mark.parametrize("state", State)
def test_every_state_finds_its_way_to_silence(state: State) -> None:
    assert State.IDLE in reachable(state)


def test_every_action_and_every_event_has_its_use() -> None:
    assert {action for _, action in TABLE.values()} == set(Action)
    assert {kind for _, kind in TABLE} == set(KINDS)


class World(RuleBasedStateMachine):
    """A person, a transcriber and a loudspeaker, each of which keeps its own rules.

    The person starts to speak, pauses and goes on, has perhaps enough voice to interrupt, and ends.
    A transcript comes when one was asked for, unless it was thrown away. A reply sounds when one
    was begun, and ends, with or without having sounded, but not while it is held. A timer may ring
    while nobody speaks. Somebody may call us or shut the microphone at any time. Beyond that,
    anything may happen in any order.
    """

    def __init__(self) -> None:
        super().__init__()
        self.state = State.IDLE
        self.now = 0
        self.speech: int | None = None  # where the person's present speech began
        self.confirmed = False
        self.paused = False
        self.blank = False
        self.draft = False
        self.utterance: int | None = None  # from where on words are owed a transcript
        self.transcribing = False
        self.reply = False
        self.sounding = False
        self.held = False

    def happens(self, event: Event) -> None:
        self.now += 1
        before = self.state
        self.state, action = step(self.state, event)
        match action:
            case Action.BEGIN_UTTERANCE:
                self.utterance = self.speech
            case Action.TRANSCRIBE | Action.WEIGH:
                assert not self.transcribing
                assert (action is Action.WEIGH) == self.held
                self.transcribing = True
            case Action.LISTEN_ON:
                assert self.held
                self.transcribing = False
            case Action.CONTINUE_UTTERANCE:
                assert self.utterance is not None
                assert self.transcribing or self.draft or self.blank
                self.transcribing = self.draft = self.blank = False
            case Action.DISMISS:
                self.transcribing = self.draft = self.blank = False
                self.utterance = None
            case Action.DRAFT:
                assert self.paused and not self.reply
                self.draft = True
            case Action.OPEN | Action.RESPOND:
                assert not self.reply and self.draft == (action is Action.OPEN)
                self.draft = False
                self.reply, self.sounding, self.utterance = True, False, None
            case Action.LET_GO:
                assert self.blank or before is State.UNDERSTANDING
                self.utterance, self.blank = None, False
            case Action.HOLD:
                assert self.sounding and not self.held
                self.held = True
                self.utterance = self.speech
            case Action.GO_ON:
                assert self.held
                self.held = self.transcribing = False
            case Action.INTERRUPT:
                assert self.reply
                self.reply = self.sounding = self.held = self.transcribing = False
                self.utterance = self.speech
                self.blank = isinstance(event, Stopped)
            case Action.TAKE_OVER:
                assert self.held and self.paused
                self.reply = self.sounding = self.held = False
                self.draft = True
            case Action.ANNOUNCE:
                assert not self.reply and self.speech is None
                self.reply, self.sounding = True, False
            case Action.FINISH:
                assert not self.held
                self.reply = self.sounding = False
            case Action.NOTHING:
                pass

    @precondition(lambda self: self.speech is None)
    @rule()
    def starts_to_speak(self) -> None:
        self.speech = self.now
        self.happens(SpeechStarted(self.now, self.now))

    @precondition(lambda self: self.speech is not None and not (self.confirmed or self.paused))
    @rule()
    def has_spoken_enough_to_interrupt(self) -> None:
        assert self.speech is not None
        self.confirmed = True
        self.happens(SpeechConfirmed(self.now, self.speech))

    @precondition(lambda self: self.speech is not None)
    @rule()
    def stops_speaking(self) -> None:
        assert self.speech is not None
        ended = SpeechEnded(self.now, self.speech, self.now)
        self.paused = False
        self.happens(ended)
        self.speech, self.confirmed = None, False

    @precondition(lambda self: self.speech is not None and not self.paused)
    @rule()
    def pauses(self) -> None:
        assert self.speech is not None
        self.paused = True
        self.happens(SpeechPaused(self.now, self.speech, self.now))

    @precondition(lambda self: self.paused)
    @rule()
    def goes_on(self) -> None:
        self.paused = False
        self.happens(SpeechResumed(self.now))

    @precondition(lambda self: self.transcribing)
    @rule(kind=st.sampled_from([Understood, Misunderstood, NothingSaid]))
    def transcript_is_ready(self, kind: type[Event]) -> None:
        self.transcribing = False
        self.blank = self.state is State.PAUSED and kind is NothingSaid
        self.happens(example(kind))

    @precondition(lambda self: self.transcribing and self.held)
    @rule(kind=st.sampled_from([Acknowledged, Stopped]))
    def words_are_about_our_reply(self, kind: type[Event]) -> None:
        self.transcribing = False
        self.happens(example(kind))

    @precondition(lambda self: self.reply and not self.sounding)
    @rule()
    def reply_is_heard(self) -> None:
        self.sounding = True
        self.happens(ReplyStarted(self.now))

    @precondition(lambda self: self.reply and not self.held)
    @rule()
    def reply_is_over(self) -> None:
        self.happens(ReplyEnded(self.now))

    @precondition(lambda self: self.state is State.SPEAKING)
    @rule()
    def something_may_be_a_person(self) -> None:
        self.happens(PersonSuspected(self.now))

    @precondition(lambda self: self.state is State.SUSPECTING)
    @rule()
    def it_was_none(self) -> None:
        self.happens(SuspicionCleared(self.now))

    @precondition(lambda self: self.state is State.IDLE and self.speech is None)
    @rule()
    def a_timer_rings(self) -> None:
        self.happens(Announced(self.now))

    @precondition(lambda self: self.reply)
    @rule()
    def somebody_calls(self) -> None:
        self.happens(Summoned(self.now))

    @rule()
    def somebody_shuts_the_microphone(self) -> None:
        self.speech, self.confirmed, self.paused = None, False, False
        if (self.state, Dismissed) in TABLE:
            self.happens(Dismissed(self.now))

    @invariant()
    def the_state_says_what_is_so(self) -> None:
        speaking, reply = self.speech is not None, self.reply
        waiting = (State.PAUSED, State.DRAFTING, State.BLANK)
        if self.state in (State.HEARING, State.OVERLAP, *waiting):
            assert speaking
        elif speaking:  # what came to nothing may still go on
            assert self.paused
        assert self.paused or self.state not in waiting
        assert self.draft == (self.state is State.DRAFTING)
        held = (State.SUSPECTING, State.OVERLAP)
        assert reply == (self.state in (State.PREPARING, State.SPEAKING, *held))
        assert self.sounding == (self.state in (State.SPEAKING, *held))
        assert self.held == (self.state in held)
        if self.transcribing:
            assert self.state in (State.PAUSED, State.UNDERSTANDING, State.OVERLAP)

    @invariant()
    def who_speaks_is_remembered_from_the_first_sample_on(self) -> None:
        if self.speech is not None and not (self.paused or self.state is State.SUSPECTING):
            assert self.utterance is not None and self.utterance <= self.speech

    @invariant()
    def nobody_talks_over_a_person_who_means_it(self) -> None:
        assert not (self.confirmed and self.reply and not self.held)


TestWorld = World.TestCase
TestWorld.settings = settings(max_examples=300, stateful_step_count=40)
