"""The tools at hand, and calls that make no sense."""

from enum import Enum
from typing import Annotated, Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field

from edgevoice.dialog.calls import ToolCall
from edgevoice.errors import ConfigError
from edgevoice.skills.tool import Tool, tool
from edgevoice.skills.toolbox import LONGEST_PROBLEM, Toolbox


class Colour(Enum):
    RED = "red"
    BLUE = "blue"


@tool
def set_timer(seconds: Annotated[int, Field(ge=1)], label: str = "") -> str:
    """Sets a timer."""
    return ""


@tool
def light(on: bool, way: Literal["up", "down"] = "up", colour: Colour = Colour.RED,
          level: float = 1, rooms: list[str] = []) -> str:  # noqa: B006  # fmt: skip
    """Switches."""
    return ""


@tool
def stop() -> str:
    """Stops."""
    return ""


BOX = Toolbox([set_timer, light, stop])


def test_tools_are_found_by_name_and_told_in_order() -> None:
    assert BOX.get("light") is light and BOX.get("dark") is None
    assert BOX.tools == (set_timer, light, stop)
    assert BOX.specs == (set_timer.spec, light.spec, stop.spec)
    assert Toolbox().specs == ()


def test_two_of_one_name_are_refused_and_nothing_is_added() -> None:
    box = Toolbox([stop])
    with pytest.raises(ConfigError, match=r"two tools are called stop \(built in and built in\)"):
        box.add([light, stop])
    assert [tool.name for tool in box.tools] == ["stop"]
    box.add([light])
    assert [tool.name for tool in box.tools] == ["stop", "light"]


def test_checked_arguments_are_of_the_tools_types_and_complete() -> None:
    assert BOX.check(ToolCall("set_timer", {"seconds": 5})) == {"seconds": 5, "label": ""}
    assert BOX.check(ToolCall("stop", {})) == {}
    given_ = {"on": "yes", "way": "down", "colour": "blue", "rooms": ["den"]}
    assert BOX.check(ToolCall("light", given_)) == {
        "on": True,
        "way": "down",
        "colour": Colour.BLUE,
        "level": 1,
        "rooms": ["den"],
    }


def test_numbers_in_quotes_are_numbers() -> None:
    assert BOX.check(ToolCall("set_timer", {"seconds": "90"})) == {"seconds": 90, "label": ""}


@pytest.mark.parametrize(
    ("name", "arguments", "problem"),
    [
        ("sing", {}, "there is no tool called sing"),
        ("set_timer", {}, "seconds: is missing"),
        ("set_timer", {"seconds": "five"}, "seconds: should be a whole number"),
        ("set_timer", {"seconds": 1.5}, "seconds: should be a whole number"),
        ("set_timer", {"seconds": None}, "seconds: should be a whole number"),
        ("set_timer", {"seconds": 0}, "seconds: should be greater than or equal to 1"),
        ("set_timer", {"seconds": 1, "label": 7}, "label: should be text"),
        (
            "set_timer",
            {"seconds": 1, "name": "tea"},
            "name: there is no such argument; known: seconds, label",
        ),
        ("stop", {"now": True}, "now: there is no such argument; leave it"),
        ("light", {"on": "maybe"}, "on: should be true or false"),
        ("light", {"on": True, "way": "left"}, "way: should be 'up' or 'down'"),
        ("light", {"on": True, "colour": "green"}, "colour: should be 'red' or 'blue'"),
        ("light", {"on": True, "level": "much"}, "level: should be a number"),
        ("light", {"on": True, "rooms": "den"}, "rooms: should be a list"),
        ("light", {"on": True, "rooms": ["den", 1]}, "rooms.1: should be text"),
    ],
)
def test_problems_are_told_to_the_model(name: str, arguments: Any, problem: str) -> None:
    assert BOX.check(ToolCall(name, arguments)) == problem


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
NAMES = st.sampled_from(["on", "seconds", "way", "colour", "rooms", "label"]) | st.text()


@given(
    st.sampled_from(["set_timer", "light", "stop"]) | st.text(),
    st.dictionaries(NAMES, JSON, max_size=4),
)
def test_whatever_a_model_comes_up_with(name: str, arguments: dict[str, Any]) -> None:
    checked = BOX.check(ToolCall(name, arguments))
    if isinstance(checked, str):
        assert 0 < len(checked) <= LONGEST_PROBLEM
        assert len(checked.splitlines()) == 1
    else:
        found = BOX.get(name)
        assert isinstance(found, Tool)
        assert checked.keys() == found.spec.parameters["properties"].keys()
