"""What a turn expects of whoever writes and speaks its reply."""

import threading
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from typing import Protocol

from edgevoice.audio.chunk import AudioChunk
from edgevoice.dialog.history import Message


@dataclass(frozen=True, slots=True)
class Speech:
    """A piece of the reply.

    `text` is a clause that begins here, exactly as it was written, and then there is no sound yet;
    it is empty for the pieces of sound that follow.
    """

    chunk: AudioChunk
    text: str


class Responder(Protocol):
    """Answers a conversation with speech."""

    async def prepare(self, messages: Sequence[Message], stop: threading.Event) -> None:
        """Read `messages`, whose last one may be unfinished, so that a reply to them starts sooner.

        Raises `EngineError` when an engine fails.
        """
        ...

    def reply(
        self, messages: Sequence[Message], stop: threading.Event
    ) -> AsyncGenerator[Speech, None]:
        """The reply to `messages`, as it is made; engines stop soon after `stop` is set.

        It may be a draft that is thrown away, so it must leave no trace in the world.
        Raises `EngineError` when an engine fails; what was yielded before stays said.
        """
        ...

    async def forget(self) -> None:
        """Wipe what was read, and what was answered to it."""
        ...
