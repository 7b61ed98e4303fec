"""The loop: takes what happens, looks it up in the state table, acts.

Everything here runs on the event loop's thread and `_handle` never waits, so events are dealt with
one at a time and completely, whoever brings them: the microphone, the loudspeaker (polled at every
chunk: the microphone's samples are the clock), or a transcript that is ready.
"""

import asyncio
import logging
import math
from dataclasses import dataclass

from edgevoice.audio.chunk import AudioChunk, samples_of
from edgevoice.audio.tone import Earcon
from edgevoice.dialog.absence import STALE_S, Absence
from edgevoice.dialog.attention import Attending, Signal
from edgevoice.dialog.attention import State as AttentionState
from edgevoice.dialog.barge_in import Suspicion
from edgevoice.dialog.events import (
    Announced,
    Dismissed,
    Event,
    Misunderstood,
    NothingSaid,
    PartialHeard,
    SpeechConfirmed,
    SpeechEnded,
    SpeechPaused,
    SpeechStarted,
    Stopped,
    Summoned,
    Understood,
)
from edgevoice.dialog.history import History
from edgevoice.dialog.meaning import Circumstances, meant
from edgevoice.dialog.phrases import Overlap, Phrases
from edgevoice.dialog.states import TABLE, Action, State, step
from edgevoice.door import Door
from edgevoice.engines.base import Transcript
from edgevoice.errors import EngineError
from edgevoice.listener import Listener
from edgevoice.reader import Reader
from edgevoice.replying import Replies, Replying
from edgevoice.report import Journal
from edgevoice.signs import Signs
from edgevoice.transports.base import Transport
from edgevoice.utterance import Utterance

log = logging.getLogger(__name__)

OVERLAP_LOOK = samples_of(320)
"""Voice over our reply after which its words are looked at: enough for "stop", and for "okay".
Measured with the starter model: at 192 ms it hears fragments; at 320 it knows half of these words,
and takes nothing that 120 people begin to say for one of them."""

IDLE = samples_of(1000)
"""Silence after a reply before we use the time to tidy up: most people answer sooner."""

REACTION = samples_of(200)
"""Nobody reacts sooner to what they hear."""

LISTENING = frozenset(
    {State.HEARING, State.PAUSED, State.DRAFTING, State.UNDERSTANDING, State.OVERLAP}
)
"""The states in which there is an utterance that may want a reply."""

HEARD = frozenset({State.SPEAKING, State.SUSPECTING, State.OVERLAP})
"""The states in which there is a reply to be heard."""


@dataclass(frozen=True, slots=True)
class AgentSettings:
    """`listen_along`: whether the responder reads the words while they are spoken. `drafts`:
    replies that may be drafted in the pauses of an utterance. `cue_after`: samples after the
    person's last one at which a tone says that a reply is late; 0 for none. `forget_after`: samples
    in which nothing happens after which the conversation is forgotten; 0 for never."""

    listen_along: bool
    drafts: int
    cue_after: int
    forget_after: int = 0


