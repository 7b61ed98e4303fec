"""Numbers, durations, times and sums, as they are said."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgevoice.skills.amounts import duration, number, spoken
from edgevoice.skills.builtin.arithmetic import work_out
from edgevoice.skills.moments import DAYS, Moment, moment, time_of_day
from edgevoice.skills.sums import expression
from tools.train.chat.number_words import words

NUMBERS = st.integers(0, 999_999)


@given(NUMBERS)
def test_every_number_in_words_is_that_number(n: int) -> None:
    assert number(spoken(words(n))) == n


@given(NUMBERS)
def test_and_with_an_and_behind_the_hundred(n: int) -> None:
    said = words(n)
    for below in (*map(words, range(1, 20)), "twenty", "thirty", "forty", "fifty", "sixty"):
        said = said.replace(f"hundred {below}", f"hundred and {below}")
    assert number(spoken(said)) == n


@given(NUMBERS)
def test_figures_with_and_without_commas(n: int) -> None:
    assert number(spoken(str(n))) == number(spoken(f"{n:,}")) == n


@given(st.integers(0, 999), st.integers(0, 999))
def test_decimals_digit_by_digit(whole: int, decimals: int) -> None:
    digits = " ".join(words(int(digit)) for digit in f"{decimals:03}")
    wanted = Fraction(f"{whole}.{decimals:03}")
    assert number(spoken(f"{words(whole)} point {digits}")) == wanted
    assert number(spoken(f"{whole}.{decimals:03}")) == wanted


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("two and a half", "5/2"),
        ("half", "1/2"),
        ("a quarter", "1/4"),
        ("three quarters", "3/4"),
        ("seven and three quarters", "31/4"),
        ("a hundred", "100"),
        ("minus five", "-5"),
        ("twenty-five", "25"),
        ("3 million", "3000000"),
        ("two thousand and three", "2003"),
    ],
)
def test_numbers(said: str, meant: str) -> None:
    assert number(spoken(said)) == Fraction(meant)


@pytest.mark.parametrize(
    "said", ["", "a", "nineteen eighty four", "two two", "ten and five", "five apples"]
)
def test_no_numbers(said: str) -> None:
    assert number(spoken(said)) is None


def _parts(seconds: int) -> list[str]:
    hours, minutes, rest = seconds // 3600, seconds // 60 % 60, seconds % 60
    units = ((hours, "hour"), (minutes, "minute"), (rest, "second"))
    return [f"{words(n)} {unit}{'s' * (n != 1)}" for n, unit in units if n]


@given(st.integers(1, 86_399))
def test_every_duration_with_and_without_an_and(seconds: int) -> None:
    parts = _parts(seconds)
    assert duration(spoken(" ".join(parts))) == seconds
    assert duration(spoken(" and ".join(parts))) == seconds


@given(st.integers(1, 60))
def test_and_a_half(n: int) -> None:
    assert duration(spoken(f"{words(n)} and a half minutes")) == 60 * n + 30
    assert duration(spoken(f"{words(n)} minutes and a half")) == 60 * n + 30
    assert duration(spoken(f"{n}.5 hours")) == 3600 * n + 1800


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("an hour and a half", 5400),
        ("ninety seconds", 90),
        ("2 and a half minutes", 150),
        ("a quarter of an hour", 900),
        ("half an hour", 1800),
        ("three quarters of an hour", 2700),
        ("a couple of minutes", 120),
        ("an hour and twenty minutes", 4800),
        ("ten-minute", 600),
        ("45mins", 2700),
        ("half a minute", 30),
    ],
)
def test_durations(said: str, seconds: int) -> None:
    assert duration(spoken(said)) == seconds


@pytest.mark.parametrize(
    "said", ["", "five", "minutes", "one minute and two hours", "a third of a second", "0 minutes"]
)
def test_no_durations(said: str) -> None:
    assert duration(spoken(said)) is None


@given(st.integers(0, 23), st.integers(0, 59))
def test_every_time_on_a_clock_of_24_hours(hour: int, minute: int) -> None:
    either = 1 <= hour <= 12  # nobody can know which one
    wanted = f"{hour}:{minute:02} am/pm" if either else f"{hour:02}:{minute:02}"
    assert time_of_day(spoken(f"{hour}:{minute:02}")) == wanted
    said = words(minute) if minute > 9 else f"oh {words(minute)}" if minute else "o'clock"
    assert time_of_day(spoken(f"{words(hour)} {said}")) == wanted
    if hour < 10:
        assert time_of_day(spoken(f"{hour:02}:{minute:02}")) == f"{hour:02}:{minute:02}"
        assert time_of_day(spoken(f"{hour:02}:{minute:02} pm")) == (
            f"{hour + 12 * (hour > 0):02}:{minute:02}"
        )


@given(st.integers(1, 12), st.integers(1, 29), st.sampled_from(["past", "to"]), st.booleans())
def test_every_time_beside_an_hour(hour: int, minutes: int, side: str, evening: bool) -> None:
    part = "pm" if evening else "in the morning"
    said = f"{words(minutes)} minutes {side} {words(hour)} {part}"
    from_midnight = hour * 60 + (minutes if side == "past" else -minutes)
    there = (from_midnight % 720) + 720 * evening
    assert time_of_day(spoken(said)) == f"{there // 60:02}:{there % 60:02}"
    unsaid = time_of_day(spoken(said.removesuffix(part)))
    assert unsaid == f"{there // 60 % 12 or 12}:{there % 60:02} am/pm"


@pytest.mark.parametrize(
    ("said", "time"),
    [
        ("half past seven in the evening", "19:30"),
        ("7:30 pm", "19:30"),
        ("7.30 P.M.", "19:30"),
        ("noon", "12:00"),
        ("midnight", "00:00"),
        ("quarter to eight", "7:45 am/pm"),
        ("a quarter past nine", "9:15 am/pm"),
        ("12 am", "00:00"),
        ("twelve thirty in the afternoon", "12:30"),
        ("eight at night", "20:00"),
        ("3 at night", "03:00"),
        ("half seven", "7:30 am/pm"),
        ("ten to one", "12:50 am/pm"),
        ("five o'clock sharp", "5:00 am/pm"),
        ("730", "7:30 am/pm"),
        ("0730", "07:30"),
        ("1930", "19:30"),
        ("twelve", "12:00 am/pm"),
        ("quarter past noon", "12:15"),
        ("ten to midnight", "23:50"),
        ("five past midnight", "00:05"),
        ("quarter to thirteen", "12:45"),
    ],
)
def test_times(said: str, time: str) -> None:
    assert time_of_day(spoken(said)) == time


@pytest.mark.parametrize("said", ["", "twenty five", "half an hour", "quarter past", "7:75", "of"])
def test_no_times(said: str) -> None:
    assert time_of_day(spoken(said)) is None


@given(st.sampled_from([*DAYS, "today", "tomorrow"]), st.integers(0, 23))
def test_days_before_and_behind_the_time(day: str, hour: int) -> None:
    wanted = Moment(f"{hour}:00 am/pm" if 1 <= hour <= 12 else f"{hour:02}:00", day)
    for on in (day, f"on {day}", f"next {day}"):
        assert moment(spoken(f"{on} at {hour}:00")) == wanted
        assert moment(spoken(f"at {hour}:00 {on}")) == wanted


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("tomorrow morning at eight", Moment("08:00", "tomorrow")),
        ("seven on monday evening", Moment("19:00", "monday")),
        ("tonight at nine", Moment("21:00", "today")),
        ("at six this evening", Moment("18:00", "today")),
        ("tomorrow", Moment("", "tomorrow")),
        ("tomorrow morning", None),
        ("the weekend", None),
    ],
)
def test_moments(said: str, meant: Moment | None) -> None:
    assert moment(spoken(said)) == meant


SIGNS = {"+": "plus", "-": "minus", "*": "times", "/": "divided by"}


@given(st.integers(0, 9999), st.lists(st.tuples(st.sampled_from("+-*/"), st.integers(1, 9999))))
def test_sums_come_to_the_same_in_words_and_in_figures(
    first: int, rest: list[tuple[str, int]]
) -> None:
    figures = " ".join([str(first), *(f"{sign} {n}" for sign, n in rest)])
    said = " ".join([words(first), *(f"{SIGNS[sign]} {words(n)}" for sign, n in rest)])
    assert expression(spoken(said)) == expression(spoken(figures)) == (figures if rest else None)


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("twelve percent of eighty", "48/5"),
        ("half of six", "3"),
        ("18 divided by half of six", "6"),
        ("three quarters of 80", "60"),
        ("the square root of 81", "9"),
        ("three to the power of four", "81"),
        ("minus 3 squared", "9"),
        ("a third plus a half", "5/6"),
        ("the sum of 3 and 4", "7"),
        ("2 * (3 + 4)", "14"),
        ("10% of 50 minus 3", "2"),
    ],
)
def test_sums(said: str, value: str) -> None:
    written = expression(spoken(said))
    assert written is not None
    assert work_out(written).value == Fraction(value)


@pytest.mark.parametrize(
    "said",
    ["", "5", "20 percent", "eight plus", "two apples plus three", "the sum of 3", "((((2 + 2"],
)
def test_no_sums(said: str) -> None:
    assert expression(spoken(said)) is None


@given(st.text())
def test_nothing_that_anybody_writes_breaks_them(text: str) -> None:
    said = spoken(text)
    for read in (number, duration, time_of_day, moment, expression):
        read(said)
    assert spoken(" ".join(said)) == said
