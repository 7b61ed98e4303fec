"""A small service on this machine that speaks the Gemini Live protocol, and misbehaves on cue.

It is strict about what it is sent, as the real one: a wrong order or shape ends the connection.
https://ai.google.dev/api/live
"""

import asyncio
import base64
import json
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import numpy as np
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

from tests.responders.realtime.openai_server import MIDWAY, Answer, Trouble

RATE = 24_000
PIECE = RATE // 20
HEARD_BYTES_A_MS = 32
PATH = "/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent"
EXHAUSTED = "RESOURCE_EXHAUSTED: You exceeded your current quota, Anna."
INVALID = "Request contains an invalid argument about Anna."


@dataclass
class GeminiServer:
    """Answers in the order given, the last answer again and again."""

    context: ssl.SSLContext
    answers: Sequence[Answer] = (Answer(),)
    status: HTTPStatus = HTTPStatus.OK
    """How a connection is greeted."""
    greets: bool = True
    refusal: tuple[int, str] | None = None
    """The code and reason with which a set-up is refused."""
    at_once: str = ""
    """A message that is sent right after the set-up."""
    lags_s: float = 0.0
    late: str = ""
    """A turn is complete so much later than its reply, and what comes of its words until then."""
    remembers: bool = True
    """Whether a handle is any good."""
    seen: list[dict[str, Any]] = field(default_factory=list)
    """All that was sent to it, in order; sound is told by its bytes."""
    errors: list[str] = field(default_factory=list)
    """What was wrong with that."""
    setups: list[dict[str, Any]] = field(default_factory=list)
    connections: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    path: str = ""
    port: int = 0
    asked: int = 0

    @asynccontextmanager
    async def running(self) -> AsyncIterator["GeminiServer"]:
        async with serve(
            self._hold,
            "127.0.0.1",
            0,
            process_request=self._greet,
            close_timeout=0.2,
            ssl=self.context,
        ) as server:
            self.port = next(iter(server.sockets)).getsockname()[1]
            yield self

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self.port}"

    def kinds(self) -> list[str]:
        """What the messages held, sound left out."""
        return [kind for each in self.seen for kind in each if kind != "audio"]

    def said(self) -> list[tuple[str, str]]:
        """What was said as text."""
        said = []
        for each in self.seen:
            for turn in each.get("turns", []):
                role = {"user": "user", "model": "assistant"}[turn["role"]]
                said.append((role, turn["parts"][0]["text"]))
            if "text" in each:
                said.append(("user", each["text"]))
        return said

    def heard_ms(self) -> float:
        """How much sound came."""
        return sum(int(each.get("audio", 0)) for each in self.seen) / HEARD_BYTES_A_MS

    def _greet(self, connection: ServerConnection, request: Request) -> Response | None:
        self.headers, self.path = dict(request.headers.raw_items()), request.path
        if self.status is not HTTPStatus.OK:
            return connection.respond(self.status, "no\n")
        return None

    async def _hold(self, connection: ServerConnection) -> None:
        self.connections += 1
        call = _Call(self, connection)
        try:
            await call.set_up(_camel(json.loads(await connection.recv())))
            async for raw in connection:
                await call.take(_camel(json.loads(raw)))
        except ConnectionClosed:
            pass
        finally:
            await call.silence()


def _camel(tree: Any) -> Any:
    """Every name may be spelt in two ways; this is one."""
    match tree:
        case dict():
            return {_spelt(name): _camel(value) for name, value in tree.items()}
        case list():
            return [_camel(value) for value in tree]
    return tree


