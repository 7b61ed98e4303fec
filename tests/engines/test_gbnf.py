"""What a grammar lets pass fits its schema; llama.cpp itself says what it lets pass."""

import codecs
import ctypes
import json
import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from edgevoice.engines import llama
from edgevoice.engines.gbnf import Grammar
from edgevoice.engines.gbnf_text import pattern
from edgevoice.engines.llama import LlamaChat

pytestmark = pytest.mark.engine

EOG = 258
STEPS = 4_000
relaxed = settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


class Reader:
    """llama.cpp's own reading of a grammar; a token of the tiny model is a byte."""

    def __init__(self, vocab: Any, text: str) -> None:
        self._api, _ = llama._native()
        self._sampler = self._api.llama_sampler_init_grammar(vocab, text.encode(), b"root")
        assert self._sampler, text

    def allowed(self) -> list[int]:
        """The bytes that may follow, and `EOG`."""
        data = (self._api.llama_token_data * 259)(*[(n, 0.0, 0.0) for n in range(259)])
        array = self._api.llama_token_data_array(data, 259, -1, False)
        self._api.llama_sampler_apply(self._sampler, ctypes.byref(array))
        found = [one.id for one in data if one.logit > -np.inf]
        return [n for n in found if n < 256 or n == EOG]

    def accept(self, token: int) -> None:
        self._api.llama_sampler_accept(self._sampler, token)

    def close(self) -> None:
        self._api.llama_sampler_free(self._sampler)


@pytest.fixture(scope="module")
def chat(tmp_path_factory: pytest.TempPathFactory) -> LlamaChat:
    from tests.engines import tiny_gguf

    path = tiny_gguf.write(tmp_path_factory.mktemp("gbnf") / "tiny.gguf")
    return LlamaChat(path, threads=1, context_tokens=256)


@contextmanager
def reading(chat: LlamaChat, schema: Any) -> Iterator[Reader]:
    grammar = Grammar()
    reader = Reader(chat._vocab, grammar.text("root", grammar.object_of(schema)))
    try:
        yield reader
    finally:
        reader.close()


def written(chat: LlamaChat, schema: Any, seed: int) -> Any:
    """Something that the grammar lets pass, by chance; it hurries to its end."""
    chance = random.Random(seed)
    decoder = codecs.getincrementaldecoder("utf-8")()
    said = ""
    with reading(chat, schema) as reader:
        for step in range(STEPS):
            choices = reader.allowed()
            if choices == [EOG]:
                break
            ends = [n for n in choices if n in b'"]}']
            token = chance.choice(ends if ends and chance.random() < 0.3 + step / 500 else choices)
            state = decoder.getstate()
            try:
                said += decoder.decode(bytes([token]))
            except UnicodeDecodeError:  # what `Constraint` takes care of
                decoder.setstate(state)
                continue
            reader.accept(token)
        else:
            assume(False)
    return json.loads(said)


def passes(chat: LlamaChat, schema: Any, value: Any) -> bool:
    with reading(chat, schema) as reader:
        for byte in json.dumps(value, ensure_ascii=False).encode():
            if byte not in reader.allowed():
                return False
            reader.accept(byte)
        return EOG in reader.allowed()


def _numeric(kind: str) -> st.SearchStrategy[dict[str, Any]]:
    def bounded(pair: tuple[int, int], which: int) -> dict[str, Any]:
        low, high = sorted(pair)
        low_key = ("minimum", "exclusiveMinimum")[which & 1]
        bounds = {low_key: low - (which & 1), "maximum": high}
        return {"type": kind} | {k: v for n, (k, v) in enumerate(bounds.items()) if which >> n & 2}

    whole = st.integers(-3000, 3000) | st.integers(-(10**20), 10**20)
    return st.builds(bounded, st.tuples(whole, whole), st.integers(0, 7))


def _text(low: int, more: int, which: int) -> dict[str, Any]:
    bounds = {"minLength": low, "maxLength": low + more}
    return {"type": "string"} | {k: v for n, (k, v) in enumerate(bounds.items()) if which >> n & 1}


