"""Earcons: the soft sounds that say what edgevoice is doing.

One instrument plays them all, from one table. What they mean is in how they move: up, and it
listens; down, and it does not; level, and it is busy; twice low, and something went wrong; up and
down, and it wants to be heard.

They are high and quick because we hear them too, and low or long notes pass for a voice. Measured
with Silero: 0.75 for a rise from 392 to 784 Hz, 0.81 for 294 Hz twice, 90 ms each; below 0.5 for
every one of these, at a tenth to ten times their level.
"""

from collections.abc import Mapping
from enum import Enum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from edgevoice.audio.chunk import AudioChunk, samples_of

LEVEL = 0.05
"""-26 dB of full scale: beside the voice, not over it."""

TIMBRE = ((1.0, 1.0), (1.5, 0.4))
"""Of every note: (multiple of its pitch, share). The fifth carries low notes through small
loudspeakers."""


class Note(NamedTuple):
    """`pitch` in hertz, for so many milliseconds; pitch 0 is a rest."""

    pitch: float
    ms: int


class Earcon(Enum):
    """What a sound says."""

    READY = "ready"
    """Speak: somebody called us, by a key or a word."""
    HEARD = "heard"
    """Got it: the person has finished."""
    THINKING = "thinking"
    """A moment, please: the reply is late."""
    ASLEEP = "asleep"
    """Good night: only what wakes us counts from here on."""
    MUTED = "muted"
    """The microphone is shut."""
    UNMUTED = "unmuted"
    """The microphone is open again."""
    ERROR = "error"
    """That went wrong."""
    RING = "ring"
    """Unasked: a timer, an alarm or a reminder is due."""


MELODIES: Mapping[Earcon, tuple[Note, ...]] = {
    Earcon.READY: (Note(659, 60), Note(1319, 60)),
    Earcon.HEARD: (Note(1047, 60),),
    Earcon.THINKING: (Note(660, 160),),
    Earcon.ASLEEP: (Note(1319, 110), Note(659, 110)),
    Earcon.MUTED: (Note(1175, 75), Note(988, 75), Note(784, 75)),
    Earcon.UNMUTED: (Note(784, 75), Note(988, 75), Note(1175, 75)),
    Earcon.ERROR: (Note(440, 40), Note(0, 40), Note(440, 40)),
    Earcon.RING: (Note(1319, 50), Note(1047, 50), Note(1319, 50), Note(1047, 50), Note(1319, 50)),
}


def earcons(rate: int) -> Mapping[Earcon, AudioChunk]:
    """All of them, at `rate` hertz."""
    return {earcon: _play(melody, rate) for earcon, melody in MELODIES.items()}


def cue(rate: int) -> AudioChunk:
    """The one that says that the reply is late, at `rate` hertz."""
    return _play(MELODIES[Earcon.THINKING], rate)


def _play(melody: tuple[Note, ...], rate: int) -> AudioChunk:
    wave = np.concatenate([_sound(note, rate) for note in melody])
    return AudioChunk((wave / np.abs(wave).max() * LEVEL * 32_767).astype(np.int16), rate)


def _sound(note: Note, rate: int) -> NDArray[np.float64]:
    """One note; it swells and fades, so that nothing clicks."""
    n = samples_of(note.ms, rate)
    turns = note.pitch * np.arange(n) / rate
    swell = np.sin(np.pi * (np.arange(n) + 0.5) / n) ** 2
    wave = np.zeros(n)
    for multiple, share in TIMBRE:
        wave += share * np.sin(2 * np.pi * multiple * turns)
    return swell * wave
