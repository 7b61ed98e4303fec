"""A chat model on another machine of the site, asked the way OpenAI's servers are asked.

llama-server, Ollama, vLLM and others speak this protocol. They get the whole conversation with
every request, and what they keep of it (in a cache, or in a log) is theirs: `forget` cannot reach
it. Where they hold calls of tools to the tools' schemas, calls fit; else the caller finds out.

Nothing is tried twice here, no proxy is asked and no redirection followed: whoever is asked is who
the settings name.
"""

import asyncio
import json
import logging
from collections.abc import AsyncGenerator, Awaitable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

from edgevoice.discretion import hush
from edgevoice.engines.base import Message, Stop, ToolCall, ToolSpec
from edgevoice.engines.neutral import Neutral
from edgevoice.engines.tool_format import Watch, call_in, estimated_tokens, function
from edgevoice.errors import ConfigError, EngineError

log = logging.getLogger(__name__)

LOOK_S = 0.02
"""Seconds between two looks at `stop` while the server is silent."""

LETTING_GO_S = 1.0
"""Seconds that closing a connection may take."""

MOST_LETTERS_PER_TOKEN = 12
"""A reply with more than these for every token that we allow has been longer than we asked for."""

T = TypeVar("T")


class OpenAIChat:
    """A `ChatModel` behind a server. It runs an event loop of its own in the thread that calls it.

    `evaluated_tokens` counts what the server says, less what it had in its cache.
    """

    def __init__(
        self,
        base_url: str,
        model: str,
        *,
        key: str = "",
        timeout_s: float = 10.0,
        max_tokens: int = 200,
        temperature: float = 0.0,
    ) -> None:
        """`base_url`: such as http://127.0.0.1:8080/v1. `timeout_s`: how long the server may be
        silent. The rest is as for `LlamaChat`. Nothing is sent yet. Raises `ConfigError`."""
        import openai

        hush()
        self.evaluated_tokens = 0
        self._sdk = openai
        self._where = _place(base_url)
        self._timeout_s = timeout_s
        self._settings = {"model": model, "max_tokens": max_tokens, "temperature": temperature}
        self._most_letters = MOST_LETTERS_PER_TOKEN * max_tokens
        self._neutral = Neutral()
        self._loop = asyncio.new_event_loop()
        self._client = openai.AsyncOpenAI(
            base_url=base_url,
            api_key=key or "none",
            max_retries=0,
            timeout=2 * timeout_s,  # we are first to lose patience
            http_client=openai.DefaultAsyncHttpxClient(trust_env=False, follow_redirects=False),
        )

    def prefill(
        self, messages: Sequence[Message], stop: Stop, tools: Sequence[ToolSpec] = ()
    ) -> None:
        """Nothing: a request for every few words would keep the server from answering."""

    def stream(
        self, messages: Sequence[Message], stop: Stop, tools: Sequence[ToolSpec] = ()
    ) -> Iterator[str | ToolCall]:
        if stop.is_set() or not messages:
            return
        reply = _Reply(self._where, tools)
        chunks = self._chunks(self._request(messages, tools))
        try:
            while (chunk := self._wait(anext(chunks, None), stop)) is not None:
                words = self._read(reply, chunk)
                if words:
                    yield words
                if stop.is_set():
                    return
                if reply.letters > self._most_letters:
                    log.warning("the language model at %s does not end: cut off", self._where)
                    return
            if not stop.is_set():
                yield from reply.end()
        finally:
            self._loop.run_until_complete(chunks.aclose())

    def price(self, tools: Sequence[ToolSpec]) -> int:
        """By an estimate: the server's tokeniser is out of reach."""
        return estimated_tokens(tools)

    def forget(self) -> None:
        """Nothing was kept here; what the server keeps is out of reach."""

    def close(self) -> None:
        """Let go of the connection."""
        self._loop.run_until_complete(self._client.close())
        self._loop.close()

    def _request(self, messages: Sequence[Message], tools: Sequence[ToolSpec]) -> dict[str, Any]:
        offered = {
            "tools": [{"type": "function", "function": function(tool)} for tool in tools],
            "parallel_tool_calls": False,
        }
        return {
            **self._settings,
            **(offered if tools else {}),
            "messages": wired(messages, self._neutral),
            "stream": True,
            "stream_options": {"include_usage": True},
            # Reasoning models would think aloud before they speak.
            "extra_body": {"chat_template_kwargs": {"enable_thinking": False}},
        }

    async def _chunks(self, request: dict[str, Any]) -> AsyncGenerator[Any, None]:
        stream = await self._client.chat.completions.create(**request)
        try:
            async for chunk in stream:
                yield chunk
        finally:
            await stream.close()

    def _wait(self, awaited: Awaitable[T], stop: Stop) -> T | None:
        """What `awaited` comes to; None as soon as `stop` is set."""
        try:
            return self._loop.run_until_complete(self._awaited(awaited, stop))
        except EngineError:
            raise
        except Exception as error:
            raise self._explained(error) from None  # its text and its request may hold words

    async def _awaited(self, awaited: Awaitable[T], stop: Stop) -> T | None:
        task = asyncio.ensure_future(awaited)
        until = self._loop.time() + self._timeout_s
        try:
            while not task.done():
                left = until - self._loop.time()
                if left <= 0:
                    raise self._silent()
                await asyncio.wait([task], timeout=min(left, LOOK_S))
                if stop.is_set():
                    return None
            return task.result()
        finally:
            if task.cancel():
                await asyncio.wait([task], timeout=LETTING_GO_S)

    def _read(self, reply: "_Reply", chunk: Any) -> str:
        try:
            words = reply.read(chunk)
        except (AttributeError, TypeError, ValueError, IndexError, KeyError) as error:
            raise self._explained(error) from None
        if usage := reply.usage:
            self.evaluated_tokens += usage
            reply.usage = 0
        return words

    def _silent(self) -> EngineError:
        return EngineError(
            f"the language model at {self._where} has been silent for {self._timeout_s:g} s",
            "See whether it is busy or hangs, or raise llm.timeout_s.",
        )

    def _explained(self, error: Exception) -> EngineError:
        """What `error` means, without anything of its text."""
        sdk, where = self._sdk, self._where
        match error:
            case sdk.APITimeoutError():
                return self._silent()
            case sdk.APIConnectionError():
                what, cure = f"{where} cannot be reached, or broke off", "Start it, or check"
                return EngineError(f"the language model at {what}", f"{cure} llm.base_url.")
            case sdk.AuthenticationError() | sdk.PermissionDeniedError():
                what, cure = "refuses our key", "Check llm.api_key_file."
            case sdk.NotFoundError():
                what = "does not know the model, or the path"
                cure = "Check llm.remote_model, and that llm.base_url ends as the server's does."
            case sdk.RateLimitError():
                what, cure = "has too much to do (429)", "Ask it less, or allow us more."
            case sdk.BadRequestError() if "context" in f"{error.code} {error.type} {error}":
                what = "has no room for this conversation"
                cure = "Lower llm.context_tokens to what it is run with."
            case sdk.APIStatusError():
                what, cure = f"answers with status {error.status_code}", "See its own log."
            case sdk.APIError():
                what, cure = "reports an error in the middle of a reply", "See its own log."
            case _:
                what = f"sends what is no reply ({type(error).__name__})"
                cure = "See whether llm.base_url names a server that speaks like OpenAI's."
        return EngineError(f"the language model at {where} {what}", cure)


