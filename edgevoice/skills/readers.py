"""What the words in a wildcard of a sentence template mean: the arguments of a tool, or nothing.

A reader is given the words and the units that are known; it answers the arguments, or None where
the words make no sense: then the sentence did not mean the tool.
"""

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from edgevoice.skills.amounts import duration, duration_at, number, number_at
from edgevoice.skills.moments import moment, time_of_day
from edgevoice.skills.sums import expression

Words = Sequence[str]
Units = Mapping[tuple[str, ...], str]
Arguments = dict[str, Any]
Reader = Callable[[Words, str, Units], Arguments | None]
"""Of words, under the name of the argument; some know better names."""


def _duration(words: Words, name: str, units: Units) -> Arguments | None:
    return _one(name, duration(words))


def _number(words: Words, name: str, units: Units) -> Arguments | None:
    value = number(words)
    return None if value is None else {name: _figure(value)}


def _percent(words: Words, name: str, units: Units) -> Arguments | None:
    ends = 2 if tuple(words[-2:]) == ("per", "cent") else int(words[-1:] == ["percent"])
    value = number(words[: len(words) - ends])
    whole = value is not None and value.denominator == 1 and 0 <= value <= 100
    return {name: int(value)} if value is not None and whole else None


def _clock(words: Words, name: str, units: Units) -> Arguments | None:
    return _one(name, time_of_day(words))


def _moment(words: Words, name: str, units: Units) -> Arguments | None:
    found = _when(words, name, units)
    return found if found and "time" in found else None


def _when(words: Words, name: str, units: Units) -> Arguments | None:
    seconds = None
    if words and words[0] in ("in", "after"):
        seconds = duration(words[1:])
    elif tuple(words[-2:]) == ("from", "now"):
        seconds = duration(words[:-2])
    if seconds is not None:
        return {"seconds": seconds}
    found = moment(words)
    if not found:
        return None
    parts = {"time": found.time, "day": found.day}
    return {key: value for key, value in parts.items() if value}


def _sum(words: Words, name: str, units: Units) -> Arguments | None:
    return _one(name, expression(words))


def _quantity(words: Words, name: str, units: Units) -> Arguments | None:
    value, end = number_at(words, 0)
    unit = units.get(tuple(words[end + (tuple(words[end : end + 1]) == ("of",)) :]))
    if value is None or unit is None:
        return None
    return {"value": _figure(value), "from_unit": unit}


def _timed(words: Words, name: str, units: Units) -> Arguments | None:
    seconds, end = duration_at(words, 0)
    if seconds is None or len(words) - end > 3:
        return None
    label = " ".join(words[end:])
    return {"seconds": seconds, "label": label} if label else {"seconds": seconds}


def _errand(words: Words, name: str, units: Units) -> Arguments | None:
    """The longest end of the words that is a time; the rest is what is to be done."""
    for cut in range(1, len(words)):
        if when := _when(words[cut:], name, units):
            return {"text": " ".join(words[:cut]), **when}
    return {"text": " ".join(words)}


def _dated(words: Words, name: str, units: Units) -> Arguments | None:
    read = _errand(words, name, units)
    return read if read and len(read) > 1 else None


def _one(name: str, value: object) -> Arguments | None:
    return None if value is None else {name: value}


def _figure(value: Fraction) -> int | float:
    return int(value) if value.denominator == 1 else float(value)


READERS: Mapping[str, Reader] = {
    "duration": _duration,
    "number": _number,
    "percent": _percent,
    "clock": _clock,
    "moment": _moment,
    "when": _when,
    "sum": _sum,
    "quantity": _quantity,
    "timed": _timed,
    "errand": _errand,
    "dated": _dated,
}
"""By the names of the lists that they read."""
