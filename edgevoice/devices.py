"""What the sound cards of this machine are, how loud they hear, and a tone to try them with."""

import json
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass

import numpy as np

from edgevoice.audio.chunk import AudioChunk, Framer, samples_of
from edgevoice.audio.level import dbfs
from edgevoice.errors import DeviceError
from edgevoice.transports import sound_process
from edgevoice.transports.base import Transport
from edgevoice.transports.local import LocalTransport
from edgevoice.transports.sound_link import environment

LIST_SECONDS = 10.0
LEVEL_MS = 100

CHIME = ((659.26, 0.0), (880.0, 0.22))
"""Hertz and starting second of the test tone's notes: E5, then A5."""

CHIME_SECONDS = 0.9


@dataclass(frozen=True, slots=True)
class Device:
    """One device as PortAudio knows it.

    `max_inputs` and `max_outputs` are channels: 0 means that it cannot record, or play.
    `default_rate`: hertz. `places`: where it is plugged in, as the settings may say it; none for
    what is no single card.
    """

    name: str
    host_api: str
    max_inputs: int
    max_outputs: int
    default_rate: int
    is_default_input: bool
    is_default_output: bool
    places: tuple[str, ...] = ()


def list_devices() -> list[Device]:
    """All devices of this machine; asked for in a process of its own, as PortAudio may hang.

    Raises `DeviceError` when there is no answer within 10 s, or no PyAudio.
    """
    command = [sys.executable, "-P", sound_process.__file__, "list"]
    try:
        answer = subprocess.run(
            command,
            env=environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=LIST_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise DeviceError(
            f"The sound system did not answer within {LIST_SECONDS:.0f} seconds",
            "Unplug sound devices that hang, and try again.",
        ) from None
    if answer.returncode == sound_process.NO_PYAUDIO:
        raise DeviceError("PyAudio is not installed", sound_process.SETUP_CURE)
    if answer.returncode:
        raise DeviceError(
            "The sound system broke down when it was asked for its devices",
            "Check that `arecord -l` works.",
        )
    return [
        Device(
            name=about["name"],
            host_api=about["api"],
            max_inputs=about["maxInputChannels"],
            max_outputs=about["maxOutputChannels"],
            default_rate=round(about["defaultSampleRate"]),
            is_default_input="input" in about["default"],
            is_default_output="output" in about["default"],
            places=tuple(about["places"]),
        )
        for about in json.loads(answer.stdout)
    ]


async def level(transport: Transport) -> AsyncIterator[float]:
    """How loud an open transport's microphone hears: ten values a second, in dBFS.

    0 is a square wave at full scale; speech at arm's length is mostly between -40 and -20; digital
    silence is -96.
    """
    framer = Framer(samples_of(LEVEL_MS))
    async for chunk in transport.chunks():
        for frame in framer.add(chunk):
            yield dbfs(frame.pcm)


async def play_aloud(chunk: AudioChunk, output_device: str | None = None) -> None:
    """Play `chunk` through the loudspeaker, and return when it has been heard.

    Raises `DeviceError`. Needs no microphone.
    """
    loudspeaker = LocalTransport(None, output_device, listen=False, playback_rate=chunk.rate)
    try:
        await loudspeaker.open()
        await loudspeaker.play(chunk)
        await loudspeaker.played()
    finally:
        await loudspeaker.aclose()


def test_tone(rate: int) -> AudioChunk:
    """A soft chime of two notes, just under a second, at `rate` hertz."""
    time = np.arange(round(CHIME_SECONDS * rate)) / rate
    sound = np.zeros(len(time))
    for hertz, start in CHIME:
        since = np.clip(time - start, 0, None)
        swell = np.minimum(since / 0.01, 1) * np.exp(-since / 0.18)
        sound += swell * np.sin(2 * np.pi * hertz * since)
    sound *= np.clip((CHIME_SECONDS - time) / 0.05, 0, 1)
    return AudioChunk(np.rint(6_000 * sound).astype(np.int16), rate)
