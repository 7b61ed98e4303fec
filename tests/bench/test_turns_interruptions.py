"""What the scenes say: how often it was stopped, how soon, and for how long."""

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from edgevoice.audio.chunk import LISTENING_RATE, samples_of
from edgevoice.audio.level import dbfs
from edgevoice.bench.turns import interruptions
from edgevoice.bench.turns.alarms import (
    ADAPTATION,
    LEAD,
    disturbance_figures,
    echo_figures,
    echo_scenes,
    people_figures,
    people_scenes,
    scene_of,
)
from edgevoice.bench.turns.cost import cost_figures
from edgevoice.bench.turns.interruptions import goals, measure
from edgevoice.bench.turns.noises import Noise
from edgevoice.bench.turns.people import Clip
from edgevoice.bench.turns.scenes import Happened, Hold, Scene
from edgevoice.bench.turns.story import STORY, TELLER, spoken
from edgevoice.config import Config

S = LISTENING_RATE
with_voices = pytest.mark.skipif(
    not (shutil.which("sox") and shutil.which("espeak-ng")),
    reason="sox or espeak-ng's program is not installed",
)


def story(**what: Any) -> Happened:
    """A scene whose story began after a second, and was heard from then on to the end."""
    end = what.pop("end", 10 * S)
    return Happened(begun=S, end=end, spoke=list(range(S, end, 320)), **what)


