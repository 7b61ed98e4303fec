"""Weeks in a room, in minutes: scripted engines, a clock that jumps, and a life full of accidents.

A person asks, interrupts, is silent for hours, mutes the appliance and talks on; the sound card is
lost and comes back. It is all drawn from a seed. What is real is everything between the engines and
the sound card: the agent, the transport that revives, the watchdog's view, the turn log.
"""

import asyncio
import gc
import math
import random
from array import array
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import cycle

import numpy as np

from edgevoice.agent import Agent
from edgevoice.app import Engines, Workers, build_agent
from edgevoice.audio.chunk import LISTENING_RATE, AudioChunk, Samples, samples_of
from edgevoice.bench.gauges import GAUGES, Gauge
from edgevoice.config import Config
from edgevoice.dialog.attention import Signal
from edgevoice.dialog.events import Event, Note, TurnDone, TurnStarted
from edgevoice.engines.base import Message, Stop, ToolCall, ToolSpec, Transcript
from edgevoice.engines.scripted import ScriptedChat, ScriptedTranscriber, ScriptedVoice
from edgevoice.engines.workers import InlineWorker
from edgevoice.errors import DeviceError
from edgevoice.notify import Notifier
from edgevoice.report import TurnLog
from edgevoice.responders.base import Speech
from edgevoice.testing import run_virtual
from edgevoice.transports.reviving import RevivingTransport
from edgevoice.watchdog import Bulletin, Pulse, Watched
from tests.talk import APOLOGY, LoudVad, clip

PERIOD = samples_of(20)
LONG_PERIOD = samples_of(1_000)
"""While nobody makes a sound the card delivers so much at once, for the sake of speed."""
RESTFUL_S = 10.0
"""So long after the last sound."""

WATCHDOG_S = 30.0
MOST_READINGS = 10_000

ANSWER_S = 60.0
"""A reply that has not ended by then is missed."""

WORDS = "what time day is it now please tell me how many weeks a month has or who made the moon"
SENTENCES = ("It is ten.", "I think that it is. But who knows?", "No. " * 6, "Three, or four.")


@dataclass(frozen=True, slots=True)
class Life:
    """How the person lives. `calm_s`: seconds between two things that happen, on average.
    `pause_s`: longest pause between two turns. `most_turns`: of one conversation. `night_s`: the
    longest silence."""

    calm_s: float = 900.0
    pause_s: float = 5.0
    most_turns: int = 8
    night_s: float = 8 * 3600.0


OFTEN = (62, 16, 8, 8, 6)
"""How often, in a hundred: a conversation, a loss, a mute, “forget that”, a long silence."""

DENSE = Life(calm_s=3.0, pause_s=1.0, most_turns=40, night_s=60.0)
"""As many turns in as little time as can be."""


@dataclass(slots=True)
class Tally:
    """What came of it. `cut_short`: questions in which the device was lost. `overheard`: turns that
    began while the microphone was shut. `deaf_s`: seconds from the moment when a device was there
    again until it was heard."""

    asked: int = 0
    answered: int = 0
    missed: int = 0
    cut_short: int = 0
    overheard: int = 0
    losses: int = 0
    mutes: int = 0
    deaf_s: list[float] = field(default_factory=list)


class Readings:
    """Gauges, read again and again. They take no memory that grows: it would be counted."""

    def __init__(self, gauges: Mapping[str, Gauge] = GAUGES, most: int = MOST_READINGS) -> None:
        """`most`: readings that there is room for; later ones are left out."""
        self._gauges = gauges
        self._most = most
        self._kept = {name: array("d", bytes(8 * most)) for name in ("turns", "hours", *gauges)}
        self.taken = 0

    def take(self, turns: int, hours: float) -> None:
        """Read every gauge, once more."""
        if self.taken == self._most:
            return
        gc.collect()
        self._kept["turns"][self.taken] = turns
        self._kept["hours"][self.taken] = hours
        for name, gauge in self._gauges.items():
            self._kept[name][self.taken] = gauge()
        self.taken += 1

    def last(self, over: str) -> float:
        """The latest number of `turns` or `hours`; 0 before the first reading."""
        return self._kept[over][self.taken - 1] if self.taken else 0.0

    def points(self, gauge: str, over: str, skip: float = 0.0) -> list[tuple[float, float]]:
        """(x, reading) of `gauge` over `turns` or `hours`, without those below `skip` of these."""
        pairs = zip(self._kept[over], self._kept[gauge], strict=True)
        return [pair for pair in list(pairs)[: self.taken] if pair[0] >= skip]


class Ears(ScriptedTranscriber):
    """Hears one word after the other."""

    def __init__(self) -> None:
        super().__init__([])
        self._words = cycle(WORDS.split())

    def _next_line(self, asked: str) -> str | Transcript:
        return " ".join(next(self._words) for _ in range(7))


