"""Scenes: the agent tells a story in a room, and something else is heard meanwhile.

It is the agent itself, put together as always, over a scripted person and on a virtual clock. The
detector of voice and the recogniser are the real ones.
"""

import asyncio
import multiprocessing
import os
from collections.abc import Awaitable, Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace

import numpy as np

from edgevoice.app import Engines, Surroundings, Workers, build_agent
from edgevoice.audio.chunk import LISTENING_RATE, AudioChunk, Samples
from edgevoice.audio.echo import EchoCanceller
from edgevoice.audio.level import voiced_span
from edgevoice.bench.modes import with_settings
from edgevoice.bench.turns.noises import say
from edgevoice.bench.turns.rooms import BLOCK, RoomTransport, impulse
from edgevoice.bench.turns.story import TELLER, Teller, told
from edgevoice.config import Config
from edgevoice.dialog.events import (
    Event,
    Note,
    PlaybackHeld,
    PlaybackResumed,
    ReplyStarted,
    TurnDone,
)
from edgevoice.engines.base import NEVER, Stop, Transcriber, Transcript, Vad
from edgevoice.engines.loading import load_transcriber, load_vad
from edgevoice.engines.scripted import ScriptedChat
from edgevoice.engines.workers import InlineWorker
from edgevoice.responders.base import Speech
from edgevoice.testing import run_virtual
from edgevoice.transports.caller import Caller, Cue, Line, Sounded

STT_PACE_S, LLM_PACE_S, TTS_PACE_S = 0.1, 0.02, 0.01
"""Virtual seconds for a transcript, a word of the story, and 100 ms of its sound: about what a
small computer takes (a desktop processor transcribes a word or two in 0.03 s, measured)."""

REQUEST = "tell me a story"
PERSON = "en-gb+f2"
"""Who asks, of espeak-ng's voices."""

HISS = 20.0
"""Root mean square of a quiet room's noise, in steps of 16 bit: -64 dB of full scale."""


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """`echo_db`: the echo at the microphone, relative to what is played, `delay_ms` late; None:
    there is none, and the agent knows. `sound` (16 kHz; may be empty) is heard from `moment_ms`
    after the story's first sample on. `seconds`: how much of the story there is time for; the
    scene ends sooner when the story is cancelled, if `brief`. `room`: which room of that kind."""

    seconds: float
    echo_db: float | None = None
    delay_ms: float = 60
    room: int = 0
    sound: Samples = field(default_factory=lambda: np.zeros(0, np.int16))
    moment_ms: int = 0
    brief: bool = True


@dataclass(frozen=True, slots=True)
class Hold:
    """The story paused at `at` and, if it was not cancelled, went on at `resumed`."""

    at: int
    resumed: int | None = None


@dataclass(slots=True)
class Happened:
    """What became of a scene; moments are samples at 16 kHz.

    `begun`: the story's first sample was heard. `sound`: the scene's sound began. `spoke`: in
    which ticks (first samples) the agent was heard. `cancels`: the story was cut short.
    """

    begun: int | None = None
    sound: int | None = None
    end: int = 0
    spoke: list[int] = field(default_factory=list)
    holds: list[Hold] = field(default_factory=list)
    cancels: list[int] = field(default_factory=list)


class Stage:
    """Plays scenes, one after the other, with the same real engines."""

    def __init__(self, config: Config, vad: Vad, transcriber: Transcriber) -> None:
        self._config = config
        self._vad = vad
        self._transcriber = transcriber

    @classmethod
    def of(cls, config: Config) -> "Stage":
        """With the detector and the recogniser of `config`. Raises `ModelError`."""
        return cls(config, load_vad(config.vad), load_transcriber(config.stt))

    def play(self, scene: Scene) -> Happened:
        """What happens in `scene`."""
        return run_virtual(self._play(scene))

    async def _play(self, scene: Scene) -> Happened:
        ears = Ears(self._transcriber)
        witness = Witness(scene, ears)
        caller = Caller(lines(scene), patience_s=60, bystander=witness.tick)
        witness.hang_up = caller.aclose
        agent = build_agent(
            self._config,
            Engines(
                vad=self._vad,
                transcriber=ears,
                chat=ScriptedChat([told(scene.seconds)] * 100),
                voice=Teller(TELLER),
                apology=Speech(AudioChunk(np.zeros(0, np.int16), LISTENING_RATE), ""),
            ),
            Workers(
                InlineWorker(STT_PACE_S),
                InlineWorker(LLM_PACE_S),
                InlineWorker(TTS_PACE_S),
                InlineWorker(),
            ),
            around(caller, scene, self._config),
            [witness],
            Surroundings(earcons=frozenset()),
        )
        await agent.run()
        if len(caller.spoken) > 1:
            line = caller.spoken[1]
            witness.happened.sound = line.start - voiced_span(line.line.clip)[0]
        return witness.happened


