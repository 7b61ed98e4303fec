"""Pings come from hearing, and from nothing else."""

import asyncio
import logging
import os
import socket
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgevoice.audio.chunk import LISTENING_RATE, AudioChunk
from edgevoice.notify import Notifier
from edgevoice.signals import Phase
from edgevoice.watchdog import (
    DEAF,
    DEAF_AFTER_S,
    LOOKING_S,
    STUCK,
    STUCK_AFTER_S,
    WORDS,
    Bulletin,
    Pulse,
    Watched,
)

PERIOD = 320
PERIOD_S = PERIOD / LISTENING_RATE


@dataclass
class Clock:
    now: float = 0.0

    def __call__(self) -> float:
        return self.now


@st.composite
def happenings(draw: st.DrawFn) -> list[tuple[str, float]]:
    """What happens to a pulse, and how many seconds pass before it."""
    what = st.sampled_from(["sound", "filler", "turned", "ask", "looked"])
    return draw(st.lists(st.tuples(what, st.sampled_from([0.0, 0.02, 0.5, 1.9, 2.1, 5.0]))))


@given(happenings())
def test_no_ping_without_fresh_sound_and_a_turn_of_the_loop(
    happened: list[tuple[str, float]],
) -> None:
    clock = Clock()
    pulse = Pulse(4.0, clock=clock)
    samples, heard_at, pinged_at, turned = 0, -np.inf, -np.inf, False
    looks, looked_at = 0, -np.inf
    for what, passed in happened:
        clock.now += passed
        match what:
            case "sound":
                samples += PERIOD
                heard_at = clock.now
                pulse.arrived(samples)
            case "filler":
                pulse.arrived(samples)
                pulse.looked(looks)
            case "looked":
                looks, looked_at = looks + 1, clock.now
                pulse.looked(looks)
            case "turned":
                turned = True
                pulse.turned()
        hears = clock.now - heard_at <= DEAF_AFTER_S
        assert pulse.deaf is not hears
        looks_for_it = clock.now - looked_at <= LOOKING_S
        assert pulse.due is (turned and (hears or looks_for_it) and clock.now - pinged_at >= 4.0)
        if what == "ask" and pulse.due:
            pulse.pinged()
            pinged_at, turned = clock.now, False


@given(st.floats(0.1, 60), st.integers(1, 2000))
def test_whoever_hears_pings_in_time(interval: float, periods: int) -> None:
    clock = Clock()
    pulse = Pulse(interval, clock=clock)
    latest = 0.0
    for period in range(periods):
        clock.now += PERIOD_S
        pulse.arrived((period + 1) * PERIOD)
        pulse.turned()
        if pulse.due:
            pulse.pinged()
            latest = clock.now
        assert clock.now - latest < interval + 2 * PERIOD_S


def test_nobody_who_wants_no_pings_gets_any() -> None:
    pulse = Pulse(None)
    pulse.arrived(PERIOD)
    pulse.turned()
    assert not pulse.due


class Manager:
    """A service manager's socket, and all that it was told."""

    def __init__(self) -> None:
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.name = f"@edgevoice-watchdog-{os.getpid()}"
        self.socket.bind("\0" + self.name[1:])
        self.socket.setblocking(False)

    def told(self) -> list[str]:
        """What came since it was last asked."""
        said = []
        while True:
            try:
                said.append(self.socket.recv(4096).decode())
            except BlockingIOError:
                return said


@pytest.fixture
def manager() -> Iterator[Manager]:
    manager = Manager()
    yield manager
    manager.socket.close()


@dataclass
class Card:
    """A sound card whose time is the test's. `pieces`: seconds until each, and whether it is a
    filler for what was lost."""

    clock: Clock
    pieces: list[tuple[float, bool]]
    dropped: int = 0
    done: list[str] = field(default_factory=list)

    async def open(self) -> None:
        self.done.append("open")

    async def chunks(self) -> AsyncIterator[AudioChunk]:
        for number, (passed, filler) in enumerate(self.pieces):
            self.clock.now += passed
            self.dropped += PERIOD * filler
            yield AudioChunk(np.zeros(PERIOD, np.int16), LISTENING_RATE, number * PERIOD)

    async def play(self, chunk: AudioChunk) -> None:
        self.done.append("play")

    def heard(self) -> int:
        return 1

    def flush(self) -> int:
        return 2

    def hold(self) -> None:
        self.done.append("hold")

    def go_on(self) -> None:
        self.done.append("go on")

    async def aclose(self) -> None:
        self.done.append("close")


