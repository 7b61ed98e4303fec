"""A whole spoken conversation in the cage: `edgevoice run --quiet`, as the unit starts it."""

import asyncio
import contextlib
import json
import os
import signal
import stat
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from edgevoice.audio.chunk import Samples, samples_of
from edgevoice.service.deeds import look
from tests.pulse import Recording, SoundCard, sound_card
from tests.service.cage import COMPILES, OFFLINE, ROOM, settings
from tests.service.test_unit import cage
from tests.test_run import Running, loud, spoken
from tools.faults.ear import spans, words

pytestmark = [pytest.mark.sound, pytest.mark.engine, pytest.mark.slow]

__all__ = ["cage"]  # a fixture

ROOT = Path(__file__).parents[2]
PATIENCE_S = 200
TRIES = 3

EDGEVOICE = f"{sys.executable} -m edgevoice"
KEY = f"{ROOM}/key"
LIFE = f"""
mkdir -m 700 {ROOM}/state &&
{EDGEVOICE} models verify --config config.yaml &&
{EDGEVOICE} transcripts keygen {KEY} &&
{EDGEVOICE} run --quiet --config config.yaml & echo "pid $!"; wait $!; echo "code $?"
exec 2>/dev/null  # PulseAudio's library misses its cookie there
{EDGEVOICE} audit show --json; echo =
{EDGEVOICE} transcripts show --json; echo =
{EDGEVOICE} doctor --privacy --json --config config.yaml
"""
"""As the unit starts it; and what is found afterwards, by the same user in the same cage."""


@contextlib.asynccontextmanager
async def caged() -> AsyncIterator[Running]:
    promise = dict(line.split("=", 1) for line in settings("Environment", OFFLINE))
    environment = {
        "COLUMNS": "200",
        "HOME": "/nonexistent",
        "STATE_DIRECTORY": f"{ROOM}/state",
        "RUNTIME_DIRECTORY": ROOM,
        "EDGEVOICE_AUDIO__DUPLEX": "full",
        "EDGEVOICE_TRANSCRIPTS__ENABLED": "true",
        "EDGEVOICE_TRANSCRIPTS__KEY_FILE": KEY,
        **promise,
        **({COMPILES: "1"} if look().compiles else {}),
    }
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.service.cage", "sh", "-c", LIFE),
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=os.environ | environment,
        start_new_session=True,
    )
    try:
        yield Running(process)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()


def open_to_everybody(card: SoundCard) -> None:
    """Let another user reach the sound card's socket."""
    folder = Path(os.environ["PULSE_SERVER"].removeprefix("unix:")).parent
    folder.chmod(folder.stat().st_mode | stat.S_IXOTH)


async def ask(card: SoundCard, room: Recording, question: str, answer: str) -> None:
    """Until it is answered: on a busy machine a question may get lost."""
    for _ in range(TRIES):
        before, enough = len(room.pcm), len(loud(room.pcm)) + samples_of(500)
        async with card.speaking(spoken(question)):
            while len(loud(room.pcm)) < enough:
                await asyncio.sleep(0.1)
        await asyncio.sleep(3)  # the reply comes to its end
        if answer in await asyncio.to_thread(replies, room.pcm[before:]):
            return
    raise AssertionError(f"no answer to {question!r}")


def replies(pcm: Samples) -> str:
    return " ".join(words(pcm[begin:end]) for begin, end in spans(pcm))


async def converse(card: SoundCard) -> tuple[str, list[list[dict[str, Any]]]]:
    """What was printed; and the three things found afterwards."""
    async with (
        asyncio.timeout(PATIENCE_S),
        card.recording("spk.monitor") as room,
        caged() as service,
    ):
        end = await service.until(r"pid \d+")
        pid = int(service.printed[:end].rpartition(" ")[2])
        await service.until("listening")
        await ask(card, room, "what is the capital of france", "paris")
        await ask(card, room, "what is the capital of spain", "madrid")
        os.kill(pid, signal.SIGTERM)
        assert await service.ended() == 0, service.printed
    printed, _, found = service.printed.partition("code 0\n")
    audit, turns, proof = found.split("=\n")
    return printed, [
        [json.loads(line) for line in audit.splitlines()],
        [json.loads(line) for line in turns.splitlines()],
        json.loads(proof)["checks"],
    ]


@pytest.mark.timeout(240)
@pytest.mark.usefixtures("cage")
def test_a_conversation_is_held_in_the_cage_and_the_proof_holds_there() -> None:
    with sound_card() as card:
        open_to_everybody(card)
        printed, (audit, turns, checks) = asyncio.run(converse(card))
    assert "capital" not in printed.lower() and "paris" not in printed.lower()
    said = " ".join(turn["user"] + " " + turn["agent"] for turn in turns).lower()
    assert all(word in said for word in ("capital", "paris", "spain", "madrid")), said
    assert [line["event"] for line in audit] == ["network mode", "started", "stopped"]
    assert audit[0]["details"] == {"mode": "offline", "promised": "offline", "cards": ""}
    unmet = {check["name"]: check["what"] for check in checks if check["status"] != "ok"}
    assert set(unmet) <= {"unit", "settings", "swap"}, unmet  # those are of the machine around it