def _spelt(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(map(str.capitalize, others))


class _Call:
    """One connection."""

    def __init__(self, server: GeminiServer, connection: ServerConnection) -> None:
        self._server = server
        self._connection = connection
        self._past = False  # whether the past is still being told
        self._active = False
        self._heard = 0
        self._words = ""
        self._speaking: asyncio.Task[None] | None = None

    async def send(self, **message: Any) -> None:
        # As bytes: so does Google.
        await self._connection.send(json.dumps(message).encode())

    async def say(self, **content: Any) -> None:
        await self.send(serverContent=content)

    async def silence(self) -> None:
        if self._speaking:
            self._speaking.cancel()
            await asyncio.gather(self._speaking, return_exceptions=True)

    async def set_up(self, message: dict[str, Any]) -> None:
        server, setup = self._server, message["setup"]
        server.setups.append(setup)
        self._past = setup.get("historyConfig", {}).get("initialHistoryInClientContent", False)
        resumption = setup.get("sessionResumption", {})
        wrong = (
            not setup["model"].startswith("models/")
            or setup["generationConfig"]["responseModalities"] != ["AUDIO"]
            or setup["realtimeInputConfig"]["automaticActivityDetection"] != {"disabled": True}
            or None in resumption.values()
        )
        if not server.greets:
            await self._connection.wait_closed()
        elif wrong:
            await self._complain("setup")
        elif server.refusal:
            await self._connection.close(*server.refusal)
        elif "handle" in resumption and not server.remembers:
            await self._connection.close(1008, "Requested entity was not found.")
        else:
            await self.send(setupComplete={})
            if server.at_once:
                await self._connection.send(server.at_once)

    async def take(self, message: dict[str, Any]) -> None:
        match message:
            case {"clientContent": content}:
                await self._told(content)
            case {"realtimeInput": {"audio": {"data": data, "mimeType": "audio/pcm;rate=16000"}}}:
                sound = base64.b64decode(data, altchars=b"-_", validate=True)
                self._server.seen.append({"audio": len(sound)})
                self._heard += self._server.seen[-1]["audio"]
                if not self._active or self._past:
                    await self._complain("sound")
            case {"realtimeInput": {"text": text}}:
                self._server.seen.append({"text": text})
                self._words += text
                if not self._active or self._past:
                    await self._complain("text")
            case {"realtimeInput": {"activityStart": {}}}:
                self._server.seen.append({"activityStart": {}})
                if self._active or self._past:
                    await self._complain("start")
                self._active, self._heard, self._words = True, 0, ""
            case {"realtimeInput": {"activityEnd": {}}}:
                self._server.seen.append({"activityEnd": {}})
                if not self._active or not (self._heard or self._words):
                    await self._complain("end")
                self._active = False
                await self._ask()
            case _:
                await self._complain("unknown")

    async def _told(self, content: dict[str, Any]) -> None:
        turns = content.get("turns", [])
        self._server.seen.append({"turns": turns})
        if not self._past or not all(each["parts"][0]["text"] for each in turns):
            await self._complain("history")
        self._past = not content["turnComplete"]

    async def _complain(self, what: str) -> None:
        self._server.errors.append(what)
        await self._connection.close(1007, INVALID)

    async def _ask(self) -> None:
        server = self._server
        answer = server.answers[min(server.asked, len(server.answers) - 1)]
        server.asked += 1
        earlier, name = self._speaking, f"handle-{server.connections}-{server.asked}"
        self._speaking = asyncio.create_task(self._speak(answer, name, earlier))

    async def _speak(self, answer: Answer, handle: str, earlier: asyncio.Task[None] | None) -> None:
        if earlier:
            await earlier  # nothing interrupts
        await self.send(sessionResumptionUpdate={"resumable": False})
        if not await self._early(answer.trouble):
            return
        spoken, total = 0, answer.ms * RATE // 1000
        tone = (1000 * np.sin(np.arange(total) / 10)).astype("<i2")
        for place, word in enumerate(answer.text.split(" ")):
            await self.say(outputTranscription={"text": f" {word}" if place else word})
        while spoken < total:
            if spoken >= total / 2 and not await self._late(answer.trouble):
                return
            data = base64.b64encode(tone[spoken : spoken + PIECE].tobytes()).decode()
            spoken += PIECE
            sound = {"inlineData": {"mimeType": "audio/pcm;rate=24000", "data": data}}
            await self.say(modelTurn={"role": "model", "parts": [sound]})
            await asyncio.sleep(answer.pace_s)
        await self.say(generationComplete=True)
        await asyncio.sleep(self._server.lags_s)
        await self.say(outputTranscription={"text": self._server.late})
        await self._connection.send(json.dumps({"serverContent": {"turnComplete": True}, **USAGE}))
        await self.send(sessionResumptionUpdate={"resumable": True, "newHandle": handle})

    async def _early(self, trouble: Trouble) -> bool:
        """Whether the answer goes on."""
        match trouble:
            case Trouble.RATE_LIMITED:
                await self._connection.close(1011, EXHAUSTED)
            case Trouble.FAILED:
                await self._connection.close(1007, INVALID)
            case Trouble.ERROR:
                await self._connection.close(1011, "Internal error encountered.")
            case Trouble.BROKEN_OFF:
                await self.say(interrupted=True)
                await self.say(turnComplete=True)
            case Trouble.GARBAGE:
                await self._connection.send(b"\x00\xff not at all")
            case Trouble.HALF_JSON:
                await self._connection.send('{"serverContent": {"modelTurn": {"par')
            case Trouble.LIST:
                await self._connection.send("[1, 2]")
            case Trouble.NO_SOUND:
                data = {"mimeType": "audio/pcm;rate=24000", "data": "?!"}
                await self.say(modelTurn={"parts": [{"inlineData": data}]})
            case Trouble.MISSING:
                await self.send(serverContent={"modelTurn": {"parts": "Anna"}})
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


USAGE = {
    "usageMetadata": {
        "promptTokenCount": 100,
        "cachedContentTokenCount": 25,
        "responseTokenCount": 18,
        "thoughtsTokenCount": 7,
        "totalTokenCount": 125,
        "promptTokensDetails": [
            {"modality": "TEXT", "tokenCount": 70},
            {"modality": "AUDIO", "tokenCount": 30},
        ],
        "cacheTokensDetails": [
            {"modality": "TEXT", "tokenCount": 20},
            {"modality": "AUDIO", "tokenCount": 5},
        ],
        "responseTokensDetails": [
            {"modality": "TEXT", "tokenCount": 8},
            {"modality": "AUDIO", "tokenCount": 10},
        ],
    }
}
