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

With echo cancelling a thread of this process stands between the card and the microphone ring
(`sound_echo` draws it). Without it nothing is imported but PyAudio, so that we start quickly.
"""

import array
import contextlib
import ctypes
import functools
import gc
import importlib
import json
import os
import signal
import sys
from collections.abc import Callable
from typing import Any

from edgevoice.errors import EdgevoiceError
from edgevoice.privacy.memory import forbid_dumps, stay_out_of_swap
from edgevoice.transports.sound_cards import (
    PA_CONTINUE,
    PA_INPUT_OVERFLOW,
    PA_OUTPUT_UNDERFLOW,
    Callback,
    Card,
    NoSuchDevice,
    devices,
    portaudio,
)
from edgevoice.transports.sound_memory import (
    AHEAD,
    CAPTURED,
    FLUSHED,
    HELD,
    IDLE,
    OVERFLOWS,
    QUEUED,
    SERVED,
    TAKEN,
    UNDERFLOWS,
    Ring,
    SharedSound,
)

FADE_MS = 10
"""How long playback takes to fall silent when it is held, and to come back: no click is heard."""

SETUP_CURE = "Run `make setup`."
NO_PYAUDIO = 3
"""Exit status of `list` without PyAudio."""


def capture(shared: SharedSound, poke: Callable[[], None], channels: int, _rate: int) -> Callback:
    """What PortAudio calls with each period of the microphone's sound."""
    counters, ring = shared.counters, Ring(shared.microphone, channels)

    def callback(data: bytes | None, frames: int, _time: Any, status: int) -> tuple[None, int]:
        counters[OVERFLOWS] += bool(status & PA_INPUT_OVERFLOW)
        ring.put(counters[CAPTURED], data or b"")
        counters[CAPTURED] += frames
        poke()
        return None, PA_CONTINUE

    return callback


def playback(
    shared: SharedSound,
    poke: Callable[[], None],
    line: SharedSound | None,
    channels: int,
    rate: int,
) -> Callback:
    """What PortAudio calls for each period of sound for the loudspeaker.

    A hold does not take the frames that it fades out: they come again, faded in, when it ends.
    What the loudspeaker really gets is written to `line` as if that had a microphone on it.
    """
    listen = None if line is None else capture(line, nothing, channels, rate)
    counters, ring = shared.counters, Ring(shared.playback, channels)
    fade = rate * FADE_MS // 1000
    sounding = faded_out = False

    def callback(_data: bytes | None, frames: int, time: Any, status: int) -> tuple[bytes, int]:
        nonlocal sounding, faded_out
        counters[UNDERFLOWS] += bool(status & PA_OUTPUT_UNDERFLOW)
        held = counters[HELD]  # read before FLUSHED: a flush drops first, then it ends the hold
        first = max(counters[TAKEN], counters[FLUSHED])
        there = max(0, min(frames, counters[QUEUED] - first))
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
        period = sound.ljust(frames * ring.frame_bytes, b"\0")
        if listen is not None:
            listen(period, frames, time, 0)
        poke()
        return period, PA_CONTINUE

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


def open_cards(request: dict[str, Any], shared: SharedSound, say: Callable[[Any], None]) -> None:
    """Open the directions that `request` names, say what they are, and start them.

    The agent is poked once per period: by the microphone, where there is one.
    """
    audio = portaudio()
    wanted = request["cards"]
    poke = functools.partial(say, None)
    echo = _echo(request["cancel_echo"], shared, say) if len(wanted) == 2 else None
    hears, wakes, line = (echo.raw, echo.wake, echo.line) if echo else (shared, poke, None)
    callbacks = {
        "input": functools.partial(capture, hears, wakes),
        "output": functools.partial(playback, shared, nothing if "input" in wanted else poke, line),
    }
    opened: dict[str, Card] = {}
    for direction, card in wanted.items():
        called = "microphone" if direction == "input" else "loudspeaker"
        name, rates, period = card["device"], [card["rate"]], request["period_ms"]
        try:
            opened[direction] = Card(
                audio, direction, name, rates, period, callbacks[direction], card["known"]
            )
        except NoSuchDevice as error:
            raise NoSuchDevice(f"There is no {called} {error}") from None
    described = {direction: card.described() for direction, card in opened.items()}
    if echo:
        described["input"] = echo.start(described["input"], described["output"])
    say(described)
    for opened_card in reversed(opened.values()):
        opened_card.stream.start_stream()


def _echo(settings: dict[str, Any] | None, shared: SharedSound, say: Callable[[Any], None]) -> Any:
    if settings is None:
        return None
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # else numpy starts one per core, for naught
    sys.setswitchinterval(1e-3)  # a callback waits no longer than this for the thread's Python
    return importlib.import_module("edgevoice.transports.sound_echo").EchoThread(
        settings, shared, say
    )


def list_cards() -> int:
    """Write all devices to standard output, as JSON; answers the exit status."""
    try:
        sys.stdout.write(json.dumps(devices(portaudio())))
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
    except EdgevoiceError as error:
        say({"error": error.what, "cure": error.cure})
    except ImportError:
        say({"error": "PyAudio is not installed", "cure": SETUP_CURE})
    except Exception as error:  # whatever PortAudio comes up with, the agent must hear of it
        say({"error": f"The sound card cannot be used: {error}"})
    os.read(0, 1)
    os._exit(0)  # without PortAudio's own farewell, which can hang as well


def main() -> None:
    """`… list`, or `… REQUEST` with a JSON object."""
    # The kernel kills us when the agent dies, even while PortAudio hangs: PR_SET_PDEATHSIG.
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)
    forbid_dumps()  # what is heard goes through this memory as well
    stay_out_of_swap()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.argv[1] == "list":
        sys.exit(list_cards())
    else:
        serve(json.loads(sys.argv[1]))


if __name__ == "__main__":
    main()
