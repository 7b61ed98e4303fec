"""What a GGUF file says of its model's shape, and how much its key-value cache takes by that.

The format is llama.cpp's, version 2 and 3: magic, version, counts, then typed metadata.
"""

import struct
from pathlib import Path
from typing import IO, Any

FLOAT16 = 2
"""Bytes of a number in the cache."""

LONGEST = 1 << 20
"""Bytes of a text; longer ones are a damaged file."""

_SIZES = {0: "B", 1: "b", 2: "<H", 3: "<h", 4: "<I", 5: "<i", 6: "<f", 7: "?", 10: "<Q", 11: "<q"}
_SIZES[12] = "<d"
_TEXT, _ARRAY = 8, 9


def cache_bytes(path: Path, tokens: int) -> int:
    """Bytes of a cache of `tokens` tokens for the model in `path`, by an estimate.

    Models that look back on a part of the conversation only, or on a summary of it, take less.
    0 where the file does not tell: whoever loads it will say more.
    """
    try:
        if not path.is_file():  # a pipe, say, which one would wait for
            return 0
        with path.open("rb") as file:
            shape = _shape(file)
        layers, width = shape["block_count"], shape["embedding_length"]
        heads = shape["attention.head_count"]
        together = shape.get("attention.head_count_kv", heads)
        key = shape.get("attention.key_length", width // heads)
        value = shape.get("attention.value_length", width // heads)
    except (OSError, ValueError, KeyError, ArithmeticError, struct.error):
        return 0
    return max(0, tokens * layers * together * (key + value) * FLOAT16)


def _shape(file: IO[bytes]) -> dict[str, int]:
    """Whole numbers of the metadata, without the name of the architecture before them. Writers put
    them before the vocabulary, where we stop: that is long."""
    magic, version = struct.unpack("<4sI", file.read(8))
    if magic != b"GGUF" or version not in (2, 3):
        raise ValueError("no GGUF file of a version that we know")
    _, count = struct.unpack("<QQ", file.read(16))
    shape: dict[str, int] = {}
    for _ in range(count):
        name = _text(file)
        if name.startswith("tokenizer."):
            break
        value = _value(file, _number(file, "<I"))
        if isinstance(value, int):
            shape[name.partition(".")[2]] = value
    return shape


def _value(file: IO[bytes], kind: int) -> Any:
    """A value; of an array its largest number, as where layers differ."""
    if kind == _TEXT:
        return _text(file)
    if kind != _ARRAY:
        return _number(file, _SIZES[kind])
    items, count = _number(file, "<I"), _number(file, "<Q")
    if count > LONGEST:
        raise ValueError("an array without end")
    values = [_value(file, items) for _ in range(count)]
    return max(values, default=None) if items in _SIZES else None


def _number(file: IO[bytes], kind: str) -> int:
    size = struct.calcsize(kind)
    value: int = struct.unpack(kind, file.read(size))[0]
    return value


def _text(file: IO[bytes]) -> str:
    size = _number(file, "<Q")
    if size > LONGEST:
        raise ValueError("a text without end")
    return file.read(size).decode("utf-8", "replace")