PATTERNS = (
    r"^([01]\d|2[0-3]):[0-5]\d$ ^[a-z]+(-[a-z]+)*$ ^\w{2,5}\.(txt|md)$ ^[^a-z]$ ^[\d.]+$ x? "
    r'^"\\[\]"-]{1,3}$ ^\D\S\W$ ^a$|^b{3}$ ^(?:ab){2,}c*?$ ^.$ ^ü[ä-ö]$'
).split(" ")

LEAVES: st.SearchStrategy[dict[str, Any]] = st.one_of(
    st.just({"type": "boolean"}),
    st.just({"type": "null"}),
    st.just({"type": ["integer", "null"]}),
    st.just({}),
    _numeric("integer"),
    _numeric("number"),
    st.builds(_text, st.integers(0, 9), st.integers(0, 9), st.integers(0, 3)),
    st.builds(lambda p: {"type": "string", "pattern": p}, st.sampled_from(PATTERNS)),
    st.builds(
        lambda values: {"enum": values},
        st.lists(st.text(max_size=6) | st.integers() | st.none(), min_size=1, max_size=4),
    ),
    st.builds(lambda value: {"const": value}, st.text(max_size=5)),
    st.just({"type": "object", "additionalProperties": {"type": "integer"}, "maxProperties": 2}),
    st.just({"$ref": "#/$defs/Tree"}),
)
DEFINED = {
    "Tree": {
        "type": "object",
        "properties": {"name": {"type": "string"}, "child": {"$ref": "#/$defs/Tree"}},
        "required": ["name"],
    }
}


def _object(parts: dict[str, Any], wanted: list[bool]) -> dict[str, Any]:
    required = [key for key, yes in zip(parts, wanted, strict=False) if yes]
    schema = {"type": "object", "properties": parts, "required": required}
    return {**schema, "additionalProperties": False}


