"""Where `run` holds its conversation: this machine's devices, and the hands that reach into it."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace

from edgevoice.app import Surroundings
from edgevoice.audio.chunk import samples_of
from edgevoice.audio.tone import Earcon
from edgevoice.buttons import GpioButton, TerminalKeys
from edgevoice.config import Config
from edgevoice.control import Asked, ControlSocket, socket_path
from edgevoice.conversation import Conversation
from edgevoice.devices import list_devices
from edgevoice.dialog.attention import Attending, Mode
from edgevoice.duplex import Devices, Duplex, between, decide
from edgevoice.echo_memory import echo_file, recall
from edgevoice.engines.base import WakeWord
from edgevoice.engines.loading import load_wake_word
from edgevoice.phrases_file import load_claims, load_phrases, load_wishes
from edgevoice.signals import Led
from edgevoice.skills.intents import load_intents


@dataclass(frozen=True, slots=True)
class Room:
    """How we live with the echo here, why, and how late it is in milliseconds (0: not known)."""

    duplex: Duplex
    reason: str
    delay_ms: float

    @property
    def half_duplex(self) -> bool:
        """Whether we must not listen while we speak."""
        return self.duplex is Duplex.HALF

    @property
    def echo_delay(self) -> int:
        """How late the echo is, in samples; one that is early counts as not late."""
        return max(0, samples_of(self.delay_ms))


def read_ahead(config: Config) -> None:
    """Look at what will be needed when all engines are loaded, which takes its time.

    Raises `ConfigError` where a person has made a slip.
    """
    load_phrases(config.phrases.file)
    load_claims(config.reply.claims_file)
    load_wishes(config.tools.wishes_file)
    if config.intents.enabled:
        load_intents(config.intents.file)
    if config.attention.button:
        GpioButton(config.attention.button, lambda _: None)


def find_room(config: Config) -> Room:
    """The room with the devices that `config` names. Raises `DeviceError`."""
    audio = config.audio
    if audio.duplex == "full":
        return Room(*decide("full", None), 0)
    return room_between(
        audio.duplex, between(audio.input_device, audio.output_device, list_devices())
    )


def room_between(setting: str, devices: Devices) -> Room:
    """The room with these devices, by `audio.duplex` and what was measured about them."""
    measured, note = recall(echo_file(), devices)
    duplex, reason = decide(setting, measured, note)
    return Room(duplex, reason, measured.echo.delay_ms if measured else 0)


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
        half_duplex=room.half_duplex,
        echo_delay=room.echo_delay,
        mode=mode,
        wake_word=(wake_word or load_wake_word(config.attention))
        if mode is Mode.WAKE_WORD
        else None,
        led=led,
        earcons=frozenset(every if config.signals.earcons else thinking),
    )


def renewed(before: Config, now: Config, room: Room, here: Surroundings) -> Surroundings:
    """What becomes of what is `here` when the settings change. Whoever listens for our name goes
    on with it, unless it is another one, and what we can do stays. Raises `ConfigError` or
    `ModelError`."""
    names = [(it.attention.wake_word, it.attention.wake_threshold) for it in (before, now)]
    same = here.wake_word if names[0] == names[1] else None
    return replace(surroundings(now, room, here.led, same), skills=here.skills, cloud=here.cloud)


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
