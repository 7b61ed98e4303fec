"""Puts everything together from a Config: the only place that knows all the parts."""

import asyncio
import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np

from edgevoice.agent import Agent, AgentSettings
from edgevoice.audio.chunk import LISTENING_RATE, AudioChunk, samples_of
from edgevoice.audio.tone import Earcon, earcons
from edgevoice.config import Config
from edgevoice.conversation import Conversation
from edgevoice.dialog.attention import Attention, Mode
from edgevoice.dialog.history import History
from edgevoice.door import Door
from edgevoice.engines.base import ChatModel, Transcriber, TurnDetector, Vad, Voice, WakeWord
from edgevoice.engines.loading import (
    load_transcriber,
    load_turn_detector,
    load_vad,
    load_voice,
)
from edgevoice.engines.stepping import load_stepping
from edgevoice.engines.workers import ThreadWorker, Worker
from edgevoice.listener import Ears, Listener, listener_settings
from edgevoice.phrases_file import load_phrases
from edgevoice.replying import NoBell, Replies
from edgevoice.report import Journal, Observer, TurnLog
from edgevoice.responders.base import Responder, Speech, Writer
from edgevoice.responders.cloud import Cloud
from edgevoice.responders.local import FixedResponder, LocalResponder, Speaker
from edgevoice.responders.writers import ChatWriter
from edgevoice.signals import Led, LogLed
from edgevoice.signs import Signs
from edgevoice.skills.offer import Offer
from edgevoice.skills.skills import Skills
from edgevoice.transports.base import Transport
from edgevoice.transports.relay import Relay

Progress = Callable[[str], None]
"""Is told what is being loaded, in a word or two."""


@dataclass(frozen=True, slots=True)
class Engines:
    """The engines of a conversation, loaded and warm. `detector` None: words and pauses alone tell
    when a person has finished."""

    vad: Vad
    transcriber: Transcriber
    chat: ChatModel
    voice: Voice
    apology: Speech
    """What is said when an engine has failed; made now, as the voice may be the one that fails."""
    detector: TurnDetector | None = None


@dataclass(frozen=True, slots=True)
class Workers:
    """Who runs the engines."""

    transcriber: Worker
    chat: Worker
    voice: Worker
    detector: Worker

    @classmethod
    def threads(cls) -> "Workers":
        """A thread for each."""
        return cls(*map(ThreadWorker, ("stt", "llm", "tts", "turn")))

    @property
    def silent_s(self) -> float:
        """Seconds for which an engine has been at work without a sign of life; the longest."""
        return max(worker.silent_s for worker in self._all)

    def close(self) -> None:
        """Let go of the threads, once their present jobs are done."""
        for worker in self._all:
            worker.close()

    @property
    def _all(self) -> tuple[Worker, ...]:
        return self.transcriber, self.chat, self.voice, self.detector


def load_engines(
    config: Config, progress: Progress = lambda _: None, skills: Skills | None = None
) -> Engines:
    """Load every engine and use it once, so that the first turn is as quick as the others.

    `skills`: whose tools the language model reads about.

    Raises `ModelError` or `ConfigError`, naming what is missing or broken.
    """
    never = threading.Event()
    progress("voice activity detection")
    vad = load_vad(config.vad)
    vad(np.zeros(vad.frame_samples, np.int16))
    vad.reset()
    progress("turn detection")
    detector = load_turn_detector(config.turn)
    progress("speech recognition")
    transcriber = load_transcriber(config.stt)
    transcriber.transcribe(np.zeros(LISTENING_RATE, np.int16))
    progress("language model")
    chat = load_stepping(config)
    offer = skills.offer(chat) if skills else None
    history = new_history(config, offer, skills.facts if skills else lambda: "")
    chat.prefill(history.messages(), never, offer() if offer else ())
    progress("voice")
    voice = load_voice(config.tts)
    apology = speak_ahead(voice, config.reply.failed)
    return Engines(vad, transcriber, chat, voice, apology, detector)


def speak_ahead(voice: Voice, sentence: str) -> Speech:
    """`sentence`, made now, to be said some time. Raises `EngineError`."""
    pieces = [chunk.pcm for chunk in voice.synthesize(sentence, threading.Event())]
    sound = AudioChunk(np.concatenate(pieces or [np.zeros(0, np.int16)]), voice.rate)
    return Speech(sound, sentence)


