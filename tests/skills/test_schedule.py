"""When something is due, whatever the clocks do."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgevoice.privacy.lifetime import Moment
from edgevoice.skills.schedule import (
    After,
    At,
    Entry,
    Kind,
    Now,
    clock_times,
    found,
    label_of,
    local_now,
    reminder_of,
    ring_time,
)
from edgevoice.skills.spoken_time import DAYS
from edgevoice.skills.tool import ToolFailedError

BERLIN = ZoneInfo("Europe/Berlin")
SPRING, AUTUMN = datetime(2026, 3, 29, 2, 30), datetime(2026, 10, 25, 2, 30)
"""Local times of Berlin that do not exist, and that come twice."""

walls = st.floats(0, 4e9)
ups = st.floats(0, 1e8)
locals_ = st.datetimes(datetime(1975, 1, 1), datetime(2900, 1, 1))
clocks = st.times().map(lambda at: f"{at:%H:%M}")


def at(wall: float = 0.0, up: float = 0.0, boot: str = "a") -> Now:
    return Now(Moment(wall=wall, boot=boot, up=up), BERLIN)


# --- timers


@given(st.integers(1, 86_400), ups, st.floats(0, 1e5), walls, walls)
def test_a_timer_runs_for_real_time_whatever_becomes_of_the_date(
    seconds: int, up: float, passed: float, before: float, after: float
) -> None:
    timer = After(seconds, at(before, up).moment)
    assert timer.left(at(after, up + passed)) == pytest.approx(seconds - passed, abs=1e-6)


@given(st.integers(1, 86_400), walls, st.floats(0, 1e6), ups, st.floats(0, 1e5))
def test_across_a_restart_of_the_machine_the_date_tells_how_long_it_was_off(
    seconds: int, wall: float, passed: float, before: float, up: float
) -> None:
    timer = After(seconds, at(wall, before, "a").moment)
    left = timer.left(at(wall + passed, up, "b"))
    assert left == pytest.approx(seconds - max(passed, up), abs=1e-5)


@given(st.integers(1, 86_400), walls, walls, ups)
def test_no_wrong_date_makes_a_timer_run_for_longer(
    seconds: int, before: float, after: float, up: float
) -> None:
    timer = After(seconds, at(before, 5, "a").moment)
    assert timer.left(at(after, up, "b")) <= seconds - up


def test_where_a_start_has_no_name_the_count_going_back_tells_of_another() -> None:
    timer = After(600, at(1_000, 500, "").moment)
    assert timer.left(at(1_100, 30, "")) == 500


# --- the clock on the wall


@given(locals_)
def test_an_alarm_rings_when_the_clock_shows_it(when: datetime) -> None:
    when = when.replace(second=0, microsecond=0, fold=0)
    epoch = when.replace(tzinfo=BERLIN).timestamp()
    alarm = At(when)

    assert alarm.left(at(epoch - 1)) == 1
    assert alarm.left(at(epoch)) == 0
    shown = at(epoch).local
    assert shown.replace(fold=0) == when or shown - when == timedelta(hours=1)  # it was skipped


def test_a_time_that_is_skipped_in_spring_comes_an_hour_later() -> None:
    alarm = At(SPRING)
    three = datetime(2026, 3, 29, 3, 0, tzinfo=BERLIN).timestamp()
    assert alarm.left(at(three)) == 1_800
    assert at(three + 1_800).local == datetime(2026, 3, 29, 3, 30)


def test_of_a_time_that_comes_twice_in_autumn_the_first_counts() -> None:
    first = AUTUMN.replace(tzinfo=BERLIN, fold=0).timestamp()
    second = AUTUMN.replace(tzinfo=BERLIN, fold=1).timestamp()
    assert second - first == 3_600
    assert At(AUTUMN).left(at(first)) == 0


@given(walls, st.floats(-1e5, 1e5))
def test_an_alarm_follows_a_clock_that_is_set(wall: float, jump: float) -> None:
    alarm = At(datetime(2026, 6, 1, 7, 0))
    assert alarm.left(at(wall + jump)) == pytest.approx(alarm.left(at(wall)) - jump, abs=1e-5)


def test_without_a_zone_it_is_the_machines() -> None:
    assert abs((local_now() - Now(at(local_now().timestamp()).moment).local).total_seconds()) < 60
    noon = datetime(2026, 6, 1, 12)
    assert At(noon).left(Now(Moment(wall=noon.timestamp(), boot="", up=0))) == 0


@given(st.datetimes(datetime(2020, 1, 1), datetime(2090, 1, 1)), walls)
def test_an_alarm_is_told_to_the_minute_whatever_the_second_is_now(
    when: datetime, wall: float
) -> None:
    when = when.replace(hour=12, second=0, microsecond=0, fold=0)  # never skipped
    assert Entry("1", Kind.ALARM, At(when)).ends(at(wall)) == when


def test_when_it_ends_is_told_by_the_clock_of_then() -> None:
    before = datetime(2026, 3, 29, 1, 59, tzinfo=BERLIN).timestamp()
    timer = Entry("1", Kind.TIMER, After(120, at(before).moment))
    assert timer.ends(at(before)) == datetime(2026, 3, 29, 3, 1)


# --- what a person says


@given(clocks, locals_)
def test_the_next_time_is_within_a_day(clock: str, now: datetime) -> None:
    rings = ring_time(clock, "", now)
    assert timedelta(0) < rings - now <= timedelta(days=1)
    assert f"{rings:%H:%M}" == clock


@given(clocks, st.sampled_from(DAYS), locals_)
def test_a_weekday_is_the_next_one(clock: str, day: str, now: datetime) -> None:
    rings = ring_time(clock, day.lower(), now)
    assert timedelta(0) < rings - now <= timedelta(days=7)
    assert DAYS[rings.weekday()] == day and f"{rings:%H:%M}" == clock


@given(clocks, locals_)
def test_tomorrow_is_the_next_day_and_today_is_not_over(clock: str, now: datetime) -> None:
    assert ring_time(clock, "Tomorrow", now).date() == now.date() + timedelta(days=1)
    try:
        rings = ring_time(clock, "today", now)
    except ToolFailedError as error:
        assert f"{now:%H:%M}" >= clock and "already" in str(error)
    else:
        assert rings > now and rings.date() == now.date()


dials = st.builds("{}:{:02} am/pm".format, st.integers(1, 12), st.integers(0, 59))


def shown(moment: datetime) -> str:
    """What a clock of twelve hours shows."""
    return f"{moment.hour % 12 or 12}:{moment:%M} am/pm"


@given(dials, locals_, st.sampled_from([5, 7]))
def test_without_am_or_pm_it_is_the_next_time_that_a_dial_shows_it(
    dial: str, now: datetime, morning: int
) -> None:
    rings = ring_time(dial, "", now, morning)
    assert timedelta(0) < rings - now <= timedelta(hours=12)
    assert shown(rings) == dial


@given(dials, st.sampled_from([*DAYS, "tomorrow"]), locals_, st.sampled_from([5, 7]))
def test_without_am_or_pm_another_day_begins_in_the_morning(
    dial: str, day: str, now: datetime, morning: int
) -> None:
    rings = ring_time(dial, day, now, morning)
    exact = ring_time(f"{rings:%H:%M}", day, now)
    assert rings == exact and shown(rings) == dial
    assert morning <= rings.hour < morning + 12


@given(dials, locals_)
def test_without_am_or_pm_today_is_not_over(dial: str, now: datetime) -> None:
    try:
        rings = ring_time(dial, "today", now)
    except ToolFailedError as error:
        late = max(datetime.combine(now.date(), each) for each in clock_times(dial))
        assert late <= now and "PM already" in str(error).replace("noon", "12 PM")
    else:
        assert rings == ring_time(dial, "", now) and rings.date() == now.date()


@given(st.integers(0, 23), st.integers(0, 59), dials)
def test_a_time_that_is_said_whole_is_one_and_a_dials_are_two(
    hour: int, minute: int, dial: str
) -> None:
    assert clock_times(f"{hour:02}:{minute:02}") == (time(hour, minute),)
    early, late = clock_times(dial)
    assert late.hour - early.hour == 12 and early.minute == late.minute
    assert shown(datetime.combine(date(2026, 1, 1), early)) == dial


@pytest.mark.parametrize(
    "text",
    [
        "25:00",
        "7:60",
        "7",
        "",
        "seven",
        "24:00",
        "-1:00",
        "١٢:٣٠",
        "24:00 am/pm",
        "0:00 am/pm",
        "7:00 am",
    ],
)
def test_what_is_no_time_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(ToolFailedError, match="between 0:00 and 23:59"):
        clock_times(text)


def test_what_is_no_day_is_refused_in_a_sentence() -> None:
    with pytest.raises(ToolFailedError, match="day of the week"):
        ring_time("7:00", "someday", datetime(2026, 1, 1))


@pytest.mark.parametrize(
    ("said", "label"),
    [
        ("", ""), ("timer", ""), ("pasta", "pasta"), ("the pasta timer", "pasta"),
        ("my egg timer.", "egg"), ("timer for the tea", "tea"), (" big \n roast ", "big roast"),
        ("thermometer", "thermometer"),
    ],
)  # fmt: skip
def test_a_label_is_what_tells_a_timer_from_others(said: str, label: str) -> None:
    assert label_of(said) == label


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("to take my pills", "take your pills"),
        ("take your pills.", "take your pills"),
        ("that I am late", "you are late"),
        ("Call Mum for me", "Call Mum for you"),
        ("about the mime in Miami", "the mime in Miami"),
        ("I’ll be at my sister's", "you'll be at your sister's"),
    ],
)
def test_a_reminder_speaks_to_the_person(said: str, words: str) -> None:
    assert reminder_of(said) == words


def test_one_is_found_by_its_words_or_its_span() -> None:
    pasta = Entry("1", Kind.TIMER, After(600, at().moment), "pasta")
    plain = Entry("2", Kind.TIMER, After(300, at().moment))
    both = [pasta, plain]
    assert found(both, "") == both
    assert found(both, "the Pasta timer") == [pasta]
    assert found(both, "five minute") == [plain]
    assert found(both, "5 minutes") == [plain]
    assert found(both, "tea") == []
