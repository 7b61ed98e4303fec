"""Word error rate, and what a confidence gate does to it. Nothing here knows about models."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

AMERICAN = {"colour": "color", "colours": "colors", "favourite": "favorite", "grey": "gray"}
THRESHOLDS = tuple(-hundredths / 100 for hundredths in range(5, 100))


def spelled_alike(text: str) -> list[str]:
    """The words in one spelling: nobody can hear whether a colour is a color."""
    return [AMERICAN.get(word, word) for word in text.split()]


def word_errors(said: str, heard: str) -> int:
    """Substitutions, deletions and insertions on the cheapest way from one to the other."""
    reference, guess = spelled_alike(said), spelled_alike(heard)
    row = list(range(len(guess) + 1))
    for i, word in enumerate(reference, 1):
        diagonal, row[0] = row[0], i
        for j, other in enumerate(guess, 1):
            cost = min(row[j] + 1, row[j - 1] + 1, diagonal + (word != other))
            diagonal, row[j] = row[j], cost
    return row[-1]


class Result(NamedTuple):
    """One clip: what was said, what was heard, and how sure the model was."""

    said: str
    heard: str
    score: float
    voice: str = ""


class Rates(NamedTuple):
    """Shares from 0 to 1 over a number of clips."""

    clips: int
    word_error_rate: float
    exact: float


def rates(results: Iterable[Result]) -> Rates:
    """Word error rate (errors over words said) and share of sentences without any error."""
    results = list(results)
    words = sum(len(r.said.split()) for r in results)
    errors = sum(word_errors(r.said, r.heard) for r in results)
    exact = sum(word_errors(r.said, r.heard) == 0 for r in results)
    count = max(1, len(results))
    return Rates(len(results), errors / max(1, words), exact / count)


def accepted(results: Iterable[Result], threshold: float) -> list[Result]:
    """What a listener believes: words at a score above the threshold."""
    return [r for r in results if r.heard and r.score > threshold]


def choose_threshold(
    understood: Sequence[Result],
    foreign: Sequence[Result],
    most_errors: float,
    most_foreign: float,
    steps: Sequence[float] = THRESHOLDS,
) -> float | None:
    """The most generous threshold within both limits; None if no threshold is.

    ``most_errors`` bounds the word error rate of what is accepted of ``understood``,
    ``most_foreign`` the share of ``foreign`` that is accepted.
    """
    good = [
        step
        for step in steps
        if rates(accepted(understood, step)).word_error_rate <= most_errors
        and len(accepted(foreign, step)) <= most_foreign * len(foreign)
    ]
    return min(good, default=None)


def true_prefix(said: str, heard: str) -> bool:
    """Whether a partial transcript without its last word begins the sentence."""
    start = spelled_alike(heard)[:-1]
    return spelled_alike(said)[: len(start)] == start
