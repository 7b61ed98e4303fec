"""The microphone and the loudspeaker, over real PyAudio and a virtual sound card."""

import asyncio
import itertools
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable

import numpy as np
import pytest

from edgevoice.audio.chunk import AudioChunk, Samples
from edgevoice.errors import DeviceError
from edgevoice.transports.local import LocalTransport
from tests.pulse import SoundCard, gone
from tests.transports.scene import hear, listening, open_files, opened, refused, run

pytestmark = pytest.mark.sound

LOUD = 1_000
"""Above this a sample of the tone counts; null sinks have no noise."""

NO_PYAUDIO = "raise ImportError('no PyAudio')"
HANGS = "import threading; threading.Event().wait()"
DIES = "import os; os._exit(7)"
REAL = """
import importlib.machinery, importlib.util, sys
folders = [folder for folder in sys.path if folder != {folder!r}]
spec = importlib.machinery.PathFinder.find_spec("pyaudio", folders)
real = sys.modules["pyaudio"] = importlib.util.module_from_spec(spec)
spec.loader.exec_module(real)
"""
ONLY_48K = f"""{REAL}
class PyAudio(real.PyAudio):
    def open(self, *, rate, **options):
        if rate != 48_000:
            raise OSError(-9997, "Invalid sample rate")
        return super().open(rate=rate, **options)

real.PyAudio = PyAudio
"""
"""PyAudio as some speakerphones make it look. ALSA has no virtual device of one fixed rate."""


def one_way(missing: str) -> str:
    """PyAudio on a machine that has no default device for `missing`, input or output."""
    return f"""{REAL}
def nothing(self):
    raise OSError("No Default Device Available")

real.PyAudio.get_default_{missing}_device_info = nothing
"""


def tone(hertz: float, seconds: float, rate: int = 16_000) -> Samples:
    angle = 2 * np.pi * hertz * np.arange(round(rate * seconds)) / rate
    return (8_000 * np.sin(angle)).astype(np.int16)


def chirp(seconds: float, rate: int = 16_000) -> Samples:
    """From 400 Hz to 1000 Hz."""
    at = np.arange(round(rate * seconds)) / rate
    angle = 2 * np.pi * (400 * at + 300 * at**2 / seconds)
    return (8_000 * np.sin(angle)).astype(np.int16)


def silences(pcm: Samples, longest_sound: int = 400) -> list[slice]:
    """Where it is silent, for more than so many samples, between the first and last loud one."""
    where = np.flatnonzero(np.abs(pcm) > LOUD)
    return [
        slice(int(before), int(after))
        for before, after in itertools.pairwise(where)
        if after - before > longest_sound
    ]


def pitch(pcm: Samples, rate: int = 16_000) -> float:
    """Hertz of the strongest component."""
    return float(np.abs(np.fft.rfft(pcm)).argmax() * rate / len(pcm))


def loud(pcm: Samples) -> Samples:
    return pcm[np.abs(pcm) > LOUD]


def ends(pcm: Samples) -> tuple[int, int]:
    """First and last loud sample."""
    where = np.flatnonzero(np.abs(pcm) > LOUD)
    return int(where[0]), int(where[-1])


async def wait_until_heard(transport: LocalTransport, samples: int) -> None:
    """Paced by the microphone."""
    async for _ in transport.chunks():
        if transport.heard() >= samples:
            return


def test_the_microphone_is_contiguous_and_runs_in_real_time(card: SoundCard) -> None:
    async def scene() -> None:
        async with opened() as transport:
            start, at, chunks = time.monotonic(), 0, 0
            async for chunk in transport.chunks():
                assert (chunk.rate, chunk.start) == (16_000, at)
                assert 0 < len(chunk.pcm) <= 320
                at, chunks = chunk.end, chunks + 1
                if at >= 32_000:
                    break
            elapsed = time.monotonic() - start
            assert transport.dropped == 0
            assert 1.7 < elapsed < 4.0
            assert 100 <= chunks < 130

    run(scene())


def test_what_the_person_says_arrives(card: SoundCard) -> None:
    async def scene() -> None:
        async with opened() as transport, card.speaking(tone(700, 2.0)):
            heard = loud(await hear(transport, 16_000))
            assert len(heard) > 3_000
            first, last = ends(heard)
            assert pitch(heard[first:last]) == pytest.approx(700, rel=0.2)

    run(scene())


