"""OpenAI's Realtime API over a WebSocket, as of its general availability (`session.type=realtime`).

We tell when a person has finished (`turn_detection` is null), so nothing is answered unasked. Every
question has a number, which comes back with the response to it: that tells what belongs to a reply
that nobody wants any more.

https://platform.openai.com/docs/api-reference/realtime-server-events
"""

import asyncio
import base64
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import numpy as np
from openai import AsyncOpenAI, OpenAIError
from openai.resources.realtime.realtime import AsyncRealtimeConnection
from openai.types.realtime import (
    RealtimeError,
    RealtimeErrorEvent,
    RealtimeResponse,
    RealtimeServerEvent,
    RealtimeSessionCreateRequestParam,
    ResponseAudioDeltaEvent,
    ResponseAudioTranscriptDeltaEvent,
    ResponseCreatedEvent,
    ResponseDoneEvent,
)
from websockets.exceptions import ConnectionClosed, InvalidStatus, WebSocketException

from edgevoice.audio.chunk import LISTENING_RATE, Samples
from edgevoice.audio.resample import Resampler
from edgevoice.dialog.history import Message
from edgevoice.responders.realtime.openai_faults import (
    broken_of,
    fault_of,
    plain_code,
    question_of,
    refusal_of,
    usage_of,
)
from edgevoice.responders.realtime.session import (
    SPEAKING_RATE,
    CloudError,
    Done,
    Event,
    Failed,
    Fault,
    Interrupted,
    SoundPiece,
    TextPiece,
)

log = logging.getLogger(__name__)

LONGEST_S = 60 * 60
"""The service ends a session after 60 minutes."""

UNREAD_BYTES = 16 * 1024
"""Of what we send, so much may wait in our own buffers: a quarter of a second of voice."""

LARGEST = 4 * 2**20
"""Bytes of an event: a minute of sound in one piece would fit."""

CLOSE_S = 0.2
"""How long a service may take to say goodbye."""


@dataclass(frozen=True, slots=True)
class OpenAISettings:
    """`base_url` empty: OpenAI's own. `max_tokens`: longest reply."""

    api_key: str
    model: str
    voice: str
    base_url: str = ""
    max_tokens: int = 1024
    connect_s: float = 5.0


