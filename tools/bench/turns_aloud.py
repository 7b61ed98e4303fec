"""Taking turns aloud: python -m tools.bench.turns_aloud [--seconds 120] [--out turns-aloud.json]

A small part of `edgevoice bench turns` in real time: the agent tells a story through the real
sound process and PyAudio, over a sound card made of software (`tests/pulse.py`), whose microphone
hears the loudspeaker:

    the agent ──▶ sink "spk" ──▶ loopback, late and softer ──▶ sink "room" ──▶ source "mic"
    people and coughs ──────────────────────────────────────▶ sink "room"

First nobody is there; then somebody coughs, then people speak. Detector, recogniser and voice are
the real ones; the story is a script. Moments are the agent's own: samples of its microphone. Where
in them somebody spoke is found by correlation. What the sound card takes to fall silent comes on
top.
"""

import argparse
import asyncio
import shutil
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console

from edgevoice.app import Engines, Surroundings, Workers, build_agent
from edgevoice.audio.chunk import LISTENING_RATE, AudioChunk, Samples, milliseconds_of
from edgevoice.bench.result import Goal, Result, machine
from edgevoice.bench.show import goals_table
from edgevoice.bench.turns.everyone import of_everyone
from edgevoice.bench.turns.noises import check_tools, noises, say
from edgevoice.bench.turns.people import SPEECH, load_people
from edgevoice.bench.turns.scenes import PERSON, REQUEST, Ears
from edgevoice.bench.turns.story import TELLER, told
from edgevoice.config import Config, load_config
from edgevoice.dialog.events import (
    Event,
    Note,
    PlaybackHeld,
    PlaybackResumed,
    ReplyEnded,
    ReplyStarted,
    TurnDone,
)
from edgevoice.engines.espeak import EspeakVoice
from edgevoice.engines.loading import load_transcriber, load_vad
from edgevoice.engines.scripted import ScriptedChat
from edgevoice.errors import DeviceError, EdgevoiceError
from edgevoice.responders.base import Speech
from edgevoice.transports.local import EchoSettings, LocalTransport
from tests.pulse import SoundCard, sound_card

DISTURBED = 5
"""How many coughs, and how many people."""

SETTLED_S = 2.5
"""Seconds of story before anything happens: the canceller learns, and the person listens."""

PATIENCE_S = 10.0

CERTAIN = 0.15
"""Least correlation at which a recording counts as found."""

console = Console(stderr=True)


@dataclass(frozen=True, slots=True, eq=False)
class Voice:
    """Something that is said: `pcm` at 16 kHz, voiced from the sample `start` on."""

    pcm: Samples
    start: int


class Listening(LocalTransport):
    """A `LocalTransport` that keeps what it heard."""

    def __init__(self, delay_ms: float) -> None:
        super().__init__(cancel_echo=EchoSettings(delay_ms=delay_ms))
        self.track: list[Samples] = []

    @property
    def now(self) -> int:
        """Samples heard so far."""
        return sum(map(len, self.track))

    async def chunks(self) -> AsyncIterator[AudioChunk]:
        async for chunk in super().chunks():
            self.track.append(chunk.pcm)
            yield chunk


class Watch:
    """Knows what has happened, and waits for what will."""

    def __init__(self) -> None:
        self.log: list[Event | Note] = []
        self._news = asyncio.Event()

    def __call__(self, what: Event | Note) -> None:
        """Take note of `what`."""
        self.log.append(what)
        self._news.set()

    async def until(self, true: Callable[[], bool], seconds: float) -> bool:
        """Wait until `true`, for `seconds` at most; answers whether it is."""
        try:
            async with asyncio.timeout(seconds):
                while not true():
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            return False
        return True

    @property
    def telling(self) -> bool:
        """Whether a reply is heard."""
        moves = [w for w in self.log if isinstance(w, ReplyStarted | ReplyEnded | TurnDone)]
        return bool(moves) and isinstance(moves[-1], ReplyStarted)

    def since(self, first: int) -> "Since":
        """What happened after the first `first` things."""
        log = self.log[first:]
        return Since(
            [what.at for what in log if isinstance(what, PlaybackHeld)],
            [what.at for what in log if isinstance(what, PlaybackResumed)],
            [what.at for what in log if isinstance(what, TurnDone) and what.interrupted],
        )


@dataclass(frozen=True, slots=True)
class Since:
    """The moments of a stretch of the conversation, in samples of the microphone."""

    holds: Sequence[int]
    resumed: Sequence[int]
    cancels: Sequence[int]

    def silences_ms(self, now: int) -> list[float]:
        """How long each hold lasted; one that has not come to an end, until `now`."""
        ends = [next((on for on in self.resumed if on > off), now) for off in self.holds]
        return [milliseconds_of(on - off) for off, on in zip(self.holds, ends, strict=True)]

    def silent_at(self, moment: int) -> bool:
        """Whether the story was held at `moment`."""
        held = [off for off in self.holds if off < moment]
        return bool(held) and not any(held[-1] < on <= moment for on in self.resumed)


