"""What the tests of the real `LocalTransport` share: scenes that end, whatever happens."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Coroutine
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from edgevoice.audio.chunk import AudioChunk, Samples
from edgevoice.errors import DeviceError
from edgevoice.transports.base import Transport
from edgevoice.transports.local import LocalTransport


def run(scene: Coroutine[Any, Any, None]) -> None:
    async def bounded() -> None:
        async with asyncio.timeout(30):
            await scene

    asyncio.run(bounded())


@contextlib.asynccontextmanager
async def opened(**options: Any) -> AsyncIterator[LocalTransport]:
    transport = LocalTransport(**options)
    await transport.open()
    try:
        yield transport
    finally:
        await transport.aclose()


@contextlib.asynccontextmanager
async def listening(transport: Transport) -> AsyncIterator[list[AudioChunk]]:
    """Somebody reads the microphone meanwhile, as the agent does; what has been heard so far."""
    chunks: list[AudioChunk] = []

    async def read() -> None:
        async for chunk in transport.chunks():
            chunks.extend([chunk])

    reader = asyncio.create_task(read())
    try:
        yield chunks
    finally:
        await transport.aclose()
        await reader


async def hear(transport: Transport, samples: int) -> Samples:
    pieces: list[Samples] = []
    async for chunk in transport.chunks():
        pieces.append(chunk.pcm)
        if sum(map(len, pieces)) >= samples:
            break
    return np.concatenate([np.zeros(0, np.int16), *pieces])


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def refused(**options: Any) -> str:
    """What `open` says; and it leaves nothing behind."""

    async def scene() -> str:
        transport = LocalTransport(**options)
        files = open_files()
        with pytest.raises(DeviceError) as caught:
            await transport.open()
        assert transport.process_id is None
        assert open_files() == files
        await transport.aclose()
        return str(caught.value)

    return asyncio.run(scene())
