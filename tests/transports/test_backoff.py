"""How long a failed device is left alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgevoice.transports.backoff import (
    DELAYS_S,
    LONGEST_S,
    PATIENT_FROM,
    SHORTEST_S,
    STABLE_S,
    Backoff,
    patience,
)


def test_it_is_quick_at_first_and_never_slow() -> None:
    backoff = Backoff()
    delays = [backoff.failed() for _ in range(1_000)]
    assert delays[0] == 0
    assert delays == sorted(delays)
    assert delays[-1] == max(DELAYS_S) <= 2


def test_what_worked_for_long_is_tried_at_once_again() -> None:
    backoff = Backoff()
    for _ in range(10):
        backoff.failed()
    assert backoff.failed(STABLE_S) == 0


def test_what_fails_again_and_again_is_tried_less_and_less() -> None:
    backoff = Backoff()
    backoff.failed(STABLE_S)
    assert backoff.failed(1.0) < backoff.failed(1.0) < backoff.failed(1.0)


@pytest.mark.parametrize(("first_s", "given_s"), [(0.2, SHORTEST_S), (0.8, 2.4), (4.0, LONGEST_S)])
def test_an_opening_is_given_what_the_first_one_needed_and_more(
    first_s: float, given_s: float
) -> None:
    assert patience(first_s, 0) == pytest.approx(given_s)


def test_it_is_given_the_longest_time_now_and_then_and_ever_more_seldom() -> None:
    longest = [hung + 1 for hung in range(1_000) if patience(0.2, hung) == LONGEST_S]
    assert longest == [PATIENT_FROM * 2**number for number in range(len(longest))]
    assert longest[-1] == 512


@given(st.floats(0, 60), st.integers(0, 10**6))
def test_it_is_never_given_less_or_more(first_s: float, hung: int) -> None:
    assert SHORTEST_S <= patience(first_s, hung) <= LONGEST_S