def watched(card: Card, manager: Manager, interval_s: float | None = 1.0) -> Watched:
    notifier = Notifier(manager.name, interval_s)
    return Watched(card, notifier, Bulletin(notifier), Pulse(interval_s, clock=card.clock))


async def converse(transport: Watched) -> None:
    async for _ in transport.chunks():
        pass


def test_ready_when_sound_flows_and_pings_while_it_does(manager: Manager) -> None:
    card = Card(Clock(), [(PERIOD_S, False)] * 160)  # 3.2 s
    asyncio.run(converse(watched(card, manager)))
    told = manager.told()
    assert told[0] == "WATCHDOG=1"
    assert told[1] == "READY=1"
    assert told[2:] == ["WATCHDOG=1"] * 3


def test_one_period_of_sound_is_not_ready(manager: Manager) -> None:
    asyncio.run(converse(watched(Card(Clock(), [(PERIOD_S, False)]), manager, None)))
    assert manager.told() == []


def test_while_settings_are_read_again_it_is_not_ready(manager: Manager) -> None:
    transport = watched(Card(Clock(), [(PERIOD_S, False)] * 40), manager, None)

    async def scene() -> None:
        transport.reloading()
        transport.reloaded()
        assert manager.told() == []  # it never was
        chunks = transport.chunks()
        for _ in range(20):
            await anext(chunks)
        assert manager.told() == ["READY=1"]
        transport.reloading()
        (reloading,) = manager.told()
        assert reloading.startswith("RELOADING=1\nMONOTONIC_USEC=")
        await anext(chunks)
        assert manager.told() == []
        transport.reloaded()
        await anext(chunks)
        await anext(chunks)
        assert manager.told() == ["READY=1"]

    asyncio.run(scene())


def test_fillers_are_no_sound(manager: Manager, caplog: pytest.LogCaptureFixture) -> None:
    well, away = [(PERIOD_S, False)] * 50, [(PERIOD_S, True)] * 500
    card = Card(Clock(), [*well, *away])
    with caplog.at_level(logging.WARNING):
        asyncio.run(converse(watched(card, manager)))
    told = manager.told()
    # Deaf for ten seconds; two more pings until that is certain.
    assert told.count("WATCHDOG=1") <= 1 + (1 + DEAF_AFTER_S) / 1.0
    assert told[-1] == f"STATUS={DEAF}"
    assert caplog.messages == [DEAF]

    card = Card(Clock(), [*well, *away, *well])
    asyncio.run(converse(watched(card, manager)))
    assert manager.told()[-2:] == ["STATUS=", "WATCHDOG=1"]


@pytest.mark.parametrize(("every_s", "pings"), [(2.0, True), (LOOKING_S - 1, True), (None, False)])
def test_a_card_that_is_looked_for_keeps_us_alive_and_a_hung_search_does_not(
    manager: Manager, every_s: float | None, pings: bool
) -> None:
    """A restart would not plug it in. Here it is away for an hour."""
    clock = Clock()
    card = Card(clock, [*[(PERIOD_S, False)] * 50, *[(0.5, True)] * 7_200])
    notifier = Notifier(manager.name, 15.0)

    def looked() -> int:
        return int(clock.now / every_s) if every_s else 1

    pulse = Pulse(15.0, clock=clock)
    transport = Watched(card, notifier, Bulletin(notifier), pulse, looked)
    told: list[str] = []

    async def hold() -> None:
        latest = 0.0
        async for _ in transport.chunks():
            said = manager.told()
            told.extend(said)
            latest = clock.now if "WATCHDOG=1" in said else latest
            assert not pings or clock.now - latest < 30  # the unit's WatchdogSec

    asyncio.run(hold())
    assert f"STATUS={DEAF}" in told  # and nobody believes that it hears
    assert (told.count("WATCHDOG=1") > 3_600 / 30) is pings


