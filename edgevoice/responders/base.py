"""What a turn expects of whoever writes and speaks its reply."""

import threading
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from typing import Protocol

from edgevoice.audio.chunk import AudioChunk
from edgevoice.dialog.history import Message


@dataclass(frozen=True, slots=True)
class Speech:
    """A piece of the reply's sound.

    `text` is the clause that begins with this piece, exactly as it was written; it is empty for
    the pieces that continue a clause.
    """

    chunk: AudioChunk
    text: str


class Responder(Protocol):
    """Answers a conversation with speech."""

    def reply(
        self, messages: Sequence[Message], stop: threading.Event
    ) -> AsyncGenerator[Speech, None]:
        """The reply to `messages`, as it is made; engines stop soon after `stop` is set.

        Raises `EngineError` when an engine fails; what was yielded before stays said.
        """
        ...
