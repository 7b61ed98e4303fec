"""The words of a language by what they do in a sentence, and text cut into such words."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields

Kinds = frozenset[str]
"""The names of the lists that a word is in; a verb's form has its ending there too: "-ing"."""

Word = tuple[str, Kinds]

# A word with the apostrophes inside it; figures: 5, 5:30, 3.14, 7th; or a sign that is read aloud.
_WORD = re.compile(r"\d+(?:[:.,]\d+)*[^\W\d_]*|[^\W\d_]+(?:'[^\W\d_]+)*|[+×÷*=%]")
_APOSTROPHES = str.maketrans("’‘ʼ`", "''''")
_VOWELS = tuple("aeiou")


def plain(text: str) -> list[str]:
    """The words of `text`, without case and punctuation."""
    return _WORD.findall(text.translate(_APOSTROPHES).casefold())


@dataclass(frozen=True, slots=True)
class Grammar:
    """The word lists of a language: languages/en.yaml says of each what it means.

    A word may be in several lists; its place in the sentence decides.
    """

    contractions: Mapping[str, str]
    possessive: str
    infinitive: str
    active_ending: str
    verb_endings: tuple[str, ...]
    adjective_endings: tuple[str, ...]
    articles: tuple[str, ...]
    indefinites: tuple[str, ...]
    owners: tuple[str, ...]
    quantifiers: tuple[str, ...]
    subjects: tuple[str, ...]
    pronouns: tuple[str, ...]
    persons: tuple[str, ...]
    be: tuple[str, ...]
    have: tuple[str, ...]
    do: tuple[str, ...]
    deeds: tuple[str, ...]
    modals: tuple[str, ...]
    adverbs: tuple[str, ...]
    places: tuple[str, ...]
    degrees: tuple[str, ...]
    genitives: tuple[str, ...]
    prepositions: tuple[str, ...]
    closers: tuple[str, ...]
    particles: tuple[str, ...]
    switches: tuple[str, ...]
    switching_verbs: tuple[str, ...]
    operators: tuple[str, ...]
    joiners: tuple[str, ...]
    subordinators: tuple[str, ...]
    halves: tuple[str, ...]
    questions: tuple[str, ...]
    circumstances: tuple[str, ...]
    durations: tuple[str, ...]
    reasons: tuple[str, ...]
    verbs: tuple[str, ...]
    maybe_verbs: tuple[str, ...]
    object_verbs: tuple[str, ...]
    wishing_verbs: tuple[str, ...]
    telling_verbs: tuple[str, ...]
    placing_verbs: tuple[str, ...]
    pairing_verbs: tuple[str, ...]
    saying_verbs: tuple[str, ...]
    thinking_verbs: tuple[str, ...]
    letting_verbs: tuple[str, ...]
    linking_verbs: tuple[str, ...]
    lasting_verbs: tuple[str, ...]
    adjectives: tuple[str, ...]
    nouns: tuple[str, ...]
    qualities: tuple[str, ...]
    relational_nouns: tuple[str, ...]
    digits: tuple[str, ...]
    numbers: tuple[str, ...]
    tens: tuple[str, ...]
    measuring: tuple[str, ...]


VERBS = frozenset(part for part in Grammar.__annotations__ if part.endswith("_verbs")) | {"verbs"}

_NOT_LISTS = {
    *("contractions", "possessive", "infinitive", "active_ending"),
    *("verb_endings", "adjective_endings"),
}


class Lexicon:
    """Cuts a sentence into the words of a grammar and says what each of them is."""

    def __init__(self, grammar: Grammar) -> None:
        self._grammar = grammar
        self._kinds: dict[tuple[str, ...], set[str]] = {
            (grammar.possessive,): {"possessive"},
            (grammar.infinitive,): {"infinitive"},
        }
        for part in fields(grammar):
            if part.name not in _NOT_LISTS:
                self._learn(part.name, getattr(grammar, part.name))
        self._frozen = {words: frozenset(kinds) for words, kinds in self._kinds.items()}
        self._most: dict[str, int] = {}  # words of the longest entry that begins with a word
        for words in self._frozen:
            self._most[words[0]] = max(len(words), self._most.get(words[0], 0))

    def _learn(self, name: str, entries: Sequence[str]) -> None:
        for entry in entries:
            stem, *rest = entry.casefold().split()
            forms = {stem: ""}
            if name in VERBS:
                forms |= dict(inflected(stem, self._grammar.verb_endings))
            for form, ending in forms.items():
                self._kinds.setdefault((form, *rest), set()).update({name, ending} - {""})

    def words(self, words: Sequence[str]) -> list[Word]:
        """`words`, as `plain` gives them: the longest entries that match, left to right."""
        parts = [part for word in words for part in self._split(word)]
        found: list[Word] = []
        at = 0
        while at < len(parts):
            count = min(self._most.get(parts[at], 1), len(parts) - at)
            while count > 1 and tuple(parts[at : at + count]) not in self._frozen:
                count -= 1
            word = tuple(parts[at : at + count])
            found.append((" ".join(word), self._frozen.get(word) or self._guess(word[0])))
            at += count
        return found

    def _split(self, word: str) -> list[str]:
        """What is written in one word and is two."""
        if "'" not in word:
            return self._grammar.contractions.get(word, word).split()
        for ending, meant in self._grammar.contractions.items():
            if word.endswith(ending):
                return [*([word.removesuffix(ending)] if word != ending else []), *meant.split()]
        own = self._grammar.possessive
        return [word.removesuffix(own), own] if word.endswith(own) and word != own else [word]

    def _guess(self, word: str) -> Kinds:
        if word[-1].isdigit() and ":" not in word:
            return frozenset({"digits" if len(word) == 1 else "numbers"})
        adjective = len(word) > 5 and word.endswith(self._grammar.adjective_endings)
        return frozenset({"adjectives"}) if adjective else frozenset()


def inflected(verb: str, endings: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The regular forms of `verb`, right ones and a few too many, with the ending of each."""
    for ending in endings:
        mark = f"-{ending}"
        if not ending.startswith(_VOWELS):
            yield verb + ending, mark
        elif verb.endswith("e"):
            yield verb[:-1] + ending, mark  # making
        elif verb.endswith("y") and ending.startswith("e"):
            yield verb[:-1] + "i" + ending, mark  # tries
        else:
            yield verb + ending, mark
            yield verb + verb[-1] + ending, mark  # stopped
