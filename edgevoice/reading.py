"""Reads a recording: who spoke from when to when, and what."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from edgevoice.audio.chunk import LISTENING_RATE, AudioChunk, Samples, samples_of
from edgevoice.config import Config
from edgevoice.dialog.events import SpeechEnded, Understood
from edgevoice.engines.loading import load_transcriber, load_vad
from edgevoice.engines.workers import ThreadWorker
from edgevoice.listener import Ears, Listener, listener_settings


@dataclass(frozen=True, slots=True)
class Utterance:
    """A stretch of speech in a recording: seconds from its start, and its words."""

    start_s: float
    end_s: float
    text: str
    avg_logprob: float
    understood: bool

    def as_json(self) -> dict[str, Any]:
        """For a program."""
        return asdict(self)


async def read_utterances(config: Config, pcm: Samples) -> list[Utterance]:
    """The utterances in `pcm` (16 kHz, shape `[n]`), heard exactly as a conversation would be."""
    transcriber = load_transcriber(config.stt)
    gate = config.stt.min_avg_logprob
    settings = listener_settings(
        config.vad,
        config.stt,
        config.barge_in,
        transcriber.min_avg_logprob if gate is None else gate,
    )
    worker = ThreadWorker("stt")
    listener = Listener(settings, Ears(load_vad(config.vad), transcriber, worker))
    # Silence enough for the last endpoint.
    quiet = np.zeros(settings.segmenter.endpointing_delay + samples_of(100), np.int16)
    sound = np.concatenate([pcm, quiet])
    found = []
    for at in range(0, len(sound), LISTENING_RATE):
        piece = AudioChunk(sound[at : at + LISTENING_RATE], LISTENING_RATE, at)
        for event in listener.feed(piece):
            if isinstance(event, SpeechEnded):
                transcript = await listener.utterance(event.start).finish(event.end)
                judged = listener.judge(transcript, event.start, event.at, unanswered=False)
                found.append(
                    Utterance(
                        event.start / LISTENING_RATE,
                        event.end / LISTENING_RATE,
                        transcript.text,
                        transcript.avg_logprob,
                        isinstance(judged, Understood),
                    )
                )
    worker.close()
    return [utterance for utterance in found if utterance.text]
