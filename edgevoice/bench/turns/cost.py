"""What listening while speaking costs."""

import time
from collections.abc import Callable

import numpy as np

from edgevoice.audio.chunk import LISTENING_RATE, AudioChunk, Framer
from edgevoice.audio.double_talk import DoubleTalk
from edgevoice.audio.echo import FRAME, EchoCanceller
from edgevoice.audio.floor import NoiseFloor
from edgevoice.audio.resample import to_int16
from edgevoice.bench.turns.rooms import Room, impulse
from edgevoice.bench.turns.story import STORY, TELLER, spoken


def cost_figures(seconds: int = 20) -> dict[str, float]:
    """Processor time for a second of sound, in percent of one core, while the agent speaks.

    `canceller` has the detector of double talk in it, `detector`; the rest is the level floor.
    """
    story = np.concatenate([spoken(sentence, TELLER) for sentence in STORY[:8]])
    played = np.resize(story, seconds * LISTENING_RATE)
    microphone = to_int16(Room(impulse(60, -10)).add(played).astype(np.float32))
    starts = range(0, len(microphone) - FRAME + 1, FRAME)
    frames = [(microphone[at : at + FRAME], played[at : at + FRAME]) for at in starts]
    vad_frames = list(Framer(512).add(AudioChunk(microphone, LISTENING_RATE)))
    canceller, detector, floor = EchoCanceller(delay_ms=60), DoubleTalk(), NoiseFloor()

    def cancel() -> None:
        for heard, said in frames:
            canceller.add(heard, said)

    def detect() -> None:
        for heard, said in frames:
            detector.add(heard, said)

    def compare() -> None:
        for frame in vad_frames:
            floor.add(frame.pcm)

    jobs = {"canceller": cancel, "detector": detect, "floor": compare}
    parts = {name: _percent_of_a_core(job, seconds) for name, job in jobs.items()}
    return {"canceller_and_detectors": parts["canceller"] + parts["floor"], **parts}


def _percent_of_a_core(job: Callable[[], None], seconds: float) -> float:
    began = time.process_time()
    job()
    return 100 * (time.process_time() - began) / seconds
