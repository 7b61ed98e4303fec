"""`edgevoice run`: somebody talks to the assistant through a (virtual) sound card."""

import asyncio
import contextlib
import os
import re
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import numpy as np
import pytest

from edgevoice.audio.chunk import LISTENING_RATE, Samples, milliseconds_of, samples_of
from edgevoice.audio.wav import read_wav, write_wav
from edgevoice.demo.script import Cued, speak_script
from edgevoice.privacy.audit import AuditLog
from edgevoice.privacy.lifetime import Moment, this_moment
from edgevoice.skills.schedule import After, Entry, Kind
from edgevoice.skills.timetable import Timetable
from tests.pulse import Recording, SoundCard, gone, sound_card

pytestmark = [pytest.mark.sound, pytest.mark.engine]

ROOT = Path(__file__).parents[1]
PATIENCE_S = 60
"""For whatever takes long on a machine that is busy otherwise."""

LOUD = 500
"""Above this a sample counts as sound; null sinks have no noise."""

GATE_MS = 300
SLACK_MS = 500
"""Beyond the gate, for a busy machine, sound on its way, and two recordings laid side by side."""


class Running:
    """A command of ours with what it has printed so far."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None
        self.process = process
        self.printed = ""
        self._read = process.stdout

    async def until(self, pattern: str, after: int = 0) -> int:
        """Wait until `pattern` is printed, after character `after`; answers where it ends."""
        while True:
            # A pattern may be folded over lines: see `Show`.
            if found := re.compile(pattern, re.I | re.S).search(self.printed, after):
                return found.end()
            line = await self._read.readline()
            assert line, f"it ended without {pattern!r}:\n{self.printed}"
            self.printed += line.decode()

    async def ended(self) -> int:
        """Wait for its end; answers the exit code."""
        self.printed += (await self._read.read()).decode()
        return await self.process.wait()


@contextlib.asynccontextmanager
async def running(*arguments: str, **environment: str) -> AsyncIterator[Running]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "edgevoice", *arguments),
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={**os.environ, "COLUMNS": "200", "EDGEVOICE_AUDIO__DUPLEX": "full", **environment},
    )
    try:
        yield Running(process)
    finally:
        with contextlib.suppress(ProcessLookupError):  # it has ended by itself
            process.kill()
        await process.wait()


@pytest.fixture
def card() -> Iterator[SoundCard]:
    with sound_card() as card:
        yield card


def spoken(text: str) -> Samples:
    """`text` as the scripted person says it, with some silence after it."""
    (line,) = speak_script((Cued(text),))
    return np.pad(line.clip, (0, samples_of(300)))


def loud(pcm: Samples) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
    """Where in `pcm` there is sound."""
    return np.flatnonzero(np.abs(pcm.astype(np.int32)) > LOUD)


def first_pause(pcm: Samples, after: int, ms: int = 1_000) -> int:
    """Where the first silence of `ms` milliseconds after sample `after` begins."""
    sounds = np.append(loud(pcm[after:]), len(pcm))
    long = np.flatnonzero(np.diff(sounds) >= samples_of(ms))
    assert len(long), "it never fell silent"
    return after + int(sounds[long[0]])


def offspring(pid: int) -> list[int]:
    """Handles of the processes that `pid` has started."""
    children = Path(f"/proc/{pid}/task").glob("*/children")
    return [os.pidfd_open(int(child)) for path in children for child in path.read_text().split()]


@pytest.mark.slow
def test_a_conversation_through_the_sound_card(card: SoundCard) -> None:
    capital, story, product = map(
        spoken,
        (
            "what is the capital of france",
            "tell me a story about a fox",
            "what is seven times eight",
        ),
    )

    async def scene() -> None:
        async with (
            asyncio.timeout(2 * PATIENCE_S),
            card.recording("spk.monitor") as room,
            card.recording("mic") as person,
            running("run") as agent,
        ):
            await agent.until("speak whenever you like")
            async with card.speaking(capital):
                heard = await agent.until("● you .*capital")
                at = await agent.until("◆ agent .*paris", heard)
            assert len(loud(room.pcm)) > samples_of(200)

            async with card.speaking(story):
                at = await agent.until("● you .*story", at)
                answered = len(room.pcm)
                await room.until(lambda pcm: len(loud(pcm[answered:])) > samples_of(300))
            async with card.speaking(product):
                await agent.until("✂", at)
                at = await agent.until("● you .*seven", at)
                at = await agent.until("◆ agent ", at)
            barge_in_ms = silence_after_barge_in(room, person)
            assert 0 < barge_in_ms < GATE_MS + SLACK_MS

            children = offspring(agent.process.pid)
            assert children
            agent.process.send_signal(signal.SIGINT)
            assert await agent.ended() == 0, agent.printed
            assert "Goodbye." in agent.printed
            assert "Traceback" not in agent.printed
            for child in children:
                gone(child)
                os.close(child)

    asyncio.run(scene())


@pytest.mark.slow
def test_for_a_journal_it_says_that_it_listens_and_none_of_the_words(card: SoundCard) -> None:
    capital = spoken("what is the capital of france")

    async def scene() -> None:
        async with (
            asyncio.timeout(PATIENCE_S),
            card.recording("spk.monitor") as room,
            running("run", "--quiet") as agent,
        ):
            await agent.until("listening")
            before = len(room.pcm)  # without what greets
            async with card.speaking(capital):
                await room.until(lambda pcm: len(loud(pcm[before:])) > samples_of(600))
            agent.process.send_signal(signal.SIGTERM)
            assert await agent.ended() == 0, agent.printed
            assert agent.printed == "listening\n"

    asyncio.run(scene())


@pytest.mark.slow
def test_a_timer_that_ended_while_it_was_off_is_told_in_the_room(
    card: SoundCard, tmp_path: Path
) -> None:
    two_hours_ago = Moment(wall=this_moment().wall - 7_200, boot="the one before", up=9)
    timer = Entry("0000000a", Kind.TIMER, After(300, two_hours_ago))
    Timetable(tmp_path / "timers.json").save([timer], [])

    async def scene() -> None:
        async with (
            asyncio.timeout(PATIENCE_S),
            card.recording("spk.monitor") as room,
            running("run", STATE_DIRECTORY=str(tmp_path)) as agent,
        ):
            await agent.until("◆ agent +While I was off, your timer of 5 minutes ended .*M.")
            assert len(loud(room.pcm)) > samples_of(1_000)
            agent.process.send_signal(signal.SIGINT)
            assert await agent.ended() == 0, agent.printed

    asyncio.run(scene())


def silence_after_barge_in(room: Recording, person: Recording) -> float:
    """Milliseconds from the first sound of the person's last line to silence in the room.

    Both recordings end now.
    """
    now_there, now_here = len(person.pcm), len(room.pcm)
    lines = loud(person.pcm)
    gaps = np.flatnonzero(np.diff(lines) > samples_of(1_000))
    began = int(lines[gaps[-1] + 1]) - now_there + now_here
    return milliseconds_of(first_pause(room.pcm, began) - began)


def test_the_demonstration_is_heard_in_the_room(card: SoundCard, tmp_path: Path) -> None:
    """Somebody's recording and its answer, as long in the room as in demo.wav."""
    question = tmp_path / "question.wav"
    write_wav(question, spoken("what is the capital of france"), LISTENING_RATE)

    async def scene() -> Samples:
        async with (
            asyncio.timeout(PATIENCE_S),
            card.recording() as room,
            running("demo", str(question), "--out", str(tmp_path)) as demo,
        ):
            assert await demo.ended() == 0, demo.printed
            return room.pcm

    in_the_room, written = (len(loud(pcm)) for pcm in (asyncio.run(scene()), mono(tmp_path)))
    assert written > samples_of(500)
    assert in_the_room == pytest.approx(written, rel=0.1)


