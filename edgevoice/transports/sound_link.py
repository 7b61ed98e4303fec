"""The agent's end of the process that holds the sound card.

Starts it, listens to it, notices when it dies or falls silent, and gets rid of it, so that whoever
waits for sound gets either sound or a `DeviceError`, soon.
"""

import asyncio
import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import edgevoice
from edgevoice.errors import DeviceError, one_line
from edgevoice.transports.sound_memory import CAPTURED, MEMORY_BYTES, SERVED, SharedSound
from edgevoice.transports.sound_streams import OpenedCard

OPEN_SECONDS = 5.0
"""How long a card may take to deliver its first period."""

WATCH_SECONDS = 0.5
PATIENCE = 4
"""A card that has not moved at so many looks in a row is dead: after two to two and a half seconds,
which leaves half a second to be heard again within three."""

NONSENSE = "The process that holds the sound card talks nonsense"
LONGEST_LINE = 1 << 16
"""Bytes. What it says fits into one."""
LONGEST_TEXT = 500
"""Letters of a complaint that are passed on."""
RATES = range(1_000, 1_000_001)
MOST_CHANNELS = 256
"""No card has more; and memory for so many is there."""

CURE = "Look at what there is with `edgevoice devices`, and name it under `audio:` in config.yaml."


class SoundLink:
    """A running sound process. `on_period` is called for every period of the card."""

    def __init__(self, request: dict[str, Any], on_period: Callable[[], None]) -> None:
        self._on_period = on_period
        self._period = asyncio.Event()
        self._failure: tuple[str, str] | None = None
        self._cards: dict[str, OpenedCard] = {}
        self._unread = b""
        self._wanted = {*request["cards"]}
        counters = {"input": CAPTURED, "output": SERVED}
        self._moving = [counters[direction] for direction in request["cards"]]
        self._progress = [0 for _ in self._moving]
        self._idle_looks = 0
        self.closed = False
        memory = os.memfd_create("edgevoice-sound")
        os.ftruncate(memory, MEMORY_BYTES)
        self.shared = SharedSound(memory)
        self._pipe, its_end = os.pipe()
        os.set_blocking(self._pipe, False)
        try:
            self._process = _start({**request, "memory": memory, "pipe": its_end}, memory, its_end)
        except BaseException:
            os.close(self._pipe)
            raise
        finally:
            os.close(memory)
            os.close(its_end)
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(self._pipe, self._listen)
        self._watch = self._loop.call_later(WATCH_SECONDS, self._look)

    @property
    def pid(self) -> int:
        """The process's number."""
        return self._process.pid

    @property
    def failed(self) -> bool:
        """Whether the process was given up."""
        return self._failure is not None

    async def opened(self) -> dict[str, OpenedCard]:
        """The directions asked for, once they all run. Raises `DeviceError` if they do not."""
        try:
            async with asyncio.timeout(OPEN_SECONDS):
                while not (self._cards and all(self._counts())):
                    await self.period()
        except TimeoutError:
            raise DeviceError(
                f"The sound card delivered nothing within {OPEN_SECONDS:.0f} seconds", CURE
            ) from None
        return self._cards

    async def period(self) -> None:
        """Wait for the next period, or the end (`closed`); raises `DeviceError` on failure."""
        if not (self._failure or self.closed):
            await self._period.wait()
        if self._failure:
            raise DeviceError(*self._failure)

    async def close(self) -> None:
        """End the process. May be called twice."""
        if self.closed:
            return
        self.closed = True
        self._watch.cancel()
        self._loop.remove_reader(self._pipe)
        os.close(self._pipe)
        del self.shared  # with it goes the memory, and its descriptor
        self._wake()
        self._process.kill()  # asking nicely would not be gentler, see `sound_process.serve`
        assert self._process.stdin is not None
        self._process.stdin.close()
        with contextlib.suppress(subprocess.TimeoutExpired):  # stuck in a driver: it dies later
            await asyncio.to_thread(self._process.wait, 1.0)

    def _listen(self) -> None:
        try:
            said = os.read(self._pipe, 1 << 16)
        except BlockingIOError:
            return
        if not said:
            self._fail("The process that holds the sound card has died")
            return
        *lines, self._unread = (self._unread + said).split(b"\n")
        for line in filter(None, lines):
            self._take(line)
        if len(self._unread) > LONGEST_LINE:
            self._fail(NONSENSE)
        self._on_period()
        self._wake()

    def _take(self, line: bytes) -> None:
        try:
            message = json.loads(line)
            if "error" in message:
                what = one_line(str(message["error"]))
                cure = one_line(str(message.get("cure", CURE)))
                self._fail(what[:LONGEST_TEXT] or NONSENSE, cure[:LONGEST_TEXT] or CURE)
            elif {*message} == self._wanted:
                self._cards = {way: _card(about) for way, about in message.items()}
            else:
                self._fail(NONSENSE)
        except (ValueError, TypeError, AttributeError, RecursionError):
            self._fail(NONSENSE)

    def _look(self) -> None:
        """Every direction must have moved since the last look."""
        counts = self._counts()
        moved = all(new > old for new, old in zip(counts, self._progress, strict=True))
        self._progress = counts
        self._idle_looks = 0 if moved or not self._cards else self._idle_looks + 1
        if self._idle_looks >= PATIENCE:
            self._fail("The sound card has stopped: its device may have been unplugged")
        else:
            self._watch = self._loop.call_later(WATCH_SECONDS, self._look)

    def _counts(self) -> list[int]:
        return [self.shared.counters[number] for number in self._moving]

    def _fail(self, what: str, cure: str = CURE) -> None:
        self._loop.remove_reader(self._pipe)
        self._watch.cancel()
        self._process.kill()
        self._failure = self._failure or (what, cure)
        self._wake()

    def _wake(self) -> None:
        """Wake whoever waits now; who comes later waits for the next time."""
        self._period.set()
        self._period.clear()


def environment() -> dict[str, str]:
    """Of a sound process: ours, and it imports the same edgevoice."""
    home = str(Path(edgevoice.__file__).parent.parent)
    path = [*filter(None, [os.environ.get("PYTHONPATH")]), home]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(path)}


def _card(about: dict[str, Any]) -> OpenedCard:
    """A direction as it was described; raises `TypeError` or `ValueError` if none can be so."""
    card = OpenedCard(**about)
    whole = all(type(number) is int for number in (card.rate, card.channels))
    if not whole or card.rate not in RATES or not 1 <= card.channels <= MOST_CHANNELS:
        raise ValueError(f"no card has {card.channels} channels at {card.rate} Hz")
    return card


def _start(request: dict[str, Any], *descriptors: int) -> subprocess.Popen[bytes]:
    # -P: the folder that we are in is no place to import from; the one that we come from is.
    # A group of its own: Ctrl-C is for us.
    # ALSA and PortAudio write to the terminal whatever they like, so they get none.
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "edgevoice.transports.sound_process", json.dumps(request)],
        env=environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        pass_fds=descriptors,
        process_group=0,
    )
