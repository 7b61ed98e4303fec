"""Real sound processes, killed, and a real sound system that goes and comes back."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import numpy as np
import pytest

from edgevoice.audio.chunk import AudioChunk
from edgevoice.transports.local import LocalTransport
from edgevoice.transports.reviving import RevivingTransport
from tests.pulse import SoundCard
from tests.transports.scene import listening, run

pytestmark = pytest.mark.sound

SOON_S = 3.0
"""From the device's being back until it is heard again."""


class Devices:
    """Makes local devices, and remembers them."""

    def __init__(self) -> None:
        self.made: list[LocalTransport] = []

    def __call__(self) -> LocalTransport:
        self.made.append(LocalTransport())
        return self.made[-1]

    def send(self, number: signal.Signals) -> None:
        """To the process that holds the card."""
        pid = self.made[-1].process_id
        assert pid is not None
        os.kill(pid, number)


@asynccontextmanager
async def reviving(devices: Devices) -> AsyncIterator[tuple[RevivingTransport, list[AudioChunk]]]:
    transport = RevivingTransport(devices)
    await transport.open()
    try:
        async with listening(transport) as chunks:
            yield transport, chunks
    finally:
        await transport.aclose()


async def until(true: Callable[[], bool]) -> float:
    """Seconds until it is true."""
    begin = time.monotonic()
    while not true():
        await asyncio.sleep(0.01)
    return time.monotonic() - begin


def contiguous(chunks: list[AudioChunk]) -> bool:
    starts = [0, *(chunk.end for chunk in chunks[:-1])]
    return [chunk.start for chunk in chunks] == starts


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV, signal.SIGSTOP])
def test_a_sound_process_that_dies_or_hangs_is_replaced(
    card: SoundCard, number: signal.Signals
) -> None:
    """And the reply that it cut off is heard to its end."""

    async def scene() -> None:
        devices = Devices()
        async with reviving(devices) as (transport, chunks):
            reply = asyncio.create_task(
                transport.play(AudioChunk(np.full(24_000, 5_000, np.int16), 16_000))
            )
            await until(lambda: transport.heard() > 4_000)
            begin, at = time.monotonic(), chunks[-1].end
            devices.send(number)
            await until(lambda: transport.away)
            assert await until(lambda: not transport.away) < SOON_S
            assert transport.heard() < 20_000
            await reply
            await until(lambda: transport.heard() == 24_000)
            passed = (time.monotonic() - begin) * 16_000
            assert chunks[-1].end - at == pytest.approx(passed, abs=16_000 * 0.5)
            assert contiguous(chunks)
            assert transport.dropped > 0

    run(scene())


def test_a_sound_system_that_went_away_is_found_again(card: SoundCard) -> None:
    async def scene() -> None:
        devices = Devices()
        async with reviving(devices) as (transport, chunks):
            await until(lambda: len(chunks) > 10)
            card.kill()
            await until(lambda: transport.away)
            await until(lambda: len(devices.made) > 4)
            assert transport.away
            card.restart()
            assert await until(lambda: not transport.away) < SOON_S
            before = len(chunks)
            await until(lambda: len(chunks) > before + 50)
            assert not transport.away
            assert contiguous(chunks)

    run(scene())
