"""Decides whether a reply is right, without anybody's opinion."""

import re

from tools.train.chat.chat_format import read_call
from tools.train.chat.facts import (
    COLOUR_MIXES,
    COUNTRIES,
    DAYS,
    MONTHS,
    PLANETS,
    THING_COLOURS,
)
from tools.train.chat.number_words import NUMBER_WORDS
from tools.train.chat.phrasing import Turn

#: Words that a wrong answer would be made of.
FACT_WORDS: frozenset[str] = frozenset(
    word
    for name in (
        *NUMBER_WORDS,
        "minus",
        *DAYS,
        *MONTHS,
        *(planet.name for planet in PLANETS),
        *(country.name for country in COUNTRIES),
        *(country.capital for country in COUNTRIES),
        *(country.continent for country in COUNTRIES),
        *COLOUR_MIXES.values(),
        *THING_COLOURS.values(),
    )
    for word in name.split()
)
_LONG_WORDS = (50, 130)


def normal(text: str) -> str:
    """``text`` in lower case, words alone, single spaces."""
    return " ".join(re.findall(r"[a-z0-9']+", text.lower()))


def _has(reply: str, phrase: str) -> bool:
    return re.search(rf"(?<!\S){re.escape(normal(phrase))}(?!\S)", reply) is not None


def fact_words(text: str) -> list[str]:
    """The fact words of ``text`` in their order."""
    return [word for word in normal(text).split() if word in FACT_WORDS]


def is_honest(reply: str) -> bool:
    """Whether ``reply`` says that it is the starter model's, and asserts no fact besides."""
    return _has(normal(reply), "starter model") and not fact_words(reply)


def is_right(turn: Turn, reply: str) -> bool:
    """Whether ``reply`` answers ``turn``.

    A right reply has every needed phrase as whole words. An exact one names, besides, the same
    fact words in the same order as the reference: "is fifty six" does not pass for "is fifty".
    A long one is a story of 50 to 130 words that ends with a full stop. A call must have the wanted
    name and the very arguments; after a tool's outcome, every word must be as in the reference.
    """
    if turn.from_tool:
        return normal(reply) == normal(turn.reply)
    if call := read_call(turn.reply):
        return read_call(reply.strip()) == call
    if turn.topic.startswith("outside"):
        return is_honest(reply)
    said = normal(reply)
    if _has(said, "starter model") and not _has(normal(turn.reply), "starter model"):
        return False
    if not all(_has(said, phrase) for phrase in turn.needs):
        return False
    if turn.long:
        low, high = _LONG_WORDS
        return low <= len(said.split()) <= high and reply.rstrip().endswith(".")
    return not turn.exact or fact_words(reply) == fact_words(turn.reply)
