"""What is between us and a person in `run`: this machine's devices, and the echo between them.

Both may change while we talk. A device that was unplugged is found again; after a while another one
is taken for it (`familiar`), and what was measured about the echo of the first two says nothing
about that: how we live with the echo is decided anew, as it was at the start.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from edgevoice.audio.tone import Earcon, earcons
from edgevoice.config import Config
from edgevoice.duplex import Devices, Duplex
from edgevoice.errors import DeviceError
from edgevoice.room import Room, room_between
from edgevoice.transports.familiar import Familiar, Wanted
from edgevoice.transports.local import EchoSettings, LocalTransport
from edgevoice.transports.reviving import RevivingTransport
from edgevoice.transports.sound_streams import OpenedCard

log = logging.getLogger(__name__)

AWAY = "the sound card is away: looking for it"


class LivesWithEcho(Protocol):
    """Who has to know when the echo is another one (`Agent.live_with`)."""

    def __call__(self, *, half_duplex: bool, echo_delay: int) -> None: ...


class Air:
    """The devices, not yet open, as one `transport`.

    `room`: how we live with their echo at first. `rate`: hertz of the replies. `on_change`: is told
    whether the devices are away, and what a person should know of them, if anything.

    When they come back, they are heard to: by the tone of a microphone that is open again.
    """

    def __init__(
        self, config: Config, room: Room, rate: int, on_change: Callable[[bool, str], None]
    ) -> None:
        audio = config.audio
        self.room = room
        self._audio = audio
        self._rate = rate
        self._on_change = on_change
        self._tell: LivesWithEcho | None = None
        self._familiar = Familiar(Wanted(audio.input_device, audio.output_device))
        self._first: Echoing | None = None
        self._present: Echoing | None = None
        self._news = ""
        self.transport = RevivingTransport(
            self._devices,
            buffer_ms=audio.playback_buffer_ms,
            greeting=earcons(rate)[Earcon.UNMUTED] if config.signals.earcons else None,
            on_change=self._changed,
        )

    def tell(self, who: LivesWithEcho) -> None:
        """Whom to tell how to live with the echo: now, and when it is another one."""
        self._tell = who
        self._tell_echo()

    def _devices(self) -> LocalTransport:
        audio = self._audio
        cancel = EchoSettings(self.room.delay_ms, audio.noise_suppression, audio.automatic_gain)
        return LocalTransport(
            audio.input_device,
            audio.output_device,
            playback_rate=self._rate,
            period_ms=audio.period_ms,
            playback_buffer_ms=audio.playback_buffer_ms,
            cancel_echo=cancel if self.room.duplex is Duplex.CANCEL else None,
            known=self._familiar.known(),
            accept=self._accept,
        )

    def _accept(self, cards: Mapping[str, OpenedCard]) -> None:
        """Raises `DeviceError` where they must be opened again to live with their echo."""
        echoing = Echoing.between(cards)
        if self._first is None:
            self._first = self._present = echoing
        elif echoing != self._present:
            self._present, before = echoing, self.room
            self.room = self._room_of(echoing)
            self._tell_echo()
            if self._cancels(before) != self._cancels(self.room):
                raise DeviceError("The echo is another one now", "The devices are opened again.")
        self._news = self._familiar.opened(cards)
        if self._news:
            log.warning("%s; %s: %s", self._news, self.room.duplex.value, self.room.reason)

    def _tell_echo(self) -> None:
        if self._tell:
            self._tell(half_duplex=self.room.half_duplex, echo_delay=self.room.echo_delay)

    def _room_of(self, echoing: "Echoing") -> Room:
        room = room_between(self._audio.duplex, echoing.devices)
        if self._first and echoing.rates != self._first.rates:  # other buffers: another delay
            return Room(room.duplex, room.reason, 0)
        return room

    def _cancels(self, room: Room) -> float | None:
        """What of `room` the sound process has to know."""
        return room.delay_ms if room.duplex is Duplex.CANCEL else None

    def _changed(self, away: bool) -> None:
        self._on_change(away, AWAY if away else self._news)


@dataclass(frozen=True, slots=True)
class Echoing:
    """What an echo depends on, as far as we see it: the devices, and their hertz."""

    devices: Devices
    rates: tuple[int, ...]

    @classmethod
    def between(cls, cards: Mapping[str, OpenedCard]) -> "Echoing":
        """Of devices that have been opened, the microphone first."""
        microphone, loudspeaker = cards["input"], cards["output"]
        return cls(Devices(microphone.name, loudspeaker.name), (microphone.rate, loudspeaker.rate))
