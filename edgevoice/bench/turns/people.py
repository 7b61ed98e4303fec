"""Real people: recordings of spoken requests, and pauses put into them.

A folder of recordings holds `clips.json` and `clips/NAME.flac` (16 kHz, mono):

    {"NAME": {"silero_speech_ms": [[first, end], …], "label": {…}}}

The stretches of speech are what Silero's detector finds, in milliseconds. The recordings are test
material, and no part of edgevoice: where they are missing, what needs them is left out.
"""

import json
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from edgevoice.audio.chunk import LISTENING_RATE, Samples, samples_of
from edgevoice.config import HOME
from edgevoice.errors import AudioFileError

SPEECH = HOME.parent / "shared/speech"
"""Where recordings are looked for when no folder is named."""

SPEECH_KEY = "silero_speech_ms"

INNER_PAUSE = samples_of(200)
"""A silence between two stretches of speech that counts as a pause."""

PAUSES_MS = (600, 1500)
"""Shortest and longest pause that is put into an utterance."""

MARGIN = samples_of(200)
"""A pause is put no nearer than this to the beginning or the end of speech."""

DIP_DB = 10.0
"""How far a gap lies below the loudest moment on either side of it."""

NEIGHBOURHOOD_MS = 150
"""How far "either side" reaches: about a syllable."""

HOP = samples_of(10)
WINDOW = samples_of(20)
"""The short-time level: of 20 ms, every 10 ms."""

CROSSFADE = samples_of(5)

REST = samples_of(300)
"""What is left alone around speech when its background is looked for: breath, and the room."""

EDGE = samples_of(20)
"""Left out at either end of a recording: clicks of the switch."""


@dataclass(frozen=True, slots=True, eq=False)
class Clip:
    """One utterance: `pcm` (16 kHz, shape `[n]`), and its `stretches` of speech in samples.

    `gaps`: samples at which it may be parted, if somebody knows; `text`: what is said in it, if
    somebody knows.
    """

    name: str
    pcm: Samples
    stretches: tuple[tuple[int, int], ...]
    gaps: tuple[int, ...] | None = None
    text: str | None = None

    @property
    def start(self) -> int:
        """The first sample of speech."""
        return self.stretches[0][0]

    @property
    def end(self) -> int:
        """The sample after the last one of speech."""
        return self.stretches[-1][1]

    @property
    def pauses(self) -> bool:
        """Whether the person pauses within it."""
        between = pairwise(self.stretches)
        return any(after[0] - before[1] >= INNER_PAUSE for before, after in between)


def load_people(folder: Path = SPEECH) -> list[Clip] | None:
    """Every recording in `folder`, by name; None where there are none.

    Raises `AudioFileError` for recordings that cannot be read.
    """
    index = folder / "clips.json"
    if not index.is_file():
        return None
    try:
        listed = json.loads(index.read_text(encoding="utf-8"))
        return [
            Clip(
                name=name,
                stretches=tuple((samples_of(a), samples_of(b)) for a, b in about[SPEECH_KEY]),
                pcm=read_flac(folder / "clips" / f"{name}.flac"),
            )
            for name, about in sorted(listed.items())
            if about[SPEECH_KEY]
        ]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise AudioFileError(
            f"{index} does not list recordings: {error!r}", "Name another folder (--speech)."
        ) from None


def read_flac(path: Path) -> Samples:
    """The sound in `path`, 16 kHz, shape `[n]`. Raises `AudioFileError`."""
    pieces = []
    try:
        with av.open(str(path)) as file:
            resampler = av.AudioResampler("s16", "mono", LISTENING_RATE)
            for frame in (*file.decode(audio=0), None):
                pieces += [piece.to_ndarray()[0] for piece in resampler.resample(frame)]
    except (OSError, ValueError, IndexError):
        pieces = []
    if not pieces:
        raise AudioFileError(
            f"{path} cannot be read", "Fetch the recordings again, or name another folder."
        )
    return np.concatenate(pieces)


