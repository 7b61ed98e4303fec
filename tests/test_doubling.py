"""Waiting longer and longer, within bounds."""

from hypothesis import given
from hypothesis import strategies as st

from edgevoice.doubling import doubling


def test_it_doubles_up_to_the_most() -> None:
    assert [doubling(0.5, n, 3.0) for n in range(5)] == [0.5, 1.0, 2.0, 3.0, 3.0]


@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_it_never_shrinks_and_never_overflows(one: int, other: int) -> None:
    first, second = sorted((one, other))
    assert 0.5 <= doubling(0.5, first, 60.0) <= doubling(0.5, second, 60.0) <= 60.0
