"""What the rest of edgevoice expects of a connection to a realtime service.

One class per service fulfils `RealtimeSession`, through that service's own package; everything else
(when to connect, what may be sent, how a reply is spoken) is the same for all of them.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from edgevoice.audio.chunk import Samples
from edgevoice.dialog.history import Message
from edgevoice.errors import EngineError

SPEAKING_RATE = 24_000
"""Hertz of the sound that a realtime service answers with."""


class Fault(StrEnum):
    """What can go wrong with a service; never what it wrote to us, which may quote a person."""

    UNREACHABLE = "cannot be reached"
    REFUSED = "refuses us"
    """The key, the model or the account: trying again does not help."""
    RATE_LIMITED = "has had enough requests for now"
    BUSY = "has a fault of its own"
    LOST = "broke the connection"
    STALLED = "does not answer in time"
    GARBLED = "sends what nobody understands"
    REJECTED = "cannot answer that"
    SPENT = "has cost enough for today"


CURES = {
    Fault.UNREACHABLE: "Check the network, and cloud.base_url.",
    Fault.REFUSED: "Check the key in cloud.api_key_file, cloud.model, and the account.",
    Fault.RATE_LIMITED: "Wait a while, or ask the service for a higher limit.",
    Fault.SPENT: "Raise cloud.money_per_day or cloud.minutes_per_day, or wait until tomorrow.",
    Fault.GARBLED: "Check cloud.base_url: is it a realtime service?",
}


class CloudError(EngineError):
    """A realtime service has failed us; `fault` tells how."""

    def __init__(self, fault: Fault) -> None:
        cure = CURES.get(fault, "The conversation goes on without it.")
        super().__init__(f"the realtime service {fault}", cure)
        self.fault = fault


@dataclass(frozen=True, slots=True, eq=False)
class SoundPiece:
    """Sound of the reply: mono samples at `SPEAKING_RATE`, shape `[n]`."""

    pcm: Samples


@dataclass(frozen=True, slots=True)
class TextPiece:
    """The reply's words go on so; how far the sound has come is another matter."""

    text: str


@dataclass(frozen=True, slots=True)
class Usage:
    """What a reply has taken, in tokens. Those that come from a cache are not among the others."""

    text_in: int = 0
    audio_in: int = 0
    cached_text_in: int = 0
    cached_audio_in: int = 0
    text_out: int = 0
    audio_out: int = 0


@dataclass(frozen=True, slots=True)
class Done:
    """The reply is complete."""


@dataclass(frozen=True, slots=True)
class Interrupted:
    """The service has broken off the reply by itself."""


@dataclass(frozen=True, slots=True)
class Failed:
    """There will be no more of this reply. `retry_s`: seconds to leave the service alone, if it has
    said so. The connection may still be good."""

    fault: Fault
    retry_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Expiring:
    """The service will end the session in so many seconds."""

    left_s: float


@dataclass(frozen=True, slots=True)
class Resumable:
    """A new session that is given `handle` will know what this one knows now; empty: none will."""

    handle: str


Event = SoundPiece | TextPiece | Usage | Done | Interrupted | Failed | Expiring | Resumable


class RealtimeSession(Protocol):
    """One connection, from `connect` to `close`; a new one needs a new object.

    All methods but `close` raise `CloudError`, and then the session is of no more use. They are
    called one at a time and in the order in which things happened; only `events` is read meanwhile.
    """

    longest_s: float
    """Seconds that a session may last."""

    amendable: bool
    """Whether a session can be told later what was said without it, what of its reply was heard,
    and that a voice is void. Otherwise it gets another session instead: then `add`, `clear_audio`
    and `truncate` are never called, and nothing is asked after `stop`."""

    async def connect(self, opening: Sequence[Message], handle: str = "") -> None:
        """Open it, with what was said so far: a system message, then text of both sides. Returns
        when the service has agreed to everything. `handle`: of a session that knew just that."""
        ...

    async def add(self, messages: Sequence[Message]) -> None:
        """What was said meanwhile without the service, as text."""
        ...

    async def send_audio(self, pcm: Samples) -> None:
        """The person's voice goes on (16 kHz)."""
        ...

    async def clear_audio(self) -> None:
        """What was sent of the person's voice since the last question is void."""
        ...

    async def ask(self, words: str | None = None) -> None:
        """Let the service answer the voice that was sent; or `words`, and the voice is void."""
        ...

    async def stop(self) -> None:
        """Nobody wants the reply any more: no event about it comes after this, but its `Usage`."""
        ...

    async def truncate(self, heard_ms: float) -> None:
        """Of the last reply, so much was heard. After `stop`, or the reply's end."""
        ...

    def events(self) -> AsyncIterator[Event]:
        """Everything that comes, until the connection ends; which raises `CloudError`, unless we
        have ended it."""
        ...

    async def close(self) -> None:
        """Hang up, at once: does not wait for a service that does not answer."""
        ...
