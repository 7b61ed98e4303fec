"""The room hears what the person and the agent say, and the conversation never waits for it."""

import asyncio
from collections.abc import Iterator, Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgevoice.audio.chunk import AudioChunk, Samples, samples_of
from edgevoice.demo import aloud
from edgevoice.demo.aloud import Aloud, Mixer
from edgevoice.errors import DeviceError
from edgevoice.transports.caller import PERIOD, PERIOD_MS, Caller, Line, Sounded
from tests.pulse import SoundCard, sound_card

RATE = 22_050


def tone(hertz: float, ms: float, rate: int = 16_000) -> Samples:
    angle = 2 * np.pi * hertz * np.arange(samples_of(ms, rate)) / rate
    return (6_000 * np.sin(angle)).astype(np.int16)


def loudness(pcm: Samples, hertz: float, rate: int) -> float:
    """Height of the component at `hertz`."""
    angle = 2j * np.pi * hertz * np.arange(len(pcm)) / rate
    return float(2 * np.abs(np.mean(pcm * np.exp(-angle))))


def mixed(rate: int, ticks: Sequence[tuple[Samples, Sounded | None]]) -> Samples:
    mixer = Mixer(rate)
    return np.concatenate([mixer.add(said, sounded) for said, sounded in ticks])


def ticks_of(person: Samples, agent: Samples, rate: int) -> list[tuple[Samples, Sounded | None]]:
    step = samples_of(PERIOD_MS, rate)
    return [
        (
            person[n * PERIOD : (n + 1) * PERIOD],
            Sounded(n * PERIOD, agent[n * step : (n + 1) * step], rate),
        )
        for n in range(len(person) // PERIOD)
    ]


@pytest.mark.parametrize("rate", [16_000, 22_050, 24_000, 48_000])
def test_both_are_in_the_mix_as_loud_as_they_were(rate: int) -> None:
    both = mixed(rate, ticks_of(tone(400, 1_000), tone(1_000, 1_000, rate), rate))
    assert abs(len(both) - rate) <= samples_of(60, rate)
    middle = both[rate // 10 : rate * 8 // 10]
    assert loudness(middle, 400, rate) == pytest.approx(6_000, rel=0.03)
    assert loudness(middle, 1_000, rate) == pytest.approx(6_000, rel=0.03)


@given(
    st.lists(st.none() | st.integers(1, 441), min_size=1, max_size=60),
    st.sampled_from([11_025, RATE]),
)
def test_they_stay_together_however_long_it_takes(pieces: list[int | None], rate: int) -> None:
    """Every piece of the agent's is at the place of its tick, at odd rates too."""
    most = samples_of(PERIOD_MS, rate)
    sounded = [None if n is None else np.full(min(n, most), 900, np.int16) for n in pieces]
    silence = np.zeros(PERIOD, np.int16)
    both = mixed(rate, [(silence, None if s is None else Sounded(0, s, rate)) for s in sounded])
    for n, piece in enumerate(sounded):
        start, end = (k * PERIOD * rate // 16_000 for k in (n, n + 1))
        expected = np.zeros(end - start, np.int16)
        if piece is not None:
            expected[: len(piece)] = piece[: len(expected)]
        there = both[start:end]
        np.testing.assert_array_equal(there, expected[: len(there)])
    assert len(both) >= len(pieces) * PERIOD * rate // 16_000 - samples_of(60, rate)


def test_what_is_too_loud_together_is_clipped() -> None:
    loud = np.full(PERIOD, 30_000, np.int16)
    both = mixed(16_000, [(loud, Sounded(0, loud, 16_000))])
    assert (both == 32_767).all()


class Loudspeaker:
    """Takes the place of the card: `play` waits until the test lets it go on, or fails."""

    def __init__(self) -> None:
        self.played: list[Samples] = []
        self.fails = False
        self.free = asyncio.Event()

    async def open(self) -> None:
        pass

    async def play(self, chunk: AudioChunk) -> None:
        await self.free.wait()
        if self.fails:
            raise DeviceError("The sound card has stopped", "Plug it in.")
        self.played.append(chunk.pcm)

    async def aclose(self) -> None:
        pass


@pytest.fixture
def loudspeaker(monkeypatch: pytest.MonkeyPatch) -> Loudspeaker:
    stand_in = Loudspeaker()
    monkeypatch.setattr(aloud, "LocalTransport", lambda *_, **__: stand_in)
    return stand_in


async def settle() -> None:
    """Let everybody do what they can do at once."""
    for _ in range(20):
        await asyncio.sleep(0)


def tick(number: int) -> tuple[Samples, Sounded | None]:
    return np.full(PERIOD, number, np.int16), None


def test_a_card_that_lags_loses_the_oldest_and_never_holds_anybody_up(
    loudspeaker: Loudspeaker,
) -> None:
    async def scene() -> None:
        room = Aloud(16_000)
        await room.open()
        for number in range(1, 101):
            room(*tick(number))
            await settle()
        loudspeaker.free.set()
        await settle()
        await room.aclose()

    asyncio.run(scene())
    cushion, *rest = loudspeaker.played
    assert not cushion.any()
    assert [int(pcm[0]) for pcm in rest] == list(range(86, 101))


def test_a_card_that_breaks_down_falls_silent_and_says_why(loudspeaker: Loudspeaker) -> None:
    async def scene() -> Aloud:
        room = Aloud(16_000)
        await room.open()
        loudspeaker.free.set()
        room(*tick(1))
        await settle()
        loudspeaker.fails = True
        for number in range(2, 50):
            room(*tick(number))
            await settle()
        await room.aclose()
        await room.aclose()
        return room

    room = asyncio.run(scene())
    assert room.failure is not None
    assert room.failure.what == "The sound card has stopped"
    assert [int(pcm[0]) for pcm in loudspeaker.played] == [0, 1]


def test_without_a_loudspeaker_nothing_is_kept(loudspeaker: Loudspeaker) -> None:
    async def scene() -> None:
        room = Aloud(16_000)
        room(*tick(1))
        await room.aclose()
        assert room.failure is None

    asyncio.run(scene())
    assert not loudspeaker.played


@pytest.fixture
def card() -> Iterator[SoundCard]:
    with sound_card() as card:
        yield card


async def converse(caller: Caller, answer: AudioChunk) -> None:
    """An agent that says `answer` as soon as it can, and then listens."""
    listening = caller.chunks()
    await anext(listening)
    await caller.play(answer)
    async for _ in listening:
        pass


@pytest.mark.sound
def test_the_room_hears_both_in_time(card: SoundCard) -> None:
    """The person's tone and the agent's begin as far apart in the room as in the conversation."""

    async def scene() -> None:
        room = Aloud(RATE)
        caller = Caller([Line(tone(400, 800), None, ms=300)], patience_s=1, bystander=room)
        async with asyncio.timeout(30), card.recording() as recording:
            await room.open()
            await converse(caller, AudioChunk(tone(1_000, 600, RATE), RATE))
            pcm = recording.pcm
            await room.aclose()
        assert room.failure is None
        (spoken,), agent = caller.spoken, caller.sounded[0]
        assert starts(pcm, 400) - starts(pcm, 1_000) == pytest.approx(
            spoken.start - agent.start, abs=samples_of(45)
        )

    asyncio.run(scene())


def starts(pcm: Samples, hertz: float, block: int = 320) -> int:
    """The first sample of the first block of 20 ms that holds a tone."""
    for at in range(0, len(pcm) - block, block // 4):
        if loudness(pcm[at : at + block], hertz, 16_000) > 3_000:
            return at
    raise AssertionError(f"{hertz} Hz was not heard")


@pytest.mark.sound
def test_a_conversation_outlives_its_loudspeaker(card: SoundCard) -> None:
    async def scene() -> Aloud:
        room = Aloud(RATE)
        caller = Caller([Line(tone(400, 200), None)], patience_s=4, bystander=room)
        async with asyncio.timeout(30):
            await room.open()
            card.kill()
            async for _ in caller.chunks():
                pass
            await room.aclose()
        assert sum(map(len, caller.said)) > samples_of(4_000)
        return room

    assert asyncio.run(scene()).failure is not None


@pytest.mark.sound
def test_a_machine_without_a_loudspeaker_says_so(card: SoundCard) -> None:
    card.kill()

    async def scene() -> None:
        room = Aloud(RATE)
        with pytest.raises(DeviceError, match="no loudspeaker"):
            await room.open()
        room(*tick(1))
        await room.aclose()

    asyncio.run(scene())
