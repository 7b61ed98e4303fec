"""`edgevoice run` reads its settings again: by SIGHUP, and by the control socket."""

import asyncio
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from edgevoice.control import send
from edgevoice.errors import BadInputError
from tests.pulse import SoundCard, sound_card
from tests.terminal import a_terminal
from tests.test_run import PATIENCE_S, ROOT, Running, running, spoken

pytestmark = [pytest.mark.sound, pytest.mark.engine]


@pytest.fixture
def card() -> Iterator[SoundCard]:
    with sound_card() as card:
        yield card


@pytest.mark.slow
def test_settings_change_between_two_questions(card: SoundCard, tmp_path: Path) -> None:
    capital, and_there = spoken("what is the capital of france"), spoken("and in spain")
    config = tmp_path / "config.yaml"
    config.write_text("reply: {drafts: 3}\n")
    name = f"edgevoice-reload-{os.getpid()}"
    control = tmp_path / "run" / "control"
    service = {
        "NOTIFY_SOCKET": f"@{name}",
        "RUNTIME_DIRECTORY": str(control.parent),
        "STATE_DIRECTORY": str(tmp_path / "state"),
    }

    async def scene(manager: socket.socket) -> None:
        loop = asyncio.get_running_loop()

        async def told(wanted: str) -> str:
            while True:
                message = (await loop.sock_recv(manager, 4096)).decode()
                if wanted in message:
                    return message

        async with (
            asyncio.timeout(2 * PATIENCE_S),
            running("run", "--config", str(config), **service) as agent,
        ):
            await told("READY=1")
            async with card.speaking(capital):
                at = await agent.until("◆ agent .*paris")

            config.write_text("reply: {drafts: 0}\nlog: {level: info}\n")
            agent.process.send_signal(signal.SIGHUP)
            await told("RELOADING=1")
            await told("READY=1")
            at = await agent.until("the new settings are in force", at)

            config.write_text("reply: {draughts: 0}\n")
            agent.process.send_signal(signal.SIGHUP)
            at = await agent.until("refused, the old ones stay.*draughts is not a setting", at)
            assert (await told("draughts is not a setting")).startswith("STATUS=")
            with pytest.raises(BadInputError, match="draughts is not a setting"):
                await asyncio.to_thread(send, control, "reload")

            config.write_text("llm: {threads: 2}\n")
            answer = await asyncio.to_thread(send, control, "reload")
            assert "llm.threads takes effect at the next start" in answer

            async with card.speaking(and_there):
                at = await agent.until("◆ agent .*madrid", at)
            status = await asyncio.to_thread(send, control, "status")
            assert status.startswith("listening; ") and "settings renewed 2 times" in status
            agent.process.send_signal(signal.SIGTERM)
            assert await agent.ended() == 0, agent.printed
            assert "Traceback" not in agent.printed

    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(f"\0{name}")
        manager.setblocking(False)
        asyncio.run(scene(manager))

    lines = [
        json.loads(line)
        for path in (tmp_path / "state/audit").glob("*.jsonl")
        for line in path.read_text().splitlines()
    ]
    told = [line["event"] for line in lines if line["event"] != "network mode"]
    assert told == ["started", "config changed", "config changed", "stopped"]


TAKE_THE_TERMINAL = """
import fcntl, os, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execv(sys.executable, [sys.executable, "-m", "edgevoice", "run"])
"""


@pytest.mark.slow
def test_a_terminal_that_is_closed_ends_it(card: SoundCard) -> None:
    async def scene() -> None:
        ours, theirs = a_terminal()
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", TAKE_THE_TERMINAL),
            cwd=ROOT,
            stdin=theirs,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={**os.environ, "EDGEVOICE_AUDIO__DUPLEX": "full"},
            start_new_session=True,
        )
        os.close(theirs)
        agent = Running(process)
        try:
            async with asyncio.timeout(PATIENCE_S):
                await agent.until("ctrl-c ends")
                os.close(ours)
                assert await agent.ended() == 0, agent.printed
        finally:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
        assert agent.printed.endswith("Goodbye.\n")

    asyncio.run(scene())
