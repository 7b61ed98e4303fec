"""How often we answer too soon, and how long we wait: on a virtual clock, through a whole agent."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from edgevoice.app import Engines
from edgevoice.audio.chunk import Samples, samples_of
from edgevoice.bench.turns import endpointing
from edgevoice.bench.turns.curves import Curves, Endpointing, Heard, Point, Setting
from edgevoice.bench.turns.endpointing import (
    Wordless,
    configured,
    hear,
    load_ears,
    measure,
)
from edgevoice.bench.turns.people import Clip, load_people, paused
from edgevoice.bench.turns.remembered import (
    RememberedTranscriber,
    RememberedTurnDetector,
    RememberedVad,
)
from edgevoice.config import Config
from edgevoice.engines.base import NEVER, Stop, Transcript
from tests.bench.test_turns_people import needs_people
from tests.talk import LoudVad, clip

FIXED_500 = Setting("fixed", 500)
SAID = Clip("said", np.pad(clip(1500), (8000, 48_000)), ((8000, 32_000),), (20_000,), "tell me")


class Judge:
    """A `TurnDetector` that is sure, and counts how often it is asked."""

    window = 8 * 16_000

    def __init__(self, finished: float) -> None:
        self.asked = 0
        self._finished = finished

    def finished(self, samples: Samples) -> float:
        self.asked += 1
        return self._finished


def ears(config: Config, finished: float | None = None) -> Engines:
    judge = None if finished is None else Judge(finished)
    return replace(load_ears(config), vad=LoudVad(), transcriber=Wordless(), detector=judge)


@pytest.fixture
def light(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No real engine is loaded."""
    monkeypatch.setattr(endpointing, "load_vad", lambda _: LoudVad())
    monkeypatch.setattr(endpointing, "load_transcriber", lambda _: Wordless())
    monkeypatch.setattr(endpointing, "load_turn_detector", lambda _: None)
    yield


def parted(pause_ms: float) -> Clip:
    """`SAID` with a pause in its middle."""
    length = samples_of(pause_ms)
    pcm = np.concatenate([SAID.pcm[:20_000], np.zeros(length, np.int16), SAID.pcm[20_000:]])
    return Clip("parted", pcm, ((8000, 20_000), (20_000 + length, 32_000 + length)), (16_000,))


@pytest.mark.usefixtures("light")
def test_a_fixed_silence_is_waited_for() -> None:
    config = configured(Config(), FIXED_500)
    heard = hear(config, ears(config), SAID)
    assert heard.cut_offs == 0
    assert heard.delay_ms == pytest.approx(530, abs=40)  # a frame of 32 ms, a period of 20


@pytest.mark.usefixtures("light")
def test_a_pause_that_is_longer_than_the_silence_cuts_off() -> None:
    config = configured(Config(), FIXED_500)
    assert hear(config, ears(config), parted(400)).cut_offs == 0
    heard = hear(config, ears(config), parted(900))
    assert heard.cut_offs == 1
    assert heard.delay_ms == pytest.approx(530, abs=40)


@pytest.mark.usefixtures("light")
def test_what_the_tone_says_moves_the_endpoint() -> None:
    config = configured(Config(), Setting("normal"))
    surely, hardly = (hear(config, ears(config, sure), SAID).delay_ms for sure in (0.99, 0.01))
    assert surely is not None and hardly is not None
    assert surely < 450 < 1000 < hardly
    assert hear(config, ears(config, 0.01), parted(900)).cut_offs == 0
    assert hear(config, ears(config, 0.99), parted(900)).cut_offs == 1


@pytest.mark.usefixtures("light")
def test_an_utterance_that_nobody_hears_is_counted() -> None:
    config = configured(Config(), FIXED_500)
    silent = replace(SAID, pcm=np.zeros_like(SAID.pcm))
    point = Point(FIXED_500, (hear(config, ears(config), silent),))
    assert point.delays == {"p50": None, "p95": None, "n": 0, "never": 1}
    assert point.as_json()["delay_ms"]["never"] == 1 and point.mean_ms is None
    assert point.cut_offs == 0


