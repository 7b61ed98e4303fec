"""Taking turns aloud: what is found in the track, and what is said about it."""

import asyncio
from collections.abc import Iterator

import numpy as np
import pytest

from edgevoice.audio.chunk import Samples, samples_of
from edgevoice.audio.level import dbfs
from edgevoice.dialog.events import (
    Event,
    Note,
    PlaybackHeld,
    PlaybackResumed,
    ReplyEnded,
    ReplyStarted,
    TurnDone,
)
from tests.pulse import SoundCard, sound_card
from tools.bench import turns_aloud
from tools.bench.turns_aloud import Since, Watch, echo_path, locate, noticed, result, voices

CHANCE = np.random.default_rng(5)


def noise(ms: float, level: float = 1000) -> Samples:
    return np.rint(CHANCE.normal(0, level, samples_of(ms))).astype(np.int16)


def test_a_voice_is_found_where_it_began_even_when_its_beginning_was_swallowed() -> None:
    voice, track = noise(1500), noise(5000, 300)
    heard = voice.copy()
    heard[: samples_of(400)] = 0
    track[20_000 : 20_000 + len(voice)] += heard
    assert locate(voice, track) == 20_000


def test_a_voice_that_is_not_there_is_not_found() -> None:
    assert locate(noise(1500), noise(5000)) is None
    assert locate(noise(1500), np.zeros(50_000, np.int16)) is None


def watched(*log: Event | Note) -> Watch:
    watch = Watch()
    for what in log:
        watch(what)
    return watch


def test_the_story_is_told_from_its_first_sound_to_its_end() -> None:
    done = TurnDone(9, 1, "a", "a", interrupted=True)
    assert not watched().telling
    assert watched(ReplyStarted(3)).telling
    assert watched(ReplyStarted(3), PlaybackHeld(5)).telling
    assert not watched(ReplyStarted(3), ReplyEnded(8)).telling
    assert not watched(ReplyStarted(3), done).telling


def test_only_what_happened_since_counts() -> None:
    watch = watched(PlaybackHeld(1), PlaybackResumed(2), PlaybackHeld(5))
    watch(TurnDone(7, 1, "a", "a", interrupted=True))
    watch(TurnDone(8, 2, "a", "a", interrupted=False))
    since = watch.since(2)
    assert (since.holds, since.resumed, since.cancels) == ([5], [], [7])


def test_a_silence_lasts_from_its_hold_to_the_next_sound_or_until_now() -> None:
    since = Since(holds=[1600, 8000, 20_000], resumed=[1000, 4800, 9600], cancels=[])
    assert since.silences_ms(now=52_000) == [200, 100, 2000]
    assert [since.silent_at(at) for at in (1600, 1601, 4800, 8001, 19_000, 30_000)] == [
        False,
        True,
        False,
        True,
        False,
        True,
    ]


def test_a_person_is_noticed_after_they_have_spoken() -> None:
    since = Since(holds=[1600], resumed=[], cancels=[8000])
    assert noticed(since, 800) == {
        "located": True,
        "early": False,
        "detected": True,
        "held_ms": 50,
        "cancelled_ms": 450,
    }
    assert noticed(since, 4000)["early"]
    before = noticed(since, 9000)
    assert not before["detected"] and before["cancelled_ms"] is None
    assert noticed(since, None) == {"located": False, "early": False, "detected": True}


def test_waiting_ends_with_the_news_or_with_patience() -> None:
    async def wait() -> tuple[bool, bool]:
        watch = Watch()
        asyncio.get_running_loop().call_later(0.01, watch, ReplyStarted(1))
        return (
            await watch.until(lambda: watch.telling, 5),
            await watch.until(lambda: not watch.telling, 0.01),
        )

    assert asyncio.run(wait()) == (True, False)


def test_the_result_tells_what_was_reached() -> None:
    seen = {"located": True, "early": False}
    figures = {
        "alone": {"seconds": 60, "holds": 1, "cancels": 0},
        "coughs": [
            {"held": True, "cancelled": False, "goes_on_ms": 400.0},
            {"held": False, "cancelled": True, "goes_on_ms": None},
        ],
        "people": [
            {**seen, "detected": True, "held_ms": 90.0, "cancelled_ms": 380.0},
            {**seen, "detected": True, "held_ms": 110.0, "cancelled_ms": 400.0},
            {**seen, "detected": False, "held_ms": None, "cancelled_ms": None},
            {"located": False, "early": False, "detected": True},
        ],
    }
    made = result(figures, {})
    assert [goal.ok for goal in made.goals] == [True, False, True, False, True, False]
    assert made.figures["held_ms"] == {"p50": 110, "p95": None, "n": 2, "never": 1}


def test_where_nobody_was_recorded_a_synthetic_voice_interrupts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(turns_aloud, "load_people", lambda _: None)
    monkeypatch.setattr(turns_aloud, "say", lambda *_: np.array([0, 0, 7, 7], np.int16))
    assert [(len(voice.pcm), voice.start) for voice in voices(2)] == [(4, 2)] * 2


@pytest.fixture
def card() -> Iterator[SoundCard]:
    with sound_card() as made:
        yield made


async def _echo(card: SoundCard, sound: Samples) -> Samples:
    async with card.recording("mic") as recording, card.speaking(sound, "spk"):
        return await recording.until(lambda pcm: len(pcm) > len(sound) + samples_of(700))


@pytest.mark.sound
def test_the_room_gives_back_what_the_loudspeaker_plays(card: SoundCard) -> None:
    sound = noise(600, 3000)
    echo_path(card, echo_db=-10, delay_ms=60)
    heard = asyncio.run(_echo(card, sound))
    at = locate(sound, heard)
    assert at is not None
    echo = heard[at : at + len(sound)]
    assert dbfs(echo) - dbfs(sound) == pytest.approx(-10, abs=1.5)
