"""How long a service is left alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgevoice.responders.realtime.backoff import (
    FIRST_S,
    MOST_S,
    RATE_LIMITED_S,
    REFUSED_S,
    backoff_s,
)
from edgevoice.responders.realtime.session import Fault

luck = st.floats(0, 1)


@pytest.mark.parametrize(
    ("failures", "expected"), [(1, 0.5), (2, 1), (3, 2), (4, 4), (8, 60), (10_000, 60)]
)
def test_it_doubles_up_to_a_minute(failures: int, expected: float) -> None:
    assert backoff_s(Fault.LOST, failures, 1.0) == expected


@given(st.sampled_from(Fault), st.integers(1, 10**6), luck, st.floats(0, 1000))
def test_it_is_bounded_and_heeds_what_was_told(
    fault: Fault, failures: int, lucky: float, told: float
) -> None:
    wait = backoff_s(fault, failures, lucky, told)
    assert told <= wait <= max(told, REFUSED_S, MOST_S)
    if fault is Fault.RATE_LIMITED:
        assert wait >= RATE_LIMITED_S
    if fault not in (Fault.REJECTED,):
        assert wait >= FIRST_S / 2


@given(st.integers(1, 10**6), luck)
def test_more_failures_never_wait_less(failures: int, lucky: float) -> None:
    assert backoff_s(Fault.BUSY, failures, lucky) <= backoff_s(Fault.BUSY, failures + 1, lucky)


def test_a_question_that_was_refused_says_nothing_of_the_next() -> None:
    assert backoff_s(Fault.REJECTED, 9, 1.0) == 0
