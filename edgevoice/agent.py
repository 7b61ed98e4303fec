"""The loop: takes what happens, looks it up in the state table, acts.

Everything here runs on the event loop's thread and `_handle` never waits, so events are dealt with
one at a time and completely, whoever brings them: the microphone, the loudspeaker (polled at every
chunk: the microphone's samples are the clock), or a transcript that is ready.
"""

import asyncio
import logging
import math
import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from edgevoice.audio.chunk import AudioChunk, samples_of
from edgevoice.dialog.events import (
    CuePlayed,
    Event,
    Misunderstood,
    PartialHeard,
    ReplyEnded,
    ReplyStarted,
    SpeechConfirmed,
    SpeechEnded,
    SpeechPaused,
    SpeechStarted,
    Understood,
)
from edgevoice.dialog.history import History, Message
from edgevoice.dialog.states import Action, State, step
from edgevoice.errors import EngineError
from edgevoice.listener import Listener
from edgevoice.report import Journal
from edgevoice.responders.base import Responder, Speech
from edgevoice.transports.base import Transport
from edgevoice.turn import Outlet, Prompt, Turn
from edgevoice.utterance import Utterance

log = logging.getLogger(__name__)

ECHO = samples_of(250)
"""How long a room goes on sounding after us, and the sound card's delay."""

IDLE = samples_of(1000)
"""Silence after a reply before we use the time to tidy up: most people answer sooner."""


@dataclass(frozen=True, slots=True)
class AgentSettings:
    """`barge_in`: whether a reply can be interrupted; if not, we are deaf while we speak.
    `listen_along`: whether the responder reads the words while they are spoken. `drafts`: replies
    that may be drafted in the pauses of an utterance. `cue`: the tone that says a reply is late,
    `cue_after` samples after the person's last one; 0 for none."""

    barge_in: bool
    listen_along: bool
    drafts: int
    cue: AudioChunk
    cue_after: int


@dataclass(frozen=True, slots=True)
class Replies:
    """Who answers: the conversation; what was not understood; and a sentence that is sound
    already, for when an engine has failed."""

    conversation: Responder
    not_understood: Responder
    apology: Speech


