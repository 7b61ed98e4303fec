"""Puts everything together from a Config: the only place that knows all the parts."""

import asyncio
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from edgevoice.agent import Agent, AgentSettings, Replies
from edgevoice.audio.chunk import LISTENING_RATE, AudioChunk, samples_of
from edgevoice.audio.tone import cue
from edgevoice.config import Config
from edgevoice.dialog.history import History
from edgevoice.engines.base import ChatModel, Transcriber, Vad, Voice
from edgevoice.engines.loading import load_chat, load_transcriber, load_vad, load_voice
from edgevoice.engines.workers import ThreadWorker, Worker
from edgevoice.listener import Listener, listener_settings
from edgevoice.report import Journal, Observer, TurnLog
from edgevoice.responders.base import Speech
from edgevoice.responders.local import FixedResponder, LocalResponder, Speaker
from edgevoice.transports.base import Transport

Progress = Callable[[str], None]
"""Is told what is being loaded, in a word or two."""


@dataclass(frozen=True, slots=True)
class Engines:
    """The four engines of a conversation, loaded and warm."""

    vad: Vad
    transcriber: Transcriber
    chat: ChatModel
    voice: Voice
    apology: Speech
    """What is said when an engine has failed; made now, as the voice may be the one that fails."""


@dataclass(frozen=True, slots=True)
class Workers:
    """Who runs the engines."""

    transcriber: Worker
    chat: Worker
    voice: Worker

    @classmethod
    def threads(cls) -> "Workers":
        """A thread for each."""
        return cls(ThreadWorker("stt"), ThreadWorker("llm"), ThreadWorker("tts"))

    def close(self) -> None:
        """Let go of the threads, once their present jobs are done."""
        for worker in (self.transcriber, self.chat, self.voice):
            worker.close()


def load_engines(config: Config, progress: Progress = lambda _: None) -> Engines:
    """Load every engine and use it once, so that the first turn is as quick as the others.

    Raises `ModelError` or `ConfigError`, naming what is missing or broken.
    """
    never = threading.Event()
    progress("voice activity detection")
    vad = load_vad(config.vad)
    vad(np.zeros(vad.frame_samples, np.int16))
    vad.reset()
    progress("speech recognition")
    transcriber = load_transcriber(config.stt)
    transcriber.transcribe(np.zeros(LISTENING_RATE, np.int16))
    progress("language model")
    chat = load_chat(config.llm)
    chat.prefill(new_history(config).messages(), never)
    progress("voice")
    voice = load_voice(config.tts)
    pieces = [chunk.pcm for chunk in voice.synthesize(config.reply.failed, never)]
    apology = AudioChunk(np.concatenate(pieces or [np.zeros(0, np.int16)]), voice.rate)
    return Engines(vad, transcriber, chat, voice, Speech(apology, config.reply.failed))


def new_history(config: Config) -> History:
    """An empty conversation that leaves room for a reply in the model's context."""
    return History(config.llm.system_prompt, config.llm.context_tokens - config.llm.max_tokens)


def build_agent(
    config: Config,
    engines: Engines,
    workers: Workers,
    transport: Transport,
    observers: Sequence[Observer] = (),
) -> Agent:
    """An agent for one conversation over `transport`."""
    journal = Journal(observers)
    gate = config.stt.min_avg_logprob
    settings = listener_settings(
        config.vad,
        config.stt,
        config.barge_in,
        engines.transcriber.min_avg_logprob if gate is None else gate,
    )
    engines.vad.reset()
    speaker = Speaker(engines.voice, workers.voice, journal)
    return Agent(
        transport,
        Listener(settings, engines.vad, engines.transcriber, workers.transcriber),
        Replies(
            LocalResponder(engines.chat, workers.chat, speaker, journal),
            FixedResponder(config.reply.not_understood, speaker),
            engines.apology,
        ),
        new_history(config),
        journal,
        AgentSettings(
            barge_in=config.barge_in.enabled,
            listen_along=config.llm.listen_along,
            drafts=config.reply.drafts,
            cue=cue(engines.voice.rate),
            cue_after=samples_of(config.reply.cue_after_ms),
        ),
    )


async def converse(
    config: Config, engines: Engines, transport: Transport, observers: Sequence[Observer] = ()
) -> None:
    """Hold a conversation over `transport`, which is open, until it ends; closes it."""
    workers = Workers.threads()
    try:
        await build_agent(config, engines, workers, transport, [TurnLog(), *observers]).run()
    finally:
        await asyncio.shield(transport.aclose())
        workers.close()
