"""Whether a call is the right one: the same tool, and arguments that mean the same."""

import ast
import math
import operator
import re
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from edgevoice.dialog.calls import ToolCall
from edgevoice.skills.amounts import spoken

_LEFT_OUT = {"list": "shopping", "label": "", "day": "", "time": "", "text": "", "about": ""}
"""What an argument means that is not there."""

_UNHEARD = frozenset("a an the my our your to that some".split())
"""Words that make no difference at the beginning of somebody's words."""

_SAME_UNIT = {"metre": "meter", "litre": "liter", "feet": "foot", "inche": "inch", "lb": "pound"}

_WORK: Mapping[type[ast.operator], Callable[[Fraction, Fraction], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}


def right(wanted: ToolCall | None, called: ToolCall | None) -> bool:
    """Whether `called` does what was `wanted`; None: nothing."""
    if wanted is None or called is None:
        return wanted is called
    return wanted.name == called.name and _meaning(wanted) == _meaning(called)


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
        return worked_out(str(value))
    if isinstance(value, int | float) and not isinstance(value, bool):
        return Fraction(str(value))
    if name in ("from_unit", "to_unit"):
        return _unit(str(value))
    if isinstance(value, str) and name != "time":
        words = spoken(value)
        while words and words[0] in _UNHEARD:
            words = words[1:]
        return " ".join(words)
    return value


def _unit(name: str) -> str:
    words = [word for word in spoken(name) if word not in ("degree", "degrees")]
    one = " ".join(words).removesuffix("s")
    for said, same in _SAME_UNIT.items():
        one = one.replace(said, same)
    return one


def worked_out(expression: str) -> Fraction | None:
    """What `expression` comes to; None if it cannot be worked out, or not exactly."""
    text = re.sub(r"%\s*(of\b)?", lambda found: "/100" + ("*" if found[1] else ""), expression)
    try:
        return _evaluated(ast.parse(text.replace("^", "**").strip(), mode="eval").body)
    except (SyntaxError, ValueError, ArithmeticError, RecursionError):
        return None


def _evaluated(node: ast.expr) -> Fraction:
    match node:
        case ast.Constant(value=int() | float() as figure):
            return Fraction(str(figure))
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            return -_evaluated(inner)
        case ast.BinOp(left=left, op=sign, right=right_side) if type(sign) in _WORK:
            one, other = _evaluated(left), _evaluated(right_side)
            if isinstance(sign, ast.Pow) and not (other.denominator == 1 and abs(other) <= 64):
                raise ValueError("too high a power")
            return Fraction(_WORK[type(sign)](one, other))
        case ast.Call(func=ast.Name(id="sqrt"), args=[inner]):
            value = _evaluated(inner)
            root = Fraction(math.isqrt(value.numerator), math.isqrt(value.denominator))
            if root * root != value:
                raise ValueError("no exact root")
            return root
    raise ValueError("not a sum")
