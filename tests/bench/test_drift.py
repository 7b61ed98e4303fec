"""A slope that tells growth from noise."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgevoice.bench.drift import FEWEST, Drift, drift


def line(slope: float, points: int = 100) -> list[tuple[float, float]]:
    return [(float(x), 50.0 + slope * x) for x in range(points)]


@given(st.floats(-1e3, 1e3), st.integers(FEWEST, 300))
def test_a_straight_line_has_its_slope(slope: float, points: int) -> None:
    found = drift(line(slope, points))
    assert found is not None
    for each in (found.slope, found.low, found.high):
        assert each == pytest.approx(slope, abs=1e-6)


def test_outliers_do_not_move_it() -> None:
    readings = line(0.5)
    for spoilt in range(5, 100, 10):
        readings[spoilt] = (float(spoilt), 1e6)
    found = drift(readings)
    assert found is not None and found.slope == pytest.approx(0.5, abs=1e-3)


def test_the_interval_holds_the_truth_nineteen_times_in_twenty() -> None:
    chance = random.Random(3)
    held = 0
    for _ in range(400):
        found = drift([(x, y + chance.gauss(0, 20)) for x, y in line(0.3)])
        assert found is not None and found.low <= found.slope <= found.high
        held += found.low <= 0.3 <= found.high
    # It is a little wider than it need be: the median of a block is not the block.
    assert 0.93 <= held / 400 <= 0.995


def test_readings_that_resemble_their_neighbours_are_not_taken_for_growth() -> None:
    chance = random.Random(5)
    growth = 0
    for _ in range(300):
        level, readings = 0.0, []
        for x in range(320):
            level = 0.8 * level + chance.gauss(0, 1)
            readings.append((float(x), level))
        found = drift(readings)
        assert found is not None
        growth += found.low > 0
    # 2.5 % by right; without the blocks it is several times as many.
    assert growth / 300 <= 0.06


def test_growth_in_noise_is_found() -> None:
    chance = random.Random(7)
    found = drift([(x, y + chance.gauss(0, 5)) for x, y in line(0.5)])
    assert found is not None and found.low > 0.3


@pytest.mark.parametrize("points", [0, 1, FEWEST - 1])
def test_a_few_readings_tell_nothing(points: int) -> None:
    assert drift(line(1, points)) is None


def test_readings_at_one_moment_tell_nothing() -> None:
    assert drift([(1.0, float(y)) for y in range(50)]) is None


def test_steps_that_never_change_are_flat() -> None:
    assert drift([(float(x), 7.0) for x in range(50)]) == Drift(0, 0, 0)


def test_units_are_changed_by_a_factor() -> None:
    assert Drift(1, 0.5, 2) * 24 == Drift(24, 12, 48)
