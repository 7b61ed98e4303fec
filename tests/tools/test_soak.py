"""The soak: what it tells of its readings, and a day in simulated time."""

import math

import pytest

from edgevoice.engines.base import NEVER, Message
from tools.faults.simulation import DENSE, Mouth, Readings, Tally, simulate
from tools.faults.soak import Soaked


def soaked(slope_mb_per_day: float, hours: float, tally: Tally | None = None) -> Soaked:
    """Memory that is being filled for a fifth of the time, and has that slope from then on."""
    steps = [hours * step / 400 for step in range(401)]
    memory = [
        (at, 250 + slope_mb_per_day * at / 24 - 100 * max(0.0, 0.2 - at / hours)) for at in steps
    ]
    return Soaked(False, hours, tally or Tally(), memory)


@pytest.mark.parametrize("slope", [0.0, 1.5, -3.0])
def test_the_slope_is_that_of_the_warm_part(slope: float) -> None:
    found = soaked(slope, 48).slope
    assert found is not None
    assert found.low == pytest.approx(slope, abs=1e-6) == found.high
    figures = soaked(slope, 48).as_json()
    assert figures["slope_mb_per_day"]["slope"] == pytest.approx(slope, abs=1e-6)
    assert figures["rss_mb"] == pytest.approx([230, 250 + 2 * slope])


def test_less_than_a_day_is_extrapolated() -> None:
    assert soaked(0, 8).as_json()["extrapolated"] and "extrapolated" in soaked(0, 8).text()
    assert not soaked(0, 24).as_json()["extrapolated"]
    assert "extrapolated" not in soaked(0, 24).text()


def test_what_was_promised_is_a_goal() -> None:
    fine = Tally(asked=9, answered=9, losses=2, deaf_s=[0.2, 2.9])
    assert [goal.ok for goal in soaked(1, 24, fine).goals()] == [True] * 5
    broken = Tally(asked=9, answered=7, missed=2, overheard=1, losses=3, deaf_s=[0.2, 4.0])
    goals = soaked(5, 24, broken).goals()
    assert not any(goal.ok for goal in goals)
    assert [goal.value for goal in goals] == pytest.approx([5, 2, 1, 1, 4], abs=1e-6)


def test_a_soak_that_is_too_short_has_shown_nothing() -> None:
    short = Soaked(False, 0.01, Tally(asked=1, answered=1), [(0.0, 250.0), (0.01, 250.0)])
    slope, *_, deafness = short.goals()
    assert (slope.value, slope.ok) == (None, False)
    assert (deafness.value, deafness.ok) == (None, False)
    assert short.as_json()["slope_mb_per_day"] is None and "slope" not in short.text()


def test_the_same_seed_is_the_same_life() -> None:
    first, second = (simulate(DENSE, turns=40, seed=5)[0] for _ in range(2))
    assert first == second and first.asked >= 40
    assert first != simulate(DENSE, turns=40, seed=6)[0]


def test_the_life_ends_with_its_hours() -> None:
    told: list[float] = []
    _, readings = simulate(DENSE, hours=0.2, every=1, told=lambda _, hours: told.append(hours))
    assert readings.last("hours") > 0.1 and told == sorted(told)
    assert [at for at, _ in readings.points("tasks", "hours")] == told
    assert math.isclose(readings.last("hours"), told[-1])


def test_readings_end_with_the_room_for_them() -> None:
    readings = Readings({"seven": lambda: 7.0}, most=3)
    assert readings.last("turns") == 0
    for turn in range(5):
        readings.take(turn, turn / 10)
    assert readings.points("seven", "turns", skip=1) == [(1.0, 7.0), (2.0, 7.0)]
    assert readings.last("hours") == 0.2


def test_a_planted_leak_is_as_large_as_was_asked_for() -> None:
    leaking = Mouth(leak=300)
    for _ in range(3):
        assert list(leaking.stream([Message("user", "hello")], NEVER))
    assert [len(lost) for lost in leaking._lost] == [300] * 3
    tight = Mouth()
    assert list(tight.stream([Message("user", "hello")], NEVER)) and not tight._lost
