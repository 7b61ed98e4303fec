"""Ourselves and a service, both scripted, and who decides between them."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

import numpy as np

from edgevoice.audio.chunk import LISTENING_RATE, AudioChunk, samples_of
from edgevoice.dialog.fallback import Health, When
from edgevoice.dialog.history import Message
from edgevoice.report import Journal
from edgevoice.responders.base import Ending, Request, Speech
from edgevoice.responders.fallback import (
    FallbackResponder,
    FallbackSettings,
    PardonResponder,
    Switch,
)
from edgevoice.responders.realtime.building import Make
from edgevoice.responders.realtime.meter import Budget
from edgevoice.responders.realtime.responder import RealtimeResponder
from edgevoice.responders.realtime.scripted import Reply
from edgevoice.responders.realtime.session import Fault
from edgevoice.responders.scripted import RATE, Piece, ScriptedResponder, heard_of, sound
from edgevoice.testing import run_virtual
from tests.responders.realtime.scripted import Service

SYSTEM = Message("system", "Be kind.")
PATIENCE_S = 0.9

NOTICE = Speech(sound(1_000), "I ask a service. ")
OVER = Speech(sound(1_000), "That was enough. ")


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
        said = await heard_of(self.responder, request)
        whole = said.removesuffix("†")
        self.responder.ended(Ending(whole if heard is None else heard, 9_000.0, heard is not None))
        self.messages += [Message("user", words), Message("assistant", whole)]
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
