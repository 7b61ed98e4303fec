"""A responder that does as a script says: for tests and benchmarks."""

import asyncio
import threading
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing

import numpy as np

from edgevoice.audio.chunk import AudioChunk, samples_of
from edgevoice.dialog.calls import Outcome, ToolCall
from edgevoice.dialog.history import Message
from edgevoice.errors import EngineError
from edgevoice.responders.base import Ending, Request, Responder, Speech

RATE = 22_050


def sound(ms: int) -> AudioChunk:
    """Something that lasts `ms` milliseconds."""
    return AudioChunk(np.ones(samples_of(ms, RATE), np.int16), RATE)


SILENCE = AudioChunk(np.zeros(0, np.int16), RATE)


class BrokenError(EngineError):
    """What the script says."""

    def __init__(self) -> None:
        super().__init__("the model failed", "Ask again.")


Piece = Speech | float | Exception | ToolCall


class ScriptedResponder(Responder):
    """Answers as the script says: pieces, pauses in seconds, failures, deeds."""

    def __init__(self, replies: Sequence[Sequence[Piece]]) -> None:
        self.asked: list[str] = []
        self.endings: list[Ending] = []
        self._replies = iter(replies)

    async def prepare(self, messages: Sequence[Message], stop: threading.Event) -> None:
        pass

    async def reply(self, request: Request) -> AsyncGenerator[Speech, None]:
        self.asked.append(request.words)
        try:
            for piece in next(self._replies):
                match piece:
                    case Speech():
                        yield piece
                    case Exception():
                        raise piece
                    case ToolCall():
                        request.deeds.begin(piece, acts=True).outcome = Outcome(True)
                    case _:
                        await asyncio.sleep(piece)
        finally:
            request.stop.set()  # as the local one does

    def ended(self, ending: Ending) -> None:
        self.endings.append(ending)


def local_reply(text: str = "Local.") -> list[Piece]:
    """A reply that goes well."""
    return [0.05, Speech(SILENCE, text), Speech(sound(300), "")]


async def heard_of(responder: Responder, request: Request) -> str:
    """What is said to `request`; "†" at its end if nobody could say (more of) it."""
    said = ""
    heard = False
    try:
        async with aclosing(responder.reply(request)) as speech:
            async for piece in speech:
                if not (heard or piece.text):
                    raise ValueError("there was sound before its words")
                heard = True
                said += piece.text
    except EngineError:
        return f"{said}†"
    return said
