"""The loop: takes what happens, looks it up in the state table, acts.

Everything here runs on the event loop's thread and `_handle` never waits, so events are dealt with
one at a time and completely, whoever brings them: the microphone, the loudspeaker (polled at every
chunk: the microphone's samples are the clock), or a transcript that is ready.
"""

import asyncio
import logging
import math
from dataclasses import dataclass, replace

import numpy as np

from edgevoice.audio.chunk import AudioChunk, samples_of
from edgevoice.dialog.events import (
    Event,
    Misunderstood,
    PartialHeard,
    ReplyEnded,
    ReplyStarted,
    SpeechConfirmed,
    SpeechEnded,
    SpeechStarted,
    Understood,
)
from edgevoice.dialog.history import History
from edgevoice.dialog.states import Action, State, step
from edgevoice.errors import EngineError
from edgevoice.listener import Listener
from edgevoice.report import Journal
from edgevoice.responders.base import Responder, Speech
from edgevoice.transports.base import Transport
from edgevoice.turn import Turn

log = logging.getLogger(__name__)

PAUSE = samples_of(100)
"""Silence after which a partial transcript is not begun any more."""


ECHO = samples_of(250)
"""How long a room goes on sounding after us, and the sound card's delay."""


@dataclass(frozen=True, slots=True)
class AgentSettings:
    """`barge_in`: whether a reply can be interrupted; if not, we are deaf while we speak.
    `partial_interval`: samples between two looks at an unfinished utterance, 0 for none."""

    barge_in: bool
    partial_interval: int


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
        self._utterance = 0
        self._transcribing: asyncio.Task[None] | None = None
        self._partial: asyncio.Task[None] | None = None
        self._partial_at = 0
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
                    for speech in self._listener.feed(self._let_in(chunk)):
                        self._handle(speech)
                    self._listen_along(chunk.end)
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
                self._utterance = start
            case (Action.TRANSCRIBE, SpeechEnded(end=end)):
                self._transcribing = self._tasks.create_task(self._transcribe(end))
            case (Action.CONTINUE_UTTERANCE, _):
                self._drop_transcript()
            case (Action.RESPOND, Understood(text=text)):
                self._history.add_user(text)
                self._reply(self._replies.conversation)
            case (Action.ASK_AGAIN, _):
                self._reply(self._replies.not_understood)
            case (Action.INTERRUPT, SpeechStarted(start=start) | SpeechConfirmed(start=start)):
                self._utterance = start
                self._leave_turn()
            case (Action.FINISH, _):
                if self._turn:
                    self._history.add_assistant(self._turn.finish())
                    self._turn = None

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

    def _reply(self, responder: Responder) -> None:
        self._turns += 1
        self._turn = Turn(self._turns, self._transport, self._journal, self._replies.apology)
        self._turn.start(responder, self._history, self._tasks)

    async def _transcribe(self, end: int) -> None:
        """Works out the words up to `end`; a newer utterance cancels this."""
        start = self._utterance
        try:
            transcript = await self._listener.transcribe(start, end)
        except EngineError as error:
            log.error("transcription: %s", error)
            self._handle(Misunderstood(self._journal.now(), start, "", -math.inf))
            return
        now = self._journal.now()
        self._handle(self._listener.judge(transcript, start, now, self._history.unanswered))

    def _drop_transcript(self) -> None:
        if self._transcribing:
            self._transcribing.cancel()
            self._transcribing = None

    def _listen_along(self, now: int) -> None:
        """While the person speaks, now and then look at what it is going to be.

        Not in a pause: a transcriber cannot be stopped, and the final transcript may be due.
        """
        interval = self._settings.partial_interval
        due = interval and now - max(self._partial_at, self._utterance) >= interval
        busy = self._partial is not None and not self._partial.done()
        pausing = now - self._listener.last_voice >= PAUSE
        if self._state is State.HEARING and due and not busy and not pausing:
            self._partial_at = now
            self._partial = self._tasks.create_task(self._hear_partial(self._utterance, now))

    async def _hear_partial(self, start: int, end: int) -> None:
        try:
            transcript = await self._listener.transcribe(start, end)
        except EngineError as error:
            log.error("partial transcription: %s", error)
            return
        if transcript.text and self._state is State.HEARING and start == self._utterance:
            self._journal.publish(PartialHeard(self._journal.now(), transcript.text))

    def _leave(self) -> None:
        self._drop_transcript()
        self._leave_turn()

    def _leave_turn(self) -> None:
        if self._turn:
            self._history.add_assistant(self._turn.cancel())
            self._turn = None
