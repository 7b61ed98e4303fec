"""Times as a person says them: "7:30 AM", "5 minutes and 30 seconds", "tomorrow at noon"."""

import math
from datetime import date, datetime, time

from edgevoice.skills.phrasing import joined

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip

_UNITS = ((86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second"))


def duration_words(seconds: int) -> str:
    """So many seconds (0 or more), exactly."""
    return joined(_parts(seconds) or ["0 seconds"])


def rough_words(seconds: float) -> str:
    """So many seconds, in the two largest units that say something: "2 days and 3 hours"."""
    minutes = int(max(0.0, seconds)) // 60
    return joined(_parts(60 * minutes)[:2]) if minutes else "less than a minute"


def _parts(seconds: int) -> list[str]:
    """Days, hours, minutes and seconds, as far as there are any."""
    parts = []
    for size, unit in _UNITS:
        count, seconds = divmod(seconds, size)
        if count:
            parts.append(f"{count} {unit}" if count == 1 else f"{count} {unit}s")
    return parts


def left_words(seconds: float) -> str:
    """So many seconds that are left, rounded up: to whole ones, or minutes where it is an hour."""
    step = 60 if seconds >= 3_600 else 1
    return duration_words(max(1, math.ceil(seconds / step)) * step)


def time_words(moment: time | datetime) -> str:
    """A time of day."""
    hour, minute = moment.hour, moment.minute
    if not minute and hour % 12 == 0:
        return "noon" if hour else "midnight"
    half = "AM" if hour < 12 else "PM"
    return f"{(hour - 1) % 12 + 1}{f':{minute:02}' if minute else ''} {half}"


def date_words(day: date) -> str:
    """A day, with everything that is to be said of it."""
    return f"{DAYS[day.weekday()]}, {MONTHS[day.month - 1]} {day.day}, {day.year}"


def when_words(at: datetime, now: datetime) -> str:
    """A time of day and, unless it is today's, the day, as one says it `now`."""
    days = (at.date() - now.date()).days
    if days == 0:
        day = ""
    elif abs(days) == 1:
        day = "tomorrow " if days > 0 else "yesterday "
    elif abs(days) < 7:
        day = f"on {DAYS[at.weekday()]} "
    else:
        year = f", {at.year}," if at.year != now.year else ""
        day = f"on {MONTHS[at.month - 1]} {at.day}{year} "
    return f"{day}at {time_words(at)}"
