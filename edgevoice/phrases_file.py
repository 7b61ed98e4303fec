"""Reads the phrases of a language from a file that a person can edit."""

from collections.abc import Mapping
from dataclasses import fields
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, create_model

from edgevoice.dialog.claims import Claims
from edgevoice.dialog.grammar import Grammar
from edgevoice.dialog.phrases import Phrases
from edgevoice.dialog.wishes import Wishes
from edgevoice.errors import ConfigError, one_line
from edgevoice.yaml_text import load, read_text

_Entry = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
_List = Annotated[tuple[_Entry, ...], Field(min_length=1)]
_TYPES: dict[Any, Any] = {
    str: _Entry,
    tuple[str, ...]: _List,
    Mapping[str, tuple[str, ...]]: Mapping[str, _List],
}


def _mirror(kind: type[Any], **parts: Any) -> type[BaseModel]:
    """A model that checks what the dataclass `kind` is made of; `parts` are models themselves."""
    checks = {
        part.name: (parts.get(part.name) or _TYPES.get(part.type, part.type), ...)
        for part in fields(kind)
        if part.init
    }
    config = ConfigDict(extra="forbid")
    return create_model(kind.__name__, __config__=config, **checks)  # type: ignore[call-overload,no-any-return]


_GRAMMAR = _mirror(Grammar)
_PHRASES = _mirror(Phrases, grammar=_GRAMMAR)
_CLAIMS = _mirror(Claims)
_WISHES = _mirror(Wishes)


def load_phrases(path: Path) -> Phrases:
    """The phrases in the YAML file at `path`; raises `ConfigError`, one line with key and cure."""
    return _phrases(path, _read(path, "phrases.file"))


def load_wishes(path: Path) -> Wishes:
    """How a wish for a tool is known, in the YAML file at `path`; raises `ConfigError`."""
    return _wishes(path, _read(path, "tools.wishes_file"))


@lru_cache(maxsize=4)
def _wishes(path: Path, text: str) -> Wishes:
    try:
        return Wishes(**_WISHES.model_validate(_parse(path, text)).model_dump())
    except ValidationError as error:
        raise _explain(error, path, _WISHES, "en-wishes.yaml") from None


def load_claims(path: Path) -> Claims:
    """What claims that something was done, in the YAML file at `path`; raises `ConfigError`."""
    return _claims(path, _read(path, "reply.claims_file"))


@lru_cache(maxsize=4)
def _claims(path: Path, text: str) -> Claims:
    try:
        return Claims(**_CLAIMS.model_validate(_parse(path, text)).model_dump())
    except ValidationError as error:
        raise _explain(error, path, _CLAIMS, "en-claims.yaml") from None


@lru_cache(maxsize=4)
def _phrases(path: Path, text: str) -> Phrases:
    """The phrases in `text`, which was read from `path`; the same text is understood once."""
    try:
        model = _PHRASES.model_validate(_parse(path, text))
    except ValidationError as error:
        known = _GRAMMAR if len(error.errors()[0]["loc"]) > 1 else _PHRASES
        raise _explain(error, path, known, "en.yaml") from None
    lists = model.model_dump()
    return Phrases(**lists | {"grammar": Grammar(**lists["grammar"])})


def _read(path: Path, setting: str) -> str:
    try:
        return read_text(path)
    except OSError as error:
        raise ConfigError(
            f"{path}: cannot be read ({error.strerror})", f"Check the path under `{setting}`."
        ) from None
    except UnicodeDecodeError:
        raise ConfigError(f"{path}: is not UTF-8 text", "Save it as UTF-8.") from None


def _parse(path: Path, text: str) -> Any:
    try:
        # A word stays a word: to most of YAML, "yes", "no", "on" and "off" are none.
        return load(text, yaml.BaseLoader)
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
        problem = getattr(error, "problem", None) or "is not YAML"
        raise ConfigError(
            f"{path}: {where}{problem}", "Check commas, brackets and quotes there."
        ) from None


def _explain(error: ValidationError, path: Path, known: type[BaseModel], like: str) -> ConfigError:
    """The first thing that is wrong, as one line for a person: `known` has the lists that there
    are, and the file `like` an example."""
    first = error.errors()[0]
    kind, place = first["type"], first["loc"]
    key = one_line(".".join(str(part) for part in place))[:60]
    if kind == "extra_forbidden":
        return ConfigError(
            f"{path}: {key} is not a list of phrases",
            f"Known here: {', '.join(known.model_fields)}.",
        )
    if not place:
        return ConfigError(f"{path}: is not a tree of phrases", f"Write it like languages/{like}.")
    problem = {
        "missing": "is missing",
        "too_short": "is empty",
        "string_too_short": "is empty",
        "string_type": "is not a word",
        "tuple_type": "is not a list",
        "model_type": "is not a tree of lists",
    }.get(kind, "is not what it should be")
    return ConfigError(f"{path}: {key} {problem}", f"Write it as in languages/{like}.")