class Agent:
    """Holds one conversation over one transport."""

    def __init__(
        self,
        transport: Transport,
        listener: Listener,
        replies: Replies,
        history: History,
        journal: Journal,
        settings: AgentSettings,
    ) -> None:
        self._transport = transport
        self._listener = listener
        self._replies = replies
        self._history = history
        self._journal = journal
        self._settings = settings
        self._state = State.IDLE
        self._utterance = listener.utterance(0)
        self._transcribing: asyncio.Task[None] | None = None
        self._looking: asyncio.Task[None] | None = None
        self._reading: asyncio.Task[None] | None = None
        self._stop_reading = threading.Event()
        self._tidy_at: int | None = None
        self._cued = 0  # samples of the cue that were played for the present turn
        self._deaf_until = 0
        self._turn: Turn | None = None
        self._turns = 0

    async def run(self) -> None:
        """Converse until the transport ends. The transport must be open."""
        try:
            async with asyncio.TaskGroup() as self._tasks:
                async for chunk in self._transport.chunks():
                    self._journal.tick(chunk.end)
                    for event in self._playback(chunk.end):
                        self._handle(event)
                    before = self._state
                    for speech in self._listener.feed(
                        self._let_in(chunk), before is not State.IDLE
                    ):
                        self._handle(speech)
                    self._listen_along(chunk.end)
                    if self._awkward(chunk.end):
                        await self._break_the_silence(chunk.end)
                    self._tidy_up(chunk.end)
                    if self._state is not before:
                        await asyncio.sleep(0)  # a reply that is ready is played in this tick
                self._leave()
        except ExceptionGroup as group:
            # The first failure brought down the others; it is the one worth telling.
            raise group.exceptions[0] from group

    def _handle(self, event: Event) -> None:
        self._state, action = step(self._state, event)
        self._journal.publish(event)
        self._act(action, event)

    def _act(self, action: Action, event: Event) -> None:
        match action, event:
            case (Action.BEGIN_UTTERANCE, SpeechStarted(start=start)):
                self._stop_reading.set()
                self._utterance = self._listener.utterance(start)
            case (Action.TRANSCRIBE, SpeechPaused(end=end) | SpeechEnded(end=end)):
                self._transcribing = self._tasks.create_task(self._transcribe(end))
            case (Action.DRAFT, Understood() | Misunderstood()):
                self._turn = self._prepare(event)
                if self._utterance.drafts < self._settings.drafts:
                    self._utterance.drafts += 1
                    self._turn.draft()
            case (Action.CONTINUE_UTTERANCE, _):
                self._go_on_listening()
            case (Action.OPEN, _) if self._turn:
                self._open(self._turn)
            case (Action.RESPOND, Understood() | Misunderstood()):
                self._turn = self._prepare(event)
                self._open(self._turn)
            case (Action.INTERRUPT, SpeechStarted(start=start) | SpeechConfirmed(start=start)):
                self._utterance = self._listener.utterance(start)
                self._leave_turn()
                self._read(self._history.messages())
            case (Action.LET_GO, _):
                self._end_cue()
            case (Action.FINISH, _) if self._turn:
                self._history.add_assistant(self._turn.finish())
                self._turn, self._cued = None, 0
                self._tidy_at = event.at + IDLE

    def _let_in(self, chunk: AudioChunk) -> AudioChunk:
        """What we hear of `chunk`: where nobody can interrupt, nothing of our own voice's echo."""
        if self._settings.barge_in:
            return chunk
        if self._state is State.SPEAKING:
            self._deaf_until = chunk.end + ECHO
        deaf = chunk.start < self._deaf_until
        return replace(chunk, pcm=np.zeros_like(chunk.pcm)) if deaf else chunk

    def _playback(self, now: int) -> list[Event]:
        """What the loudspeaker has done since the last chunk."""
        events: list[Event] = []
        if self._turn:
            started = self._turn.sounding_since(now)
            if started is not None and self._state is State.PREPARING:
                events.append(ReplyStarted(started))
            if self._turn.ended:
                events.append(ReplyEnded(now))
        return events

    def _prepare(self, words: Understood | Misunderstood) -> Turn:
        """The turn that answers `words`, not begun."""
        if isinstance(words, Understood):
            messages = self._history.asked(words.text)
            prompt = Prompt(words.text, messages, self._replies.conversation)
        else:
            prompt = Prompt("", self._history.messages(), self._replies.not_understood)
        outlet = Outlet(self._transport, self._cued)
        return Turn(prompt, outlet, self._journal, self._replies.apology, self._tasks)

    def _open(self, turn: Turn) -> None:
        self._turns += 1
        self._history.add_user(turn.words)
        turn.open(self._turns)

    async def _transcribe(self, end: int) -> None:
        """Works out the words up to `end`; a newer utterance cancels this."""
        utterance = self._utterance
        try:
            transcript = await utterance.finish(end)
        except EngineError as error:
            log.error("transcription: %s", error)
            self._handle(Misunderstood(self._journal.now(), utterance.start, "", -math.inf))
            return
        now = self._journal.now()
        judged = self._listener.judge(transcript, utterance.start, now, self._history.unanswered)
        self._handle(judged)

    def _go_on_listening(self) -> None:
        if self._transcribing:
            self._transcribing.cancel()
            self._transcribing = None
        if self._turn:
            self._turn.drop()
            self._turn = None
        self._end_cue()

    def _listen_along(self, now: int) -> None:
        """While the person speaks, now and then look at what it is going to be."""
        busy = self._looking is not None and not self._looking.done()
        if (
            self._state is State.HEARING
            and not busy
            and self._listener.look_due(self._utterance, now)
        ):
            self._looking = self._tasks.create_task(self._look(self._utterance, now))

    async def _look(self, utterance: Utterance, now: int) -> None:
        try:
            news = await self._listener.look(utterance, now, self._journal.now)
        except EngineError as error:
            log.error("partial transcription: %s", error)
            return
        if news and self._state is State.HEARING and utterance is self._utterance:
            self._journal.publish(PartialHeard(self._journal.now(), utterance.latest))
            self._read(self._history.asked(utterance.stable))

    def _read(self, messages: Sequence[Message]) -> None:
        """Let the responder read `messages` already, unless it is still busy with earlier ones."""
        if self._settings.listen_along and (self._reading is None or self._reading.done()):
            self._stop_reading = threading.Event()
            self._reading = self._tasks.create_task(self._read_along(messages))

    async def _read_along(self, messages: Sequence[Message]) -> None:
        try:
            await self._replies.conversation.prepare(messages, self._stop_reading)
        except EngineError as error:
            log.error("reading along: %s", error)

    def _awkward(self, now: int) -> bool:
        """Whether a reply is late, and not about to begin."""
        if self._state not in (State.UNDERSTANDING, State.PREPARING) or self._cued:
            return False
        late = now - self._listener.last_voice >= self._settings.cue_after > 0
        return late and not (self._turn and self._turn.begun)

    async def _break_the_silence(self, now: int) -> None:
        """Play the cue, before anything of the reply."""
        self._cued = len(self._settings.cue.pcm)
        if self._turn:
            self._turn.after(self._cued)
        self._journal.publish(CuePlayed(now))
        # Nothing is queued, so this does not wait.
        await self._transport.play(self._settings.cue)

    def _end_cue(self) -> None:
        if self._cued and not self._turn:  # else it is the turn's to count
            self._transport.flush()
            self._cued = 0

    def _tidy_up(self, now: int) -> None:
        """At idle: make room in the history, and let the responder read what has changed."""
        if self._state is State.IDLE and self._tidy_at is not None and now >= self._tidy_at:
            self._tidy_at = None
            self._history.fold()
            self._read(self._history.messages())

    def _leave(self) -> None:
        self._stop_reading.set()
        if self._transcribing:
            self._transcribing.cancel()
        if self._state is State.DRAFTING:
            self._go_on_listening()
        else:
            self._leave_turn()

    def _leave_turn(self) -> None:
        if self._turn:
            self._history.add_assistant(self._turn.cancel())
            self._turn, self._cued = None, 0
