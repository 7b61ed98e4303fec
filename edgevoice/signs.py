"""Shows a person what we are doing: a light, and the tones that go with it.

Tones are played between replies, over the same transport. It counts what it plays until the next
flush, so these samples are told from those of a reply.
"""

from collections import deque
from collections.abc import Mapping

from edgevoice.audio.chunk import AudioChunk
from edgevoice.audio.tone import Earcon
from edgevoice.dialog.attention import Attending
from edgevoice.dialog.states import State
from edgevoice.signals import Led, Phase, earcon_for, phase_of
from edgevoice.transports.base import Transport

MOST = 4
"""Tones that may wait. More than that nobody could follow."""


class Signs:
    """The light and the tones of one conversation."""

    def __init__(
        self, led: Led, earcons: Mapping[Earcon, AudioChunk], transport: Transport
    ) -> None:
        """`earcons`: at the rate of the replies; those that are not there are not played."""
        self._led = led
        self._sounds = earcons
        self._transport = transport
        self._phase = Phase.STARTING
        self._waiting: deque[Earcon] = deque(maxlen=MOST)
        self.lead = 0
        """Samples of tones that were played since the transport was flushed."""

    def take_over(self, before: "Signs") -> None:
        """Go on where `before` has come to."""
        self._phase, self._waiting, self.lead = before._phase, before._waiting, before.lead

    def show(self, state: State, attending: Attending, failed: bool) -> None:
        """This is what we are doing now; `failed`: the reply has."""
        before, self._phase = self._phase, phase_of(state, attending, failed)
        if self._phase is not before:
            self._led.show(self._phase)
            if earcon := earcon_for(before, self._phase):
                self._waiting.append(earcon)

    def say(self, earcon: Earcon) -> None:
        """Play `earcon` as soon as it disturbs nothing."""
        self._waiting.append(earcon)

    async def play(self) -> bool:
        """Play what waits; answers whether there was anything. Nothing else may be playing."""
        lead = self.lead
        while self._waiting:
            sound = self._sounds.get(self._waiting.popleft())
            if sound:
                self.lead += len(sound.pcm)
                await self._transport.play(sound)  # little is queued, so this does not wait
        return self.lead > lead

    def flushed(self) -> None:
        """The transport counts from 0 again."""
        self.lead = 0
