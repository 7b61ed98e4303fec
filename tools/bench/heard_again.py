"""How soon a lost sound card is heard again: python -m tools.bench.heard_again [--trials 20]

Over a sound card made of software (`tests/pulse.py`) the devices of `run` are broken for real:

    killed      SIGKILL to the process that holds the card
    frozen      SIGSTOP to it: it hangs, as PortAudio does when a device is unplugged
    gone        PulseAudio is killed, and is there again two to six seconds later
    stuck       SIGSTOP to PulseAudio, for five to nine seconds: everything that is asked of it
                hangs, opening the card above all
    hung driver every opening hangs for ever, until one does not

Two times of each: until the loss is noticed (`killed`, `frozen`: from the accident on), and from
when the card is there again (for `killed` and `frozen`: from the notice) until the microphone is
heard. Seconds, as JSON: median, 95th percentile, longest.
"""

import argparse
import asyncio
import json
import os
import random
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from unittest import mock

import numpy as np

from edgevoice.air import Air
from edgevoice.config import Config
from edgevoice.room import Room, find_room
from edgevoice.transports.local import LocalTransport
from tests.pulse import SoundCard, sound_card
from tests.transports.test_local import REAL

KINDS = ("killed", "frozen", "gone", "stuck", "hung driver")
SETTLED_S = 0.5
DRIVER = f"""{REAL}
import pathlib, threading

class PyAudio(real.PyAudio):
    def open(self, **options):
        if pathlib.Path({{folder!r}}, "hangs").exists():
            threading.Event().wait()
        return super().open(**options)

real.PyAudio = PyAudio
"""


class Patient:
    """Devices as `run` holds them, and how much has been heard over them."""

    def __init__(self, room: Room) -> None:
        self.transport = Air(Config(), room, 22_050, lambda *_: None).transport
        self.heard = 0

    async def listen(self) -> None:
        async for chunk in self.transport.chunks():
            self.heard = chunk.end - self.transport.dropped

    async def lost(self) -> float:
        """Seconds until the loss is noticed."""
        return await until(lambda: self.transport.away)

    async def hears(self) -> float:
        """Seconds until the microphone is heard."""
        before = self.heard
        return await until(lambda: self.heard > before)

    def send(self, number: signal.Signals) -> None:
        device = self.transport._device
        assert isinstance(device, LocalTransport)
        assert device.process_id is not None
        os.kill(device.process_id, number)


async def until(true: Callable[[], bool]) -> float:
    """Seconds until it is true."""
    begin = time.monotonic()
    while not true():
        await asyncio.sleep(0.002)
    return time.monotonic() - begin


async def trial(kind: str, patient: Patient, card: SoundCard, hangs: Path) -> tuple[float, float]:
    """Seconds until noticed, and until heard again."""
    away_s = random.uniform(2, 6)
    match kind:
        case "killed" | "frozen":
            patient.send(signal.SIGKILL if kind == "killed" else signal.SIGSTOP)
            noticed = await patient.lost()
        case "gone":
            card.kill()
            noticed = await patient.lost()
            await asyncio.sleep(away_s)
            await asyncio.to_thread(card.restart)
        case "stuck":
            os.kill(card.pid, signal.SIGSTOP)
            noticed = await patient.lost()
            await asyncio.sleep(away_s)
            os.kill(card.pid, signal.SIGCONT)
        case _:
            hangs.touch()
            patient.send(signal.SIGKILL)
            noticed = await patient.lost()
            await asyncio.sleep(away_s)
            hangs.unlink()
    return noticed, await patient.hears()


async def fresh_trial(kind: str, card: SoundCard, hangs: Path) -> tuple[float, float]:
    """A trial with devices that have not failed before: those are tried again at once."""
    patient = Patient(find_room(Config()))
    await patient.transport.open()
    listening = asyncio.create_task(patient.listen())
    try:
        await patient.hears()
        await asyncio.sleep(SETTLED_S)
        return await trial(kind, patient, card, hangs)
    finally:
        await patient.transport.aclose()
        await listening


def trials(kind: str, count: int, card: SoundCard, hangs: Path) -> list[tuple[float, float]]:
    times = []
    for number in range(count):
        times.append(asyncio.run(fresh_trial(kind, card, hangs)))
        sys.stderr.write(f"{kind} {number + 1}/{count}: {times[-1][1]:.2f} s\n")
    return times


def summary(seconds: list[float]) -> dict[str, float]:
    p50, p95 = np.percentile(seconds, [50, 95])
    return {"p50": round(p50, 2), "p95": round(p95, 2), "max": round(max(seconds), 2)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, add_help=True)
    parser.add_argument("--trials", type=int, default=20)
    parser.add_argument("--kinds", nargs="*", choices=KINDS, default=KINDS)
    options = parser.parse_args()
    report = {}
    for kind in options.kinds:
        with tempfile.TemporaryDirectory() as folder, sound_card() as card:
            (Path(folder) / "pyaudio.py").write_text(DRIVER.replace("{folder!r}", repr(folder)))
            with mock.patch.dict(os.environ, {"PYTHONPATH": folder}):
                times = trials(kind, options.trials, card, Path(folder) / "hangs")
        noticed, heard = zip(*times, strict=True)
        report[kind] = {"noticed": summary(list(noticed)), "heard again": summary(list(heard))}
    json.dump({"trials": options.trials, **report}, sys.stdout, indent=2)


if __name__ == "__main__":
    main()
