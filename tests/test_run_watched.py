"""`edgevoice run` as a service: what the service manager is told from start to end."""

import asyncio
import os
import signal
import socket
from collections.abc import Iterator

import pytest

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
