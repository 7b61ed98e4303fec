"""How long a failed device is left alone."""

from edgevoice.transports.backoff import DELAYS_S, STABLE_S, Backoff


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
