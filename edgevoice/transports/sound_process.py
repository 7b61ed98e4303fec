"""The process that holds the sound card, and the memory that it shares with the agent.

A USB device that is unplugged can hang PortAudio for ever, and a busy agent must not make the
sound stutter. So the card lives in a process of its own, which does nothing but copy bytes:

    agent (local.py)                 shared memory                     this process
                        ┌───────────────────────────────────────┐
     reads  ◀───────────│ microphone ring    CAPTURED           │◀─────── writes
     writes ───────────▶│ playback ring      QUEUED … HELD      │───────▶ reads
     reads  ◀───────────│                    SERVED … AHEAD      │◀─────── writes
                        └───────────────────────────────────────┘
     a pipe: one line per period, empty, or a JSON object that says something   ◀───
     another, kept open by the agent: when it ends, so does this process        ───▶

The counters are 64-bit numbers of frames, each written by one side only; a frame's place in its
ring is its number modulo the ring's length. So there are no locks.
The memory has no name and the pipes are inherited: whoever dies, the kernel cleans up.
Either direction can be had alone; the periods are the microphone's where there is one.

This file is run as a script and imports nothing but PyAudio, so that it starts quickly.
"""

import array
import contextlib
import ctypes
import functools
import gc
import importlib
import json
import mmap
import os
import signal
import sys
from collections.abc import Callable, Sequence
from typing import Any

CAPTURED = 0  # this process: frames that the microphone has delivered
SERVED = 1  # this process: frames that the loudspeaker has asked for, silence included
TAKEN = 2  # this process: number of the next playback frame to be taken
IDLE = 3  # this process: frames of silence served since the last playback frame was taken
AHEAD = 4  # this process: frames served that have not sounded yet, by PortAudio's reckoning
QUEUED = 5  # the agent: playback frames written
FLUSHED = 6  # the agent: playback frames below this number must not sound any more
HELD = 7  # the agent: 1 while playback frames must wait, else 0
COUNTERS = 8

RING_BYTES = 1 << 20
MEMORY_BYTES = mmap.PAGESIZE + 2 * RING_BYTES

FADE_MS = 10
"""How long playback takes to fall silent when it is held, and to come back: no click is heard."""

SETUP_CURE = "Run `make setup`."
NO_PYAUDIO = 3
"""Exit status of `list` without PyAudio."""

PA_INT16, PA_CONTINUE = 8, 0
"""From portaudio.h."""

Callback = Callable[[bytes | None, int, Any, int], tuple[bytes | None, int]]


class Ring:
    """Frames of interleaved 16-bit samples, found by their number; keeps the last `frames`."""

    def __init__(self, memory: memoryview, channels: int) -> None:
        self.channels = channels
        self.frame_bytes = 2 * channels
        self.frames = len(memory) // self.frame_bytes
        self._memory = memory[: self.frames * self.frame_bytes]

    def put(self, number: int, data: bytes) -> None:
        """Write `data` from frame `number` on."""
        at = number % self.frames * self.frame_bytes
        head = min(len(data), len(self._memory) - at)
        self._memory[at : at + head] = data[:head]
        self._memory[: len(data) - head] = data[head:]

    def get(self, number: int, frames: int) -> bytes:
        """`frames` frames from frame `number` on."""
        at = number % self.frames * self.frame_bytes
        end = at + frames * self.frame_bytes
        return bytes(self._memory[at:end]) + bytes(self._memory[: max(0, end - len(self._memory))])


class SharedSound:
    """The shared memory, taken apart: `counters` (see above) and the two rings' memory."""

    def __init__(self, descriptor: int) -> None:
        memory = memoryview(mmap.mmap(descriptor, MEMORY_BYTES))
        self.counters = memory[: 8 * COUNTERS].cast("q")
        self.microphone = memory[mmap.PAGESIZE :][:RING_BYTES]
        self.playback = memory[mmap.PAGESIZE + RING_BYTES :]


class NoSuchDevice(Exception):  # noqa: N818  # it is caught in this file
    """There is no device of that name, or none that can be opened."""


