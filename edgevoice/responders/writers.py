"""Who writes replies: the language model by itself."""

import threading
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from contextlib import aclosing

from edgevoice.dialog.calls import ToolCall, ToolSpec
from edgevoice.dialog.clauses import ClauseSplitter
from edgevoice.dialog.events import Prefilled, TokenWritten
from edgevoice.dialog.history import Message
from edgevoice.engines.base import ChatModel
from edgevoice.engines.workers import Worker
from edgevoice.report import Journal
from edgevoice.responders.base import Ending, Request

Tools = Callable[[], Sequence[ToolSpec]]
"""The tools that a model is told of just now."""


class ChatWriter:
    """A `Writer`: a chat model, and its worker."""

    def __init__(
        self, chat: ChatModel, worker: Worker, journal: Journal, tools: Tools = lambda: ()
    ) -> None:
        """`tools`: what the model may call; see `answer`."""
        self._chat = chat
        self._worker = worker
        self._journal = journal
        self._tools = tools

    async def prepare(self, messages: Sequence[Message], stop: threading.Event) -> None:
        """Bring `messages` into the chat model's cache."""

        def read() -> int:
            before = self._chat.evaluated_tokens
            self._chat.prefill(messages, stop, self._tools())
            return self._chat.evaluated_tokens - before

        if tokens := await self._worker.call(read):
            self._journal.publish(Prefilled(self._journal.now(), tokens))

    async def write(self, request: Request) -> AsyncGenerator[str, None]:
        """The model's reply, without what it wants to be done."""
        parts = self.answer(request.messages, request.stop)
        async with aclosing(parts):
            async for part in parts:
                if isinstance(part, str):
                    yield part

    async def answer(
        self, messages: Sequence[Message], stop: threading.Event
    ) -> AsyncGenerator[str | ToolCall, None]:
        """The clauses of the model's reply to `messages`, and last, if it wants a tool to be used,
        the call."""
        splitter = ClauseSplitter()
        call: ToolCall | None = None
        async with aclosing(self._pieces(messages, stop)) as pieces:
            async for piece in pieces:
                if isinstance(piece, ToolCall):
                    call = piece
                    continue
                for clause in splitter.add(piece):
                    yield clause
        for clause in splitter.finish():
            yield clause
        if call:
            yield call

    async def _pieces(
        self, messages: Sequence[Message], stop: threading.Event
    ) -> AsyncGenerator[str | ToolCall, None]:

        def written() -> Iterator[tuple[str | ToolCall, int]]:
            before = self._chat.evaluated_tokens
            for piece in self._chat.stream(messages, stop, self._tools()):
                yield piece, self._chat.evaluated_tokens - before

        pieces = self._worker.stream(written, stop)
        async with aclosing(pieces):
            async for piece, evaluated in pieces:
                text = piece if isinstance(piece, str) else ""
                self._journal.publish(TokenWritten(self._journal.now(), text, evaluated))
                yield piece

    def ended(self, ending: Ending) -> None:
        """Nothing hangs on it."""

    async def forget(self) -> None:
        """Wipe the chat model's cache, once its present job is done."""
        await self._worker.call(self._chat.forget)
