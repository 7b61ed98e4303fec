"""The microphone and the loudspeaker of this machine.

The sound card lives in a process of its own: `sound_process` holds it (its docstring draws the
memory that the two share), `sound_link` starts and watches it, `sound_streams` turns the card's
rates and channels into the agent's. The card wakes us once per period; nothing polls.
"""

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from edgevoice.audio.chunk import LISTENING_RATE, AudioChunk
from edgevoice.errors import DeviceError
from edgevoice.transports.sound_link import CURE, SoundLink
from edgevoice.transports.sound_streams import Loudspeaker, Microphone, OpenedCard


@dataclass(frozen=True, slots=True)
class EchoSettings:
    """How the loudspeaker's echo is taken out of what the microphone hears.

    `delay_ms`: from the moment when the loudspeaker has a sound, by `heard`, until the microphone
    delivers it; 0: not measured. The others also take out steady noise, and even out loudness.
    """

    delay_ms: float = 0
    noise_suppression: bool = False
    automatic_gain: bool = False


class LocalTransport:
    """A `Transport` over PyAudio.

    `input_device`, `output_device`: the device's name, a part of it, or its place (`sound_places`);
    None: the system's default. `known`: what was open before (`familiar`).
    `listen` or `speak` False: do without a microphone (`chunks` ends at once) or a loudspeaker.
    `playback_rate`: hertz that we ask of the loudspeaker (chunks of every rate can be played).
    `period_ms`: how much sound moves at a time. `playback_buffer_ms`: where `play` starts to wait.
    `cancel_echo`: take the loudspeaker's echo out and tell of every chunk whether it is a `person`;
    needs both directions. `accept`: is told what was opened, and refuses it by a `DeviceError`.
    """

    def __init__(
        self,
        input_device: str | None = None,
        output_device: str | None = None,
        *,
        listen: bool = True,
        speak: bool = True,
        playback_rate: int = 22_050,
        period_ms: int = 20,
        playback_buffer_ms: int = 1_000,
        cancel_echo: EchoSettings | None = None,
        known: Mapping[str, dict[str, Any]] | None = None,
        accept: Callable[[Mapping[str, OpenedCard]], None] = lambda _: None,
    ) -> None:
        self.dropped = 0
        self._playback_buffer_ms = playback_buffer_ms
        self._accept = accept
        cards: dict[str, dict[str, Any]] = {}
        if listen:
            cards["input"] = {"device": input_device, "rate": LISTENING_RATE}
        if speak:
            cards["output"] = {"device": output_device, "rate": playback_rate}
        for direction, card in cards.items():
            card["known"] = (known or {}).get(direction)
        self._cleaned = cancel_echo is not None and listen and speak
        self._request = {
            "cards": cards,
            "period_ms": period_ms,
            "cancel_echo": asdict(cancel_echo) if cancel_echo else None,
        }
        self._heard = 0
        self._link: SoundLink | None = None
        self._microphone: Microphone | None = None
        self._loudspeaker: Loudspeaker | None = None

    @property
    def process_id(self) -> int | None:
        """The number of the process that holds the card, while there is one."""
        link = self._link
        return None if link is None or link.closed or link.failed else link.pid

    async def open(self) -> None:
        """Start the sound process, if it is not running.

        Raises `DeviceError` when no sound comes within 5 s.
        """
        if self.process_id is not None:
            return
        await self.aclose()  # what an accident has left
        self._link = link = SoundLink(self._request, self._on_period)
        try:
            cards = await link.opened()
            self._accept(cards)
        except BaseException:
            await link.close()
            raise
        self.dropped = self._heard = 0
        if "input" in cards:
            self._microphone = Microphone(link.shared, cards["input"], cleaned=self._cleaned)
        if "output" in cards:
            buffer_ms = self._playback_buffer_ms
            self._loudspeaker = Loudspeaker(link.shared, cards["output"], buffer_ms)

    async def chunks(self) -> AsyncIterator[AudioChunk]:
        """The microphone at 16 kHz. Raises `DeviceError` when the card has gone."""
        while self._link and self._microphone:
            try:
                for chunk in self._microphone.chunks():
                    self.dropped = self._microphone.dropped
                    yield chunk
                    if self._link.closed:
                        return
                await self._link.period()
            except DeviceError:
                await self.aclose()
                raise

    async def play(self, chunk: AudioChunk) -> None:
        """Queue `chunk`. Raises `DeviceError` when the card has gone."""
        if not (self._link and self._loudspeaker):
            raise DeviceError("The sound card is closed", CURE)
        self._loudspeaker.add(chunk)
        while not self._link.closed and self._loudspeaker.full:
            await self._link.period()

    async def played(self) -> None:
        """Return when all that was played has been heard, or the transport is closed.

        Raises `DeviceError` when the card has gone.
        """
        while self._link and self._loudspeaker and not self._loudspeaker.done:
            await self._link.period()

    def heard(self) -> int:
        """Samples heard since the last flush."""
        if self._loudspeaker:
            self._heard = self._loudspeaker.heard()
        return self._heard

    def flush(self) -> int:
        """Silence within a period, apart from what the sound system has already taken.

        Ends a `hold`.
        """
        heard = self._loudspeaker.flush() if self._loudspeaker else self._heard
        self._heard = 0
        return heard

    def hold(self) -> None:
        """Silence within a period, faded, apart from what the sound system has already taken.

        What is queued waits, and so does `play` when the queue is full; `heard` stands still.
        """
        if self._loudspeaker:
            self._loudspeaker.hold()

    def go_on(self) -> None:
        """End a `hold`: from the sample where it stopped, faded in."""
        if self._loudspeaker:
            self._loudspeaker.go_on()

    async def aclose(self) -> None:
        """End the sound process. May be called twice, and before `open`."""
        self.heard()
        self._microphone = self._loudspeaker = None
        if self._link:
            await self._link.close()

    def _on_period(self) -> None:
        if self._loudspeaker:
            self._loudspeaker.advance()
