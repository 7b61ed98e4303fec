"""What a model is told of a function, and what becomes of what the function answers."""

import asyncio
import contextvars
import dataclasses
import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, Field

from edgevoice.dialog.calls import Outcome
from edgevoice.skills.tool import Effect, Tool, ToolFailedError, tool


class Way(Enum):
    UP = "up"
    DOWN = "down"


class Place(BaseModel):
    """Where something is."""

    title: str
    floor: int = 0


class Knot(BaseModel):
    """Contains itself."""

    inside: "list[Knot]" = []


def used(a_tool: Tool, **arguments: Any) -> Outcome:
    return asyncio.run(asyncio.wait_for(a_tool.run(arguments, "key"), 10))


def parameter(annotation: Any, default: Any = ...) -> dict[str, Any]:
    """What a model is told of a parameter of that type."""

    def does(it: Any) -> None:
        """Does."""

    does.__annotations__["it"] = annotation
    if default is not ...:
        does.__defaults__ = (default,)
    parameters = tool(does).spec.parameters
    assert parameters.get("required", []) == (["it"] if default is ... else [])
    told: dict[str, Any] = parameters["properties"]["it"]
    return told


# --- what the model is told


def test_a_function_is_told_of_by_its_name_its_docstring_and_its_types() -> None:
    @tool
    def tide(place: str, days: int = 1) -> str:
        """When the next
        high tide is.

        More, which only people read: this.

        place: A harbour.
        """
        return place * days

    assert tide.name == tide.spec.name == "tide"
    assert tide.spec.description == "When the next high tide is."
    assert tide.spec.parameters == {
        "type": "object",
        "properties": {
            "place": {"type": "string", "description": "A harbour."},
            "days": {"type": "integer", "default": 1},
        },
        "required": ["place"],
        "additionalProperties": False,
    }
    assert (tide.effect, tide.tries, tide.lasts) == (Effect.ACTS, 1, True), (
        "no thread can be stopped"
    )
    assert tide.trusted and tide.source == "built in"


def test_a_function_without_parameters() -> None:
    @tool(effect=Effect.NONE, timeout_s=1, tries=2, lasts=True, name="now")
    def current_time() -> str:
        """The time."""
        return "Noon."

    assert current_time.spec.parameters == {
        "type": "object",
        "properties": {},
        "additionalProperties": False,
    }
    assert (current_time.name, current_time.effect) == ("now", Effect.NONE)
    assert (current_time.timeout_s, current_time.tries, current_time.lasts) == (1, 2, True)


@pytest.mark.parametrize(
    ("annotation", "default", "told"),
    [
        (int, ..., {"type": "integer"}),
        (float, 0.5, {"type": "number", "default": 0.5}),
        (bool, False, {"type": "boolean", "default": False}),
        (Literal["up", "down"], ..., {"type": "string", "enum": ["up", "down"]}),
        (Literal["up"], ..., {"type": "string", "const": "up"}),
        (Way, ..., {"type": "string", "enum": ["up", "down"]}),
        (Way, Way.UP, {"type": "string", "enum": ["up", "down"], "default": "up"}),
        (list[int], ..., {"type": "array", "items": {"type": "integer"}}),
        (list[Way], [], {"type": "array", "items": {"type": "string", "enum": ["up", "down"]},
                         "default": []}),
        (int | None, None, {"type": "integer"}),
        (int | None, ..., {"anyOf": [{"type": "integer"}, {"type": "null"}]}),
        (int | str | None, None, {"anyOf": [{"type": "integer"}, {"type": "string"}]}),
        (Way | None, None, {"type": "string", "enum": ["up", "down"]}),
        (Annotated[int, Field(ge=0, le=100)], ..., {"type": "integer", "minimum": 0,
                                                    "maximum": 100}),
        (Annotated[str, Field(min_length=1, description="Text.")], "x",
         {"type": "string", "minLength": 1, "default": "x", "description": "Text."}),
        (dict[str, int], ..., {"type": "object", "additionalProperties": {"type": "integer"}}),
        (date, ..., {"type": "string", "format": "date"}),
        (Place, ..., {"type": "object", "description": "Where something is.",
                      "properties": {"title": {"type": "string"},
                                     "floor": {"type": "integer", "default": 0}},
                      "required": ["title"]}),
    ],
)  # fmt: skip
def test_types(annotation: Any, default: Any, told: dict[str, Any]) -> None:
    assert parameter(annotation, default) == told


def test_nothing_is_left_that_a_small_model_could_stumble_over() -> None:
    @tool
    def move(what: list[Place], way: Way, back: Place | None = None, title: str = "") -> str:
        """Moves."""
        return ""

    text = json.dumps(move.spec.parameters)
    assert "$" not in text and "null" not in text
    assert '"title": {' in text and '"title": "' not in text  # the parameter, not pydantic's name


def test_the_docstring_in_other_styles() -> None:
    @tool
    def google(place: str, days: int) -> str:
        """When the next high tide is.

        Args:
            place: A harbour,
                or a beach.
            days: How many

        Returns:
            place: not this one.
        """
        return ""

    @tool
    def sphinx(place: str, days: int) -> str:
        """When the next high tide is.
        :param place: A harbour.
        :param days: How many
        :returns: the time
        """
        return ""

    properties = google.spec.parameters["properties"]
    assert properties["days"]["description"] == "How many"
    assert google.spec.description == sphinx.spec.description == "When the next high tide is."
    assert sphinx.spec.parameters["properties"]["place"]["description"] == "A harbour."


