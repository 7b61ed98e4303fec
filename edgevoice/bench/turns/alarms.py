"""Scenes in which the agent should stop, or should not, and how to tell whether it did.

Nothing is counted in the first two seconds of the story: the echo canceller gets to know the room.
Moments of people count from the first sample of voice, as the recording's list of speech has it;
after a hold begins, the loudspeaker fades out within 10 ms.
"""

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from edgevoice.audio.chunk import LISTENING_RATE, milliseconds_of, samples_of
from edgevoice.audio.level import dbfs
from edgevoice.bench.turns.everyone import of_everyone
from edgevoice.bench.turns.noises import Noise, backchannels, kitchen, noises
from edgevoice.bench.turns.people import Clip
from edgevoice.bench.turns.scenes import Happened, Scene
from edgevoice.bench.turns.story import STORY, TELLER, spoken
from edgevoice.transports.caller import PERIOD

ADAPTATION = samples_of(2000)
"""Samples of the story in which the canceller learns the room."""

AFTERWARDS = samples_of(1500)
"""How long after a sound something can still be its consequence."""

ECHOES_DB = (0.0, -6.0, -12.0, -20.0)
DELAYS_MS = (20.0, 60.0, 120.0, 250.0)
"""The rooms of the echo measurement: every level with every delay."""

RATIOS_DB = (-10.0, 0.0, 10.0)
"""Level of the echo relative to the person's voice, both at the microphone."""

LEAD = samples_of(1000)
"""How much of a recording's own silence is heard before its voice."""