@pytest.mark.parametrize("rate", [16_000, 22_050, 24_000])
def test_what_is_played_is_heard_in_the_room(card: SoundCard, rate: int) -> None:
    async def scene() -> None:
        async with opened() as transport, card.recording() as recording:
            sound = tone(440, 0.6, rate)
            for at in range(0, len(sound), 1_000):
                await transport.play(AudioChunk(sound[at : at + 1_000], rate, at))
            async with asyncio.timeout(5):
                await wait_until_heard(transport, len(sound))
            assert transport.heard() == len(sound)
            pcm = await recording.until(lambda pcm: not loud(pcm[-1_600:]).size)
        first, last = ends(pcm)
        assert (last - first) / 16_000 == pytest.approx(0.6, abs=0.02)
        assert pitch(pcm[first:last]) == pytest.approx(440, abs=5)

    run(scene())


def test_a_flush_silences_the_room_at_once(card: SoundCard) -> None:
    """Measured in samples of the recording: what it holds at the flush, and what follows."""

    async def scene() -> None:
        async with opened() as transport, listening(transport), card.recording() as recording:
            playing = asyncio.create_task(transport.play(AudioChunk(tone(440, 4.0), 16_000)))
            started = await recording.until(lambda pcm: len(loud(pcm)) > 12_000)
            heard = transport.heard()
            sounded = len(started) - ends(started)[0]
            at = len(recording.pcm)
            assert transport.flush() == heard
            assert transport.heard() == 0
            await asyncio.wait_for(playing, 1)
            pcm = await recording.until(lambda pcm: len(pcm) > at + 16_000)
        assert abs(heard - sounded) < 16 * 60
        assert ends(pcm)[1] - at < 16 * 80

    run(scene())


def test_after_a_flush_the_next_sound_is_the_only_one(card: SoundCard) -> None:
    async def scene() -> None:
        async with opened() as transport, listening(transport), card.recording() as recording:
            stale = asyncio.create_task(transport.play(AudioChunk(tone(440, 4.0), 16_000)))
            await recording.until(lambda pcm: len(loud(pcm)) > 4_000)
            transport.flush()
            await stale
            await recording.until(lambda pcm: not loud(pcm[-1_600:]).size)
            at = len(recording.pcm)
            await transport.play(AudioChunk(tone(1_000, 0.5), 16_000))
            pcm = (await recording.until(lambda pcm: len(pcm) > at + 16_000))[at:]
        first, last = ends(pcm)
        assert (last - first) / 16_000 == pytest.approx(0.5, abs=0.02)
        assert pitch(pcm[first:last]) == pytest.approx(1_000, abs=5)

    run(scene())


def test_a_hold_silences_the_room_and_goes_on_from_the_same_sample(card: SoundCard) -> None:
    """A rising tone: every moment of it is told by its pitch. The recording is the clock."""

    async def scene() -> None:
        async with opened() as transport, listening(transport), card.recording() as recording:
            sound = chirp(1.5)
            playing = asyncio.create_task(transport.play(AudioChunk(sound, 16_000)))
            await recording.until(lambda pcm: len(loud(pcm)) > 6_000)
            at = len(recording.pcm)
            transport.hold()
            await recording.until(lambda pcm: len(pcm) > at + 12_000)
            held = transport.heard()
            await recording.until(lambda pcm: len(pcm) > at + 16_000)
            assert transport.heard() == held
            assert not playing.done()
            transport.go_on()
            await playing
            await transport.played()
            assert transport.heard() == len(sound)
            pcm = await recording.until(lambda pcm: not loud(pcm[-4_800:]).size)
        quiet = silences(pcm)
        assert len(quiet) == 1
        assert quiet[0].start - at < 16 * 80
        assert 12_000 < quiet[0].stop - quiet[0].start < 24_000
        before, after = pcm[: quiet[0].start], pcm[quiet[0].stop :]
        first, last = ends(before)[0], ends(after)[1]
        # 10 ms fade out and 10 ms of the same sound fade in
        assert (len(before) - first + last) / 16_000 == pytest.approx(1.51, abs=0.015)
        assert pitch(after[400:800]) - pitch(before[-800:-400]) == pytest.approx(40, abs=45)
        seam = np.concatenate([before[-2_000:], after[:2_000]]).astype(int)
        assert np.abs(np.diff(seam)).max() < 3_500  # no more than the tone itself: no click

    run(scene())


