"""From the passages that a search found to the sentence or two that answer, or to nothing.

How well a passage fits is the share of the question's words, each weighted by how rare it is
(inverse document frequency), that stand in the passage or over it; half of that share is looked for
in the sentences that would be spoken.
"""

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from edgevoice.dialog.speakable import speakable
from edgevoice.skills.knowledge.passages import sentences
from edgevoice.skills.knowledge.questions import Wanted

MOST_WORDS = 45
"""Of an answer, its title not counted: about twenty seconds."""

_ITEM = re.compile(r"^\s*(?:[-*+•]|\d{1,3}[.)])\s+(?=\S)")
_ROW = re.compile(r"^\s*\|")
_NO_WORDS = re.compile(r"^[\s|:=\-_*`~]*$|^\s*(?:`{3}|~{3})")
_LEANS = re.compile(
    r"^(?:(?:and|but|so|then|also|otherwise|however|instead|therefore|after that)\b[, ]*)?"
    r"(?:it|its|they|their|this|that|these|those|he|she|both|otherwise|however|then)\b",
    re.IGNORECASE,
)
_NUMBER_WORDS = (
    r"one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|hundred|half|"
    r"once|twice|every|daily|weekly|monthly|yearly|free|never"
)
_SIGNS = {
    Wanted.NUMBER: re.compile(rf"\d|\b(?:{_NUMBER_WORDS})\b", re.IGNORECASE),
    Wanted.TIME: re.compile(
        r"\d|\b(?:(?:mon|tues|wednes|thurs|fri|satur|sun)days?|january|february|march|april|may|"
        r"june|july|august|september|october|november|december|noon|midnight|morning|afternoon|"
        rf"evening|night|spring|summer|autumn|winter|{_NUMBER_WORDS})\b",
        re.IGNORECASE,
    ),
}
_LOCAL_SHARE = 0.5
_SIGN_SHARE = 0.25


@dataclass(frozen=True, slots=True)
class Term:
    """A word of the question: the stems that stand for it (any set of them does, all of the set)
    and its weight."""

    ways: tuple[frozenset[str], ...]
    weight: float

    def is_in(self, stems: frozenset[str]) -> bool:
        """Whether a text with these `stems` has the word."""
        return any(way <= stems for way in self.ways)


@dataclass(frozen=True, slots=True)
class Piece:
    """A sentence, list item or table row: as it is spoken, and its stems."""

    text: str
    stems: frozenset[str]
    is_item: bool


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage that may answer. `above`: the stems of its headings and title."""

    title: str
    above: frozenset[str]
    pieces: tuple[Piece, ...]
    score: float


@dataclass(frozen=True, slots=True)
class Answer:
    """The `text` of an answer, without where it comes from; how well it fits, from 0 to 1; and
    the number of the candidate that it was taken from."""

    text: str
    fit: float
    candidate: int


def rarity(count: int, size: int) -> float:
    """BM25's inverse document frequency of a word that is in `count` of `size` passages."""
    return math.log(1 + (size - count + 0.5) / (count + 0.5))


def pieces_of(text: str) -> list[tuple[str, bool]]:
    """What of a passage can be spoken, piece by piece; and whether it is an item or a row."""
    pieces = []
    for line in text.split("\n"):
        if _NO_WORDS.match(line):
            continue
        if _ROW.match(line):
            cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
            told = [(", ".join(filter(None, cells)), True)]
        elif mark := _ITEM.match(line):
            told = [(each, True) for each in sentences(line[mark.end() :])]
        else:
            told = [(each, False) for each in sentences(line)]
        pieces += [(_ended(said), item) for each, item in told if (said := speakable(each))]
    return pieces


def best(
    terms: Sequence[Term], candidates: Sequence[Candidate], wanted: Wanted = Wanted.ANYTHING
) -> Answer | None:
    """The answer that fits best; None where there is nothing to go by.

    Of those that fit equally well, it is of the first candidate.
    """
    answers = [
        answer
        for number, candidate in enumerate(candidates)
        if (answer := _answer(terms, candidate, number, wanted))
    ]
    return max(answers, key=lambda answer: answer.fit, default=None)


