"""Sounds that interrupt nobody: coughs, keys, doors, horns, and the little words of a listener.

The noises are made with sox out of noise, tones and filters, and with `-R`, so that they are the
same in every run; the words are spoken by espeak-ng, each in a process of its own, as its sound
depends on what it spoke before. Each docstring says how a sound is made, `heard_as_voice` how much
of it a VAD takes for speech.

Milliseconds that Silero v6 takes for speech, measured over all levels:

    cough, short and dry           0      backchannel "mhm"       160–384
    cough, long and voiced        96                  "uh-huh"    416–480
    two or three coughs         0–96                  "yeah"      320–384
    clearing the throat      224–448                  "right"     352–416
    keyboard, door, horn,                             "okay"      416–480
    claps, glasses                 0                  "I see"     384–480
    kitchen, 4 s of it: 32 as recorded, 160 and 352 when 10 and 20 dB louder
"""

import itertools
import shutil
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from edgevoice.audio.chunk import LISTENING_RATE, Samples, milliseconds_of, samples_of
from edgevoice.audio.resample import to_int16
from edgevoice.bench.turns.people import read_flac
from edgevoice.engines.base import Vad
from edgevoice.errors import ModelError

SOX_SECONDS = 30
"""Longest that sox or espeak-ng may take for one sound."""

CURES = {name: f"Install it: sudo apt-get install {name}" for name in ("sox", "espeak-ng")}

PEAKS_DB = {"soft": -20.0, "normal": -10.0, "loud": -3.0}
"""Decibels of full scale of a noise's loudest sample: across the room, where a person would sit,
beside the microphone. (The loudest sample of people who speak their requests: -8 dB, measured on
60 recordings.)"""

WORDS = ("mhm", "uh-huh", "yeah", "right", "okay", "I see")
SPOKEN_AS = {"mhm": "[[m'mhm]]", "uh-huh": "[[V'h@:]]"}
"""What espeak-ng would spell, or read as a word of its own, in its own phonemes."""

VOICES = ("en-us+f3", "en-us", "en-gb+m7", "en-us+f5")
"""Two women and two men, of espeak-ng's."""

THROAT = "equalizer 600 3q 18 equalizer 1200 4q 15 equalizer 2500 4q 14".split()
"""The resonances of an open throat: frequency, quality, decibels."""


@dataclass(frozen=True, slots=True, eq=False)
class Noise:
    """A sound that is not meant for the agent: `pcm` at 16 kHz, `level` a key of `PEAKS_DB`.

    `words`: what is said in it, nothing for noises.
    """

    kind: str
    variant: str
    level: str
    pcm: Samples
    words: str = ""

    @property
    def name(self) -> str:
        """What it is, for a table."""
        return f"{self.kind} {self.variant} {self.level}"


def noises(levels: Sequence[str] = tuple(PEAKS_DB)) -> list[Noise]:
    """Every noise at every one of `levels`. Raises `ModelError` without sox."""
    made = {
        "cough": _coughs(),
        "throat": {"twice": throat()},
        "keyboard": {"typing": keyboard()},
        "door": {"slam": door()},
        "horn": {"two tones": horn()},
        "clap": {"three": claps()},
        "glass": {"clink": glass()},
    }
    return [
        Noise(kind, variant, level, at_peak(pcm, PEAKS_DB[level]))
        for kind, variants in made.items()
        for variant, pcm in variants.items()
        for level in levels
    ]


def backchannels(
    voices: Sequence[str] = VOICES, levels: Sequence[str] = ("soft", "normal")
) -> list[Noise]:
    """What listeners say without wanting the floor, in `voices` of espeak-ng.

    Raises `ModelError` without espeak-ng.
    """
    return [
        Noise("backchannel", f"{word!r} {voice}", level, at_peak(pcm, PEAKS_DB[level]), word)
        for word, voice in itertools.product(WORDS, voices)
        for pcm in [say(SPOKEN_AS.get(word, word), voice)]
        for level in levels
    ]


