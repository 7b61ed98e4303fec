"""Conversations for the tests: a scripted person, scripted engines, a virtual clock."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self

import numpy as np

from edgevoice.agent import Agent, AgentSettings
from edgevoice.audio.chunk import LISTENING_RATE, AudioChunk, Samples, samples_of
from edgevoice.audio.tone import Earcon
from edgevoice.config import BargeInConfig, Config, ReplyConfig, SttConfig, VadConfig
from edgevoice.conversation import Conversation
from edgevoice.dialog.attention import Attention, Mode, Signal
from edgevoice.dialog.calls import ToolCall
from edgevoice.dialog.events import Event, Note
from edgevoice.dialog.history import History, Message
from edgevoice.door import Door
from edgevoice.engines.base import Transcript, TurnDetector, WakeWord
from edgevoice.engines.scripted import ScriptedChat, ScriptedTranscriber, ScriptedVoice
from edgevoice.engines.workers import InlineWorker
from edgevoice.listener import Ears, Listener, listener_settings
from edgevoice.phrases_file import load_phrases
from edgevoice.privacy.lifetime import Moment
from edgevoice.replying import Bell, NoBell, Replies
from edgevoice.report import Journal, Observer, Recorder, TurnReport
from edgevoice.responders.base import Responder, Speech, Writer
from edgevoice.responders.local import FixedResponder, LocalResponder, Speaker
from edgevoice.responders.writers import ChatWriter
from edgevoice.signals import Phase
from edgevoice.signs import Signs
from edgevoice.testing import run_virtual
from edgevoice.transports.base import Transport
from edgevoice.transports.caller import Caller, Cue, Line
from edgevoice.transports.relay import Relay

CUE = AudioChunk(np.full(samples_of(150), 55, np.int16), 16_000)
PHRASES = load_phrases(Config().phrases.file)
APOLOGY = AudioChunk(np.full(samples_of(300), 77, np.int16), 16_000)


class LoudVad:
    """A `Vad` for clips that are either loud or silent; what is quiet is half a voice to it."""

    frame_samples = 512

    def __call__(self, frame: Samples) -> float:
        if np.count_nonzero(frame) * 2 < len(frame):
            return 0.05
        return 0.95 if np.abs(frame.astype(np.int32)).max() > 1_000 else 0.5

    def reset(self) -> None:
        pass


def clip(ms: int, pause_at_ms: int | None = None, pause_ms: int = 0) -> Samples:
    """A person's sound of `ms` milliseconds, with a pause in it if wanted."""
    sound = np.where(np.arange(samples_of(ms)) // 8 % 2, -8_000, 8_000).astype(np.int16)  # 1 kHz
    if pause_at_ms is not None:
        sound[samples_of(pause_at_ms) : samples_of(pause_at_ms + pause_ms)] = 0
    return sound


async def _nothing_to_do() -> None:
    pass


def silence(seconds: float) -> Line:
    """A line in which the person says nothing."""
    return Line(np.zeros(samples_of(seconds * 1_000), np.int16), None, Cue.LINE_ENDED, 0)


def moment() -> Moment:
    """By the conversation's clock."""
    try:
        passed = asyncio.get_running_loop().time()
    except RuntimeError:
        passed = 0.0  # it has not begun
    return Moment(wall=1.8e9 + passed, boot="a", up=passed)


@dataclass
class Talk:
    """A conversation to be held, and afterwards what became of it.

    `pace` values are seconds of virtual time: per transcript, per word written, and per block of
    100 ms of sound made.
    """

    lines: Sequence[Line]
    transcripts: Sequence[str | Transcript | Exception]
    replies: Sequence[str | ToolCall | Exception]
    stt_pace: float = 0.05
    llm_pace: float = 0.02
    tts_pace: float = 0.01
    turn_pace: float = 0.06
    vad: VadConfig = field(default_factory=lambda: VadConfig(endpointing="fixed"))
    detector: TurnDetector | None = None
    half_duplex: bool = False
    mode: Mode = Mode.ALWAYS
    follow_up_s: float = 6.0
    wake_word: WakeWord | None = None
    signals: Sequence[tuple[float, Signal]] = ()
    """(seconds since the beginning, what a person does then)"""
    earcons: Mapping[Earcon, AudioChunk] = field(default_factory=lambda: {Earcon.THINKING: CUE})
    barge_in: BargeInConfig = field(default_factory=BargeInConfig)
    stt: SttConfig = field(default_factory=lambda: SttConfig(partial_interval_ms=0))
    reply: ReplyConfig = field(default_factory=lambda: ReplyConfig(cue_after_ms=0))
    listen_along: bool = True
    forget_after_s: float = 0
    voice: ScriptedVoice = field(default_factory=lambda: ScriptedVoice(samples_per_character=400))
    recorder: Recorder = field(default_factory=Recorder)
    log: list[Event | Note] = field(default_factory=list)
    patience_s: float = 5
    all_used: bool = True
    """Whether the engines' scripts must be used up."""
    prompt: str = "be kind"
    budget: int = 1_000
    """Tokens of history."""
    bell: Bell = field(default_factory=NoBell)
    responder: Callable[[Writer, Speaker], Responder] = LocalResponder
    """Makes the one that answers."""
    writer: Callable[[ChatWriter, Journal], Writer] = lambda chat, _: chat
    """Makes the one that writes for it."""
    pardon: str = "Pardon?"
    beside: Callable[[Responder, Responder, Journal], tuple[Responder, Responder]] = (
        lambda local, pardon, _: (local, pardon)
    )
    """Who answers in the place of (the local one, whoever says `pardon`)."""
    observers: Sequence[Observer] = ()
    hang_up: Callable[[], Awaitable[None]] = _nothing_to_do
    """What is done when the conversation is over."""
    changes: Sequence[tuple[float, Callable[["Talk"], None]]] = ()
    """(seconds since the beginning, what is set otherwise in this talk from then on)"""
    handed: list[asyncio.Future[None]] = field(default_factory=list)
    """One for each of these changes: done when an agent by it took over."""
    taken_over: list[tuple[float, float]] = field(default_factory=list)
    """(seconds at which settings were changed, and at which an agent by them took over)"""
    phases: list[tuple[int, Phase]] = field(default_factory=list)
    """(sample, what was shown from then on)"""

    def hold(self) -> Self:
        """Hold the conversation; fails when a script was not used up, though it should be."""
        run_virtual(self._hold())
        return self

    async def _hold(self) -> None:
        self.caller = self.make_caller()
        self.transcriber = ScriptedTranscriber(self.transcripts)
        self.chat = ScriptedChat(self.replies)
        relay = Relay(self.caller)
        self.history, self.agent = self._make_agent(relay)
        conversation = Conversation(relay, self.agent, self._nothing)
        self.signal = conversation.signal
        loop = asyncio.get_running_loop()
        for seconds, signal in self.signals:
            loop.call_later(seconds, conversation.signal, signal)
        for seconds, change in self.changes:
            loop.call_later(seconds, self._change, change, conversation, relay)
        await conversation.run()
        await self.hang_up()
        if self.all_used:
            self.transcriber.finish()
            self.chat.finish()
        await asyncio.sleep(1)
        assert asyncio.all_tasks() == {asyncio.current_task()}, "a task was left behind"

    def _make_agent(self, transport: Transport) -> tuple[History, Agent]:
        history = History(self.prompt, self.budget)
        journal = Journal([self.recorder, self.log.append, *self.observers])
        speaker = Speaker(self.voice, InlineWorker(self.tts_pace), journal)
        local = self.responder(self._writer(journal), speaker)
        answering, pardoning = self.beside(local, FixedResponder(self.pardon, speaker), journal)
        agent = Agent(
            transport,
            Door(
                Attention(self.mode, round(self.follow_up_s * LISTENING_RATE)),
                self.wake_word,
                half_duplex=self.half_duplex,
            ),
            Listener(
                listener_settings(
                    self.vad,
                    self.stt,
                    self.barge_in,
                    self.transcriber.min_avg_logprob,
                    held_to_talk=self.mode is Mode.PUSH_TO_TALK,
                ),
                Ears(
                    LoudVad(),
                    self.transcriber,
                    InlineWorker(self.stt_pace),
                    self.detector,
                    InlineWorker(self.turn_pace),
                ),
                PHRASES.completeness,
            ),
            PHRASES,
            Replies(
                answering,
                pardoning,
                FixedResponder("Forgotten.", speaker),
                Speech(APOLOGY, "Sorry, that failed."),
                speaker,
                self.bell,
            ),
            history,
            journal,
            Signs(self, self.earcons, transport),
            AgentSettings(
                listen_along=self.listen_along,
                drafts=self.reply.drafts,
                cue_after=samples_of(self.reply.cue_after_ms),
                forget_after=round(self.forget_after_s * LISTENING_RATE),
            ),
        )
        return history, agent

    def _writer(self, journal: Journal) -> Writer:
        return self.writer(ChatWriter(self.chat, InlineWorker(self.llm_pace), journal), journal)

    def _change(
        self, change: Callable[["Talk"], None], conversation: Conversation, relay: Relay
    ) -> None:
        """Let an agent by the changed settings take over."""
        change(self)
        asked = asyncio.get_running_loop().time()
        history, agent = self._make_agent(relay)

        def taken_over(done: asyncio.Future[None]) -> None:
            if not done.cancelled():
                self.history, self.agent = history, agent
                self.taken_over.append((asked, asyncio.get_running_loop().time()))

        self.handed.append(conversation.hand_to(agent))
        self.handed[-1].add_done_callback(taken_over)

    async def _nothing(self, config: Config, here: object) -> Agent:
        raise NotImplementedError("the test makes its agents itself")

    def make_caller(self) -> Caller:
        """The person, and the room between us."""
        return Caller(self.lines, patience_s=self.patience_s)

    def show(self, phase: Phase) -> None:
        """The conversation's light is the test."""
        self.phases.append((self.log[-1].at if self.log else 0, phase))

    def close(self) -> None:
        pass

    @property
    def turns(self) -> list[TurnReport]:
        """The turns, in order."""
        return self.recorder.turns

    @property
    def said(self) -> list[tuple[str, str]]:
        """The history: (role, words), without the system prompt."""
        return [(message.role, message.content) for message in self.messages]

    @property
    def messages(self) -> list[Message]:
        """The history, without the system prompt."""
        return self.history.messages()[1:]

    def silence_after(self, at: int) -> int | None:
        """The first sample from `at` on (16 kHz) at which the agent was silent for 100 ms."""
        ends = [piece.start + len(piece.pcm) for piece in self.caller.sounded]
        starts = [piece.start for piece in self.caller.sounded]
        for end, following in zip(ends, [*starts[1:], ends[-1] + 10_000], strict=True):
            if end >= at and following - end >= samples_of(100):
                return max(at, end)
        return None
