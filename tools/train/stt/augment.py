"""One clip as it might have been heard: another speaker, room, microphone and moment.

``Augmenter.strength`` (0 to 1) scales how far everything goes.
"""

from typing import NamedTuple

import numpy as np

from .features import WARPS, FeatureMaker, Features, stretch_time
from .noises import Audio, NoiseBank
from .shards import Shards
from .speech import Clip, floats

RATE = 16_000
LONGEST = 9 * RATE


class Example(NamedTuple):
    """What one training example is: features [80, frames], words, and when speech ends."""

    features: Features
    text: str
    end_seconds: float


def decibels(value: float) -> float:
    """An amplitude factor from decibels."""
    return float(10 ** (value / 20))


def room_and_microphone(
    audio: Audio, rng: np.random.Generator, equalise: bool, reverberate: bool, narrow: bool
) -> Audio:
    """Filter in the frequency domain; reverberation makes the clip longer."""
    decay = int(rng.uniform(0.08, 0.6) * RATE) if reverberate else 0
    tail = min(decay, int(0.3 * RATE))
    size = -(-(len(audio) + tail) // 2048) * 2048
    spectrum = np.fft.rfft(audio, size)
    frequency = np.fft.rfftfreq(size, 1 / RATE)
    if reverberate:
        response = rng.standard_normal(decay) * np.exp(-6.9 * np.arange(decay) / decay)
        response[: int(rng.uniform(0.002, 0.02) * RATE)] = 0
        response *= decibels(-rng.uniform(2, 18)) / (np.linalg.norm(response) + 1e-9)
        response[0] = 1.0
        spectrum *= np.fft.rfft(response, size)
    if equalise:
        bands = [0, 150, 300, 600, 1200, 2400, 4000, 6000, 8000]
        gains = rng.normal(0, 5, len(bands)) + rng.normal(0, 1.5) * np.linspace(-2, 2, len(bands))
        spectrum *= 10 ** (np.interp(frequency, bands, gains) / 20)
    if narrow:
        low, high = rng.uniform(50, 350), rng.uniform(3200, 7500)
        spectrum /= np.sqrt(1 + (low / np.maximum(frequency, 1)) ** 6)
        spectrum /= np.sqrt(1 + (frequency / high) ** 12)
    return np.fft.irfft(spectrum, size)[: len(audio) + tail].astype(np.float32)


def mask(features: Features, rng: np.random.Generator) -> Features:
    """SpecAugment (Park et al. 2019): up to two bands and two moments made silent."""
    masked, silence = features.copy(), features.min()
    for _ in range(rng.integers(0, 3)):
        width = int(rng.integers(1, 12))
        start = int(rng.integers(0, masked.shape[0] - width))
        masked[start : start + width] = silence
    for _ in range(rng.integers(0, 3)):
        width = int(rng.integers(1, 10))
        start = int(rng.integers(0, max(1, masked.shape[1] - width)))
        masked[:, start : start + width] = silence
    return masked


class Augmenter:
    """Turns clips of a pool into examples; one seed, one stream."""

    def __init__(self, pool: Shards, seed: int) -> None:
        self.pool = pool
        self.rng = np.random.default_rng(seed)
        self.noises = NoiseBank(np.random.default_rng(12345), pool)
        self.make_features = FeatureMaker()
        self.strength = 1.0

    def chance(self, probability: float) -> bool:
        """True so often."""
        return bool(self.rng.random() < probability)

    def silence(self) -> Example:
        """Nothing said: noise or digital silence, and no words."""
        count = int(self.rng.uniform(0.3, 5) * RATE)
        if self.chance(0.1):
            return Example(self.make_features(np.zeros(count, np.float32)), "", 0)
        audio = self.noises.cut(count, self.rng, people=self.chance(0.5))
        if self.chance(0.5):
            audio = room_and_microphone(audio, self.rng, True, False, self.chance(0.5))[:count]
        audio = audio / (np.abs(audio).max() + 1e-9) * decibels(-self.rng.uniform(0, 60))
        warp = int(self.rng.integers(len(WARPS))) if self.chance(0.3) else None
        return Example(self.make_features(audio.astype(np.float32), warp), "", 0)

    def example(self, index: int) -> Example:
        """Clip ``index`` of the pool, changed in every way at once."""
        rng, strength = self.rng, self.strength
        audio, text, cut_short = self._words(self.pool[index])
        speed = rng.uniform(1 - 0.22 * strength, 1 + 0.24 * strength)
        if self.chance(0.75 * strength):
            at = np.arange(int(len(audio) / speed)) * speed
            audio = np.interp(at, np.arange(len(audio)), audio).astype(np.float32)
        else:
            speed = 1.0
        lead, tail = self._silence_around(cut_short)
        end_seconds = lead + len(audio) / RATE
        audio = np.pad(audio, (int(lead * RATE), int(tail * RATE)))
        if self.chance(0.7 * strength):
            kinds = (self.chance(0.75), self.chance(0.4), self.chance(0.3))
            audio = room_and_microphone(audio, rng, *kinds)
        audio = self._noisy(audio[: 10 * RATE])
        audio = audio / (np.abs(audio).max() + 1e-9) * decibels(-rng.uniform(0, 28))
        features = self.make_features(audio.astype(np.float32), self._throat(speed))
        if self.chance(0.4 * strength):
            tempo = rng.uniform(1 - 0.18 * strength, 1 + 0.2 * strength)
            features, end_seconds = stretch_time(features, tempo), end_seconds * tempo
        if self.chance(0.5 * strength):
            features = mask(features, rng)
        return Example(features, text, end_seconds)

    def _words(self, clip: Clip) -> tuple[Audio, str, bool]:
        """The clip whole, cut inside (as partial transcripts hear it), or joined with another."""
        rng, audio, kind = self.rng, floats(clip.audio), self.rng.random()
        if kind < 0.12 and clip.ends and len(clip.ends) >= 2:
            word = int(rng.integers(0, len(clip.ends) - 1))
            into_next = 0.4 * max(clip.ends[word + 1] - clip.ends[word], 0)
            cut = int(clip.ends[word] + rng.uniform(-320, into_next))
            if cut > 2400:
                return audio[:cut], " ".join(clip.text.split()[: word + 1]), True
        elif kind > 0.95:
            other = self.pool[int(rng.integers(len(self.pool)))]
            if len(audio) + len(other.audio) < LONGEST:
                gap = np.zeros(int(rng.uniform(0.08, 0.5) * RATE), np.float32)
                joined = [audio, gap, floats(other.audio)]
                return np.concatenate(joined), f"{clip.text} {other.text}", False
        return audio, clip.text, False

    def _silence_around(self, cut_short: bool) -> tuple[float, float]:
        """Seconds before and after: none, or what a voice activity detector leaves."""
        rng = self.rng
        lead = rng.uniform(0, 0.15) if self.chance(0.4) else rng.uniform(0.1, 0.7)
        if cut_short and self.chance(0.7):
            return lead, 0.0
        return lead, rng.uniform(0, 0.2) if self.chance(0.4) else rng.uniform(0.1, 0.9)

    def _noisy(self, audio: Audio) -> Audio:
        rng, mild = self.rng, 1 - self.strength
        if not self.chance(0.25 + 0.4 * self.strength):
            return audio
        ranges = [(2 + 12 * mild, 15 + 12 * mild), (10 + 8 * mild, 25 + 8 * mild), (20, 45)]
        ratio = rng.uniform(*ranges[int(rng.integers(3))])
        level = float(np.sqrt((audio**2).mean())) + 1e-9
        return audio + self.noises.cut(len(audio), rng, people=True) * level * decibels(-ratio)

    def _throat(self, speed: float) -> int | None:
        """A filter bank so that resampling and warping together stay humanly possible."""
        if not self.chance(0.65 * self.strength):
            return None
        possible = np.flatnonzero((speed / WARPS > 0.8) & (speed / WARPS < 1.24))
        return int(self.rng.choice(possible))
