"""The circuit breaker, against what it is meant to do, in any order of events."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgevoice.dialog.breaker import Breaker, BreakerState, Limits

LIMITS = Limits(failures=3, window_s=60, pause_s=5, longest_pause_s=30)
CLOSED, OPEN, HALF_OPEN = BreakerState

WAYS = st.lists(st.tuples(st.sampled_from(["ok", "failed", "wait"]), st.integers(0, 40)))


def after(*failures: float) -> Breaker:
    breaker = Breaker(LIMITS)
    for at in failures:
        breaker = breaker.failed(at)
    return breaker


def test_it_opens_after_some_failures_in_a_short_time() -> None:
    assert after(0, 30).state(30) is CLOSED
    assert after(0, 30, 59).state(59) is OPEN
    assert after(0, 30, 60).state(60) is CLOSED, "the first is too long ago"
    assert after(0, 30, 60, 61).state(61) is OPEN


def test_it_is_tried_once_more_after_a_pause() -> None:
    breaker = after(0, 0, 0)
    assert not breaker.allows(4.9)
    assert breaker.state(5) is HALF_OPEN
    assert breaker.allows(5)
    assert breaker.succeeded(6) == Breaker(LIMITS)


def test_the_pause_doubles_up_to_a_bound() -> None:
    breaker, now, pauses = after(0, 0, 0), 0.0, []
    for _ in range(5):
        pauses.append(breaker.pause_s)
        now += breaker.pause_s
        breaker = breaker.failed(now)
    assert pauses == [5, 10, 20, 30, 30]
    assert after(0, 0, 0).failed(5).succeeded(15).failed(15).failed(15).failed(15).pause_s == 5


@pytest.mark.parametrize("late", [Breaker.succeeded, Breaker.failed])
def test_what_was_begun_before_changes_nothing(late: object) -> None:
    breaker = after(0, 0, 0)
    assert callable(late) and late(breaker, 3.0) == breaker


@given(WAYS)
def test_it_does_what_a_list_of_all_events_says(ways: list[tuple[str, int]]) -> None:
    breaker, now = Breaker(LIMITS), 0.0
    failures: list[float] = []  # since it was closed for the last time
    pauses: list[float] = []  # since then, too
    opened = 0.0
    for what, seconds in ways:
        now += seconds
        expected = CLOSED
        if pauses:
            expected = OPEN if now < opened + pauses[-1] else HALF_OPEN
        assert breaker.state(now) is expected
        assert breaker.allows(now) == (expected is not OPEN)
        if what == "ok":
            breaker = breaker.succeeded(now)
            if expected is HALF_OPEN:
                failures, pauses = [], []
        elif what == "failed":
            breaker = breaker.failed(now)
            failures.append(now)
            if expected is HALF_OPEN:
                pauses.append(min(30.0, 5.0 * 2 ** len(pauses)))
                opened = now
            elif expected is CLOSED and sum(at > now - 60 for at in failures) >= 3:
                pauses, opened = [5.0], now
    assert len(breaker.failures) < LIMITS.failures


@given(WAYS)
def test_it_never_stays_open_for_longer_than_the_bound(ways: list[tuple[str, int]]) -> None:
    breaker, now = Breaker(LIMITS), 0.0
    for what, seconds in ways:
        now += seconds
        breaker = breaker.failed(now) if what == "failed" else breaker.succeeded(now)
        assert breaker.allows(now + LIMITS.longest_pause_s)
