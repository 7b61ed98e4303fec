"""The tools that are at hand, and whether a call of one makes sense."""

from collections.abc import Iterable
from typing import Any

from pydantic import ValidationError

from edgevoice.dialog.calls import ToolCall, ToolSpec
from edgevoice.errors import ConfigError, one_line
from edgevoice.skills.tool import Tool

LONGEST_PROBLEM = 160
"""Letters. A model is told of it, and tries once more."""

_SHOULD_BE = {
    "bool_parsing": "true or false",
    "bool_type": "true or false",
    "dict_type": "an object",
    "float_parsing": "a number",
    "float_type": "a number",
    "finite_number": "a number",
    "int_from_float": "a whole number",
    "int_parsing": "a whole number",
    "int_parsing_size": "a smaller number",
    "int_type": "a whole number",
    "list_type": "a list",
    "model_type": "an object",
    "set_type": "a list",
    "string_type": "text",
    "tuple_type": "a list",
}


class Toolbox:
    """Tools by their names, in the order in which they came. Safe to be added to from any thread:
    whoever looks sees all the tools that were added together, or none of them."""

    def __init__(self, tools: Iterable[Tool] = ()) -> None:
        """Raises `ConfigError` as `add` does."""
        self._tools: dict[str, Tool] = {}
        self.add(tools)

    def add(self, tools: Iterable[Tool]) -> None:
        """Put `tools` after the others. Raises `ConfigError` where two are called alike."""
        together = dict(self._tools)
        for tool in tools:
            if there := together.get(tool.name):
                raise ConfigError(
                    f"two tools are called {tool.name} ({there.source} and {tool.source})",
                    "Give one of them another name, or leave it out.",
                )
            together[tool.name] = tool
        self._tools = together

    @property
    def tools(self) -> tuple[Tool, ...]:
        """All of them."""
        return tuple(self._tools.values())

    @property
    def specs(self) -> tuple[ToolSpec, ...]:
        """What a model must know of them."""
        return tuple(tool.spec for tool in self._tools.values())

    def get(self, name: str) -> Tool | None:
        """The tool of that name."""
        return self._tools.get(name)

    def check(self, call: ToolCall) -> dict[str, Any] | str:
        """The arguments of `call` as the tool wants them, those included that were left out; or, in
        a short line for the model, what is wrong with it."""
        tool = self._tools.get(call.name)
        if tool is None:
            return _short(f"there is no tool called {call.name}")
        try:
            return dict(tool.arguments.model_validate(dict(call.arguments)))
        except ValidationError as error:
            return _short(_problem(error, tool))


def _problem(error: ValidationError, tool: Tool) -> str:
    """The first thing that is wrong."""
    first = error.errors(include_url=False, include_input=False)[0]
    kind, place = first["type"], ".".join(str(part) for part in first["loc"])
    if kind == "extra_forbidden":
        known = ", ".join(tool.spec.parameters.get("properties", ()))
        return f"{place}: there is no such argument; {f'known: {known}' if known else 'leave it'}"
    if kind == "missing":
        return f"{place}: is missing"
    if kind in _SHOULD_BE:
        return f"{place}: should be {_SHOULD_BE[kind]}"
    words = first["msg"].removeprefix("Value error, ").replace("Input should be", "should be")
    return f"{place}: {words}" if place else words


def _short(text: str) -> str:
    line = one_line(text)
    return line if len(line) <= LONGEST_PROBLEM else f"{line[: LONGEST_PROBLEM - 1]}…"
