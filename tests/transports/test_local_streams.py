"""The rings between the agent and the sound card, with a card that is a function call away."""

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgevoice.audio.chunk import AudioChunk, Samples
from edgevoice.transports.sound_memory import (
    CAPTURED,
    FLUSHED,
    QUEUED,
    TAKEN,
    Ring,
)
from edgevoice.transports.sound_streams import Loudspeaker, Microphone
from tests.transports.ring_card import PERIOD, Card, counted


def everything(microphone: Microphone) -> Samples:
    pieces: list[Samples] = []
    at = None
    for chunk in microphone.chunks():
        assert at in (None, chunk.start)
        at = chunk.end
        pieces.append(chunk.pcm)
    return np.concatenate(pieces) if pieces else np.zeros(0, np.int16)


@given(st.integers(0, 10_000), st.binary(max_size=300), st.sampled_from([1, 2, 3]))
def test_a_ring_gives_back_what_was_put(number: int, data: bytes, channels: int) -> None:
    ring = Ring(memoryview(bytearray(601)), channels)
    data = data[: len(data) // ring.frame_bytes * ring.frame_bytes]
    ring.put(number, data)
    assert ring.get(number, len(data) // ring.frame_bytes) == data


@pytest.mark.parametrize("channels", [1, 2, 6])
def test_the_microphone_gives_everything_once(channels: int) -> None:
    card = Card(16_000, channels)
    microphone = Microphone(card.shared, card.opened)
    sound = counted(40_000)
    heard = []
    for period in np.split(sound, range(320, len(sound), 320)):
        card.hear(period)
        heard.append(everything(microphone))
    np.testing.assert_array_equal(np.concatenate(heard), sound)
    assert microphone.dropped == 0


def test_the_microphone_comes_in_pieces_of_twenty_milliseconds() -> None:
    card = Card(16_000)
    microphone = Microphone(card.shared, card.opened)
    card.hear(counted(1_000))
    assert [len(chunk.pcm) for chunk in microphone.chunks()] == [320, 320, 320, 40]


@pytest.mark.parametrize("rate", [16_000, 48_000])
def test_what_nobody_read_becomes_counted_silence_and_the_clock_stays_true(rate: int) -> None:
    card = Card(rate)
    microphone = Microphone(card.shared, card.opened)
    seconds = 9  # the ring of one megabyte has been overwritten at 48 kHz after 11
    for _ in range(seconds * 50):
        card.hear(np.full(rate // 50, 1_000, np.int16))
    heard = everything(microphone)
    assert abs(len(heard) - seconds * 16_000) <= 16_000 * 0.022
    assert microphone.dropped == (seconds - 2) * 16_000
    assert not heard[: microphone.dropped - 300].any()
    assert (np.abs(heard[microphone.dropped + 300 :]) > 900).all()


def test_sound_that_is_overwritten_while_it_is_read_counts_as_lost(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    card = Card(16_000)
    microphone = Microphone(card.shared, card.opened)
    card.hear(counted(320))
    get = Ring.get

    def slow(ring: Ring, number: int, frames: int) -> bytes:
        card.shared.counters[CAPTURED] += ring.frames  # a whole round goes by
        return get(ring, number, frames)

    monkeypatch.setattr(Ring, "get", slow)
    first = next(microphone.chunks())
    assert not first.pcm.any()
    assert microphone.dropped == len(first.pcm) == 320


def test_the_loudspeaker_plays_in_order_then_silence() -> None:
    card = Card(channels=2)
    loudspeaker = Loudspeaker(card.shared, card.opened, 1_000)
    loudspeaker.add(AudioChunk(counted(30), 1_000))
    loudspeaker.add(AudioChunk(counted(5, first=31), 1_000))
    for _ in range(3):
        card.play()
    np.testing.assert_array_equal(card.played, np.append(counted(35), np.zeros(25, np.int16)))
    assert loudspeaker.heard() == 35


def test_what_is_on_its_way_to_the_loudspeaker_is_not_heard_yet() -> None:
    card = Card(delay_s=0.040)
    loudspeaker = Loudspeaker(card.shared, card.opened, 1_000)
    loudspeaker.add(AudioChunk(counted(100), 1_000))
    heard = []
    for _ in range(9):
        card.play()
        heard.append(loudspeaker.heard())
    assert heard == [0, 0, 0, 20, 40, 60, 80, 100, 100]


def test_nonsense_about_the_delay_is_bounded() -> None:
    for delay in (-1e9, 1e9):
        card = Card(delay_s=delay)
        loudspeaker = Loudspeaker(card.shared, card.opened, 1_000)
        loudspeaker.add(AudioChunk(counted(100), 1_000))
        for _ in range(60):
            card.play()
        assert loudspeaker.heard() == 100


def test_the_queue_is_bounded_and_moves_on_with_the_card() -> None:
    card = Card()
    loudspeaker = Loudspeaker(card.shared, card.opened, 100)
    loudspeaker.add(AudioChunk(counted(130), 1_000))
    assert loudspeaker.full
    assert card.shared.counters[QUEUED] == 100
    for full in (True, False, False, False, False, False, False):
        card.play()
        loudspeaker.advance()
        assert loudspeaker.full == full
    np.testing.assert_array_equal(card.played[:130], counted(130))


def test_a_flush_silences_the_very_next_period_and_says_what_was_heard() -> None:
    card = Card()
    loudspeaker = Loudspeaker(card.shared, card.opened, 100)
    loudspeaker.add(AudioChunk(counted(500), 1_000))
    card.play()
    card.play()
    assert loudspeaker.flush() == 20  # the second period is on its way
    assert not loudspeaker.full
    assert not card.play().any()
    assert loudspeaker.heard() == 0
    loudspeaker.add(AudioChunk(counted(20, first=900), 1_000))
    np.testing.assert_array_equal(card.play(), counted(20, first=900))


def test_a_resampled_sound_is_played_and_heard_to_its_last_sample() -> None:
    card = Card(48_000, delay_s=0.040)
    loudspeaker = Loudspeaker(card.shared, card.opened, 1_000)
    for _ in range(5):
        loudspeaker.add(AudioChunk(np.full(1_000, 9_000, np.int16), 16_000))
    heard = []
    for _ in range(25):
        card.play(960)
        loudspeaker.advance()
        heard.append(loudspeaker.heard())
    assert heard == sorted(heard)
    assert heard[-1] == 5_000
    loud = np.flatnonzero(np.abs(card.played) > 4_000)
    assert abs(len(loud) - 15_000) <= 20
    assert loud[-1] - loud[0] + 1 == len(loud)


def test_the_rate_may_change_at_a_flush_only() -> None:
    card = Card()
    loudspeaker = Loudspeaker(card.shared, card.opened, 1_000)
    loudspeaker.add(AudioChunk(counted(30), 1_000))
    with pytest.raises(ValueError, match="without a flush"):
        loudspeaker.add(AudioChunk(counted(30), 2_000))
    loudspeaker.flush()
    loudspeaker.add(AudioChunk(counted(30), 2_000))


STEPS = st.lists(st.integers(1, 90) | st.sampled_from(["play", "play", "flush"]), max_size=60)


@given(STEPS, st.sampled_from([0.0, 0.020, 0.050]))
def test_whatever_happensnothing_stale_is_played_and_the_count_is_honest(
    steps: list[int | str], delay_s: float
) -> None:
    card = Card(delay_s=delay_s)
    loudspeaker = Loudspeaker(card.shared, card.opened, 100)
    numbers = _numbers()
    due: list[int] = []  # may still sound, in this order
    given_samples = 0
    for step in steps:
        if isinstance(step, int):
            pcm = np.fromiter((next(numbers) for _ in range(step)), np.int16)
            due += pcm.tolist()
            given_samples += step
            loudspeaker.add(AudioChunk(pcm, 1_000))
        elif step == "play":
            sounded = [sample for sample in card.play().tolist() if sample]
            assert sounded == due[: len(sounded)]
            del due[: len(sounded)]
            loudspeaker.advance()
        else:
            taken = given_samples - len(due)
            assert loudspeaker.heard() <= taken
            assert loudspeaker.flush() <= taken
            due, given_samples = [], 0
        counters = card.shared.counters
        assert counters[QUEUED] - max(counters[TAKEN], counters[FLUSHED]) <= 100
    for _ in range(len(due) // PERIOD + 6):
        card.play()
        loudspeaker.advance()
    assert loudspeaker.heard() == given_samples


def _numbers() -> Iterator[int]:
    while True:
        yield from range(1, 30_000)
