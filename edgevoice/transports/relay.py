"""A transport that is handed on: those who converse over it take turns, and it never closes."""

from collections.abc import AsyncIterator, Callable

from edgevoice.audio.chunk import AudioChunk
from edgevoice.transports.base import Transport
from edgevoice.transports.through import Through


class Relay(Through):
    """A `Transport`, which is open, for several who read its chunks one after the other.

    Each of them gets `chunks` that end when `handing_on` says so, or when the transport does. The
    next one's go on where they ended: no sample is lost, and none comes twice.
    """

    def __init__(self, transport: Transport) -> None:
        super().__init__(transport)
        self.handing_on: Callable[[], bool] = lambda: False
        """Whether the present reader has read enough; asked when it has dealt with a chunk."""
        self.ended = False
        """Whether it was the transport that ended."""
        self._source = transport.chunks()

    async def open(self) -> None:
        """Nothing to do: it is open."""

    async def chunks(self) -> AsyncIterator[AudioChunk]:
        """The person's side, from where the last reader has left."""
        while not self.handing_on():
            try:
                chunk = await anext(self._source)
            except StopAsyncIteration:
                self.ended = True
                return
            self.dropped = self._transport.dropped
            yield chunk
