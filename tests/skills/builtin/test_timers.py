"""Timers, alarms and reminders: what is done, what is said, and what is refused."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from edgevoice.privacy.lifetime import Moment
from edgevoice.skills.builtin.timers import timer_tools
from edgevoice.skills.ringing import MOST, Ringer
from edgevoice.skills.schedule import Kind
from edgevoice.skills.tool import Effect, Tool, ToolFailedError
from edgevoice.testing import run_virtual

UTC = ZoneInfo("UTC")
START = datetime(2026, 11, 21, 7, 0, tzinfo=UTC).timestamp()  # a Saturday
LOOKS = {"timer_status", "list_alarms", "list_reminders"}


async def answer(tool: Tool, arguments: Mapping[str, Any]) -> str:
    return (await tool.run(arguments, "key")).say


@dataclass
class Kitchen:
    """Where somebody uses the tools."""

    up: float = 0.0
    ringer: Ringer = field(init=False)

    def __post_init__(self) -> None:
        def moment() -> Moment:
            return Moment(wall=START + self.up, boot="a", up=self.up)

        self.ringer = Ringer(None, moment, UTC)
        self.tools = {tool.name: tool for tool in timer_tools(self.ringer)}

    def __call__(self, name: str, **arguments: Any) -> str:
        tool = self.tools[name]
        checked = tool.arguments(**arguments).model_dump()
        return run_virtual(answer(tool, checked))

    def refuses(self, name: str, **arguments: Any) -> str:
        before = [self.ringer.pending(kind) for kind in Kind]
        with pytest.raises(ToolFailedError) as error:
            self(name, **arguments)
        assert before == [self.ringer.pending(kind) for kind in Kind]
        return str(error.value)

    def rings(self) -> None:
        assert self.ringer.due()
        self.ringer.said(True)


@pytest.fixture
def use() -> Kitchen:
    return Kitchen()


def test_they_are_called_as_the_model_was_taught(use: Kitchen) -> None:
    assert list(use.tools) == [
        "set_timer", "cancel_timer", "timer_status", "set_alarm", "cancel_alarm", "list_alarms",
        "set_reminder", "list_reminders", "cancel_reminder",
    ]  # fmt: skip
    for name, tool in use.tools.items():
        assert tool.effect is (Effect.NONE if name in LOOKS else Effect.ACTS)
        for about in tool.spec.parameters["properties"].values():
            assert about["description"]


# --- timers


def test_a_timer_is_set_looked_at_and_cancelled(use: Kitchen) -> None:
    assert use("set_timer", seconds=330) == "Timer set for 5 minutes and 30 seconds."
    use.up += 30
    left = "Your timer of 5 minutes and 30 seconds has 5 minutes left."
    assert use("timer_status") == left
    assert use("cancel_timer") == "Your timer of 5 minutes and 30 seconds is off."
    assert use("timer_status") == "There is no timer."
    assert use.refuses("cancel_timer") == "There is no timer."


def test_with_several_a_person_says_which(use: Kitchen) -> None:
    assert use("set_timer", seconds=600, label="pasta timer") == "Pasta timer set for 10 minutes."
    use("set_timer", seconds=300)
    use("set_timer", seconds=60)
    assert use.refuses("cancel_timer") == (
        "Which one? There is your timer of 1 minute, your timer of 5 minutes and your pasta timer."
    )
    assert use.refuses("cancel_timer", label="tea").startswith("There is no such timer. There is ")
    assert use("cancel_timer", label="five minutes") == "Your timer of 5 minutes is off."
    assert use("cancel_timer", label="the pasta timer") == "Your pasta timer is off."
    assert use("timer_status") == "Your timer of 1 minute has 1 minute left."


def test_the_status_tells_of_every_one_or_of_the_one_asked_for(use: Kitchen) -> None:
    use("set_timer", seconds=600, label="pasta")
    use("set_timer", seconds=7_201)
    assert use("timer_status", label="pasta") == "Your pasta timer has 10 minutes left."
    every = (
        "There are 2 timers. Your pasta timer has 10 minutes left. "
        "Your timer of 2 hours and 1 second has 2 hours and 1 minute left."
    )
    assert use("timer_status") == every
    assert use("timer_status", label="tea") == every


def test_of_two_alike_the_first_to_end_goes_and_all_go_together(use: Kitchen) -> None:
    use("set_timer", seconds=300)
    use.up += 10
    use("set_timer", seconds=300)
    use("cancel_timer")
    assert use("timer_status") == "Your timer of 5 minutes has 5 minutes left."
    use("set_timer", seconds=30)
    assert use("cancel_timer", label="all") == "All 2 timers are off."
    assert use.refuses("cancel_timer", label="all") == "There is no timer."


def test_a_timer_can_be_turned_off_just_after_it_was_answered(use: Kitchen) -> None:
    use("set_timer", seconds=5, label="tea")
    use("set_timer", seconds=600, label="egg")
    use.up += 6
    use.rings()
    use.ringer.answered()  # by the same words
    assert use("cancel_timer") == "Your tea timer is off."
    assert use("cancel_timer", label="tea") == "Your tea timer is off."
    assert use("timer_status") == "Your egg timer has 9 minutes and 54 seconds left."
    assert use("cancel_timer", label="egg") == "Your egg timer is off."
    use.up += 20
    assert use.refuses("cancel_timer") == "There is no timer."


def test_whoever_asks_is_told_what_was_missed(use: Kitchen) -> None:
    use("set_timer", seconds=60, label="tea")
    use.up += 61
    assert use("timer_status") == "Your tea timer is done."
    for _ in range(30):
        if use.ringer.due():
            use.ringer.said(True)
        use.up += 20
    missed = "There is no timer. Your tea timer ended at 7:01 AM."
    assert use("timer_status") == missed
    assert use("timer_status") == missed  # looking changes nothing: it may be a draft


@pytest.mark.parametrize(
    ("seconds", "why"),
    [
        (0, "A timer needs at least one second."),
        (-5, "A timer needs at least one second."),
        (86_401, "A timer can run for 24 hours at most."),
    ],
)
def test_an_impossible_timer_is_refused(use: Kitchen, seconds: int, why: str) -> None:
    assert use.refuses("set_timer", seconds=seconds) == why


def test_too_many_timers_are_refused(use: Kitchen) -> None:
    for seconds in range(1, MOST + 1):
        use("set_timer", seconds=seconds)
    assert use.refuses("set_timer", seconds=99) == (
        "There are 20 timers already. Cancel one first."
    )


# --- alarms


def test_an_alarm_is_set_listed_and_cancelled(use: Kitchen) -> None:
    assert use("list_alarms") == "There is no alarm."
    assert use("set_alarm", time="06:30") == "The alarm will ring tomorrow at 6:30 AM."
    assert use("list_alarms") == "There is one alarm, tomorrow at 6:30 AM."
    assert use("set_alarm", time="08:00", day="Monday") == "The alarm will ring on Monday at 8 AM."
    assert use("list_alarms") == ("There are 2 alarms: tomorrow at 6:30 AM and on Monday at 8 AM.")
    assert use.refuses("cancel_alarm") == (
        "Which one? There is your alarm tomorrow at 6:30 AM and your alarm on Monday at 8 AM."
    )
    assert use.refuses("cancel_alarm", time="09:00").startswith("There is no such alarm.")
    assert use("cancel_alarm", time="08:00") == "Your alarm on Monday at 8 AM is off."
    assert use("cancel_alarm") == "Your alarm tomorrow at 6:30 AM is off."


def test_the_same_alarm_is_not_set_twice(use: Kitchen) -> None:
    use("set_alarm", time="08:00")
    assert use("set_alarm", time="8:00", day="today") == (
        "That alarm was set already. It will ring at 8 AM."
    )
    assert len(use.ringer.pending(Kind.ALARM)) == 1


def test_an_impossible_alarm_is_refused(use: Kitchen) -> None:
    assert use.refuses("set_alarm", time="25:00") == "I need a time between 0:00 and 23:59."
    assert use.refuses("set_alarm", time="06:00", day="today") == "It is after 6 AM already."
    assert use.refuses("cancel_alarm") == "There is no alarm."
    with pytest.raises(ValueError, match="day"):  # for the model, not for the person
        use("set_alarm", time="06:00", day="someday")


@pytest.mark.parametrize(
    ("time", "day", "when"),  # it is Saturday, 7 AM
    [
        ("4:00 am/pm", "", "at 4 PM"),
        ("6:30 am/pm", "", "at 6:30 PM"),
        ("7:00 am/pm", "", "at 7 PM"),
        ("04:00", "", "tomorrow at 4 AM"),
        ("12:00 am/pm", "tomorrow", "tomorrow at noon"),
        ("4:45 am/pm", "tomorrow", "tomorrow at 4:45 PM"),
        ("5:00 am/pm", "tomorrow", "tomorrow at 5 AM"),
        ("11:00 am/pm", "friday", "on Friday at 11 AM"),
    ],
)
def test_where_nobody_says_am_or_pm_it_is_told(
    use: Kitchen, time: str, day: str, when: str
) -> None:
    assert use("set_alarm", time=time, day=day) == f"The alarm will ring {when}."


def test_tomorrow_at_six_one_is_woken_in_the_morning_and_reminded_in_the_evening(
    use: Kitchen,
) -> None:
    six = {"time": "6:00 am/pm", "day": "tomorrow"}
    assert use("set_alarm", **six) == "The alarm will ring tomorrow at 6 AM."
    assert use("set_reminder", text="eat", **six) == "I will remind you tomorrow at 6 PM."


def test_the_alarm_at_seven_may_be_either_one(use: Kitchen) -> None:
    use("set_alarm", time="19:00")
    assert use.refuses("cancel_alarm", time="8:00 am/pm").startswith("There is no such alarm.")
    assert use("cancel_alarm", time="7:00 am/pm") == "Your alarm at 7 PM is off."
    for time, day in (("19:00", ""), ("07:00", "tomorrow"), ("07:00", "friday")):
        use("set_alarm", time=time, day=day)
    assert use.refuses("cancel_alarm", time="7:00 am/pm").startswith("Which one?")
    assert use("cancel_alarm", time="07:00") == "Your alarm tomorrow at 7 AM is off."


# --- reminders


def test_a_reminder_is_set_by_a_time_or_a_span(use: Kitchen) -> None:
    assert use("set_reminder", text="to take my pills", time="20:00") == (
        "I will remind you at 8 PM."
    )
    assert use("set_reminder", text="call Mum", seconds=600) == "I will remind you in 10 minutes."
    assert use("list_reminders") == (
        "There are 2 reminders. At 7:10 AM: call Mum. At 8 PM: take your pills."
    )
    assert use.refuses("cancel_reminder") == (
        "Which one? There is your reminder at 7:10 AM: call Mum "
        "and your reminder at 8 PM: take your pills."
    )
    assert use("cancel_reminder", text="take my pills") == (
        "Your reminder at 8 PM is off: take your pills."
    )
    assert use("list_reminders") == "There is one reminder, at 7:10 AM: call Mum."


def test_an_impossible_reminder_is_refused(use: Kitchen) -> None:
    assert use.refuses("set_reminder", text=" ", seconds=5) == "What shall I remind you of?"
    assert use.refuses("set_reminder", text="x") == "When shall I remind you?"
    assert use.refuses("set_reminder", text="x", seconds=10**8).endswith("31 days at most.")
    assert use.refuses("set_reminder", text="x", time="noon").startswith("I need a time")
    assert use.refuses("cancel_reminder", text="x") == "There is no reminder."
