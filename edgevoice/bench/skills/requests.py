"""The labelled requests of the benchmark, made of phrasings and values: always the same ones."""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from string import Formatter
from typing import Any

from edgevoice.bench.skills.phrasings import (
    ANSWERS,
    ASKED,
    DANGEROUS,
    IMPOSSIBLE,
    RESEMBLING,
    Phrasing,
)
from edgevoice.bench.skills.values import SLOTS, Values
from edgevoice.dialog.calls import ToolCall

DRAWS = 2
"""So many requests are made of a phrasing that has a slot."""


class Kind(Enum):
    """What a request tries."""

    TOOL = "one tool"
    CONFIRMED = "a dangerous tool"
    FAULT = "a tool that fails"
    IMPOSSIBLE = "what no tool does"
    RESEMBLING = "what sounds like a tool"


class Fault(Enum):
    """What may go wrong with every tool."""

    FAILS = "fails"
    HANGS = "hangs"


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, and what is right.

    `call`: what should be called; None: nothing. `answer`: what the person says to the question
    that a dangerous tool asks; `done`: whether what was called is then carried out. `fault`: what
    goes wrong with the tool.
    """

    words: str
    kind: Kind
    call: ToolCall | None = None
    answer: str = ""
    done: bool = True
    fault: Fault | None = None


@dataclass(frozen=True, slots=True)
class Draw:
    """Phrasings and values that requests are made of: other ones, for other people."""

    asked: Mapping[str, tuple[Phrasing, ...]]
    dangerous: Mapping[str, tuple[Phrasing, ...]]
    answers: tuple[tuple[str, bool], ...]
    impossible: tuple[str, ...]
    resembling: tuple[str, ...]
    slots: Mapping[str, Values]


HELD_OUT = Draw(ASKED, DANGEROUS, ANSWERS, IMPOSSIBLE, RESEMBLING, SLOTS)


def labelled(draw: Draw = HELD_OUT, seed: int = 6) -> tuple[Asked, ...]:
    """All requests of `draw`, in the order of the tools; none of them twice."""
    deck = _Deck(draw.slots, random.Random(seed))
    made = [
        *(
            Asked(words, Kind.TOOL, ToolCall(tool, arguments))
            for tool, phrasings in draw.asked.items()
            for words, arguments in _filled(phrasings, deck)
        ),
        *_confirmed(draw, deck),
        *_faulty(draw, deck),
        *(Asked(words, Kind.IMPOSSIBLE) for words in draw.impossible),
        *(Asked(words, Kind.RESEMBLING) for words in draw.resembling),
    ]
    return tuple({(asked.words, asked.answer, asked.fault): asked for asked in made}.values())


class _Deck:
    """Deals the values of every slot in turn, each list shuffled once."""

    def __init__(self, slots: Mapping[str, Values], lot: random.Random) -> None:
        self._values = {name: lot.sample(values, len(values)) for name, values in slots.items()}
        self._dealt = dict.fromkeys(slots, 0)

    def deal(self, name: str) -> tuple[str, Mapping[str, Any]]:
        """The next value of the slot `name`."""
        values = self._values[name]
        self._dealt[name] += 1
        return values[self._dealt[name] % len(values)]


def _filled(
    phrasings: tuple[Phrasing, ...], deck: _Deck
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for phrase, arguments in phrasings:
        slots = [name for _, name, _, _ in Formatter().parse(phrase) if name]
        for _ in range(DRAWS if slots else 1):
            yield _fill(phrase, arguments, slots, deck)


def _fill(
    phrase: str, arguments: Mapping[str, Any], slots: list[str], deck: _Deck
) -> tuple[str, Mapping[str, Any]]:
    words, meant = {}, dict(arguments)
    for slot in slots:
        if slot in ("amount", "unit"):
            if "unit" not in words:
                said, measured = deck.deal("measured")
                words["amount"], words["unit"] = said.split("|")
                meant |= measured
        else:
            words[slot], value = deck.deal(slot)
            meant |= value
    return phrase.format(**words), meant


def _confirmed(draw: Draw, deck: _Deck) -> Iterator[Asked]:
    """The dangerous requests, each answered in several ways."""
    requests = [
        (words, ToolCall(tool, arguments))
        for tool, phrasings in draw.dangerous.items()
        for words, arguments in _filled(phrasings, deck)
    ]
    for n in range(max(len(requests), len(draw.answers))):
        words, call = requests[n % len(requests)]
        answer, done = draw.answers[n % len(draw.answers)]
        yield Asked(words, Kind.CONFIRMED, call, answer, done)


def _faulty(draw: Draw, deck: _Deck) -> Iterator[Asked]:
    """One more request for every tool, which does not do it this time."""
    for n, (tool, phrasings) in enumerate(draw.asked.items()):
        words, arguments = next(_filled(phrasings[n % len(phrasings) :], deck))
        fault = (Fault.FAILS, Fault.HANGS)[n % 2]
        yield Asked(words, Kind.FAULT, ToolCall(tool, arguments), done=False, fault=fault)
