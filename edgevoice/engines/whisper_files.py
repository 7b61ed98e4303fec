"""Is this folder a Whisper model that CTranslate2 can load?

CTranslate2 trusts its files; we do not. What is wrong is found here, before native code reads it,
and named with its cure.
"""

import json
import struct
from pathlib import Path
from typing import Any, BinaryIO, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from edgevoice.errors import ModelError

CURE = "Fetch the model again, or set stt.model to the folder of a CTranslate2 Whisper model."

_FORMATS = range(4, 7)
_LONGEST_NAME = 512
_ITEM_BYTES = (4, 1, 2, 4, 2, 2)
"""Bytes of an item of CTranslate2's types: float32, int8, int16, int32, float16, bfloat16."""


class Profile(BaseModel):
    """What a model's maker found out about it: `edgevoice.json` beside its files.

    The defaults are for stock Whisper weights, which were trained on windows of 30 s.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    min_window_ms: int = Field(default=10_000, ge=0, le=30_000)
    """Milliseconds of the shortest window that the model is at its best with."""
    silence_after_ms: int = Field(default=2600, ge=0, le=30_000)
    """Milliseconds of silence that it wants to see after the speech."""
    padding: Literal["silence", "zeros"] = "silence"
    """What fills the window: the sound of silence, or features of 0.0."""
    min_avg_logprob: float = Field(default=-1.0, le=0)
    """The gate: mean log-probability below which it is more often wrong than right."""
    language: str = "en"
    """What it understands, when nobody says which language is spoken."""


def check(folder: Path) -> Profile:
    """Look at every file in `folder`; raises `ModelError` for the first that cannot be used."""
    if not folder.is_dir():
        raise ModelError(f"{folder}: no such model folder", CURE)
    _check_weights(folder / "model.bin")
    _object(folder / "config.json")
    _object(folder / "tokenizer.json", "model")
    if (folder / "preprocessor_config.json").exists():
        _object(folder / "preprocessor_config.json")
    _check_vocabulary(folder)
    return _profile(folder / "edgevoice.json")


def _check_vocabulary(folder: Path) -> None:
    """One token per line in a text file, or a list of them."""
    if (folder / "vocabulary.txt").exists():
        _text(folder / "vocabulary.txt")
        return
    path = folder / "vocabulary.json"
    words = _json(path)
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        raise ModelError(f"{path}: is not a list of tokens", CURE)


def _profile(path: Path) -> Profile:
    if not path.exists():
        return Profile()
    try:
        # A maker who wrote the file trained the model for us: short windows, features of 0.0.
        ours = {"silence_after_ms": 0, "padding": "zeros"}
        return Profile.model_validate(ours | _object(path))
    except ValidationError:
        raise ModelError(f"{path}: is not a model's profile", CURE) from None


def _text(path: Path) -> str:
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ModelError(f"{path}: is missing", CURE) from None
    except OSError as error:
        raise ModelError(f"{path}: cannot be read ({error.strerror})", CURE) from None
    except UnicodeDecodeError:
        raise ModelError(f"{path}: is damaged (not UTF-8 text)", CURE) from None
    if not text.strip():
        raise ModelError(f"{path}: is empty", CURE)
    return text


def _object(path: Path, key: str | None = None) -> dict[str, Any]:
    """What the JSON file says; it must be an object, and have `key`."""
    tree = _json(path)
    if not isinstance(tree, dict) or (key is not None and key not in tree):
        raise ModelError(f"{path}: is not what a Whisper model's {path.name} holds", CURE)
    return tree


def _json(path: Path) -> object:
    try:
        return json.loads(_text(path))
    except ValueError:
        raise ModelError(f"{path}: is truncated or damaged (not JSON)", CURE) from None


def _check_weights(path: Path) -> None:
    try:
        with path.open("rb") as file:
            if not path.stat().st_size:
                raise ModelError(f"{path}: is empty", CURE)
            _walk(file, path.stat().st_size)
    except FileNotFoundError:
        raise ModelError(f"{path}: is missing", CURE) from None
    except OSError as error:
        raise ModelError(f"{path}: cannot be read ({error.strerror})", CURE) from None
    except _BadWeightsError as error:
        raise ModelError(f"{path}: {error}", CURE) from None


class _BadWeightsError(Exception):
    """Why a file is not what it should be."""


def _walk(file: BinaryIO, size: int) -> None:
    """Go through a CTranslate2 model file of `size` bytes, as its reader will, but skip the data.

    Layout (little-endian): u32 format, name, u32 revision, u32 count; per variable: name,
    u8 rank, u32 dims…, u8 type, u32 bytes, data; then u32 count, and two names per alias.
    """
    version = _number(file, "<I")
    if version not in _FORMATS:
        raise _BadWeightsError("is not a CTranslate2 model")
    if _name(file) != "WhisperSpec":
        raise _BadWeightsError("is a CTranslate2 model, but not of Whisper")
    _number(file, "<I")
    for _ in range(_number(file, "<I")):
        _name(file)
        items = 1
        for _ in range(_number(file, "<B")):
            items *= _number(file, "<I")
        kind = _number(file, "<B")
        data = _number(file, "<I")
        if kind >= len(_ITEM_BYTES) or data != items * _ITEM_BYTES[kind]:
            raise _BadWeightsError("is damaged")
        if file.seek(data, 1) > size:
            raise _BadWeightsError("is truncated")
    for _ in range(_number(file, "<I")):
        _name(file)
        _name(file)


def _number(file: BinaryIO, form: str) -> int:
    size = struct.calcsize(form)
    data = file.read(size)
    if len(data) < size:
        raise _BadWeightsError("is truncated")
    return int(struct.unpack(form, data)[0])


def _name(file: BinaryIO) -> str:
    size = _number(file, "<H")
    if size > _LONGEST_NAME:
        raise _BadWeightsError("is damaged, or not a CTranslate2 model")
    data = file.read(size)
    if len(data) < size:
        raise _BadWeightsError("is truncated")
    return data.rstrip(b"\0").decode("latin-1")
