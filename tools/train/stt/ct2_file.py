"""Read the weights of a CTranslate2 ``model.bin`` back as floats.

Layout, as ctranslate2's ``ModelSpec._serialize`` writes it (version 6, little endian): version,
name, revision, count; per variable its name, shape, type and bytes; then aliases of variables that
are stored once. An int8 matrix has a companion ``…_scale`` with one factor per row: float = int8 /
factor.
"""

import struct
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

TYPES = [np.float32, np.int8, np.int16, np.int32, np.float16]
VERSION = 6
Weights = dict[str, NDArray[np.float32]]


def _number(file: BinaryIO, kind: str) -> int:
    value: int
    (value,) = struct.unpack("<" + kind, file.read(struct.calcsize("<" + kind)))
    return value


def _string(file: BinaryIO) -> str:
    return file.read(_number(file, "H"))[:-1].decode()


def read_variables(path: Path) -> dict[str, np.ndarray]:
    """Every variable as it is stored, aliases resolved."""
    with path.open("rb") as file:
        version, name, _revision = _number(file, "I"), _string(file), _number(file, "I")
        if version != VERSION or name != "WhisperSpec":
            raise ValueError(f"{path}: expected a WhisperSpec of version {VERSION}")
        variables: dict[str, np.ndarray] = {}
        for _ in range(_number(file, "I")):
            key = _string(file)
            shape = [_number(file, "I") for _ in range(_number(file, "B"))]
            kind = TYPES[_number(file, "B")]
            data = file.read(_number(file, "I"))
            variables[key] = np.frombuffer(data, kind).reshape(shape)
        for _ in range(_number(file, "I")):
            alias, target = _string(file), _string(file)
            variables[alias] = variables[target]
    return variables


def read_weights(path: Path) -> Weights:
    """Every variable as float32, quantised ones multiplied out."""
    stored = read_variables(path)
    weights: Weights = {}
    for name, value in stored.items():
        if name.endswith("_scale"):
            continue
        floats = value.astype(np.float32)
        if (factor := stored.get(name + "_scale")) is not None:
            floats = floats / factor.astype(np.float32).reshape(-1, *[1] * (value.ndim - 1))
        weights[name] = floats
    return weights
