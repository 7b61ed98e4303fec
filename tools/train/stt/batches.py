"""Batches for training, made by a process of their own.

Clips of like length go together, each batch is padded a little, sometimes to the window that the
engine uses, sometimes to Whisper's thirty seconds: the model must not mind.
"""

import multiprocessing
import multiprocessing.queues
import queue
import random
from collections.abc import Iterator
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .augment import Augmenter, Example
from .features import MELS
from .shards import Shards
from .tokens import Codec

CLIPS, FEWER, IN_THIRTY_SECONDS = 32, 20, 8
POOL = 640  # examples sorted by length at a time
WINDOW, FULL_WINDOW = 300, 3000  # frames
SILENT, WITH_TIMESTAMPS = 0.08, 0.06
IGNORED = -100


class Batch(NamedTuple):
    """Arrays of one training step; ``n`` clips, ``t`` frames, ``u`` tokens."""

    features: NDArray[np.float16]  # [n, 80, t]
    tokens: NDArray[np.int64]  # [n, u], what the decoder is given
    labels: NDArray[np.int64]  # [n, u], what it should say next; IGNORED where nothing counts
    phonemes: NDArray[np.int64]  # all clips' phonemes, one after the other
    phoneme_counts: NDArray[np.int64]  # [n]
    frame_counts: NDArray[np.int64]  # [n], in encoder frames of 20 ms


class Sequence(NamedTuple):
    """One example as the losses want it."""

    features: NDArray[np.float16]
    tokens: list[int]
    labels: list[int]
    phonemes: list[int]


def sequence(example: Example, codec: Codec, with_timestamps: bool) -> Sequence:
    """Prompt and labels in Whisper's order; silence is ``<|nospeech|>`` and then nothing."""
    text = codec.encode(example.text)
    if not text:
        tokens, labels = [codec.start, codec.no_timestamps], [codec.no_speech, codec.end]
    elif with_timestamps:
        last = codec.time(example.end_seconds)
        tokens = [codec.start, codec.time(0), *text, last]
        labels = [*tokens[1:], codec.end]
    else:
        tokens = [codec.start, codec.no_timestamps, *text]
        labels = [*tokens[1:], codec.end]
    features = example.features.astype(np.float16)
    return Sequence(features, tokens, labels, codec.phonemes(example.text))


def collate(rows: list[Sequence], extra: int, least: int, end: int) -> Batch:
    """Pad to the longest row plus ``extra`` frames, at least ``least`` and at most 3000."""
    longest = max(row.features.shape[1] for row in rows) + extra
    frames = min(FULL_WINDOW, -(-max(longest, least) // 16) * 16)
    length = max(len(row.tokens) for row in rows)
    features = np.zeros((len(rows), MELS, frames), np.float16)
    tokens = np.full((len(rows), length), end, np.int64)
    labels = np.full((len(rows), length), IGNORED, np.int64)
    for i, row in enumerate(rows):
        features[i, :, : row.features.shape[1]] = row.features
        tokens[i, : len(row.tokens)] = row.tokens
        labels[i, : len(row.labels)] = row.labels
    return Batch(
        features,
        tokens,
        labels,
        np.array([p for row in rows for p in row.phonemes], np.int64),
        np.array([len(row.phonemes) for row in rows]),
        np.array([-(-row.features.shape[1] // 2) for row in rows]),
    )


class BatchMaker:
    """An endless, seeded stream of batches over the training shards of a folder."""

    def __init__(self, folder: Path, tokenizer: Path, seed: int) -> None:
        self.pool = Shards(folder, "train_")
        self.augmenter = Augmenter(self.pool, seed)
        self.codec = Codec(tokenizer)
        self.rng = random.Random(seed)
        self._order: list[int] = []
        self._known = len(self.pool)

    def _take_in_new_shards(self) -> None:
        self.pool.scan()
        if new := range(self._known, len(self.pool)):
            self._order = self.rng.sample([*self._order, *new], len(self._order) + len(new))
            self._known = len(self.pool)

    def _next_index(self, longest: int) -> int:
        while True:
            if not self._order:
                self._order = self.rng.sample(range(len(self.pool)), len(self.pool))
            index = self._order.pop()
            if self.pool.length(index) <= longest:
                return index

    def batches(self, longest: int, full_window: float) -> Iterator[Batch]:
        """The batches of one pool of examples, in random order."""
        self._take_in_new_shards()
        rng, rows = self.rng, []
        for _ in range(POOL):
            if rng.random() < SILENT:
                example = self.augmenter.silence()
            else:
                example = self.augmenter.example(self._next_index(longest))
            rows.append(sequence(example, self.codec, rng.random() < WITH_TIMESTAMPS))
        rows.sort(key=lambda row: row.features.shape[1] + rng.uniform(-20, 20))
        made, start = [], 0
        while start < len(rows):
            kind, extra, least = rng.random(), rng.randint(0, 20), 0
            count = CLIPS if rows[min(start + CLIPS, POOL) - 1].features.shape[1] < 420 else FEWER
            if kind < full_window:
                count, least = IN_THIRTY_SECONDS, FULL_WINDOW
            elif kind > 0.85:
                least = WINDOW
            elif kind > 0.79:
                extra = rng.randint(20, 120)
            elif kind > 0.785:
                count, extra = FEWER, rng.randint(120, 600)
            made.append(collate(rows[start : start + count], extra, least, self.codec.end))
            start += count
        rng.shuffle(made)
        yield from made


class Asked(NamedTuple):
    """What the training process asks of the loader's, in shared memory."""

    strength: "Synchronized[float]"
    longest: "Synchronized[int]"
    full_window: "Synchronized[float]"


class Loader:
    """A ``BatchMaker`` in a process of its own, a few batches ahead."""

    def __init__(self, folder: Path, tokenizer: Path, seed: int) -> None:
        context = multiprocessing.get_context("spawn")
        self._queue: multiprocessing.queues.Queue[Batch] = context.Queue(16)
        self._asked = Asked(
            context.Value("d", 1.0), context.Value("i", 10 * 16_000), context.Value("d", 0.005)
        )
        arguments = (folder, tokenizer, seed, self._queue, self._asked)
        self._process = context.Process(target=_feed, args=arguments, daemon=True)
        self._process.start()

    def ask(self, strength: float, longest: int, full_window: float) -> None:
        """How hard the examples are from about now on: see ``train.Hardness``."""
        self._asked.strength.value = strength
        self._asked.longest.value = longest
        self._asked.full_window.value = full_window

    def get(self) -> Batch:
        """The next batch; an error if the process has died."""
        while True:
            try:
                return self._queue.get(timeout=30)
            except queue.Empty:
                if not self._process.is_alive():
                    raise RuntimeError("the loader has died: see its message above") from None

    def close(self) -> None:
        """End the process."""
        self._process.terminate()
        self._process.join()


def _feed(
    folder: Path,
    tokenizer: Path,
    seed: int,
    batches: "multiprocessing.queues.Queue[Batch]",
    asked: Asked,
) -> None:
    maker = BatchMaker(folder, tokenizer, seed)
    while True:
        maker.augmenter.strength = asked.strength.value
        for batch in maker.batches(asked.longest.value, asked.full_window.value):
            batches.put(batch)
