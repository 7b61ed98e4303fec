"""Reads the sentence templates of a language from a file that a person can edit."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any

import hassil.intents
import yaml
from hassil.expression import Expression, Group, ListReference, RuleReference
from hassil.parse_expression import parse_sentence
from hassil.parser import ParseError
from hassil.sample import sample_expression
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from edgevoice.errors import ConfigError, one_line
from edgevoice.skills.amounts import spoken
from edgevoice.yaml_text import PYTHON_ERRORS, load, read_text

Words = tuple[str, ...]
_Figure = Annotated[int | float | bool | str, Field(union_mode="left_to_right")]
Place = tuple[str | int, ...]
"""Keys and numbers that lead to a value in the file."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Padding(_Part):
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    maybe_after: tuple[str, ...] = ()
    anywhere: tuple[str, ...] = ()


class _Value(_Part):
    said: str = Field(alias="in", min_length=1)
    out: _Figure


class _Range(_Part):
    start: int = Field(alias="from")
    to: int
    step: int = Field(default=1, ge=1)


class _List(_Part):
    values: tuple[str | _Value, ...] = ()
    range: _Range | None = None
    wildcard: bool = False
    most_words: int = Field(default=10, ge=1)
    drops: tuple[str, ...] = ()
    means: Mapping[str, str] = {}
    begins_with: tuple[str, ...] = ()
    never_begins_with: tuple[str, ...] = ()
    never_has: tuple[str, ...] = ()


class _Data(_Part):
    sentences: tuple[str, ...] = Field(min_length=1)
    slots: Mapping[str, _Figure] = {}
    lists: Mapping[str, _List] = {}


class _Intent(_Part):
    data: tuple[_Data, ...] = Field(min_length=1)


class _File(_Part):
    language: str = Field(min_length=2)
    padding: _Padding = _Padding()
    lists: Mapping[str, _List] = {}
    expansion_rules: Mapping[str, str] = {}
    intents: Mapping[str, _Intent] = Field(min_length=1)


@dataclass(frozen=True, slots=True)
class Wildcard:
    """What any words must be like to be taken, and how. `begins_with`: empty for any beginning."""

    most_words: int
    drops: frozenset[Words]
    means: Mapping[Words, str]
    begins_with: frozenset[Words]
    never_begins_with: frozenset[Words]
    never_has: frozenset[Words]


@dataclass(frozen=True, slots=True)
class Padding:
    """What is taken away around a sentence, and within it."""

    before: frozenset[Words]
    after: frozenset[Words]
    maybe_after: frozenset[Words]
    anywhere: frozenset[Words]


@dataclass(frozen=True, slots=True)
class Grammar:
    """A file of intents, understood. `units`: the values of its list `unit`, as they are said."""

    templates: hassil.intents.Intents
    padding: Padding
    wildcards: Mapping[str, Wildcard]
    units: Mapping[Words, str]


def load_grammar(path: Path) -> Grammar:
    """The intents in the YAML file at `path`; raises `ConfigError`, one line with place and cure.

    The same text is understood once; it takes a moment.
    """
    try:
        text = read_text(path)
    except OSError as error:
        raise ConfigError(
            f"{path}: cannot be read ({error.strerror})", "Check the path under `intents.file`."
        ) from None
    except UnicodeDecodeError:
        raise ConfigError(f"{path}: is not UTF-8 text", "Save it as UTF-8.") from None
    return _understood(path, text)


@lru_cache(maxsize=4)
def _understood(path: Path, text: str) -> Grammar:
    try:
        # A word stays a word: to most of YAML, "yes", "no", "on" and "off" are none.
        tree = load(text, yaml.BaseLoader)
    except (yaml.YAMLError, *PYTHON_ERRORS) as error:
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
        problem = getattr(error, "problem", None) or "is not YAML"
        raise ConfigError(
            f"{path}: {where}{problem}", "Check commas, brackets and quotes there."
        ) from None
    places = _Places(path, text)
    try:
        file = _File.model_validate(tree)
    except ValidationError as error:
        raise places.explain(error) from None
    _check(file, places)
    templates = _templates(file.model_dump(by_alias=True, exclude_defaults=True))
    return Grammar(
        templates,
        Padding(**{name: _words(getattr(file.padding, name)) for name in _Padding.model_fields}),
        {name: _wildcard(each) for name, each in _wildcards(file)},
        {tuple(spoken(said)): out for said, out in _said(templates, "unit")},
    )


def _templates(tree: dict[str, Any]) -> hassil.intents.Intents:
    templates = hassil.intents.Intents.from_dict(tree)
    for intent in templates.intents.values():
        for data in intent.data:
            rules = {**templates.expansion_rules, **data.expansion_rules}
            for sentence in data.sentences:  # are parsed here, and not at the first request
                sentence.get_required_clauses(rules)
    return templates


def _said(templates: hassil.intents.Intents, name: str) -> Iterator[tuple[str, Any]]:
    """All that can be said for each value of the list `name`, and what the value is."""
    values = templates.slot_lists.get(name)
    if isinstance(values, hassil.intents.TextSlotList):
        for value in values.values:
            rules = templates.expansion_rules
            for said in sample_expression(value.text_in, templates.slot_lists, rules):
                yield said, value.value_out


