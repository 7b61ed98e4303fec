"""The control socket: other programs press our keys.

A stream socket in the file system, for its owner alone. A client sends a line with one word, and
gets a line back: `ok`, with how attentive we are now, or `error`, with the reason. Two words press
no key: `status` asks how we are, and `reload` lets us read our settings again.

    > mute
    < ok listening, muted
"""

import asyncio
import os
import socket
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from edgevoice.dialog.attention import Signal
from edgevoice.errors import BadInputError, ConfigError, EdgevoiceError, printable

STATUS = "status"
RELOAD = "reload"
SIGNALS: Mapping[str, Signal] = {
    signal.value: signal for signal in Signal if signal is not Signal.WAKE_WORD
}
WORDS = (*SIGNALS, STATUS, RELOAD)
"""What a client may say. The wake word is not among them: it is for its engine to hear."""

LONGEST_LINE = 256
"""Bytes. No word is nearly as long; whoever sends more is talking to the wrong socket."""

MOST_CLIENTS = 16

PAUSE_S = 0.01
"""Between two answers to one client: whoever sends without end must not keep us from listening."""

IDLE_S = 60.0
"""A client that says nothing for so long, or takes no answer, makes room for others."""

PATIENCE_S = 2.0
"""How long a client waits. The answer takes a millisecond, unless the machine is overwhelmed."""
RELOAD_PATIENCE_S = 30.0
"""How long it waits for settings to be read, and taken over when nobody speaks."""

Asked = Callable[[], Awaitable[object]]
"""Answers a word that presses no key. Raises `EdgevoiceError`."""


def socket_path(setting: str, environment: Mapping[str, str] = os.environ) -> Path | None:
    """Where `attention.control_socket` puts the socket: a path, `none`, or `auto`.

    `auto` is `control` in $RUNTIME_DIRECTORY (a service has one), else `edgevoice/control` in
    $XDG_RUNTIME_DIR (whoever is logged in has one), else nowhere: /tmp belongs to everybody.
    """
    if setting == "none":
        return None
    if setting != "auto":
        return Path(setting).expanduser()
    # systemd lists several directories with colons between them.
    if service := environment.get("RUNTIME_DIRECTORY", "").partition(":")[0]:
        return Path(service) / "control"
    if user := environment.get("XDG_RUNTIME_DIR"):
        return Path(user) / "edgevoice" / "control"
    return None


