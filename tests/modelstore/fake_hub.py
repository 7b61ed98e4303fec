"""A model hub on loopback, with every fault that a real one has on a bad day."""

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

COMMIT = "c0" * 20
PIECE = 10_000


def git_name(content: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()


@dataclass
class FakeHub:
    """What it serves, and how badly."""

    files: dict[str, bytes]
    small: set[str] = field(default_factory=set)
    """Files that are not in LFS: for these it states git's name."""
    breaks: list[int] = field(default_factory=list)
    """After how many bytes the next connections break, one after the other."""
    stall_at: int | None = None
    """After how many bytes the next connection says nothing more, until it is let go."""
    stalled: threading.Event = field(default_factory=threading.Event)
    let_go: threading.Event = field(default_factory=threading.Event)
    lies: dict[str, bytes] = field(default_factory=dict)
    """What it sends in place of a file's content."""
    status: int = 0
    """What it answers to everything; 0: what is right."""
    moved: str = ""
    """The address of somebody else, where it says that the files are now."""
    piece_s: float = 0
    """Seconds between two pieces of `PIECE` bytes."""
    headers: list[dict[str, str]] = field(default_factory=list)
    """Those of every GET."""
    ranges: bool = True
    hashes: bool = True
    asked: list[tuple[str, str | None]] = field(default_factory=list)
    """Every GET: path and range."""
    url: str = ""

    def etag(self, file: str) -> str:
        content = self.files[file]
        return git_name(content) if file in self.small else hashlib.sha256(content).hexdigest()


@contextmanager
def serve(hub: FakeHub) -> Iterator[FakeHub]:
    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_about: object) -> None:
            pass

        def _file(self) -> str | None:
            file = self.path.partition("/resolve/")[2].partition("/")[2]
            if not hub.status and file in hub.files:
                return file
            self.send_response(hub.status or 404)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return None

        def do_HEAD(self) -> None:
            if (file := self._file()) is None:
                return
            self.send_response(200)
            self.send_header("X-Repo-Commit", COMMIT)
            if hub.hashes:
                kind = "ETag" if file in hub.small else "X-Linked-Etag"
                self.send_header(kind, f'"{hub.etag(file)}"')
            self.send_header("X-Linked-Size", str(len(hub.files[file])))
            self.end_headers()

        def do_GET(self) -> None:
            hub.asked.append((self.path, self.headers.get("Range")))
            hub.headers.append({name.lower(): value for name, value in self.headers.items()})
            if (file := self._file()) is None:
                return
            if hub.moved:
                self.send_response(302)
                self.send_header("Location", hub.moved + self.path)
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            content = hub.lies.get(file, hub.files[file])
            wanted = self.headers.get("Range")
            start = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted and hub.ranges else 0
            self.send_response(206 if start else 200)
            if start:
                about = f"bytes {start}-{len(content) - 1}/{len(content)}"
                self.send_header("Content-Range", about)
            self.send_header("Content-Length", str(len(content) - start))
            self.end_headers()
            end = start + hub.breaks.pop(0) if hub.breaks else len(content)
            if hub.stall_at is not None:
                end, hub.stall_at = start + hub.stall_at, None
                self.wfile.write(content[start:end])
                hub.stalled.set()
                hub.let_go.wait(30)
            elif hub.piece_s:
                for at in range(start, end, PIECE):
                    self.wfile.write(content[at : min(at + PIECE, end)])
                    hub.let_go.wait(hub.piece_s)
            else:
                self.wfile.write(content[start:end])
            self.close_connection = True

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    hub.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
