"""Somebody in the virtual room: speaks to the appliance, and listens to it.

The words of a reply are made out by the starter speech model, which grew up with this voice.
"""

import functools
import os
import subprocess
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

import numpy as np

from edgevoice.audio.chunk import LISTENING_RATE, Samples, samples_of
from edgevoice.config import Config
from edgevoice.demo.script import Cued, speak_script
from edgevoice.engines.base import Transcriber
from edgevoice.engines.loading import load_transcriber
from tools.faults.fault import BrokenPromiseError

FORMAT = ("--raw", "--format=s16le", f"--rate={LISTENING_RATE}", "--channels=1")
LATENCY = "--latency-msec=100"
"""Enough for a busy machine: the person does not stutter, and misses nothing."""
LOUD = 500
"""Above this a sample counts as sound; null sinks have no noise."""
GAP_MS = 700
"""Silence that ends what was said; between sentences it is shorter."""
SPOKEN_MS = 350
"""Shorter sounds are tones."""
AFTER_MS = 300
"""Silence after every question, so that its last sound is out when the player ends."""
PATIENCE_S = 10.0


class Ear:
    """What comes out of the loudspeaker from now on, at 16 kHz. A context manager."""

    def __init__(self, source: str = "spk.monitor") -> None:
        self._source = source
        self._raw = bytearray()
        self._began = 0.0

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            ["parec", *FORMAT, LATENCY, f"--device={self._source}"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()
        if not until(lambda: self._began, PATIENCE_S):
            self._end()
            raise BrokenPromiseError(f"nothing can be recorded from {self._source}")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._end()

    def _end(self) -> None:
        self._process.kill()
        self._process.wait()
        self._thread.join()
        if self._process.stdout:
            self._process.stdout.close()

    def _read(self) -> None:
        assert self._process.stdout is not None
        file = self._process.stdout.fileno()
        while piece := os.read(file, 1 << 16):
            if not self._began:
                self._began = time.monotonic() - len(piece) / 2 / LISTENING_RATE
            self._raw += piece

    @property
    def pcm(self) -> Samples:
        """All of it so far."""
        return np.frombuffer(bytes(self._raw[: len(self._raw) // 2 * 2]), np.int16)

    def spoken(self, since: float = 0.0) -> list[tuple[float, float, Samples]]:
        """What was said after `since` and has ended: beginning and end, in seconds of the
        monotonic clock, and the sound."""
        pcm = self.pcm
        return [
            (self._at(begin), self._at(end), pcm[begin:end])
            for begin, end in spans(pcm)
            if self._at(begin) >= since
        ]

    def sounding(self, ms: int, since: float = 0.0) -> bool:
        """Whether there were `ms` milliseconds of sound after `since`, ended or not."""
        first = max(0, round((since - self._began) * LISTENING_RATE))
        return int(np.count_nonzero(_loud(self.pcm[first:]))) >= samples_of(ms) // 2

    def _at(self, sample: int) -> float:
        return self._began + sample / LISTENING_RATE


def spans(pcm: Samples) -> list[tuple[int, int]]:
    """Where in `pcm` somebody spoke, and was silent again; as samples."""
    loud = np.flatnonzero(_loud(pcm))
    if not len(loud):
        return []
    breaks = np.flatnonzero(np.diff(loud) >= samples_of(GAP_MS))
    begins = [loud[0], *loud[breaks + 1]]
    ends = [*loud[breaks], loud[-1]]
    return [
        (int(begin), int(end) + 1)
        for begin, end in zip(begins, ends, strict=True)
        if end - begin >= samples_of(SPOKEN_MS) and len(pcm) - end >= samples_of(GAP_MS)
    ]


def _loud(pcm: Samples) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    return np.abs(pcm.astype(np.int32)) > LOUD


def say(text: str, sink: str = "room") -> float:
    """Say `text` into the room; answers when it ended, in seconds of the monotonic clock."""
    subprocess.run(
        ["pacat", *FORMAT, LATENCY, f"--device={sink}"],
        input=voiced(text).tobytes(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        timeout=60,
        check=True,
    )
    return time.monotonic() - AFTER_MS / 1000


@functools.cache
def voiced(text: str) -> Samples:
    """`text` as a person says it."""
    (line,) = speak_script((Cued(text),))
    return np.pad(line.clip, (0, samples_of(AFTER_MS)))


@functools.cache
def _transcriber() -> Transcriber:
    return load_transcriber(Config().stt)


def words(pcm: Samples) -> str:
    """What was said in `pcm`."""
    return _transcriber().transcribe(pcm).text


def until(true: Callable[[], object], within_s: float) -> bool:
    """Wait until `true`; whether it became so."""
    deadline = time.monotonic() + within_s
    while not true():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True
