"""Which detector hears a person through our own voice? Three of them on the same simulated rooms.

    python -m tools.bench.echo_detectors [--minutes 30] [--people 120] [--out FILE.json]

The far end are voices of espeak-ng and, for half as long, people; the near end are people. The
rooms are `edgevoice.bench.turns.rooms`: the echo takes 20 to 250 ms and is 0 to 20 dB below what is
played. One loudspeaker in five distorts. A third as long, there is a kitchen in the room. The
detectors:

    vad on AEC3         Silero's probability on AEC3's output
    vad on residual     the same on what a linear filter of our own leaves
    residual / expected `edgevoice.audio.double_talk`: that residual's power to the expected one

A false suspicion is one in echo alone, after two seconds; those within a second are one. The time
to a suspicion counts from the first voiced sample (as Silero finds it in the clean recording) to
the end of the frame that raises it; people are added at -10, 0 and +10 dB of echo to person. Then
playback is held, 30 ms after the suspicion, and the time is taken until 300 ms of voice were heard;
after a false suspicion, how much voice is heard in a second.
"""

import argparse
import json
import subprocess
import sys
import time
import wave
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from itertools import cycle
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pywebrtc_audio import AudioProcessor

from edgevoice.audio.chunk import LISTENING_RATE, Samples, milliseconds_of, samples_of
from edgevoice.audio.double_talk import FRAME, DoubleTalk
from edgevoice.audio.echo import EchoCanceller
from edgevoice.audio.resample import Resampler, to_int16
from edgevoice.bench.turns.noises import check_tools
from edgevoice.bench.turns.people import SPEECH, Clip, load_people, read_flac
from edgevoice.bench.turns.rooms import Response, Room, impulse
from edgevoice.engines.silero import FRAME as VAD_FRAME
from edgevoice.engines.silero import SileroVad
from edgevoice.errors import EdgevoiceError

LOUD = 3_000.0
"""Root mean square of what is played, where it is loud: 21 dB below full scale."""

HISS = 10.0
"""The same of the microphone's own noise."""

SETTLED_S = 2.0
RATIOS_DB = (-10, 0, 10)
WITHIN = samples_of(1_200)
"""A person who is not noticed so long after the first voiced sample is missed."""

AEC3 = {"echo_cancellation": True, "high_pass_filter": True}
HELD_AFTER = samples_of(30)
CONFIRMED = samples_of(300)
VOICES = "en-us en-gb+f2 en-gb-scotland en-us+f4 en-gb-x-rp+m3 en-029+f3".split()
SPEEDS = (150, 175)
TEXTS = (
    "The museum opens at nine in the morning and closes at half past five. On Thursdays it stays "
    "open until eight, and the last tour starts an hour before that. If you come by train, leave "
    "the station on the north side, cross the river, and follow the path along the old wall. "
    "There is a small cafe next to the entrance where you can leave your bags, and they serve "
    "soup, bread, and several kinds of tea. Children under twelve do not pay. In winter the "
    "garden is closed, but the greenhouse is warm and full of orange trees. Would you like me to "
    "book a ticket for you, or shall I look for something else nearby?",
    "To make the dough, mix five hundred grams of flour with a spoon of salt, three hundred "
    "millilitres of lukewarm water and a little yeast. Knead it for ten minutes, until it no "
    "longer sticks to your hands. Cover the bowl with a cloth and let it rest for two hours. Then "
    "heat the oven to two hundred and thirty degrees. Shape the loaf, cut the top twice with a "
    "sharp knife, and bake it for thirty five minutes. It is done when it sounds hollow as you "
    "knock on it. Let it cool before you slice it, even though that is difficult.",
    "Here is the weather for the coming days. Tomorrow begins with fog in the valleys, which will "
    "lift before noon. The afternoon is sunny and mild, with temperatures around sixteen degrees. "
    "On Wednesday a front arrives from the west, bringing rain and gusts of up to seventy "
    "kilometres per hour along the coast. It becomes cooler, and above twelve hundred metres "
    "there may be snow. From Friday on, high pressure builds again, and the weekend looks dry, "
    "bright and rather cold at night. Should I remind you on Thursday evening?",
)

