"""Scenes: the real agent, a story, and what is heard meanwhile."""

import shutil

import numpy as np
import pytest

from edgevoice.audio.chunk import Samples, samples_of
from edgevoice.bench.turns.scenes import (
    REQUEST,
    Ears,
    Happened,
    Scene,
    Stage,
    play_all,
)
from edgevoice.bench.turns.story import LETTERS_PER_S, Teller, told
from edgevoice.config import Config
from edgevoice.engines.base import NEVER
from edgevoice.engines.scripted import ScriptedTranscriber

pytestmark = pytest.mark.skipif(
    not (shutil.which("sox") and shutil.which("espeak-ng")),
    reason="sox or espeak-ng's program is not installed",
)


class Shouted:
    """Hears the request, up to a pause, and from then on only what is shouted."""

    frame_samples = 512

    def __init__(self) -> None:
        self._asked = False
        self._quiet = 0

    def __call__(self, frame: Samples) -> float:
        level = np.abs(frame.astype(int)).mean()
        if self._quiet < 8:
            self._asked = self._asked or level > 200
            self._quiet = self._quiet + 1 if self._asked and level < 100 else 0
        return 0.95 if level > (200 if self._quiet < 8 else 5000) else 0.05

    def reset(self) -> None:
        pass


def shout(ms: int) -> Samples:
    return np.resize(np.repeat(np.array([-20_000, 20_000], np.int16), 40), samples_of(ms))


def play(scene: Scene) -> Happened:
    words = ScriptedTranscriber(["somebody else"] * 50)
    return Stage(Config(), Shouted(), words).play(scene)


def test_a_story_that_nobody_disturbs_is_told() -> None:
    happened = play(Scene(seconds=3))
    assert happened.begun is not None
    assert happened.sound is None
    assert (happened.holds, happened.cancels) == ([], [])
    heard = [at for at in happened.spoke if at >= happened.begun]
    assert len(heard) * 320 == pytest.approx(samples_of(3000), abs=samples_of(40))
    assert happened.end - happened.begun == pytest.approx(samples_of(3000), abs=samples_of(40))


def test_a_person_who_speaks_on_cancels_the_story() -> None:
    happened = play(Scene(seconds=4, sound=shout(1500), moment_ms=1000))
    assert happened.begun is not None
    assert happened.sound is not None
    assert happened.sound - happened.begun == pytest.approx(samples_of(1000), abs=samples_of(40))
    assert happened.holds
    assert happened.holds[0].at >= happened.sound
    assert len(happened.cancels) == 1
    assert happened.end - happened.cancels[0] <= samples_of(60), "a brief scene is over then"


def test_the_same_scene_happens_in_the_same_way() -> None:
    scene = Scene(seconds=2.5, echo_db=-10, room=3, sound=shout(100), moment_ms=800)
    assert play(scene) == play(scene)


@pytest.mark.engine
@pytest.mark.slow
def test_scenes_come_back_in_their_order_from_two_processes() -> None:
    scenes = [Scene(seconds=0.3 + 0.1 * n) for n in range(8)]
    counted: list[int] = []
    happened = play_all(Config(), scenes, counted.append)
    lengths = [what.end - (what.begun or 0) for what in happened]
    assert lengths == sorted(lengths)
    assert len(set(lengths)) == len(scenes)
    assert counted == list(range(1, 9))


def test_the_story_is_long_enough() -> None:
    assert len(told(300)) >= 300 * LETTERS_PER_S
    assert told(300).startswith(told(20)[:100])


def test_the_teller_begins_with_sound_and_repeats_itself() -> None:
    first, second = (
        np.concatenate([chunk.pcm for chunk in Teller("en-us").synthesize("So be it.", NEVER)])
        for _ in range(2)
    )
    assert first[0] != 0
    assert np.array_equal(first, second)


def test_ears_take_everything_for_the_request_until_the_story_begins() -> None:
    ears = Ears(ScriptedTranscriber(["mhm"]))
    some = np.zeros(100, np.int16)
    assert ears.transcribe(some).text == REQUEST
    ears.listening = True
    assert ears.transcribe(some).text == "mhm"
