"""What listening while speaking costs."""

import time
from collections.abc import Callable

import numpy as np

from edgevoice.audio.chunk import LISTENING_RATE
from edgevoice.audio.double_talk import DoubleTalk
from edgevoice.audio.echo import FRAME, EchoCanceller
from edgevoice.audio.resample import to_int16
from edgevoice.bench.turns.rooms import Room, impulse
from edgevoice.bench.turns.story import STORY, TELLER, spoken


def cost_figures(seconds: int = 20) -> dict[str, float]:
    """Processor time for a second of sound, in percent of one core, while the agent speaks.

    `canceller_and_detector` is what comes on top where there is echo; `detector` is a part of it.
    """
    story = np.concatenate([spoken(sentence, TELLER) for sentence in STORY[:8]])
    played = np.resize(story, seconds * LISTENING_RATE)
    microphone = to_int16(Room(impulse(60, -10)).add(played).astype(np.float32))
    starts = range(0, len(microphone) - FRAME + 1, FRAME)
    frames = [(microphone[at : at + FRAME], played[at : at + FRAME]) for at in starts]
    canceller, detector = EchoCanceller(delay_ms=60), DoubleTalk()

    def cancel() -> None:
        for heard, said in frames:
            canceller.add(heard, said)

    def detect() -> None:
        for heard, said in frames:
            detector.add(heard, said)

    return {
        "canceller_and_detector": _percent_of_a_core(cancel, seconds),
        "detector": _percent_of_a_core(detect, seconds),
    }


def _percent_of_a_core(job: Callable[[], None], seconds: float) -> float:
    began = time.process_time()
    job()
    return 100 * (time.process_time() - began) / seconds
