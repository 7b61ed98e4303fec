"""Do the words suffer from being worked out while they are spoken?

    python -m tools.bench.incremental --data FOLDER [--model FOLDER] [--clips N] [--out DIR]

Compares the final words of the listener, who looks on while the person speaks, cuts long utterances
at pauses and takes its last look for the end where it can, with one transcription of the whole
utterance. FOLDER holds the test sets that `python -m tools.train.stt synthesise` makes: sentences
that the starter model never met, in voices of its training (`test_seen`) and in others
(`test_held`). Long utterances are made of several sentences of one voice, with pauses below the
endpoint between them. The same clips give the same figures every time, however busy the machine.
"""

import argparse
import asyncio
import json
import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby, pairwise
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.progress import track
from rich.table import Table

from edgevoice.audio.chunk import AudioChunk, Samples, samples_of
from edgevoice.bench.result import Goal, Result, machine
from edgevoice.config import Config
from edgevoice.demo.hold import make_folder
from edgevoice.dialog.events import SpeechEnded, SpeechPaused, SpeechResumed, SpeechStarted
from edgevoice.engines.base import Transcriber, Transcript, Vad
from edgevoice.engines.loading import load_transcriber, load_vad
from edgevoice.engines.workers import InlineWorker
from edgevoice.errors import BadInputError, EdgevoiceError
from edgevoice.listener import Ears, Listener, listener_settings
from edgevoice.testing import run_virtual
from edgevoice.utterance import TAIL, Utterance
from tools.train.stt.scoring import word_errors

SETS = {"training voices": "test_seen", "other voices": "test_held"}
SENTENCES = (3, 6)
PAUSES_MS = (150, 400)
TICK = samples_of(20)
LOOK_S = 0.1
"""What a look takes, in simulated seconds."""

TOLERANCE = 0.5
"""Points of word error rate that looking on may cost."""


@dataclass(frozen=True, slots=True, eq=False)
class Said:
    """A clip and its words."""

    pcm: Samples
    text: str
    voice: str = ""


@dataclass(slots=True)
class Score:
    """Word errors of both ways, over so many words."""

    words: int = 0
    whole: int = 0
    incremental: int = 0
    seconds: list[float] = field(default_factory=list)
    """Of sound that was transcribed for an utterance, over its length."""

    def rate(self, errors: int) -> float:
        """Per cent."""
        return 100 * errors / max(1, self.words)

    @property
    def cost(self) -> float:
        """Points of word error rate that looking on costs."""
        return self.rate(self.incremental) - self.rate(self.whole)


class Counting:
    """A `Transcriber` that counts what it is given."""

    def __init__(self, transcriber: Transcriber) -> None:
        self._transcriber = transcriber
        self.min_avg_logprob = transcriber.min_avg_logprob
        self.samples = 0

    def transcribe(self, samples: Samples, stop: object = None) -> Transcript:
        """As the other does; `stop` is not looked at: nothing is stopped in simulated time."""
        self.samples += len(samples)
        return self._transcriber.transcribe(samples)


class Ear:
    """The listener as an agent uses it, on one clip."""

    def __init__(self, config: Config, vad: Vad, transcriber: Transcriber) -> None:
        settings = listener_settings(config.vad, config.stt, config.barge_in, gate=-100)
        self._listener = Listener(settings, Ears(vad, transcriber, InlineWorker(LOOK_S)))
        self._utterance: Utterance | None = None
        self._looking: asyncio.Task[bool] | None = None
        self._now = 0

    async def hear(self, pcm: Samples) -> str:
        """The final words of `pcm`; None but one utterance is expected in it."""
        words: list[str] = []
        final: asyncio.Task[Transcript] | None = None
        for at in range(0, len(pcm) - TICK, TICK):
            await asyncio.sleep(TICK / 16_000)
            self._now = at + TICK
            for event in self._listener.feed(AudioChunk(pcm[at : at + TICK], 16_000, at)):
                match event:
                    case SpeechStarted(start=start):
                        self._utterance = self._listener.utterance(start)
                    case SpeechPaused(end=end) if self._utterance:
                        final = asyncio.create_task(self._utterance.finish(end))
                    case SpeechResumed() if final:
                        final.cancel()
                        final = None
                    case SpeechEnded(end=end) if self._utterance:
                        final = final or asyncio.create_task(self._utterance.finish(end))
                        words.append((await final).text)
                        final = self._utterance = None
            self._look(speaking=final is None)
        return " ".join(words)

    def _look(self, speaking: bool) -> None:
        busy = self._looking is not None and not self._looking.done()
        utterance = self._utterance
        if utterance and speaking and not busy and self._listener.look_due(utterance, self._now):
            look = self._listener.look(utterance, self._now, lambda: self._now)
            self._looking = asyncio.create_task(look)