class OpenAISession:
    """A `RealtimeSession` with OpenAI, or whoever speaks like it."""

    longest_s: float = LONGEST_S
    amendable = True

    def __init__(self, settings: OpenAISettings) -> None:
        self._settings = settings
        self._client = AsyncOpenAI(
            api_key=settings.api_key, base_url=settings.base_url or None, max_retries=0
        )
        self._connection: AsyncRealtimeConnection | None = None
        self._resampler = Resampler(LISTENING_RATE, SPEAKING_RATE, "LQ")
        self._asked = 0  # questions so far
        self._wanted = False  # whether the reply to the last of them is
        self._response = ""  # its reply's name, once the service has told it
        self._item = ""  # the last message of sound in it
        self._closed = False

    async def connect(self, opening: Sequence[Message], handle: str = "") -> None:
        # The package hands on more options than it names.
        options: Any = {
            "write_limit": UNREAD_BYTES,
            "close_timeout": CLOSE_S,
            "max_size": LARGEST,
            "compression": None,
        }
        manager = self._client.realtime.connect(
            model=self._settings.model, websocket_connection_options=options
        )
        try:
            async with asyncio.timeout(self._settings.connect_s):
                self._connection = await manager.enter()
                await self._expect("session.created")
                system = [each.content for each in opening if each.role == "system"]
                await self._connection.session.update(session=self._session("\n\n".join(system)))
                await self._expect("session.updated")
            await self.add(opening)
        except TimeoutError:
            raise CloudError(Fault.STALLED) from None
        except InvalidStatus as error:
            raise CloudError(refusal_of(error.response.status_code)) from None
        except (OSError, OpenAIError, WebSocketException, ValueError) as error:
            log.info("realtime: no connection (%s)", type(error).__name__)
            raise CloudError(broken_of(error, Fault.UNREACHABLE)) from None

    async def add(self, messages: Sequence[Message]) -> None:
        for message in messages:
            if message.role in ("user", "assistant") and message.content.strip():
                await self._say(message)

    async def send_audio(self, pcm: Samples) -> None:
        await self._append(self._resampler.add(pcm))

    async def clear_audio(self) -> None:
        self._resampler.finish()
        await self._send(type="input_audio_buffer.clear")

    async def ask(self, words: str | None = None) -> None:
        self._asked += 1
        self._wanted, self._response, self._item = True, "", ""
        if words is None:
            await self._append(self._resampler.finish())
            await self._send(type="input_audio_buffer.commit", event_id=self._name("commit"))
        else:
            await self.clear_audio()
            await self._say(Message("user", words))
        await self._send(
            type="response.create",
            event_id=self._name("ask"),
            response={"metadata": {"question": str(self._asked)}},
        )

    async def stop(self) -> None:
        if self._wanted:
            self._wanted = False
            named = {"response_id": self._response} if self._response else {}
            await self._send(type="response.cancel", event_id=self._name("stop"), **named)

    async def truncate(self, heard_ms: float) -> None:
        if self._item:
            await self._send(
                type="conversation.item.truncate",
                event_id=self._name("truncate"),
                item_id=self._item,
                content_index=0,
                audio_end_ms=int(heard_ms),
            )

    async def events(self) -> AsyncIterator[Event]:
        try:
            while True:
                for event in self._understood(await self._receive()):
                    yield event
        except (ConnectionClosed, OpenAIError, OSError) as error:
            if not self._closed:
                raise CloudError(broken_of(error, Fault.LOST)) from None

    async def close(self) -> None:
        self._closed = True
        with suppress(Exception):  # whatever it says now, we have hung up
            if self._connection:
                await self._connection.close()
        await self._client.close()

    def _session(self, instructions: str) -> RealtimeSessionCreateRequestParam:
        sound: Any = {"type": "audio/pcm", "rate": SPEAKING_RATE}
        return {
            "type": "realtime",
            "instructions": instructions,
            "output_modalities": ["audio"],
            "max_output_tokens": self._settings.max_tokens,
            "audio": {
                "input": {"format": sound, "turn_detection": None},
                "output": {"format": sound, "voice": self._settings.voice},
            },
        }

    def _name(self, what: str) -> str:
        return f"{what}-{self._asked}"

    async def _append(self, pcm: Samples) -> None:
        if len(pcm):
            sound = base64.b64encode(pcm.astype("<i2").tobytes()).decode("ascii")
            await self._send(type="input_audio_buffer.append", audio=sound)

    async def _say(self, message: Message) -> None:
        kind = "input_text" if message.role == "user" else "output_text"
        content = [{"type": kind, "text": message.content}]
        item = {"type": "message", "role": message.role, "content": content}
        await self._send(type="conversation.item.create", event_id=self._name("say"), item=item)

    async def _send(self, **event: Any) -> None:
        assert self._connection
        made: Any = event
        try:
            await self._connection.send(made)
        except (ConnectionClosed, OpenAIError, OSError) as error:
            raise CloudError(broken_of(error, Fault.LOST)) from None

    async def _receive(self) -> RealtimeServerEvent:
        """The next event. What is none at all is a fault: whoever sends that cannot be trusted to
        have sent the rest whole."""
        assert self._connection
        try:
            event = await self._connection.recv()
        except (ValueError, RecursionError):  # no JSON, or half of it
            raise CloudError(Fault.GARBLED) from None
        if not isinstance(getattr(event, "type", None), str):
            raise CloudError(Fault.GARBLED)
        return event

    async def _expect(self, kind: str) -> None:
        """Wait for an event of that kind; others before it mean nothing yet."""
        while (event := await self._receive()).type != kind:
            if event.type == "error":
                raise CloudError(fault_of(getattr(event, "error", None)))

    def _understood(self, event: RealtimeServerEvent) -> list[Event]:
        try:
            return self._read(event)
        except (ArithmeticError, AttributeError, TypeError, ValueError):
            # The package does not check what it reads: a field may be missing, or another type.
            raise CloudError(Fault.GARBLED) from None

    def _read(self, event: RealtimeServerEvent) -> list[Event]:
        match event:
            case ResponseCreatedEvent():
                if self._wanted and question_of(event.response) in (0, self._asked):
                    self._response = event.response.id or ""
            case ResponseAudioTranscriptDeltaEvent() if self._ours(event.response_id):
                return [TextPiece("" + event.delta)]
            case ResponseAudioDeltaEvent() if self._ours(event.response_id):
                self._item = event.item_id
                sound = base64.b64decode(event.delta, validate=True)
                return [SoundPiece(np.frombuffer(sound, "<i2").astype(np.int16))]
            case ResponseDoneEvent():
                return self._ended(event.response)
            case RealtimeErrorEvent():
                return self._failed(event.error)
        return []

    def _ours(self, response: str) -> bool:
        return self._wanted and bool(response) and response == self._response

    def _ended(self, response: RealtimeResponse) -> list[Event]:
        events: list[Event] = [usage_of(response)] if response.usage else []
        if not self._ours(response.id or ""):
            return events
        self._wanted = False
        match response.status:
            case "completed" | "incomplete":  # too long, or filtered: what there is was meant
                return [*events, Done()]
            case "cancelled":
                return [*events, Interrupted()]
        details = response.status_details
        return [*events, Failed(fault_of(details.error if details else None))]

    def _failed(self, error: RealtimeError) -> list[Event]:
        log.info("realtime: error %s", plain_code(error.code or error.type))
        what, _, number = (error.event_id or "").partition("-")
        if what in ("stop", "truncate") or (number and number != str(self._asked)):
            return []  # it was over before we stopped it; or nobody wants it any more
        if not self._wanted:
            return []
        self._wanted = False
        return [Failed(fault_of(error))]
