"""Where `run` holds its conversation: this machine's devices, and the hands that reach into it."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from edgevoice.app import Surroundings
from edgevoice.audio.chunk import samples_of
from edgevoice.audio.tone import Earcon, earcons
from edgevoice.buttons import GpioButton, TerminalKeys
from edgevoice.config import Config
from edgevoice.control import Asked, ControlSocket, socket_path
from edgevoice.conversation import Conversation
from edgevoice.devices import list_devices
from edgevoice.dialog.attention import Attending, Mode
from edgevoice.duplex import Duplex, between, decide
from edgevoice.echo_memory import recall, state_file
from edgevoice.engines.base import WakeWord
from edgevoice.engines.loading import load_wake_word
from edgevoice.phrases_file import load_phrases
from edgevoice.signals import FaultLed, Led
from edgevoice.transports.local import EchoSettings, LocalTransport
from edgevoice.transports.reviving import RevivingTransport


@dataclass(frozen=True, slots=True)
class Room:
    """How we live with the echo here, why, and how late it is in milliseconds (0: not known)."""

    duplex: Duplex
    reason: str
    delay_ms: float


def read_ahead(config: Config) -> None:
    """Look at what will be needed when all engines are loaded, which takes its time.

    Raises `ConfigError` where a person has made a slip.
    """
    load_phrases(config.phrases.file)
    if config.attention.button:
        GpioButton(config.attention.button, lambda _: None)


def find_room(config: Config) -> Room:
    """The room with the devices that `config` names. Raises `DeviceError`."""
    measured, note = None, ""
    if config.audio.duplex != "full":
        devices = between(config.audio.input_device, config.audio.output_device, list_devices())
        measured, note = recall(state_file(), devices)
    duplex, reason = decide(config.audio.duplex, measured, note)
    return Room(duplex, reason, measured.echo.delay_ms if measured else 0)


def open_air(config: Config, room: Room, rate: int, led: FaultLed) -> RevivingTransport:
    """The devices, not yet open; `rate`: hertz of the replies; `led` shows whether they are away.

    When they come back, they are heard to: by the tone of a microphone that is open again.
    """
    audio = config.audio
    cancel = EchoSettings(room.delay_ms, audio.noise_suppression, audio.automatic_gain)

    def devices() -> LocalTransport:
        return LocalTransport(
            audio.input_device,
            audio.output_device,
            playback_rate=rate,
            period_ms=audio.period_ms,
            playback_buffer_ms=audio.playback_buffer_ms,
            cancel_echo=cancel if room.duplex is Duplex.CANCEL else None,
        )

    return RevivingTransport(
        devices,
        buffer_ms=audio.playback_buffer_ms,
        greeting=earcons(rate)[Earcon.UNMUTED] if config.signals.earcons else None,
        on_change=led.fault,
    )


def surroundings(
    config: Config, room: Room, led: Led, wake_word: WakeWord | None = None
) -> Surroundings:
    """What `config` says of the room. `wake_word`: who hears our name, if that is loaded already.
    Raises `ConfigError` or `ModelError`."""
    mode = Mode(config.attention.mode)
    every = set(Earcon)
    if mode is Mode.ALWAYS:
        every.remove(Earcon.HEARD)  # the reply itself comes as soon
    thinking = {Earcon.THINKING}  # has a setting of its own
    return Surroundings(
        half_duplex=room.duplex is Duplex.HALF,
        echo_delay=max(0, samples_of(room.delay_ms)),
        mode=mode,
        wake_word=(wake_word or load_wake_word(config.attention))
        if mode is Mode.WAKE_WORD
        else None,
        led=led,
        earcons=frozenset(every if config.signals.earcons else thinking),
    )


def renewed(before: Config, now: Config, room: Room, here: Surroundings) -> Surroundings:
    """What becomes of what is `here` when the settings change. Whoever listens for our name goes
    on with it, unless it is another one. Raises `ConfigError` or `ModelError`."""
    names = [(it.attention.wake_word, it.attention.wake_threshold) for it in (before, now)]
    same = here.wake_word if names[0] == names[1] else None
    return surroundings(now, room, here.led, same)


@asynccontextmanager
async def controls(
    config: Config, conversation: Conversation, asked: Mapping[str, Asked]
) -> AsyncIterator[None]:
    """The keys of the terminal, the button and the control socket, as far as there are any;
    `asked`: what the socket answers besides."""

    def attending() -> Attending:
        return conversation.attending

    async with AsyncExitStack() as hands:
        signal = conversation.signal
        await hands.enter_async_context(TerminalKeys(signal, attending))
        if config.attention.button:
            await hands.enter_async_context(GpioButton(config.attention.button, signal))
        path = socket_path(config.attention.control_socket)
        if path:
            await hands.enter_async_context(ControlSocket(path, signal, attending, asked))
        yield