def noise(kind: str = "cough") -> Noise:
    return Noise(kind, "one", "loud", np.ones(S // 2, np.int16))


def clip(level: int = 3000, lead: int = 2 * S) -> Clip:
    voice = np.resize(np.array([level, -level], np.int16), 2 * S)
    pcm = np.concatenate([np.zeros(lead, np.int16), voice, np.zeros(S, np.int16)])
    return Clip("someone", pcm, ((lead, lead + 2 * S),))


def test_nothing_counts_before_the_canceller_has_learnt_the_room() -> None:
    early, late = S + ADAPTATION - 1, S + ADAPTATION
    what = story(cancels=[early, late], holds=[Hold(early, late), Hold(late)])
    figures = echo_figures([Scene(9, -10)], [what])
    assert (figures["cancels"], figures["holds"]) == (1, 1)
    assert figures["minutes"] == pytest.approx(7 / 60, abs=0.001)
    assert figures["cancels_per_minute"] == pytest.approx(60 / 7, rel=0.01)
    assert figures["cancels_before"] == 1, "nobody should have to guess where minutes went"


@pytest.mark.parametrize("minutes", [0.5, 2, 30])
def test_the_rooms_add_up_to_the_minutes(minutes: float) -> None:
    scenes = echo_scenes(minutes)
    told = sum(scene.seconds - ADAPTATION / S for scene in scenes)
    assert told == pytest.approx(minutes * 60)
    assert len({(scene.echo_db, scene.delay_ms) for scene in scenes}) == len(scenes)
    assert not any(scene.brief for scene in scenes)


def test_the_whole_grid_of_rooms_is_used_when_there_is_time() -> None:
    levels = {scene.echo_db for scene in echo_scenes(30)}
    delays = {scene.delay_ms for scene in echo_scenes(30)}
    assert (min(delays), max(delays)) == (20, 250)
    assert levels == {0, -6, -12, -20}


def test_disturbances_are_told_apart_by_kind_and_their_silence_is_measured() -> None:
    at = 4 * S
    figures = disturbance_figures(
        [noise("cough"), noise("cough"), noise("door"), noise("door")],
        [
            story(sound=at, holds=[Hold(at + 100, at + 100 + S // 2)]),
            story(sound=at),
            story(sound=at, holds=[Hold(at + 100)], cancels=[at + 5000]),
            story(sound=at, cancels=[at - 1]),  # stopped before: nothing to disturb
        ],
    )
    assert (figures["scenes"], figures["spoilt"]) == (3, 1)
    assert figures["cancelled_percent"] == pytest.approx(100 / 3)
    assert figures["cancels_per_minute"] == pytest.approx(1 / figures["minutes"])
    assert (figures["holds"], figures["goes_on_ms"]["n"]) == (2, 1)
    assert figures["goes_on_latest_ms"] == 500
    assert figures["kinds"]["cough"]["held_percent"] == 50
    assert figures["kinds"]["door"]["cancelled_percent"] == 100


def test_a_story_that_never_goes_on_is_silent_to_the_end() -> None:
    what = story(sound=4 * S, holds=[Hold(5 * S)], end=10 * S)
    assert disturbance_figures([noise()], [what])["goes_on_latest_ms"] == 5000


def test_a_story_that_stutters_is_silent_for_all_of_its_holds() -> None:
    at = 4 * S
    what = story(sound=at, holds=[Hold(at, at + S // 2), Hold(at + S, at + 2 * S)])
    figures = disturbance_figures([noise()], [what])
    assert figures["goes_on_latest_ms"] == 1000 and figures["silent_in_all_ms"]["p95"] == 1500


def test_a_story_that_is_silent_already_cannot_be_disturbed() -> None:
    held = story(sound=4 * S, holds=[Hold(3 * S, 5 * S)])
    assert disturbance_figures([noise()], [held])["spoilt"] == 1


def test_people_are_timed_from_their_first_sample_of_voice() -> None:
    voice = 4 * S + LEAD
    what = story(sound=4 * S, holds=[Hold(voice + 1600)], cancels=[voice + 4800])
    figures = people_figures(0.0, [clip()], [what])
    assert figures["held_ms"]["p50"] == 100
    assert figures["cancelled_ms"]["p95"] == 300
    assert figures["detected_percent"] == 100


def test_somebody_who_is_not_noticed_counts() -> None:
    whats = [story(sound=4 * S), story(sound=4 * S, holds=[Hold(6 * S, 7 * S)])]
    figures = people_figures(0.0, [clip(), clip()], whats)
    assert figures["detected_percent"] == 0
    assert (figures["held_ms"]["n"], figures["held_ms"]["never"]) == (1, 1)
    assert figures["held_ms"]["p50"] is None, "half of them were never heard"
    assert (figures["cancelled_ms"]["p95"], figures["cancelled_ms"]["never"]) == (None, 2)


def test_a_cancel_without_a_hold_is_silence_too() -> None:
    voice = 4 * S + LEAD
    figures = people_figures(0.0, [clip()], [story(sound=4 * S, cancels=[voice + 3200])])
    assert figures["held_ms"]["p50"] == 200


def test_silence_before_the_first_word_is_no_interruption() -> None:
    early = story(sound=4 * S, cancels=[4 * S + LEAD - 320])
    figures = people_figures(0.0, [clip()], [early])
    assert (figures["spoilt"], figures["detected_percent"]) == (1, 0)


def test_a_hold_before_the_first_word_is_not_counted_as_a_quick_one() -> None:
    voice = 4 * S + LEAD
    what = story(sound=4 * S, holds=[Hold(voice - 320)], cancels=[voice + 4800])
    figures = people_figures(0.0, [clip()], [what])
    assert figures["early"] == 1
    assert figures["held_ms"] is None
    assert figures["cancelled_ms"]["p50"] == 300


@with_voices
@pytest.mark.parametrize("ratio", [-10.0, 0.0, 10.0])
def test_the_echo_is_as_much_louder_than_the_voice_as_it_should_be(ratio: float) -> None:
    (scene,) = people_scenes([clip(level=1000)], ratio)
    assert scene.echo_db is not None
    echo = dbfs(spoken(STORY[0], TELLER)) + scene.echo_db
    assert echo - dbfs(clip(level=1000).pcm[2 * S : 4 * S]) == pytest.approx(ratio)
    assert len(scene.sound) == LEAD + 2 * S + samples_of(200)


def test_a_disturbance_has_time_to_take_effect() -> None:
    scene = scene_of(noise(), 3000, None)
    assert scene.seconds >= 3 + 0.5 + 1.5


def test_goals_without_recordings_are_not_reached() -> None:
    figures = {
        "echo": {"minutes": 30.0, "cancels": 0},
        "disturbances": {"cancelled_percent": 0.5, "goes_on_latest_ms": None},
        "people": [],
        "cost_percent_of_a_core": {"canceller_and_detectors": 2.0},
    }
    reached = {goal.name: goal.ok for goal in goals(figures)}
    assert [ok for name, ok in reached.items() if "true" in name] == [False] * 3
    assert reached["self-interruptions in 30 minutes of echo"]


@with_voices
def test_everything_is_measured_and_progress_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    steps: list[str] = []

    def played(config: Config, scenes: list[Scene], progress: Any) -> list[Happened]:
        return [story(sound=4 * S, end=20 * S) for _ in scenes]

    monkeypatch.setattr(interruptions, "play_all", played)
    monkeypatch.setattr(interruptions, "cost_figures", lambda: {"canceller_and_detectors": 1.0})
    figures, reached = measure(
        Config(),
        [clip()],
        lambda what, done, total: steps.append(what),
        quick=True,
        kitchen=Path("nowhere"),
    )
    assert [part["echo_to_voice_db"] for part in figures["people"]] == [-10, 0, 10, None]
    assert figures["disturbances"]["cancelled_percent"] == 0
    assert "kitchen" not in figures["disturbances"]["kinds"]
    assert len(steps) == 6
    assert len(reached) == 7


@pytest.mark.engine
@with_voices
def test_the_cost_is_measured() -> None:
    cost = cost_figures(seconds=2)
    assert 0 < cost["canceller_and_detectors"] < 100
