"""The connection to one server of the Model Context Protocol, kept up for as long as it is wanted.

    starting ──answers──▶ at hand ──ends, or is silent too long──▶ away ──back-off──▶ starting

A program is run in an environment of its own: PATH, HOME, LANG and the like, and what the settings
name. What it writes to its standard error goes nowhere, since it may quote what was said. It ends
with us, however we end.
"""

import asyncio
import logging
import os
import shutil
import sys
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from edgevoice.config import McpConfig
from edgevoice.doubling import doubling
from edgevoice.skills import dies_with_us

if TYPE_CHECKING:
    import mcp
    from mcp.client._transport import ReadStream, TransportStreams

FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 60.0
"""Between two starts; each pause is twice the one before, until a server has held out."""
HELD_OUT_S = 60.0
ANSWER_S = 30.0
"""What a server may take for any answer; for a tool's it is the settings' to say."""
CHECK_S = 10.0
"""What a server may take to show that it is still there, at least."""
CONNECT_S = 5.0
MOST_GARBAGE = 10_000
"""Lines in a row that are no messages. Some programs tell their woes on the wrong stream."""
MOST_PAGES = 20
"""Of a list of tools."""

log = logging.getLogger(__name__)


class AwayError(Exception):
    """The server cannot be reached just now."""


class Link:
    """One server. Everything here happens on one event loop, which runs `keep`."""

    def __init__(
        self, config: McpConfig, found: Callable[["Link", Sequence["mcp.Tool"]], None]
    ) -> None:
        """`found` is told of the tools that the server offers, each time that it has started; a
        `ValueError` of it means that they cannot be."""
        self.config = config
        self.tried = asyncio.Event()
        """Set when the first start has gone well, or has not."""
        self._found = found
        self._client: mcp.Client | None = None
        self._doubt = asyncio.Event()
        self._failures = 0

    async def keep(self) -> None:
        """Start the server, and again whenever it ends, until this is cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            began = loop.time()
            try:
                await self._use()
            except Exception as error:  # whatever a server does is no reason for us to end
                self._tell(error)
            finally:
                self._client = None
                self.tried.set()
            if loop.time() - began >= HELD_OUT_S:
                self._failures = 0
            await asyncio.sleep(pause_s(self._failures))
            self._failures += 1

    async def call(self, tool: str, arguments: Mapping[str, Any]) -> "mcp.types.CallToolResult":
        """What the server answers. Raises `AwayError`, and what the SDK raises: `MCPError` for the
        server's own errors among others. Cancelling it tells the server."""
        import mcp
        from mcp.types import CONNECTION_CLOSED, REQUEST_TIMEOUT

        if self._client is None:
            raise AwayError
        try:
            return await self._client.call_tool(tool, dict(arguments))
        except BaseException as error:
            self._doubt.set()
            if isinstance(error, mcp.MCPError) and error.code in (
                CONNECTION_CLOSED,
                REQUEST_TIMEOUT,
            ):
                raise AwayError from None
            raise

    async def _use(self) -> None:
        """Start the server and watch over it. Ends by raising."""
        import mcp

        self._doubt.clear()
        wait_s = max(self.config.timeout_s, ANSWER_S)
        transport: Any = _watched(self._transport(), self._doubt.set)
        async with mcp.Client(transport, read_timeout_seconds=wait_s, cache=None) as client:
            self._found(self, await _offered(client))
            self._client = client
            self.tried.set()
            if self._failures:
                log.warning("the MCP server %s is there", self.config.name)
            while True:
                await self._doubt.wait()
                self._doubt.clear()
                # It may be busy with what nobody waits for any more, and do one thing at a time.
                async with asyncio.timeout(max(self.config.timeout_s, CHECK_S)):
                    await client.list_tools()

    def _transport(self) -> AbstractAsyncContextManager["TransportStreams"]:
        return _program(self.config) if self.config.command else _web(self.config)

    def _tell(self, error: Exception) -> None:
        """The first failure in a row is worth a line; of the error, its kind alone."""
        while isinstance(error, ExceptionGroup):
            error = error.exceptions[0]
        kind = type(error).__name__
        command = self.config.command
        path = self.config.environment.get("PATH")
        if command and shutil.which(command[0], path=path) is None:
            kind = f"there is no program {command[0]}"
        elif isinstance(error, ValueError) and type(error) is ValueError:
            kind = str(error)  # our own words: see `found`
        level = logging.DEBUG if self._failures else logging.WARNING
        name = self.config.name
        log.log(level, "the MCP server %s is not there (%s); it is tried again", name, kind)


def pause_s(failures: int) -> float:
    """Seconds to wait after so many failures in a row before this one."""
    return doubling(FIRST_PAUSE_S, failures, LONGEST_PAUSE_S)


async def _offered(client: "mcp.Client") -> list["mcp.Tool"]:
    tools: list[mcp.Tool] = []
    cursor: str | None = None
    for _ in range(MOST_PAGES):
        page = await client.list_tools(cursor=cursor)
        tools += page.tools
        cursor = page.next_cursor
        if cursor is None:
            break
    return tools


@asynccontextmanager
async def _program(config: McpConfig) -> AsyncIterator["TransportStreams"]:
    """The standard streams of the server's program, which is run meanwhile."""
    from mcp import StdioServerParameters, stdio_client

    program, *arguments = [sys.executable, "-IS", dies_with_us.__file__, *config.command]
    parameters = StdioServerParameters(
        command=program,
        args=arguments,
        env={"LANG": os.environ.get("LANG", "C.UTF-8"), **config.environment},
        cwd="/",
        encoding_error_handler="replace",
    )
    with Path(os.devnull).open("w") as nowhere:
        async with stdio_client(parameters, errlog=nowhere) as streams:
            yield streams


@asynccontextmanager
async def _web(config: McpConfig) -> AsyncIterator["TransportStreams"]:
    """The streams to a server that is reached over HTTP."""
    import httpx2
    from mcp.client.streamable_http import streamable_http_client

    # How long an answer may take is the session's to say; a stream may be silent for long.
    patience = httpx2.Timeout(ANSWER_S, connect=CONNECT_S, read=None)
    async with (
        httpx2.AsyncClient(headers=config.headers, timeout=patience) as client,
        streamable_http_client(config.url, http_client=client) as streams,
    ):
        yield streams


@asynccontextmanager
async def _watched(
    transport: AbstractAsyncContextManager["TransportStreams"], gone: Callable[[], None]
) -> AsyncIterator["TransportStreams"]:
    """`transport`; `gone` is called when nothing can come from the server any more, which the SDK
    tells only those who ask for something."""
    async with transport as (incoming, outgoing):
        yield _Watched(incoming, gone), outgoing


class _Watched:
    """A stream that tells of its end; and it ends where nothing but garbage comes."""

    def __init__(self, stream: "ReadStream[Any]", gone: Callable[[], None]) -> None:
        self._stream = stream
        self._gone = gone
        self._garbage = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Any:
        try:
            item = await self._stream.__anext__()
        except BaseException:
            self._gone()
            raise
        self._garbage = self._garbage + 1 if isinstance(item, Exception) else 0
        if self._garbage >= MOST_GARBAGE:
            self._gone()
            raise StopAsyncIteration
        return item

    async def __aenter__(self) -> Self:
        await self._stream.__aenter__()
        return self

    async def __aexit__(self, *exception: Any) -> None:
        await self._stream.__aexit__(*exception)
