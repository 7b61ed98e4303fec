"""llama.cpp's OpenAI-compatible server on this machine, for as long as a block lasts."""

import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from edgevoice.errors import EngineError

START_S = 120.0
"""Longest that loading a model may take."""

_HOST = "127.0.0.1"


@contextmanager
def llm_server(
    python: Path, model: Path, threads: int, context_tokens: int, log: Path
) -> Iterator[str]:
    """Serve `model` by llama-cpp-python of the environment of `python`; gives the base URL.

    Raises `EngineError` when the server does not start.
    """
    port = _free_port()
    command = [str(python), "-m", "llama_cpp.server", "--model", str(model)]
    command += ["--host", _HOST, "--port", str(port), "--n_ctx", str(context_tokens)]
    command += ["--n_threads", str(threads), "--n_threads_batch", str(threads)]
    command += ["--verbose", "false"]
    with (
        log.open("wb") as sink,
        subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=sink, stderr=sink) as process,
    ):
        try:
            url = f"http://{_HOST}:{port}/v1"
            _wait_for(url, process, log)
            yield url
        finally:
            stop(process)


def stop(process: subprocess.Popen[bytes]) -> None:
    """End `process`, politely at first."""
    process.terminate()
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + START_S
    while time.monotonic() < until and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{url}/models", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise EngineError("the language model's server did not start", f"{log} says why.")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((_HOST, 0))
        return int(probe.getsockname()[1])
