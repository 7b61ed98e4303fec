"""Sounds of kinds that training never heard, made by sox: what must not become words."""

import subprocess
from pathlib import Path

import numpy as np
import soundfile

from .noises import Audio
from .speech import floats

RATE = 16_000


def sox(*effects: str | float) -> Audio:
    """What ``sox -n … EFFECTS`` plays, at 16 kHz mono."""
    raw_to_stdout = ["-r", str(RATE), "-b", "16", "-c", "1", "-t", "raw", "-"]
    command = ["sox", "-n", *raw_to_stdout, *map(str, effects)]
    raw = subprocess.run(command, capture_output=True, check=True).stdout
    return floats(np.frombuffer(raw, np.int16))


def keyboard(seconds: float, rng: np.random.Generator) -> Audio:
    """Typing: short bright clicks at the pace of fingers."""
    mix = np.zeros(int(seconds * RATE), np.float32)
    keys = [
        sox("synth", 0.018, "whitenoise", "band", int(rng.uniform(1500, 5000)), 900, "fade", "l",
            0, 0.018, 0.016, "gain", "-n", -3)
        for _ in range(4)
    ]  # fmt: skip
    at = rng.uniform(0, 0.2)
    while at < seconds - 0.05:
        key = keys[int(rng.integers(len(keys)))] * rng.uniform(0.3, 1)
        start = int(at * RATE)
        mix[start : start + len(key)] += key[: len(mix) - start]
        at += rng.gamma(3, 0.06)
    return mix


def door(seconds: float, rng: np.random.Generator) -> Audio:
    """A slam: a low thump in a resonant room."""
    depth, room = int(rng.uniform(150, 500)), int(rng.uniform(30, 90))
    thump: tuple[str | float, ...] = (
        "synth",
        0.25,
        "brownnoise",
        "lowpass",
        depth,
        "fade",
        "l",
        0,
        0.25,
        0.23,
    )
    slam = sox(*thump, "pad", 0, seconds, "gain", "-n", -3, "reverb", room)
    return np.roll(slam[: int(seconds * RATE)], int(rng.uniform(0, 0.6) * seconds * RATE))


def hum(seconds: float, rng: np.random.Generator) -> Audio:
    """Mains: fifty or sixty hertz with its harmonics."""
    base = float(rng.choice([50, 60]))
    parts = [
        sox("synth", seconds, "sawtooth", base * k, "gain", -6 * k - rng.uniform(0, 6))
        for k in (1, 2, 3)
    ]
    return np.sum(parts, axis=0, dtype=np.float32)


def strings(seconds: float, rng: np.random.Generator) -> Audio:
    """A plucked tune."""
    notes, left = [], seconds
    while left > 0:
        length = float(rng.choice([0.25, 0.4, 0.6]))
        notes.append(sox("synth", length, "pluck", f"%{int(rng.integers(-24, 8))}", "gain", -4))
        left -= length
    return np.concatenate(notes)[: int(seconds * RATE)]


def siren(seconds: float, rng: np.random.Generator) -> Audio:
    """A sweep, up and down."""
    low, high = int(rng.uniform(300, 700)), int(rng.uniform(900, 1800))
    half = seconds / 2
    up = sox("synth", half, "sine", f"{low}:{high}", "gain", -6)
    return np.concatenate([up, sox("synth", half, "sine", f"{high}:{low}", "gain", -6)])


MADE = {"keyboard": keyboard, "door": door, "hum": hum, "strings": strings, "siren": siren}


def foreign_noises(each: int, seed: int, kitchen: Path | None) -> list[tuple[str, Audio]]:
    """``each`` clips of every kind, 0.5 to 5 s, at various levels; a recorded kitchen if given."""
    rng = np.random.default_rng(seed)
    clips: list[tuple[str, Audio]] = []
    for kind, make in MADE.items():
        clips += [(kind, make(float(rng.uniform(0.5, 5)), rng)) for _ in range(each)]
    if kitchen and kitchen.exists():
        recording, _ = soundfile.read(kitchen, dtype="float32")
        for _ in range(each):
            count = int(rng.uniform(0.5, 5) * RATE)
            start = int(rng.integers(0, len(recording) - count))
            clips.append(("kitchen (recorded)", recording[start : start + count]))
    return [
        (kind, (clip / (np.abs(clip).max() + 1e-9) * 10 ** (-rng.uniform(3, 45) / 20)))
        for kind, clip in clips
    ]
