"""JSON schemas as grammars for llama.cpp (GBNF), so that a model can write nothing else.

What is written is JSON the way `json.dumps` writes it, with the properties in the schema's order:
the next prompt, which holds it once more, then begins like the cache. The grammar is never wider
than what it understands of a schema, and passes over what it does not (formats, `multipleOf`, an
`allOf` of several, patterns with look-around): a call is checked once more before it is used.
"""

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

from edgevoice.engines.gbnf_numbers import Bounds, integers, numbers
from edgevoice.engines.gbnf_text import CHARACTER, alternatives, literal, repeated
from edgevoice.engines.gbnf_text import pattern as grammar_of_pattern

MOST_REPEATED = 500
"""Longer strings and lists are not counted: llama.cpp refuses grammars that repeat much."""

_ANY = "json-any"


class Grammar:
    """Rules, as they are needed; `text` holds all of them."""

    def __init__(self) -> None:
        self._rules = {"json-character": CHARACTER, "json-string": _string("json-character*")}
        self._references: dict[tuple[int, str], str] = {}

    def text(self, name: str, body: str) -> str:
        """All rules, and one more: `name`, which stands for the expression `body`."""
        rules = {name: body, **self._rules}
        return "".join(f"{name} ::= {body}\n" for name, body in rules.items())

    def object_of(self, schema: Mapping[str, Any]) -> str:
        """The expression for objects that fit `schema`, which may define parts of itself. Without
        properties, the object is empty."""
        closed = {"properties": {}, **schema, "type": "object"}
        return self._object(closed, schema)

    def _rule(self, body: str) -> str:
        name = f"json-{len(self._rules)}"
        self._rules[name] = body
        return name

    def _value(self, schema: Any, whole: Any, open_: frozenset[str] = frozenset()) -> str:
        """The expression for values that fit `schema`, which is part of `whole`. `open_`: the
        references that led here without a character in between."""
        match schema:
            case {"$ref": str(place)}:
                return self._reference(place, whole, open_)
            case {"const": value}:
                return literal(_dumps(value))
            case {"enum": [_, *_] as values}:
                return alternatives([literal(_dumps(value)) for value in values])
            case {"anyOf": [_, *_] as ways} | {"oneOf": [_, *_] as ways} | {"allOf": [_] as ways}:
                return alternatives([self._value(way, whole, open_) for way in ways])
            case {"type": [_, *_] as kinds}:
                ways = [{**schema, "type": kind} for kind in kinds]
                return alternatives([self._value(way, whole, open_) for way in ways])
            case {"type": "string"}:
                return self._string(schema)
            case {"type": "integer"}:
                return self._rule(integers(*_whole_bounds(schema)))
            case {"type": "number"}:
                return self._rule(numbers(_whole_bounds(schema), _fraction_bounds(schema)))
            case {"type": "boolean"}:
                return '("true" | "false")'
            case {"type": "null"}:
                return '"null"'
            case {"type": "object"}:
                return self._object(schema, whole)
            case {"type": "array"}:
                return self._array(schema, whole)
            case _:
                return self._any()

    def _reference(self, place: str, whole: Any, open_: frozenset[str]) -> str:
        if place in open_:
            return self._any()  # it leads back to itself; a grammar may not
        known = (id(whole), place)
        if known not in self._references:
            name = self._references[known] = self._rule("")
            self._rules[name] = self._value(_found(place, whole), whole, open_ | {place})
        return self._references[known]

    def _any(self) -> str:
        if _ANY not in self._rules:
            self._rules[_ANY] = ""
            pairs = _listed(f'json-string ": " {_ANY}', 0, None)
            ways = ["json-string", self._rule(numbers()), '"true"', '"false"', '"null"']
            items = _listed(_ANY, 0, None)
            self._rules[_ANY] = alternatives([*ways, f'"{{" {pairs} "}}"', f'"[" {items} "]"'])
        return _ANY

    def _string(self, schema: Mapping[str, Any]) -> str:
        if isinstance(pattern := schema.get("pattern"), str) and (
            expression := grammar_of_pattern(pattern, MOST_REPEATED)
        ):
            return self._rule(_string(expression))
        least, most = _count(schema, "minLength"), _limit(schema, "maxLength")
        if (least, most) == (0, None):
            return "json-string"
        return self._rule(_string(repeated("json-character", least, most)))

    def _array(self, schema: Mapping[str, Any], whole: Any) -> str:
        item = self._value(schema.get("items", True), whole)
        items = _listed(item, _count(schema, "minItems"), _limit(schema, "maxItems"))
        return self._rule(f'"[" {items} "]"')

    def _object(self, schema: Mapping[str, Any], whole: Any) -> str:
        required = {key for key in schema.get("required", ()) if isinstance(key, str)}
        known = schema.get("properties")
        if not isinstance(known, Mapping):
            if not required:
                return self._dictionary(schema, whole)
            known = {}
        properties = {**known, **dict.fromkeys(sorted(required - known.keys()), True)}
        # From the last to the first: what may follow where nothing has been written, or something.
        first, further = "", ""
        for key, part in reversed(properties.items()):
            pair = self._rule(f"{literal(_dumps(key) + ': ')} {self._value(part, whole)}")
            if key in required:
                first = self._rule(f"{pair} {further}".rstrip())
                further = self._rule(f'", " {first}')
            else:
                begun = f"{pair} {further}".rstrip()
                first = self._rule(f"{begun} | {first or literal('')}")
                further = self._rule(f'", " {begun} | {further or literal("")}')
        return self._rule(f'"{{" {first} "}}"')

    def _dictionary(self, schema: Mapping[str, Any], whole: Any) -> str:
        """An object whose keys are free."""
        if (part := schema.get("additionalProperties", True)) is False:
            return literal("{}")
        pair = f'json-string ": " {self._value(part, whole)}'
        pairs = _listed(pair, _count(schema, "minProperties"), _limit(schema, "maxProperties"))
        return self._rule(f'"{{" {pairs} "}}"')


