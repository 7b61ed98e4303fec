"""English times of day and days, as they are said: "quarter to eight tomorrow evening".

A time is told as HH:MM of a day's 24 hours; or, where somebody says "seven" and nobody can know
which one, as a dial shows it: "7:00 am/pm". Whoever knows what time it is can tell.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from edgevoice.skills.amounts import number

DAYS = "monday tuesday wednesday thursday friday saturday sunday".split()

EITHER = "am/pm"
"""What stands behind a time that comes twice a day."""

_NAMED = {
    **dict.fromkeys(("noon", "midday", "twelve noon", "12 noon", "12:00 noon"), 12),
    **dict.fromkeys(("midnight", "twelve midnight", "12 midnight"), 0),
}
_PART = (
    r"(?:(?:in the|this) (?P<part>morning|afternoon|evening)|at (?P<night>night)"
    r"|(?P<half>[ap]) ?m)"
)
_DAY = (
    rf"(?:on )?(?:(?:this|next|coming|the coming) )?(?P<day>today|tomorrow|{'|'.join(DAYS)})"
    r"(?: (?P<when>morning|afternoon|evening|night))?"
    r"|(?P<tonight>tonight)|this (?P<this>morning|afternoon|evening)"
)
_AT = r"(?:(?:at|by|for) )?"
_DAY_FIRST = re.compile(rf"(?:{_DAY})(?: {_AT}(?P<rest>.+))?")
_DAY_LAST = re.compile(rf"(?P<rest>.+?) (?:{_DAY})")
_TIME = re.compile(
    rf"{_AT}(?:about )?(?P<time>.+?)(?: o'clock)?(?: {_PART})?(?: sharp| exactly| o'clock)?"
)
_PAST = re.compile(
    r"(?P<minutes>.+?)(?: minutes?)? (?P<side>past|after|to|till|before|of) (?P<hour>.+)"
)
_DIGITS = re.compile(r"(?P<hour>\d{1,2})[:.]?(?P<minutes>\d\d)")


@dataclass(frozen=True, slots=True)
class Moment:
    """`time`: "HH:MM" or "H:MM am/pm"; empty if only a day was said. `day`: today, tomorrow, a
    weekday; or empty."""

    time: str
    day: str = ""


def moment(words: Sequence[str]) -> Moment | None:
    """The time, the day or both that all of `words` say; None if they say neither."""
    text = " ".join(words)
    for found in (_DAY_FIRST.fullmatch(text), _DAY_LAST.fullmatch(text)):
        if found:
            day = found["day"] or "today"
            part = found["when"] or found["this"] or ("night" if found["tonight"] else "")
            if not found["rest"]:
                return Moment("", day) if found["day"] and not part else None
            time = _clock(found["rest"], part)
            if time:
                return Moment(time, day)
    time = _clock(text, "")
    return Moment(time) if time else None


def time_of_day(words: Sequence[str]) -> str | None:
    """The time that all of `words` say, as HH:MM or H:MM am/pm; None if they say none."""
    return _clock(" ".join(words), "")


def _clock(text: str, part: str) -> str | None:
    """The time in `text`; `part`: the part of the day, if it was said elsewhere."""
    found = _TIME.fullmatch(text)
    if not found:
        return None
    said = found["part"] or found["night"] or found["half"] or part
    read = _read(found["time"])
    if read is None:
        return None
    hour, minutes = read.hour, read.minutes
    if read.dial and said:
        hour = _in_part(hour, said)
    elif read.dial and not found["time"].startswith("0"):
        return f"{hour}:{minutes:02} {EITHER}"
    return f"{hour:02}:{minutes:02}"


def _in_part(hour: int, part: str) -> int:
    """`hour`, 1 to 12, in a part of the day."""
    match part:
        case "a" | "morning":
            return hour % 12
        case "night":  # three at night is before the morning, nine at night after the evening
            return hour % 12 + (12 if hour % 12 >= 6 else 0)
    return hour % 12 + 12


@dataclass(frozen=True, slots=True)
class _Read:
    """Hour and minutes; `dial`: of a dial's twelve hours, not of a day's 24."""

    hour: int
    minutes: int
    dial: bool


def _read(text: str) -> _Read | None:
    if text in _NAMED:
        return _Read(_NAMED[text], 0, False)
    if found := _PAST.fullmatch(text):
        return _beside(found["minutes"], found["side"] in ("past", "after"), found["hour"])
    if found := _DIGITS.fullmatch(text):
        return _valid(int(found["hour"]), int(found["minutes"]))
    words = text.split()
    if words[0] == "half" and len(words) == 2:  # British: half seven is half past seven
        hour = _whole(words[1:])
        return _valid(hour, 30) if hour in range(1, 13) else None
    for cut in range(len(words), 0, -1):
        hour, rest = _whole(words[:cut]), words[cut:]
        if hour is None:
            continue
        if not rest:
            return _valid(hour, 0)
        if rest[0] in ("oh", "o", "zero") and len(rest) == 2:
            minutes = _whole(rest[1:])
            return _valid(hour, minutes) if minutes in range(10) else None
        minutes = _whole(rest)
        if minutes is not None and minutes >= 10:
            return _valid(hour, minutes)
    return None


def _beside(said: str, past: bool, hour_said: str) -> _Read | None:
    """So many minutes before or past an hour."""
    known = {"half": 30, "quarter": 15, "a quarter": 15}
    words = said.split()
    minutes = known[said] if said in known else _whole(words)
    named = hour_said in _NAMED
    hour = _NAMED[hour_said] if named else _whole(hour_said.removesuffix(" o'clock").split())
    if minutes is None or hour is None or not 0 < minutes < 60 or (said == "half" and not past):
        return None
    there = _valid(hour, minutes)
    if there is None:
        return None
    if named:
        there = replace(there, dial=False)
    if past:
        return there
    before = 12 if there.dial and hour == 1 else (hour - 1) % 24
    return replace(there, hour=before, minutes=60 - minutes)


def _whole(words: Sequence[str]) -> int | None:
    value = number(words)
    return int(value) if value is not None and value.denominator == 1 and value >= 0 else None


def _valid(hour: int | None, minutes: int | None) -> _Read | None:
    if hour is None or minutes is None or not (0 <= hour < 24 and 0 <= minutes < 60):
        return None
    return _Read(hour, minutes, 1 <= hour <= 12)
