"""Measuring the echo of real devices: plays `echo_check`'s sound and listens to what comes back.

Nothing of what is recorded is kept.
"""

import asyncio
import statistics
from collections.abc import Sequence
from datetime import date

import numpy as np

from edgevoice.audio.chunk import LISTENING_RATE, AudioChunk, Samples
from edgevoice.audio.echo import FRAME, aec3
from edgevoice.duplex import Measured, choose
from edgevoice.echo_check import estimate, probe
from edgevoice.errors import DeviceError
from edgevoice.transports.base import Transport


async def try_echo(transport: Transport) -> Measured:
    """Measure the echo of an open transport, which nobody else uses; takes ten seconds.

    Raises `DeviceError` when a device goes away, or the microphone delivers nothing; `ModelError`,
    before anything is heard, without the canceller.
    """
    aec3(0)
    sound = probe()
    recorded = await record_while_playing(transport, sound)
    echo = await asyncio.to_thread(estimate, sound, recorded, cancelled)
    duplex, reason = choose(echo)
    return Measured(echo, duplex, reason, date.today())


async def record_while_playing(transport: Transport, sound: Samples) -> Samples:
    """Play `sound` (16 kHz, shape `[n]`); answers what the microphone heard, from the moment on
    when the loudspeaker had the first sample; shape `[n]`.

    That moment is only known from the transport's `heard`, which moves in periods: it is the
    median of what each of them says.
    """
    pieces: list[Samples] = []
    starts: list[int] = []
    player = asyncio.ensure_future(transport.play(AudioChunk(sound, LISTENING_RATE)))
    try:
        async for chunk in transport.chunks():
            pieces.append(chunk.pcm)
            heard = transport.heard()
            if 0 < heard < len(sound):
                starts.append(chunk.end - heard)
            if starts and chunk.end >= starts[0] + len(sound) and heard == len(sound):
                break
        await player
    finally:
        player.cancel()
    return _from(pieces, starts)[: len(sound)]


def _from(pieces: Sequence[Samples], starts: Sequence[int]) -> Samples:
    if not starts:
        raise DeviceError(
            "The loudspeaker played nothing", "Try it with `edgevoice devices --tone`."
        )
    start = round(statistics.median(starts))
    return np.pad(np.concatenate(pieces), (max(0, -start), 0))[max(0, start) :]


def cancelled(microphone: Samples, loudspeaker: Samples, delay_ms: float) -> Samples:
    """`microphone` without the echo of `loudspeaker`; all 16 kHz, shape `[n]`.

    What does not fill a last frame is left off. It is AEC3 alone: what we let through for a
    person's sake would count against it. Raises `ModelError` without it.
    """
    canceller = aec3(delay_ms)
    whole = len(microphone) - len(microphone) % FRAME
    frames = [slice(at, at + FRAME) for at in range(0, whole, FRAME)]
    return np.concatenate([canceller.process(microphone[at], loudspeaker[at]) for at in frames])
