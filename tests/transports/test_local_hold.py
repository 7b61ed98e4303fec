"""Holding the playback and going on: not a sample is lost or added, whatever the periods are."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgevoice.audio.chunk import AudioChunk
from edgevoice.transports.sound_memory import TAKEN
from edgevoice.transports.sound_process import FADE_MS, faded
from edgevoice.transports.sound_streams import Loudspeaker
from tests.transports.ring_card import Card, counted

FADE = FADE_MS
"""Frames: the card's rate is 1000 Hz."""


def playing(
    samples: int = 1_000, channels: int = 1, delay_s: float = 0.0
) -> tuple[Card, Loudspeaker]:
    card = Card(channels=channels, delay_s=delay_s)
    loudspeaker = Loudspeaker(card.shared, card.opened, samples)
    loudspeaker.add(AudioChunk(counted(samples), 1_000))
    return card, loudspeaker


@pytest.mark.parametrize("channels", [1, 2])
def test_a_held_sound_fades_and_goes_on_from_where_it_stopped(channels: int) -> None:
    card, loudspeaker = playing(channels=channels)
    card.play(30)
    loudspeaker.hold()
    fading = card.play(30)
    assert (np.diff(fading[:FADE]) <= 0).all()
    assert fading[0] == counted(31)[-1]
    assert not fading[FADE:].any()
    assert not card.play(30).any()
    loudspeaker.go_on()
    rising = card.play(30)
    assert rising[0] == 0
    assert (np.diff(rising[:FADE]) > 0).all()
    np.testing.assert_array_equal(rising[FADE:], counted(30 - FADE, first=31 + FADE))
    np.testing.assert_array_equal(card.play(30), counted(30, first=61))


MOVES = st.lists(st.integers(FADE, 50) | st.sampled_from(["hold", "go on"]), max_size=60)


@given(MOVES)
def test_whatever_is_held_sounds_exactly_once(moves: list[int | str]) -> None:
    """What fades out and what fades in again add up to the sound that was queued."""
    card, loudspeaker = playing(4_000)
    sum_of_all = np.zeros(4_000, np.int64)
    for move in [*moves, "go on", *[50] * 82]:
        if move == "hold":
            loudspeaker.hold()
        elif move == "go on":
            loudspeaker.go_on()
        else:
            place = card.shared.counters[TAKEN]
            period = card.play(int(move))[: 4_000 - place]
            sum_of_all[place : place + len(period)] += period
    assert loudspeaker.heard() == 4_000
    assert (np.abs(sum_of_all - counted(4_000)) <= 1).all()  # a product rounded down


def test_only_what_fades_is_touched() -> None:
    card, loudspeaker = playing(200)
    for hold in (False, True, True, False, False, False, False, False, False, False, False, False):
        (loudspeaker.hold if hold else loudspeaker.go_on)()
        card.play()
    whole = np.concatenate([card.played[:20], card.played[70:]])
    np.testing.assert_array_equal(whole[:20], counted(20))
    np.testing.assert_array_equal(whole[20:][:170], counted(170, first=31))


def test_what_is_heard_stands_still_while_held() -> None:
    card, loudspeaker = playing(100, delay_s=0.040)
    loudspeaker.add(AudioChunk(counted(60, first=101), 1_000))
    heard = []
    for period in range(20):
        if period == 4:
            loudspeaker.hold()
        if period == 12:
            loudspeaker.go_on()
        card.play()
        loudspeaker.advance()
        heard.append(loudspeaker.heard())
    # 60 ms lie between the card and the ear: four periods in, one has been heard
    assert heard[:4] == [0, 0, 0, 20]
    assert heard[4:12] == [40, 60, 80, 80, 80, 80, 80, 80]
    assert heard[12:] == [80, 80, 80, 100, 120, 140, 160, 160]


def test_a_full_queue_stays_full_while_held() -> None:
    card = Card()
    loudspeaker = Loudspeaker(card.shared, card.opened, 100)
    loudspeaker.hold()
    loudspeaker.add(AudioChunk(counted(150), 1_000))
    for _ in range(20):
        card.play()
        loudspeaker.advance()
        assert loudspeaker.full
        assert not loudspeaker.done
    assert not card.played.any()
    loudspeaker.go_on()
    for _ in range(10):
        card.play()
        loudspeaker.advance()
    assert loudspeaker.done


def test_a_flush_ends_a_hold() -> None:
    card, loudspeaker = playing(500)
    card.play()
    loudspeaker.hold()
    card.play()
    card.play()
    assert loudspeaker.flush() == 20
    assert not card.play().any()
    loudspeaker.add(AudioChunk(counted(20, first=900), 1_000))
    np.testing.assert_array_equal(card.play(), counted(20, first=900))


def test_a_hold_that_no_period_saw_leaves_no_trace() -> None:
    card, loudspeaker = playing(100)
    loudspeaker.hold()
    loudspeaker.go_on()
    for _ in range(5):
        card.play()
    np.testing.assert_array_equal(card.played, counted(100))


def test_the_end_of_a_resampled_sound_waits_as_well() -> None:
    """What follows a hold belongs to the same stream: the resampler is not finished meanwhile."""
    card = Card(48_000)
    loudspeaker = Loudspeaker(card.shared, card.opened, 1_000)
    half = np.full(1_600, 9_000, np.int16)
    loudspeaker.add(AudioChunk(half, 16_000))
    card.play(960)
    loudspeaker.hold()
    for _ in range(5):
        card.play(960)
        loudspeaker.advance()
    loudspeaker.add(AudioChunk(half, 16_000))
    loudspeaker.go_on()
    for _ in range(14):
        card.play(960)
        loudspeaker.advance()
    assert loudspeaker.heard() == 3_200
    sound = card.played[7 * 960 :]
    steady = sound[: np.flatnonzero(np.abs(sound) > 4_000)[-1] - 200]
    assert np.abs(steady - 9_000).max() < 100


@pytest.mark.parametrize("rising", [True, False])
def test_a_fade_is_linear_in_every_channel_and_leaves_the_rest(rising: bool) -> None:
    sound = np.repeat(np.array([1_000, -1_000], np.int16), 20).reshape(2, 20).T
    result = np.frombuffer(faded(sound.tobytes(), 2, 10, rising=rising), np.int16).reshape(20, 2)
    gains = np.arange(10) if rising else np.arange(10, 0, -1)
    np.testing.assert_array_equal(result[:10, 0], gains * 100)
    np.testing.assert_array_equal(result[:10, 1], gains * -100)
    np.testing.assert_array_equal(result[10:], sound[10:])


def test_a_fade_of_nothing_is_nothing() -> None:
    assert faded(b"", 2, 480, rising=False) == b""
