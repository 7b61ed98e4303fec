"""A small service on this machine that speaks the OpenAI Realtime protocol, and misbehaves on cue.

It is strict about what it is sent, as the real one: wrong order or shape is answered by an error.
"""

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from http import HTTPStatus
from typing import Any

import numpy as np
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

RATE = 24_000
PIECE = RATE // 20
BYTES_A_MS = RATE * 2 // 1000


class Trouble(StrEnum):
    """What goes wrong with an answer."""

    NONE = "none"
    RATE_LIMITED = "the question is answered by a rate limit"
    FAILED = "the response fails"
    ERROR = "the service has a fault"
    GARBAGE = "no JSON"
    HALF_JSON = "half a JSON"
    LIST = "a JSON that is no event"
    NO_SOUND = "sound that is none"
    MISSING = "an event without its fields"
    STALL = "nothing comes"
    DROP = "the connection ends"
    STALL_MIDWAY = "after the first half, nothing comes"
    DROP_MIDWAY = "after the first half, the connection ends"
    BROKEN_OFF = "the service breaks off by itself"


MIDWAY = (Trouble.STALL_MIDWAY, Trouble.DROP_MIDWAY)
"""Those after the first sound."""


@dataclass(frozen=True)
class Answer:
    """`text` is spoken in `ms` milliseconds of a tone, a piece of 50 ms every `pace_s` seconds."""

    text: str = "Hello there."
    ms: int = 400
    trouble: Trouble = Trouble.NONE
    pace_s: float = 0.0


@dataclass
class OpenAIServer:
    """Answers in the order given, the last answer again and again."""

    answers: Sequence[Answer] = (Answer(),)
    status: HTTPStatus = HTTPStatus.OK
    """How a connection is greeted."""
    greets: bool = True
    seen: list[dict[str, Any]] = field(default_factory=list)
    """All that was sent to it, in order; sound is told by its bytes."""
    errors: list[str] = field(default_factory=list)
    """The codes of what was wrong with that."""
    connections: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    path: str = ""
    port: int = 0
    asked: int = 0

    @asynccontextmanager
    async def running(self) -> AsyncIterator["OpenAIServer"]:
        async with serve(
            self._hold, "127.0.0.1", 0, process_request=self._greet, close_timeout=0.2
        ) as server:
            self.port = next(iter(server.sockets)).getsockname()[1]
            yield self

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    def kinds(self) -> list[str]:
        """The types of the events, sound left out."""
        every = [event["type"] for event in self.seen]
        return [each for each in every if each != "input_audio_buffer.append"]

    def said(self) -> list[tuple[str, str]]:
        """What was said as text."""
        items = [each["item"] for each in self.seen if each["type"] == "conversation.item.create"]
        return [(item["role"], item["content"][0]["text"]) for item in items]

    def heard_ms(self) -> float:
        """How much sound came."""
        return sum(int(each.get("bytes", 0)) for each in self.seen) / BYTES_A_MS

    def _greet(self, connection: ServerConnection, request: Request) -> Response | None:
        self.headers, self.path = dict(request.headers.raw_items()), request.path
        if self.status is not HTTPStatus.OK:
            return connection.respond(self.status, "no\n")
        return None

    async def _hold(self, connection: ServerConnection) -> None:
        self.connections += 1
        call = _Call(self, connection)
        try:
            if self.greets:
                await call.send("session.created", session={"type": "realtime", "id": "sess_1"})
            async for raw in connection:
                await call.take(json.loads(raw))
        except ConnectionClosed:
            pass
        finally:
            await call.silence()


