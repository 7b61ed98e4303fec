"""What time it is, and which day."""

from datetime import datetime

from edgevoice.skills.builtin.clock import clock_tools
from edgevoice.skills.tool import Effect, Tool
from edgevoice.testing import run_virtual


async def answers(tools: list[Tool]) -> dict[str, str]:
    return {tool.name: (await tool.run({}, "")).say for tool in tools}


def test_time_and_date_are_told_as_a_person_does() -> None:
    tools = clock_tools(lambda: datetime(2026, 11, 21, 7, 30))
    assert run_virtual(answers(tools)) == {
        "current_time": "It's 7:30 AM.",
        "current_date": "It's Saturday, November 21, 2026.",
    }
    assert all(tool.effect is Effect.NONE for tool in tools)


def test_by_default_the_machine_tells() -> None:
    for said in run_virtual(answers(clock_tools())).values():
        assert said.startswith("It's ")
