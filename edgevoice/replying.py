"""Our side of the conversation: the reply that is drafted, under way or heard, and the tones.

There is one reply at a time. What it is made of belongs to its `Turn`; when it begins, is held and
ends is for the agent to say.
"""

import asyncio
from dataclasses import dataclass, field
from typing import Protocol

from edgevoice.audio.tone import Earcon
from edgevoice.dialog.events import (
    CuePlayed,
    Event,
    Misunderstood,
    PlaybackHeld,
    PlaybackResumed,
    ReplyEnded,
    ReplyStarted,
    Understood,
)
from edgevoice.dialog.history import History
from edgevoice.report import Journal
from edgevoice.responders.base import Ending, Responder, Speech
from edgevoice.responders.local import FixedResponder, Speaker
from edgevoice.signs import Signs
from edgevoice.transports.base import Transport
from edgevoice.turn import Outlet, Prompt, Turn


class Bell(Protocol):
    """Has something to say unasked: a timer that rings."""

    def due(self) -> str:
        """What is to be said now; empty for nothing. Asked often, when nobody speaks: be quick."""
        ...

    def said(self, heard: bool) -> None:
        """What was due has been said, or broken off; `heard`: whether any of it was."""
        ...

    def answered(self) -> None:
        """A person has spoken, or pressed a key: what was said was noticed."""
        ...


class NoBell:
    """A `Bell` that never rings."""

    def due(self) -> str:
        return ""

    def said(self, heard: bool) -> None:
        pass

    def answered(self) -> None:
        pass


class _Announcement(FixedResponder):
    """Says what a `bell` wants said, and tells it how that went."""

    def __init__(self, words: str, speaker: Speaker, bell: Bell) -> None:
        super().__init__(words, speaker)
        self._bell = bell

    def ended(self, ending: Ending) -> None:
        self._bell.said(ending.heard_ms > 0)


@dataclass(frozen=True, slots=True)
class Replies:
    """Who answers: the conversation; what was not understood; "forget that"; and a sentence that is
    sound already, for when an engine has failed. `speaker` says what the `bell` wants said."""

    conversation: Responder
    not_understood: Responder
    forgotten: Responder
    apology: Speech
    speaker: Speaker
    bell: Bell = field(default_factory=NoBell)


class Replying:
    """The reply of the moment, if there is one, and how it gets to the loudspeaker."""

    def __init__(
        self,
        transport: Transport,
        replies: Replies,
        history: History,
        journal: Journal,
        signs: Signs,
    ) -> None:
        self._transport = transport
        self._replies = replies
        self._history = history
        self._journal = journal
        self._signs = signs
        self._turn: Turn | None = None
        self._sounding: int | None = None
        self._cued = False
        self._turns = 0

    def take_over(self, before: "Replying") -> None:
        """Count the turns on from `before`, which has no reply."""
        self._turns = before._turns

    @property
    def there(self) -> bool:
        """Whether there is a reply, be it a draft."""
        return self._turn is not None

    @property
    def begun(self) -> bool:
        """Whether there is sound of it, or about to be."""
        return self._turn is not None and self._turn.begun

    @property
    def failed(self) -> bool:
        """Whether an engine has failed in the middle of it."""
        return self._turn is not None and self._turn.failed

    @property
    def sounding(self) -> int | None:
        """Its first sample that was heard; None before that."""
        return self._sounding

    def prepare(
        self, words: Understood | Misunderstood, tasks: asyncio.TaskGroup, *, forgetting: bool
    ) -> None:
        """The reply to `words` is the next one; nothing of it is begun. `tasks` holds its work.

        `forgetting`: the words ask us to forget; the reply says no more than that we do."""
        if forgetting:
            prompt = Prompt("", [], self._replies.forgotten)
        elif isinstance(words, Understood):
            messages = self._history.asked(words.text)
            prompt = Prompt(words.text, messages, self._replies.conversation)
        else:
            prompt = Prompt("", self._history.messages(), self._replies.not_understood)
        outlet = Outlet(self._transport, self._signs.lead)
        self._turn = Turn(prompt, outlet, self._journal, self._replies.apology, tasks)

    def announce(self, words: str, tasks: asyncio.TaskGroup) -> None:
        """`words` are the next reply, though nobody has asked."""
        responder = _Announcement(words, self._replies.speaker, self._replies.bell)
        prompt = Prompt("", [], responder, unasked=True)
        outlet = Outlet(self._transport, self._signs.lead)
        self._turn = Turn(prompt, outlet, self._journal, self._replies.apology, tasks)
        self.open()

    def draft(self) -> None:
        """Begin it, where nobody hears."""
        if self._turn:
            self._turn.draft()

    def open(self) -> None:
        """Let it be heard: it is a turn of the conversation now."""
        if self._turn:
            self._turns += 1
            self._history.add_user(self._turn.words)
            self._turn.open(self._turns)

    def drop(self) -> None:
        """Throw the draft away, and end the tone that came before it."""
        if self._turn:
            self._turn.drop()
            self._turn = None
        self.end_cue()

    def hold(self, at: int) -> None:
        """Fall silent at once, for the time being."""
        self._transport.hold()
        self._journal.publish(PlaybackHeld(at))

    def go_on(self, at: int) -> None:
        """Go on from where it stopped."""
        self._transport.go_on()
        self._journal.publish(PlaybackResumed(at))

    def finish(self) -> None:
        """It was heard whole."""
        if self._turn:
            self._remember(self._turn, self._turn.finish())
            self._close()

    def cancel(self) -> None:
        """Silence it for good, if it is there; what was heard of it was said."""
        if self._turn:
            self._remember(self._turn, self._turn.cancel())
            self._close()

    async def forget(self) -> None:
        """Let the responder wipe its memory of what was said."""
        await self._replies.conversation.forget()

    def playback(self, now: int, held: bool) -> list[Event]:
        """What the loudspeaker has done since the last look; while `held`, the reply cannot end."""
        events: list[Event] = []
        if self._turn:
            started = self._turn.sounding_since(now)
            if started is not None and self._sounding is None:
                self._sounding = started
                events.append(ReplyStarted(started))
            if self._turn.ended and not held:
                events.append(ReplyEnded(now))
        return events

    def excuse(self, now: int) -> None:
        """The reply is late: say once, by a tone, that it is under way; unless it is about to be
        heard."""
        if not self._cued and not self.begun:
            self._cued = True
            self._signs.say(Earcon.THINKING)
            self._journal.publish(CuePlayed(now))

    async def play_tones(self) -> None:
        """Play the tones that wait, unless a reply is about to be heard. None may be heard now."""
        if not self.begun and await self._signs.play() and self._turn:
            self._turn.after(self._signs.lead)

    def end_cue(self) -> None:
        """Nobody waits for a reply any more."""
        if self._cued and not self._turn:  # else it is the turn's to count
            self._transport.flush()
            self._signs.flushed()
            self._cued = False

    def _remember(self, turn: Turn, heard: str) -> None:
        if turn.unasked:
            self._history.add_announcement(heard)
        else:
            self._history.add_assistant(heard, turn.deeds.messages(heard=bool(heard.strip())))

    def _close(self) -> None:
        """The turn has flushed the loudspeaker: nothing counts any more."""
        self._signs.flushed()
        self._turn, self._sounding, self._cued = None, None, False
