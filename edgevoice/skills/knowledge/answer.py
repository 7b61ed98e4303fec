"""From the passages that a search found to the sentence or two that answer, or to nothing.

How well a passage fits is the share of the question's words, each weighted by how rare it is
(inverse document frequency), that stand in the passage or over it; half of that share is looked for
in the sentences that would be spoken.
"""

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from edgevoice.dialog.speakable import speakable
from edgevoice.skills.knowledge.passages import sentences
from edgevoice.skills.knowledge.questions import Wanted

MIN_FIT = 0.6
"""From this fit on, an answer is given without being asked for documents; by measurement, see
tools/bench/knowledge.py."""
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
    Wanted.PLACE: re.compile(
        r"\b(?:in|on|at|beside|behind|above|below|under|opposite|near|next|between|inside|outside|"
        r"upstairs|downstairs|left|right|floor|room)\b",
        re.IGNORECASE,
    ),
}
_LOCAL_SHARE = 0.5
_SIGN_SHARE = 0.25
_TITLE_SHARE = 0.4
_MARGIN_SHARE = 0.1
_LENGTH_COST = 0.04
_LEANING_COST = 0.06
_MOST_PIECES = 3
_UNTOLD_SHARE = 0.4
"""What a passage is worth that tells no number where one was asked for."""


@dataclass(frozen=True, slots=True)
class Term:
    """A word of the question: the stems that stand for it (any set of them does, all of the set)
    its `weight`, and whether many questions have it (`weak`)."""

    ways: tuple[frozenset[str], ...]
    weight: float
    weak: bool = False

    def is_in(self, stems: frozenset[str]) -> bool:
        """Whether a text with these `stems` has the word."""
        return any(way <= stems for way in self.ways)


@dataclass(frozen=True, slots=True)
class Piece:
    """A sentence, list item or table row: as it is written, and its stems."""

    text: str
    stems: frozenset[str]
    is_item: bool


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage that may answer. `title` and `above`: the stems of its document's title, and of its
    headings."""

    title: frozenset[str]
    above: frozenset[str]
    pieces: tuple[Piece, ...]


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
    """A passage piece by piece, without a list's marks; and whether it is an item or a row."""
    pieces: list[tuple[str, bool]] = []
    for line in text.split("\n"):
        if _NO_WORDS.match(line):
            continue
        if _ROW.match(line):
            cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
            pieces.append((", ".join(filter(None, cells)), True))
        elif mark := _ITEM.match(line):
            item = line[mark.end() :]
            whole = len(item.split()) <= MOST_WORDS
            pieces += [(each, True) for each in ([item] if whole else sentences(item))]
        else:
            pieces += [(each, False) for each in sentences(line)]
    return pieces


def spoken(pieces: Iterable[str]) -> str:
    """As plain words, each piece a sentence."""
    return " ".join(_ended(said) for piece in pieces if (said := speakable(piece)))


def best(
    terms: Sequence[Term], candidates: Sequence[Candidate], wanted: Wanted = Wanted.ANYTHING
) -> Answer | None:
    """The answer that fits best; None where there is nothing to go by.

    Of those that fit equally well, it is of the first candidate. Where another document fits nearly
    as well, it is likelier that neither is meant.
    """
    fits = [
        (*fitting, number)
        for number, candidate in enumerate(candidates)
        if (fitting := _fitting(terms, candidate, wanted))
    ]
    if not fits:
        return None
    fit, chosen, number = max(fits, key=lambda each: each[0])
    title = candidates[number].title
    rival = max((each[0] for each in fits if candidates[each[2]].title != title), default=0.0)
    text = _bounded(spoken(piece.text for piece in chosen))
    return Answer(text, fit - _MARGIN_SHARE * rival, number)


def _fitting(
    terms: Sequence[Term], candidate: Candidate, wanted: Wanted
) -> tuple[float, Sequence[Piece]] | None:
    """How well a passage fits, and its pieces that would be spoken; None where it does not."""
    # What a document is about, all of its passages are about: that tells little.
    terms = [
        replace(term, weight=term.weight * _TITLE_SHARE) if term.is_in(candidate.title) else term
        for term in terms
    ]
    above = candidate.title | candidate.above
    everywhere = _union(candidate.pieces, above)
    if not candidate.pieces or not any(term.is_in(everywhere) for term in terms if not term.weak):
        return None
    chosen = _chosen(terms, candidate, wanted)
    fit = (1 - _LOCAL_SHARE) * _covered(terms, everywhere)
    fit += _LOCAL_SHARE * _covered(terms, _union(chosen, above))
    if not has_sign(chosen, wanted):
        fit *= _UNTOLD_SHARE
    return fit / sum(term.weight for term in terms), chosen


def _chosen(terms: Sequence[Term], candidate: Candidate, wanted: Wanted) -> Sequence[Piece]:
    """The pieces to be spoken, in their order: of up to three in a row, those that say most."""
    pieces = candidate.pieces
    # Among the sentences of one passage, a word tells the more the fewer of them have it.
    local = [
        Term(term.ways, term.weight * (1 + 1 / many))
        for term in terms
        if (many := sum(term.is_in(piece.stems) for piece in pieces))
    ]
    total = sum(term.weight for term in local) or 1.0

    def worth(some: Sequence[Piece], leans: bool) -> float:
        share = _covered(local, _union(some, frozenset())) / total
        share += _SIGN_SHARE * has_sign(some, wanted)
        return share - _LENGTH_COST * len(some) - _LEANING_COST * leans

    windows = [
        (first, end)
        for first in range(len(pieces))
        for end in range(first + 1, min(first + _MOST_PIECES, len(pieces)) + 1)
        if end == first + 1 or _length(pieces[first:end]) <= MOST_WORDS
    ]
    start, end = max(
        windows,
        key=lambda window: worth(
            pieces[slice(*window)],
            window[0] > 0 and bool(_LEANS.match(pieces[window[0]].text)),
        ),
    )
    if pieces[start].is_item or pieces[end - 1].text.endswith(":"):
        start, end = _listed(pieces, start, end, everything=wanted is Wanted.STEPS)
    while (
        wanted is Wanted.STEPS
        and end < len(pieces)
        and _length(pieces[start : end + 1]) <= MOST_WORDS
    ):
        end += 1
    return pieces[start:end]


def has_sign(pieces: Iterable[Piece], wanted: Wanted) -> bool:
    """Whether any of `pieces` may tell what is wanted: a number, a time, a place."""
    sign = _SIGNS.get(wanted)
    return sign is None or any(sign.search(piece.text) for piece in pieces)


def _listed(pieces: Sequence[Piece], start: int, end: int, *, everything: bool) -> tuple[int, int]:
    """From where to where to speak of a list: with the sentence that says what it lists, if there
    is one; from its beginning on where `everything` is wanted."""
    first = start
    while first and pieces[first].is_item:
        first -= 1
    if pieces[first].is_item or not (pieces[first].text.endswith(":") or everything):
        first += not pieces[first].is_item
        first = first if everything else start
    if _length(pieces[first:end]) > MOST_WORDS:
        return start, end
    if first < start or pieces[end - 1].text.endswith(":"):
        while (
            end < len(pieces)
            and pieces[end].is_item
            and _length(pieces[first : end + 1]) <= MOST_WORDS
        ):
            end += 1
    return first, end


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
