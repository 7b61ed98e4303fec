"""Times as a person says them."""

import re
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgevoice.skills.phrasing import joined
from edgevoice.skills.spoken_time import (
    date_words,
    duration_words,
    left_words,
    rough_words,
    time_words,
    when_words,
)

SIZES = {"day": 86_400, "hour": 3_600, "minute": 60, "second": 1}
NOW = datetime(2026, 11, 21, 15, 0)  # a Saturday


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 seconds"),
        (1, "1 second"),
        (60, "1 minute"),
        (330, "5 minutes and 30 seconds"),
        (3_661, "1 hour, 1 minute and 1 second"),
        (86_400, "1 day"),
    ],
)
def test_a_duration_is_said_in_its_units(seconds: int, words: str) -> None:
    assert duration_words(seconds) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-5, "less than a minute"),
        (60, "1 minute"),
        (3600, "1 hour"),
        (86_400 + 120, "1 day and 2 minutes"),
        (3 * 86_400 + 7200 + 60, "3 days and 2 hours"),
    ],
)
def test_a_rough_duration_has_two_units_at_most(seconds: float, words: str) -> None:
    assert rough_words(seconds) == words


@given(st.integers(0, 10**7))
def test_nothing_of_a_duration_is_lost(seconds: int) -> None:
    parts = re.findall(r"(\d+) (day|hour|minute|second)(s?)", duration_words(seconds))
    assert sum(int(count) * SIZES[unit] for count, unit, _ in parts) == seconds
    assert all((count == "1") == (plural == "") for count, _, plural in parts)


@given(st.floats(0.001, 10**6))
def test_what_is_left_is_never_said_to_be_less(seconds: float) -> None:
    parts = re.findall(r"(\d+) (day|hour|minute|second)", left_words(seconds))
    said = sum(int(count) * SIZES[unit] for count, unit in parts)
    assert 0 <= said - seconds <= (60 if seconds >= 3_600 else 1)


@pytest.mark.parametrize(
    ("at", "words"),
    [
        ("00:00", "midnight"), ("00:05", "12:05 AM"), ("07:00", "7 AM"), ("07:30", "7:30 AM"),
        ("12:00", "noon"), ("12:01", "12:01 PM"), ("13:00", "1 PM"), ("23:59", "11:59 PM"),
    ],
)  # fmt: skip
def test_a_time_of_day_is_said_with_its_half(at: str, words: str) -> None:
    assert time_words(datetime.fromisoformat(f"2026-01-01T{at}")) == words


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (NOW.replace(hour=7), "at 7 AM"),
        (NOW + timedelta(days=1), "tomorrow at 3 PM"),
        (NOW - timedelta(days=1), "yesterday at 3 PM"),
        (NOW + timedelta(days=6), "on Friday at 3 PM"),
        (NOW + timedelta(days=7), "on November 28 at 3 PM"),
        (datetime(2027, 1, 5, 12), "on January 5, 2027, at noon"),
    ],
)
def test_the_day_is_said_where_it_is_another(at: datetime, words: str) -> None:
    assert when_words(at, NOW) == words


@given(st.integers(-6, 6), st.integers(-6, 6))
def test_no_two_days_around_today_sound_alike_on_one_side(one: int, other: int) -> None:
    if one != other and one * other >= 0:
        here, there = (when_words(NOW + timedelta(days=days), NOW) for days in (one, other))
        assert here != there


def test_a_date_is_said_whole() -> None:
    assert date_words(date(2026, 11, 21)) == "Saturday, November 21, 2026"


def test_a_list_is_spoken() -> None:
    assert joined(["a"]) == "a"
    assert joined(["a", "b"]) == "a and b"
    assert joined(["a", "b", "c"]) == "a, b and c"