class _Call:
    """One connection."""

    def __init__(self, server: OpenAIServer, connection: ServerConnection) -> None:
        self._server = server
        self._connection = connection
        self._heard = 0
        self._events = 0
        self._speaking: asyncio.Task[None] | None = None
        self._response: dict[str, Any] = {}
        self._spoken: dict[str, int] = {}

    async def send(self, kind: str, **fields: Any) -> None:
        self._events += 1
        event = {"type": kind, "event_id": f"event_{self._events}", **fields}
        await self._connection.send(json.dumps(event))

    async def silence(self) -> None:
        if self._speaking:
            self._speaking.cancel()
            await asyncio.gather(self._speaking, return_exceptions=True)
            self._speaking = None

    async def take(self, event: dict[str, Any]) -> None:
        note = dict(event)
        if "audio" in note:
            note["bytes"] = len(base64.b64decode(note.pop("audio"), validate=True))
        self._server.seen.append(note)
        match event:
            case {"type": "session.update", "session": session}:
                await self._update(session, event)
            case {"type": "input_audio_buffer.append", "audio": sound}:
                self._heard += len(base64.b64decode(sound, validate=True))
            case {"type": "input_audio_buffer.clear"}:
                self._heard = 0
                await self.send("input_audio_buffer.cleared")
            case {"type": "input_audio_buffer.commit"}:
                if self._heard < 100 * BYTES_A_MS:
                    await self._complain(event, "input_audio_buffer_commit_empty")
                self._heard = 0
                await self.send("input_audio_buffer.committed", item_id="item_in")
            case {"type": "conversation.item.create", "item": item}:
                kinds = {"user": "input_text", "assistant": "output_text"}
                if item["content"][0]["type"] != kinds[item["role"]]:
                    await self._complain(event, "invalid_value")
                await self.send("conversation.item.added", item=item)
            case {"type": "response.create", "response": response}:
                await self._create(response, event)
            case {"type": "response.cancel"}:
                await self._cancel(event)
            case {"type": "conversation.item.truncate", "item_id": item, "audio_end_ms": end}:
                if end > self._spoken.get(item, -1):
                    await self._complain(event, "invalid_value")
                await self.send("conversation.item.truncated", item_id=item, audio_end_ms=end)
            case _:
                await self._complain(event, "unknown_event")

    async def _update(self, session: dict[str, Any], event: dict[str, Any]) -> None:
        sound = {"type": "audio/pcm", "rate": RATE}
        heard, spoken = session["audio"]["input"], session["audio"]["output"]
        wrong = (
            session["type"] != "realtime"
            or heard["format"] != sound
            or spoken["format"] != sound
            or heard["turn_detection"] is not None
        )
        if wrong:
            await self._complain(event, "invalid_value")
        await self.send("session.updated", session=session)

    async def _complain(self, event: dict[str, Any], code: str, kind: str = "") -> None:
        self._server.errors.append(code)
        error = {
            "type": kind or "invalid_request_error",
            "code": code,
            "message": "What you said about Anna cannot be.",
            "event_id": event.get("event_id"),
        }
        await self.send("error", error=error)

    async def _create(self, response: dict[str, Any], event: dict[str, Any]) -> None:
        server = self._server
        if self._speaking and not self._speaking.done():
            await self._complain(event, "conversation_already_has_active_response")
            return
        answer = server.answers[min(server.asked, len(server.answers) - 1)]
        server.asked += 1
        match answer.trouble:
            case Trouble.RATE_LIMITED:
                await self._complain(event, "rate_limit_exceeded", "tokens")
                return
            case Trouble.ERROR:
                await self._complain(event, "", "server_error")
                return
        self._response = {
            "id": f"resp_{server.asked}",
            "status": "in_progress",
            "metadata": response.get("metadata"),
        }
        await self.send("response.created", response=self._response)
        limits = [{"name": "requests", "limit": 9, "remaining": 8, "reset_seconds": 1.0}]
        await self.send("rate_limits.updated", rate_limits=limits)
        self._speaking = asyncio.create_task(self._speak(answer, self._response, server.asked))

    async def _cancel(self, event: dict[str, Any]) -> None:
        if not self._speaking or self._speaking.done():
            await self._complain(event, "response_cancel_not_active")
            return
        await self.silence()
        await self._done(self._response, "cancelled", self._spoken.get("item_0", 0))

    async def _speak(self, answer: Answer, response: dict[str, Any], number: int) -> None:
        ids = {"response_id": response["id"], "item_id": f"item_{number}"}
        place = {**ids, "output_index": 0, "content_index": 0}
        item = {"id": ids["item_id"], "type": "message", "role": "assistant", "content": []}
        await self.send(
            "response.output_item.added", response_id=ids["response_id"], output_index=0, item=item
        )
        if not await self._early(answer.trouble, response, place):
            return
        spoken, words = 0, answer.text.split(" ")
        total = answer.ms * RATE // 1000
        tone = (1000 * np.sin(np.arange(total) / 10)).astype("<i2")
        for place_in_text, word in enumerate(words):
            delta = word if place_in_text == 0 else f" {word}"
            await self.send("response.output_audio_transcript.delta", delta=delta, **place)
        while spoken < total:
            if spoken >= total / 2 and not await self._late(answer.trouble):
                return
            piece = tone[spoken : spoken + PIECE]
            spoken += len(piece)
            self._spoken[ids["item_id"]] = spoken * 1000 // RATE
            sound = base64.b64encode(piece.tobytes()).decode()
            await self.send("response.output_audio.delta", delta=sound, **place)
            await asyncio.sleep(answer.pace_s)
        await self.send("response.output_audio.done", **place)
        await self._done(response, "completed", spoken)

    async def _early(
        self, trouble: Trouble, response: dict[str, Any], place: dict[str, Any]
    ) -> bool:
        """Whether the answer goes on."""
        match trouble:
            case Trouble.FAILED:
                error = {"type": "invalid_request_error", "code": "inference_rate_limit_exceeded"}
                await self._done(response, "failed", 0, {"type": "failed", "error": error})
            case Trouble.BROKEN_OFF:
                await self._done(response, "cancelled", 0, {"reason": "turn_detected"})
            case Trouble.GARBAGE:
                await self._connection.send(b"\x00\xff not at all")
            case Trouble.HALF_JSON:
                await self._connection.send('{"type": "response.output_audio.delta", "del')
            case Trouble.LIST:
                await self._connection.send("[1, 2]")
            case Trouble.NO_SOUND:
                await self.send("response.output_audio.delta", delta="?!", **place)
            case Trouble.MISSING:
                await self._connection.send('{"type": "response.done"}')
            case Trouble.DROP:
                self._connection.transport.abort()
            case Trouble.STALL:
                pass
            case _:
                return True
        return False

    async def _late(self, trouble: Trouble) -> bool:
        if trouble is Trouble.DROP_MIDWAY:
            self._connection.transport.abort()
        return trouble not in MIDWAY

    async def _done(
        self,
        response: dict[str, Any],
        status: str,
        spoken: int,
        details: dict[str, Any] | None = None,
    ) -> None:
        usage = {
            "input_tokens": 100,
            "output_tokens": 60,
            "total_tokens": 160,
            "input_token_details": {
                "text_tokens": 70,
                "audio_tokens": 30,
                "cached_tokens": 25,
                "cached_tokens_details": {"text_tokens": 20, "audio_tokens": 5},
            },
            "output_token_details": {"text_tokens": 10, "audio_tokens": spoken // 1200},
        }
        ended = {**response, "status": status, "status_details": details, "usage": usage}
        await self.send("response.done", response=ended)
