"""Noises to learn against, all computed: coloured noise, tones, bursts, random textures, babble.

The test uses other kinds (see ``foreign.py``); nothing here is tuned to imitate them.
"""

import numpy as np
from numpy.typing import NDArray

from .shards import Shards

Audio = NDArray[np.float32]
RATE = 16_000
BANK_SECONDS, PLAIN, BABBLE = 10, 160, 40


def coloured(count: int, rng: np.random.Generator, exponent: float) -> Audio:
    """Noise whose amplitude falls as frequency**-exponent: 0 white, 0.5 pink, 1 brown."""
    size = 1 << (count - 1).bit_length()
    frequency = np.fft.rfftfreq(size, 1 / RATE)
    frequency[0] = frequency[1]
    spectrum = rng.standard_normal(len(frequency)) + 1j * rng.standard_normal(len(frequency))
    return np.fft.irfft(spectrum * frequency**-exponent)[:count].astype(np.float32)


def tones(count: int, rng: np.random.Generator) -> Audio:
    """One to four sines, steady or slowly beating."""
    time = np.arange(count) / RATE
    mix = np.zeros(count)
    for _ in range(rng.integers(1, 5)):
        beat = 0.5 + 0.5 * np.sin(2 * np.pi * rng.uniform(0.3, 6) * time + rng.uniform(0, 6))
        level = rng.uniform(0.2, 1) * (beat if rng.random() < 0.5 else 1)
        mix += level * np.sin(2 * np.pi * rng.uniform(50, 2500) * time + rng.uniform(0, 6))
    return mix.astype(np.float32)


def bursts(count: int, rng: np.random.Generator) -> Audio:
    """A few decaying sounds over a quiet floor."""
    mix = rng.standard_normal(count) * 0.01 + 0.05 * normal(coloured(count, rng, 0.5))
    for _ in range(rng.integers(1, 8)):
        start = int(rng.integers(0, max(1, count - 800)))
        time = np.arange(min(int(rng.uniform(80, 3000)), count - start))
        sound = rng.standard_normal(len(time))
        if rng.random() < 0.5:
            sound = np.sin(2 * np.pi * rng.uniform(80, 3000) * time / RATE) + 0.3 * sound
        decay = np.exp(-time / rng.uniform(40, 1500))
        mix[start : start + len(time)] += sound * decay * rng.uniform(0.2, 1)
    return mix.astype(np.float32)


def texture(count: int, rng: np.random.Generator) -> Audio:
    """Random events of one random family: so dense, so long, so bright, so tonal."""
    mix = np.zeros(count, np.float32)
    ranges = ((0.5, 14), (80, 9000), (120, 6000))  # events a second, samples, hertz
    density, length, centre = (np.exp(rng.uniform(*np.log(ends))) for ends in ranges)
    width = rng.uniform(0.2, 1.5)  # of the band, in e-foldings of frequency
    tonal, glide = rng.random() < 0.4, rng.normal(0, 0.4)
    for start in rng.integers(0, count, int(density * count / RATE) + 1):
        size = min(int(length * rng.uniform(0.5, 1.6)), count - int(start))
        time = np.arange(size) / RATE
        pitch = centre * np.exp(rng.normal(0, 0.25))
        if tonal:
            phase = 2 * np.pi * pitch * np.cumsum(np.exp(glide * time / (time[-1:] + 0.01))) / RATE
            sound = sum(np.sin(k * phase) / k ** rng.uniform(0.5, 2) for k in range(1, 5))
        else:
            spectrum = np.fft.rfft(rng.standard_normal(size))
            frequency = np.fft.rfftfreq(size, 1 / RATE)
            spectrum *= np.exp(-0.5 * (np.log((frequency + 1) / pitch) / width) ** 2)
            sound = normal(np.fft.irfft(spectrum, size).astype(np.float32))
        rise, fall = rng.uniform(0.01, 0.5), rng.uniform(1, 8)
        place = np.linspace(0, 1, size)
        envelope = np.minimum(place / rise, 1) * np.exp(-fall * np.maximum(place - rise, 0))
        mix[start : start + size] += (sound * envelope * rng.uniform(0.2, 1)).astype(np.float32)
    return mix + np.float32(10 ** rng.uniform(-4, -1.5)) * normal(coloured(count, rng, 0.5))


def babble(count: int, rng: np.random.Generator, speech: Shards) -> Audio:
    """Four to seven people talking at once."""
    mix = np.zeros(count, np.float32)
    for _ in range(rng.integers(4, 8)):
        clip = speech[int(rng.integers(len(speech)))].audio.astype(np.float32)
        mix += np.roll(np.resize(clip, count), int(rng.integers(count)))
    return mix


def normal(audio: Audio) -> Audio:
    """The same sound at a root mean square of one."""
    return (audio / (audio.std() + 1e-9)).astype(np.float32)


class NoiseBank:
    """Ten-second noises, made once, cut at random: cheap enough for every clip."""

    def __init__(self, rng: np.random.Generator, speech: Shards) -> None:
        count = BANK_SECONDS * RATE
        makers = [
            lambda: coloured(count, rng, 0.0),
            lambda: coloured(count, rng, 0.5),
            lambda: coloured(count, rng, 1.0),
            lambda: tones(count, rng),
            lambda: bursts(count, rng),
            lambda: texture(count, rng),
        ]
        chosen = rng.choice(len(makers), PLAIN, p=[0.1, 0.15, 0.1, 0.05, 0.15, 0.45])
        self.plain = [normal(makers[kind]()) for kind in chosen]
        self.people = [normal(babble(count, rng, speech)) for _ in range(BABBLE)]

    def cut(self, count: int, rng: np.random.Generator, people: bool) -> Audio:
        """``count`` samples (at most ten seconds) of one noise; with ``people``, perhaps babble."""
        bank = [*self.plain, *self.people] if people else self.plain
        noise = bank[int(rng.integers(len(bank)))]
        start = int(rng.integers(0, len(noise) - count + 1))
        part = noise[start : start + count]
        return part if rng.random() < 0.5 else part[::-1]