def _wildcards(file: _File) -> Iterator[tuple[str, _List]]:
    for intent in file.intents.values():
        for data in intent.data:
            yield from data.lists.items()
    yield from file.lists.items()


def _wildcard(kind: _List) -> Wildcard:
    return Wildcard(
        kind.most_words,
        _words(kind.drops),
        {tuple(spoken(said)): means for said, means in kind.means.items()},
        _words(kind.begins_with),
        _words(kind.never_begins_with),
        _words(kind.never_has),
    )


def _words(entries: Sequence[str]) -> frozenset[Words]:
    return frozenset(tuple(spoken(entry)) for entry in entries)


def _check(file: _File, places: "_Places") -> None:
    """Raise `ConfigError` for a template that cannot be read, or that names what is not there."""
    rules: dict[str, Expression] = {}
    for name, body in file.expansion_rules.items():
        rules[name] = _parsed(body, places, "expansion_rules", name)
    for name, each in file.lists.items():
        _check_list(each, places, "lists", name)
    for name in rules:
        _check_names(rules[name], rules, file.lists, places, ("expansion_rules", name), (name,))
    for tool, intent in file.intents.items():
        for n, data in enumerate(intent.data):
            for name, each in data.lists.items():
                _check_list(each, places, "intents", tool, "data", n, "lists", name)
            lists = {**file.lists, **data.lists}
            for m, sentence in enumerate(data.sentences):
                place = ("intents", tool, "data", n, "sentences", m)
                _check_names(_parsed(sentence, places, *place), rules, lists, places, place, ())


def _check_list(kind: _List, places: "_Places", *place: str | int) -> None:
    if sum((bool(kind.values), kind.range is not None, kind.wildcard)) != 1:
        raise places.error(
            place, "is not a list of words", "Give it `values`, a `range`, or `wildcard: true`."
        )
    if kind.range and kind.range.start > kind.range.to:
        raise places.error(place, "ends before it begins", "Write `from` before `to`.")
    for n, value in enumerate(kind.values):
        _parsed(value if isinstance(value, str) else value.said, places, *place, "values", n)


def _parsed(template: str, places: "_Places", *place: str | int) -> Expression:
    try:
        return parse_sentence(template).expression
    except (ParseError, *PYTHON_ERRORS, AssertionError) as error:
        problem = one_line(str(error))[:60] or "is no sentence template"
        raise places.error(
            place, f"cannot be read ({problem})", "Check brackets, braces and < > there."
        ) from None


def _check_names(
    part: Expression,
    rules: Mapping[str, Expression],
    lists: Mapping[str, _List],
    places: "_Places",
    place: Place,
    inside: tuple[str, ...],
) -> None:
    if isinstance(part, ListReference) and part.list_name not in lists and not part.is_inline_range:
        known = ", ".join(sorted(lists)) or "none"
        raise places.error(place, f"names a list {{{part.list_name}}}", f"Known: {known}.")
    if isinstance(part, Group):
        for each in part.items:
            _check_names(each, rules, lists, places, place, inside)
    if isinstance(part, RuleReference):
        if part.rule_name not in rules:
            known = ", ".join(sorted(rules)) or "none"
            raise places.error(place, f"names a rule <{part.rule_name}>", f"Known: {known}.")
        if part.rule_name in inside:
            raise places.error(
                place, f"has <{part.rule_name}> in itself", "Write it without going in circles."
            )
        _check_names(rules[part.rule_name], rules, lists, places, place, (*inside, part.rule_name))


class _Places:
    """Knows in which line of a file something stands."""

    def __init__(self, path: Path, text: str) -> None:
        self._path = path
        self._text = text

    def error(self, place: Place, problem: str, cure: str) -> ConfigError:
        """What is wrong at `place`, with its line."""
        line, key = self._line(place), ".".join(map(str, place))
        where = f"line {line}: " if line else ""
        return ConfigError(f"{self._path}: {where}{one_line(key)[:80]} {problem}", cure)

    def explain(self, error: ValidationError) -> ConfigError:
        """The first thing that is wrong."""
        first = error.errors()[0]
        kind, place = first["type"], first["loc"]
        if not place or (len(place) == 1 and kind == "model_type"):
            return ConfigError(
                f"{self._path}: is not a tree of intents",
                "Write it like languages/en-intents.yaml.",
            )
        if kind == "extra_forbidden":
            return self.error(
                place, "is not known", "See languages/en-intents.yaml for what can stand there."
            )
        problem = {
            "missing": "is missing",
            "too_short": "is empty",
            "string_too_short": "is empty",
            "string_type": "is not text",
        }.get(kind, "is not what it should be")
        return self.error(place, problem, "Write it as in languages/en-intents.yaml.")

    def _line(self, place: Place) -> int | None:
        node = yaml.compose(self._text, yaml.SafeLoader)
        line = None
        for part in place:
            inside: dict[str, tuple[yaml.Node, yaml.Node]] = {}
            if isinstance(node, yaml.MappingNode):
                inside = {key.value: (key, value) for key, value in node.value}
            elif isinstance(node, yaml.SequenceNode):
                inside = {str(n): (value, value) for n, value in enumerate(node.value)}
            if str(part) not in inside:
                break
            key, node = inside[str(part)]
            line = key.start_mark.line + 1
        return line