def heard_whole(config: Config, vad: Vad, transcriber: Transcriber, pcm: Samples) -> str:
    """One transcription of each utterance in `pcm`."""
    settings = listener_settings(config.vad, config.stt, config.barge_in, gate=-100)
    listener = Listener(settings, Ears(vad, transcriber, InlineWorker()))
    words = []
    for event in listener.feed(AudioChunk(pcm, 16_000)):
        if isinstance(event, SpeechEnded):
            start = max(0, event.start - settings.padding)
            words.append(transcriber.transcribe(pcm[start : event.end + TAIL]).text)
    return " ".join(words)


def compare(config: Config, said: Sequence[Said], name: str) -> Score:
    """Hear every clip both ways."""
    vad, counting = load_vad(config.vad), Counting(load_transcriber(config.stt))
    score = Score()
    for clip in track(said, description=name, console=Console(stderr=True), transient=True):
        quiet = np.zeros(samples_of(800), np.int16)
        pcm = np.concatenate([quiet[: samples_of(400)], clip.pcm, quiet])
        vad.reset()
        whole = heard_whole(config, vad, counting, pcm)
        vad.reset()
        counting.samples = 0
        incremental = run_virtual(Ear(config, vad, counting).hear(pcm))
        score.seconds.append(counting.samples / len(clip.pcm))
        score.words += len(clip.text.split())
        score.whole += word_errors(clip.text, whole)
        score.incremental += word_errors(clip.text, incremental)
    return score


def sentences(folder: Path, name: str, count: int) -> list[Said]:
    """The first `count` clips of the set `name`. Raises `BadInputError`."""
    try:
        index = json.loads((folder / f"{name}.json").read_text())
        pcm = np.load(folder / f"{name}.npy", mmap_mode="r")
    except (OSError, ValueError) as error:
        raise BadInputError(
            f"{folder}: has no test set {name} ({error})",
            "Make it with `python -m tools.train.stt synthesise`.",
        ) from None
    spans = pairwise(index["offsets"])
    rows = zip(spans, index["text"], index["voice"], strict=True)
    return [Said(np.array(pcm[a:b]), text, voice) for (a, b), text, voice in rows][:count]


def joined(clips: Sequence[Said], seed: int = 1) -> Iterator[Said]:
    """Long utterances: a few sentences of one voice each, with pauses between them."""
    chance = random.Random(seed)
    for _, group in groupby(sorted(clips, key=lambda clip: clip.voice), lambda clip: clip.voice):
        rest = list(group)
        while len(rest) >= SENTENCES[0]:
            few = [rest.pop(0) for _ in range(min(len(rest), chance.randint(*SENTENCES)))]
            sound = [few[0].pcm]
            for clip in few[1:]:
                sound += [np.zeros(samples_of(chance.randint(*PAUSES_MS)), np.int16), clip.pcm]
            yield Said(np.concatenate(sound), " ".join(clip.text for clip in few))


def result(scores: dict[str, Score]) -> Result:
    """The figures and whether the goal is reached, for each kind of utterance."""
    figures = {
        name: {
            "words": score.words,
            "whole_wer_percent": score.rate(score.whole),
            "incremental_wer_percent": score.rate(score.incremental),
            "sound_transcribed_per_sound": float(np.mean(score.seconds)),
        }
        for name, score in scores.items()
    }
    goals = [
        Goal.at_most(
            f"incremental against whole transcription, {name}", TOLERANCE, score.cost, "points"
        )
        for name, score in scores.items()
    ]
    return Result(machine(), figures, goals)


def main() -> None:
    """See the module."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--model", type=Path, default=Config().stt.model)
    parser.add_argument("--clips", type=int, default=10_000, help="of each set, at most")
    parser.add_argument("--out", type=Path)
    asked = parser.parse_args()
    config = Config().model_copy(
        update={"stt": Config().stt.model_copy(update={"model": asked.model})}
    )
    if asked.out:
        make_folder(asked.out)
    scores = {}
    for voices, name in SETS.items():
        clips = sentences(asked.data, name, asked.clips)
        scores[f"sentences, {voices}"] = compare(config, clips, f"sentences, {voices}")
        long = list(joined(clips))
        scores[f"long utterances, {voices}"] = compare(config, long, f"long utterances, {voices}")
    table = Table("", "words", "whole", "incremental", "cost")
    for name, score in scores.items():
        rates = (score.rate(score.whole), score.rate(score.incremental), score.cost)
        table.add_row(name, str(score.words), *(f"{rate:.2f}" for rate in rates))
    Console().print(table)
    if asked.out:
        result(scores).write(asked.out / "incremental.json")


if __name__ == "__main__":
    try:
        main()
    except EdgevoiceError as error:
        print(error, file=sys.stderr)
        sys.exit(error.exit_code)
