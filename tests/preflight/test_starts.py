"""The rule by which a smaller profile is started: pure, and without a clock."""

from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgevoice.preflight.starts import (
    FIRST_PAUSE_S,
    LONGEST_PAUSE_S,
    PATIENCE,
    End,
    Standing,
    after,
    pause_s,
)

levels = st.integers(1, 4)
ends = st.sampled_from(End)


def walked(ends: Sequence[End], count: int) -> list[Standing]:
    """What follows, step by step, when the profile that is due is started each time."""
    path = [Standing()]
    for end in ends:
        path.append(after(path[-1], path[-1].level, end, count))
    return path


@given(levels, st.lists(st.tuples(st.integers(0, 3), ends), max_size=40))
def test_whatever_happens_the_profile_that_is_due_is_one_of_them(
    count: int, starts: list[tuple[int, End]]
) -> None:
    standing = Standing()
    for level, end in starts:
        standing = after(standing, min(level, count - 1), end, count)
        assert 0 <= standing.level < count and 0 <= standing.died < count
        assert 0 <= standing.proven < count and standing.deaths >= 0


@given(levels, st.lists(ends, max_size=40))
def test_nothing_smaller_is_due_without_so_many_deaths_in_a_row(
    count: int, happened: list[End]
) -> None:
    path = walked(happened, count)
    for n, (before, then) in enumerate(pairwise(path), 1):
        if then.level > before.level and not before.proven:
            row = [end for end in happened[:n] if end is not End.OTHER]
            assert row[-PATIENCE:] == [End.DIED] * PATIENCE


@given(levels)
def test_deaths_lead_down_step_by_step_and_not_beyond_the_smallest(count: int) -> None:
    path = walked([End.DIED] * PATIENCE * (count + 2), count)
    assert [standing.level for standing in path[::PATIENCE]] == [
        min(step, count - 1) for step in range(count + 3)
    ]
    assert path[-1].deaths == 3 * PATIENCE


@given(levels, st.lists(ends, max_size=20))
def test_after_a_long_good_run_the_main_one_has_another_try(count: int, before: list[End]) -> None:
    assert walked([*before, End.LONG], count)[-1].level == 0


@pytest.mark.parametrize("end", [End.WELL, End.STOPPED])
def test_a_start_that_went_well_ends_the_row(end: End) -> None:
    died = [End.DIED] * (PATIENCE - 1)
    assert walked([*died, end, *died], 2)[-1].level == 0
    assert walked([*died, end, *died, End.DIED], 2)[-1].level == 1


@given(st.lists(ends, max_size=20), st.integers(0, 20))
def test_what_has_to_do_with_no_profile_changes_nothing(happened: list[End], at: int) -> None:
    more = [*happened[:at], End.OTHER, *happened[at:]]
    assert walked(more, 3)[-1] == walked(happened, 3)[-1]


@given(st.integers(2, 4), st.integers(1, 30))
def test_a_main_profile_that_always_dies_dies_once_for_each_long_run(
    count: int, starts: int
) -> None:
    """However the rest goes: profile 1 always runs long."""
    standing, deaths, runs = Standing(), 0, 0
    for _ in range(starts):
        main = standing.level == 0
        deaths, runs = deaths + main, runs + (not main)
        standing = after(standing, standing.level, End.DIED if main else End.LONG, count)
    assert deaths <= PATIENCE + runs


@given(st.integers(2, 4), st.lists(ends, max_size=20))
def test_a_main_profile_that_is_mended_is_back_for_good(count: int, before: list[End]) -> None:
    """Every profile lives from now on: the main one is due soon, and stays."""
    path = walked([*before, *[End.LONG] * 3], count)
    assert [standing.level for standing in path[-2:]] == [0, 0]
    assert path[-1].proven == 0


def test_one_death_on_another_try_leads_back_to_the_one_that_ran_well() -> None:
    down = [End.DIED] * 2 * PATIENCE
    path = walked([*down, End.LONG, End.DIED], 4)
    assert [standing.level for standing in path[-3:]] == [2, 0, 2]


def test_deaths_of_a_profile_that_was_not_due_are_its_own() -> None:
    """The main one is due but found unfit before each start, so that the next is started."""
    standing = Standing()
    for _ in range(PATIENCE - 1):
        standing = after(standing, 1, End.DIED, 3)
        assert standing.level == 0
    assert after(standing, 1, End.DIED, 3).level == 2
    assert after(standing, 0, End.DIED, 3).level == 0


@given(st.integers(-3, 10_000))
def test_pauses_grow_and_have_an_end(failures: int) -> None:
    assert pause_s(failures) <= pause_s(failures + 1) <= LONGEST_PAUSE_S
    assert pause_s(failures) == 0 if failures < 1 else pause_s(failures) >= FIRST_PAUSE_S
