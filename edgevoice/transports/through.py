"""A transport that stands before another one and lets everything through."""

from collections.abc import AsyncIterator

from edgevoice.audio.chunk import AudioChunk
from edgevoice.transports.base import Transport


class Through:
    """A `Transport`: all of `transport`, for those who change a part of it."""

    def __init__(self, transport: Transport) -> None:
        self.dropped = 0
        self._transport = transport

    async def open(self) -> None:
        """As the other's."""
        await self._transport.open()

    async def chunks(self) -> AsyncIterator[AudioChunk]:
        """As the other's; `dropped` keeps up with them."""
        async for chunk in self._transport.chunks():
            self.dropped = self._transport.dropped
            yield chunk

    async def play(self, chunk: AudioChunk) -> None:
        """As the other's."""
        await self._transport.play(chunk)

    def heard(self) -> int:
        """As the other's."""
        return self._transport.heard()

    def flush(self) -> int:
        """As the other's."""
        return self._transport.flush()

    def hold(self) -> None:
        """As the other's."""
        self._transport.hold()

    def go_on(self) -> None:
        """As the other's."""
        self._transport.go_on()

    async def aclose(self) -> None:
        """As the other's."""
        await self._transport.aclose()
