"""Handing a transport on."""

from collections.abc import AsyncIterator
from random import Random

import numpy as np

from edgevoice.audio.chunk import AudioChunk
from edgevoice.testing import run_virtual
from edgevoice.transports.caller import Caller, Line
from edgevoice.transports.relay import Relay
from tests.talk import clip


async def read(chunks: AsyncIterator[AudioChunk]) -> list[AudioChunk]:
    return [chunk async for chunk in chunks]


def test_each_reader_goes_on_where_the_last_one_left() -> None:
    async def scene() -> None:
        relay = Relay(Caller([Line(clip(900), None)], patience_s=2))
        chance = Random(1)
        readers = []
        while not relay.ended:
            relay.handing_on = lambda: chance.random() < 0.3
            readers.append(await read(relay.chunks()))
        whole = await read(Caller([Line(clip(900), None)], patience_s=2).chunks())
        assert len(readers) > 10
        together = [chunk for reader in readers for chunk in reader]
        assert [chunk.start for chunk in together] == [chunk.start for chunk in whole]
        for one, other in zip(together, whole, strict=True):
            np.testing.assert_array_equal(one.pcm, other.pcm)

    run_virtual(scene())


def test_what_the_transport_loses_is_told() -> None:
    class Lossy(Caller):
        async def chunks(self) -> AsyncIterator[AudioChunk]:
            async for chunk in super().chunks():
                self.dropped += 1
                yield chunk

    async def scene() -> None:
        relay = Relay(Lossy([], patience_s=1))
        chunks = await read(relay.chunks())
        assert relay.dropped == len(chunks) > 0
        assert await read(relay.chunks()) == []

    run_virtual(scene())
