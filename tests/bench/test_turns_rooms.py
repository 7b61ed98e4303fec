"""A simulated room gives back what is played into it: so late, so loud, whatever the pieces."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgevoice.audio.chunk import AudioChunk, Samples, samples_of
from edgevoice.audio.echo import FRAME, EchoCanceller
from edgevoice.bench.turns.rooms import BLOCK, Loudspeaker, Room, RoomTransport, impulse
from edgevoice.testing import run_virtual
from edgevoice.transports.caller import PERIOD, Caller, Line

DELAYS = st.floats(20, 250)
LEVELS = st.floats(-20, 0)


def noise(samples: int, height: int = 9_000) -> Samples:
    return np.random.default_rng(7).integers(-height, height, samples, np.int16)


def silence(ms: float) -> Samples:
    return np.zeros(samples_of(ms), np.int16)


# --- the response


@given(DELAYS, LEVELS, st.integers(0, 100))
def test_a_room_is_as_loud_as_it_says_and_nothing_comes_back_sooner(
    delay_ms: float, level_db: float, seed: int
) -> None:
    response = impulse(delay_ms, level_db, seed=seed)
    assert 10 * np.log10(np.sum(response**2)) == pytest.approx(level_db)
    direct = samples_of(delay_ms)
    assert not response[:direct].any()
    assert np.argmax(np.abs(response)) == direct


def test_the_tail_falls_by_60_db_in_its_time() -> None:
    energy = np.square(impulse(20, 0, tail_ms=400, rt60_ms=300)[samples_of(20) + 1 :])
    early, late = energy[: samples_of(50)], energy[samples_of(300) : samples_of(350)]
    assert 10 * np.log10(early.mean() / late.mean()) == pytest.approx(60, abs=2)


def test_a_seed_is_a_room() -> None:
    np.testing.assert_array_equal(impulse(50, -6, seed=3), impulse(50, -6, seed=3))
    assert not np.array_equal(impulse(50, -6, seed=3), impulse(50, -6, seed=4))


def test_an_echo_that_is_too_soon_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 10 ms"):
        impulse(9, 0)
    with pytest.raises(ValueError, match="not silent"):
        Room(np.ones(400))


# --- the convolution


@given(st.lists(st.integers(0, 700), max_size=12), st.sampled_from([10.0, 20.0, 63.7, 250.0]))
def test_a_room_convolves_and_the_pieces_do_not_matter(lengths: list[int], delay_ms: float) -> None:
    response = impulse(delay_ms, -6, tail_ms=100)
    played = noise(sum(lengths))
    whole = Room(response).add(played)
    room = Room(response)
    pieces = [room.add(piece) for piece in np.split(played, np.cumsum(lengths))]
    np.testing.assert_array_equal(np.concatenate(pieces), whole)
    if len(played):
        wanted = np.convolve(played.astype(np.float64), response)[: len(played)]
        np.testing.assert_allclose(whole, wanted, atol=1e-6)


# --- the loudspeaker


@given(st.sampled_from([8_000, 22_050, 24_000, 48_000]), st.lists(st.booleans(), max_size=30))
def test_the_loudspeaker_never_runs_dry(rate: int, sounds: list[bool]) -> None:
    loudspeaker = Loudspeaker()
    for sound in sounds:
        pcm = noise(samples_of(20, rate)) if sound else None
        assert loudspeaker.tick(pcm, rate).shape == (PERIOD,)


def test_at_16_khz_nothing_is_changed() -> None:
    loudspeaker = Loudspeaker()
    sound = noise(PERIOD)
    np.testing.assert_array_equal(loudspeaker.tick(sound, 16_000), sound)
    assert not loudspeaker.tick(None, 16_000).any()


def test_another_rate_sounds_the_same_a_little_later() -> None:
    loudspeaker = Loudspeaker()
    tone = (8_000 * np.sin(np.arange(22_050) * 2 * np.pi * 440 / 22_050)).astype(np.int16)
    ticks = [loudspeaker.tick(piece, 22_050) for piece in np.split(tone, 50)]
    heard = np.concatenate(ticks).astype(np.float64)
    late = samples_of(24)
    wanted = 8_000 * np.sin(np.arange(16_000 - late) * 2 * np.pi * 440 / 16_000)
    assert np.abs(heard[late + 400 :] - wanted[400:]).max() < 200
    assert not heard[: late - 200].any()


# --- the transport


def in_a_room(
    said: Samples, played: Samples, rate: int, canceller: EchoCanceller | None, **more: Samples
) -> list[AudioChunk]:
    """What the agent hears while somebody says `said` at once and it plays `played`."""

    async def hear() -> list[AudioChunk]:
        caller = Caller([Line(said, None, ms=0)], patience_s=0.5)
        room = RoomTransport(caller, impulse(40, -6), canceller, **more)
        await room.open()
        await room.play(AudioChunk(played, rate))
        chunks = [chunk async for chunk in room.chunks()]
        await room.aclose()
        return chunks

    return run_virtual(hear())


def track(chunks: list[AudioChunk]) -> Samples:
    return np.concatenate([chunk.pcm for chunk in chunks])


def test_the_agent_hears_the_person_and_itself() -> None:
    said = noise(samples_of(400), 2_000)
    quiet = track(in_a_room(said, silence(400), 16_000, None))
    loud = track(in_a_room(said, noise(samples_of(400)), 16_000, None))
    echo = Room(impulse(40, -6)).add(np.concatenate([noise(samples_of(400)), silence(800)]))
    np.testing.assert_allclose(loud[:6400] - quiet[:6400].astype(float), echo[:6400], atol=1)
    assert loud[6400:12800].any()


def test_the_clock_is_the_callers() -> None:
    chunks = in_a_room(noise(PERIOD * 5), noise(22_050), 22_050, None)
    assert [chunk.start for chunk in chunks] == [n * PERIOD for n in range(len(chunks))]
    assert all(chunk.person is None and len(chunk.pcm) == PERIOD for chunk in chunks)


def test_noise_begins_again_where_it_ends() -> None:
    chunks = in_a_room(silence(200), silence(20), 16_000, None, noise=noise(PERIOD + 7))
    heard = track(chunks)
    np.testing.assert_array_equal(heard, np.resize(noise(PERIOD + 7), len(heard)))


def test_with_a_canceller_somebody_can_tell_and_every_run_is_the_same() -> None:
    said, played = noise(samples_of(300), 3_000), noise(22_050)
    one, two = (in_a_room(said, played, 22_050, EchoCanceller()) for _ in range(2))
    np.testing.assert_array_equal(track(one), track(two))
    assert [chunk.person for chunk in one] == [chunk.person for chunk in two]
    assert all(chunk.person is not None and 0 <= chunk.person <= 1 for chunk in one)


def test_blocks_are_the_cancellers_frames() -> None:
    assert BLOCK == FRAME
    assert PERIOD % FRAME == 0
