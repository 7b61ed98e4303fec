"""Writes CTranslate2's `model.bin`, version 6; `tools.train.stt.ct2_file` is its reader."""

import struct
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.generic]
_TYPES = ["float32", "int8", "int16", "int32", "float16"]


def write_model(
    path: Path, name: str, revision: int, variables: Mapping[str, Array], aliases: Mapping[str, str]
) -> None:
    """Write `variables`, and `aliases` (name → variable) for weights that are stored once.

    The spec `name` and its `revision` tell CTranslate2 which architecture it reads.
    """
    with path.open("wb") as file:
        file.write(struct.pack("<I", 6) + _text(name))
        file.write(struct.pack("<II", revision, len(variables)))
        for key, value in variables.items():
            file.write(_text(key) + struct.pack(f"<B{value.ndim}I", value.ndim, *value.shape))
            file.write(struct.pack("<BI", _TYPES.index(value.dtype.name), value.nbytes))
            file.write(value.tobytes())
        file.write(struct.pack("<I", len(aliases)))
        for alias, target in aliases.items():
            file.write(_text(alias) + _text(target))


def _text(text: str) -> bytes:
    data = text.encode() + b"\0"
    return struct.pack("<H", len(data)) + data
