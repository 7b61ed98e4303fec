"""`edgevoice run` as a service: what the service manager is told from start to end."""

import asyncio
import os
import signal
import socket
from collections.abc import Iterator

import pytest

from edgevoice.air import AWAY
from edgevoice.signals import Phase
from edgevoice.watchdog import WORDS
from tests.pulse import SoundCard, sound_card
from tests.test_run import PATIENCE_S, running

pytestmark = [pytest.mark.sound, pytest.mark.engine]


@pytest.fixture
def card() -> Iterator[SoundCard]:
    with sound_card() as card:
        yield card


def test_ready_once_it_hears_then_pings_until_it_is_stopped(card: SoundCard) -> None:
    name = f"edgevoice-run-{os.getpid()}"
    service = {"NOTIFY_SOCKET": f"@{name}", "WATCHDOG_USEC": "1000000"}

    async def scene(manager: socket.socket) -> list[str]:
        loop = asyncio.get_running_loop()
        told: list[str] = []
        async with asyncio.timeout(PATIENCE_S), running("run", **service) as agent:
            while told.count("WATCHDOG=1") < 3:
                told.append((await loop.sock_recv(manager, 4096)).decode())
            agent.process.send_signal(signal.SIGTERM)
            while told[-1] != "STOPPING=1":
                told.append((await loop.sock_recv(manager, 4096)).decode())
            assert await agent.ended() == 0, agent.printed
        return told

    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(f"\0{name}")
        manager.setblocking(False)
        told = asyncio.run(scene(manager))

    assert told[0] == f"STATUS={WORDS[Phase.STARTING]}"
    assert told.count("READY=1") == 1
    ready = told.index("READY=1")
    assert f"STATUS={WORDS[Phase.READY]}" in told[:ready]
    assert "WATCHDOG=1" in told[ready:]


def test_a_card_that_is_away_is_said_and_no_reason_for_a_restart(card: SoundCard) -> None:
    name = f"edgevoice-away-{os.getpid()}"
    service = {"NOTIFY_SOCKET": f"@{name}", "WATCHDOG_USEC": "4000000"}

    async def scene(manager: socket.socket) -> None:
        loop = asyncio.get_running_loop()

        async def told(words: str, late_s: float = 4.0) -> float:
            """When it is told; and until then no ping was late."""
            latest = loop.time()
            while True:
                message = (await loop.sock_recv(manager, 4096)).decode()
                if message == "WATCHDOG=1":
                    assert loop.time() - latest < late_s
                    latest = loop.time()
                if words in message:
                    return loop.time()

        async with asyncio.timeout(PATIENCE_S), running("run", **service) as agent:
            await told("READY=1", late_s=PATIENCE_S)
            card.kill()
            gone_at = await told(AWAY)
            while await told("WATCHDOG=1") < gone_at + 8:  # else it would be restarted by now
                pass
            card.restart()
            while AWAY in (message := (await loop.sock_recv(manager, 4096)).decode()) or (
                "STATUS" not in message
            ):
                pass
            await told("WATCHDOG=1")
            agent.process.send_signal(signal.SIGTERM)
            assert await agent.ended() == 0, agent.printed

    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(f"\0{name}")
        manager.setblocking(False)
        asyncio.run(scene(manager))
