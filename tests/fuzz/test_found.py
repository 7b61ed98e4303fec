"""What the fuzzers have found, one simple example of each, and what comes of it now."""

import asyncio
import json
import tarfile
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from edgevoice.audio.chunk import AudioChunk
from edgevoice.config import load_config
from edgevoice.duplex import Devices, Duplex, Echo, Measured
from edgevoice.echo_memory import recall, remember
from edgevoice.errors import ConfigError, DeviceError, ModelError
from edgevoice.modelstore.bundle import ABOUT, bring_in
from edgevoice.privacy.audit import AuditLog
from edgevoice.privacy.chain import Happened
from edgevoice.privacy.sealing import new_head, seal
from edgevoice.privacy.transcripts import Transcripts
from edgevoice.transports import sound_link
from edgevoice.transports.local import LocalTransport
from edgevoice.transports.sound_memory import (
    CAPTURED,
    COUNTERS,
    FLUSHED,
    QUEUED,
    TAKEN,
    SharedSound,
)
from edgevoice.transports.sound_process import nothing, playback
from edgevoice.transports.sound_streams import Loudspeaker, Microphone, OpenedCard
from tests.fuzz.models import member
from tests.fuzz.sound_link import another_process

CARD = OpenedCard("card", 16_000, 1)
KEY = bytes(32)


def complaint(tmp_path: Path, text: str) -> str:
    (tmp_path / "config.yaml").write_text(text)
    with pytest.raises(ConfigError) as caught:
        load_config(tmp_path / "config.yaml", {})
    return str(caught.value)


def test_a_number_that_python_does_not_write(tmp_path: Path) -> None:
    """It was a traceback: the complaint could not be made."""
    said = complaint(tmp_path, f"audio: {{automatic_gain: 0x{'f' * 5000}}}")
    assert "audio.automatic_gain is too long a number" in said


def test_a_setting_whose_name_colours_the_terminal(tmp_path: Path) -> None:
    """It did so: the name stood in the complaint as it was."""
    assert "\ufffd[31m is not a setting" in complaint(tmp_path, '"\\e[31m": {}')


@pytest.mark.parametrize("key", ["llm: {system_prompt", "stt: {model", "tts: {voice"])
def test_half_a_character_as_a_setting(tmp_path: Path, key: str) -> None:
    """It was a traceback at the start: such settings cannot be written to the audit log."""
    assert "in whole characters" in complaint(tmp_path, f'{key}: "\\ud800"}}')


def test_half_a_character_among_the_measured_echoes(tmp_path: Path) -> None:
    """Nothing could be remembered any more, and `doctor --echo` ended with a traceback."""
    path = tmp_path / "echo.json"
    path.write_text('[{"microphone": "\\ud800"}]')
    measured = Measured(Echo(0, -60.0), Duplex.FULL, "no echo", datetime(2026, 1, 2).date())
    devices = Devices("Mikrofon „innen“", "spk")
    remember(path, devices, measured)
    assert recall(path, devices) == (measured, "")


def test_a_line_number_after_which_none_can_be_written(tmp_path: Path) -> None:
    """No line was added to the audit log any more, and the assistant did not start."""
    log = AuditLog(tmp_path)
    log.add(Happened.STARTED)
    end = json.loads((tmp_path / "end.json").read_text())
    (tmp_path / "end.json").write_text(json.dumps({**end, "n": 0}).replace("0", "9" * 4300, 1))
    log.add(Happened.STOPPED)
    assert [line.n for line in log.lines()] == [1, 2]


def test_a_bundle_whose_headers_are_no_numbers(tmp_path: Path) -> None:
    """It was a traceback out of `tarfile`."""

    def odd(about: tarfile.TarInfo) -> None:
        about.pax_headers = {"GNU.sparse.realsize": "1,2,3"}

    (tmp_path / "models.tar").write_bytes(member(ABOUT, b"{}", odd) + bytes(1024))
    with pytest.raises(ModelError, match="no bundle, or a damaged one"):
        bring_in(tmp_path / "store", tmp_path / "models.tar")