def test_words_of_a_parameter_may_take_several_lines() -> None:
    @tool
    def google(place: str) -> str:
        """When the next high tide is.

        place: A harbour,
            or a beach:
            any.
        This belongs to nothing.
        """
        return ""

    assert google.spec.parameters["properties"]["place"]["description"] == (
        "A harbour, or a beach: any."
    )


def test_the_idempotency_key_is_given_and_not_told() -> None:
    @tool
    def order(what: str, idempotency_key: str) -> str:
        """Orders."""
        return f"{what} {idempotency_key}"

    assert list(order.spec.parameters["properties"]) == ["what"]
    assert used(order, what="tea") == Outcome(True, say="tea key")


# --- what is asked


def test_a_dangerous_tool_asks_first() -> None:
    @tool(effect=Effect.DANGEROUS, question="Clear the list {name}?")
    def clear(name: str) -> None:
        """Clears {everything}."""

    @tool(effect=Effect.DANGEROUS)
    def wipe() -> None:
        """Clears {everything}."""

    assert clear.question.format(name="shopping") == "Clear the list shopping?"
    assert wipe.question.format() == "Shall I really do this: Clears {everything}?"


def test_so_do_others_after_they_were_told_to_by_strangers() -> None:
    @tool
    def look() -> None:
        """Looks at {everything}."""

    assert look.question.format() == "Shall I really do this: Looks at {everything}?"


# --- what cannot be told


def no_docstring(place: str) -> None: ...


def no_type(place) -> None:  # type: ignore[no-untyped-def]
    """Does."""


def several(*places: str) -> None:
    """Does."""


def anything(**places: str) -> None:
    """Does."""


def by_place(place: str, /) -> None:
    """Does."""


def hidden(_place: str) -> None:
    """Does."""


def shadow(copy: int) -> None:
    """Does."""


def knotted(knot: Knot) -> None:
    """Does."""


def strange(thing: "NoSuchType") -> None:  # type: ignore[name-defined]  # noqa: F821
    """Does."""


def no_json(thing: contextvars.Context) -> None:
    """Does."""


def yielding(place: str) -> Iterator[str]:
    """Does."""
    yield place


@pytest.mark.parametrize(
    ("function", "cause"),
    [
        (no_docstring, "it has no docstring"),
        (no_type, "its parameter place has no type"),
        (several, "its parameter places has to be one that is given by name"),
        (anything, "its parameter places has to be one that is given by name"),
        (by_place, "its parameter place has to be one that is given by name"),
        (hidden, "its parameter cannot be called _place"),
        (shadow, "its parameter cannot be called copy"),
        (knotted, "its schema contains itself"),
        (strange, "'NoSuchType' is not defined"),
        (no_json, "Unable to generate pydantic-core schema"),
        (yielding, "it yields"),
    ],
)
def test_what_cannot_be_a_tool_is_refused_in_one_line(function: Any, cause: str) -> None:
    with pytest.raises(TypeError) as error:
        tool(function)
    assert str(error.value).startswith(f"the tool {function.__name__}: ")
    assert cause in str(error.value) and "\n" not in str(error.value)


@pytest.mark.parametrize("name", ["no way", "wäre", "1st", "a-b", "x" * 65])
def test_names_that_a_language_model_would_not_take(name: str) -> None:
    def does() -> None:
        """Does."""

    with pytest.raises(TypeError, match="is no name for a tool"):
        tool(name=name)(does)


def test_a_question_that_names_no_parameter() -> None:
    with pytest.raises(TypeError, match="its question names 'lst'"):

        @tool(effect=Effect.DANGEROUS, question="Clear {lst}?")
        def clear(list: str) -> None:
            """Clears."""


# --- what it answers


@dataclasses.dataclass
class Weather:
    degrees: Decimal
    on: date


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        ("At noon.", Outcome(True, say="At noon.")),
        ("", Outcome(True, "done")),
        (None, Outcome(True, "done")),
        (0, Outcome(True, 0)),
        (False, Outcome(True, False)),
        ([1, Way.UP], Outcome(True, [1, "up"])),
        (Place(title="den"), Outcome(True, {"title": "den", "floor": 0})),
        (Weather(Decimal("1.5"), date(2026, 1, 2)),
         Outcome(True, {"degrees": "1.5", "on": "2026-01-02"})),
        (Outcome(False, "no"), Outcome(False, "no")),
    ],
)  # fmt: skip
def test_answers(answer: Any, outcome: Outcome) -> None:
    def plain() -> Any:
        """Answers."""
        return answer

    async def slow() -> Any:
        """Answers."""
        await asyncio.sleep(0)
        return answer

    assert used(tool(plain)) == used(tool(slow)) == outcome


def test_an_answer_that_json_does_not_have_is_told_as_text() -> None:
    class Thing:
        def __str__(self) -> str:
            return "a thing"

    @tool
    def thing() -> Any:
        """Answers."""
        return {"it": Thing()}

    assert used(thing) == Outcome(True, {"it": "a thing"})


@pytest.mark.parametrize("error", [ToolFailedError("It is locked."), LookupError("x"), SystemExit])
def test_what_it_raises_comes_out(error: Any) -> None:
    @tool
    def door() -> str:
        """Opens."""
        raise error

    with pytest.raises(error if isinstance(error, type) else type(error)):
        used(door)


@given(st.dictionaries(st.sampled_from("abc"), st.integers(), min_size=3))
def test_arguments_arrive_as_they_are(arguments: dict[str, int]) -> None:
    @tool
    async def add(a: int, b: int, *, c: int) -> dict[str, int]:
        """Adds."""
        return {"a": a, "b": b, "c": c}

    assert used(add, **dict(add.arguments.model_validate(arguments))).data == arguments
