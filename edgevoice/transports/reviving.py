"""A microphone and a loudspeaker that come back.

    agent ◀── chunks, silence while it is away ── RevivingTransport ◀── LocalTransport, one after
          ─── play, hold, flush ───────────────▶                    ──▶ another

Devices are unplugged, hang, change their rate, are taken by another program. `LocalTransport`
answers with a `DeviceError`, at once or within three seconds; here the conversation outlives it:

- The stream of chunks goes on: silence, as long as the device is away, by a monotonic clock.
- A new sound process is started, again and again, until one works; it finds the device by its name
  or place. One that hangs is ended: how long an opening may take goes by what the first one took.
- What was queued and had not been heard is kept, as in a `hold`, and is heard when there is a
  loudspeaker again: a reply that is cut off ends some time, and is not taken for heard before.
  (After long the agent flushes it: somebody else may be there by then.)
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress

import numpy as np

from edgevoice.audio.chunk import LISTENING_RATE, AudioChunk
from edgevoice.errors import DeviceError
from edgevoice.transports.backoff import FIRST_TRIES, Backoff, patience
from edgevoice.transports.base import Transport
from edgevoice.transports.unheard import Unheard

log = logging.getLogger(__name__)

PIECE_S = 0.020
PIECE = round(PIECE_S * LISTENING_RATE)


class RevivingTransport:
    """A `Transport` over devices that fail.

    `device`: makes a transport that opens the devices afresh. `buffer_ms`: where `play` starts to
    wait. `greeting`: is heard when the devices are back, before anything else; at the rate of what
    is played. `on_change`: is told when they are lost (True) and when they are back (False).
    `clock`: monotonic seconds.

    Devices that fail are noticed and replaced while somebody reads the `chunks`.
    """

    def __init__(
        self,
        device: Callable[[], Transport],
        *,
        buffer_ms: int = 1_000,
        greeting: AudioChunk | None = None,
        on_change: Callable[[bool], None] = lambda _: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.dropped = 0
        self.looked = 0
        """How often a device was looked for in vain; not where we could not even look."""
        self._make = device
        self._buffer_ms = buffer_ms
        self._greeting = greeting
        self._on_change = on_change
        self._clock = clock
        self._device: Transport | None = None
        self._reviving: asyncio.Task[None] | None = None
        self._closed = True
        self._changed = asyncio.Event()
        self._backoff = Backoff()
        self._opened_at = 0.0
        self._first_s = 0.0  # what the first opening took
        self._hung = 0  # openings in a row that were given up
        self._next = 0
        self._since = 0.0  # when sample `_next` was due
        self._lost = 0  # of `dropped`, what the present device does not count
        self._begin()

    def _begin(self) -> None:
        """Playback since the last flush: there is none."""
        self._unheard = Unheard()
        self._before = 0  # samples heard over devices that have failed since
        self._lead = 0  # samples that this device plays first and that are not the agent's
        self._held = False

    @property
    def away(self) -> bool:
        """Whether there is no device at present: what the chunks say is silence is not heard."""
        return self._device is None

    async def open(self) -> None:
        """Open the devices for the first time, in a few tries.

        Raises `DeviceError` if they do not work.
        """
        for _ in range(FIRST_TRIES - 1):
            begun = self._clock()
            with suppress(DeviceError):
                device = await self._fresh()
                break
            await asyncio.sleep(self._backoff.failed())
        else:
            begun = self._clock()
            device = await self._fresh()
        self._first_s = self._clock() - begun
        self._closed = False
        self.dropped = self._next = self._lost = 0
        self._begin()
        self._use(device)
        self._since = self._opened_at

    async def chunks(self) -> AsyncIterator[AudioChunk]:
        """The microphone at 16 kHz, or silence in its place, until the transport is closed."""
        while not self._closed:
            if self._device:
                first, self._lost = self._next, self.dropped
                try:
                    async for chunk in self._device.chunks():
                        self.dropped = self._lost + self._device.dropped
                        yield self._dated(chunk, first)
                except DeviceError as error:
                    self._lose(error)
                else:
                    return
            else:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._changed.wait(), PIECE_S)
                if self._closed:
                    return
                if self._reviving and self._reviving.done():
                    self._reviving.result()  # raises what must not be kept to itself
                for silence in self._silence():
                    yield silence

    async def play(self, chunk: AudioChunk) -> None:
        """Queue `chunk`; waits while the queue is full, with a device or without."""
        queue = self._unheard
        queue.add(chunk)
        if self._device:
            with suppress(DeviceError):  # then it waits with the rest
                await self._device.play(chunk)
                return
        while self._unheard is queue and not self._closed and queue.milliseconds > self._buffer_ms:
            await self._changed.wait()

    def heard(self) -> int:
        """Samples heard since the last flush, over however many devices."""
        return self._before + (self._own(self._device.heard()) if self._device else 0)

    def flush(self) -> int:
        """Silence, now, and nothing is kept; answers how much was heard."""
        heard = self._before + (self._own(self._device.flush()) if self._device else 0)
        self._begin()
        self._wake()
        return heard

    def hold(self) -> None:
        """Silence, and everything waits, also for a device that is away."""
        self._held = True
        if self._device:
            self._device.hold()

    def go_on(self) -> None:
        """End a `hold`."""
        self._held = False
        if self._device:
            self._device.go_on()

    async def aclose(self) -> None:
        """Release the devices, and look for them no more. May be called twice."""
        self._closed = True
        self._wake()
        if self._reviving:
            self._reviving.cancel()
            with suppress(asyncio.CancelledError):
                await self._reviving
        if self._device:
            await self._device.aclose()

    def _use(self, device: Transport) -> None:
        self._device = device
        self._opened_at = self._clock()

    def _own(self, heard: int) -> int:
        """Of so many samples that the device has played, those that the agent gave us."""
        return max(0, heard - self._lead)

    def _dated(self, chunk: AudioChunk, first: int) -> AudioChunk:
        """`chunk`, of a device whose sample 0 is our sample `first`."""
        dated = AudioChunk(chunk.pcm, chunk.rate, first + chunk.start, chunk.person)
        self._next, self._since = dated.end, self._clock()
        self._unheard.heard(self.heard())
        self._wake()
        return dated

    def _silence(self) -> Iterator[AudioChunk]:
        """What the microphone would have delivered by now, in whole pieces."""
        while self._clock() - self._since >= PIECE_S:
            silence = AudioChunk(np.zeros(PIECE, np.int16), LISTENING_RATE, self._next)
            self._next += PIECE
            self.dropped += PIECE
            self._since += PIECE_S
            yield silence

    def _lose(self, error: DeviceError) -> None:
        log.warning("the sound is gone: %s; looking for it", error.what)
        self._before = self.heard()
        self._unheard.heard(self._before)
        self._device, self._lead = None, 0
        self._on_change(True)
        self._reviving = asyncio.create_task(self._revive(self._clock() - self._opened_at))

    async def _revive(self, worked_s: float) -> None:
        """Try until there is a device, and let it play what is left."""
        lost_at = self._clock()
        await asyncio.sleep(self._backoff.failed(worked_s))
        while (device := await self._opened()) is None:
            delay = self._backoff.failed()
            await asyncio.sleep(0 if self._hung else delay)  # a hang was long enough
        self._use_again(device)
        log.warning("the sound is back after %.1f s", self._clock() - lost_at)
        # Together, in one call: nothing that is played from now on comes before it.
        owed = [chunk for chunk in (self._greeting, self._unheard.rest()) if chunk]
        if owed:
            pcm = np.concatenate([chunk.pcm for chunk in owed])
            with suppress(DeviceError):  # whoever reads the chunks hears of it too
                await device.play(AudioChunk(pcm, owed[0].rate))

    async def _opened(self) -> Transport | None:
        try:
            async with asyncio.timeout(patience(self._first_s, self._hung)):
                device = await self._fresh()
        except TimeoutError:
            log.debug("the sound is still gone: opening it hangs")
            self._hung += 1
            self.looked += 1
            return None
        except DeviceError as error:
            log.debug("the sound is still gone: %s", error)
            self._hung = 0
            self.looked += 1
            return None
        except OSError as error:  # no memory, no process: these pass as well
            log.debug("the sound cannot be looked for: %s", error)
            return None
        self._hung = 0
        return device

    async def _fresh(self) -> Transport:
        device = self._make()
        await device.open()
        return device

    def _use_again(self, device: Transport) -> None:
        self._use(device)
        if self._held:
            device.hold()
        self._lead = len(self._greeting.pcm) if self._greeting else 0
        self._on_change(False)
        self._wake()

    def _wake(self) -> None:
        """Wake whoever waits now; who comes later waits for the next time."""
        self._changed.set()
        self._changed.clear()