def test_play_waits_while_the_queue_is_full(card: SoundCard) -> None:
    async def scene() -> None:
        async with opened(playback_buffer_ms=200) as transport, listening(transport):
            start = time.monotonic()
            await transport.play(AudioChunk(tone(440, 0.15), 16_000))
            at_once = time.monotonic() - start
            await transport.play(AudioChunk(tone(440, 1.0), 16_000))
            assert time.monotonic() - start > 0.6
            assert at_once < 0.1

    run(scene())


def test_a_card_of_48_khz_only_works_like_any_other(
    card: SoundCard, instead_of: Callable[[str, str], None]
) -> None:
    instead_of("pyaudio", ONLY_48K)

    async def scene() -> None:
        async with opened() as transport, card.recording() as recording:
            async with card.speaking(tone(700, 2.0)):
                heard = await hear(transport, 16_000)
                first, last = ends(heard)
                assert pitch(heard[first:last]) == pytest.approx(700, abs=10)
            sound = tone(440, 0.6, 22_050)
            await transport.play(AudioChunk(sound, 22_050))
            async with asyncio.timeout(5):
                await wait_until_heard(transport, len(sound))
            assert transport.heard() == len(sound)
            pcm = await recording.until(lambda pcm: not loud(pcm[-1_600:]).size)
            first, last = ends(pcm)
            assert (last - first) / 16_000 == pytest.approx(0.6, abs=0.02)
            assert pitch(pcm[first:last]) == pytest.approx(440, abs=5)

    run(scene())


def test_a_loudspeaker_alone_plays(card: SoundCard, instead_of: Callable[[str, str], None]) -> None:
    instead_of("pyaudio", one_way("input"))

    async def scene() -> None:
        sound = tone(440, 0.6)
        async with opened(listen=False) as transport, card.recording() as recording:
            await transport.play(AudioChunk(sound, 16_000))
            await transport.played()
            assert transport.heard() == len(sound)
            assert not len(await hear(transport, 1))
            pcm = await recording.until(lambda pcm: not loud(pcm[-1_600:]).size)
        first, last = ends(pcm)
        assert (last - first) / 16_000 == pytest.approx(0.6, abs=0.02)

    run(scene())
    assert "There is no microphone that is the default" in refused()


def test_a_microphone_alone_hears(card: SoundCard, instead_of: Callable[[str, str], None]) -> None:
    instead_of("pyaudio", one_way("output"))

    async def scene() -> None:
        async with opened(speak=False) as transport, card.speaking(tone(700, 2.0)):
            assert len(loud(await hear(transport, 16_000))) > 3_000

    run(scene())
    assert "There is no loudspeaker that is the default" in refused()


def test_a_loudspeaker_alone_that_vanishes_is_an_error(card: SoundCard) -> None:
    async def scene() -> None:
        async with opened(listen=False) as transport:
            await transport.play(AudioChunk(tone(440, 0.9), 16_000))
            card.kill()
            with pytest.raises(DeviceError, match="stopped"):
                await transport.played()

    run(scene())


def test_closing_ends_the_wait_for_what_was_played(card: SoundCard) -> None:
    async def scene() -> None:
        async with opened(listen=False) as transport:
            await transport.play(AudioChunk(tone(440, 0.9), 16_000))
            waiting = asyncio.create_task(transport.played())
            await asyncio.sleep(0)
            await transport.aclose()
            await waiting

    run(scene())


def test_opening_what_is_open_changes_nothing(card: SoundCard) -> None:
    async def scene() -> None:
        async with opened() as transport:
            process = transport.process_id
            await hear(transport, 1_600)
            await transport.open()
            assert transport.process_id == process
            assert (await anext(transport.chunks())).start > 0

    run(scene())


def test_devices_are_chosen_by_a_part_of_their_name(card: SoundCard) -> None:
    async def scene() -> None:
        async with opened(input_device="HEAD", output_device="head") as transport:
            await hear(transport, 1_600)

    run(scene())


def test_a_device_that_is_not_there_is_named_with_those_that_are(card: SoundCard) -> None:
    said = refused(input_device="Jabra")
    assert 'no microphone called "Jabra"' in said
    assert '"headset"' in said
    assert "edgevoice devices" in said
    assert 'no loudspeaker called "Jabra"' in refused(output_device="Jabra")


def test_no_sound_system_means_no_microphone(card: SoundCard) -> None:
    card.kill()
    assert "There is no microphone on this machine" in refused()


def test_without_pyaudio_the_cure_is_to_set_up(
    instead_of: Callable[[str, str], None],
) -> None:
    instead_of("pyaudio", NO_PYAUDIO)
    assert refused() == "PyAudio is not installed. Run `make setup`."


