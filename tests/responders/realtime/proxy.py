"""A bad line: passes TCP on, and delays, stalls, drops or resets it on cue."""

import asyncio
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress


class Proxy:
    """Listens on `port` of this machine while it is `running`."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._flows: set[asyncio.Task[None]] = set()
        self._writers: list[asyncio.StreamWriter] = []
        self._goes_on = asyncio.Event()
        self._goes_on.set()
        self.delay_s = 0.0
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Proxy"]:
        server = await asyncio.start_server(self._pass_on, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            self.drop()
            for flow in self._flows:
                flow.cancel()
            await asyncio.gather(*self._flows, return_exceptions=True)

    def stall(self) -> None:
        """Take everything, pass nothing on."""
        self._goes_on.clear()

    def go_on(self) -> None:
        """Pass on what waits, and what comes."""
        self._goes_on.set()

    def drop(self) -> None:
        """End every connection, as if by those at its ends."""
        for writer in self._writers:
            writer.close()
        self._writers.clear()

    def reset(self) -> None:
        """Break every connection."""
        for writer in self._writers:
            if sock := writer.get_extra_info("socket"):
                with suppress(OSError):
                    hard = struct.pack("ii", 1, 0)
                    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, hard)
            writer.transport.abort()
        self._writers.clear()

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._target)
        self._writers += [writer, far_writer]
        for source, sink in ((reader, far_writer), (far_reader, writer)):
            flow = asyncio.create_task(self._flow(source, sink))
            self._flows.add(flow)
            flow.add_done_callback(self._flows.discard)

    async def _flow(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while piece := await source.read(64 * 1024):
                await asyncio.sleep(self.delay_s)
                await self._goes_on.wait()
                sink.write(piece)
                await sink.drain()
        sink.close()
