"""When has a person finished? How often we answer too soon, and how long we wait.

Every utterance is said to a whole agent, by a scripted person on a virtual clock: the code that
decides is the code that runs, and it decides the same way every time. An engine takes the same
time for every call. What the agent says back does not matter here.
"""

import asyncio
from collections.abc import Callable, Iterator, Sequence
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

Progress = Callable[[str, int, int], None]


class Wordless:
    """A `Transcriber` that is sure of nothing: for words that the real one has never learnt."""

    min_avg_logprob = -1.0

    def transcribe(self, samples: Samples, stop: Stop = NEVER) -> Transcript:
        return Transcript("something", -9.0)


FIXED = tuple(Setting("fixed", ms) for ms in FIXED_MS)
ADAPTIVE = tuple(Setting(CHOSEN, ms) for ms in ADAPTIVE_MS)
CHOICES = tuple(Setting(name) for name in PRESETS)


def measure(
    config: Config, people: Sequence[Clip] | None, requests: Sequence[Clip], progress: Progress
) -> Endpointing:
    """Say everything at every setting to the engines of `config`.

    `people` are heard by their sound alone: their words are none that the starter recogniser knows.
    None where there are no recordings. Raises `ModelError` where an engine is missing.
    """
    knowing = load_ears(config)
    wordless = replace(knowing, transcriber=Wordless())
    kinds: list[tuple[str, Sequence[Clip], Engines]] = []
    if people is not None:
        kinds.append(("people", people, wordless))
        kinds.append(("people, a pause put in", paused(people), wordless))
    kinds.append(("requests, a pause put in", paused(requests), knowing))
    done, total = 0, sum(len(clips) for _, clips, _ in kinds) * len(FIXED + ADAPTIVE + CHOICES)

    def told(clips: Sequence[Clip]) -> Iterator[Clip]:
        nonlocal done
        for clip in clips:
            progress("when has a person finished?", done, total)
            yield clip
            done += 1

    def curve(clips: Sequence[Clip], hearing: Engines, settings: Sequence[Setting]) -> list[Point]:
        points = []
        for setting in settings:
            chosen = configured(config, setting)
            points.append(Point(setting, tuple(hear(chosen, hearing, c) for c in told(clips))))
        return points

    found = [
        Curves(name, *(tuple(curve(clips, hearing, s)) for s in (FIXED, ADAPTIVE, CHOICES)))
        for name, clips, hearing in kinds
    ]
    if people is None:
        return Endpointing(None, None, None, found[0])
    plain = {clip.name for clip in people if not clip.pauses}
    return Endpointing(_only(found[0], plain), *found)


def _only(curves: Curves, names: set[str]) -> Curves:
    """`curves` of the utterances in `names`."""

    def points(of: Sequence[Point]) -> Iterator[Point]:
        for point in of:
            yield replace(point, heard=tuple(each for each in point.heard if each.name in names))

    return Curves(
        f"{curves.name} without an inner pause",
        tuple(points(curves.fixed)),
        tuple(points(curves.adaptive)),
        tuple(points(curves.presets)),
    )


def configured(config: Config, setting: Setting) -> Config:
    """`config` with `setting`, for hearing recordings out."""
    chosen = {
        "vad.endpointing": setting.endpointing,
        "vad.endpointing_delay_ms": setting.delay_ms,
        "reply.cue_after_ms": 0,
    }
    return with_settings(config, chosen)


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
