"""Words that must fit: wrapping, cutting, and keeping neighbours apart. Pure.

Lengths are in pixels; a `Measure` says how long a text is.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

Measure = Callable[[str, int], float]
"""(text, size of the letters) → its length."""

GAP = 9.0
"""Space between two neighbours."""

LEADING = 1.15
"""Distance of two lines, in sizes of their letters."""

LEAST = 16.0
"""A label that has less room than this is left out."""


@dataclass(frozen=True, slots=True)
class Label:
    """Words that begin at `left`.

    Without `shorter`, words that do not fit are cut with an ellipsis. With it, nothing is cut:
    the first of `text` and `shorter` that fits is taken, or none.
    """

    left: float
    text: str
    colour: str
    bold: bool = False
    struck: bool = False
    shorter: tuple[str, ...] | None = None


def spread(
    labels: Iterable[Label], right: float, others: Sequence[float] = ()
) -> Iterator[tuple[Label, float]]:
    """`labels` with the room that each one has: up to the next one, to one of `others`, or `right`.

    Labels without room are left out.
    """
    ordered = sorted((label for label in labels if label.text), key=lambda label: label.left)
    for n, label in enumerate(ordered):
        following = [after.left for after in ordered[n + 1 : n + 2]]
        following += [other for other in others if other > label.left]
        room = min([right, *(end - GAP for end in following)]) - label.left
        if room >= LEAST:
            yield label, room


def wrapped(text: str, size: int, room: float, lines: int, measure: Measure) -> tuple[str, ...]:
    """`text` in at most `lines` lines that are at most `room` long; the last may end in `…`."""
    done: list[str] = []
    words = text.split()
    while words and len(done) < lines:
        count = _fitting(words, size, room, measure)
        last_line = len(done) == lines - 1
        if not count or (last_line and count < len(words)):
            return (*done, cut(" ".join(words), size, room, measure))
        done.append(" ".join(words[:count]))
        words = words[count:]
    return tuple(done)


def _fitting(words: Sequence[str], size: int, room: float, measure: Measure) -> int:
    count = 0
    while count < len(words) and measure(" ".join(words[: count + 1]), size) <= room:
        count += 1
    return count


def cut(text: str, size: int, room: float, measure: Measure) -> str:
    """`text`, or as much of its beginning as fits with an ellipsis; nothing if not even that."""
    if measure(text, size) <= room:
        return text
    for end in range(len(text) - 1, -1, -1):
        shortened = text[:end].rstrip(" ,;:.") + "…"
        if measure(shortened, size) <= room:
            return shortened
    return ""


def chosen(label: Label, size: int, room: float, lines: int, measure: Measure) -> tuple[str, ...]:
    """The lines in which `label` is written."""
    if label.shorter is None:
        return wrapped(label.text, size, room, lines, measure)
    texts = (label.text, *label.shorter)
    return next(((text,) for text in texts if measure(text, size) <= room), ())


def share(text: str, start: int, end: int, since: int, until: int) -> str:
    """The words of `text`, spoken from `start` to `end`, that begin from `since` up to `until`.

    Words are taken to be spread evenly. What is spoken on both sides of a moment is found, whole,
    on one side of it.
    """
    if end <= start:
        return text if since <= start < until else ""
    found = re.finditer(r"\S+", text)
    at = [(start + (end - start) * word.start() // len(text), word.group()) for word in found]
    return " ".join(word for moment, word in at if since <= moment < until)