def test_a_sound_process_that_hangs_is_killed(
    instead_of: Callable[[str, str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("edgevoice.transports.sound_link.OPEN_SECONDS", 1.0)
    instead_of("pyaudio", HANGS)
    assert "delivered nothing within 1 seconds" in refused()


def test_a_sound_process_that_dies_at_once_is_an_error(
    instead_of: Callable[[str, str], None],
) -> None:
    instead_of("pyaudio", DIES)
    assert "has died" in refused()


@pytest.mark.parametrize("accident", ["killed", "frozen", "sound system gone", "unplugged"])
def test_a_card_that_vanishes_is_an_error_and_leaves_nothing_behind(
    card: SoundCard, accident: str
) -> None:
    async def scene() -> None:
        files = open_files()
        transport = LocalTransport()
        await transport.open()
        process = transport.process_id
        assert process is not None
        handle = os.pidfd_open(process)
        playing = asyncio.create_task(transport.play(AudioChunk(tone(440, 20.0), 16_000)))
        await hear(transport, 3_200)
        match accident:
            case "killed":
                os.kill(process, signal.SIGKILL)
            case "frozen":
                os.kill(process, signal.SIGSTOP)
            case "sound system gone":
                card.kill()
            case _:
                card.unplug("source_name=mic")
                card.unplug("sink_name=room")
                card.unplug("sink_name=spk")
        start = time.monotonic()
        with pytest.raises(DeviceError):
            await hear(transport, 10**9)
        assert time.monotonic() - start < 6
        with pytest.raises(DeviceError):
            await playing
        gone(handle)
        os.close(handle)
        assert transport.process_id is None
        assert open_files() == files
        assert 0 <= transport.flush() < 16_000 * 8
        await transport.aclose()

    run(scene())


def test_closing_ends_the_chunks_and_the_process_and_may_be_done_twice(card: SoundCard) -> None:
    async def scene() -> None:
        files = open_files()
        transport = LocalTransport()
        await transport.aclose()
        await transport.open()
        process = transport.process_id
        assert process is not None
        handle = os.pidfd_open(process)
        chunks = transport.chunks()
        await anext(chunks)
        rest = asyncio.create_task(hear(transport, 10**9))
        await anext(chunks)
        await transport.aclose()
        await rest
        with pytest.raises(StopAsyncIteration):
            await anext(chunks)
        await transport.aclose()
        gone(handle)
        os.close(handle)
        assert open_files() == files

    run(scene())


def test_opening_again_starts_the_clock_anew(card: SoundCard) -> None:
    async def scene() -> None:
        transport = LocalTransport()
        for _ in range(2):
            await transport.open()
            first = await anext(transport.chunks())
            assert first.start == 0
            await transport.aclose()

    run(scene())


def test_opening_again_after_an_accident_starts_a_new_process(card: SoundCard) -> None:
    async def scene() -> None:
        files = open_files()
        transport = LocalTransport()
        await transport.open()
        process = transport.process_id
        assert process is not None
        os.kill(process, signal.SIGKILL)
        with pytest.raises(DeviceError):
            await transport.play(AudioChunk(tone(440, 20.0), 16_000))
        assert transport.process_id is None
        await transport.open()
        assert transport.process_id not in (None, process)
        await hear(transport, 1_600)
        await transport.aclose()
        assert open_files() == files

    run(scene())


def test_control_c_is_not_for_the_sound_process(card: SoundCard) -> None:
    async def scene() -> None:
        async with opened() as transport:
            process = transport.process_id
            assert process is not None
            os.kill(process, signal.SIGINT)
            assert os.getpgid(process) != os.getpgid(0)
            await hear(transport, 8_000)

    run(scene())


ORPHAN = """
import asyncio, signal, sys
from edgevoice.transports.local import LocalTransport
async def main():
    transport = LocalTransport()
    await transport.open()
    print(transport.process_id, flush=True)
    async for _ in transport.chunks():
        pass
asyncio.run(main())
"""


def test_the_sound_process_does_not_outlive_a_killed_agent(card: SoundCard) -> None:
    with subprocess.Popen([sys.executable, "-c", ORPHAN], stdout=subprocess.PIPE) as agent:
        assert agent.stdout is not None
        handle = os.pidfd_open(int(agent.stdout.readline()))
        agent.kill()
        gone(handle)
        os.close(handle)