def _further(inner: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    parts = st.dictionaries(st.text(max_size=5), inner, max_size=4)
    return st.one_of(
        st.builds(_object, parts, st.lists(st.booleans(), max_size=4)),
        st.builds(
            lambda items, low, more: {
                "type": "array",
                "items": items,
                "minItems": low,
                "maxItems": low + more,
            },
            inner,
            st.integers(0, 2),
            st.integers(0, 3),
        ),
        st.builds(lambda ways: {"anyOf": ways}, st.lists(inner, min_size=1, max_size=3)),
    )


SCHEMAS = st.recursive(LEAVES, _further, max_leaves=5)
OBJECTS = st.builds(
    lambda parts, wanted: _object(parts, wanted) | {"$defs": DEFINED},
    st.dictionaries(st.text(max_size=5), SCHEMAS, max_size=4),
    st.lists(st.booleans(), max_size=4),
)


@relaxed
@given(schema=OBJECTS, seed=st.integers(0, 2**32))
def test_what_is_written_fits(chat: LlamaChat, schema: Any, seed: int) -> None:
    jsonschema.validate(written(chat, schema, seed), schema)


@relaxed
@given(low=st.integers(-300, 300), high=st.integers(-300, 300))
def test_whole_numbers_within_bounds_and_no_others(chat: LlamaChat, low: int, high: int) -> None:
    assume(low <= high)
    schema = {
        "properties": {"n": {"type": "integer", "minimum": low, "maximum": high}},
        "required": ["n"],
    }
    for n in {low - 1, low, low + 1, (low + high) // 2, high - 1, high, high + 1, 0, -1}:
        assert passes(chat, schema, {"n": n}) == (low <= n <= high)


@pytest.mark.parametrize(
    ("bounds", "good", "bad"),
    [
        ({}, [0, 1.5, -2.25, -0.5, 10.0, 123456789], [1e30, 1e-9]),
        ({"minimum": 0, "maximum": 1}, [0, 0.5, 1], [1.5, -0.5, 2, -1]),
        ({"minimum": -2, "maximum": -1}, [-2, -1.5, -1], [-2.5, -0.5, 0, 1]),
        ({"exclusiveMinimum": 0}, [0.5, 1, 1.5, 2.0, 77], [0, 0.0, -1, -0.5]),
        ({"maximum": 2.5}, [2, 1.5, -9.5], [3, 2.75]),
        ({"exclusiveMaximum": -1}, [-2, -1.5], [-1, -1.0, -0.5, 0.5]),
    ],
)
def test_numbers_within_bounds(
    chat: LlamaChat, bounds: dict[str, Any], good: list[float], bad: list[float]
) -> None:
    schema = {"properties": {"n": {"type": "number", **bounds}}, "required": ["n"]}
    for n in good:
        assert passes(chat, schema, {"n": n}), n
    for n in bad:
        assert not passes(chat, schema, {"n": n}), n


PLACE = {
    "properties": {
        "name": {"type": "string", "maxLength": 10},
        "kind": {"enum": ["sea", "lake", 3]},
        "deep": {"anyOf": [{"type": "integer"}, {"type": "null"}]},
    },
    "required": ["kind"],
}


@pytest.mark.parametrize(
    "value",
    [
        {"kind": "sea"},
        {"kind": 3, "deep": None},
        {"name": 'See "ö"\n', "kind": "lake", "deep": 250},
        {"name": "日本\\海", "kind": "sea"},
    ],
)
def test_every_way_to_fill_it_in_can_be_written(chat: LlamaChat, value: Any) -> None:
    assert passes(chat, PLACE, value)


@pytest.mark.parametrize(
    "value",
    [
        {},
        {"name": "x"},
        {"kind": "pond"},
        {"kind": "sea", "name": "x"},
        {"kind": "sea", "more": 1},
        {"name": "too long a name", "kind": "sea"},
        {"kind": "sea", "deep": "very"},
        [],
    ],
)
def test_nothing_else_can(chat: LlamaChat, value: Any) -> None:
    assert not passes(chat, PLACE, value)


def test_without_parameters_there_are_no_arguments(chat: LlamaChat) -> None:
    for schema in ({}, {"type": "object"}, {"type": "object", "properties": {}}):
        assert passes(chat, schema, {})
        assert not passes(chat, schema, {"a": 1})


@pytest.mark.parametrize(
    "part",
    [
        {"$ref": "#/$defs/A"},
        {"$ref": "#/$defs/C"},
        {"$ref": "#/$defs/Missing"},
        {"$ref": "https://example.com/schema.json"},
        {"pattern": "(?=x)y", "type": "string"},
        {"pattern": "(a{100}){100}", "type": "string"},
        {"type": "string", "maxLength": 100_000},
        {"type": "string", "minLength": 100_000},
        {"type": "array", "minItems": 5, "maxItems": 1},
        {"type": "integer", "minimum": 5, "maximum": 1},
        {"type": "number", "minimum": 0.2, "maximum": 0.7},
        {"type": "integer", "minimum": float("nan")},
        {"allOf": [{"type": "string"}, {"minLength": 1}]},
        {"type": "tuple"},
        {"enum": []},
        {"const": "\ud800"},
        True,
        7,
    ],
)
def test_schemas_of_strangers_do_no_harm(chat: LlamaChat, part: Any) -> None:
    loop = {"anyOf": [{"$ref": "#/$defs/B"}]}
    defined = {"A": {"$ref": "#/$defs/B"}, "B": {"$ref": "#/$defs/A"}, "C": loop}
    schema = {"properties": {"x": part}, "required": ["x", 5, "y"], "$defs": defined}
    with reading(chat, schema) as reader:
        for byte in b'{"x": ':
            assert byte in reader.allowed()
            reader.accept(byte)
        assert reader.allowed()


@pytest.mark.parametrize(
    ("source", "fine"),
    [("a|", True), ("(a", False), ("a)", False), ("[a", False), ("a{x}", False), ("\\1", False)],
)
def test_patterns_that_are_none(source: str, fine: bool) -> None:
    assert (pattern(source, 100) is not None) == fine


def test_the_grammar_of_many_tools_is_read_quickly(chat: LlamaChat, tmp_path: Path) -> None:
    grammar = Grammar()
    ways = [grammar.object_of(PLACE) for _ in range(60)]
    reader = Reader(chat._vocab, grammar.text("root", " | ".join(ways)))
    assert reader.allowed() == [ord("{")]
    reader.close()
