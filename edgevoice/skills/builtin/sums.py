"""A tool that works out sums: exactly, and not by the language model."""

from edgevoice.skills.builtin.arithmetic import SumError, work_out
from edgevoice.skills.number_words import spoken
from edgevoice.skills.tool import Effect, Tool, ToolFailedError, tool


def sum_tools() -> list[Tool]:
    """The calculator."""
    return [calculate]


@tool(effect=Effect.NONE)
def calculate(expression: str) -> str:
    """Work out a sum.

    expression: The sum, as "12 * (3 + 4)" or "15 percent of 80".
    """
    try:
        result = work_out(expression)
    except SumError as error:
        raise ToolFailedError(str(error)) from None
    return f"That is {spoken(result.value, exact=result.exact)}."
