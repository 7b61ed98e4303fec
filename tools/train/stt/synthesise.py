"""Step "synthesise": speak sentences into shards of clips.

Training shards take sentences of the "train" split in training voices; the development and test
sets take their own split's sentences, once in training voices, once in voices never trained on.
"""

import random
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from .requests import request_source
from .sentences import Sentences, split_of
from .shards import write_shard
from .speech import speak_all
from .voices import Voice, assistant_voice, held_out_voice, training_voice

SHARD = 500  # clips
ALREADY_LEARNED = 150_000  # sentences drawn to find what an earlier training may have seen
REQUEST_VOICE = 0.4  # so many chat requests are spoken as in the demonstration

MEASURING = ("seen", "held", "requests_seen", "requests_held")  # after "dev_" or "test_"

Pair = tuple[str, Voice]


def training_pairs(rng: random.Random, request_share: float, count: int) -> list[Pair]:
    """``count`` sentences to learn from, each with its speaker."""
    general = Sentences(rng).sample
    request = request_source(rng) if request_share else general
    pairs: list[Pair] = []
    while len(pairs) < count:
        is_request = rng.random() < request_share
        text = request() if is_request else general()
        if not text or split_of(text) != "train":
            continue
        as_demo = is_request and rng.random() < REQUEST_VOICE
        pairs.append((text, assistant_voice(rng) if as_demo else training_voice(rng)))
    return pairs


def distinct(draw: Callable[[], str], split: str, count: int, without: set[str]) -> list[str]:
    """Up to ``count`` different sentences of a split, 4 to 14 words long."""
    found: dict[str, None] = {}
    for _ in range(200 * count):
        text = draw()
        if split_of(text) == split and 4 <= len(text.split()) <= 14 and text not in without:
            found[text] = None
        if len(found) == count:
            break
    return list(found)


def measuring_pairs(name: str, rng: random.Random, count: int) -> list[Pair]:
    """The pairs of one set of ``MEASURING``, such as "test_held".

    General sentences that the generator draws easily are left out: a model that is trained further
    may have met them, whatever its split was called then.
    """
    split, kind = name.split("_", 1)
    if kind.startswith("requests"):
        source = random.Random(name.rsplit("_", 1)[0])  # the same requests for all voices
        styles = [request_source(source), request_source(source, held_out=True)]
        asked = distinct(lambda: source.choice(styles)(), split, count, set())
        voice = assistant_voice if kind == "requests_seen" else held_out_voice
        return [(text, voice(rng)) for text in asked]
    easy = Sentences(random.Random(0))
    known = {easy.sample() for _ in range(ALREADY_LEARNED)}
    voice = training_voice if kind == "seen" else held_out_voice
    return [(text, voice(rng)) for text in distinct(Sentences(rng).request, split, count, known)]


def synthesise_training(folder: Path, seed: int, shards: int, request_share: float) -> None:
    """Write ``train_SEED_000`` and so on; shards that exist already are not made again."""
    folder.mkdir(parents=True, exist_ok=True)
    began, seconds = time.monotonic(), 0.0
    with tempfile.TemporaryDirectory(dir=memory_folder()) as scratch:
        for number in range(shards):
            path = folder / f"train_{seed}_{number:03d}"
            if path.with_suffix(".json").exists():
                continue
            rng = random.Random(f"{seed}/{number}")
            clips = speak_all(training_pairs(rng, request_share, SHARD), rng, Path(scratch))
            write_shard(path, clips)
            seconds += sum(len(clip.audio) for clip in clips) / 16_000
            spent = time.monotonic() - began
            print(f"{path.name}: {seconds / 3600:.2f} h of speech in {spent:.0f} s", flush=True)


def synthesise_measuring(folder: Path, split: str, seed: int, count: int) -> None:
    """Write the sets of one split ("dev" or "test"); those that exist are not made again."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=memory_folder()) as scratch:
        for kind in MEASURING:
            name = f"{split}_{kind}"
            if (folder / f"{name}.json").exists():
                continue
            rng = random.Random(f"{seed}/{name}")
            clips = speak_all(measuring_pairs(name, rng, count), rng, Path(scratch))
            write_shard(folder / name, clips)
            print(f"{name}: {len(clips)} clips", flush=True)


def memory_folder() -> Path | None:
    """A folder in memory for the many small files of the synthesisers, where there is one."""
    shared = Path("/dev/shm")
    return shared if shared.is_dir() else None