def test_a_conversation_that_is_stuck_pings_no_more(manager: Manager) -> None:
    card = Card(Clock(), [(PERIOD_S, False)] * 100)

    async def stuck() -> None:
        chunks = watched(card, manager).chunks()
        for _ in range(3):
            await anext(chunks)
        manager.told()
        card.clock.now += 100
        await asyncio.sleep(0)

    asyncio.run(stuck())
    assert manager.told() == []


def test_what_was_not_taken_is_said_again() -> None:
    notifier = Notifier(f"@edgevoice-late-{os.getpid()}", 1.0)
    bulletin = Bulletin(notifier)
    card = Card(Clock(), [(PERIOD_S, False)] * 40)
    transport = Watched(card, notifier, bulletin, Pulse(1.0, clock=card.clock))

    async def late() -> list[bytes]:
        bulletin.show(Phase.READY)
        chunks = transport.chunks()
        for _ in range(20):
            await anext(chunks)
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as server:
            server.bind(f"\0edgevoice-late-{os.getpid()}")
            await anext(chunks)
            return [server.recv(4096) for _ in range(3)]

    said = asyncio.run(late())
    assert said == [b"READY=1", b"WATCHDOG=1", f"STATUS={WORDS[Phase.READY]}".encode()]


def test_the_status_says_phase_and_notes_once_each(manager: Manager) -> None:
    bulletin = Bulletin(Notifier(manager.name))
    bulletin.show(Phase.STARTING)
    bulletin.show(Phase.READY)
    bulletin.show(Phase.READY)
    bulletin.note("heat", "hot")
    bulletin.note("heat", "")
    bulletin.close()
    assert manager.told() == [
        f"STATUS={WORDS[Phase.STARTING]}",
        f"STATUS={WORDS[Phase.READY]}",
        f"STATUS={WORDS[Phase.READY]}; hot",
        f"STATUS={WORDS[Phase.READY]}",
        "STOPPING=1",
    ]


def test_every_phase_has_words() -> None:
    assert set(WORDS) == set(Phase)
    assert len(set(WORDS.values())) == len(Phase)


def test_everything_else_is_the_transports(manager: Manager) -> None:
    card = Card(Clock(), [(PERIOD_S, True)])
    transport = watched(card, manager)

    async def use() -> None:
        await transport.open()
        await converse(transport)
        await transport.play(AudioChunk(np.zeros(1, np.int16), LISTENING_RATE))
        transport.hold()
        transport.go_on()
        await transport.aclose()

    asyncio.run(use())
    assert card.done == ["open", "play", "hold", "go on", "close"]
    assert (transport.heard(), transport.flush(), transport.dropped) == (1, 2, PERIOD)
    assert manager.told()[-1] == "STOPPING=1"


def test_an_engine_that_hangs_ends_the_pings_and_is_told(manager: Manager) -> None:
    """The person could still be heard, and would never be answered again."""
    clock = Clock()
    card = Card(clock, [(PERIOD_S, False)] * 20_000)
    notifier = Notifier(manager.name, 15.0)
    began, ended = 100.0, 300.0

    def silent_s() -> float:
        return clock.now - began if began < clock.now < ended else 0.0

    pulse = Pulse(15.0, clock=clock)
    transport = Watched(card, notifier, Bulletin(notifier), pulse, silent_s=silent_s)
    pings: list[float] = []
    told: list[str] = []

    async def hold() -> None:
        async for _ in transport.chunks():
            said = manager.told()
            told.extend(said)
            pings.extend([clock.now] * said.count("WATCHDOG=1"))

    asyncio.run(hold())
    assert f"STATUS={STUCK}" in told
    hung = began + STUCK_AFTER_S
    assert any(hung - 20 < at < hung for at in pings)  # long work is no reason
    assert not any(hung < at < ended for at in pings)
    assert any(at > ended for at in pings)
