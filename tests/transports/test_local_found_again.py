"""Sound cards that are stolen, renumbered, changed or hung between two openings.

The sound process is real and so is PulseAudio; between them stands a PyAudio that does what such
cards do. It reads what that is from files, as the sound process is a new one each time.
"""

import json
import os
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from edgevoice.air import Air
from edgevoice.audio.chunk import AudioChunk
from edgevoice.config import Config
from edgevoice.room import find_room
from edgevoice.transports.local import LocalTransport
from tests.pulse import SoundCard
from tests.transports.scene import listening, run
from tests.transports.test_local import REAL
from tests.transports.test_local_reviving import SOON_S, contiguous, until

pytestmark = pytest.mark.sound

ODD = f"""{REAL}
import json, pathlib, threading
folder = pathlib.Path({{folder!r}})

class PyAudio(real.PyAudio):
    def get_device_info_by_index(self, index):
        info = super().get_device_info_by_index(index)
        names = json.loads((folder / "names").read_text())
        return {{**info, "name": names.get(info["name"], info["name"])}}

    def open(self, *, rate, **options):
        trouble = (folder / "trouble").read_text()
        with (folder / "openings").open("a") as log:
            openings = log.write(".") and log.tell()
        if trouble == "taken" or trouble == "every third fails" and openings % 3 == 0:
            raise OSError(-9985, "Device unavailable")
        if trouble == "only 48 kHz" and rate != 48_000:
            raise OSError(-9997, "Invalid sample rate")
        if trouble == "hangs":
            threading.Event().wait()
        return super().open(rate=rate, **options)

real.PyAudio = PyAudio
"""
JABRA = "Jabra: USB Audio"


class Cards:
    """What the sound process will find when it is started the next time."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.trouble("none")
        self.named()

    def trouble(self, kind: str) -> None:
        (self._folder / "trouble").write_text(kind)

    def named(self, **names: str) -> None:
        (self._folder / "names").write_text(json.dumps(names))


@pytest.fixture
def cards(
    tmp_path: Path,
    card: SoundCard,
    instead_of: Callable[[str, str], None],
    monkeypatch: pytest.MonkeyPatch,
) -> Cards:
    monkeypatch.setenv("STATE_DIRECTORY", str(tmp_path))
    instead_of("pyaudio", ODD)
    return Cards(tmp_path)


class Scene:
    """`run`'s devices, open and listened to."""

    def __init__(self, air: Air, chunks: list[AudioChunk], told: list[tuple[bool, str]]) -> None:
        self.air = air
        self.chunks = chunks
        self.told = told

    @property
    def away(self) -> bool:
        return self.air.transport.away

    @property
    def device(self) -> LocalTransport:
        device = self.air.transport._device
        assert isinstance(device, LocalTransport)
        return device

    async def lose(self) -> None:
        """The process that holds the card is killed, as when the card is unplugged."""
        pid = self.device.process_id
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        await until(lambda: self.away)

    async def found(self) -> None:
        """It is there again: heard within three seconds."""
        assert await until(lambda: not self.away) < SOON_S
        heard = self.chunks[-1].end - self.air.transport.dropped
        await until(lambda: self.chunks[-1].end - self.air.transport.dropped > heard + 1_600)

    async def stays_away(self, tries: int) -> None:
        looked = self.air.transport.looked
        await until(lambda: self.air.transport.looked >= looked + tries)
        assert self.away


@asynccontextmanager
async def scene(**audio: str) -> AsyncIterator[Scene]:
    told: list[tuple[bool, str]] = []
    config = Config.model_validate({"audio": audio})
    air = Air(config, find_room(config), 22_050, lambda *news: told.append(news))
    await air.transport.open()
    try:
        async with listening(air.transport) as chunks:
            there = Scene(air, chunks, told)
            await until(lambda: len(chunks) > 10)
            yield there
            assert contiguous(chunks)
    finally:
        await air.transport.aclose()


def children() -> int:
    """Sound processes that are alive."""
    alive = 0
    for pid in Path("/proc/self/task").glob("*/children"):
        for child in pid.read_text().split():
            command = Path(f"/proc/{child}/cmdline").read_bytes()
            alive += b"sound_process" in command
    return alive


def test_a_card_that_another_program_has_taken_is_had_when_that_lets_go(cards: Cards) -> None:
    async def story() -> None:
        async with scene() as there:
            cards.trouble("taken")
            await there.lose()
            await there.stays_away(tries=3)
            cards.trouble("none")
            await there.found()
            assert [away for away, _ in there.told] == [True, False]

    run(story())


def test_a_card_that_runs_at_another_rate_now_is_opened_at_that(cards: Cards) -> None:
    async def story() -> None:
        async with scene() as there:
            cards.trouble("only 48 kHz")
            await there.lose()
            await there.found()
            assert there.air._present != there.air._first

    run(story())


@pytest.mark.parametrize("wanted", ["jabra", f"{JABRA} (hw:1,0)"])
def test_a_card_that_is_numbered_otherwise_is_the_same_card(cards: Cards, wanted: str) -> None:
    cards.named(headset=f"{JABRA} (hw:1,0)")

    async def story() -> None:
        async with scene(input_device=wanted, output_device=wanted) as there:
            cards.named(headset=f"{JABRA} (hw:2,0)", default="HDMI: 0 (hw:1,0)")
            await there.lose()
            await there.found()
            assert there.told[-1] == (False, "")

    run(story())


def test_another_default_is_not_taken_silently(cards: Cards) -> None:
    cards.named(default=f"{JABRA} (hw:1,0)")

    async def story() -> None:
        async with scene() as there:
            cards.named(default="HDMI: 0 (hw:0,0)", headset="Webcam: USB Audio (hw:1,0)")
            await there.lose()
            await there.stays_away(tries=3)
            cards.named(default="HDMI: 0 (hw:0,0)", headset=f"{JABRA} (hw:2,0)")
            await there.found()
            assert there.told[-1] == (False, "")

    run(story())


def test_after_a_while_another_default_is_better_than_none_and_it_is_said(
    cards: Cards, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("edgevoice.transports.familiar.PATIENCE_S", 1.0)
    cards.named(default=f"{JABRA} (hw:1,0)")

    async def story() -> None:
        async with scene() as there:
            cards.named(default="HDMI: 0 (hw:0,0)")
            await there.lose()
            await until(lambda: not there.away)
            away, words = there.told[-1]
            assert not away
            assert 'the loudspeaker is another one now: "HDMI: 0"' in words
            assert there.air.room.half_duplex  # nobody knows its echo

    run(story())


def test_an_opening_that_hangs_is_killed_and_tried_again(cards: Cards) -> None:
    async def story() -> None:
        async with scene() as there:
            cards.trouble("hangs")
            await there.lose()
            await there.stays_away(tries=2)
            assert children() <= 1
            cards.trouble("none")
            await there.found()
            assert children() == 1

    run(story())


def test_openings_that_fail_now_and_then_are_tried_again(cards: Cards) -> None:
    async def story() -> None:
        cards.trouble("every third fails")
        async with scene() as there:
            for _ in range(8):
                await there.lose()
                await there.found()
        assert len(there.told) == 16

    run(story())


def test_a_sound_system_that_hangs_and_goes_on_is_heard_again(
    card: SoundCard, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("STATE_DIRECTORY", str(tmp_path))

    async def story() -> None:
        async with scene() as there:
            os.kill(card.pid, signal.SIGSTOP)
            try:
                await until(lambda: there.away)
                await there.stays_away(tries=1)
            finally:
                os.kill(card.pid, signal.SIGCONT)
            await there.found()

    run(story())
