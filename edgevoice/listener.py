"""Chunks of sound → events of speech, and the words of an utterance."""

from collections.abc import Callable
from dataclasses import dataclass

from edgevoice.audio.chunk import LISTENING_RATE, AudioChunk, Framer, samples_of
from edgevoice.audio.tape import Tape
from edgevoice.config import BargeInConfig, SttConfig, VadConfig
from edgevoice.dialog.events import Misunderstood, NothingSaid, Understood
from edgevoice.dialog.hypothesis import Cadence
from edgevoice.dialog.segmenter import Segmenter, SegmenterSettings, SpeechEvent
from edgevoice.engines.base import Stop, Transcriber, Transcript, Vad
from edgevoice.engines.workers import Worker
from edgevoice.utterance import Utterance


@dataclass(frozen=True, slots=True)
class ListenerSettings:
    """`padding`: samples kept from before the first voice. `look_interval`: least samples between
    two looks at an unfinished utterance, 0 for none. `gate`: mean log-probability below which words
    are not acted on."""

    segmenter: SegmenterSettings
    padding: int
    look_interval: int
    gate: float


def listener_settings(
    vad: VadConfig, stt: SttConfig, barge_in: BargeInConfig, gate: float
) -> ListenerSettings:
    """The settings of a person's config, in samples."""
    return ListenerSettings(
        SegmenterSettings(
            threshold=vad.threshold,
            min_speech=samples_of(vad.min_speech_duration_ms),
            soft_end=samples_of(vad.soft_end_ms),
            endpointing_delay=samples_of(vad.endpointing_delay_ms),
            max_utterance=vad.max_utterance_s * LISTENING_RATE,
            interrupt_voiced=samples_of(barge_in.min_voiced_ms),
        ),
        padding=samples_of(vad.prefix_padding_ms),
        look_interval=samples_of(stt.partial_interval_ms),
        gate=gate,
    )


UNHURRIED = samples_of(160)
"""Sound that may wait to be looked at while nothing happens. It saves processor time: measured, a
VAD frame from a cold cache takes 0.5 ms, and 0.1 ms right after another one."""


class Listener:
    """Hears when somebody speaks, remembers it, and finds out what was said.

    The VAD runs where the chunks arrive (0.15 ms per 32 ms frame is less than a hand-over to a
    thread costs); the transcriber runs in its worker.
    """

    def __init__(
        self, settings: ListenerSettings, vad: Vad, transcriber: Transcriber, worker: Worker
    ) -> None:
        self._settings = settings
        self._vad = vad
        self._transcriber = transcriber
        self._worker = worker
        self._framer = Framer(vad.frame_samples)
        self._waiting: list[AudioChunk] = []
        self._segmenter = Segmenter(settings.segmenter)
        # An utterance may be continued after its end, hence room for two.
        self._tape = Tape(2 * settings.segmenter.max_utterance + settings.padding)
        self._cadence = Cadence(settings.look_interval)

    def feed(self, chunk: AudioChunk, hurry: bool = True) -> list[SpeechEvent]:
        """What the sound up to `chunk` brings about, in the order in which it happened.

        Without `hurry`, and while nobody seems to speak, that may be told up to `UNHURRIED` later.
        """
        self._tape.add(chunk)
        self._waiting.append(chunk)
        if not hurry and self._segmenter.silent and self._waited < UNHURRIED:
            return []
        waiting, self._waiting = self._waiting, []
        return [
            event
            for chunk in waiting
            for frame in self._framer.add(chunk)
            for event in self._segmenter.add(self._vad(frame.pcm), frame.start, len(frame.pcm))
        ]

    @property
    def _waited(self) -> int:
        return self._waiting[-1].end - self._waiting[0].start

    @property
    def last_voice(self) -> int:
        """Index after the last voiced sample so far."""
        return self._segmenter.last_voice

    def utterance(self, start: int) -> Utterance:
        """The utterance that begins with the sample `start`."""
        return Utterance(start, self._settings.padding, self._hear, self._segmenter.pauses)

    def look_due(self, utterance: Utterance, now: int) -> bool:
        """Whether we can afford to see how far the person has come."""
        wanted = self._settings.look_interval > 0
        return wanted and self._cadence.due(now, utterance.start, self.last_voice)

    async def look(self, utterance: Utterance, began: int, clock: Callable[[], int]) -> bool:
        """See how far the person has come at the sample `began`, now; answers whether that is
        news. Raises `EngineError`."""
        self._cadence.began(began)
        news = await utterance.look(began)
        self._cadence.took(clock() - began)
        return news

    async def _hear(self, start: int, end: int, stop: Stop) -> Transcript:
        """The words between the samples `start` and `end`."""
        samples = self._tape.cut(start, end)
        return await self._worker.call(lambda: self._transcriber.transcribe(samples, stop))

    def judge(
        self, transcript: Transcript, start: int, at: int, unanswered: bool
    ) -> Understood | Misunderstood | NothingSaid:
        """What `transcript`, of speech from `start` on, means for the conversation.

        `unanswered`: earlier words still wait for a reply, which a cough must not swallow.
        """
        text, certainty = transcript.text, transcript.avg_logprob
        if not text:
            return Understood(at, start, "", 0.0) if unanswered else NothingSaid(at)
        if certainty < self._settings.gate:
            return Misunderstood(at, start, text, certainty)
        return Understood(at, start, text, certainty)
