"""When has a person finished? How often we answer too soon, and how long we wait.

Every utterance is said to a whole agent, by a scripted person on a virtual clock: the code that
decides is the code that runs, and it decides the same way every time. An engine takes the same
time for every call. What the agent says back does not matter here.
"""

import asyncio
import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace

import numpy as np

from edgevoice.app import Engines, Workers, build_agent
from edgevoice.audio.chunk import LISTENING_RATE, AudioChunk, Samples, milliseconds_of, samples_of
from edgevoice.bench.modes import with_settings
from edgevoice.bench.turns.curves import (
    CHOSEN,
    PRESETS,
    Curves,
    Endpointing,
    Heard,
    Point,
    Setting,
)
from edgevoice.bench.turns.people import Clip, paused
from edgevoice.bench.turns.remembered import (
    RememberedTranscriber,
    RememberedTurnDetector,
    RememberedVad,
)
from edgevoice.config import Config
from edgevoice.dialog.events import Event, Note, SpeechEnded
from edgevoice.engines.base import NEVER, Stop, Transcript
from edgevoice.engines.loading import load_transcriber, load_turn_detector, load_vad
from edgevoice.engines.scripted import ScriptedChat, ScriptedVoice
from edgevoice.engines.workers import InlineWorker
from edgevoice.responders.base import Speech
from edgevoice.testing import run_virtual
from edgevoice.transports.caller import Caller, Line

TOLERANCE = samples_of(100)
"""An endpoint that is early by less than this cuts nothing off: where a voice ends is a matter of
opinion."""

FIXED_MS = (200, 300, 400, 500, 600, 800, 1000)
ADAPTIVE_MS = (300, 400, 500, 700, 1000)
"""Endpointing delays (ms) of the two curves."""

TRANSCRIBER_S, DETECTOR_S, OTHERS_S = 0.05, 0.08, 0.02
"""Seconds that a call of an engine takes on the virtual clock: what a small transcriber, and the
turn detector on one busy core, need on a desktop processor."""

PATIENCE_S = 8.0
"""Seconds of silence after which we give up waiting for an endpoint."""

WHAT = "when has a person finished?"
MOST_PROCESSES, FEW = 4, 8
"""Utterances are divided among so many processes, if each gets more than a few."""

Progress = Callable[[str, int, int], None]


class Wordless:
    """A `Transcriber` that knows no word: nothing but the sound tells when a turn is over."""

    min_avg_logprob = -1.0

    def transcribe(self, samples: Samples, stop: Stop = NEVER) -> Transcript:
        return Transcript("")


FIXED = tuple(Setting("fixed", ms) for ms in FIXED_MS)
ADAPTIVE = tuple(Setting(CHOSEN, ms) for ms in ADAPTIVE_MS)
CHOICES = tuple(Setting(name) for name in PRESETS)
SETTINGS = FIXED + ADAPTIVE + CHOICES


def measure(
    config: Config, people: Sequence[Clip] | None, requests: Sequence[Clip], progress: Progress
) -> Endpointing:
    """Say everything at every setting to the engines of `config`.

    `people` are heard by their sound alone: their words are none that the starter recogniser knows.
    None where there are no recordings. Raises `ModelError` where an engine is missing.
    """
    config = with_settings(config, {"stt.threads": 1, "reply.cue_after_ms": 0})
    kinds: list[tuple[Sequence[Clip], bool]] = [(paused(requests), False)]
    if people is not None:
        kinds = [(people, True), (paused(people), True), *kinds]
    said = [(clip, alone) for clips, alone in kinds for clip in clips]
    progress(WHAT, 0, len(said))
    heard: list[list[Heard]] = []
    for at_every_setting in _heard(config, said):
        heard.append(at_every_setting)
        progress(WHAT, len(heard), len(said))
    rows = iter(heard)
    curves = [_curves([next(rows) for _ in clips]) for clips, _ in kinds]
    if people is None:
        return Endpointing(None, None, None, *curves)
    whole = [row for row, clip in zip(heard, people, strict=False) if not clip.pauses]
    return Endpointing(_curves(whole), *curves)


