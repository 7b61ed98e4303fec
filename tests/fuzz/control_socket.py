"""The control socket: clients of every kind, many at a time; and servers that are none of ours."""

import asyncio
import socket
import threading
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any
from unittest import mock

from hypothesis import strategies as st

from edgevoice import control
from edgevoice.control import LONGEST_LINE, MOST_CLIENTS, SIGNALS, WORDS, ControlSocket, send
from edgevoice.dialog.attention import Attention, Mode, Signal
from tests.fuzz.promise import folder, fuzzed, refused_politely


class Leaves(Enum):
    """How a client goes, if it does."""

    READS_ON = "it says no more, reads what is answered, and then goes"
    NEVER_READS = "it stays, and takes no answer"
    AT_ONCE = "it closes"


@dataclass(frozen=True, slots=True)
class Client:
    """What somebody sends, in which pieces."""

    pieces: tuple[bytes, ...]
    leaves: Leaves


LINES = st.sampled_from([f"{word}\n".encode() for word in WORDS])
PIECES = st.one_of(
    LINES,
    st.sampled_from([b"status", b"\n", b"mu", b"te\r\n", b"\0\n", b"x" * LONGEST_LINE]),
    st.binary(max_size=60),
    st.just(b"status\n" * 300),
)
CLIENTS = st.builds(Client, st.lists(PIECES, max_size=4).map(tuple), st.sampled_from(Leaves))


async def visit(path: Path, client: Client, stay: list[socket.socket]) -> None:
    """Do what `client` does; whatever it is answered is an answer."""
    ours = socket.socket(socket.AF_UNIX)
    ours.setblocking(False)
    loop = asyncio.get_running_loop()
    try:
        with suppress(OSError):  # it may be one too many
            await loop.sock_connect(ours, str(path))
            for piece in client.pieces:
                with suppress(BlockingIOError):  # the rest is lost: nobody takes more now
                    ours.send(piece)
                await asyncio.sleep(0)
            if client.leaves is Leaves.READS_ON:
                ours.shutdown(socket.SHUT_WR)
                answers = b""
                while more := await loop.sock_recv(ours, 1 << 16):
                    answers += more
                for line in answers.split(b"\n"):
                    assert not line or line.startswith((b"ok ", b"error ")), line
    finally:
        if client.leaves is Leaves.NEVER_READS:
            stay.append(ours)
        else:
            ours.close()


@fuzzed(st.lists(CLIENTS, max_size=MOST_CLIENTS + 3))
def any_clients(clients: list[Client]) -> None:
    attention, signals = Attention(Mode.ALWAYS, 0), list[Signal]()
    complaints: list[Any] = []
    stay: list[socket.socket] = []

    def on_signal(signal: Signal) -> None:
        signals.append(signal)
        attention.signal(signal, 0)

    async def scene(path: Path) -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _, what: complaints.append(what))
        async with asyncio.timeout(10):
            async with ControlSocket(path, on_signal, lambda: attention.now):
                await asyncio.gather(*(visit(path, client, stay) for client in clients))
                await visit(path, Client((b"status\n",), Leaves.READS_ON), stay)
        assert not path.exists()

    with folder() as place, mock.patch.object(control, "PAUSE_S", 0):
        try:
            asyncio.run(scene(place / "control"))
        finally:
            for each in stay:
                each.close()
    assert not complaints, complaints
    said = b"".join(piece for client in clients for piece in client.pieces)
    assert len(signals) <= sum(said.count(word.encode()) for word in SIGNALS)


@fuzzed(st.tuples(st.lists(st.binary(max_size=40) | st.just(b"ok \x1b[2J\n"), max_size=4)))
def any_server(answers: tuple[list[bytes]]) -> None:
    with folder() as place, socket.socket(socket.AF_UNIX) as server:
        server.bind(str(place / "s"))
        server.listen()

        def answer() -> None:
            theirs, _ = server.accept()
            with theirs, suppress(OSError):
                for piece in answers[0]:
                    theirs.sendall(piece)

        stranger = threading.Thread(target=answer)
        stranger.start()
        with refused_politely():
            text = send(place / "s", "status")
            assert text.isprintable() and len(text) <= 4 * LONGEST_LINE
        stranger.join()
