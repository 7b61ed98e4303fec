"""A sound card that is a function call away: the rings, and PortAudio's part played by hand."""

import os

import numpy as np

from edgevoice.audio.chunk import Samples
from edgevoice.transports import sound_process
from edgevoice.transports.sound_cards import PA_CONTINUE
from edgevoice.transports.sound_memory import MEMORY_BYTES, SharedSound
from edgevoice.transports.sound_process import nothing
from edgevoice.transports.sound_streams import OpenedCard

PERIOD = 20
"""Frames, and a small number on purpose: a card of 1000 Hz."""


def shared_sound() -> SharedSound:
    memory = os.memfd_create("test")
    try:
        os.ftruncate(memory, MEMORY_BYTES)
        return SharedSound(memory)
    finally:
        os.close(memory)


def counted(samples: int, first: int = 1) -> Samples:
    """No two neighbours are equal, and none is silent."""
    return (np.arange(first, first + samples) % 30_000 + 1).astype(np.int16)


class Card:
    """What PortAudio does, by hand: `play` a period, `hear` some sound."""

    def __init__(self, rate: int = 1_000, channels: int = 1, delay_s: float = 0.0) -> None:
        self.shared = shared_sound()
        self.opened = OpenedCard("test", rate, channels)
        self.played: Samples = np.zeros(0, np.int16)
        self._delay = delay_s
        self._playback = sound_process.playback(self.shared, nothing, None, channels, rate)
        self._capture = sound_process.capture(self.shared, nothing, channels, rate)

    def play(self, frames: int = PERIOD) -> Samples:
        """One period of the loudspeaker, its first channel."""
        time = {"current_time": 5.0, "output_buffer_dac_time": 5.0 + self._delay}
        raw, go_on = self._playback(None, frames, time, 0)
        assert raw is not None
        assert go_on == PA_CONTINUE
        period = np.frombuffer(raw, np.int16).reshape(frames, self.opened.channels)
        assert (period == period[:, :1]).all()
        self.played = np.concatenate([self.played, period[:, 0]])
        return period[:, 0]

    def hear(self, pcm: Samples) -> None:
        frames = np.repeat(pcm, self.opened.channels)
        self._capture(frames.tobytes(), len(pcm), None, 0)