def find_device(devices: Sequence[dict[str, Any]], wanted: str, channels: str) -> dict[str, Any]:
    """The device called `wanted`, or else the first with `wanted` in its name, in any case.

    `channels` is PortAudio's name for the direction, `maxInputChannels` or `maxOutputChannels`.
    """
    usable = [device for device in devices if device[channels] > 0]
    name = wanted.casefold()
    for matches in (name.__eq__, lambda found: name in found):
        for device in usable:
            if matches(device["name"].casefold()):
                return device
    there = ", ".join(f'"{device["name"]}"' for device in usable) or "none at all"
    raise NoSuchDevice(f'called "{wanted}"; there is {there}')


class Card:
    """One direction of a sound card: a PortAudio stream that has been opened, not yet started."""

    def __init__(
        self,
        audio: Any,
        direction: str,
        wanted: str | None,
        rates: Sequence[int],
        period_ms: int,
        callback_for: Callable[[int, int], Callback],
    ) -> None:
        most = f"max{direction.capitalize()}Channels"
        device = _device(audio, direction, wanted, most)
        self.name = str(device["name"])
        rates = [*rates, round(device["defaultSampleRate"]), 48_000, 44_100]
        counts = [count for count in (1, 2, device[most]) if count <= device[most]]
        reason = ""
        for self.channels in dict.fromkeys(counts):
            for self.rate in dict.fromkeys(rates):
                try:
                    self.stream = audio.open(
                        format=PA_INT16,
                        rate=self.rate,
                        channels=self.channels,
                        frames_per_buffer=self.rate * period_ms // 1000,
                        stream_callback=callback_for(self.channels, self.rate),
                        start=False,
                        **{direction: True, f"{direction}_device_index": device["index"]},
                    )
                    return
                except (OSError, ValueError) as error:
                    reason = str(error)
        raise NoSuchDevice(f'that works: "{self.name}" cannot be opened ({reason})')

    def described(self) -> dict[str, Any]:
        """What the agent must know of this stream."""
        return {"name": self.name, "rate": self.rate, "channels": self.channels}


def _device(audio: Any, direction: str, wanted: str | None, most: str) -> dict[str, Any]:
    if wanted is not None:
        return find_device(devices(audio), wanted, most)
    try:
        return dict(getattr(audio, f"get_default_{direction}_device_info")())
    except OSError:
        raise NoSuchDevice("on this machine") from None


def devices(audio: Any) -> list[dict[str, Any]]:
    """All devices as PortAudio describes them, with their `api` and what they are `default` for."""
    defaults = {}
    for direction in ("input", "output"):
        with contextlib.suppress(OSError):  # there is none
            default = getattr(audio, f"get_default_{direction}_device_info")()
            defaults[direction] = default["index"]
    found = []
    for index in range(audio.get_device_count()):
        device = dict(audio.get_device_info_by_index(index))
        device["api"] = audio.get_host_api_info_by_index(device["hostApi"])["name"]
        device["default"] = [where for where, number in defaults.items() if number == index]
        found.append(device)
    return found


def capture(shared: SharedSound, poke: Callable[[], None], channels: int, _rate: int) -> Callback:
    """What PortAudio calls with each period of the microphone's sound."""
    counters, ring = shared.counters, Ring(shared.microphone, channels)

    def callback(data: bytes | None, frames: int, _time: Any, _status: int) -> tuple[None, int]:
        ring.put(counters[CAPTURED], data or b"")
        counters[CAPTURED] += frames
        poke()
        return None, PA_CONTINUE

    return callback