class Performance:
    """One conversation over `card`, and those who disturb it."""

    def __init__(self, config: Config, card: SoundCard, delay_ms: float) -> None:
        self._card = card
        self._watch = Watch()
        self._ears = Ears(load_transcriber(config.stt))
        self._transport = Listening(delay_ms)
        self._workers = Workers.threads()
        nothing = Speech(AudioChunk(np.zeros(0, np.int16), LISTENING_RATE), "")
        engines = Engines(
            vad=load_vad(config.vad),
            transcriber=self._ears,
            chat=ScriptedChat([told(600)] * 100),
            voice=EspeakVoice(TELLER),
            apology=nothing,
        )
        self._agent = build_agent(
            config,
            engines,
            self._workers,
            self._transport,
            [self._watch],
            Surroundings(earcons=frozenset()),
        )

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """The agent listens while the block runs."""
        await self._transport.open()
        agent = asyncio.create_task(self._agent.run())
        try:
            yield
        finally:
            agent.cancel()
            with suppress(asyncio.CancelledError):
                await agent
            await self._transport.aclose()
            self._workers.close()

    async def alone(self, seconds: float) -> dict[str, Any]:
        """Tell the story for `seconds` with nobody there."""
        await self._tell()
        first = len(self._watch.log)
        await asyncio.sleep(seconds)
        since = self._watch.since(first)
        return {"seconds": seconds, "holds": len(since.holds), "cancels": len(since.cancels)}

    async def cough(self, sound: Samples) -> dict[str, Any]:
        """Somebody coughs into the story."""
        await self._tell()
        first = len(self._watch.log)
        async with self._card.speaking(sound):
            await asyncio.sleep(len(sound) / LISTENING_RATE + 2)
        since = self._watch.since(first)
        silences = [] if since.cancels else since.silences_ms(self._transport.now)
        return {
            "held": bool(since.holds),
            "cancelled": bool(since.cancels),
            "goes_on_ms": max(silences, default=None),
        }

    async def interrupt(self, voice: Voice) -> dict[str, Any]:
        """Somebody speaks into the story, and means it; their words ask for another one."""
        await self._tell()
        first, heard = len(self._watch.log), len(self._transport.track)
        before = self._transport.now
        async with self._card.speaking(voice.pcm):
            seconds = len(voice.pcm) / LISTENING_RATE
            await self._watch.until(lambda: bool(self._watch.since(first).cancels), seconds + 1)
            self._ears.listening = False
            await asyncio.sleep(seconds)
        since = self._watch.since(first)
        found = locate(voice.pcm, np.concatenate(self._transport.track[heard:]))
        return noticed(since, None if found is None else before + found + voice.start)

    async def _tell(self) -> None:
        """Have the story told for a while; ask for it if need be."""
        while not self._watch.telling:
            self._ears.listening = False
            async with self._card.speaking(say(REQUEST, PERSON)):
                if not await self._watch.until(lambda: self._watch.telling, PATIENCE_S):
                    raise DeviceError("The agent does not answer", "Is the machine too busy?")
        self._ears.listening = True
        await asyncio.sleep(SETTLED_S)


def noticed(since: Since, spoke: int | None) -> dict[str, Any]:
    """What became of a person whose voice began at the sample `spoke`; None: where, is not known.

    `early`: the story was held already, so how soon it is cannot be told. A story that was given up
    before the voice was not given up for it.
    """
    if spoke is None:
        return {"located": False, "early": False, "detected": bool(since.cancels)}
    after = [at for at in (*since.holds, *since.cancels) if at >= spoke]
    given_up = [at for at in since.cancels if at >= spoke]
    return {
        "located": True,
        "early": since.silent_at(spoke),
        "detected": bool(given_up),
        "held_ms": milliseconds_of(min(after) - spoke) if after else None,
        "cancelled_ms": milliseconds_of(given_up[0] - spoke) if given_up else None,
    }


def locate(pcm: Samples, track: Samples) -> int | None:
    """Where `pcm` begins in `track`; None where it is not found. Both at 16 kHz."""
    size = 1 << (len(pcm) + len(track)).bit_length()
    wanted, heard = pcm.astype(np.float64), track.astype(np.float64)
    spectrum = np.fft.rfft(heard, size) * np.conj(np.fft.rfft(wanted, size))
    likeness = np.fft.irfft(spectrum, size)[: len(track)]
    at = int(likeness.argmax())
    there = heard[at : at + len(wanted)]
    power = np.sqrt(np.sum(there**2) * np.sum(wanted[: len(there)] ** 2))
    return at if power and likeness[at] / power >= CERTAIN else None