def echo_scenes(minutes: float) -> list[Scene]:
    """The grid of rooms, or as much of it as `minutes` have room for, half a minute each."""
    kinds = len(DELAYS_MS)
    count = max(1, min(len(ECHOES_DB) * kinds, round(minutes * 2)))
    # Every level and every delay before any of them comes again.
    spaced = [(ECHOES_DB[n % kinds], DELAYS_MS[(n + n // kinds) % kinds]) for n in range(count)]
    seconds = minutes * 60 / count + ADAPTATION / LISTENING_RATE
    return [
        Scene(seconds, echo_db, delay_ms, room, brief=False)
        for room, (echo_db, delay_ms) in enumerate(spaced)
    ]


def echo_figures(scenes: Sequence[Scene], happened: Sequence[Happened]) -> dict[str, Any]:
    """Holds and cancels per minute that the agent spoke.

    `cancels_before`: those before the canceller had learnt the room. They are no failure, but they
    silence the story, and are to be seen where minutes are missing.
    """
    rooms: list[dict[str, Any]] = []
    for scene, what in zip(scenes, happened, strict=True):
        since = (what.begun or 0) + ADAPTATION
        rooms.append(
            {
                "echo_db": scene.echo_db,
                "delay_ms": scene.delay_ms,
                "minutes": sum(at >= since for at in what.spoke) * PERIOD / LISTENING_RATE / 60,
                "cancels": sum(at >= since for at in what.cancels),
                "cancels_before": sum(at < since for at in what.cancels),
                "holds": sum(hold.at >= since for hold in what.holds),
            }
        )
    minutes, cancels, before, holds = (
        sum(r[key] for r in rooms) for key in ("minutes", "cancels", "cancels_before", "holds")
    )
    return {
        "minutes": minutes,
        "cancels": cancels,
        "cancels_before": before,
        "holds": holds,
        "cancels_per_minute": cancels / minutes if minutes else None,
        "holds_per_minute": holds / minutes if minutes else None,
        "rooms": rooms,
    }


def disturbances(kitchen_noise: Path | None) -> list[Noise]:
    """All of them; the kitchen only where there is a recording of one."""
    there = kitchen_noise is not None and kitchen_noise.is_file()
    kitchens = kitchen(kitchen_noise) if kitchen_noise and there else []
    return [*noises(), *backchannels(), *kitchens]


def scene_of(noise: Noise, moment_ms: int, echo_db: float | None) -> Scene:
    """`noise`, `moment_ms` into the story, in a room whose echo is cancelled, or without one."""
    seconds = (moment_ms + milliseconds_of(len(noise.pcm) + AFTERWARDS)) / 1000 + 1
    return Scene(seconds, echo_db, sound=noise.pcm, moment_ms=moment_ms)


def disturbance_figures(made: Sequence[Noise], happened: Sequence[Happened]) -> dict[str, Any]:
    """How often the story was held and cancelled, and how long it was silent, for every kind.

    Per minute: of the agent's speech. Something happens every few seconds there; percent say more.
    `goes_on_ms`: of every hold; `silent_in_all_ms`: of all holds of a scene together.
    `spoilt` scenes, where it was silent when the sound came, count nowhere else.
    """
    kinds: dict[str, list[Happened]] = defaultdict(list)
    for noise, what in zip(made, happened, strict=True):
        kinds[noise.kind].append(what)
        kinds["all"].append(what)
    every = {kind: _stopped(whats) for kind, whats in kinds.items()}
    return {**every.pop("all"), "kinds": every}


def _stopped(happened: Sequence[Happened]) -> dict[str, Any]:
    scenes = held = cancelled = stops = heard = 0
    silences: list[float] = []
    in_all: list[float] = []
    for what in happened:
        if not _undisturbed(what):
            continue
        scenes += 1
        heard += len(what.spoke)
        cancelled += bool(what.cancels)
        holds = [hold for hold in what.holds if what.sound is not None and hold.at >= what.sound]
        held += bool(holds)
        stops += len(holds)
        if holds and not what.cancels:
            each = [
                milliseconds_of((what.end if h.resumed is None else h.resumed) - h.at)
                for h in holds
            ]
            silences += each
            in_all.append(sum(each))
    minutes = heard * PERIOD / LISTENING_RATE / 60
    return {
        "scenes": scenes,
        "spoilt": len(happened) - scenes,
        "minutes": minutes,
        "held_percent": _percent(held, scenes),
        "holds": stops,
        "holds_per_minute": stops / minutes if minutes else None,
        "cancelled_percent": _percent(cancelled, scenes),
        "cancels_per_minute": cancelled / minutes if minutes else None,
        "goes_on_ms": of_everyone(silences),
        "goes_on_latest_ms": max(silences, default=None),
        "silent_in_all_ms": of_everyone(in_all),
    }


def _undisturbed(what: Happened) -> bool:
    """Whether the agent spoke when the scene's sound began; else there was nothing to stop."""
    if what.sound is None or _silent_at(what, what.sound):
        return False
    return all(at >= what.sound for at in what.cancels)


def people_scenes(clips: Sequence[Clip], ratio_db: float | None) -> list[Scene]:
    """Each of `clips` spoken into the story; the echo is `ratio_db` louder than its voice.

    The room is made as loud as that takes; the person stays as they were recorded. Moments and
    delays go round.
    """
    story = dbfs(spoken(STORY[0], TELLER))
    scenes = []
    for n, clip in enumerate(clips):
        begin = max(0, clip.start - LEAD)
        sound = clip.pcm[begin : clip.end + samples_of(200)]
        voice = dbfs(np.concatenate([clip.pcm[first:end] for first, end in clip.stretches]))
        moment = 2000 + 170 * (n % 11)
        scenes.append(
            Scene(
                (moment + milliseconds_of(len(sound) + AFTERWARDS)) / 1000,
                None if ratio_db is None else ratio_db + voice - story,
                DELAYS_MS[n % len(DELAYS_MS)],
                room=n,
                sound=sound,
                moment_ms=moment,
            )
        )
    return scenes


def people_figures(
    ratio_db: float | None, clips: Sequence[Clip], happened: Sequence[Happened]
) -> dict[str, Any]:
    """How many were noticed, and how soon.

    `early`: the story was held before the first voice, by a breath, or by mistake; such holds do
    not count as quick ones. `spoilt`: it was cancelled before that, and nobody could be noticed;
    they count as not detected. Whoever was never heard counts as later than all (`of_everyone`).
    """
    held: list[float | None] = []
    cancelled: list[float | None] = []
    early = 0
    for clip, what in zip(clips, happened, strict=True):
        voice = (what.sound or 0) + min(clip.start, LEAD)
        if what.sound is None or any(at < voice for at in what.cancels):
            continue
        late = voice + clip.end - clip.start + AFTERWARDS
        stopped = [at for at in what.cancels if at <= late]
        silent = [hold.at for hold in what.holds if hold.at >= voice] + stopped
        cancelled.append(milliseconds_of(stopped[0] - voice) if stopped else None)
        if _silent_at(what, voice):
            early += 1
        else:
            held.append(milliseconds_of(min(silent) - voice) if silent else None)
    noticed = sum(ms is not None for ms in cancelled)
    return {
        "echo_to_voice_db": ratio_db,
        "people": len(clips),
        "spoilt": len(clips) - len(cancelled),
        "early": early,
        "detected_percent": _percent(noticed, len(clips)),
        "held_ms": of_everyone(held),
        "cancelled_ms": of_everyone(cancelled),
    }


def _silent_at(what: Happened, moment: int) -> bool:
    """Whether the story was held at `moment`."""
    return any(
        hold.at < moment and (hold.resumed is None or hold.resumed > moment) for hold in what.holds
    )


def _percent(part: int, whole: int) -> float | None:
    return 100 * part / whole if whole else None
