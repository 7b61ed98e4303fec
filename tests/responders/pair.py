"""Ourselves and a service, both scripted, and who decides between them."""

import asyncio
import threading
from collections.abc import AsyncGenerator, Callable, Coroutine, Sequence
from contextlib import aclosing
from typing import Any

import numpy as np

from edgevoice.audio.chunk import LISTENING_RATE, AudioChunk, samples_of
from edgevoice.dialog.calls import Outcome, ToolCall
from edgevoice.dialog.fallback import Health, When
from edgevoice.dialog.history import Message
from edgevoice.errors import EngineError
from edgevoice.report import Journal
from edgevoice.responders.base import Ending, Request, Responder, Speech
from edgevoice.responders.fallback import (
    FallbackResponder,
    FallbackSettings,
    PardonResponder,
    Switch,
)
from edgevoice.responders.realtime.building import Make
from edgevoice.responders.realtime.meter import Budget
from edgevoice.responders.realtime.responder import RealtimeResponder
from edgevoice.responders.realtime.session import Fault
from edgevoice.testing import run_virtual
from tests.responders.realtime.scripted import Reply, Service

RATE = 22_050
SYSTEM = Message("system", "Be kind.")
PATIENCE_S = 0.9


def sound(ms: int) -> AudioChunk:
    return AudioChunk(np.ones(samples_of(ms, RATE), np.int16), RATE)


SILENCE = AudioChunk(np.zeros(0, np.int16), RATE)
NOTICE = Speech(sound(1_000), "I ask a service. ")
OVER = Speech(sound(1_000), "That was enough. ")


class BrokenError(EngineError):
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
    return [0.05, Speech(SILENCE, text), Speech(sound(300), "")]


class Both:
    """The two, and who decides between them."""

    def __init__(
        self,
        when: When,
        local: Sequence[Sequence[Piece]] = (),
        cloud: Sequence[Reply] = (),
        connects: Sequence[float | Fault] = (),
        *,
        noticed: bool = True,
        budget: Budget | None = None,
        broken: Callable[[], bool] = lambda: False,
        patience_s: float = PATIENCE_S,
        make: Make | None = None,
    ) -> None:
        """`make`: makes other sessions than those of the script."""
        self.service = Service(cloud, connects, budget=budget, make=make)
        self.service.line.noticed = noticed
        self.local = ScriptedResponder(local)
        self.pardon = ScriptedResponder([[Speech(sound(300), "Pardon?")]] * 9)
        settings = FallbackSettings(when, ["ask the cloud"], patience_s, NOTICE, OVER)
        self.health = Health(1_000, 60)
        self.switch = Switch(self.service.line, settings, self.health, broken)
        responder = RealtimeResponder(self.service.line, RATE, Journal())
        self.responder = FallbackResponder(
            self.local, responder, self.switch, lambda request: "timer" in request.words
        )
        self.pardoning = PardonResponder(self.pardon, responder, self.switch)
        self.messages = [SYSTEM]

    async def turn(self, words: str, heard: str | None = None) -> str:
        """A turn; answers what was said, "†" at its end if nobody could say (more of) it."""
        request = Request([*self.messages, Message("user", words)])
        request.certain.set()
        said = await self.hear_out(self.responder, request)
        whole = said.removesuffix("†")
        self.responder.ended(Ending(whole if heard is None else heard, 9_000.0, heard is not None))
        self.messages += [Message("user", words), Message("assistant", whole)]
        return said

    async def hear_out(self, responder: Responder, request: Request) -> str:
        said = ""
        heard = False
        try:
            async with aclosing(responder.reply(request)) as speech:
                async for piece in speech:
                    assert heard or piece.text, "no sound before its words"
                    heard = True
                    said += piece.text
        except EngineError:
            return f"{said}†"
        return said

    def utterance(self, ms: int = 400) -> None:
        chunk = AudioChunk(np.ones(samples_of(ms), np.int16), LISTENING_RATE)
        self.responder.hear(chunk, True)


def hold(both: Both, talk: Callable[[], Coroutine[Any, Any, None]]) -> None:
    async def main() -> None:
        await talk()
        await both.service.line.close()
        await asyncio.sleep(0.01)
        assert asyncio.all_tasks() == {asyncio.current_task()}, "a task was left behind"

    run_virtual(main())
