"""Chunks of sound → events of speech, and the words of an utterance."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from edgevoice.audio.chunk import LISTENING_RATE, AudioChunk, Framer, samples_of
from edgevoice.audio.floor import RISE, NoiseFloor
from edgevoice.audio.tape import Tape
from edgevoice.config import BargeInConfig, SttConfig, VadConfig
from edgevoice.dialog.endpoint import Endpoint, Waits
from edgevoice.dialog.events import (
    EndpointMoved,
    Misunderstood,
    NothingSaid,
    SpeechPaused,
    SpeechResumed,
    Understood,
)
from edgevoice.dialog.hypothesis import Cadence
from edgevoice.dialog.phrases import Completeness
from edgevoice.dialog.segmenter import Segmenter, SegmenterSettings, SpeechEvent
from edgevoice.engines.base import Stop, Transcriber, Transcript, TurnDetector, Vad
from edgevoice.engines.workers import Worker
from edgevoice.utterance import Utterance


@dataclass(frozen=True, slots=True)
class ListenerSettings:
    """`waits`: for the end of an utterance. `padding`: samples kept from before the first voice.
    `look_interval`: least samples between two looks at an unfinished utterance, 0 for none. `gate`:
    mean log-probability below which words are not acted on."""

    segmenter: SegmenterSettings
    waits: Waits
    padding: int
    look_interval: int
    gate: float


def listener_settings(
    vad: VadConfig,
    stt: SttConfig,
    barge_in: BargeInConfig,
    gate: float,
    held_to_talk: bool = False,
) -> ListenerSettings:
    """The settings of a person's config, in samples.

    `held_to_talk`: the person tells by a key when an utterance is over, so no silence does.
    """
    longest = vad.max_utterance_s * LISTENING_RATE
    plain = longest if held_to_talk else samples_of(vad.plain_delay_ms)
    return ListenerSettings(
        SegmenterSettings(
            threshold=vad.threshold,
            min_speech=samples_of(vad.min_speech_duration_ms),
            soft_end=samples_of(vad.soft_end_ms),
            endpointing_delay=plain,
            max_utterance=longest,
            interrupt_voiced=samples_of(barge_in.min_voiced_ms),
        ),
        waits=Waits.around(plain, adaptive=vad.endpointing != "fixed" and not held_to_talk),
        padding=samples_of(vad.prefix_padding_ms),
        look_interval=samples_of(stt.partial_interval_ms),
        gate=gate,
    )


UNHURRIED = samples_of(160)
"""Sound that may wait to be looked at while nothing happens. It saves processor time: measured, a
VAD frame from a cold cache takes 0.5 ms, and 0.1 ms right after another one."""


WORDS_DUE = samples_of(900)
"""Silence in which words that were said over our reply must be worked out: after it we go on."""

MORE_DUE = samples_of(400)
"""Silence after uncertain words that were said over our reply, after which we go on."""

QUIET = samples_of(2000)
"""Silence after which nobody goes on with an utterance that was answered, and the sound of which is
kept: it may be the beginning of the next one."""

VETO = 3
"""So many times as much sure voice confirms speech that has been "mhm" so far."""


LONG_PAUSE, SHORT_PAUSE = samples_of(400), samples_of(200)
"""Silences inside an utterance that are longer are made short for the transcriber. Measured with
the starter model on 84 requests with a pause of 0.6 to 1.5 s in them: it takes the pause for the
end and writes 6 of them rightly; with a short pause, 33."""


def without_long_pauses(
    start: int, end: int, pauses: Sequence[tuple[int, int]]
) -> list[tuple[int, int]]:
    """The stretches of the samples from `start` to `end` that are left when the middles of long
    `pauses` (first sample, sample after the last; in order) are taken out."""
    stretches = []
    for first, last in pauses:
        if start <= first and last <= end and last - first >= LONG_PAUSE:
            stretches.append((start, first + SHORT_PAUSE // 2))
            start = last - SHORT_PAUSE // 2
    return [*stretches, (start, end)]


@dataclass(frozen=True, slots=True)
class Ears:
    """The engines that listen, and who runs them. Without a `detector`, words and pauses alone
    tell when a person has finished; it may have a worker of its own."""

    vad: Vad
    transcriber: Transcriber
    transcribing: Worker
    detector: TurnDetector | None = None
    detecting: Worker | None = None


class Listener:
    """Hears when somebody speaks, remembers it, and finds out what was said and when it was all.

    The VAD runs where the chunks arrive (0.15 ms per 32 ms frame is less than a hand-over to a
    thread costs); the others run in their workers.
    """

    def __init__(
        self,
        settings: ListenerSettings,
        ears: Ears,
        completeness: Callable[[str], Completeness] = lambda _: Completeness.UNSURE,
    ) -> None:
        """`completeness`: how complete words are."""
        self._settings = settings
        self._ears = ears
        self._completeness = completeness
        self._framer = Framer(ears.vad.frame_samples)
        self._waiting: list[AudioChunk] = []
        self._floor = NoiseFloor()
        self._segmenter = Segmenter(settings.segmenter)
        self._endpoint = Endpoint(settings.waits)
        # An utterance may be continued after its end, hence room for two.
        self._tape = Tape(2 * settings.segmenter.max_utterance + settings.padding)
        self._cadence = Cadence(settings.look_interval)
        self._wiped = 0  # the last voice when the tape was wiped

    def take_over(self, before: "Listener") -> None:
        """Go on where `before` has come to, over the same engines; it is `silent`."""
        self._framer, self._waiting = before._framer, before._waiting
        self._floor, self._wiped = before._floor, before._wiped
        self._segmenter.take_over(before._segmenter)
        self._endpoint.take_over(before._endpoint)
        self._cadence.take_over(before._cadence)
        self._tape.take_over(before._tape)

    @property
    def silent(self) -> bool:
        """Whether there is not even the beginning of speech."""
        return self._segmenter.silent

    def feed(self, chunk: AudioChunk, hurry: bool = True) -> list[SpeechEvent]:
        """What the sound up to `chunk` brings about, in the order in which it happened.

        Without `hurry`, and while nobody seems to speak, that may be told up to `UNHURRIED` later.
        """
        self._tape.add(chunk)
        self._waiting.append(chunk)
        if not hurry and self._segmenter.silent and self._waited < UNHURRIED:
            return []
        return self._catch_up()

    def _catch_up(self) -> list[SpeechEvent]:
        """What the sound that was not listened to yet brings about."""
        waiting, self._waiting = self._waiting, []
        return [
            event
            for chunk in waiting
            for frame in self._framer.add(chunk)
            for event in self._hear_frame(frame)
        ]

    def _hear_frame(self, frame: AudioChunk) -> list[SpeechEvent]:
        before = self._segmenter.last_voice
        probability, rise = self._ears.vad(frame.pcm), self._floor.add(frame.pcm)
        if self._segmenter.silent and rise < RISE:
            probability = 0.0  # nothing begins that does not stand out of the room's noise
        events = self._segmenter.add(probability, frame.start, len(frame.pcm))
        for event in events:
            match event:
                case SpeechPaused():
                    self._endpoint.forget_witnesses()
                case SpeechResumed():
                    self.went_on_after(frame.start - before)
        return events

    def went_on_after(self, pause: int) -> None:
        """The person paused for `pause` samples, which was not the end."""
        self._endpoint.went_on_after(pause)

    def finish(self, now: int) -> list[SpeechEvent]:
        """The person says by other means that this was all."""
        return [*self._catch_up(), *self._segmenter.finish(now)]

    def forget(self) -> None:
        """What is being said is not for us."""
        self._catch_up()
        self._segmenter.forget()

    def since(self, start: int) -> AudioChunk:
        """What was heard from `start` on, and a little before."""
        now = self._tape.end
        samples = self._tape.cut(start - self._settings.padding, now)
        return AudioChunk(samples, LISTENING_RATE, now - len(samples))

    def wipe(self, now: int) -> None:
        """In a silence that lasts: overwrite the sound of what was said before it."""
        quiet_since = now - QUIET - self._settings.padding
        if self._wiped < self.last_voice < quiet_since and self._segmenter.silent:
            self._tape.wipe(before=quiet_since)
            self._wiped = self.last_voice

    @property
    def _waited(self) -> int:
        return self._waiting[-1].end - self._waiting[0].start

    @property
    def last_voice(self) -> int:
        """Index after the last voiced sample so far."""
        return self._segmenter.last_voice

    @property
    def voiced(self) -> int:
        """Voiced samples of what is being said, or may be."""
        return self._segmenter.voiced

    @property
    def plain(self) -> bool:
        """Whether what is being said is more surely a voice than not."""
        return self._segmenter.plain

    @property
    def rising(self) -> int:
        """Voiced samples of what may become speech and is none yet."""
        return self._segmenter.rising

    def wait_for_words(self) -> None:
        """Before the silence that has begun may be an end, the words before it must be known."""
        self._segmenter.wait = WORDS_DUE

    def wait_for_more(self) -> None:
        """The words before the present silence tell nothing; more may follow."""
        self._segmenter.wait = MORE_DUE

    def let_it_pass(self) -> None:
        """What is being said does not interrupt us, unless it becomes much longer."""
        self._segmenter.gate = VETO * self._settings.segmenter.interrupt_voiced

    async def hear_tone(self, start: int, clock: Callable[[], int]) -> EndpointMoved | None:
        """In the silence after an utterance from `start` on: by its tone, how long to wait now.

        None without a turn detector. Raises `EngineError`.
        """
        detector = self._ears.detector
        if detector is None or self._settings.waits.shortest == self._settings.waits.longest:
            return None
        now = clock()
        samples = self._tape.cut(max(start - self._settings.padding, now - detector.window), now)
        worker = self._ears.detecting or self._ears.transcribing
        self._endpoint.hear_tone(await worker.call(lambda: detector.finished(samples)))
        return self._moved(clock())

    def hear_words(self, words: Transcript, now: int) -> EndpointMoved:
        """By its words, how long to wait in the present silence.

        So it is by words that are too uncertain to act on: their shape outlasts their spelling.
        """
        if words.text:  # else it may be the transcriber that knows no words
            self._endpoint.hear_words(self._completeness(words.text))
        return self._moved(now)

    def _moved(self, now: int) -> EndpointMoved:
        self._segmenter.wait = wait = self._endpoint.wait
        words = self._endpoint.words
        return EndpointMoved(now, wait, self._endpoint.tone, words.name.lower() if words else None)

    def utterance(self, start: int) -> Utterance:
        """The utterance that begins with the sample `start`."""
        return Utterance(start, self._settings.padding, self._hear, self._segmenter.pauses)

    def look_due(self, utterance: Utterance, now: int) -> bool:
        """Whether we can afford to see how far the person has come."""
        wanted = self._settings.look_interval > 0
        return wanted and self._cadence.due(now, utterance.start, self.last_voice)

    def first_look_due(self, utterance: Utterance) -> bool:
        """Whether nobody has looked at the utterance yet, and somebody may."""
        return self._settings.look_interval > 0 and not utterance.looked_at

    def certain(self, transcript: Transcript) -> bool:
        """Whether the words of `transcript` are certain enough to act on."""
        return transcript.avg_logprob >= self._settings.gate

    async def look(self, utterance: Utterance, began: int, clock: Callable[[], int]) -> bool:
        """See how far the person has come at the sample `began`, now; answers whether that is
        news. Raises `EngineError`."""
        self._cadence.began(began)
        news = await utterance.look(began)
        self._cadence.took(clock() - began)
        return news

    async def _hear(self, start: int, end: int, stop: Stop) -> Transcript:
        """The words between the samples `start` and `end`."""
        stretches = without_long_pauses(start, end, self._segmenter.pauses)
        samples = np.concatenate([self._tape.cut(*stretch) for stretch in stretches])
        return await self._ears.transcribing.call(
            lambda: self._ears.transcriber.transcribe(samples, stop)
        )

    def judge(
        self, transcript: Transcript, start: int, at: int, unanswered: bool
    ) -> Understood | Misunderstood | NothingSaid:
        """What `transcript`, of speech from `start` on, means for the conversation.

        `unanswered`: it took the floor from a reply to earlier words, of which nothing was heard: a
        cough must not swallow them.
        """
        text, certainty = transcript.text, transcript.avg_logprob
        if not text:
            return Understood(at, start, "", 0.0) if unanswered else NothingSaid(at)
        if not self.certain(transcript):
            return Misunderstood(at, start, text, certainty)
        return Understood(at, start, text, certainty)
