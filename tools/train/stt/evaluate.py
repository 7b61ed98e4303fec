"""Step "evaluate": what an exported model hears, on sentences and sounds that it never met.

Clips are given as a voice activity detector hands them over: 200 to 300 ms before the first sound,
100 to 700 ms after the last. Recordings of people and of a kitchen are measured where they are
found, and the report says so where they are not.
"""

import json
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from .foreign import foreign_noises
from .hearing import Ear, Heard
from .noises import Audio
from .scoring import Result, accepted, choose_threshold, rates, true_prefix
from .shards import Shards
from .speech import Clip, floats
from .synthesise import MEASURING

RATE = 16_000
WINDOWS_MS = (0, 2000, 3000, 5000, 30_000)
FOREIGN_SEED = {"dev": 21, "test": 22}
Hear = Callable[[Audio], Heard]


def as_handed_over(clip: Clip) -> Audio:
    """The clip with the silence that a voice activity detector leaves around it."""
    rng = np.random.default_rng(len(clip.audio))
    before, after = int(rng.uniform(0.2, 0.3) * RATE), int(rng.uniform(0.1, 0.7) * RATE)
    return np.pad(floats(clip.audio), (before, after))


def through_detector(clip: Clip) -> Audio | None:
    """The clip as Silero really cuts it out of a second of silence on either side."""
    from faster_whisper.vad import VadOptions, get_speech_timestamps

    audio = np.pad(floats(clip.audio), RATE)
    options = VadOptions(min_silence_duration_ms=500, speech_pad_ms=0)
    spans = get_speech_timestamps(audio, options)
    if not spans:
        return None
    start, end = spans[0]["start"] - int(0.25 * RATE), spans[-1]["end"] + int(0.3 * RATE)
    return audio[max(0, start) : end]


def with_noise(audio: Audio, noise: Audio, ratio: float) -> Audio:
    """Speech over noise at a signal-to-noise ratio in decibels, peak at one half."""
    noise = np.resize(noise, len(audio))
    level = np.sqrt((audio**2).mean() / ((noise**2).mean() + 1e-12)) * 10 ** (-ratio / 20)
    mixed = audio + noise * level
    return (mixed / (np.abs(mixed).max() + 1e-9) * 0.5).astype(np.float32)


def in_white_noise(clip: Clip) -> Audio:
    """The clip over white noise at 10 dB."""
    noise = np.random.default_rng(3).standard_normal(10 * RATE).astype(np.float32)
    return with_noise(as_handed_over(clip), noise, 10)


def clips_of(data: Path, name: str) -> list[Clip]:
    """The clips of one measuring set."""
    shards = Shards(data, name)
    if not len(shards):
        raise FileNotFoundError(f"{data} has no set {name}: run the step synthesise first")
    return [shards[i] for i in range(len(shards))]


def listen(clips: Iterable[Clip], hear: Hear, change: Callable[[Clip], Audio]) -> list[Result]:
    """What is heard of every clip."""
    results = []
    for clip in clips:
        heard = hear(change(clip))
        results.append(Result(clip.text, heard.text, heard.score, clip.voice))
    return results


def human_requests(speech: Path) -> list[Audio]:
    """Requests by people about something else (coffee), cut as the detector would; may be empty."""
    spans = speech / "clips.json"
    if not spans.exists():
        return []
    found = []
    for name, notes in sorted(json.loads(spans.read_text()).items()):
        audio, rate = soundfile.read(speech / "clips" / f"{name}.flac", dtype="float32")
        assert rate == RATE
        stretches = notes["silero_speech_ms"]
        start, end = stretches[0][0] - 250, stretches[-1][1] + 300
        found.append(audio[max(0, start) * 16 : end * 16])
    return found


def heard_as_results(sounds: Iterable[Audio], hear: Hear) -> list[Result]:
    """Results of sounds in which nothing should be understood."""
    heard = [hear(sound) for sound in sounds]
    return [Result("", h.text, h.score) for h in heard]


def tune(model: Path, data: Path, speech: Path) -> dict[str, Any]:
    """Choose the window and the gate on the development sets and half of the recorded people."""
    ear = Ear(model)
    clips = {kind: clips_of(data, f"dev_{kind}") for kind in MEASURING}
    table = {}
    sample = [clip for some in clips.values() for clip in some[:50]]
    for window in WINDOWS_MS:
        heard = listen(sample, _at(ear, window), as_handed_over)
        table[window] = rates(heard).word_error_rate
        print(f"window of at least {window:5d} ms: {table[window]:.1%} word errors", flush=True)
    best = min((w for w in WINDOWS_MS if w <= 5000), key=lambda w: (round(table[w], 3), w))
    hear = _at(ear, best)
    understood = [
        result for some in clips.values() for result in listen(some, hear, as_handed_over)
    ]
    foreign = heard_as_results(human_requests(speech)[::2], hear)
    noises = [clip for _, clip in foreign_noises(12, FOREIGN_SEED["dev"], None)]
    foreign_sounds = heard_as_results(noises, hear)
    threshold = choose_threshold(understood, foreign, 0.025, 0.015)
    for step in (-0.2, -0.25, -0.3, -0.35, -0.4, -0.5, -0.6):
        kept = accepted(understood, step)
        print(
            f"gate {step:5.2f}: accepts {len(kept) / len(understood):.1%} at "
            f"{rates(kept).word_error_rate:.1%} word errors, "
            f"{len(accepted(foreign, step))} of {len(foreign)} people elsewhere, "
            f"{len(accepted(foreign_sounds, step))} of {len(foreign_sounds)} noises"
        )
    return {"min_window_ms": best, "min_avg_logprob": threshold}


