"""A sound card made of software: PulseAudio with null sinks, started for a test and ended with it.

    person ──▶ sink "room" ──▶ source "mic" (the default) ──▶ the program under test
    the program under test ──▶ sink "spk" (the default) ──▶ source "spk.monitor" ──▶ the test
    with `echo`:  source "spk.monitor" ──▶ sink "room"

Use it as a context manager, or make a fixture of it:

    with sound_card() as card:
        ...

PyAudio finds it through ALSA's pulse plugin. It is paced in real time. Skips the test where
PulseAudio is not installed (`apt-get install pulseaudio libasound2-plugins`), and only there.
"""

import asyncio
import contextlib
import os
import select
import shutil
import signal
import subprocess
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from unittest import mock

import numpy as np
import pytest

from edgevoice.audio.chunk import Samples

RECORDING_RATE = 16_000
PATIENCE_S = 10.0

# norewinds: without it a null sink works in blocks of two seconds until somebody asks for less.
MODULES = """
.fail
load-module module-native-protocol-unix socket={folder}/native auth-anonymous=1
load-module module-null-sink sink_name=spk rate={rate} norewinds=1
load-module module-null-sink sink_name=room rate={rate} norewinds=1
load-module module-remap-source source_name=mic master=room.monitor
set-default-sink spk
set-default-source mic
"""
ALSA = """
pcm.!default { type pulse }
ctl.!default { type pulse }
pcm.headset { type pulse }
"""
FORMAT = ("--raw", "--format=s16le", f"--rate={RECORDING_RATE}", "--channels=1")


class SoundCard:
    """A running PulseAudio; the environment points at it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._take()

    def _take(self) -> None:
        self.pid = int((self._folder / "pulse" / "pid").read_text())
        self._handle = os.pidfd_open(self.pid)

    def pactl(self, *arguments: str) -> str:
        return subprocess.run(
            ["pactl", *arguments], check=True, capture_output=True, text=True, timeout=PATIENCE_S
        ).stdout

    def unplug(self, argument: str) -> None:
        """Unload the module that was loaded with `argument`, as `source_name=mic`."""
        for line in self.pactl("list", "short", "modules").splitlines():
            number, _, arguments, *_ = line.split("\t")
            if argument in arguments.split():
                self.pactl("unload-module", number)
                return
        raise LookupError(argument)

    def kill(self) -> None:
        """End PulseAudio at once; may be called twice."""
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._handle, signal.SIGKILL)
        gone(self._handle)

    def restart(self, rate: int = 48_000) -> None:
        """After `kill`: it is there again, with sinks that run at `rate` hertz."""
        # Its number counts as a running process until somebody has asked for its exit status.
        (self._folder / "pulse" / "pid").unlink(missing_ok=True)
        _start(self._folder, rate)
        os.close(self._handle)
        self._take()

    def close(self) -> None:
        self.kill()
        os.close(self._handle)

    @contextlib.contextmanager
    def echo(self, delay_ms: int, level_db: float) -> Iterator[None]:
        """What is played comes back into the room, so much later and louder, while the block runs.

        The delay is what PulseAudio tries to keep, on top of what its buffers add.
        """
        # adjust_time=0: else it changes the speed of the sound to keep the delay exact.
        path = ["source=spk.monitor", "sink=room", f"latency_msec={delay_ms}", "adjust_time=0"]
        module = self.pactl("load-module", "module-loopback", *path).strip()
        try:
            self.pactl("set-sink-input-volume", self._sink_input_of(module), f"{level_db}dB")
            yield
        finally:
            self.pactl("unload-module", module)

    def _sink_input_of(self, module: str) -> str:
        for block in self.pactl("list", "sink-inputs").split("Sink Input #")[1:]:
            if f"Owner Module: {module}\n" in block:
                return block.split("\n")[0]
        raise LookupError(module)

    @contextlib.asynccontextmanager
    async def recording(self, source: str = "spk.monitor") -> AsyncIterator["Recording"]:
        """What comes out of `source` while the block runs, at 16 kHz."""
        process = await asyncio.create_subprocess_exec(
            "parec", *FORMAT, "--latency-msec=10", f"--device={source}", stdout=subprocess.PIPE
        )
        recording = Recording()
        assert process.stdout is not None
        reading = asyncio.create_task(recording.read(process.stdout))
        try:
            await recording.until(lambda pcm: len(pcm) > 0)
            yield recording
        finally:
            process.kill()
            await process.wait()
            await reading

    @contextlib.asynccontextmanager
    async def speaking(self, pcm: Samples, sink: str = "room") -> AsyncIterator[None]:
        """Says `pcm` (16 kHz) into `sink`, beginning now."""
        process = await asyncio.create_subprocess_exec(
            "pacat", *FORMAT, "--latency-msec=20", f"--device={sink}", stdin=subprocess.PIPE
        )
        assert process.stdin is not None
        process.stdin.write(pcm.tobytes())
        process.stdin.close()
        try:
            yield
        finally:
            with contextlib.suppress(ProcessLookupError):  # it has said it all
                process.kill()
            await process.wait()


class Recording:
    """Sound as it comes in; `pcm` is all of it so far."""

    def __init__(self) -> None:
        self._raw = bytearray()
        self._more = asyncio.Event()

    @property
    def pcm(self) -> Samples:
        return np.frombuffer(bytes(self._raw[: len(self._raw) // 2 * 2]), np.int16)

    async def read(self, stream: asyncio.StreamReader) -> None:
        while piece := await stream.read(1 << 16):
            self._raw += piece
            self._more.set()
            self._more.clear()

    async def until(self, true: Callable[[Samples], bool]) -> Samples:
        """Wait until `true` of the sound so far; answers it."""
        async with asyncio.timeout(PATIENCE_S):
            while not true(self.pcm):
                await self._more.wait()
        return self.pcm


@contextlib.contextmanager
def sound_card(rate: int = 48_000) -> Iterator[SoundCard]:
    """A sound card whose sinks run at `rate` hertz."""
    if not shutil.which("pulseaudio"):
        pytest.skip("PulseAudio is not installed: apt-get install pulseaudio libasound2-plugins")
    with tempfile.TemporaryDirectory(prefix="card-") as name:  # short: it holds a unix socket
        folder = Path(name)
        (folder / "alsa.conf").write_text(ALSA)
        environment = {
            "HOME": name,
            "XDG_RUNTIME_DIR": name,
            "PULSE_RUNTIME_PATH": f"{name}/pulse",
            "PULSE_SERVER": f"unix:{name}/native",
            "ALSA_CONFIG_PATH": f"/usr/share/alsa/alsa.conf:{name}/alsa.conf",
        }
        with mock.patch.dict(os.environ, environment):
            _start(folder, rate)
            card = SoundCard(folder)
            try:
                yield card
            finally:
                card.close()


def _start(folder: Path, rate: int) -> None:
    """Returns when all modules are loaded."""
    (folder / "modules.pa").write_text(MODULES.format(folder=folder, rate=rate))
    settings = "--daemonize=yes --exit-idle-time=-1 --disable-shm --use-pid-file=yes".split()
    subprocess.run(
        ["pulseaudio", "-n", *settings, f"--file={folder}/modules.pa"],
        check=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        timeout=30,
    )


def gone(handle: int, within_s: float = PATIENCE_S) -> None:
    """Wait for the end of the process behind `handle` (from `os.pidfd_open`)."""
    watch = select.poll()
    watch.register(handle, select.POLLIN)
    assert watch.poll(within_s * 1000), "the process lives on"