class _Reply:
    """A reply, put together of the pieces that the server sends."""

    def __init__(self, where: str, tools: Sequence[ToolSpec]) -> None:
        self.usage = 0
        """Tokens that were evaluated, once the server has said so."""
        self.letters = 0
        """Of words and calls that have come."""
        self._where = where
        self._names = {tool.name for tool in tools}
        self._watch = Watch() if tools else None
        self._written = ""
        """The call, where the model writes it and the server takes it for words."""
        self._name, self._arguments, self._calling = "", "", False
        self._finish: str | None = None

    def read(self, chunk: Any) -> str:
        """The words that are certain, now that `chunk` has come."""
        if getattr(chunk, "usage", None):
            used = chunk.usage
            cached = getattr(used.prompt_tokens_details, "cached_tokens", None) or 0
            self.usage += used.prompt_tokens - cached + used.completion_tokens
        if not chunk.choices:
            return ""
        choice = chunk.choices[0]
        self._finish = choice.finish_reason or self._finish
        for part in choice.delta.tool_calls or ():
            if part.index == 0:  # we carry out one at a time
                self._calling = True
                self._name += part.function.name or ""
                self._arguments += part.function.arguments or ""
                self.letters += len(part.function.arguments or "")
        self.letters += len(choice.delta.content or "")
        return self._words(choice.delta.content or "")

    def _words(self, content: str) -> str:
        if not isinstance(content, str):
            raise TypeError
        if self._watch is None:
            return content
        if self._watch.called:
            self._written += content
            return ""
        words = self._watch.words(content)
        self._written = self._watch.rest
        return words

    def end(self) -> Iterator[str | ToolCall]:
        """What is left once everything has come. Raises `EngineError`."""
        if self._finish is None:
            raise EngineError(
                f"the language model at {self._where} broke off in the middle", "See its own log."
            )
        if self._watch and (words := self._watch.end()):
            yield words
        call = None
        if self._calling:
            arguments = self._arguments or "{}"
            call = call_in(f'{{"name": {json.dumps(self._name)}, "arguments": {arguments}}}')
        elif self._watch and self._watch.called:
            call = call_in(self._written)
        else:
            return
        if call and call.name in self._names:
            yield call
        elif self._finish == "length":
            log.warning("the language model began to call a tool, but did not come to an end")
        else:
            raise EngineError(
                f"the language model at {self._where} calls a tool in a way that makes no sense",
                "Try a model that knows tools, and see how the server is told to read its calls.",
            )


