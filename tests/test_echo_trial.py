"""Playing and listening at once: with a card whose clock only moves in periods."""

import asyncio
import sys
from collections import deque
from collections.abc import AsyncIterator

import numpy as np
import pytest

from edgevoice.audio.chunk import AudioChunk, Samples, samples_of
from edgevoice.audio.echo import FRAME
from edgevoice.duplex import Duplex, choose
from edgevoice.echo_check import estimate, probe
from edgevoice.echo_trial import cancelled, record_while_playing, try_echo
from edgevoice.errors import DeviceError, ModelError
from tests.test_echo_check import PROBE, echo_of, microphone, noise

PERIOD = samples_of(20)


class FakeCard:
    """A transport: what is played sounds from period `begins` on, and comes back `delay_ms` later.

    `heard` is a period behind, as PortAudio's is. `unplugged_at`: the period in which it goes away.
    """

    def __init__(
        self,
        delay_ms: float = 60,
        *,
        level_db: float = -10,
        begins: int = 5,
        deaf: bool = False,
        mute: bool = False,
        unplugged_at: int | None = None,
    ) -> None:
        self.dropped = 0
        self.closed = False
        self._came = echo_of(PROBE.astype(float), delay_ms, level_db)
        self._begins = begins * PERIOD
        self._deaf, self._mute, self._unplugged_at = deaf, mute, unplugged_at
        self._queue: deque[AudioChunk] = deque()
        self._now = 0

    async def open(self) -> None: ...

    async def chunks(self) -> AsyncIterator[AudioChunk]:
        room = np.zeros(0 if self._deaf else len(PROBE) * 2)
        if not self._deaf:
            room[: len(PROBE)] = noise(-60, seed=1)
            room[len(PROBE) :] = noise(-60, seed=2)
            room[self._begins : self._begins + len(PROBE)] += self._came
        room = np.pad(room, (0, len(PROBE) * 2 - len(room)))
        for number, at in enumerate(range(0, len(room), PERIOD)):
            await asyncio.sleep(0)
            if number == self._unplugged_at:
                raise DeviceError("The sound card has stopped", "Plug it in.")
            self._now = at + PERIOD
            yield AudioChunk(microphone(room[at : at + PERIOD]), 16_000, at)

    async def play(self, chunk: AudioChunk) -> None:
        self._queue.append(chunk)

    def heard(self) -> int:
        sounded = 0 if self._mute else max(0, self._now - self._begins)
        return min(sum(len(chunk.pcm) for chunk in self._queue), sounded)

    def flush(self) -> int:
        return 0

    def hold(self) -> None: ...

    def go_on(self) -> None: ...

    async def aclose(self) -> None:
        self.closed = True


def listen(card: FakeCard) -> Samples:
    return asyncio.run(record_while_playing(card, probe()))


@pytest.mark.parametrize("begins", [0, 1, 7])
def test_the_recording_begins_when_the_sound_does(begins: int) -> None:
    recorded = listen(FakeCard(60, begins=begins))
    expected = echo_of(PROBE.astype(float), 60, -10)
    assert len(recorded) == len(PROBE)
    assert np.corrcoef(recorded, expected)[0, 1] > 0.98


def test_a_speakerphone_that_cancels_by_itself_is_left_alone() -> None:
    """Our own canceller stands in for the one in the device."""
    for level_db in (0, -10, -20):
        raw = microphone(echo_of(PROBE.astype(float), 80, level_db, tail=0.05) + noise(-70))
        heard = np.pad(cancelled(raw, PROBE, 80), (0, len(PROBE) % FRAME))
        assert choose(estimate(PROBE, heard, cancelled))[0] is Duplex.FULL
        assert choose(estimate(PROBE, raw, cancelled))[0] is Duplex.CANCEL


def test_a_loudspeaker_that_never_sounds_is_an_error_with_a_cure() -> None:
    with pytest.raises(DeviceError, match=r"played nothing\. Try it with"):
        listen(FakeCard(mute=True))


def test_a_card_that_goes_away_is_told() -> None:
    with pytest.raises(DeviceError, match="has stopped"):
        listen(FakeCard(unplugged_at=100))


def test_a_deaf_microphone_is_told() -> None:
    with pytest.raises(DeviceError, match="digital silence"):
        asyncio.run(try_echo(FakeCard(deaf=True)))


@pytest.mark.parametrize(
    ("level_db", "duplex"), [(0, Duplex.CANCEL), (-30, Duplex.CANCEL), (-90, Duplex.FULL)]
)
def test_the_whole_trial(level_db: float, duplex: Duplex) -> None:
    measured = asyncio.run(try_echo(FakeCard(80, level_db=level_db)))
    assert measured.duplex is duplex
    if duplex is Duplex.CANCEL:
        assert measured.echo.delay_ms == pytest.approx(80, abs=1)
        assert measured.echo.residual_dbfs < -55


def test_without_the_canceller_nothing_is_played(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pywebrtc_audio", None)
    card = FakeCard()
    with pytest.raises(ModelError, match="pywebrtc-audio"):
        asyncio.run(try_echo(card))
    assert card.heard() == 0


def test_what_does_not_fill_a_frame_is_left_off() -> None:
    sound = np.zeros(1_000, np.int16)
    assert len(cancelled(sound, sound, 0)) == 960