class Agent:
    """Holds one conversation over one transport."""

    def __init__(
        self,
        transport: Transport,
        door: Door,
        listener: Listener,
        phrases: Phrases,
        replies: Replies,
        history: History,
        journal: Journal,
        signs: Signs,
        settings: AgentSettings,
    ) -> None:
        self._transport = transport
        self._door = door
        self._listener = listener
        self._phrases = phrases
        self._replies = replies
        self._replying = Replying(transport, replies, history, journal, signs)
        self._history = history
        self._journal = journal
        self._signs = signs
        self._settings = settings
        self._state = State.IDLE
        self._attending = Attending(AttentionState.LISTENING)
        self._absence = Absence(samples_of(STALE_S * 1000))
        self._suspicion = Suspicion()
        self._utterance = listener.utterance(0)
        self._asked: Signal | None = None  # what the utterance asks for, once it is over
        self._handed: Utterance | None = None  # whose sound the responder hears
        self._transcribing: asyncio.Task[None] | None = None
        self._judging: asyncio.Task[None] | None = None
        self._looking: asyncio.Task[None] | None = None
        self._reader = Reader(replies.conversation, settings.listen_along)
        self._tidy_at: int | None = None
        self._announcement = ""
        self._told_to_forget = False  # by other means than words
        self._last_event: int | None = None  # since we have last forgotten
        self._wiping: asyncio.Task[None] | None = None

    def take_over(self, before: "Agent") -> None:
        """Go on with the conversation of `before`, whose `run` has ended while it was `free`.

        What was made by settings is ours; what has come of the conversation is as it was there.
        """
        self._journal.take_over(before._journal)
        self._door.take_over(before._door)
        self._listener.take_over(before._listener)
        self._signs.take_over(before._signs)
        self._replying.take_over(before._replying)
        self._suspicion = before._suspicion
        self._absence = before._absence
        self._told_to_forget, self._last_event = before._told_to_forget, before._last_event
        unread = self._history.take_over(before._history)
        self._tidy_at = self._journal.now() if unread else before._tidy_at

    @property
    def free(self) -> bool:
        """Whether nobody speaks or is about to, nothing is under way, and another may take over."""
        at_work = [task for task in (self._looking, self._wiping) if task and not task.done()]
        return (
            self._state is State.IDLE
            and self._listener.silent
            and self._door.attending.state is not AttentionState.KEY_DOWN
            and not (at_work or self._reader.busy)
        )

    async def run(self) -> None:
        """Converse until the transport ends. The transport must be open."""
        try:
            async with asyncio.TaskGroup() as self._tasks:
                async for chunk in self._transport.chunks():
                    self._journal.tick(chunk.end)
                    before = self._state
                    if self._absence.add(chunk.end, self._transport.dropped):
                        self._break_off(chunk.end)
                    self._follow_playback(chunk.end)
                    self._hear(chunk)
                    self._listen_along(chunk.end)
                    if self._late(chunk.end):
                        self._replying.excuse(chunk.end)
                    self._signs.show(self._state, self._attending, self._replying.failed)
                    if self._state not in HEARD:
                        await self._replying.play_tones()
                    self._tidy_up(chunk.end)
                    await self._speak_up(chunk.end)
                    if self._state is not before:
                        await asyncio.sleep(0)  # a reply that is ready is played in this tick
                self._leave()
        except ExceptionGroup as group:
            # The first failure brought down the others; it is the one worth telling.
            raise group.exceptions[0] from group

    def signal(self, signal: Signal) -> None:
        """A person did something apart from talking."""
        self._replies.bell.answered()
        if signal is Signal.FORGET:
            self._told_to_forget = True
        self._door.signal(signal, self._journal.now())

    def live_with(self, *, half_duplex: bool, echo_delay: int) -> None:
        """The devices are others now, and so is their echo (see `Door`)."""
        self._door.live_with(half_duplex=half_duplex, echo_delay=echo_delay)

    @property
    def attending(self) -> Attending:
        """Whom we listen to."""
        return self._door.attending

    def _hear(self, chunk: AudioChunk) -> None:
        was_muted = self._attending.muted
        busy = self._state is not State.IDLE
        heard, self._attending = self._door.let_in(chunk, self._state is State.SPEAKING, busy)
        if self._attending.muted and not was_muted:
            self._listener.forget()
            if (self._state, Dismissed) in TABLE:
                self._handle(Dismissed(chunk.end))
        if self._attending.summoned:
            self._replies.bell.answered()
            if (self._state, Summoned) in TABLE:
                self._handle(Summoned(chunk.end))
        if self._told_to_forget:
            self._told_to_forget = False
            self._forget_at_once(chunk.end)
        for piece in heard:
            for speech in self._listener.feed(piece, busy):
                self._handle(speech)
            self._hand_on(piece)
        if self._attending.finished:
            for speech in self._listener.finish(chunk.end):
                self._handle(speech)
        if self._state in (State.SPEAKING, State.SUSPECTING):
            held = self._state is State.SUSPECTING
            person = chunk.person if self._attending.open else 0.0  # nobody whom we listen to
            sign = self._suspicion.add(person, self._listener.rising, chunk.end, held)
            if sign:
                self._handle(sign)
        elif self._state is State.OVERLAP:
            doubt = self._suspicion.doubt(self._listener.plain, chunk.end)
            if doubt:
                self._handle(doubt)

    def _hand_on(self, piece: AudioChunk) -> None:
        """While somebody speaks to us, let the responder hear it as well."""
        if self._state not in LISTENING:
            self._handed = None
            return
        fresh = self._handed is not self._utterance
        self._handed = self._utterance
        if fresh:
            piece = self._listener.since(self._utterance.start)
        self._replies.conversation.hear(piece, fresh)

    def _handle(self, event: Event) -> None:
        self._state, action = step(self._state, event)
        self._last_event = event.at
        self._journal.publish(event)
        self._act(action, event)

    def _act(self, action: Action, event: Event) -> None:
        match action, event:
            case (Action.BEGIN_UTTERANCE, SpeechStarted(start=start)):
                self._begin_utterance(start)
            case (Action.TRANSCRIBE, SpeechPaused(end=end) | SpeechEnded(end=end)):
                self._transcribing = self._tasks.create_task(self._transcribe(end))
                if isinstance(event, SpeechPaused):
                    self._judging = self._tasks.create_task(self._judge_tone())
            case (Action.WEIGH, SpeechPaused(end=end)):
                self._listener.wait_for_words()
                self._transcribing = self._tasks.create_task(self._transcribe(end))
            case (Action.DRAFT, Understood() | Misunderstood()):
                self._draft(event)
            case (Action.LISTEN_ON, _):
                self._forget_words()
            case (Action.CONTINUE_UTTERANCE, _):
                if isinstance(event, SpeechStarted):  # it was over, we thought
                    self._listener.went_on_after(event.start - self._utterance.end)
                self._go_on_listening()
            case (Action.DISMISS, _):
                self._go_on_listening()
            case (Action.OPEN, _):
                self._open()
            case (Action.RESPOND, Understood() | Misunderstood()):
                self._prepare(event)
                self._open()
            case (Action.HOLD, _):
                self._replying.hold(event.at)
                self._suspicion.held(event.at)
                if isinstance(event, SpeechStarted):
                    self._begin_utterance(event.start)
            case (Action.GO_ON, _):
                self._do_as_asked()
                self._forget_words()
                self._replying.go_on(event.at)
            case (Action.INTERRUPT, _):
                self._interrupt(event)
            case (Action.TAKE_OVER, Understood()):
                self._utterance.interrupts = True
                self._replying.cancel()
                self._draft(event)
            case (Action.LET_GO, _):
                self._replying.end_cue()
                self._do_as_asked()
            case (Action.ANNOUNCE, _):
                self._replying.announce(self._announcement, self._tasks)
            case (Action.FINISH, _):
                self._replying.finish()
                self._tidy_at = event.at + IDLE

    def _begin_utterance(self, start: int) -> None:
        sounding = self._replying.sounding
        if self._replying.there and (sounding is None or start - sounding < REACTION):
            # Whoever speaks so soon does not answer us: the person had not finished.
            self._listener.went_on_after(start - self._utterance.end)
        self._reader.stop()
        self._asked = None
        self._utterance = self._listener.utterance(start)

    def _interrupt(self, event: Event) -> None:
        match event:
            case SpeechStarted(start=start):
                self._begin_utterance(start)
            case SpeechConfirmed(start=start) if start != self._utterance.start:
                self._begin_utterance(start)
        self._utterance.interrupts = True
        if not isinstance(event, Stopped):  # its words are what we act on
            self._forget_words()
        self._replying.cancel()
        self._reader.read(self._history.messages(), self._tasks)

    def _follow_playback(self, now: int) -> None:
        """What has the loudspeaker done since the last chunk?"""
        held = self._state in (State.SUSPECTING, State.OVERLAP)
        for event in self._replying.playback(now, held):
            self._handle(event)

    def _prepare(self, words: Understood | Misunderstood) -> None:
        """What answers `words` is the next reply."""
        self._replying.prepare(words, self._tasks, forgetting=self._asked is Signal.FORGET)

    def _open(self) -> None:
        """Let the reply that is prepared be heard."""
        if self._asked is Signal.FORGET:
            self._asked = None
            self._forget()
        self._replying.open()

    def _draft(self, words: Understood | Misunderstood) -> None:
        self._prepare(words)
        if self._utterance.drafts < self._settings.drafts:
            self._utterance.drafts += 1
            self._replying.draft()

    async def _transcribe(self, end: int) -> None:
        """Works out the words up to `end`; a newer utterance cancels this."""
        utterance = self._utterance
        utterance.end = end
        try:
            transcript = await utterance.finish(end)
        except EngineError as error:
            log.error("transcription: %s", error)
            failed = Misunderstood(self._journal.now(), utterance.start, "", -math.inf)
            self._handle(self._meant(failed))
            return
        now = self._journal.now()
        unanswered = utterance.interrupts and self._history.unanswered
        judged = self._listener.judge(transcript, utterance.start, now, unanswered)
        if self._state is State.OVERLAP and isinstance(judged, Misunderstood):
            self._listener.wait_for_more()
        elif self._state in (State.PAUSED, State.OVERLAP):
            self._journal.publish(self._listener.hear_words(transcript, now))
        self._handle(self._meant(judged))

    def _meant(self, words: Understood | Misunderstood | NothingSaid) -> Event:
        """What `words` are to the conversation itself."""
        if isinstance(words, NothingSaid):
            return words
        over_us, interrupted = self._state is State.OVERLAP, self._utterance.interrupts
        # We speak in our sleep when a timer rings; "stop" must end that as well.
        stop = (over_us or interrupted) and self._phrases.says_stop(words.text)
        said = Circumstances(over_us, interrupted, self._attending.dozing and not stop)
        meaning, self._asked = meant(words, said, self._phrases)
        if not said.dozing:
            self._replies.bell.answered()
        return meaning

    def _do_as_asked(self) -> None:
        if self._asked:
            self.signal(self._asked)
            self._asked = None

    async def _judge_tone(self) -> None:
        """Has the person finished, by the tone of voice? Newer voice cancels this."""
        try:
            moved = await self._listener.hear_tone(self._utterance.start, self._journal.now)
        except EngineError as error:
            log.error("turn detection: %s", error)
            return
        if moved:
            self._journal.publish(moved)

    def _forget_words(self) -> None:
        for task in (self._transcribing, self._judging):
            if task:
                task.cancel()
        self._transcribing = self._judging = None
        self._asked = None

    def _go_on_listening(self) -> None:
        self._forget_words()
        self._replying.drop()

    def _listen_along(self, now: int) -> None:
        """While the person speaks, now and then look at what it is going to be."""
        if self._looking is not None and not self._looking.done():
            return
        utterance = self._utterance
        match self._state:
            case State.HEARING:
                due = self._listener.look_due(utterance, now)
            case State.OVERLAP:
                due = self._listener.voiced >= OVERLAP_LOOK and (
                    self._listener.first_look_due(utterance)
                    or self._listener.look_due(utterance, now)
                )
            case _:
                due = False
        if due:
            self._looking = self._tasks.create_task(self._look(utterance, now))

    async def _look(self, utterance: Utterance, now: int) -> None:
        try:
            news = await self._listener.look(utterance, now, self._journal.now)
        except EngineError as error:
            log.error("partial transcription: %s", error)
            return
        if not news or utterance is not self._utterance:
            return
        if self._state is State.OVERLAP:
            self._weigh(utterance)
        elif self._state is State.HEARING:
            self._journal.publish(PartialHeard(self._journal.now(), utterance.latest))
            if not self._attending.dozing:
                self._reader.read(self._history.asked(utterance.stable), self._tasks)

    def _weigh(self, utterance: Utterance) -> None:
        """The voice over our reply goes on; what has it said so far?"""
        seen = utterance.seen or Transcript("")
        certain = self._listener.certain(seen)
        match self._phrases.overlap(seen.text):
            case Overlap.BACKCHANNEL:
                self._listener.let_it_pass()
            case Overlap.COMMAND | Overlap.OTHER if certain:
                self._handle(SpeechConfirmed(self._journal.now(), utterance.start))

    def _late(self, now: int) -> bool:
        """Whether the person has been waiting for a reply for long."""
        waiting = self._state in (State.UNDERSTANDING, State.PREPARING)
        return waiting and now - self._listener.last_voice >= self._settings.cue_after > 0

    async def _speak_up(self, now: int) -> None:
        """At idle: say what somebody wanted to be told of."""
        if self._state is State.IDLE and self._listener.silent:
            self._announcement = self._replies.bell.due()
            if self._announcement:
                self._signs.say(Earcon.RING)
                await self._replying.play_tones()
                self._handle(Announced(now))

    def _tidy_up(self, now: int) -> None:
        """At idle: make room in the history, and let the responder read what has changed."""
        if self._state is State.IDLE and self._tidy_at is not None and now >= self._tidy_at:
            self._tidy_at = None
            self._history.fold()
            self._reader.read(self._history.messages(), self._tasks)

        if self._state is State.IDLE:
            self._listener.wipe(now)
            if self._last_event is not None and now >= self._last_event + self._patience:
                self._forget()

    @property
    def _patience(self) -> float:
        """Samples for which we remember a conversation that does not go on."""
        return self._settings.forget_after or math.inf

    def _forget_at_once(self, now: int) -> None:
        """Somebody asks for it by other means than words."""
        self._break_off(now)
        self._forget()

    def _break_off(self, now: int) -> None:
        """Whatever is being said, by whomever, ends here."""
        self._listener.forget()
        for event in (Dismissed(now), Summoned(now)):
            if (self._state, type(event)) in TABLE:
                self._handle(event)

    def _forget(self) -> None:
        """Empty our memory of this conversation, and the responder's."""
        self._last_event = self._tidy_at = None
        self._reader.stop()
        self._history.clear()
        if self._state is State.IDLE:
            self._utterance = self._listener.utterance(self._journal.now())
        self._wiping = self._tasks.create_task(self._wipe_responder())

    async def _wipe_responder(self) -> None:
        await self._replying.forget()
        self._reader.read(self._history.messages(), self._tasks)

    def _leave(self) -> None:
        self._reader.stop()
        self._forget_words()
        if self._looking:
            self._looking.cancel()
        if self._state is State.DRAFTING:
            self._go_on_listening()
        else:
            self._replying.cancel()
