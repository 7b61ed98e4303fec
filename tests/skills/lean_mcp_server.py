"""A server of the Model Context Protocol without the SDK: it is there, and gone, in a moment.

For tests of how servers start and end; what they say to each other is tested with `mcp_server`.
"""

import json
import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

NAMES = ("greet", "die", "freeze", "refuse")
SCHEMA = {"type": "object", "properties": {"name": {"type": "string"}}}
TOOLS = [{"name": name, "inputSchema": SCHEMA} for name in NAMES]


def answer(method: str, asked: dict[str, Any]) -> dict[str, Any]:
    """The result of a request; an error is an empty one."""
    match method, asked.get("name"):
        case "initialize", _:
            return {
                "protocolVersion": asked["protocolVersion"],
                "capabilities": {"tools": {}},
                "serverInfo": {"name": "lean", "version": "1"},
            }
        case "tools/list", _:
            return {"tools": TOOLS}
        case "tools/call", "die":
            os._exit(1)
        case "tools/call", "freeze":
            time.sleep(1_000)
        case "tools/call", "refuse":
            return {"content": [], "isError": True}
        case "tools/call", _:
            return {"content": [{"type": "text", "text": "Hello!"}]}
    return {}


def replied(line: str | bytes) -> str:
    """What is sent in reply to a message; empty where nothing is."""
    message = json.loads(line)
    if "id" not in message:
        return ""
    reply: dict[str, Any] = {"jsonrpc": "2.0", "id": message["id"]}
    if message["method"] in ("initialize", "tools/list", "tools/call", "ping"):
        reply["result"] = answer(message["method"], message.get("params") or {})
    else:
        reply["error"] = {"code": -32601, "message": "Method not found"}
    return json.dumps(reply)


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        reply = replied(self.rfile.read(int(self.headers["content-length"]))).encode()
        self.send_response(200 if reply else 202)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(reply)))
        self.end_headers()
        self.wfile.write(reply)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def over_http(port: int) -> Iterator[None]:
    """The same at http://127.0.0.1:port, for as long as this lasts."""
    with ThreadingHTTPServer(("127.0.0.1", port), _Handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            thread.join()


if __name__ == "__main__":
    for line in sys.stdin:
        if reply := replied(line):
            print(reply, flush=True)
