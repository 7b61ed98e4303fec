"""What devices there are, how loud it is, and the test tone."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from edgevoice import devices
from edgevoice.audio.chunk import AudioChunk, Samples
from edgevoice.cli.app import app
from edgevoice.errors import DeviceError
from edgevoice.transports import sound_process
from edgevoice.transports.local import LocalTransport
from tests.pulse import sound_card


@pytest.mark.sound
def test_the_virtual_card_is_listed_with_the_defaults() -> None:
    with sound_card():
        found = {device.name: device for device in devices.list_devices()}
    assert found["default"].is_default_input
    assert found["default"].is_default_output
    assert found["headset"].max_inputs > 0
    assert found["headset"].max_outputs > 0
    assert found["headset"].host_api == "ALSA"
    assert found["headset"].default_rate >= 8_000
    assert not found["headset"].is_default_input


@pytest.mark.sound
def test_a_machine_without_sound_lists_nothing() -> None:
    with sound_card() as card:
        card.kill()
        assert devices.list_devices() == []


@pytest.mark.parametrize(
    ("script", "says"),
    [
        (f"raise SystemExit({sound_process.NO_PYAUDIO})", "make setup"),
        ("import os; os.abort()", "broke down"),
        ("import threading; threading.Event().wait()", "did not answer within 1 seconds"),
    ],
)
def test_a_sound_system_that_fails_is_one_clear_line(
    script: str, says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in = tmp_path / "sound_process.py"
    stand_in.write_text(script)
    monkeypatch.setattr(sound_process, "__file__", str(stand_in))
    monkeypatch.setattr(devices, "LIST_SECONDS", 1.0)
    with pytest.raises(DeviceError, match=says):
        devices.list_devices()


def test_the_list_tells_equal_devices_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    def jabra(number: int, *places: str) -> devices.Device:
        name = f"Jabra: USB Audio (hw:{number},0)"
        return devices.Device(name, "ALSA", 1, 2, 48_000, False, False, places)

    both = [jabra(1, "usb:1-1.3", "path:pci-usb-0:1.3:1.0"), jabra(2, "usb:1-1.4")]
    monkeypatch.setattr(devices, "list_devices", lambda: both)
    shown = CliRunner(env={"COLUMNS": "200"}).invoke(app, ["devices"]).output
    lines = [line for line in shown.splitlines() if "Jabra" in line]
    assert [line.split()[-1] for line in lines] == ["usb:1-1.3", "usb:1-1.4"]
    told = json.loads(CliRunner().invoke(app, ["devices", "--json"]).output)
    assert told[0]["places"] == ["usb:1-1.3", "path:pci-usb-0:1.3:1.0"]


def test_ten_levels_a_second() -> None:
    async def chunks() -> AsyncIterator[AudioChunk]:
        for at in range(0, 16_000, 320):
            loud = 8_192 if at >= 8_000 else 0
            yield AudioChunk(np.full(320, loud, np.int16), 16_000, at)

    transport = LocalTransport()
    transport.chunks = chunks  # type: ignore[method-assign]

    async def levels() -> list[float]:
        return [round(value) async for value in devices.level(transport)]

    assert asyncio.run(levels()) == [-96] * 5 + [-12] * 5


@pytest.mark.sound
def test_the_tone_is_heard_in_the_room_before_we_return() -> None:
    async def scene() -> None:
        async with asyncio.timeout(20), card.recording() as recording:
            await devices.play_aloud(devices.test_tone(22_050))
            at = len(recording.pcm)
            pcm = (await recording.until(lambda pcm: len(pcm) > at + 8_000))[:at]
            loud = np.flatnonzero(np.abs(pcm.astype(int)) > 1_000)
            assert pitch(pcm[loud[0] : loud[0] + 3_200], 16_000) == pytest.approx(659, abs=6)
            assert (loud[-1] - loud[0]) / 16_000 > 0.5

    with sound_card() as card:
        asyncio.run(scene())


@pytest.mark.parametrize("rate", [16_000, 22_050, 48_000])
def test_the_tone_is_two_notes_and_soft(rate: int) -> None:
    chime = devices.test_tone(rate)
    assert chime.rate == rate
    assert len(chime.pcm) == round(0.9 * rate)
    assert 3_000 < np.abs(chime.pcm.astype(int)).max() < 12_000
    assert abs(int(chime.pcm[0])) < 100
    assert abs(int(chime.pcm[-1])) < 100
    assert pitch(chime.pcm[: rate // 5], rate) == pytest.approx(659, abs=6)
    assert pitch(chime.pcm[rate * 45 // 100 :], rate) == pytest.approx(880, abs=6)


def pitch(pcm: Samples, rate: int) -> float:
    return float(np.abs(np.fft.rfft(pcm)).argmax() * rate / len(pcm))
