"""Clips on disk: a shard is one array of samples (``.npy``) and its index (``.json``).

A shard appears whole or not at all (the index is renamed into place last), so training may read a
folder into which the synthesis still writes.
"""

import json
from itertools import pairwise
from pathlib import Path

import numpy as np

from .speech import Clip


def write_shard(path: Path, clips: list[Clip]) -> None:
    """Write ``path.npy`` and ``path.json``."""
    offsets = np.cumsum([0, *(len(clip.audio) for clip in clips)]).tolist()
    index = {
        "offsets": offsets,
        "text": [clip.text for clip in clips],
        "voice": [clip.voice for clip in clips],
        "ends": [clip.ends for clip in clips],
    }
    np.save(path.with_suffix(".npy"), np.concatenate([clip.audio for clip in clips]))
    unfinished = path.with_suffix(".json.tmp")
    unfinished.write_text(json.dumps(index))
    unfinished.rename(path.with_suffix(".json"))


class Shards:
    """The clips of all shards in a folder whose names begin with ``prefix``; grows on ``scan``."""

    def __init__(self, folder: Path, prefix: str) -> None:
        self.folder, self.prefix = folder, prefix
        self._seen: set[Path] = set()
        self._clips: list[tuple[np.ndarray, int, int, str, str, list[int] | None]] = []
        self.scan()

    def scan(self) -> None:
        """Take in the shards that have appeared since."""
        for path in sorted(set(self.folder.glob(f"{self.prefix}*.json")) - self._seen):
            self._seen.add(path)
            index = json.loads(path.read_text())
            audio = np.load(path.with_suffix(".npy"), mmap_mode="r")
            spans = pairwise(index["offsets"])
            rows = zip(spans, index["text"], index["voice"], index["ends"], strict=True)
            self._clips += [(audio, a, b, text, voice, e) for (a, b), text, voice, e in rows]

    def __len__(self) -> int:
        return len(self._clips)

    def length(self, index: int) -> int:
        """How many samples a clip has."""
        _, start, end, *_ = self._clips[index]
        return end - start

    def __getitem__(self, index: int) -> Clip:
        audio, start, end, text, voice, ends = self._clips[index]
        return Clip(audio[start:end], text, voice, ends)

    @property
    def seconds(self) -> float:
        """Speech in all clips together."""
        return sum(end - start for _, start, end, *_ in self._clips) / 16_000