@pytest.mark.parametrize("text", [b"no json", b"\x80", b"[]", b'{"at": 1}', b"[" * 50_000])
def test_a_sealed_record_that_is_no_turn(tmp_path: Path, text: bytes) -> None:
    """It was a traceback, and no other transcript could be read."""
    transcripts = Transcripts(tmp_path, clock=lambda: datetime(2026, 1, 2, tzinfo=UTC))
    turn = {"user": "hello", "agent": "hi"}
    transcripts.write(KEY, turn)
    (path,) = tmp_path.glob("*.sealed")
    head = new_head(KEY)
    whole = json.dumps({"at": "2026", **turn}).encode()
    path.write_bytes(head + seal(KEY, head, 0, text) + seal(KEY, head, 1, whole))
    kept = transcripts.read(KEY)
    assert [turn["user"] for turn in kept.turns] == ["hello"]
    assert len(kept.broken) == 1 and "is no turn" in kept.broken[0]


@pytest.mark.parametrize(
    "said",
    [
        b'{"input": {"name": "x", "rate": 0, "channels": 1}}\n',
        b'{"input": {"name": "x", "rate": 16000, "channels": 0}}\n',
        b'{"input": {"name": "x", "rate": 1e400, "channels": 1}}\n',
        b'{"output": {"name": "x", "rate": 16000, "channels": 1}}\n',
        b"{}\n",
        b'{"error": " ", "cure": ""}\n',
    ],
)
def test_a_card_that_cannot_be(said: bytes) -> None:
    """It was a division by zero later on, or five seconds of waiting."""

    async def opened() -> None:
        transport = LocalTransport(speak=False)
        try:
            await transport.open()
        finally:
            await transport.aclose()

    with another_process([said], [1] * COUNTERS), pytest.raises(DeviceError, match="nonsense"):
        asyncio.run(opened())


def test_a_line_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """All of it was kept."""
    monkeypatch.setattr(sound_link, "LONGEST_LINE", 1000)

    async def opened() -> None:
        transport = LocalTransport()
        try:
            await transport.open()
        finally:
            await transport.aclose()

    with another_process([b"x" * 2000], [0] * COUNTERS), pytest.raises(DeviceError, match="nonsen"):
        asyncio.run(opened())


@pytest.mark.parametrize("captured", [-1, 2**62])
def test_a_count_that_goes_back_or_leaps(captured: int) -> None:
    """We read for ever: nothing, or silence."""
    shared = SharedSound()
    microphone = Microphone(shared, CARD)
    shared.counters[CAPTURED] = captured
    with pytest.raises(DeviceError, match="makes no sense"):
        next(microphone.chunks())


def test_a_transport_whose_card_has_lost_count_is_closed() -> None:
    """So that it is opened anew."""
    said = json.dumps({"input": {"name": "x", "rate": 16_000, "channels": 1}}).encode() + b"\n"

    async def listened() -> None:
        transport = LocalTransport(speak=False)
        await transport.open()
        with pytest.raises(DeviceError, match="makes no sense"):
            async for _ in transport.chunks():
                raise AssertionError("there is no sound")
        assert transport.process_id is None
        with pytest.raises(DeviceError, match="is closed"):
            await transport.play(AudioChunk(np.zeros(1, np.int16), 16_000))

    with another_process([said], [2**62] * COUNTERS):
        asyncio.run(listened())


def test_a_person_less_than_certain_not_to_be_there() -> None:
    """The probability was below zero."""
    shared = SharedSound()
    shared.person[:2] = np.int16(-32_768).tobytes()
    microphone = Microphone(shared, CARD, cleaned=True)
    shared.counters[CAPTURED] = 160
    assert next(microphone.chunks()).person == 0


def test_a_card_that_has_taken_more_than_there_was() -> None:
    """All that waited was written at once, over the end of the ring: a `ValueError`."""
    shared = SharedSound()
    loudspeaker = Loudspeaker(shared, CARD, 1_000)
    shared.counters[TAKEN] = 2**62
    shared.counters[QUEUED] = -5
    loudspeaker.add(AudioChunk(np.ones(900_000, np.int16), 16_000))
    assert shared.counters[QUEUED] == 16_000
    assert loudspeaker.full


def test_an_agent_that_flushes_more_than_it_wrote() -> None:
    """The callback failed, and the loudspeaker was silent ever after."""
    shared = SharedSound()
    shared.counters[FLUSHED] = 2**63 - 1
    shared.counters[QUEUED] = -(2**63)
    callback = playback(shared, nothing, None, 1, 16_000)
    time = {"output_buffer_dac_time": 0.0, "current_time": 0.0}
    assert callback(None, 320, time, 0)[0] == bytes(640)
