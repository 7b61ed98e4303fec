"""Run a command with its output in a log, and say what to do when it fails."""

import os
import re
import selectors
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO

from tools.setup.progress import Tick

CURES: tuple[tuple[str, str], ...] = (
    (
        r"No space left on device|Errno 28",
        "The disk is full: make room, then type the same command again.",
    ),
    (
        r"NewConnectionError|NameResolutionError|name resolution|Network is unreachable"
        r"|Connection(Error|ResetError| refused| reset| broken)|ProxyError|[Tt]imed? ?out"
        r"|SSLError|CERTIFICATE_VERIFY|IncompleteRead|HTTPError|Max retries",
        "The package index cannot be reached: check the network (and the proxy), then type the "
        "same command again; it goes on from here.",
    ),
    (
        r"Killed signal|signal 9|internal compiler error: Killed|[Oo]ut of memory|MemoryError"
        r"|Cannot allocate memory",
        "Memory ran out: close other programs or add swap, then type the same command again.",
    ),
    (
        r"Python\.h: No such file",
        "The headers of this Python are missing: name another one with PYTHON=/path/to/python3.",
    ),
    (
        r"portaudio\.h: No such file|cannot find -lportaudio",
        "PortAudio's headers are missing: install portaudio19-dev.",
    ),
    (
        r"No matching distribution found for pipecat-ai",
        "The package index does not carry it: models/smart-turn/README.md says how to get it by "
        "hand.",
    ),
    (
        r"No matching distribution|not a supported wheel",
        "There is no such package for this Python or processor: try another Python with "
        "PYTHON=/path/to/python3 (3.11 to 3.14), after `make distclean`.",
    ),
)
"""What a log shows → what to do. The first that is found counts: causes before consequences."""

UNKNOWN_CURE = "The log says more; the same command goes on from here."


class SetupError(Exception):
    """The set-up cannot go on: what happened, its last words, and what to do."""

    def __init__(self, what: str, cure: str, last_words: str = "") -> None:
        super().__init__(what, cure, last_words)
        self.what, self.cure, self.last_words = what, cure, last_words

    def __str__(self) -> str:
        quoted = "".join(f"    {line}\n" for line in self.last_words.splitlines())
        return f"{self.what}\n{quoted}{self.cure}"


def cure_for(log: str) -> str:
    """What to do about a failure, from the end of its log."""
    return next((cure for pattern, cure in CURES if re.search(pattern, log)), UNKNOWN_CURE)


def run(command: Sequence[str], *, log: Path, env: Mapping[str, str], tick: Tick) -> None:
    """Run `command` to its end, its output in `log`.

    `tick` is called with every line of the output and, at least once a second, with "".
    Whatever ends the wait early (Ctrl-C) ends the command and all its children.

    Raises `SetupError` when it fails.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with (
        log.open("wb") as sink,
        subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=dict(env),
            start_new_session=True,  # one group, so that pip's compilers end with it
        ) as process,
    ):
        assert process.stdout is not None
        try:
            for line in _lines(process.stdout, sink):
                tick(line)
            code = process.wait()
        except BaseException:
            _end(process)
            raise
    if code != 0:
        text = log.read_text(errors="replace")[-20_000:]
        raise SetupError(
            f"{_how_it_ended(code)}; its last words ({log}):", cure_for(text), _tail(text, lines=12)
        )


def _lines(output: IO[bytes], sink: IO[bytes]) -> Iterator[str]:
    """The lines of `output`, copied into `sink`; "" whenever a second passes without any."""
    with selectors.DefaultSelector() as selector:
        selector.register(output, selectors.EVENT_READ)
        rest = b""
        while True:
            if not selector.select(timeout=1.0):
                yield ""
                continue
            block = os.read(output.fileno(), 65_536)
            if not block:
                return
            sink.write(block)
            *whole, rest = re.split(rb"[\r\n]+", rest + block)
            yield from (line.decode(errors="replace") for line in whole)


def _end(process: subprocess.Popen[bytes]) -> None:
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, number)
            process.wait(timeout=5)
            return
        except subprocess.TimeoutExpired:
            continue
        except ProcessLookupError:
            return


def _how_it_ended(code: int) -> str:
    if code < 0:
        return f"It was ended by {signal.Signals(-code).name}"
    return f"It failed with exit code {code}"


def _tail(text: str, lines: int) -> str:
    kept = [line.rstrip() for line in text.splitlines() if line.strip()]
    return "\n".join(line[:120] for line in kept[-lines:])