Sound = NDArray[np.float64]
Signs = NDArray[np.bool_]
"""Per frame of 10 ms, whether there is a sign of a person by its end."""


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """What is played into which room, and who else makes sound there.

    `others`: the person and the noise at the microphone, shape as `played`; `onset`: first voiced
    sample of the person, `ratio_db`: of the echo to the person, None where nobody speaks.
    """

    far: str
    played: Samples
    response: Response
    distorts: bool
    others: Sound
    onset: int | None = None
    ratio_db: int | None = None

    @property
    def echo(self) -> Sound:
        sound = self.played.astype(np.float64)
        if self.distorts:
            sound = 12_000 * np.tanh(sound / 12_000)
        return Room(self.response).add(to_int16(sound.astype(np.float32)))

    @property
    def microphone(self) -> Samples:
        return to_int16((self.echo + self.others).astype(np.float32))


@dataclass(frozen=True, slots=True, eq=False)
class Heard:
    """What becomes of a scene: three ways to clean it, and the detector's scores per frame.

    `cleaned` is what an agent hears: AEC3's output, and the residual while there is a person.
    """

    aec3: Samples
    residual: Samples
    cleaned: Samples
    person: NDArray[np.float64]


# --- scenes


def loudness(pcm: NDArray[np.generic]) -> float:
    """Root mean square of the blocks of 10 ms that are at most 40 dB below the loudest."""
    blocks = pcm[: len(pcm) // FRAME * FRAME].astype(np.float64).reshape(-1, FRAME)
    power = np.square(blocks).mean(1)
    return float(np.sqrt(power[power > power.max() * 1e-4].mean()))


def as_loud(pcm: Samples, loud: float) -> Samples:
    return to_int16((pcm * (loud / loudness(pcm))).astype(np.float32))


def espeak(voice: str, speed: int, text: str) -> Samples:
    """`text` as espeak-ng says it, 16 kHz."""
    command = ["espeak-ng", "-v", voice, "-s", str(speed), "--stdout", text]
    spoken = subprocess.run(command, check=True, capture_output=True).stdout
    with wave.open(BytesIO(spoken)) as file:
        pcm, rate = np.frombuffer(file.readframes(2**31 - 1), np.int16), file.getframerate()
    resampler = Resampler(rate, LISTENING_RATE)
    return np.concatenate([resampler.add(pcm), resampler.finish()])


def synthetic() -> list[Samples]:
    """Every voice at every speed."""
    texts = cycle(TEXTS)
    return [
        as_loud(espeak(voice, speed, next(texts)), LOUD) for voice in VOICES for speed in SPEEDS
    ]


def talk(people: Sequence[Clip], rng: np.random.Generator, samples: int) -> Samples:
    """People, one after the other."""
    pieces: list[Samples] = []
    while sum(map(len, pieces)) < samples:
        clip = people[int(rng.integers(len(people)))]
        pieces += [as_loud(clip.pcm[clip.start : clip.end], LOUD), np.zeros(3_200, np.int16)]
    return np.concatenate(pieces)[:samples]


def scene(far: str, played: Samples, rng: np.random.Generator, number: int) -> Scene:
    """`played` in a room at random; every fifth loudspeaker distorts."""
    response = impulse(
        rng.uniform(20, 250), rng.uniform(-20, 0), rt60_ms=rng.uniform(300, 400), seed=number
    )
    hiss = rng.standard_normal(len(played)) * HISS
    return Scene(far, played, response, number % 5 == 4, hiss)


def echoes(
    voices: list[Samples], people: Sequence[Clip], minutes: float, noise: Samples | None = None
) -> Iterator[Scene]:
    """Nobody speaks over it: espeak-ng two times out of three, else people. `noise` is in the room
    at its own level, and 6 and 12 dB below that.
    """
    rng, done, number = np.random.default_rng(1), 0.0, 0
    while done < minutes * 60:
        human = bool(people) and number % 3 == 2
        played = talk(people, rng, samples_of(35_000)) if human else voices[number % len(voices)]
        empty = scene("people" if human else "espeak-ng", played, rng, number)
        if noise is not None:
            also = np.take(noise, np.arange(len(played)) + number * 40_000, mode="wrap")
            empty = replace(empty, others=empty.others + also / 2.0 ** (number % 3))
        yield empty
        done += len(played) / LISTENING_RATE
        number += 1


def interruptions(voices: list[Samples], people: Sequence[Clip]) -> Iterator[Scene]:
    """Each of `people` begins three to six seconds into the reply, at every ratio."""
    rng = np.random.default_rng(2)
    for number, clip in enumerate(people):
        for ratio_db in RATIOS_DB:
            voice = voices[int(rng.integers(len(voices)))]
            begin = int(rng.integers(len(voice) - samples_of(9_000)))
            at = samples_of(rng.uniform(3_000, 6_000))
            played = voice[begin : begin + at + samples_of(2_500)]
            empty = scene("espeak-ng", played, rng, number)
            lead = min(clip.start, samples_of(300))
            said = clip.pcm[clip.start - lead : clip.start + samples_of(2_000)]
            level = loudness(empty.echo) / loudness(clip.pcm[clip.start : clip.end])
            others = empty.others.copy()
            room = others[at : at + len(said)]
            room += said[: len(room)] * level * 10 ** (-ratio_db / 20)
            yield replace(empty, others=others, onset=at + lead, ratio_db=ratio_db)


# --- what is heard


class Costs:
    """CPU time per part, as milliseconds per second of sound."""

    def __init__(self) -> None:
        self._spent: dict[str, float] = {}
        self._sound: dict[str, float] = {}

    def charge(self, part: str, began: float, samples: int) -> None:
        self._spent[part] = self._spent.get(part, 0) + time.process_time() - began
        self._sound[part] = self._sound.get(part, 0) + samples / LISTENING_RATE

    def per_second(self) -> dict[str, float]:
        return {part: 1_000 * spent / self._sound[part] for part, spent in self._spent.items()}


def listen(microphone: Samples, played: Samples, costs: Costs) -> Heard:
    """Everything about a scene that the detectors look at."""
    starts = range(0, len(played) - FRAME + 1, FRAME)
    pairs = [(microphone[at : at + FRAME], played[at : at + FRAME]) for at in starts]
    canceller, aec3, talk = EchoCanceller(), AudioProcessor(**AEC3), DoubleTalk()
    began = time.process_time()
    cleaned = [canceller.add(*pair) for pair in pairs]
    costs.charge("EchoCanceller", began, len(played))
    began = time.process_time()
    suppressed = [aec3.process(*pair) for pair in pairs]
    costs.charge("of it AEC3", began, len(played))
    began = time.process_time()
    overheard = [talk.add(*pair) for pair in pairs]
    costs.charge("of it DoubleTalk", began, len(played))
    return Heard(
        np.concatenate(suppressed),
        to_int16(np.concatenate([each.residual for each in overheard]).astype(np.float32)),
        np.concatenate([each.pcm for each in cleaned]),
        np.array([each.person for each in overheard]),
    )


def voiced(pcm: Samples, vad: SileroVad, threshold: float) -> Signs:
    """Silero's opinion per 10 ms: of the last frame of 32 ms that was complete by then."""
    return probabilities(pcm, vad) >= threshold


def probabilities(pcm: Samples, vad: SileroVad) -> NDArray[np.float64]:
    vad.reset()
    starts = range(0, len(pcm) - VAD_FRAME + 1, VAD_FRAME)
    each = [0.0, *(vad(pcm[at : at + VAD_FRAME]) for at in starts)]
    ends = np.arange(1, len(pcm) // FRAME + 1) * FRAME
    return np.array(each)[ends // VAD_FRAME]


Detector = Callable[[Heard], Signs]


def detectors() -> dict[str, Detector]:
    """Every detector, at the thresholds that are of interest."""
    vad = SileroVad()

    def on_aec3(threshold: float) -> Detector:
        return lambda heard: voiced(heard.aec3, vad, threshold)

    def on_residual(threshold: float) -> Detector:
        return lambda heard: voiced(heard.residual, vad, threshold)

    def ratio(decibels: float) -> Detector:
        score = 1 / (1 + np.exp(-decibels / 2))
        return lambda heard: heard.person >= score

    def either(one: Detector, other: Detector) -> Detector:
        return lambda heard: one(heard) | other(heard)

    def all_of(one: Detector, other: Detector) -> Detector:
        return lambda heard: one(heard) & other(heard)

    return {
        "vad on AEC3 ≥ 0.3": on_aec3(0.3),
        "vad on AEC3 ≥ 0.5": on_aec3(0.5),
        "vad on residual ≥ 0.5": on_residual(0.5),
        "vad on residual ≥ 0.8": on_residual(0.8),
        "residual / expected - 2 dB": ratio(-2),
        "residual / expected": ratio(0),
        "residual / expected + 2 dB": ratio(2),
        "residual / expected, or vad on AEC3 ≥ 0.5": either(ratio(0), on_aec3(0.5)),
        "residual / expected - 2 dB, and vad on AEC3 ≥ 0.3": all_of(ratio(-2), on_aec3(0.3)),
    }


# --- figures


def begins(signs: Signs, apart: int = 100) -> list[int]:
    """Frames in which `signs` begin; those within `apart` frames of the last one are the same."""
    found: list[int] = []
    for begin in np.flatnonzero(np.diff(signs.astype(np.int8), prepend=0) == 1):
        if not found or begin - found[-1] >= apart:
            found.append(int(begin))
    return found


def longest(signs: Signs) -> int:
    """Frames of the longest unbroken sign."""
    best = run = 0
    for sign in signs:
        run = run + 1 if sign else 0
        best = max(best, run)
    return best


def first_sign(signs: Signs, onset: int) -> int | None:
    """Samples from `onset` to the end of the first frame with a sign; None for a miss."""
    frame = onset // FRAME
    found = np.flatnonzero(signs[frame : frame + WITHIN // FRAME])
    return int((frame + found[0] + 1) * FRAME - onset) if len(found) else None


def spread(times: Sequence[int | None]) -> dict[str, float | None]:
    """Share that was noticed, and how soon those were: median and 95th percentile, milliseconds.

    Who was missed is in the share alone: two detectors' times compare where their shares do.
    """
    noticed = [milliseconds_of(each) for each in times if each is not None]
    share = 100 * len(noticed) / max(1, len(times))
    if not noticed:
        return {"detected_percent": share, "p50_ms": None, "p95_ms": None}
    p50, p95 = np.percentile(noticed, [50, 95])
    return {"detected_percent": share, "p50_ms": float(p50), "p95_ms": float(p95)}


def until_voiced(pcm: Samples, vad: SileroVad, onset: int) -> int | None:
    """Samples from `onset` until 300 ms of `pcm` were voiced."""
    signs = voiced(pcm, vad, 0.5)[onset // FRAME :]
    enough = np.flatnonzero(np.cumsum(signs) * FRAME >= CONFIRMED)
    return int((enough[0] + 1) * FRAME) if len(enough) else None


def held(scene: Scene, sign: int) -> Scene:
    """The scene, with playback held soon after the sample `sign`."""
    played = scene.played.copy()
    played[sign + HELD_AFTER :] = 0
    return replace(scene, played=played)


def voice_after(scene: Scene, sign: int, vad: SileroVad) -> int:
    """Milliseconds of voice in the second after a false sign, on which playback is held."""
    after = held(scene, sign)
    end = sign + LISTENING_RATE
    heard = listen(after.microphone[:end], after.played[:end], Costs())
    return 10 * int(voiced(heard.cleaned, vad, 0.5)[sign // FRAME :].sum())


# --- the study


def alone(scenes: Iterator[Scene], costs: Costs) -> dict[str, object]:
    """False suspicions per minute, and what Silero makes of the canceller's output."""
    settled = int(SETTLED_S * LISTENING_RATE) // FRAME
    tried, vad = detectors(), SileroVad()
    minutes: dict[str, float] = {}
    false: dict[str, dict[str, int]] = {name: {} for name in tried}
    fired: dict[str, int] = {}
    run: dict[str, int] = {}
    frames = 0
    voice: list[int] = []
    reduced: dict[str, list[float]] = {"aec3": [], "residual": []}
    for each in scenes:
        microphone = each.microphone
        heard = listen(microphone, each.played, costs)
        kind = "distorting loudspeaker" if each.distorts else each.far
        minutes[kind] = minutes.get(kind, 0) + (len(heard.person) - settled) / 6_000
        for name, detect in tried.items():
            so_far = false[name].get(kind, 0)
            false[name][kind] = so_far + len(begins(detect(heard)[settled:]))
        for name, pcm in {"aec3": heard.aec3, "both": heard.cleaned}.items():
            speech = voiced(pcm, vad, 0.5)[settled:]
            fired[name] = fired.get(name, 0) + int(speech.sum())
            run[name] = max(run.get(name, 0), longest(speech))
        signs = heard.person >= 0.5
        signs[:settled] = False
        voice += [voice_after(each, sign * FRAME, vad) for sign in begins(signs)]
        frames += len(signs) - settled
        after = slice(settled * FRAME, len(heard.aec3))
        loud = rms(microphone[after])
        reduced["aec3"].append(20 * np.log10(loud / rms(heard.aec3[after])))
        reduced["residual"].append(20 * np.log10(loud / rms(heard.residual[after])))
    return {
        "minutes": minutes,
        "false_suspicions_per_minute": {
            name: {kind: count / minutes[kind] for kind, count in of.items()}
            for name, of in false.items()
        },
        "voice_percent_of_time": {name: 100 * of / max(1, frames) for name, of in fired.items()},
        "longest_voice_ms": {name: 10 * of for name, of in run.items()},
        "voice_ms_in_the_second_after_each_false_suspicion_held": sorted(voice, reverse=True),
        "reduced_db": {
            name: {"worst": min(of), "median": float(np.median(of))} for name, of in reduced.items()
        },
    }


def rms(pcm: Samples) -> float:
    return max(1.0, float(np.sqrt(np.mean(np.square(pcm.astype(np.float64))))))


def interrupted(scenes: Iterator[Scene], costs: Costs) -> dict[str, object]:
    """How many interruptions are noticed and when, and how soon the voice is heard after that."""
    tried, vad = detectors(), SileroVad()
    times: dict[tuple[str, int], list[int | None]] = {}
    voice: dict[tuple[str, int], list[int | None]] = {}
    for each in scenes:
        assert each.onset is not None
        assert each.ratio_db is not None
        heard = listen(each.microphone, each.played, costs)
        for name, detect in tried.items():
            sign = first_sign(detect(heard), each.onset)
            times.setdefault((name, each.ratio_db), []).append(sign)
        sign = first_sign(heard.person >= 0.5, each.onset)
        quiet = each if sign is None else held(each, each.onset + sign)
        after = listen(quiet.microphone, quiet.played, Costs())
        for name, pcm in {
            "clean recording": to_int16(each.others.astype(np.float32)),
            "AEC3, playing on": heard.aec3,
            "residual, playing on": heard.residual,
            "both, playing on": heard.cleaned,
            "AEC3, held": after.aec3,
            "residual, held": after.residual,
            "both, held": after.cleaned,
        }.items():
            soon = until_voiced(pcm, vad, each.onset)
            voice.setdefault((name, each.ratio_db), []).append(soon)
    return {
        "suspicion": {f"{name} @ {ratio:+d} dB": spread(of) for (name, ratio), of in times.items()},
        "300_ms_of_voice": {
            f"{name} @ {ratio:+d} dB": spread(of) for (name, ratio), of in voice.items()
        },
    }


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--speech", type=Path, default=SPEECH, help="folder of recordings")
    options.add_argument("--minutes", type=float, default=30, help="of echo alone")
    options.add_argument("--people", type=int, default=120, help="who interrupt")
    options.add_argument("--out", type=Path, help="the figures, as JSON")
    given = options.parse_args()
    check_tools(["espeak-ng"])
    people = load_people(given.speech)
    if people is None:
        print(f"No recordings in {given.speech}: nobody interrupts, and nobody is played.")
    voices, costs = synthetic(), Costs()
    figures: dict[str, object] = {
        "echo_alone": alone(echoes(voices, people or [], given.minutes), costs)
    }
    kitchen = given.speech / "kitchen.flac"
    if kitchen.is_file():
        noisy = echoes(voices, people or [], given.minutes / 3, read_flac(kitchen))
        figures["in_a_kitchen"] = alone(noisy, costs)
    if people:
        figures |= interrupted(interruptions(voices, people[: given.people]), costs)
    figures["cpu_ms_per_second"] = costs.per_second()
    text = json.dumps(figures, indent=1, ensure_ascii=False)
    if given.out:
        given.out.write_text(text + "\n", encoding="utf-8")
    print(text)


if __name__ == "__main__":
    try:
        main()
    except EdgevoiceError as error:
        sys.exit(str(error))