def word_gaps(clip: Clip) -> list[int]:
    """Samples at which somebody might have paused in `clip`, between its first and last sound.

    Nobody wrote down when which word was said. So these are the moments between two syllables at
    which the voice all but stops: local minima of the short-time level, at least 10 dB below the
    loudest moment within 150 ms on either side, and not within 200 ms of beginning or end. Most
    of them lie between words; some are the closures of plosives within one, which makes a pause
    there harder to understand, not easier.
    """
    if clip.gaps is not None:
        return [gap for gap in clip.gaps if clip.start + MARGIN <= gap <= clip.end - MARGIN]
    levels = _levels(clip.pcm)
    near = NEIGHBOURHOOD_MS * LISTENING_RATE // 1000 // HOP
    first, last = -(-(clip.start + MARGIN) // HOP), (clip.end - MARGIN) // HOP
    found = []
    for n in range(max(first, near), min(last, len(levels) - near - 1) + 1):
        around = levels[n - near : n + near + 1]
        peaks = levels[n - near : n].max(), levels[n + 1 : n + near + 1].max()
        if np.argmin(around) == near and levels[n] <= min(peaks) - DIP_DB:
            found.append(n * HOP)
    return found


def _levels(pcm: Samples) -> NDArray[np.float64]:
    """Decibels of the 20 ms around every 10th millisecond."""
    power = np.cumsum(np.concatenate([[0.0], pcm.astype(np.float64) ** 2]))
    middles = np.arange(0, len(pcm) + 1, HOP)
    left, right = (middles - WINDOW // 2).clip(0), (middles + WINDOW // 2).clip(max=len(pcm))
    means = (power[right] - power[left]) / np.maximum(right - left, 1)
    levels: NDArray[np.float64] = 10 * np.log10(means + 1)
    return levels


def background(clip: Clip) -> Samples:
    """The longest silence before or after the speech of `clip`: what its room sounds like."""
    before = clip.pcm[EDGE : max(EDGE, clip.start - REST)]
    after = clip.pcm[clip.end + REST : -EDGE]
    return max(before, after, key=len)


def with_pause(clip: Clip, gap: int, ms: float) -> Clip:
    """`clip` with a pause of `ms` milliseconds at the sample `gap`, filled with its own background.

    The background is played forth and back where it is short, and cross-faded over 5 ms with the
    voice on either side: no click, and no silence that is too silent.
    """
    length = samples_of(ms)
    sound = background(clip)
    if not len(sound):
        sound = np.zeros(1, np.int16)
    there_and_back = np.concatenate([sound, sound[::-1]])
    filling = np.resize(there_and_back, length).astype(np.float64)
    pcm = clip.pcm.astype(np.float64)
    fade = min(CROSSFADE, gap, len(pcm) - gap, length // 2)
    if fade:
        rising = np.linspace(0, 1, fade)
        filling[:fade] = filling[:fade] * rising + pcm[gap : gap + fade] * (1 - rising)
        filling[-fade:] = filling[-fade:] * (1 - rising) + pcm[gap - fade : gap] * rising
    parted = np.concatenate([pcm[:gap], filling, pcm[gap:]])
    return replace(
        clip,
        pcm=np.rint(parted).astype(np.int16),
        stretches=tuple(_parted(clip.stretches, gap, length)),
        gaps=None,
    )


def _parted(
    stretches: Sequence[tuple[int, int]], gap: int, length: int
) -> Iterator[tuple[int, int]]:
    for start, end in stretches:
        if start < gap < end:
            yield start, gap
            yield gap + length, end + length
        else:
            later = length if start >= gap else 0
            yield start + later, end + later


def paused(
    clips: Sequence[Clip], gaps: Callable[[Clip], Sequence[int]] = word_gaps, seed: int = 0
) -> list[Clip]:
    """`clips`, each with one pause of 0.6 to 1.5 s at one of its `gaps`, chosen by lot.

    A clip's lot is drawn by its name, so it does not depend on which other clips there are. Clips
    without a gap are left out.
    """
    found = []
    for clip in clips:
        lot = random.Random(f"{seed} {clip.name}")
        if at := gaps(clip):
            found.append(with_pause(clip, lot.choice(at), lot.uniform(*PAUSES_MS)))
    return found