def wired(messages: Sequence[Message], neutral: Neutral) -> list[dict[str, Any]]:
    """`messages` as they are sent."""
    sent: list[dict[str, Any]] = []
    calls = outcomes = 0
    for message in messages:
        entry: dict[str, Any] = {"role": message.role, "content": neutral.text(message.content)}
        if message.calls:
            entry["tool_calls"] = []
            for call in message.calls:
                calls += 1
                arguments = json.dumps(neutral.value(call.arguments), ensure_ascii=False)
                entry["tool_calls"].append(
                    {
                        "id": f"call_{calls}",
                        "type": "function",
                        "function": {"name": call.name, "arguments": arguments},
                    }
                )
        if message.role == "tool":
            outcomes += 1
            entry["tool_call_id"] = f"call_{outcomes}"
        sent.append(entry)
    return sent


def read_key(file: Path | None) -> str:
    """The key in `file`; empty where there is none. Raises `ConfigError`."""
    if file is None:
        return ""
    cure = "Write the server's key into it, in one line, or leave llm.api_key_file empty."
    try:
        key = file.read_bytes().strip()
    except OSError as error:
        raise ConfigError(f"the key {file} cannot be read: {error.strerror}", cure) from None
    if not key or not all(0x20 < byte < 0x7F for byte in key):
        raise ConfigError(f"{file} holds no key", cure)
    return key.decode("ascii")


def _place(base_url: str) -> str:
    """Who is asked, without whatever else stands in the address. Raises `ConfigError`."""
    try:
        parts = urlsplit(base_url)
        place = (
            parts.hostname and f"{parts.hostname}:{parts.port}" if parts.port else parts.hostname
        )
    except ValueError:
        place = None
    if not place:
        raise ConfigError(
            "llm.base_url is no address of a server", "Write it as http://127.0.0.1:8080/v1."
        )
    return place