def new_history(
    config: Config, offer: Offer | None = None, facts: Callable[[], str] = lambda: ""
) -> History:
    """An empty conversation that leaves room for a reply, and for the tools on `offer`, in the
    model's context."""
    room = config.llm.context_tokens - config.llm.max_tokens
    return History(config.llm.system_prompt, room - (offer.tokens if offer else 0), facts)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Where a conversation takes place. `half_duplex`: our echo makes us deaf while we speak.
    `echo_delay`: samples by which it is late, as far as is known (0: not measured). `mode`: when we
    are spoken to. `wake_word`: who hears our name. `led`: who shows our state. `skills`: what
    we can do besides talking. `cloud`: the service on the internet that may answer in our place.
    `earcons`: the tones that are played."""

    half_duplex: bool = False
    echo_delay: int = 0
    mode: Mode = Mode.ALWAYS
    wake_word: WakeWord | None = None
    led: Led = field(default_factory=LogLed)
    skills: Skills | None = None
    cloud: Cloud | None = None
    earcons: frozenset[Earcon] = frozenset({Earcon.THINKING})


def build_agent(
    config: Config,
    engines: Engines,
    workers: Workers,
    transport: Transport,
    observers: Sequence[Observer] = (),
    surroundings: Surroundings | None = None,
) -> Agent:
    """An agent for one conversation over `transport`. Raises `ConfigError`."""
    engines.vad.reset()
    return build_successor(config, engines, workers, transport, observers, surroundings)


def build_successor(
    config: Config,
    engines: Engines,
    workers: Workers,
    transport: Transport,
    observers: Sequence[Observer] = (),
    surroundings: Surroundings | None = None,
) -> Agent:
    """An agent that is to take over a conversation, and disturbs nobody before. Raises
    `ConfigError`."""
    here = surroundings or Surroundings()
    journal = Journal([*observers, here.cloud.switch] if here.cloud else observers)
    phrases = load_phrases(config.phrases.file)
    gate = config.stt.min_avg_logprob
    settings = listener_settings(
        config.vad,
        config.stt,
        config.barge_in,
        engines.transcriber.min_avg_logprob if gate is None else gate,
        held_to_talk=here.mode is Mode.PUSH_TO_TALK,
    )
    ears = Ears(
        engines.vad, engines.transcriber, workers.transcriber, engines.detector, workers.detector
    )
    speaker = Speaker(engines.voice, workers.voice, journal)
    follow_up = round(config.attention.follow_up_s * LISTENING_RATE)
    tones = earcons(engines.voice.rate)
    skills = here.skills
    offer = skills.offer(engines.chat) if skills else None
    chat = ChatWriter(engines.chat, workers.chat, journal, offer or (lambda: ()))
    skilled = skills.writer(config, chat, journal) if skills else None
    writer: Writer = skilled or chat
    answering: Responder = LocalResponder(writer, speaker)
    pardoning: Responder = FixedResponder(config.reply.not_understood, speaker)
    if here.cloud:
        keeps = skilled.keeps if skilled else lambda _: False
        answering, pardoning = here.cloud.beside(
            answering, pardoning, engines.voice.rate, journal, keeps
        )
    return Agent(
        transport,
        Door(
            Attention(here.mode, follow_up),
            here.wake_word,
            half_duplex=here.half_duplex,
            echo_delay=here.echo_delay,
        ),
        Listener(settings, ears, phrases.completeness),
        phrases,
        Replies(
            answering,
            pardoning,
            FixedResponder(config.reply.forgotten, speaker),
            _begun_with(tones[Earcon.ERROR], engines.apology)
            if Earcon.ERROR in here.earcons
            else engines.apology,
            speaker,
            skills.bell if skills else NoBell(),
        ),
        new_history(config, offer, skills.facts if skills else lambda: ""),
        journal,
        Signs(here.led, {earcon: tones[earcon] for earcon in here.earcons}, transport),
        AgentSettings(
            listen_along=config.llm.listen_along,
            drafts=config.reply.drafts,
            cue_after=samples_of(config.reply.cue_after_ms),
            forget_after=config.privacy.forget_after_s * LISTENING_RATE,
        ),
    )


def _begun_with(tone: AudioChunk, speech: Speech) -> Speech:
    """`speech` after a `tone` at its rate."""
    pcm = np.concatenate([tone.pcm, speech.chunk.pcm])
    return Speech(AudioChunk(pcm, tone.rate), speech.text)


Controls = Callable[[Conversation], AbstractAsyncContextManager[object]]
"""What reaches into a running conversation: keys, a socket."""


async def converse(
    config: Config,
    engines: Engines,
    transport: Transport,
    observers: Sequence[Observer] = (),
    surroundings: Surroundings | None = None,
    controls: Controls = lambda _: nullcontext(),
    workers: Workers | None = None,
) -> None:
    """Hold a conversation over `transport`, which is open, until it ends; closes it, and `workers`
    (nothing: a thread for each engine)."""
    workers = workers or Workers.threads()
    relay = Relay(transport)
    everybody: list[Observer] = [TurnLog(), *observers]

    async def prepare(config: Config, here: Surroundings) -> Agent:
        cast = engines
        if config.reply.failed != engines.apology.text:
            speak = partial(speak_ahead, engines.voice, config.reply.failed)
            cast = replace(engines, apology=await workers.voice.call(speak))
        return await asyncio.to_thread(
            build_successor, config, cast, workers, relay, everybody, here
        )

    try:
        agent = build_agent(config, engines, workers, relay, everybody, surroundings)
        conversation = Conversation(relay, agent, prepare)
        if surroundings and surroundings.skills:
            surroundings.skills.signal = conversation.signal
        async with controls(conversation):
            await conversation.run()
    finally:
        await asyncio.shield(transport.aclose())
        workers.close()