def mono(folder: Path) -> Samples:
    """Both sides of demo.wav, at 16 kHz."""
    return read_wav(folder / "demo.wav") * 2  # it has taken their mean


def refused(*arguments: str) -> str:
    """The one line with which a command gives up."""
    done = subprocess.run(
        [sys.executable, "-m", "edgevoice", *arguments],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert done.returncode == 2, done.stderr
    (line,) = done.stderr.splitlines()
    return line


def test_no_sound_device_is_one_line(card: SoundCard, tmp_path: Path) -> None:
    card.kill()
    assert "There is no microphone on this machine" in refused("run")
    assert "There is no loudspeaker on this machine" in refused(
        "demo", "--aloud", "--out", str(tmp_path)
    )
    assert not list(tmp_path.iterdir())
    assert "There is no loudspeaker on this machine" in refused("say", "hello")


def test_a_device_of_another_name_is_one_line(
    card: SoundCard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EDGEVOICE_AUDIO__INPUT_DEVICE", "Jabra")
    line = refused("run")
    assert 'no microphone called "Jabra"' in line
    assert "edgevoice devices" in line


@pytest.mark.parametrize(
    ("section", "setting", "named"),
    [("PHRASES", "FILE", "nowhere.yaml"), ("ATTENTION", "BUTTON", "attention.button")],
)
def test_a_slip_in_the_settings_shows_before_anything_is_opened(
    card: SoundCard, monkeypatch: pytest.MonkeyPatch, section: str, setting: str, named: str
) -> None:
    card.kill()
    monkeypatch.setenv(f"EDGEVOICE_{section}__{setting}", "nowhere.yaml")
    assert named in refused("run")


def test_storage_without_a_key_shows_before_anything_is_opened(
    card: SoundCard, monkeypatch: pytest.MonkeyPatch
) -> None:
    card.kill()
    monkeypatch.setenv("EDGEVOICE_STORAGE__ENABLED", "true")
    assert "there is no key for what it is asked to keep" in refused("run")


def test_a_service_without_consent_shows_before_anything_is_opened(
    card: SoundCard, monkeypatch: pytest.MonkeyPatch
) -> None:
    card.kill()
    monkeypatch.setenv("EDGEVOICE_CLOUD__ENABLED", "true")
    assert "nobody has consented" in refused("run")


def test_a_sound_card_that_vanishes_and_comes_back_is_no_end(
    card: SoundCard, tmp_path: Path
) -> None:
    """It says so, there and in the audit log, and hears the next question."""
    state = {"STATE_DIRECTORY": str(tmp_path)}
    capital = spoken("what is the capital of france")

    async def scene() -> None:
        async with asyncio.timeout(PATIENCE_S), running("run", **state) as agent:
            await agent.until("ctrl-c ends")
            card.kill()
            at = await agent.until("the sound is gone: the (sound card has|process that)")
            card.restart()
            at = await agent.until("the sound is back after", at)
            async with card.speaking(capital):
                at = await agent.until("● you .*capital", at)
                await agent.until("◆ agent .*paris", at)
            agent.process.send_signal(signal.SIGINT)
            assert await agent.ended() == 0, agent.printed
            assert "Traceback" not in agent.printed

    asyncio.run(scene())
    told = [line.event for line in AuditLog(tmp_path / "audit").lines()]
    assert told == ["network mode", "started", "device lost", "device back", "stopped"]


def test_until_the_echo_is_measured_it_is_deaf_while_it_speaks_and_says_so(
    card: SoundCard, tmp_path: Path
) -> None:
    state = {"EDGEVOICE_AUDIO__DUPLEX": "auto", "XDG_STATE_HOME": str(tmp_path)}

    async def scene() -> None:
        async with asyncio.timeout(PATIENCE_S), running("run", **state) as agent:
            await agent.until("i do not hear you while i speak.*doctor --echo")
            await agent.until("ctrl-c ends")
            agent.process.send_signal(signal.SIGINT)
            assert await agent.ended() == 0

    asyncio.run(scene())