def _curves(rows: Sequence[Sequence[Heard]]) -> Curves:
    """From rows with what became of an utterance at each of `SETTINGS`."""
    points = [Point(setting, tuple(row[n] for row in rows)) for n, setting in enumerate(SETTINGS)]
    presets = len(FIXED + ADAPTIVE)
    return Curves(
        tuple(points[: len(FIXED)]), tuple(points[len(FIXED) : presets]), tuple(points[presets:])
    )


def _heard(config: Config, said: Sequence[tuple[Clip, bool]]) -> Iterator[list[Heard]]:
    """What becomes of every clip at each of `SETTINGS`; the other half of a pair: by sound alone?

    Many are said in a process for each processor core.
    """
    processes = min(len(os.sched_getaffinity(0)), MOST_PROCESSES, len(said) // FEW)
    if processes <= 1:
        yield from map(Booth(config).say, said)
        return
    load_ears(config)  # what is missing is told here; in another process it would break the pool
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, context, _prepare, (config,)) as pool:
        yield from pool.map(_say, said)


class Booth:
    """Where clips are said, one after the other, to the same engines."""

    def __init__(self, config: Config) -> None:
        """Load the engines of `config`; raises `ModelError`."""
        self._configs = [configured(config, setting) for setting in SETTINGS]
        self._knowing = load_ears(config)
        self._wordless = replace(self._knowing, transcriber=Wordless())

    def say(self, said: tuple[Clip, bool]) -> list[Heard]:
        """What becomes of a clip at each of `SETTINGS`; True: by its sound alone."""
        clip, alone = said
        engines = self._wordless if alone else self._knowing
        return [hear(config, engines, clip) for config in self._configs]


_booth: Booth
"""Of this process."""


def _prepare(config: Config) -> None:
    global _booth
    _booth = Booth(config)


def _say(said: tuple[Clip, bool]) -> list[Heard]:
    return _booth.say(said)


def configured(config: Config, setting: Setting) -> Config:
    """`config` with `setting`."""
    chosen = {"endpointing": setting.endpointing, "endpointing_delay_ms": setting.delay_ms}
    return with_settings(config, {f"vad.{key}": value for key, value in chosen.items()})


def hear(config: Config, engines: Engines, clip: Clip) -> Heard:
    """Say `clip` to an agent with `config` and `engines`, on a virtual clock."""
    return run_virtual(_hear(config, engines, clip))


async def _hear(config: Config, engines: Engines, clip: Clip) -> Heard:
    caller = Caller([Line(clip.pcm, clip.text, ms=0)], patience_s=PATIENCE_S)  # from sample 0 on
    endpoints: list[int] = []
    leaving: list[asyncio.Task[None]] = []

    def watch(event: Event | Note) -> None:
        if isinstance(event, SpeechEnded):
            endpoints.append(event.at - clip.end)
            if endpoints[-1] >= -TOLERANCE:
                leaving.append(asyncio.get_running_loop().create_task(caller.aclose()))

    await build_agent(config, engines, workers(), caller, [watch]).run()
    early = [at for at in endpoints if at < -TOLERANCE]
    late = [at for at in endpoints if at >= -TOLERANCE]
    return Heard(clip.name, len(early), milliseconds_of(late[0]) if late else None)


def workers() -> Workers:
    """Engines that take the same time for every call."""
    return Workers(
        detector=InlineWorker(DETECTOR_S),
        transcriber=InlineWorker(TRANSCRIBER_S),
        chat=InlineWorker(OTHERS_S),
        voice=InlineWorker(OTHERS_S),
    )


def load_ears(config: Config) -> Engines:
    """The engines of `config` that listen; a reply that nobody waits for costs nothing.

    Raises `ModelError`.
    """
    silence = AudioChunk(np.zeros(samples_of(100), np.int16), LISTENING_RATE)
    detector = load_turn_detector(config.turn)
    return Engines(
        vad=RememberedVad(load_vad(config.vad)),
        transcriber=RememberedTranscriber(load_transcriber(config.stt)),
        detector=RememberedTurnDetector(detector) if detector else None,
        chat=ScriptedChat(["Very well."] * 10_000),
        voice=ScriptedVoice(samples_per_character=400),
        apology=Speech(silence, "Sorry."),
    )