class Mouth(ScriptedChat):
    """Has an answer to everything. `leak`: bytes that it loses with every one."""

    def __init__(self, leak: int = 0) -> None:
        super().__init__([])
        self._sentences = cycle(SENTENCES)
        self._leak = leak
        self._lost: list[bytes] = []

    def _next_line(self, asked: str) -> str:
        return next(self._sentences)

    def stream(
        self, messages: Sequence[Message], stop: Stop, tools: Sequence[ToolSpec] = ()
    ) -> Iterator[str | ToolCall]:
        if self._leak:
            self._lost.append(bytes(self._leak))
        return super().stream(messages, stop, tools)


def scripted_engines(leak: int = 0) -> Engines:
    """Engines that do next to nothing."""
    voice = ScriptedVoice(samples_per_character=200)
    return Engines(LoudVad(), Ears(), Mouth(leak), voice, Speech(APOLOGY, "Sorry."))


class Room:
    """What is between the person and the device: the air, and a plug."""

    def __init__(self) -> None:
        self.plugged = True
        self.unplugged = 0
        self._saying: deque[Samples] = deque()
        self._last_sound = 0.0
        self._back_at: float | None = None
        self.deaf_s: list[float] = []

    def say(self, sound: Samples) -> None:
        """The person makes a `sound`."""
        self._saying.append(sound)
        self._last_sound = now()

    def unplug(self) -> None:
        """The device is gone, and what is being said is lost."""
        self.plugged = False
        self.unplugged += 1
        self._back_at = None
        self._saying.clear()

    def plug_in(self) -> None:
        """It is there again."""
        self.plugged = True
        self._back_at = self._last_sound = now()

    def hear(self, samples: int, sounded: bool) -> Samples:
        """What the microphone takes up in the next `samples`."""
        if self._back_at is not None:
            self.deaf_s.append(now() - self._back_at)
            self._back_at = None
        if sounded or self._saying:
            self._last_sound = now()
        if not self._saying:
            return np.zeros(samples, np.int16)
        sound = self._saying.popleft()
        if len(sound) > samples:
            self._saying.appendleft(sound[samples:])
        return np.pad(sound[:samples], (0, max(0, samples - len(sound))))

    @property
    def restful(self) -> bool:
        """Whether nobody has made a sound for long."""
        return now() - self._last_sound > RESTFUL_S


class Device:
    """A microphone and a loudspeaker in the `room`; a `Transport`."""

    def __init__(self, room: Room) -> None:
        self.dropped = 0
        self._room = room
        self._plug = room.unplugged
        self._queue: deque[Samples] = deque()
        self._heard = 0
        self._held = False
        self._open = True

    async def open(self) -> None:
        if not self._there:
            raise DeviceError("the simulated device is unplugged", "Plug it in.")

    @property
    def _there(self) -> bool:
        return self._room.plugged and self._plug == self._room.unplugged

    async def chunks(self) -> AsyncIterator[AudioChunk]:
        at = 0
        while self._open:
            period = LONG_PERIOD if self._room.restful and not self._queue else PERIOD
            await asyncio.sleep(period / LISTENING_RATE)
            if not self._there:
                raise DeviceError("the simulated device was unplugged", "Plug it in.")
            said = self._room.hear(period, sounded=self._sound(period))
            yield AudioChunk(said, LISTENING_RATE, at)
            at += period

    def _sound(self, samples: int) -> bool:
        wanted = 0 if self._held else samples
        while wanted and self._queue:
            piece = self._queue.popleft()
            if len(piece) > wanted:
                self._queue.appendleft(piece[wanted:])
                piece = piece[:wanted]
            wanted -= len(piece)
            self._heard += len(piece)
        return not self._held and wanted < samples

    async def play(self, chunk: AudioChunk) -> None:
        while self._there and sum(map(len, self._queue)) > LISTENING_RATE:
            await asyncio.sleep(PERIOD / LISTENING_RATE)
        if not self._there:
            raise DeviceError("the simulated device was unplugged", "Plug it in.")
        self._queue.append(chunk.pcm)

    def heard(self) -> int:
        return self._heard

    def flush(self) -> int:
        heard, self._heard, self._held = self._heard, 0, False
        self._queue.clear()
        return heard

    def hold(self) -> None:
        self._held = True

    def go_on(self) -> None:
        self._held = False

    async def aclose(self) -> None:
        self._open = False


def now() -> float:
    """Seconds on the clock of the running event loop."""
    return asyncio.get_running_loop().time()


