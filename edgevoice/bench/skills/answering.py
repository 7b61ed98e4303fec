"""Who answers the requests of the benchmark, and what can be seen of an answer."""

import asyncio
import time
from collections.abc import Iterable
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from typing import Protocol

from edgevoice.bench.skills.requests import Fault
from edgevoice.dialog.calls import Outcome, ToolCall
from edgevoice.dialog.events import Event, Note, Routed
from edgevoice.dialog.history import Message
from edgevoice.responders.base import Ending, Request, Writer
from edgevoice.skills.intents import Intents
from edgevoice.skills.tool import Run, Tool, ToolFailedError

TIMEOUT_S = 0.05
"""So long the benchmark waits for a tool that hangs; nobody learns anything from ten seconds."""


@dataclass(frozen=True, slots=True)
class Answered:
    """What came of a request.

    `calls`: what was called, with what came of it. `said`: the whole reply. `route`: who answered
    it. `latency_ms`: milliseconds from the end of the request to the first words of the reply.
    """

    calls: tuple[tuple[ToolCall, Outcome | None], ...]
    said: str
    route: str
    latency_ms: float | None


class Answering(Protocol):
    """Answers requests; a conversation is as long as there is no new one."""

    async def begin(self, fault: Fault | None) -> None:
        """A new conversation, in which every tool has this `fault`."""
        ...

    async def answer(self, words: str) -> Answered:
        """What comes of `words`."""
        ...


@dataclass(slots=True)
class Stage:
    """On a stage nothing is real: tools say that they have done something, and do nothing."""

    fault: Fault | None = None

    def set(self, tools: Iterable[Tool]) -> list[Tool]:
        """`tools`, known by the same words, but only played."""
        return [
            replace(tool, run=self._played(tool.name), timeout_s=TIMEOUT_S, tries=1)
            for tool in tools
        ]

    def _played(self, name: str) -> Run:
        async def run(arguments: object, key: str) -> Outcome:
            if self.fault is Fault.FAILS:
                raise ToolFailedError("That does not work at the moment.")
            if self.fault is Fault.HANGS:
                await asyncio.Event().wait()
            return Outcome(True, say=f"This is the answer of {name.replace('_', ' ')}.")

        return run


@dataclass(slots=True)
class Routes:
    """An observer that remembers who wrote the last reply."""

    last: str = ""

    def __call__(self, event: Event | Note) -> None:
        if isinstance(event, Routed):
            self.last = event.route


@dataclass(slots=True)
class WriterAnswering:
    """The whole path of text: `writer`, whose tools are on the `stage`. `system`: the messages that
    every conversation begins with."""

    writer: Writer
    stage: Stage
    routes: Routes
    system: tuple[Message, ...] = ()
    _messages: list[Message] = field(default_factory=list)

    async def begin(self, fault: Fault | None) -> None:
        await self.writer.forget()
        self.stage.fault = fault
        self._messages = list(self.system)

    async def answer(self, words: str) -> Answered:
        request = Request([*self._messages, Message("user", words)])
        request.certain.set()
        began, first, said = time.perf_counter(), None, ""
        async with aclosing(self.writer.write(request)) as pieces:
            async for piece in pieces:
                first = first or time.perf_counter()
                said += piece
        self.writer.ended(Ending(said, 0.0, False))
        self._messages = [
            *request.messages,
            *request.deeds.messages(),
            *([Message("assistant", said)] if said else []),
        ]
        calls = tuple((deed.call, deed.outcome) for deed in request.deeds.all)
        latency = None if first is None else 1000 * (first - began)
        return Answered(calls, said, self.routes.last, latency)


@dataclass(slots=True)
class IntentsAlone:
    """The intents, and nobody else: a first look, without a model."""

    intents: Intents

    async def begin(self, fault: Fault | None) -> None:
        self.intents.forget()

    async def answer(self, words: str) -> Answered:
        began = time.perf_counter()
        call = self.intents.recognise(words)
        latency = 1000 * (time.perf_counter() - began)
        calls = () if call is None else ((call, None),)
        return Answered(calls, "", "intent" if call else "model", latency)