def kitchen(
    recording: Path, seconds: float = 4.0, gains_db: Sequence[float] = (0, 10, 20)
) -> list[Noise]:
    """Pieces of a recorded kitchen, as loud as it is and louder. Raises `AudioFileError`."""
    pcm = read_flac(recording)
    length = round(seconds * LISTENING_RATE)
    starts = range(0, len(pcm) - length + 1, max(1, len(pcm) // len(gains_db)))
    return [
        Noise("kitchen", f"from {start / LISTENING_RATE:.0f} s", f"{gain:+.0f} dB", louder)
        for start, gain in zip(starts, gains_db, strict=False)
        for louder in [to_int16(pcm[start : start + length] * np.float32(10 ** (gain / 20)))]
    ]


def heard_as_voice(pcm: Samples, vad: Vad, threshold: float = 0.5) -> float:
    """Milliseconds of `pcm`, between half seconds of silence, that `vad` takes for speech."""
    vad.reset()
    silence = np.zeros(samples_of(500), np.int16)
    sound = np.concatenate([silence, pcm, silence])
    size = vad.frame_samples
    frames = [sound[at : at + size] for at in range(0, len(sound) - size + 1, size)]
    voiced = sum(size for frame in frames if vad(frame) >= threshold)
    return milliseconds_of(voiced)


def at_peak(pcm: Samples, peak_db: float) -> Samples:
    """`pcm` with its loudest sample at `peak_db` decibels of full scale."""
    peak = int(np.abs(pcm.astype(np.int32)).max(initial=0))
    return to_int16(pcm * np.float32(32_768 * 10 ** (peak_db / 20) / max(peak, 1)))


def cough(seconds: float, pitch: float, seed: int, voiced: float = 0.0) -> Samples:
    """One cough of `seconds`: the glottis bursts open, air streams, and (the last `voiced` seconds)
    the vocal cords swing.

    40 ms of white noise, then pink noise that dies away, then a falling sawtooth of `pitch` hertz
    with noise in it, all through the resonances of a throat. `seed`: where in sox's noise it
    begins.
    """
    burst = _noise("whitenoise", 0.04, seed, *THROAT, *_fade(0.002, 0.04, 0.03))
    stream = _noise("pinknoise", seconds, seed, *THROAT, *_fade(0.01, seconds, seconds * 0.8))
    parts = [(0.0, at_peak(burst, -3)), (15.0, at_peak(stream, -8))]
    if voiced:
        parts.append(((seconds - voiced) * 1000, at_peak(_rough_voice(voiced, pitch), -7)))
    return _mix(*parts)


def throat() -> Samples:
    """Somebody clears their throat, twice: a low, rough voice of 0.35 s each, as in `cough`."""
    one = _rough_voice(0.35, 90)
    return _mix((0, one), (480, one))


def keyboard(seconds: float = 3.0) -> Samples:
    """Typing: clicks of 4 ms of noise above 1.8 kHz, each with the softer one of the key that comes
    back, at intervals between 60 and 300 ms."""
    down = _noise("whitenoise", 0.012, 0, *"highpass 1800 fade l 0 0.012 0.011".split())
    up = _noise("whitenoise", 0.009, 1, *"highpass 2600 fade l 0 0.009 0.008".split())
    chance = np.random.default_rng(7)
    clicks: list[tuple[float, Samples]] = []
    at = 0.0
    while at < seconds * 1000 - 120:
        strength = chance.uniform(-9, 0)
        clicks += [(at, at_peak(down, strength)), (at + 70, at_peak(up, strength - 8))]
        at += chance.uniform(60, 300)
    return _mix(*clicks)


def door() -> Samples:
    """A door slams: a thump of 55 Hz and noise below 180 Hz, then 300 ms in which it rattles
    between 300 and 1400 Hz, 33 times a second."""
    thump = _sox(
        *"synth 0.4 sine 55 synth 0.4 brownnoise mix 0 lowpass 180".split(),
        *"fade l 0.002 0.4 0.39".split(),
    )
    crack = _noise("whitenoise", 0.05, 2, *"lowpass 2500 fade l 0.001 0.05 0.049".split())
    rattle = _noise(
        "whitenoise",
        0.3,
        3,
        *"sinc 300-1400 tremolo 33 90 fade l 0.01 0.3 0.28".split(),
    )
    return _mix((0, at_peak(thump, -1)), (0, at_peak(crack, -8)), (40, at_peak(rattle, -14)))


def horn() -> Samples:
    """A car's horn: two sawtooth tones, 420 and 505 Hz, for a second, heard through a window
    (below 3 kHz)."""
    return _sox(
        *"synth 1 sawtooth 420 synth 1 sawtooth mix 505 lowpass 3000 fade l 0.02 1 0.08".split()
    )


def claps() -> Samples:
    """Three claps: 25 ms of noise around 1.2 kHz, 260 ms apart."""
    one = _noise("whitenoise", 0.06, 4, *"bandpass 1200 1q fade l 0.0005 0.06 0.059".split())
    return _mix((0, one), (260, one), (520, one))


def glass() -> Samples:
    """Two glasses touch: five tones between 2.3 and 6.9 kHz that die away, after a click."""
    tones = [(2350, 0.5), (3470, 0.4), (4610, 0.3), (5820, 0.22), (6900, 0.15)]
    ringing = [
        _sox(*f"synth {s} sine {hertz} fade l 0.0005 {s} {s * 0.98:.3f}".split())
        for hertz, s in tones
    ]
    click = _noise("whitenoise", 0.006, 5, *"highpass 2000 fade l 0 0.006 0.005".split())
    return _mix((0, at_peak(click, -6)), *((0, at_peak(tone, -14)) for tone in ringing))


def say(text: str, voice: str, words_per_minute: int = 175) -> Samples:
    """`text` in one of espeak-ng's voices, at 16 kHz; `[[…]]` holds espeak-ng's phonemes.

    Raises `ModelError` where espeak-ng is not installed.
    """
    wav = _output(["espeak-ng", "-v", voice, "-s", str(words_per_minute), "--stdout", text])
    return _samples(["sox", "-R", "-D", "-t", "wav", "-", *RAW, "rate", "-h", "16k"], wav)


RAW = "-r 16000 -c 1 -e signed -b 16 -t raw -".split()
"""sox's name for our samples."""


def _coughs() -> dict[str, Samples]:
    """Coughs of 150 to 400 ms, one to three in a row."""
    short, long = cough(0.15, 0, 1), cough(0.4, 130, 2, voiced=0.15)
    deep, high = cough(0.28, 95, 3, voiced=0.1), cough(0.22, 260, 4, voiced=0.12)
    return {
        "short": short,
        "long": long,
        "twice": _mix((0, deep), (430, deep)),
        "three": _mix((0, high), (330, short), (640, at_peak(high, -8))),
    }


def _rough_voice(seconds: float, pitch: float) -> Samples:
    sources = f"synth {seconds} sawtooth {pitch}:{pitch * 0.8:g} synth {seconds} pinknoise mix 0"
    fade = _fade(0.02, seconds, seconds / 2)
    return _sox(*sources.split(), "lowpass", "4000", *THROAT, *fade)


def _fade(rise: float, seconds: float, fall: float) -> list[str]:
    return ["fade", "l", *(f"{value:.4f}" for value in (rise, seconds, fall))]


def _noise(kind: str, seconds: float, seed: int, *effects: str) -> Samples:
    """`seconds` of sox's noise, beginning at another place of it for every `seed`."""
    return _sox("synth", f"{seed + seconds}", kind, "trim", f"{seed}", f"{seconds}", *effects)


def _sox(*effects: str) -> Samples:
    """Sound that sox makes out of nothing, as loud as can be."""
    source = ["-n", *RAW]
    return _samples(["sox", "-R", "-D", "-r", "16000", *source, *effects, "gain", "-n", "-1"])


def check_tools(names: Iterable[str] = ("sox", "espeak-ng")) -> None:
    """Raises `ModelError`, one line, where one of the programs `names` is missing."""
    for name in names:
        _find(name)


def _samples(command: Sequence[str], sound: bytes = b"") -> Samples:
    raw = _output(command, sound)
    return np.frombuffer(raw, "<i2").astype(np.int16)


def _output(command: Sequence[str], sound: bytes = b"") -> bytes:
    name = command[0]
    _find(name)
    try:
        done = subprocess.run(command, input=sound, capture_output=True, timeout=SOX_SECONDS)
    except subprocess.TimeoutExpired:
        raise ModelError(f"{name} took longer than {SOX_SECONDS} s", CURES[name]) from None
    if done.returncode:
        problem = done.stderr.decode(errors="replace").strip().splitlines()
        raise ModelError(f"{name} failed: {problem[-1] if problem else 'no reason'}", CURES[name])
    return done.stdout


def _find(name: str) -> None:
    if not shutil.which(name):
        raise ModelError(f"{name} is not installed, and makes the noises", CURES[name])


def _mix(*parts: tuple[float, Samples]) -> Samples:
    """Sounds together, each from its moment (milliseconds) on."""
    length = max(samples_of(at) + len(pcm) for at, pcm in parts)
    sum_ = np.zeros(length, np.float32)
    for at, pcm in parts:
        begin = samples_of(at)
        sum_[begin : begin + len(pcm)] += pcm
    return to_int16(sum_)