def _answer(
    terms: Sequence[Term], candidate: Candidate, number: int, wanted: Wanted
) -> Answer | None:
    total = sum(term.weight for term in terms)
    pieces = candidate.pieces
    if not pieces or not total:
        return None
    everywhere = _union(pieces, candidate.above)
    chosen = _chosen(terms, candidate, wanted)
    spoken = _union(chosen, candidate.above)
    fit = (1 - _LOCAL_SHARE) * _covered(terms, everywhere) + _LOCAL_SHARE * _covered(terms, spoken)
    text = _bounded(" ".join(piece.text for piece in chosen))
    return Answer(text, fit / total, number)


def _chosen(terms: Sequence[Term], candidate: Candidate, wanted: Wanted) -> list[Piece]:
    """The pieces to be spoken, in their order."""
    pieces = candidate.pieces
    sign = _SIGNS.get(wanted)
    bonus = _SIGN_SHARE * sum(term.weight for term in terms)

    def worth(some: Sequence[Piece]) -> float:
        signed = sign and any(sign.search(piece.text) for piece in some)
        return _covered(terms, _union(some, frozenset())) + (bonus if signed else 0.0)

    worths = [worth([piece]) for piece in pieces]
    start = worths.index(max(worths))
    end = start + 1
    if pieces[start].is_item or pieces[start].text.endswith(":"):
        start, end = _listed(pieces, start, everything=wanted is Wanted.STEPS)
    elif start and _LEANS.match(pieces[start].text):
        start -= 1
    while end < len(pieces) and _length(pieces[start : end + 1]) <= MOST_WORDS:
        better = worth(pieces[start : end + 1]) > worth(pieces[start:end])
        goes_on = wanted is Wanted.STEPS or _LEANS.match(pieces[end].text)
        if not (better or goes_on):
            break
        end += 1
    wider = pieces[max(0, start - 1) : end]
    if not pieces[start].is_item and _length(wider) <= MOST_WORDS:
        start -= worth(wider) > worth(pieces[start:end])
    return list(pieces[start:end])


def _listed(pieces: Sequence[Piece], at: int, *, everything: bool) -> tuple[int, int]:
    """From where to where to speak of a list, so that it begins with what says what it lists."""
    first = at
    while first and pieces[first].is_item:
        first -= 1
    lead = first if pieces[first].text.endswith(":") else first + pieces[at].is_item
    if pieces[at].is_item and _length(pieces[lead : at + 1]) > MOST_WORDS:
        return at, at + 1
    start = lead if pieces[lead].text.endswith(":") or everything else at
    end = at + 1
    while (
        (start < at or everything or not pieces[at].is_item)
        and end < len(pieces)
        and pieces[end].is_item
        and _length(pieces[start : end + 1]) <= MOST_WORDS
    ):
        end += 1
    return start, end


def _covered(terms: Iterable[Term], stems: frozenset[str]) -> float:
    return sum(term.weight for term in terms if term.is_in(stems))


def _union(pieces: Iterable[Piece], more: frozenset[str]) -> frozenset[str]:
    return more.union(*(piece.stems for piece in pieces))


def _length(pieces: Iterable[Piece]) -> int:
    return sum(len(piece.text.split()) for piece in pieces)


def _ended(text: str) -> str:
    """As a sentence."""
    return (
        text if text.endswith((".", "!", "?", ":", "。", "！", "？")) else f"{text.rstrip(',;')}."
    )


def _bounded(text: str) -> str:
    """No more than may be spoken, to the end of a clause if there is one late enough."""
    words = text.split()
    if len(words) <= MOST_WORDS and len(text) <= MOST_WORDS * 12:
        return text
    words = " ".join(words[:MOST_WORDS])[: MOST_WORDS * 12].split(" ")
    ends = [n for n, word in enumerate(words, 1) if word.endswith((".", "!", "?", ";", ","))]
    late = [end for end in ends if end >= MOST_WORDS // 2]
    kept = " ".join(words[: late[-1]] if late else words)
    return _ended(kept.rstrip(",;:"))