def echo_path(card: SoundCard, echo_db: float, delay_ms: int) -> None:
    """The room: what `spk` plays is heard in `room`, `delay_ms` later and `echo_db` softer."""
    card.pactl(
        "load-module",
        "module-loopback",
        "source=spk.monitor",
        "sink=room",
        f"latency_msec={delay_ms}",
        "source_dont_move=1",
        "sink_dont_move=1",
    )
    number = card.pactl("list", "short", "sink-inputs").split()[0]
    card.pactl("set-sink-input-volume", number, f"{echo_db}dB")


def voices(count: int = DISTURBED) -> list[Voice]:
    """People who interrupt: recordings where there are some, else a voice of espeak-ng."""
    people = load_people(SPEECH)
    if not people:
        console.print(f"{SPEECH} has no recordings: espeak-ng interrupts.", style="yellow")
        pcm = say("please stop and tell me how late it is", PERSON)
        return [Voice(pcm, int(np.flatnonzero(pcm)[0]))] * count
    lead = LISTENING_RATE // 2
    return [
        Voice(clip.pcm[max(0, clip.start - lead) : clip.end], min(lead, clip.start))
        for clip in people[:: max(1, len(people) // count)][:count]
    ]


async def perform(
    config: Config, card: SoundCard, seconds: float, delay_ms: float
) -> dict[str, Any]:
    """Everything, one after the other."""
    coughs = [noise.pcm for noise in noises(["normal"]) if noise.kind == "cough"]
    performance = Performance(config, card, delay_ms)
    async with performance.running():
        console.print("nobody is there")
        alone = await performance.alone(seconds)
        console.print("coughs")
        coughed = [await performance.cough(pcm) for pcm in islice(cycle(coughs), DISTURBED)]
        console.print("people")
        interrupted = [await performance.interrupt(voice) for voice in voices()]
    return {"alone": alone, "coughs": coughed, "people": interrupted}


def result(figures: dict[str, Any], before: dict[str, Any]) -> Result:
    """What is written."""
    coughs, people = figures["coughs"], figures["people"]
    latest = [cough["goes_on_ms"] for cough in coughs if cough["goes_on_ms"] is not None]
    located = [person for person in people if person["located"]]
    held = of_everyone(person["held_ms"] for person in located if not person["early"])
    cancelled = of_everyone(person["cancelled_ms"] for person in located)
    detected = 100 * sum(person["detected"] for person in people) / len(people)
    at_p50, at_p95 = held and held["p50"], cancelled and cancelled["p95"]
    goals = [
        Goal.at_most("self-interruptions, aloud", 0, figures["alone"]["cancels"]),
        Goal.at_most("coughs that cancel, aloud", 0, sum(c["cancelled"] for c in coughs)),
        Goal.at_most("goes on after a cough, aloud", 1000, max(latest, default=0), "ms"),
        Goal.at_least("people noticed, aloud", 97, detected, "%"),
        Goal.at_most("people: held, aloud, p50", 150, at_p50, "ms"),
        Goal.at_most("people: cancelled, aloud, p95", 500, at_p95, "ms"),
    ]
    return Result(before, {**figures, "held_ms": held, "cancelled_ms": cancelled}, goals)


def main() -> None:
    """Perform, print, write."""
    parser = argparse.ArgumentParser(description="Taking turns aloud, over a virtual sound card.")
    parser.add_argument("--config", type=Path, help="settings file")
    parser.add_argument("--seconds", type=float, default=120, help="of story with nobody there")
    parser.add_argument("--echo", type=float, default=-10, help="decibels of what is played")
    parser.add_argument("--delay", type=int, default=60, help="milliseconds")
    parser.add_argument("--out", type=Path, default=Path("bench-output/turns-aloud.json"))
    given = parser.parse_args()
    if not shutil.which("pulseaudio"):
        raise DeviceError(
            "PulseAudio is not installed", "apt-get install pulseaudio libasound2-plugins"
        )
    check_tools()
    before = machine()
    config = load_config(given.config)
    with sound_card() as card:
        echo_path(card, given.echo, given.delay)
        figures = asyncio.run(perform(config, card, given.seconds, given.delay))
    done = result({"echo_db": given.echo, "delay_ms": given.delay, **figures}, before)
    given.out.parent.mkdir(parents=True, exist_ok=True)
    done.write(given.out)
    Console().print(goals_table(done.goals))


if __name__ == "__main__":
    try:
        main()
    except EdgevoiceError as error:
        console.print(str(error), style="red")
        sys.exit(error.exit_code)
