"""Text in, 16 kHz clip out: one speaker's voice through espeak-ng, flite or festival.

A clip knows where each of its words ends, so that the loader can cut it in the middle of a request
and still know what was said. Where a synthesiser merges words, the times are left out.
"""

import random
import re
import subprocess
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import soundfile
from numpy.typing import NDArray
from scipy.signal import resample_poly

from .espeak import espeak
from .voices import Voice

SAMPLE_RATE = 16_000
PEAK = 22_000
SHORTEST, LONGEST = 2_400, int(9.5 * SAMPLE_RATE)


def floats(audio: NDArray[np.int16]) -> NDArray[np.float32]:
    """16-bit samples as floats, −1…1."""
    return (audio / np.float32(32768)).astype(np.float32)


class Clip(NamedTuple):
    """Speech without silence around it: int16 at 16 kHz."""

    audio: NDArray[np.int16]
    text: str
    voice: str
    ends: list[int] | None  # the sample at which each word ends


def trim(audio: NDArray[np.float32]) -> tuple[NDArray[np.float32], int]:
    """Cut silence (below 1% of the loudest 10 ms) at both ends; also how much at the head."""
    frames = len(audio) // 160
    if frames < 5:
        return audio, 0
    level = np.sqrt((audio[: frames * 160].reshape(frames, 160) ** 2).mean(1))
    loud = np.flatnonzero(level > 0.01 * max(float(level.max()), 1e-6))
    start = max(0, int(loud[0]) - 3) * 160 if len(loud) else 0
    end = min(frames, int(loud[-1]) + 4) * 160 if len(loud) else len(audio)
    return audio[start:end], start


def finish(
    audio: NDArray[np.float32], rate: int, text: str, voice: Voice, ends: list[float] | None
) -> Clip | None:
    """Resample, trim and level one synthesised sentence; None if it is empty or too long."""
    if rate != SAMPLE_RATE:
        common = int(np.gcd(SAMPLE_RATE, rate))
        audio = resample_poly(audio, SAMPLE_RATE // common, rate // common).astype(np.float32)
    audio, cut = trim(audio)
    peak = float(np.abs(audio).max(initial=0))
    if peak < 1e-4 or not SHORTEST <= len(audio) <= LONGEST:
        return None
    samples = None
    if ends:
        samples = [int(np.clip(end * SAMPLE_RATE - cut, 0, len(audio))) for end in ends]
        samples[-1] = len(audio)
    return Clip((audio / peak * PEAK).astype(np.int16), text, str(voice), samples)


def by_espeak(text: str, voice: Voice, rng: random.Random) -> Clip | None:
    """One sentence in a voice such as ``en-us+f2``, at a random rate and pitch."""
    rate = int(rng.triangular(100, 250, 150))
    pitch, spread = rng.randint(15, 88), rng.randint(20, 85)
    audio, begun = espeak().speak(text, voice.name, rate, pitch, spread)
    sample_rate = espeak().sample_rate
    starts = [begun.get(match.start() + 1) for match in re.finditer(r"\S+", text)]
    ends: list[float] | None = [s for s in starts[1:] if s is not None]
    assert ends is not None
    ends = [*ends, len(audio) / sample_rate] if len(ends) == len(starts) - 1 else None
    return finish(floats(audio), sample_rate, text, voice, ends)


@cache
def _phone_count(word: str, voice: str) -> int:
    command = ["flite", "-voice", voice, "-ps", "-t", word, "none"]
    phones = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    return sum(not phone.startswith("pau") for phone in phones)


def by_flite(text: str, voice: Voice, rng: random.Random, folder: Path) -> Clip | None:
    """One sentence in one of flite's voices, at a random tempo and pitch."""
    target = folder / "flite.wav"
    stretch, pitch = rng.uniform(0.8, 1.5), rng.uniform(80, 180)
    command = ["flite", "-voice", voice.name, "--setf", f"duration_stretch={stretch:.3f}"]
    command += ["--setf", f"int_f0_target_mean={pitch:.0f}", "-psdur", "-t", text, str(target)]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    timed = [item.rsplit(":", 1) for item in printed.split()]
    phone_ends = [float(end) for phone, end in timed if phone != "pau"]
    family = "awb" if voice.name == "awb" else "slt"  # two pronunciation dictionaries
    counts = [_phone_count(word, family) for word in text.split()]
    ends = None
    if min(counts) > 0 and sum(counts) == len(phone_ends):
        ends = [phone_ends[i - 1] for i in np.cumsum(counts)]
    audio, rate = soundfile.read(target, dtype="float32")
    return finish(audio, rate, text, voice, ends)


SCHEME = """
(Parameter.set 'Duration_Stretch {stretch:.2f})
(set! u (utt.synth (Utterance Text "{text}")))
(utt.save.wave u "{path}" 'riff)
(format t "{marker} {index} ")
(mapcar (lambda (w) (format t "%s:%f " (item.name w) (item.feat w "word_end")))
        (utt.relation.items u 'Word))
(format t "\\n")
"""


def by_festival(
    texts: list[str], voice: Voice, rng: random.Random, folder: Path
) -> list[Clip | None]:
    """Many sentences in one of festival's voices: its start takes longer than a sentence."""
    script, wav = folder / "festival.scm", "festival-{}.wav"
    lines = [f"(voice_{voice.name})"]
    for index, text in enumerate(texts):
        path, stretch = folder / wav.format(index), rng.uniform(0.85, 1.5)
        lines.append(
            SCHEME.format(stretch=stretch, text=text, path=path, marker="ENDS", index=index)
        )
    script.write_text("\n".join(lines))
    run = subprocess.run(["festival", "-b", str(script)], capture_output=True, text=True)
    timed = {
        int(line.split()[1]): [item.rsplit(":", 1) for item in line.split()[2:]]
        for line in run.stdout.splitlines()
        if line.startswith("ENDS")
    }
    clips: list[Clip | None] = []
    for index, text in enumerate(texts):
        path = folder / wav.format(index)
        if not path.exists():  # festival gave up on this one
            continue
        spoken = timed.get(index, [])
        ends = [float(end) for _, end in spoken]
        aligned = [word for word, _ in spoken] == text.split()
        audio, rate = soundfile.read(path, dtype="float32")
        path.unlink()
        clips.append(finish(audio, rate, text, voice, ends if aligned else None))
    return clips


def speak_all(requests: list[tuple[str, Voice]], rng: random.Random, folder: Path) -> list[Clip]:
    """Speak every (text, voice) pair; what a synthesiser cannot say is left out. Order is lost."""
    clips: list[Clip | None] = []
    festival: dict[Voice, list[str]] = {}
    for text, voice in requests:
        if voice.engine == "espeak":
            clips.append(by_espeak(text, voice, rng))
        elif voice.engine == "flite":
            clips.append(by_flite(text, voice, rng, folder))
        else:
            festival.setdefault(voice, []).append(text)
    for voice, texts in festival.items():
        clips += by_festival(texts, voice, rng, folder)
    kept = [clip for clip in clips if clip]
    rng.shuffle(kept)
    return kept
