"""What the scripted person of the benchmark says.

Questions that the starter chat model knows, short ones and some of about five seconds in which the
person stops to think (`…`), but not for as long as would end the turn. One of them interrupts.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from edgevoice.audio.chunk import Samples, samples_of
from edgevoice.audio.level import voiced_span
from edgevoice.config import Config
from edgevoice.demo.script import Cued, speak_script
from edgevoice.transports.caller import Cue, Line

PAUSE = "…"

CONVERSATION = (
    Cued("hello"),
    Cued("what is the capital of france"),
    Cued("i would like to know … how many legs a spider has"),
    Cued("could you tell me … i would like to know … what the capital of germany is"),
    Cued("tell me a story about a fox"),
    Cued("what is seven times eight", Cue.REPLY_STARTED, 2500),
    Cued("could you tell me … i would like to know … how many legs a spider has"),
    Cued("how many days are there in a week"),
    Cued("goodbye"),
)

SOAK = (Cued("what is the capital of france"), Cued("thank you very much"))
"""A short one, to be held many times."""

SHARE_OF_ENDPOINT = 0.65
"""How long a pause to think is: long enough for the soft end, too short for the endpoint."""


def speak(config: Config, script: Sequence[Cued] = CONVERSATION, quiet_s: float = 0) -> list[Line]:
    """`script` as the person speaks it to an agent with `config`, after `quiet_s` of silence."""
    pause = samples_of(config.vad.plain_delay_ms * SHARE_OF_ENDPOINT)
    lines = [_spoken(cued, pause) for cued in script]
    if lines and quiet_s:
        lines[0] = replace(lines[0], ms=round(quiet_s * 1000))
    return lines


def _spoken(cued: Cued, pause: int) -> Line:
    parts = [replace(cued, text=part.strip()) for part in cued.text.split(PAUSE)]
    clips = [line.clip for line in speak_script(tuple(parts))]
    text = " ".join(part.text for part in parts)
    return Line(with_pauses(clips, pause), text, cued.cue, cued.ms)


def with_pauses(clips: Sequence[Samples], pause: int) -> Samples:
    """`clips` one after the other, with `pause` samples of silence between voice and voice."""
    pieces: list[Samples] = []
    for clip in clips:
        start, end = voiced_span(clip)
        pieces += [np.zeros(pause, np.int16), clip[start:end]] if pieces else [clip[start:end]]
    return np.concatenate(pieces)
