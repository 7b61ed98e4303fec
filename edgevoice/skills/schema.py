"""JSON schemas, made plain: a small model, and a grammar made for it, follow no references.

{"$ref": "#/$defs/Way"}                              the definition itself, in its place
{"anyOf": [{"type": "integer"}, {"type": "null"}],   {"type": "integer"}: who means null
 "default": None}                                    leaves it out
{"title": "Seconds", "type": "integer"}              {"type": "integer"}
"""

from collections.abc import Mapping
from typing import Any

MOST_PARTS = 2_000
"""A few definitions that name each other can stand for more parts than any memory holds."""

_NAMED = frozenset({"properties", "patternProperties", "dependentSchemas"})
"""Under these stand schemas by names of the author's: none of the names is a keyword."""
_VALUES = frozenset({"default", "const", "enum", "examples", "required"})
"""Under these stand values, and no schemas."""
_NEEDLESS = frozenset({"title", "$defs", "definitions", "$schema", "$id", "$comment"})


def plain(schema: Mapping[str, Any]) -> dict[str, Any]:
    """`schema` with its references in place and without what tells a model nothing.

    Raises `ValueError`, in a few words, where a definition is missing, contains itself, or the
    whole would be too long.
    """
    made: dict[str, Any] = _Plain(schema).of(schema, ())
    return made


class _Plain:
    """Walks through one schema."""

    def __init__(self, whole: Mapping[str, Any]) -> None:
        self._whole = whole
        self._parts = 0

    def of(self, schema: Any, within: tuple[str, ...]) -> Any:
        """`schema`, a part of the whole that stands `within` these definitions."""
        self._parts += 1
        if self._parts > MOST_PARTS:
            raise ValueError("its schema is too long")
        if isinstance(schema, list):
            return [self.of(part, within) for part in schema]
        if not isinstance(schema, Mapping):
            return schema  # true, false, or a keyword's number or word
        if "$ref" in schema:
            return self._referred(schema, within)
        made = {key: self._under(key, part, within) for key, part in schema.items()}
        return _without_null({key: made[key] for key in made if key not in _NEEDLESS})

    def _under(self, key: str, part: Any, within: tuple[str, ...]) -> Any:
        if key in _VALUES or key in _NEEDLESS:
            return part
        if key in _NAMED and isinstance(part, Mapping):
            return {name: self.of(each, within) for name, each in part.items()}
        return self.of(part, within)

    def _referred(self, schema: Mapping[str, Any], within: tuple[str, ...]) -> Any:
        """The definition that `schema` refers to; what stands beside the reference is added."""
        place = schema["$ref"]
        if place in within:
            raise ValueError("its schema contains itself")
        found: Any = self._whole
        first, *path = str(place).split("/")
        for step in path:
            key = step.replace("~1", "/").replace("~0", "~")
            found = found.get(key) if isinstance(found, Mapping) else None
        if first != "#" or not isinstance(found, Mapping):
            raise ValueError("its schema refers to something that is not in it")
        beside = {key: part for key, part in schema.items() if key != "$ref"}
        return self.of({**found, **beside}, (*within, str(place)))


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """What may be left out is simply left out, instead of being null."""
    if schema.get("default", ...) is not None:
        return schema
    ways = [way for way in schema.get("anyOf", ()) if way != {"type": "null"}]
    rest = {key: part for key, part in schema.items() if key not in ("default", "anyOf")}
    if len(ways) == 1:
        return {**ways[0], **rest}
    return {**rest, "anyOf": ways} if ways else rest