def _at(ear: Ear, window_ms: int) -> Hear:
    return lambda audio: ear.hear(audio, window_ms)


class Report:
    """Numbers, printed as they come and kept for a file."""

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}

    def add(self, name: str, **values: float) -> None:
        """One line."""
        self.values[name] = {key: round(value, 4) for key, value in values.items()}
        shown = "  ".join(
            f"{key} {value:.4g}" if key in ("clips", "ms") else f"{key} {value:.1%}"
            for key, value in values.items()
        )
        print(f"{name:38s} {shown}", flush=True)

    def transcripts(self, name: str, results: list[Result], threshold: float) -> None:
        """Error rates of one set, as it is and behind the gate."""
        whole, kept = rates(results), accepted(results, threshold)
        inside = rates(kept)
        self.add(
            name,
            clips=whole.clips,
            wer=whole.word_error_rate,
            exact=whole.exact,
            accepted=len(kept) / max(1, len(results)),
            accepted_wer=inside.word_error_rate,
        )


def voices_of(results: list[Result]) -> dict[str, list[Result]]:
    """Results by voice."""
    groups: dict[str, list[Result]] = {}
    for result in results:
        groups.setdefault(result.voice, []).append(result)
    return dict(sorted(groups.items()))


def measure_speech(report: Report, data: Path, split: str, hear: Hear, gate: float) -> None:
    """Held-out sentences and requests, voices heard and not heard."""
    everything: list[Result] = []
    for kind in MEASURING:
        clips = clips_of(data, f"{split}_{kind}")
        began = time.perf_counter()
        results = listen(clips, hear, as_handed_over)
        spent = (time.perf_counter() - began) / len(clips)
        report.transcripts(kind, results, gate)
        everything += results
        if kind.endswith("held"):
            for voice, own in voices_of(results).items():
                report.add(f"  {kind}: {voice}", clips=len(own), wer=rates(own).word_error_rate)
        if kind == "requests_seen":
            report.add("time for one request", ms=1000 * spent)
            cut = [(clip, through_detector(clip)) for clip in clips]
            missed = sum(audio is None for _, audio in cut)
            found = [
                Result(clip.text, (heard := hear(audio)).text, heard.score)
                for clip, audio in cut
                if audio is not None
            ]
            report.transcripts("requests_seen through Silero", found, gate)
            report.add("  not noticed by Silero", clips=missed)
        noisy = listen(clips[:100], hear, in_white_noise)
        report.transcripts(f"{kind} in white noise, 10 dB", noisy, gate)
    report.transcripts("all four sets", everything, gate)


def measure_partials(report: Report, data: Path, split: str, hear: Hear) -> None:
    """Requests cut off in the middle: is all but the last word already right?"""
    for kind in ("seen", "held"):
        rng, true = np.random.default_rng(5), []
        for clip in clips_of(data, f"{split}_{kind}"):
            if not clip.ends or len(clip.ends) < 3:
                continue
            cut = int(rng.uniform(clip.ends[0], 0.95 * clip.ends[-1]))
            audio = np.pad(floats(clip.audio[:cut]), (int(0.25 * RATE), 0))
            true.append(true_prefix(clip.text, hear(audio).text))
        report.add(f"{kind}: partial is a true prefix", clips=len(true), share=float(np.mean(true)))


def measure_strangers(report: Report, split: str, hear: Hear, gate: float, speech: Path) -> None:
    """People who speak of something else, and noises: how often are words made of them?"""
    people = human_requests(speech)
    if people:
        sets = {"people, other topic": people, "  of them not used to tune": people[1::2]}
        for name, some in sets.items():
            results = heard_as_results(some, hear)
            report.add(name, clips=len(some), accepted=len(accepted(results, gate)) / len(some))
    else:
        print(f"{speech} is not here: people and the kitchen were not measured")
    groups: dict[str, list[Result]] = {}
    for kind, audio in foreign_noises(40, FOREIGN_SEED[split], speech / "kitchen.flac"):
        groups.setdefault(kind, []).extend(heard_as_results([audio], hear))
    groups["all noises"] = [result for group in groups.values() for result in group]
    for kind, results in groups.items():
        report.add(
            f"noise: {kind}",
            clips=len(results),
            words_made=sum(bool(r.heard) for r in results) / len(results),
            accepted=len(accepted(results, gate)) / len(results),
        )


def evaluate(model: Path, data: Path, split: str, speech: Path) -> dict[str, Any]:
    """Measure everything with the window and the gate in the model's ``edgevoice.json``."""
    settings = json.loads((model / "edgevoice.json").read_text())
    hear, gate = _at(Ear(model), settings["min_window_ms"]), settings["min_avg_logprob"]
    print(f"window {settings['min_window_ms']} ms, gate {gate}")
    report = Report()
    measure_speech(report, data, split, hear, gate)
    measure_partials(report, data, split, hear)
    measure_strangers(report, split, hear, gate, speech)
    return report.values