def _string(content: str) -> str:
    return f'"\\"" {content} "\\""'


def _listed(item: str, least: int, most: int | None) -> str:
    """Between `least` and `most` (None: any number) of `item`, with commas between them."""
    if most == 0:
        return literal("")
    more = repeated(f'(", " {item})', max(0, least - 1), None if most is None else most - 1)
    return f"{item} {more}" if least else f"({item} {more})?"


def _found(place: str, whole: Any) -> Any:
    """The part of `whole` that a reference names; anything will do where there is none."""
    part = whole
    for step in place.removeprefix("#").split("/")[1:]:
        key = step.replace("~1", "/").replace("~0", "~")
        part = part.get(key, True) if isinstance(part, Mapping) else True
    return part


def _count(schema: Mapping[str, Any], key: str) -> int:
    count = schema.get(key)
    return min(MOST_REPEATED, max(0, count)) if isinstance(count, int) else 0


def _limit(schema: Mapping[str, Any], key: str) -> int | None:
    limit = schema.get(key)
    return limit if isinstance(limit, int) and 0 <= limit <= MOST_REPEATED else None


def _whole_bounds(schema: Mapping[str, Any]) -> Bounds:
    """The least and the largest whole number that fit."""
    lows = [math.ceil(n) for n in _bounds(schema, "minimum")]
    lows += [math.floor(n) + 1 for n in _bounds(schema, "exclusiveMinimum")]
    highs = [math.floor(n) for n in _bounds(schema, "maximum")]
    highs += [math.ceil(n) - 1 for n in _bounds(schema, "exclusiveMaximum")]
    return max(lows, default=None), min(highs, default=None)


def _fraction_bounds(schema: Mapping[str, Any]) -> Bounds:
    """The whole numbers between which every fraction fits."""
    lows = [*_bounds(schema, "minimum"), *_bounds(schema, "exclusiveMinimum")]
    highs = [*_bounds(schema, "maximum"), *_bounds(schema, "exclusiveMaximum")]
    low = math.ceil(max(lows)) if lows else None
    return low, math.floor(min(highs)) if highs else None


def _bounds(schema: Mapping[str, Any], key: str) -> Sequence[float]:
    match schema.get(key):
        case bool():
            return []
        case int(bound) | float(bound) if math.isfinite(bound):
            return [bound]
        case _:
            return []


def _dumps(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    # Half a character, as a stranger's schema may hold one, cannot be written out.
    return text if text.isprintable() else json.dumps(value)
