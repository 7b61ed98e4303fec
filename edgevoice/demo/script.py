"""What the scripted person of the demonstration says, when, and in which voice."""

import shutil
import subprocess
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from edgevoice.audio.chunk import LISTENING_RATE, Samples
from edgevoice.audio.resample import Resampler
from edgevoice.audio.wav import read_wav
from edgevoice.engines.espeak import EspeakVoice
from edgevoice.transports.caller import Cue, Line

FLITE_SECONDS = 30
"""Longest that the person's voice may take for a line."""


@dataclass(frozen=True, slots=True)
class Cued:
    """A line of the script: `text`, `ms` milliseconds after `cue`."""

    text: str
    cue: Cue = Cue.REPLY_ENDED
    ms: int = 600


DEMO = (
    Cued("hello"),
    Cued("what is the capital of france"),
    Cued("and in spain"),
    Cued("set a timer for ten seconds"),
    Cued("tell me a story about a fox"),
    Cued("what is seven times eight", Cue.REPLY_STARTED, 3000),
    Cued("how many legs does a spider have"),
    Cued("goodbye"),
)
"""A greeting, a fact, a question that needs the one before, a timer, a long answer that is
interrupted by a sum, another fact; the timer rings as soon as nobody speaks; a goodbye."""


def speak_script(script: tuple[Cued, ...] = DEMO) -> list[Line]:
    """The script as the person speaks it.

    The person has another voice than the agent: flite where it is installed (the set-up does
    that), else a second voice of espeak.
    """
    say = _flite if shutil.which("flite") else _espeak
    return [Line(say(cued.text), cued.text, cued.cue, cued.ms) for cued in script]


def _flite(text: str) -> Samples:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "line.wav"
        subprocess.run(
            ["flite", "-voice", "slt", "-t", text, "-o", str(path)],
            check=True,
            capture_output=True,
            timeout=FLITE_SECONDS,
        )
        return read_wav(path)


def _espeak(text: str) -> Samples:
    voice = EspeakVoice("en-us+f3")
    pieces = [chunk.pcm for chunk in voice.synthesize(text, threading.Event())]
    resampler = Resampler(voice.rate, LISTENING_RATE)
    return np.concatenate([resampler.add(np.concatenate(pieces)), resampler.finish()])
