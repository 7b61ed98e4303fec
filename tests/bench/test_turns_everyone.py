"""Percentiles in which those count who were never served."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgevoice.bench.turns.everyone import of_everyone

TIMES = st.lists(st.floats(0, 1e4), min_size=1, max_size=50)


@given(TIMES)
def test_where_nobody_was_missed_it_is_the_usual_percentile(times: list[float]) -> None:
    found = of_everyone(times)
    assert found is not None and (found["n"], found["never"]) == (len(times), 0)
    assert [found["p50"], found["p95"]] == pytest.approx(np.percentile(times, [50, 95]))


@given(TIMES, st.integers(1, 50))
def test_a_miss_never_makes_it_look_quicker(times: list[float], never: int) -> None:
    lucky, all_ = of_everyone(times), of_everyone([*times, *[None] * never])
    assert lucky is not None and all_ is not None and all_["never"] == never
    for better, worse in ((lucky["p50"], all_["p50"]), (lucky["p95"], all_["p95"])):
        assert better is not None
        assert worse is None or worse >= better


def test_a_percentile_among_the_missed_is_none() -> None:
    assert of_everyone([100.0] * 9 + [None]) == {"p50": 100, "p95": None, "n": 9, "never": 1}
    assert of_everyone([None]) == {"p50": None, "p95": None, "n": 0, "never": 1}
    assert of_everyone([]) is None
