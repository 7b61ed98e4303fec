"""Writes GGUF files tensor by tensor, so that a file may be larger than what memory holds of it.

The format is llama.cpp's, version 3: magic, counts, typed metadata, one line of description per
tensor, then the tensors' data, aligned. Three of its quantised types are here, for matrices of
random numbers and for single rows that must hold what they are given.
"""

import math
import struct
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Packed = NDArray[np.uint8]
Value = bool | int | float | str | Sequence[str] | Sequence[int]

_ALIGNMENT = 32
_UINT32, _FLOAT32, _BOOL, _STRING, _ARRAY, _INT32 = 4, 6, 7, 8, 9, 5


class Tensor(NamedTuple):
    """Name, shape (rows first, as numpy has it), llama.cpp's type number, size, and its maker."""

    name: str
    shape: tuple[int, ...]
    kind: int
    size: int
    make: Callable[[], NDArray[np.generic]]


class Quantisation(NamedTuple):
    """One of llama.cpp's block types.

    `pack(scale, steps)` packs whole blocks, steps [blocks, weights], each to be read as
    scale · step, with one scale per block, shape [blocks]. Steps lie in ±`most`: the types have one
    more below, but a mean other than 0, small as it is, would add up over a thousand inputs.
    """

    kind: int
    weights: int
    block_bytes: int
    most: int
    pack: Callable[[Floats, NDArray[np.int8]], Packed]

    def row_bytes(self, width: int) -> int:
        """Bytes of a row of `width` weights."""
        return width // self.weights * self.block_bytes

    def random(self, generator: np.random.Generator, rows: int, width: int, std: float) -> Packed:
        """Random rows of mean 0 and standard deviation `std`, shape [rows, bytes]."""
        spread = math.sqrt(((2 * self.most + 1) ** 2 - 1) / 12)
        made = np.empty((rows, self.row_bytes(width)), np.uint8)
        step = max(1, 2**24 // width)  # rows at a time: some tens of megabytes
        for top in range(0, rows, step):
            count = min(step, rows - top)
            blocks = count * width // self.weights
            steps = generator.integers(
                -self.most, self.most, (blocks, self.weights), np.int8, endpoint=True
            )
            scale = np.full(blocks, std / spread, np.float32)
            made[top : top + count] = self.pack(scale, steps).reshape(count, -1)
        return made

    def quantised(self, rows: Floats) -> Packed:
        """`rows`, shape [rows, width], rounded to the type: [rows, bytes]."""
        blocks = rows.reshape(-1, self.weights)
        peak = np.maximum(np.abs(blocks).max(1), 1e-12)
        scale = (peak / self.most).astype(np.float32)
        steps = np.rint(blocks / scale[:, None]).astype(np.int8)
        return self.pack(scale, steps).reshape(len(rows), -1)


def _half(scale: Floats) -> Packed:
    return scale.astype("<f2")[:, None].view(np.uint8)


def _pack_q4_0(scale: Floats, steps: NDArray[np.int8]) -> Packed:
    nibbles = (steps + 8).astype(np.uint8)
    return np.concatenate([_half(scale), nibbles[:, :16] | nibbles[:, 16:] << 4], 1)


def _pack_q8_0(scale: Floats, steps: NDArray[np.int8]) -> Packed:
    return np.concatenate([_half(scale), steps.view(np.uint8)], 1)


def _pack_q6_k(scale: Floats, steps: NDArray[np.int8]) -> Packed:
    """Low four bits, high two bits, then a factor of 1 for each group of sixteen, and the scale."""
    bits = (steps + 32).astype(np.uint8).reshape(-1, 2, 4, 32)
    a, b, c, d = (bits[:, :, quarter] for quarter in range(4))
    low = np.concatenate([a & 15 | (c & 15) << 4, b & 15 | (d & 15) << 4], 2)
    high = a >> 4 | b >> 4 << 2 | c >> 4 << 4 | d >> 4 << 6
    count = len(steps)
    ones = np.ones((count, 16), np.uint8)
    return np.concatenate([low.reshape(count, 128), high.reshape(count, 64), ones, _half(scale)], 1)


Q4_0 = Quantisation(2, 32, 18, 7, _pack_q4_0)
Q8_0 = Quantisation(8, 32, 34, 127, _pack_q8_0)
Q6_K = Quantisation(14, 256, 210, 31, _pack_q6_k)


def floats(name: str, values: Floats) -> Tensor:
    """An unquantised tensor."""
    return Tensor(name, values.shape, 0, values.nbytes, lambda: values)


def matrix(
    name: str, shape: tuple[int, int], kind: Quantisation, make: Callable[[], Packed]
) -> Tensor:
    """A tensor of type `kind` whose packed rows `make` gives when they are due."""
    return Tensor(name, shape, kind.kind, shape[0] * kind.row_bytes(shape[1]), make)


def write_gguf(path: Path, metadata: Mapping[str, Value], tensors: Sequence[Tensor]) -> None:
    """Write the file; every tensor is made when it is its turn."""
    head = b"GGUF" + struct.pack("<IQQ", 3, len(tensors), len(metadata))
    head += b"".join(_text(key) + _value(value) for key, value in metadata.items())
    offset = 0
    for tensor in tensors:
        shape = tensor.shape[::-1]
        head += _text(tensor.name) + struct.pack(f"<I{len(shape)}Q", len(shape), *shape)
        head += struct.pack("<IQ", tensor.kind, offset)
        offset += tensor.size + -tensor.size % _ALIGNMENT
    # Programs map these files: one that is in use must not change under them.
    unfinished = path.with_name(path.name + ".part")
    with unfinished.open("wb") as file:
        file.write(head + bytes(-len(head) % _ALIGNMENT))
        for tensor in tensors:
            tensor.make().tofile(file)
            file.write(bytes(-tensor.size % _ALIGNMENT))
    unfinished.replace(path)


def _value(value: Value) -> bytes:
    match value:
        case bool():
            return struct.pack("<IB", _BOOL, value)
        case int():
            return struct.pack("<II", _UINT32, value)
        case float():
            return struct.pack("<If", _FLOAT32, value)
        case str():
            return struct.pack("<I", _STRING) + _text(value)
    if isinstance(value[0], str):
        items = b"".join(_text(str(item)) for item in value)
        return struct.pack("<IIQ", _ARRAY, _STRING, len(value)) + items
    return struct.pack(f"<IIQ{len(value)}i", _ARRAY, _INT32, len(value), *map(int, value))


def _text(text: str) -> bytes:
    encoded = text.encode()
    return struct.pack("<Q", len(encoded)) + encoded
