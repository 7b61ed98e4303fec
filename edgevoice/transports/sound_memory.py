"""The memory that the sound process and the agent share; `sound_process` draws it.

Imports nothing that is not part of Python: the sound process shall start quickly.
"""

import mmap

CAPTURED = 0  # the sound process: frames that the microphone has delivered
SERVED = 1  # the sound process: frames that the loudspeaker has asked for, silence included
TAKEN = 2  # the sound process: number of the next playback frame to be taken
IDLE = 3  # the sound process: frames of silence served since the last playback frame was taken
AHEAD = 4  # the sound process: frames served that have not sounded yet, by PortAudio's reckoning
QUEUED = 5  # the agent: playback frames written
FLUSHED = 6  # the agent: playback frames below this number must not sound any more
HELD = 7  # the agent: 1 while playback frames must wait, else 0
DROPPED = 8  # the sound process: samples at 16 kHz that were lost before their echo was cancelled
OVERFLOWS = 9  # the sound process: how often the microphone lost sound, by what PortAudio says
UNDERFLOWS = 10  # the sound process: how often the loudspeaker ran dry, by what PortAudio says
MOVED = 11  # the sound process: how often the canceller had to learn the way of the echo anew
COUNTERS = 12

RING_BYTES = 1 << 20
PERSON_BYTES = 1 << 13
MEMORY_BYTES = mmap.PAGESIZE + 2 * RING_BYTES + PERSON_BYTES

FRAME = 160
"""Samples of cleaned sound that one value in the person ring is about: 10 ms at 16 kHz."""
CERTAIN = 32_767
"""The value in the person ring that stands for 1."""


class Ring:
    """Frames of interleaved 16-bit samples, found by their number; keeps the last `frames`."""

    def __init__(self, memory: memoryview, channels: int) -> None:
        self.channels = channels
        self.frame_bytes = 2 * channels
        self.frames = len(memory) // self.frame_bytes
        self._memory = memory[: self.frames * self.frame_bytes]

    def put(self, number: int, data: bytes) -> None:
        """Write `data` from frame `number` on."""
        at = number % self.frames * self.frame_bytes
        head = min(len(data), len(self._memory) - at)
        self._memory[at : at + head] = data[:head]
        self._memory[: len(data) - head] = data[head:]

    def get(self, number: int, frames: int) -> bytes:
        """`frames` frames from frame `number` on."""
        at = number % self.frames * self.frame_bytes
        end = at + frames * self.frame_bytes
        return bytes(self._memory[at:end]) + bytes(self._memory[: max(0, end - len(self._memory))])


class SharedSound:
    """The shared memory, taken apart: `counters` (see above) and the rings' memory.

    `descriptor`: of the memory; -1: memory of one's own, shared with nobody.
    """

    def __init__(self, descriptor: int = -1) -> None:
        memory = memoryview(mmap.mmap(descriptor, MEMORY_BYTES))
        self.counters = memory[: 8 * COUNTERS].cast("q")
        self.microphone = memory[mmap.PAGESIZE :][:RING_BYTES]
        self.playback = memory[mmap.PAGESIZE + RING_BYTES :][:RING_BYTES]
        self.person = memory[mmap.PAGESIZE + 2 * RING_BYTES :]