def playback(shared: SharedSound, poke: Callable[[], None], channels: int, rate: int) -> Callback:
    """What PortAudio calls for each period of sound for the loudspeaker.

    A hold does not take the frames that it fades out: they come again, faded in, when it ends.
    """
    counters, ring = shared.counters, Ring(shared.playback, channels)
    fade = rate * FADE_MS // 1000
    sounding = faded_out = False

    def callback(_data: bytes | None, frames: int, time: Any, _status: int) -> tuple[bytes, int]:
        nonlocal sounding, faded_out
        held = counters[HELD]  # read before FLUSHED: a flush drops first, then it ends the hold
        first = max(counters[TAKEN], counters[FLUSHED])
        there = min(frames, counters[QUEUED] - first)
        sound = b""
        if not held:
            sound = ring.get(first, there)
            if faded_out:
                sound = faded(sound, channels, fade, rising=True)
            faded_out = False
        elif sounding:
            sound = faded(ring.get(first, min(there, fade)), channels, fade, rising=False)
            faded_out = True
        there = 0 if held else there
        sounding = there == frames
        counters[TAKEN] = first + there
        counters[IDLE] = frames - there + (0 if there else counters[IDLE])
        delay = time["output_buffer_dac_time"] - time["current_time"]
        counters[AHEAD] = frames + round(delay * rate)
        counters[SERVED] += frames
        poke()
        return sound.ljust(frames * ring.frame_bytes, b"\0"), PA_CONTINUE

    return callback


def faded(sound: bytes, channels: int, frames: int, *, rising: bool) -> bytes:
    """`sound` with its first `frames` frames rising from silence, or falling to it, linearly.

    The only arithmetic in a callback, and only where a hold begins or ends: 0.1 ms at 48 kHz.
    """
    samples = array.array("h", sound)
    frames = min(frames, len(samples) // channels)
    for at in range(frames * channels):
        gain = at // channels if rising else frames - at // channels
        samples[at] = samples[at] * gain // frames
    return samples.tobytes()


def nothing() -> None:
    """The poke of a direction that leaves poking to the other."""


CALLED = {"input": "microphone", "output": "loudspeaker"}
CALLBACKS = {"input": capture, "output": playback}


def open_cards(request: dict[str, Any], shared: SharedSound, say: Callable[[Any], None]) -> None:
    """Open the directions that `request` names, say what they are, and start them.

    The first one pokes the agent once per period.
    """
    audio = _portaudio()
    opened: dict[str, Card] = {}
    for direction, wanted in request["cards"].items():
        poke = nothing if opened else functools.partial(say, None)
        callback_for = functools.partial(CALLBACKS[direction], shared, poke)
        name, rates, period = wanted["device"], [wanted["rate"]], request["period_ms"]
        try:
            opened[direction] = Card(audio, direction, name, rates, period, callback_for)
        except NoSuchDevice as error:
            raise NoSuchDevice(f"There is no {CALLED[direction]} {error}") from None
    say({direction: card.described() for direction, card in opened.items()})
    for card in reversed(opened.values()):
        card.stream.start_stream()


def _portaudio() -> Any:
    # Not at the top: the agent imports this file as well, for the layout, and needs no PyAudio.
    return importlib.import_module("pyaudio").PyAudio()


def list_cards() -> int:
    """Write all devices to standard output, as JSON; answers the exit status."""
    try:
        sys.stdout.write(json.dumps(devices(_portaudio())))
    except ImportError:
        return NO_PYAUDIO
    return 0


def serve(request: dict[str, Any]) -> None:
    """Hold the sound card until the agent lets go of our standard input."""
    os.set_blocking(request["pipe"], False)

    def say(message: Any) -> None:
        line = b"\n" if message is None else json.dumps(message).encode() + b"\n"
        with contextlib.suppress(BlockingIOError):  # a full pipe will wake the agent just as well
            os.write(request["pipe"], line)

    gc.disable()
    try:
        open_cards(request, SharedSound(request["memory"]), say)
    except NoSuchDevice as error:
        say({"error": str(error)})
    except ImportError:
        say({"error": "PyAudio is not installed", "cure": SETUP_CURE})
    except Exception as error:  # whatever PortAudio comes up with, the agent must hear of it
        say({"error": f"The sound card cannot be used: {error}"})
    os.read(0, 1)
    os._exit(0)  # without PortAudio's own farewell, which can hang as well


def main() -> None:
    """`sound_process.py list`, or `sound_process.py REQUEST` with a JSON object."""
    # The kernel kills us when the agent dies, even while PortAudio hangs: PR_SET_PDEATHSIG.
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.argv[1] == "list":
        sys.exit(list_cards())
    else:
        serve(json.loads(sys.argv[1]))


if __name__ == "__main__":
    main()
