"""A tool that converts units: exactly, and not by the language model."""

import math
from fractions import Fraction

from edgevoice.skills.builtin.measures import KINDS, Unit, UnlikeError, choose, convert_exactly
from edgevoice.skills.number_words import spoken
from edgevoice.skills.tool import Effect, Tool, ToolFailedError, tool

PLACES = 3
"""Decimals that are said of a result; nobody wants to hear 3.785411784 liters."""


def unit_tools() -> list[Tool]:
    """The converter."""
    return [convert]


@tool(effect=Effect.NONE)
def convert(value: float, from_unit: str, to_unit: str) -> str:
    """Convert an amount from one unit to another: lengths, weights, volumes, temperatures and more.

    value: How many of the first unit.
    from_unit: The unit it is in, as "miles" or "fl oz".
    to_unit: The unit that is wanted.
    """
    if not math.isfinite(value):
        raise ToolFailedError("That is no number that I could convert.")
    try:
        here, there = choose(from_unit, to_unit)
    except KeyError as unknown:
        raise ToolFailedError(f"I do not know the unit {str(unknown.args[0])[:30]}.") from None
    given = Fraction(repr(value))
    try:
        result = convert_exactly(given, here, there)
    except UnlikeError:
        raise ToolFailedError(
            f"I cannot turn {here.many} into {there.many}: "
            f"one is {KINDS[here.kind]}, the other {KINDS[there.kind]}."
        ) from None
    if here.kind == "temperature" and given * here.size + here.zero < 0:
        raise ToolFailedError("Nothing can be as cold as that.")
    return f"{_so_many(given, here)} is {_so_many(result, there)}."


def _so_many(value: Fraction, unit: Unit) -> str:
    words = spoken(value, places=PLACES)
    return f"{words} {unit.one if words in ('1', 'about 1') else unit.many}"
