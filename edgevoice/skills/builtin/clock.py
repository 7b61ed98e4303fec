"""What time it is, and which day."""

from collections.abc import Callable
from datetime import datetime

from edgevoice.skills.schedule import local_now
from edgevoice.skills.spoken_time import date_words, time_words
from edgevoice.skills.tool import Effect, Tool, tool


def clock_tools(now: Callable[[], datetime] = local_now) -> list[Tool]:
    """`now`: what the clock on the wall shows."""

    @tool(effect=Effect.NONE)
    async def current_time() -> str:
        """What time it is now."""
        return f"It's {time_words(now())}."

    @tool(effect=Effect.NONE)
    async def current_date() -> str:
        """Which day it is today: weekday, month, day and year."""
        return f"It's {date_words(now())}."

    return [current_time, current_date]
