"""What the agent expects of a transport."""

from collections.abc import AsyncIterator
from typing import Protocol

from edgevoice.audio.chunk import AudioChunk


class Transport(Protocol):
    """A microphone and a loudspeaker, or what stands in for them.

    The stream of `chunks` is the conversation's clock: it is contiguous from sample 0 at 16 kHz
    and keeps running, silence included, while the transport is open. What has been lost (the
    microphone outran us) is counted in `dropped` and filled with silence, so that the clock stays
    true.

    Playback counts *heard* samples, at the rate of the chunks that were played, from the last
    `flush` on: queued but not yet sounded does not count. All chunks between two flushes have one
    rate.
    """

    dropped: int
    """Microphone samples lost since the transport was opened, at 16 kHz."""

    async def open(self) -> None:
        """Start the clock. Raises `DeviceError` when there is no such device."""
        ...

    def chunks(self) -> AsyncIterator[AudioChunk]:
        """The person's side, at 16 kHz, in pieces of about 20 ms; ends when the transport does."""
        ...

    async def play(self, chunk: AudioChunk) -> None:
        """Queue `chunk`; waits while the queue is full (a second or so of sound)."""
        ...

    def heard(self) -> int:
        """Samples heard since the last flush."""
        ...

    def flush(self) -> int:
        """Silence, now: drop what is queued, answer how much was heard, count from 0 again."""
        ...

    def hold(self) -> None:
        """Silence within a period, keeping what is queued; a flush ends it as well."""
        ...

    def go_on(self) -> None:
        """After `hold`: sound again, from where it stopped."""
        ...

    async def aclose(self) -> None:
        """Release the device. May be called twice."""
        ...
