"""Schemas without references."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from edgevoice.skills.schema import MOST_PARTS, plain

INTEGER = {"type": "integer"}


def test_references_are_put_in_place_and_what_stands_beside_them_stays() -> None:
    schema = {
        "type": "object",
        "properties": {
            "a": {"$ref": "#/$defs/A", "description": "mine"},
            "b": {"items": {"$ref": "#/$defs/B~1~0"}},
        },
        "$defs": {
            "A": {"title": "A", "description": "theirs", "$ref": "#/$defs/B~1~0"},
            "B/~": {"title": "B", **INTEGER},
        },
    }
    assert plain(schema) == {
        "type": "object",
        "properties": {"a": {**INTEGER, "description": "mine"}, "b": {"items": INTEGER}},
    }


def test_names_and_values_are_no_keywords() -> None:
    schema = {
        "properties": {"title": INTEGER, "$ref": INTEGER, "default": INTEGER, "anyOf": INTEGER},
        "required": ["title"],
        "default": {"title": "x", "$ref": "y"},
        "enum": [{"title": "x"}],
    }
    assert plain(schema) == schema


@pytest.mark.parametrize(
    ("schema", "problem"),
    [
        ({"$ref": "#/$defs/A"}, "refers to something that is not in it"),
        ({"$ref": "https://example.com/schema"}, "refers to something that is not in it"),
        ({"$ref": 5}, "refers to something that is not in it"),
        ({"$ref": "#/type", "type": "object"}, "refers to something that is not in it"),
        ({"$ref": "#"}, "contains itself"),
        ({"items": {"$ref": "#"}}, "contains itself"),
        (
            {"$ref": "#/$defs/A", "$defs": {"A": {"items": {"$ref": "#/$defs/A"}}}},
            "contains itself",
        ),
    ],
)
def test_what_cannot_be_made_plain(schema: dict[str, Any], problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        plain(schema)


def test_a_few_definitions_that_stand_for_very_many_parts() -> None:
    definitions: dict[str, Any] = {"0": INTEGER}
    for n in range(60):
        definitions[str(n + 1)] = {"anyOf": [{"$ref": f"#/$defs/{n}"}] * 2}
    with pytest.raises(ValueError, match="too long"):
        plain({"$ref": "#/$defs/60", "$defs": definitions})
    with pytest.raises(ValueError, match="too long"):
        plain({"anyOf": [{"const": n} for n in range(MOST_PARTS)]})


KINDS = st.sampled_from([{"type": "integer"}, {"type": "string"}, {"type": "boolean"}])
SCHEMAS = st.recursive(
    KINDS | st.builds(lambda n: {"$ref": f"#/$defs/{n}"}, st.integers(0, 2)),
    lambda inner: (
        st.builds(lambda one: {"type": "array", "items": one, "title": "T"}, inner)
        | st.builds(lambda one, two: {"anyOf": [one, two]}, inner, inner)
        | st.builds(lambda one: {"type": "object", "properties": {"title": one}}, inner)
    ),
    max_leaves=6,
)
VALUES = st.recursive(
    st.integers() | st.text(max_size=3) | st.booleans() | st.none(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.just("title"), inner, max_size=1)
    ),
    max_leaves=5,
)


@given(SCHEMAS, st.lists(KINDS, min_size=3, max_size=3), VALUES)
def test_it_means_what_it_meant(schema: dict[str, Any], kinds: list[Any], value: Any) -> None:
    whole = {**schema, "$defs": {str(n): kind for n, kind in enumerate(kinds)}}
    made = plain(whole)
    assert "$" not in str(made)
    assert Draft202012Validator(made).is_valid(value) == Draft202012Validator(whole).is_valid(value)