class Person:
    """Lives in the room, for so many turns or hours, whichever is over first."""

    def __init__(
        self,
        room: Room,
        life: Life,
        chance: random.Random,
        sounds: Sequence[Samples],
    ) -> None:
        self.tally = Tally(deaf_s=room.deaf_s)
        self._room = room
        self._life = life
        self._chance = chance
        self._sounds = sounds
        self._started = 0
        self._done = asyncio.Event()

    def __call__(self, what: Event | Note) -> None:
        """Observe the conversation."""
        match what:
            case TurnStarted():
                self._started += 1
            case TurnDone(heard=heard) if heard:
                self._done.set()

    async def live(
        self, agent: Agent, turns: float, hours: float, every: int, note: Callable[[], None]
    ) -> None:
        """Ask so many questions, or for so long; `note` is called after `every` so many."""
        due = every
        deeds = (self._converse, self._lose, self._mute, self._forget, self._sleep)
        while self.tally.asked < turns and now() < hours * 3600:
            await asyncio.sleep(self._chance.expovariate(1 / self._life.calm_s))
            await self._chance.choices(deeds, OFTEN)[0](agent)
            if self.tally.asked >= due:
                due += every
                note()

    async def _converse(self, agent: Agent) -> None:
        for _ in range(self._chance.randint(1, self._life.most_turns)):
            await self._ask()
            if self._chance.random() < 0.02:
                await self._lose(agent)
            await asyncio.sleep(self._chance.uniform(0.6, self._life.pause_s))

    async def _ask(self) -> None:
        if not self._room.plugged:
            await self._put_back()
        unplugged = self._room.unplugged
        self.tally.asked += 1
        self._done.clear()
        self._room.say(self._chance.choice(self._sounds))
        if self._chance.random() < 0.1:  # goes on, or interrupts, before long
            await asyncio.sleep(self._chance.uniform(0.7, 3))
            self._room.say(self._chance.choice(self._sounds))
        if self._chance.random() < 0.03:
            asyncio.get_running_loop().call_later(self._chance.uniform(0, 3), self._trip)
        answered = await self._answered()
        if self._room.unplugged != unplugged:
            self.tally.cut_short += 1
        elif answered:
            self.tally.answered += 1
        else:
            self.tally.missed += 1

    async def _answered(self) -> bool:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._done.wait(), ANSWER_S)
        return self._done.is_set()

    def _trip(self) -> None:
        """Pull the plug by accident."""
        if self._room.plugged:
            self.tally.losses += 1
            self._room.unplug()

    async def _lose(self, _agent: Agent) -> None:
        self._trip()
        await self._put_back()

    async def _put_back(self) -> None:
        await asyncio.sleep(self._chance.choice((0.01, 0.5, 5, 60)) * self._chance.random())
        self._room.plug_in()
        await asyncio.sleep(10)

    async def _mute(self, agent: Agent) -> None:
        self.tally.mutes += 1
        agent.signal(Signal.MUTE)
        await asyncio.sleep(1.5)
        started = self._started
        self._room.say(self._chance.choice(self._sounds))
        await asyncio.sleep(20 * self._chance.random() + 5)
        self.tally.overheard += self._started - started
        agent.signal(Signal.UNMUTE)
        await asyncio.sleep(1.5)

    async def _forget(self, agent: Agent) -> None:
        agent.signal(Signal.FORGET)

    async def _sleep(self, _agent: Agent) -> None:
        await asyncio.sleep(self._chance.uniform(0, self._life.night_s))


def simulate(
    life: Life,
    turns: float = math.inf,
    hours: float = math.inf,
    *,
    engines: Engines | None = None,
    sounds: Sequence[Samples] = (clip(500), clip(900), clip(1_400, 700, 200)),
    seed: int = 1,
    every: int = 25,
    told: Callable[[Tally, float], None] = lambda _tally, _hours: None,
) -> tuple[Tally, Readings]:
    """Live like that until so many `turns` are asked or `hours` are over, and what came of it.

    The gauges are read, and `told` is told, after `every` so many questions. `engines`: scripted
    ones, unless others are given. `sounds`: what the person may say.
    """
    readings = Readings()
    room = Room()

    async def scene() -> Tally:
        loop = asyncio.get_running_loop()
        person = Person(room, life, random.Random(seed), sounds)

        def note() -> None:
            readings.take(person.tally.asked, now() / 3600)
            told(person.tally, now() / 3600)

        notifier = Notifier("", WATCHDOG_S)
        transport = Watched(
            RevivingTransport(lambda: Device(room), clock=loop.time),
            notifier,
            Bulletin(notifier),
            Pulse(notifier.ping_s, clock=loop.time),
        )
        workers = Workers(*(InlineWorker(0.01) for _ in range(4)))
        config = Config()
        agent = build_agent(
            config, engines or scripted_engines(), workers, transport, [TurnLog(), person]
        )
        await transport.open()
        talk = asyncio.create_task(agent.run())
        try:
            await person.live(agent, turns, hours, every, note)
        finally:
            await transport.aclose()
            await talk
        return person.tally

    return run_virtual(scene()), readings
