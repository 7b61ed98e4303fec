"""Whether a call is the right one: the same tool, and arguments that mean the same."""

from datetime import time
from fractions import Fraction
from typing import Any

from edgevoice.dialog.calls import ToolCall
from edgevoice.skills.amounts import spoken
from edgevoice.skills.builtin.arithmetic import SumError, work_out
from edgevoice.skills.schedule import clock_times
from edgevoice.skills.tool import ToolFailedError

_LEFT_OUT = {"list": "shopping", "label": "", "day": "", "time": "", "text": "", "about": ""}
"""What an argument means that is not there."""

_UNHEARD = frozenset("a an the my our your to that some".split())
"""Words that make no difference at the beginning of somebody's words."""

_SAME_UNIT = {"metre": "meter", "litre": "liter", "feet": "foot", "inche": "inch", "lb": "pound"}


def right(wanted: ToolCall | None, called: ToolCall | None) -> bool:
    """Whether `called` does what was `wanted`; None: nothing."""
    if wanted is None or called is None:
        return wanted is called
    meant, done = _meaning(wanted), _meaning(called)
    if "time" in done and done["time"] <= meant.get("time", frozenset()):
        done["time"] = meant["time"]  # nobody said whether am or pm: either is right
    return wanted.name == called.name and meant == done


def _meaning(call: ToolCall) -> dict[str, Any]:
    """The arguments as they are compared: without those that are what their default is."""
    found = {name: _value(name, value) for name, value in call.arguments.items()}
    return {
        name: value
        for name, value in found.items()
        if value not in (None, 0) and value != _value(name, _LEFT_OUT.get(name))
    }


def _value(name: str, value: Any) -> Any:
    if name == "expression":
        return _worked_out(str(value))
    if isinstance(value, int | float) and not isinstance(value, bool):
        return Fraction(str(value))
    if name in ("from_unit", "to_unit"):
        return _unit(str(value))
    if name == "time" and value:
        return _times(str(value))
    if isinstance(value, str):
        words = spoken(value)
        while words and words[0] in _UNHEARD:
            words = words[1:]
        return " ".join(words)
    return value


def _times(value: str) -> frozenset[time | str]:
    """The times that `value` may mean; itself if it is none."""
    try:
        return frozenset(clock_times(value))
    except ToolFailedError:
        return frozenset([value])


def _unit(name: str) -> str:
    words = [word for word in spoken(name) if word not in ("degree", "degrees")]
    one = " ".join(words).removesuffix("s")
    for said, same in _SAME_UNIT.items():
        one = one.replace(said, same)
    return one


def _worked_out(expression: str) -> Fraction | str:
    """What `expression` comes to; itself if it cannot be worked out."""
    try:
        return work_out(expression).value
    except SumError:
        return expression
