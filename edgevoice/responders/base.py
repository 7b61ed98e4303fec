"""What a turn expects of whoever writes and speaks its reply."""

import asyncio
import threading
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from edgevoice.audio.chunk import AudioChunk
from edgevoice.dialog.deeds import Deeds
from edgevoice.dialog.history import Message


@dataclass(frozen=True, slots=True)
class Speech:
    """A piece of the reply.

    `text` is a clause that begins here, exactly as it was written, and then there is no sound yet;
    it is empty for the pieces of sound that follow. Where there is neither, the clause is complete;
    who does not know that may leave it out.
    """

    chunk: AudioChunk
    text: str


@dataclass(frozen=True, slots=True)
class Request:
    """What a reply is wanted to.

    `messages`: the conversation up to the person's last words. `stop`: set when nobody wants the
    reply any more. `certain`: set when the person has finished; before that it is a draft that may
    be thrown away, so nothing may be changed in the world. `deeds`: where the reply tells what it
    does.
    """

    messages: Sequence[Message]
    stop: threading.Event = field(default_factory=threading.Event)
    certain: asyncio.Event = field(default_factory=asyncio.Event)
    deeds: Deeds = field(default_factory=Deeds)

    @property
    def words(self) -> str:
        """The person's last words."""
        last = self.messages[-1] if self.messages else None
        return last.content if last and last.role == "user" else ""


@dataclass(frozen=True, slots=True)
class Ending:
    """How a reply ended: what was `heard` of it (its text), for `heard_ms` milliseconds of its
    sound, and whether it was `interrupted`."""

    heard: str
    heard_ms: float
    interrupted: bool


class Responder(Protocol):
    """Answers a conversation with speech; what a subclass leaves out does nothing."""

    def reply(self, request: Request) -> AsyncGenerator[Speech, None]:
        """The reply to `request`, as it is made; engines stop soon after its `stop` is set.

        Raises `EngineError` when an engine fails; what was yielded before stays said.
        """
        ...

    async def prepare(self, messages: Sequence[Message], stop: threading.Event) -> None:
        """Read `messages`, whose last one may be unfinished, so that a reply to them starts sooner.

        Raises `EngineError` when an engine fails.
        """
        return

    def hear(self, chunk: AudioChunk, fresh: bool) -> None:
        """The person's voice, as it comes in (16 kHz); `fresh`: an utterance begins here. Must be
        quick: it is called between two pieces of sound."""
        return

    def ended(self, ending: Ending) -> None:
        """The last reply that was let out has come to its end. Must be quick."""
        return

    async def forget(self) -> None:
        """Wipe what was read, and what was answered to it."""
        return


class Writer(Protocol):
    """Writes a reply, for a voice of ours to speak."""

    async def prepare(self, messages: Sequence[Message], stop: threading.Event) -> None:
        """As `Responder.prepare`."""
        ...

    def write(self, request: Request) -> AsyncGenerator[str, None]:
        """The reply to `request`, clause by clause, as it is written. Raises `EngineError`."""
        ...

    def ended(self, ending: Ending) -> None:
        """As `Responder.ended`."""
        ...

    async def forget(self) -> None:
        """As `Responder.forget`."""
        ...