@pytest.mark.usefixtures("light")
def test_everything_is_said_at_every_setting() -> None:
    told: list[tuple[int, int]] = []
    people = [SAID, replace(parted(300), name="thinks")]
    measured = measure(Config(), people, [SAID], lambda _, *how_far: told.append(how_far))
    assert measured.people and measured.everybody and measured.thinking and measured.requests
    assert [each.name for each in measured.people.chosen.heard] == ["said"]
    assert [each.name for each in measured.everybody.chosen.heard] == ["said", "thinks"]
    assert measured.everybody.reference.cut_offs == 0
    assert measured.thinking.reference.cut_offs == measured.requests.reference.cut_offs == 100
    assert told == [(n, 5) for n in range(6)]
    without = measure(Config(), None, [SAID], lambda *_: None)
    assert without.people is None and without.requests == measured.requests
    assert without.goals[0].value is None and not without.goals[0].ok


def point(setting: Setting, *heard: tuple[int, float | None]) -> Point:
    return Point(setting, tuple(Heard(str(n), *each) for n, each in enumerate(heard)))


def curves(reference: Point, chosen: Point) -> Curves:
    return Curves((reference,), (), (chosen,))


def test_goals_compare_the_preset_with_the_fixed_silence() -> None:
    fixed = point(Setting("fixed", 400), (1, 420), (1, 430), (0, 440), (1, 450))
    normal = point(Setting("normal"), (0, 300), (0, 320), (1, 400), (0, None))
    both = curves(fixed, normal)
    goals = Endpointing(both, both, both, both).goals
    assert [goal.value for goal in goals] == pytest.approx([360, 25, 100 / 3, 25])
    assert [goal.ok for goal in goals] == [False, False, True, False]
    assert normal.mean_ms == pytest.approx(340)
    figures = Endpointing(both, both, both, None).as_json()
    assert figures["requests"] is None and figures["people"]["cut_off"] == ["2"]


def test_nothing_at_all_reaches_no_goal() -> None:
    nothing = curves(point(Setting("fixed", 400)), point(Setting("normal")))
    assert all(goal.value is None for goal in Endpointing(None, None, nothing, nothing).goals)


class Counting:
    """A `Vad` that numbers the frames since it was reset, and counts how many it heard."""

    frame_samples = 2

    def __init__(self) -> None:
        self.heard = self._n = 0

    def reset(self) -> None:
        self._n = 0

    def __call__(self, frame: Samples) -> float:
        self.heard += 1
        self._n += int(frame[0])
        return self._n / 100


def test_a_stream_that_was_heard_before_costs_nothing() -> None:
    counting, plain = Counting(), Counting()
    remembered = RememberedVad(counting)
    for stream in ([1, 2, 3], [1, 2, 3], [1, 2, 4, 5], [7], [1, 2, 4, 5, 6]):
        remembered.reset()
        plain.reset()
        frames = [np.full(2, value, np.int16) for value in stream]
        assert [remembered(frame) for frame in frames] == [plain(frame) for frame in frames]
    # 3, nothing, the whole second stream again for its last two, 1, and once more for the last.
    assert counting.heard == 3 + 0 + 4 + 1 + 5 < plain.heard


def test_the_same_sound_is_judged_once() -> None:
    judge = Judge(0.7)
    remembered = RememberedTurnDetector(judge)
    sound = np.arange(10, dtype=np.int16)
    assert [remembered.finished(sound) for _ in range(3)] == [0.7] * 3
    assert remembered.finished(sound[1:]) == 0.7 and judge.asked == 2


def test_a_transcript_that_was_broken_off_is_not_remembered() -> None:
    class Half:
        min_avg_logprob = -0.5

        def transcribe(self, samples: Samples, stop: Stop = NEVER) -> Transcript:
            return Transcript("half" if stop.is_set() else "whole")

    class Set:
        def is_set(self) -> bool:
            return True

    remembered = RememberedTranscriber(Half())
    sound = np.zeros(4, np.int16)
    assert remembered.min_avg_logprob == -0.5
    assert remembered.transcribe(sound, Set()).text == "half"
    assert remembered.transcribe(sound).text == "whole"
    assert remembered.transcribe(sound, Set()).text == "whole"


@pytest.mark.engine
@needs_people
def test_people_are_heard_as_they_were_described() -> None:
    """The recordings' own description: one fixed silence of 400 ms cuts off about 1 in 100."""
    people = load_people()
    assert people is not None
    config = configured(Config(), Setting("fixed", 400))
    engines = replace(load_ears(config), transcriber=Wordless(), detector=None)
    plain = Point(FIXED_500, tuple(hear(config, engines, each) for each in people[:12]))
    thinking = Point(FIXED_500, tuple(hear(config, engines, each) for each in paused(people[:12])))
    assert plain.cut_offs == 0 and thinking.cut_offs == 100
    assert plain.delays is not None and plain.delays["p50"] == pytest.approx(412, abs=20)
