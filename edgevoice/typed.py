"""A conversation that is typed: history, skills and what rings are those of a spoken one.

line ─▶ Writer ─clauses─▶ Screen        while nobody types, the bell is asked: a timer rings
"""

import asyncio
import os
import threading
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass
from typing import Protocol

from edgevoice.dialog.attention import Signal
from edgevoice.dialog.calls import ToolCall
from edgevoice.dialog.events import Event, Note, Routed, ToolUsed
from edgevoice.dialog.history import History
from edgevoice.replying import Bell
from edgevoice.responders.base import Ending, Request, Writer

LOOK_S = 0.25
"""Between two looks at the bell."""
DEAF = "That is for a conversation that is spoken; nobody listens here."


@dataclass(frozen=True, slots=True)
class Answered:
    """A line and the reply to it. `route`: who wrote it. `tools`: what was called, and whether that
    was done. `evaluated`: tokens that the language model has read and written for it."""

    user: str
    agent: str
    route: str
    tools: tuple[tuple[ToolCall, bool], ...]
    evaluated: int


class Screen(Protocol):
    """Where it is shown."""

    def ask(self) -> None:
        """The next line may be typed."""
        ...

    def say(self, clause: str) -> None:
        """A piece of the reply."""
        ...

    def used(self, tool: str, ok: bool) -> None:
        """A tool has been used, and has done what it was asked to, or not."""
        ...

    def answered(self, what: Answered) -> None:
        """The reply is whole."""
        ...

    def ring(self, words: str) -> None:
        """Something is due, while the next line may be typed."""
        ...

    def note(self, words: str) -> None:
        """Something has to be told that is no reply."""
        ...


class Typed:
    """One conversation; also an observer, which has to be told of what its `Writer` does."""

    def __init__(
        self,
        screen: Screen,
        history: History,
        bell: Bell,
        forgotten: Callable[[str], str],
        evaluated: Callable[[], int],
    ) -> None:
        """`forgotten`: the reply to words that tell us to forget the conversation; empty where they
        do not. `evaluated`: tokens that the language model has read and written so far."""
        self._screen = screen
        self._history = history
        self._bell = bell
        self._forgotten = forgotten
        self._evaluated = evaluated
        self._route = "model"
        self._forgets = False

    def __call__(self, event: Event | Note) -> None:
        """Look at what happens."""
        if isinstance(event, Routed):
            self._route = event.route
        elif isinstance(event, ToolUsed):
            self._screen.used(event.name, event.ok)

    def signal(self, signal: Signal) -> None:
        """What a tool does that a person could do by a key."""
        if signal is Signal.FORGET:
            self._forgets = True
        else:
            self._screen.note(DEAF)

    async def hold(self, writer: Writer, lines: "Lines") -> None:
        """Answer `lines` by `writer`, until one is empty. Raises `EngineError`."""
        stop = threading.Event()
        preparing = asyncio.create_task(writer.prepare(self._history.messages(), stop))
        try:
            while line := await self._next(lines):
                await preparing
                if reply := self._forgotten(line):
                    self._forgets = True
                    self._screen.say(reply)
                    self._screen.answered(Answered(line, reply, "intent", (), 0))
                else:
                    await self._answer(line, writer)
                if self._forgets:
                    self._forgets = False
                    self._history.clear()
                    await writer.forget()
        finally:
            stop.set()
            preparing.cancel()

    async def _next(self, lines: "Lines") -> str:
        self._screen.ask()
        reading = asyncio.create_task(lines.next())
        try:
            while not (await asyncio.wait({reading}, timeout=LOOK_S))[0]:
                self._ring()
        finally:
            reading.cancel()
        self._ring()
        self._bell.answered()
        return reading.result()

    def _ring(self) -> None:
        if words := self._bell.due():
            self._screen.ring(words)
            self._history.add_announcement(words)
            self._bell.said(True)

    async def _answer(self, line: str, writer: Writer) -> None:
        before, said = self._evaluated(), ""
        self._history.add_user(line)
        request = Request(self._history.messages())
        request.certain.set()
        try:
            async with aclosing(writer.write(request)) as clauses:
                async for clause in clauses:
                    said += clause
                    self._screen.say(clause)
        finally:
            request.stop.set()
        self._history.add_assistant(said, request.deeds.messages())
        calls = tuple((it.call, bool(it.outcome and it.outcome.ok)) for it in request.deeds.all)
        evaluated = self._evaluated() - before
        self._screen.answered(Answered(line, said, self._route, calls, evaluated))
        writer.ended(Ending(said, 0.0, interrupted=False))


class Lines:
    """What is typed or piped in, line by line; nothing else has to wait for it."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._read = b""

    async def next(self) -> str:
        """The next line, without white space around it; empty at the end."""
        while b"\n" not in self._read:
            await self._readable()
            if not (more := os.read(self._descriptor, 65_536)):
                self._read += b"\n"
            self._read += more
        line, _, self._read = self._read.partition(b"\n")
        return line.decode(errors="replace").strip()

    async def _readable(self) -> None:
        loop = asyncio.get_running_loop()
        ready = asyncio.Event()
        try:
            loop.add_reader(self._descriptor, ready.set)
        except PermissionError:  # a plain file can be read at any time
            return
        try:
            await ready.wait()
        finally:
            loop.remove_reader(self._descriptor)
