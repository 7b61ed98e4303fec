"""`edgevoice doctor --echo` in a room made of software: finding the echo, or that there is none."""

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from edgevoice.audio.chunk import Samples, samples_of
from edgevoice.duplex import Devices, Duplex
from edgevoice.echo_memory import recall
from tests.pulse import sound_card

pytestmark = [pytest.mark.sound, pytest.mark.slow]

DEFAULTS = Devices("default", "default")


async def doctor(state: Path, *options: str) -> tuple[int, str, str]:
    process = await asyncio.create_subprocess_exec(
        *[sys.executable, "-m", "edgevoice", "doctor", "--echo", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "XDG_STATE_HOME": str(state), "COLUMNS": "100"},
    )
    try:
        async with asyncio.timeout(60):
            out, err = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert process.returncode is not None
    assert b"Traceback" not in err
    return process.returncode, out.decode(), err.decode()


def fan(seconds: int) -> Samples:
    """A quiet room: white noise at -58 dBFS."""
    hiss = np.random.default_rng(0).standard_normal(samples_of(seconds * 1_000))
    return np.rint(40 * hiss).astype(np.int16)


def test_an_echo_is_measured_and_cancelled(tmp_path: Path) -> None:
    async def scene() -> dict[str, Any]:
        async with card.speaking(fan(40)):
            status, out, _ = await doctor(tmp_path, "--json")
        assert status == 0
        told: dict[str, Any] = json.loads(out)
        return told

    with sound_card() as card, card.echo(60, -12):
        told = asyncio.run(scene())
    assert (told["duplex"], told["setting"]) == ("cancel", "auto")
    # 60 ms is what PulseAudio aims at between its own two ends. The way counts from what PortAudio
    # believes to be the moment of sounding, and both have buffers of several periods of 20 ms.
    assert 10 <= told["delay_ms"] <= 160
    assert told["level_db"] == pytest.approx(-12, abs=1.5)
    assert told["residual_dbfs"] < told["rush_dbfs"] - 10
    measured, note = recall(Path(told["file"]), DEFAULTS)
    assert measured is not None and not note
    assert measured.duplex is Duplex.CANCEL
    assert measured.echo.delay_ms == told["delay_ms"]
    assert Path(told["file"]).is_relative_to(tmp_path)


def test_a_room_without_an_echo_is_left_alone(tmp_path: Path) -> None:
    async def scene() -> None:
        async with card.speaking(fan(40)):
            status, out, err = await doctor(tmp_path)
        assert (status, err) == (0, "")
        assert "leave the room quiet" in out
        assert "full: we listen while we speak" in out
        assert "no echo comes back" in out

    with sound_card() as card:
        asyncio.run(scene())
    measured, _ = recall(tmp_path / "edgevoice" / "echo.json", DEFAULTS)
    assert measured is not None
    assert measured.duplex is Duplex.FULL


def test_a_muted_microphone_is_one_line_and_nothing_is_kept(tmp_path: Path) -> None:
    with sound_card():
        status, _, err = asyncio.run(doctor(tmp_path))
    assert status == 2
    assert [line for line in err.splitlines() if line.strip()] == [err.strip()]
    assert "digital silence" in err and "--meter" in err
    assert not list(tmp_path.iterdir())


def test_no_sound_card_is_one_line(tmp_path: Path) -> None:
    with sound_card() as card:
        card.kill()
        status, out, err = asyncio.run(doctor(tmp_path))
    assert status == 2
    assert not out  # nobody is promised a sound
    assert err.startswith("edgevoice: There is no microphone") and err.count("\n") == 1