class ControlSocket:
    """The server's end; an asynchronous context manager.

    `on_signal` gets what clients ask for, on the event loop's thread; `status` is what they are
    told then. `asked`: who answers words that are no signals; `status` has an answer without.
    """

    def __init__(
        self,
        path: Path,
        on_signal: Callable[[Signal], None],
        status: Callable[[], object],
        asked: Mapping[str, Asked] | None = None,
    ) -> None:
        self._path = path
        self._on_signal = on_signal
        self._status = status
        self._asked = asked or {}
        self._clients: dict[asyncio.StreamWriter, asyncio.Task[None]] = {}
        self._made: int | None = None  # the inode of our socket's file

    async def __aenter__(self) -> Self:
        """Listen. Raises `ConfigError` where that cannot be, as when somebody else does already."""
        server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._clear()
            # Before it has a name: so its file is nobody else's at any time.
            os.fchmod(server.fileno(), 0o600)
            server.bind(str(self._path))
            self._made = self._path.stat().st_ino
            self._server = await asyncio.start_unix_server(
                self._meet, sock=server, limit=LONGEST_LINE
            )
        except OSError as error:
            server.close()
            raise ConfigError(
                f"{self._path}: the control socket cannot be made ({error.strerror or error})",
                "Choose another attention.control_socket, or `none`.",
            ) from None
        except ConfigError:
            server.close()
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.close()
        for writer, task in self._clients.items():
            writer.transport.abort()  # closing would wait for a client that takes no answer
            task.cancel()  # it may be waiting for an answer
        await asyncio.gather(*self._clients.values(), return_exceptions=True)
        with suppress(OSError):
            if self._path.stat().st_ino == self._made:
                self._path.unlink()

    def _clear(self) -> None:
        """Make room for our socket, where a program that ended badly left one."""
        if not self._path.is_socket():
            return  # nothing, or a file that binding will complain about
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
            client.settimeout(PATIENCE_S)
            try:
                client.connect(str(self._path))
            except ConnectionRefusedError:
                self._path.unlink()
                return
        raise ConfigError(
            f"{self._path}: another edgevoice listens there",
            "Stop it, or give this one its own attention.control_socket.",
        )

    def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if len(self._clients) >= MOST_CLIENTS:
            writer.write(b"error too many clients\n")
            writer.close()
            return
        self._clients[writer] = asyncio.create_task(self._serve(reader, writer))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                async with asyncio.timeout(IDLE_S):
                    if not (line := await reader.readline()):
                        break
                    writer.write(f"{await self._answer(line)}\n".encode())
                    await writer.drain()
                await asyncio.sleep(PAUSE_S)
        except TimeoutError:
            writer.transport.abort()
        except ValueError:
            writer.write(b"error that line is too long\n")
        except OSError:
            pass  # the client has left; it does not want to know
        finally:
            await _gone(writer)
            del self._clients[writer]

    async def _answer(self, line: bytes) -> str:
        word = line.decode(errors="replace").strip()
        if signal := SIGNALS.get(word):
            self._on_signal(signal)
        elif answer := self._asked.get(word):
            try:
                return f"ok {await answer()}"
            except EdgevoiceError as error:
                return f"error {error}"
        elif word != STATUS:
            return f"error unknown word; known: {', '.join(WORDS)}"
        return f"ok {self._status()}"


async def _gone(writer: asyncio.StreamWriter) -> None:
    """Close `writer`, soon: who takes no answer does not get it."""
    writer.close()
    try:
        async with asyncio.timeout(PATIENCE_S):
            await writer.wait_closed()
    except OSError:  # a TimeoutError is one
        writer.transport.abort()


_SEND = f"Send one of: {', '.join(WORDS)}."


def check_word(word: str) -> None:
    """Raises `BadInputError` for a word that no edgevoice understands."""
    if word not in WORDS:
        raise BadInputError(f"{word!r} is no word for an edgevoice", _SEND)


def send(path: Path, word: str) -> str:
    """Say `word` to the edgevoice that listens at `path`; how attentive it is then.

    Raises `BadInputError` for an unknown word, and when none listens or answers.
    """
    check_word(word)
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
            until = time.monotonic() + (RELOAD_PATIENCE_S if word == RELOAD else PATIENCE_S)
            client.settimeout(PATIENCE_S)
            client.connect(str(path))
            client.sendall(f"{word}\n".encode())
            answer = printable(_line(client, until).decode(errors="replace").strip())
    except (FileNotFoundError, ConnectionRefusedError):
        raise BadInputError(
            f"no edgevoice listens at {path}", "Start `edgevoice run`, or name its socket."
        ) from None
    except OSError as error:
        raise BadInputError(
            f"{path}: no answer ({error.strerror or error})",
            "Look whether that edgevoice still runs, and as whom.",
        ) from None
    kind, _, text = answer.partition(" ")
    if kind != "ok":
        what, _, cure = text.partition(". ")
        raise BadInputError(f"{path} answers: {what or 'nothing'}", cure or _SEND)
    return text


def _line(client: socket.socket, until: float) -> bytes:
    """The line that is answered, or its beginning. Raises `OSError` when it takes longer than
    `until` (monotonic seconds)."""
    answer = b""
    while b"\n" not in answer and len(answer) < 4 * LONGEST_LINE:
        client.settimeout(max(0.001, until - time.monotonic()))
        if not (piece := client.recv(4 * LONGEST_LINE)):
            break
        answer += piece
    return answer.partition(b"\n")[0]
