"""The words by which redaction knows what follows, from a file that a person can edit."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from edgevoice.dialog.grammar import plain
from edgevoice.errors import ConfigError
from edgevoice.privacy.tokens import Token
from edgevoice.yaml_text import load, read_text

LANGUAGES = Path(__file__).parent.parent / "languages"

LISTS = frozenset(
    """
    digits zeros teens tens doubles triples hundreds large dashes plus months ordinals
    date_openers date_joiners links introductions titles before_names ambiguous_names
    never_names ordinary given_names phone_cues ssn_cues mrn_cues insurance_cues card_cues
    address_cues birth_cues at dots mail_joiners domains before_mail streets maybe_streets homes
    units states not_in_streets
    """.split()
)
_NONE: frozenset[str] = frozenset()
_ENDINGS = ("s", "es", "ed", "d", "ing", "'s", "'ll", "'d")


@dataclass(frozen=True, slots=True)
class Cues:
    """The lists of languages/en-privacy.yaml, which says of each what it means.

    `entries` has an entry's words with the lists that it is in, and `alone` the entries of one
    word; `longest`: how many words the entries have at most that begin with a word; `values`: what
    a word of the digits, teens or tens stands for; `numerals`: with what a number may begin;
    `everyday` are words that are no names.
    """

    entries: dict[tuple[str, ...], frozenset[str]]
    alone: dict[str, frozenset[str]]
    longest: dict[str, int]
    values: dict[str, str]
    numerals: frozenset[str]
    everyday: frozenset[str]

    def has(self, token: Token, *lists: str) -> bool:
        """Whether `token` by itself is an entry of one of `lists`."""
        return not self.alone.get(token.word, _NONE).isdisjoint(lists)

    def starts(self, tokens: Sequence[Token], at: int) -> list[tuple[int, frozenset[str]]]:
        """Where the entries that begin at `at` end, and the lists they are in; longest first."""
        most = self.longest.get(tokens[at].word, 0)
        words: list[str] = []
        found = []
        for place in range(at, min(at + 2 * most, len(tokens))):
            if tokens[place].is_word:
                words.append(tokens[place].word)
                lists = self.entries.get(tuple(words))
                if lists:
                    found.append((place + 1, lists))
            elif tokens[place].word not in ("-", ".", "'"):
                break
            if len(words) == most:
                break
        return found[::-1]

    def is_everyday(self, token: Token) -> bool:
        """Whether `token`, or what it is a form of, is a word that everybody uses."""
        word = token.word
        return word in self.everyday or any(
            word.endswith(ending) and word[: -len(ending)] in self.everyday for ending in _ENDINGS
        )

    def is_given(self, token: Token) -> bool:
        """Whether `token` is a given name, or what is that person's."""
        return not self._names(token).isdisjoint(("given_names", "ambiguous_names"))

    def is_surely_given(self, token: Token) -> bool:
        """Whether `token` is a given name and nothing else."""
        names = self._names(token)
        return "given_names" in names and "ambiguous_names" not in names

    def _names(self, token: Token) -> frozenset[str]:
        return self.alone.get(token.word.removesuffix("'s"), _NONE)


def english() -> Cues:
    """What we ship for English."""
    return cues_of("en")


@cache
def cues_of(language: str) -> Cues:
    """What we ship for `language`, as in `stt.language`. Raises `ConfigError` if there is none."""
    path = LANGUAGES / f"{language}-privacy.yaml"
    if not path.exists():
        raise ConfigError(
            f"nothing is known of names and numbers in the language {language!r}",
            f"Write {path}, or keep the words as they are with transcripts.redact: false.",
        )
    return load_cues(path, LANGUAGES / f"{language}.yaml")


def load_cues(path: Path, phrases: Path) -> Cues:
    """The lists in the file at `path`; words of the file `phrases` are no names.

    Raises `ConfigError`, one line with key and cure.
    """
    lists = _lists(path)
    entries: dict[tuple[str, ...], frozenset[str]] = {}
    for name, words in lists.items():
        for entry in words:
            key = tuple(plain(entry))
            entries[key] = entries.get(key, frozenset()) | {name}
    longest: dict[str, int] = {}
    for key in entries:
        longest[key[0]] = max(len(key), longest.get(key[0], 0))
    everyday = set(_words(_read(phrases))) - set(lists["given_names"])
    for name in LISTS - {"given_names", "ambiguous_names", "states", "months", "domains"}:
        everyday.update(word for entry in lists[name] for word in plain(entry))
    alone = {key[0]: names for key, names in entries.items() if len(key) == 1}
    values = _values(lists)
    numerals = frozenset({*values, *lists["doubles"], *lists["triples"]})
    return Cues(entries, alone, longest, values, numerals, frozenset(everyday))


def _values(lists: dict[str, list[str]]) -> dict[str, str]:
    first = {"digits": 0, "teens": 10}
    values = {
        word: str(number)
        for name, start in first.items()
        for number, word in enumerate(lists[name], start)
    }
    values |= dict.fromkeys(lists["zeros"], "0")
    return values | {word: str(number) for number, word in enumerate(lists["tens"], 2)}


def _lists(path: Path) -> dict[str, list[str]]:
    tree = _read(path)
    if not isinstance(tree, dict):
        raise ConfigError(f"{path}: is not a tree of lists", "Write it like en-privacy.yaml.")
    for name in sorted(LISTS ^ set(tree)):
        problem = "is missing" if name in LISTS else "is not a list of cues"
        raise ConfigError(f"{path}: {name} {problem}", "Name the lists as in en-privacy.yaml.")
    for name, entries in tree.items():
        whole = isinstance(entries, list) and all(
            isinstance(entry, str) and plain(entry) for entry in entries
        )
        if not whole or not entries:
            raise ConfigError(f"{path}: {name} is not a list of words", "Write [one, two three].")
    for name, count in (("digits", 10), ("teens", 10), ("tens", 8)):
        if len(tree[name]) != count:
            raise ConfigError(f"{path}: {name} has not {count} words", "Name each number once.")
    return tree


def _read(path: Path) -> object:
    try:
        # A word stays a word: to most of YAML, "no" and "on" are none.
        return load(read_text(path), yaml.BaseLoader)
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read ({error.strerror})", "Check it.") from None
    except (UnicodeDecodeError, yaml.YAMLError, RecursionError):
        raise ConfigError(f"{path}: is not YAML", "Check commas, brackets and quotes.") from None


def _words(tree: object) -> list[str]:
    """Every word in a tree of lists."""
    if isinstance(tree, str):
        return plain(tree)
    branches = tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else ()
    return [word for branch in branches for word in _words(branch)]