def lines(scene: Scene) -> list[Line]:
    """What is heard besides the agent: the request, and the scene's sound."""
    request = say(REQUEST, PERSON)
    first, end = voiced_span(request)  # a person who has finished hears the reply begin
    asked = [Line(request[first:end], REQUEST, Cue.REPLY_ENDED, 300)]
    if len(scene.sound):
        asked.append(Line(scene.sound, None, Cue.REPLY_STARTED, scene.moment_ms))
    return asked


def around(caller: Caller, scene: Scene, config: Config) -> RoomTransport:
    """The scene's room around `caller`."""
    hiss = np.random.default_rng(scene.room).normal(0, HISS, 7 * LISTENING_RATE)
    noise = np.rint(hiss).astype(np.int16)
    if scene.echo_db is None:
        return RoomTransport(caller, np.zeros(BLOCK + 1), None, noise)
    canceller = EchoCanceller(
        delay_ms=scene.delay_ms,
        noise_suppression=config.audio.noise_suppression,
        automatic_gain=config.audio.automatic_gain,
    )
    response = impulse(scene.delay_ms, scene.echo_db, seed=scene.room)
    return RoomTransport(caller, response, canceller, noise)


class Ears:
    """A `Transcriber` that takes all for the request until the story has begun, then listens."""

    def __init__(self, transcriber: Transcriber) -> None:
        self.min_avg_logprob = transcriber.min_avg_logprob
        self.listening = False
        self._transcriber = transcriber

    def transcribe(self, samples: Samples, stop: Stop = NEVER) -> Transcript:
        if not self.listening:
            return Transcript(REQUEST)
        return self._transcriber.transcribe(samples, stop)


class Witness:
    """Watches a scene, and ends it when its time is up."""

    def __init__(self, scene: Scene, ears: Ears) -> None:
        self.happened = Happened()
        self.hang_up: Callable[[], Awaitable[None]]
        self._scene = scene
        self._ears = ears
        self._now = 0
        self._over = False
        self._ending: object = None

    def __call__(self, what: Event | Note) -> None:
        """Take note of `what`."""
        happened = self.happened
        if self._over:  # leaving cancels the story, too
            return
        match what:
            case ReplyStarted(at=at):
                self._ears.listening = True
                happened.begun = at if happened.begun is None else happened.begun
            case PlaybackHeld(at=at):
                happened.holds.append(Hold(at))
            case PlaybackResumed(at=at):
                happened.holds[-1] = replace(happened.holds[-1], resumed=at)
            case TurnDone(at=at, interrupted=True):
                happened.cancels.append(at)

    def tick(self, said: Samples, sounded: Sounded | None) -> None:
        """A tick in which the person said `said` and the agent `sounded`."""
        if sounded is not None:
            self.happened.spoke.append(self._now)
        self._now += len(said)
        self.happened.end = self._now
        begun, cancelled = self.happened.begun, bool(self.happened.cancels)
        late = begun is not None and self._now - begun >= self._scene.seconds * LISTENING_RATE
        if (late or (self._scene.brief and cancelled)) and not self._over:
            self._over = True
            self._ending = asyncio.ensure_future(self.hang_up())  # kept, or it may be forgotten


def play_all(
    config: Config, scenes: Sequence[Scene], progress: Callable[[int], None], processes: int = 2
) -> list[Happened]:
    """What happens in each of `scenes`, in their order; `progress` is told how many are over.

    They are played in `processes` at once, as many as there are processor cores at most.
    """
    config = with_settings(config, {"stt.threads": 1})
    processes = min(processes, len(os.sched_getaffinity(0)), max(1, len(scenes) // 4))
    happened = []
    for one in _played(config, scenes, processes):
        happened.append(one)
        progress(len(happened))
    return happened


def _played(config: Config, scenes: Sequence[Scene], processes: int) -> Iterator[Happened]:
    if processes == 1:
        yield from map(Stage.of(config).play, scenes)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, context, _prepare, (config,)) as pool:
        yield from pool.map(_play, scenes)


_stage: Stage
"""Of this process."""


def _prepare(config: Config) -> None:
    global _stage
    _stage = Stage.of(config)


def _play(scene: Scene) -> Happened:
    return _stage.play(scene)
