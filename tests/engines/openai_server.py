"""A server on the loopback that speaks OpenAI's streaming protocol, and breaks in many ways."""

import json
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Part = str | bytes | float | dict[str, Any]


def delta(finish: str | None = None, **parts: Any) -> dict[str, Any]:
    """One chunk of a reply."""
    choice = {"index": 0, "delta": parts, "finish_reason": finish}
    return {
        "id": "c1",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": "m",
        "choices": [choice],
    }


def words(*pieces: str, finish: str = "stop") -> list[Part]:
    """A whole reply."""
    return [delta(role="assistant", content=""), *(delta(content=p) for p in pieces), delta(finish)]


def call(name: str, *pieces: str, finish: str = "tool_calls") -> list[Part]:
    """A whole reply that calls a tool, its arguments in pieces."""
    head = {"index": 0, "id": "x", "type": "function", "function": {"name": name, "arguments": ""}}
    parts = [delta(tool_calls=[{"index": 0, "function": {"arguments": p}}]) for p in pieces]
    return [delta(role="assistant", tool_calls=[head]), *parts, delta(finish)]


@dataclass
class Script:
    """What the server does next, and what it was asked.

    `reply`: chunks; bytes are sent as they are; "stall" waits for `release`, "reset" cuts the line.
    """

    status: int = 200
    body: bytes = b""
    reply: list[Part] = field(default_factory=list)
    done: bool = True
    headers: dict[str, str] = field(default_factory=dict)
    asked: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    release: threading.Event = field(default_factory=threading.Event)
    stalled: threading.Event = field(default_factory=threading.Event)
    gone: threading.Event = field(default_factory=threading.Event)
    url: str = ""


def _handler(script: Script) -> Callable[..., BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            pass

        def do_POST(self) -> None:
            try:
                self._answer()
            except OSError:  # hung up before we came to the end
                self.close_connection = True
                script.gone.set()

        def _answer(self) -> None:
            length = int(self.headers["content-length"])
            script.asked.append(json.loads(self.rfile.read(length)))
            script.keys.append(self.headers.get("authorization", ""))
            if script.reply[:1] == ["stall"]:
                return self._stall()
            self.send_response(script.status)
            for name, value in script.headers.items():
                self.send_header(name, value)
            if script.status != 200:
                self.send_header("content-length", str(len(script.body)))
                self.end_headers()
                self.wfile.write(script.body)
                return None
            self.send_header("content-type", "text/event-stream")
            self.send_header("connection", "close")
            self.end_headers()
            self.close_connection = True
            for part in [*script.reply, *(["[DONE]"] if script.done else [])]:
                match part:
                    case "stall":
                        return self._stall()
                    case "reset":
                        linger = struct.pack("ii", 1, 0)
                        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                        self.connection.close()
                        return None
                    case bytes(raw):
                        self.wfile.write(raw)
                    case str(text):
                        self.wfile.write(f"data: {text}\n\n".encode())
                    case chunk:
                        self.wfile.write(f"data: {json.dumps(chunk)}\n\n".encode())
                self.wfile.flush()
            return None

        def _stall(self) -> None:
            """Say nothing until the other side has hung up, or the test is over."""
            self.close_connection = True
            script.stalled.set()
            self.connection.settimeout(0.01)
            while not script.release.is_set():
                try:
                    if self.connection.recv(1) == b"":
                        break
                except TimeoutError:
                    continue
                except OSError:
                    break
            script.gone.set()

    return Handler


@contextmanager
def serving() -> Iterator[Script]:
    """A server, for as long as this lasts."""
    script = Script()
    with ThreadingHTTPServer(("127.0.0.1", 0), _handler(script)) as server:
        server.daemon_threads = True
        script.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield script
        finally:
            script.release.set()
            server.shutdown()
            thread.join()
