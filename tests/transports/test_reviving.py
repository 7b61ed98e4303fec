"""Devices that fail and come back, on a virtual clock."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import suppress

import numpy as np
import pytest

from edgevoice.audio.chunk import AudioChunk
from edgevoice.errors import DeviceError
from edgevoice.testing import run_virtual
from edgevoice.transports.backoff import FIRST_TRIES, SHORTEST_S
from edgevoice.transports.reviving import RevivingTransport
from edgevoice.watchdog import LOOKING_S

RATE = 1_000
"""Of what is played: a sample is a millisecond."""

GREETING = AudioChunk(np.full(100, 7, np.int16), RATE)


def now() -> float:
    return asyncio.get_running_loop().time()


class Device:
    """Hears ones; has played what it was given as fast as time passes, until it fails."""

    def __init__(self, socket: "Socket") -> None:
        self.dropped = 0
        self.played: list[int] = []
        self._queue: list[int] = []
        self._heard = 0
        self._held = self._closed = False
        self._socket = socket

    async def open(self) -> None:
        if self._socket.troubles:
            await self._socket.troubles.pop(0)()
        await asyncio.sleep(self._socket.opening_s)
        self._check()

    async def chunks(self) -> AsyncIterator[AudioChunk]:
        at = 0
        while not self._closed:
            await asyncio.sleep(0.020)
            self._check()
            if not self._held:
                self.played += self._queue[:20]
                self._heard += len(self._queue[:20])
                del self._queue[:20]
            yield AudioChunk(np.ones(320, np.int16), 16_000, at, 0.5)
            at += 320

    async def play(self, chunk: AudioChunk) -> None:
        self._queue += chunk.pcm.tolist()
        while len(self._queue) > 1_000 and not self._closed:
            self._check()
            await asyncio.sleep(0.020)

    def heard(self) -> int:
        return self._heard

    def flush(self) -> int:
        heard, self._heard = self._heard, 0
        self._queue.clear()
        self._held = False
        return heard

    def hold(self) -> None:
        self._held = True

    def go_on(self) -> None:
        self._held = False

    async def aclose(self) -> None:
        self._closed = True

    def _check(self) -> None:
        if not (self._socket.plugged and self is self._socket.devices[-1]):
            raise DeviceError("It is gone", "Plug it in.")


class Socket:
    """Where the device is plugged in."""

    def __init__(self) -> None:
        self.plugged = True
        self.opening_s = 0.2
        self.devices: list[Device] = []
        self.news: list[bool] = []
        self.troubles: list[Callable[[], Coroutine[None, None, None]]] = []

    def device(self) -> Device:
        self.devices.append(Device(self))
        return self.devices[-1]


class Scene:
    """A transport, and all that was heard over it."""

    def __init__(self, greeting: AudioChunk | None = None) -> None:
        self.socket = Socket()
        self.transport = RevivingTransport(
            self.socket.device, greeting=greeting, on_change=self.socket.news.append, clock=now
        )
        self.chunks: list[AudioChunk] = []

    async def listen(self) -> None:
        async for chunk in self.transport.chunks():
            assert chunk.start == (self.chunks[-1].end if self.chunks else 0)
            self.chunks.append(chunk)

    async def hears(self) -> None:
        """Wait until a chunk comes that a microphone has heard."""
        begin = len(self.chunks)
        while not any(chunk.pcm.any() for chunk in self.chunks[begin:]):
            await asyncio.sleep(0.010)

    @property
    def played(self) -> list[int]:
        return [sample for device in self.socket.devices for sample in device.played]


def play(story: Callable[[Scene], Coroutine[None, None, None]], scene: Scene) -> Scene:
    async def all_of_it() -> None:
        await scene.transport.open()
        listening = asyncio.create_task(scene.listen())
        await asyncio.sleep(1)
        await story(scene)
        await scene.transport.aclose()
        await listening

    run_virtual(all_of_it())
    return scene


def counted(samples: int) -> AudioChunk:
    return AudioChunk(np.arange(1, samples + 1, dtype=np.int16), RATE)


def test_the_clock_goes_on_and_the_lost_time_is_counted_silence() -> None:
    async def story(scene: Scene) -> None:
        scene.socket.plugged = False
        begin, samples = now(), scene.chunks[-1].end
        await asyncio.sleep(60)
        assert scene.transport.away
        assert scene.chunks[-1].end - samples == pytest.approx(16_000 * 60, abs=2 * 320)
        assert scene.chunks[-1].person is None
        scene.socket.plugged = True
        await scene.hears()
        await asyncio.sleep(5)
        passed = (now() - begin) * 16_000
        assert scene.chunks[-1].end - samples == pytest.approx(passed, abs=3 * 320)
        assert not scene.transport.away

    scene = play(story, Scene())
    silent = sum(len(chunk.pcm) for chunk in scene.chunks if not chunk.pcm.any())
    assert scene.transport.dropped == silent
    assert scene.socket.news == [True, False]


@pytest.mark.parametrize("away_s", [0.3, 1, 10, 300])
@pytest.mark.parametrize("opening_s", [0.0, 0.5, 1.0])
def test_it_hears_again_within_three_seconds(away_s: float, opening_s: float) -> None:
    async def story(scene: Scene) -> None:
        scene.socket.opening_s = opening_s
        scene.socket.plugged = False
        await asyncio.sleep(away_s)
        scene.socket.plugged = True
        back = now()
        await scene.hears()
        assert now() - back < 3

    play(story, Scene())


def test_a_reply_that_is_cut_off_goes_on_and_each_sample_is_heard_once() -> None:
    async def story(scene: Scene) -> None:
        await scene.transport.play(counted(900))
        await asyncio.sleep(0.3)
        scene.socket.plugged = False
        await asyncio.sleep(5)
        heard = scene.transport.heard()
        assert 200 < heard < 400
        scene.socket.plugged = True
        await asyncio.sleep(5)
        assert scene.transport.heard() == 900
        assert scene.transport.flush() == 900
        assert scene.transport.heard() == 0

    scene = play(story, Scene(GREETING))
    words = [sample for device in scene.socket.devices for sample in device.played]
    assert words.count(7) == 101  # the greeting's, and one of the reply's
    first, last = (device.played for device in scene.socket.devices if device.played)
    assert first + last[100:] == counted(900).pcm.tolist()


def test_what_is_played_while_it_is_away_waits_and_is_not_heard() -> None:
    async def story(scene: Scene) -> None:
        scene.socket.plugged = False
        await asyncio.sleep(1)
        async with asyncio.timeout(0.1):
            await scene.transport.play(counted(600))  # a tone waits for nothing
        long = asyncio.create_task(scene.transport.play(counted(600)))
        await asyncio.sleep(30)
        assert not long.done()
        assert scene.transport.heard() == 0
        scene.socket.plugged = True
        await asyncio.wait_for(long, 5)
        await asyncio.sleep(2)
        assert scene.transport.heard() == 1_200

    scene = play(story, Scene())
    assert scene.played == 2 * counted(600).pcm.tolist()


def test_a_flush_while_it_is_away_is_for_good() -> None:
    async def story(scene: Scene) -> None:
        await scene.transport.play(counted(900))
        await asyncio.sleep(0.3)
        scene.socket.plugged = False
        await asyncio.sleep(1)
        waiting = asyncio.create_task(scene.transport.play(counted(2_000)))
        await asyncio.sleep(1)
        assert 200 < scene.transport.flush() < 400
        await asyncio.wait_for(waiting, 0.1)
        assert scene.transport.heard() == 0
        scene.socket.plugged = True
        await asyncio.sleep(5)
        assert scene.transport.heard() == 0
        await scene.transport.play(counted(40))
        await asyncio.sleep(1)
        assert scene.transport.heard() == 40

    scene = play(story, Scene(GREETING))
    assert scene.socket.devices[-1].played == [7] * 100 + counted(40).pcm.tolist()


@pytest.mark.parametrize("before", [True, False])
def test_a_hold_outlives_the_device(before: bool) -> None:
    async def story(scene: Scene) -> None:
        await scene.transport.play(counted(900))
        await asyncio.sleep(0.3)
        if before:
            scene.transport.hold()
        scene.socket.plugged = False
        await asyncio.sleep(1)
        scene.transport.hold()
        scene.socket.plugged = True
        await asyncio.sleep(5)
        assert scene.transport.heard() < 400
        scene.transport.go_on()
        await asyncio.sleep(1)
        assert scene.transport.heard() == 900

    assert play(story, Scene()).played == counted(900).pcm.tolist()


def test_a_device_that_fails_again_and_again_leaves_one_reply() -> None:
    async def story(scene: Scene) -> None:
        await scene.transport.play(counted(900))
        for _ in range(20):
            await asyncio.sleep(0.2)
            scene.socket.plugged = False
            await asyncio.sleep(0.1)
            scene.socket.plugged = True
        await asyncio.sleep(5)
        assert scene.transport.heard() == 900

    assert play(story, Scene()).played == counted(900).pcm.tolist()


async def hangs() -> None:
    await asyncio.sleep(1e9)


async def fails() -> None:
    raise DeviceError("Unanticipated host error", "Plug it in.")


async def no_process() -> None:
    raise OSError("cannot allocate memory")


@pytest.mark.parametrize("hung", [1, 2, 7])
@pytest.mark.parametrize("opening_s", [0.0, 0.2, 0.4])
def test_an_opening_that_hangs_is_given_up(hung: int, opening_s: float) -> None:
    async def story(scene: Scene) -> None:
        scene.socket.troubles = [hangs] * hung
        scene.socket.plugged = False
        await asyncio.sleep(0.1 + (hung - 1) * SHORTEST_S)
        scene.socket.plugged = True  # while the last one of those hangs
        back = now()
        await scene.hears()
        assert now() - back < 3

    scene = Scene()
    scene.socket.opening_s = opening_s
    play(story, scene)


def test_a_device_that_takes_longer_than_ever_is_found_as_well() -> None:
    async def slow() -> None:
        await asyncio.sleep(4)

    async def story(scene: Scene) -> None:
        scene.socket.troubles = [slow] * 100
        scene.socket.plugged = False
        await asyncio.sleep(0.1)
        scene.socket.plugged = True
        async with asyncio.timeout(20):
            await scene.hears()

    play(story, Scene())


def test_an_error_once_in_so_many_openings_does_no_harm() -> None:
    """Replugged forty times; every third opening fails. A try more, and nothing else."""

    async def story(scene: Scene) -> None:
        for _ in range(40):
            scene.socket.troubles = [fails] if len(scene.socket.devices) % 3 else []
            scene.socket.plugged = False
            await asyncio.sleep(0.05)
            scene.socket.plugged = True
            back = now()
            await scene.hears()
            assert now() - back < 3
            await asyncio.sleep(12)  # well again

    scene = play(story, Scene())
    assert scene.socket.news == [True, False] * 40


@pytest.mark.parametrize("failures", [0, 1, 2, 3])
def test_the_first_start_has_a_few_tries_too(failures: int) -> None:
    async def story() -> None:
        socket = Socket()
        socket.troubles = [fails] * failures
        transport = RevivingTransport(socket.device, clock=now)
        if failures < FIRST_TRIES:
            await transport.open()
            assert not transport.away
        else:
            with pytest.raises(DeviceError, match="host error"):
                await transport.open()
        await transport.aclose()
        assert now() < 2

    run_virtual(story())


def test_what_is_looked_for_is_counted_and_what_cannot_be_looked_for_is_not() -> None:
    async def story(scene: Scene) -> None:
        scene.socket.plugged = False
        await asyncio.sleep(60)
        looked = scene.transport.looked
        assert looked > 60 / 2.5
        scene.socket.troubles = [no_process] * 1_000
        await asyncio.sleep(60)
        assert scene.transport.looked <= looked + 1  # the one under way
        scene.socket.troubles = [hangs] * 1_000
        looked = scene.transport.looked
        for _ in range(10):
            await asyncio.sleep(LOOKING_S - 0.1)
            assert scene.transport.looked > looked
            looked = scene.transport.looked

    play(story, Scene())


def test_a_first_start_without_a_device_is_an_error() -> None:
    async def story() -> None:
        socket = Socket()
        socket.plugged = False
        transport = RevivingTransport(socket.device, clock=now)
        with pytest.raises(DeviceError, match="It is gone"):
            await transport.open()
        await transport.aclose()
        assert [chunk async for chunk in transport.chunks()] == []

    run_virtual(story())


@pytest.mark.parametrize("after_s", [0.0, 0.1, 7])
def test_it_can_be_closed_while_it_is_away(after_s: float) -> None:
    async def story(scene: Scene) -> None:
        scene.socket.plugged = False
        await asyncio.sleep(after_s)
        with suppress(TimeoutError):
            async with asyncio.timeout(0.1):
                await scene.transport.play(counted(2_000))
        await scene.transport.aclose()
        await scene.transport.aclose()

    play(story, Scene())


def test_a_mistake_of_ours_is_not_kept_to_itself() -> None:
    async def story() -> None:
        scene = Scene()
        await scene.transport.open()

        def broken() -> Device:
            raise ValueError("ours")

        scene.socket.plugged = False
        scene.transport._make = broken
        with pytest.raises(ValueError, match="ours"):
            await scene.listen()

    run_virtual(story())
