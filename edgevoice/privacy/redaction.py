"""Takes out of what was said whatever gives a person away, before it leaves the conversation.

>>> redact("my name is anna exampleton call me at five five five oh one two three").text
'my name is [name] call me at [phone]'
"""

from collections.abc import Iterable
from dataclasses import dataclass

from edgevoice.privacy.announced import numbers
from edgevoice.privacy.cues import Cues, english
from edgevoice.privacy.kinds import RANK, Found
from edgevoice.privacy.names import names
from edgevoice.privacy.places import houses, mail
from edgevoice.privacy.tokens import tokens_of


@dataclass(frozen=True, slots=True)
class Redacted:
    """What may leave: `text`, and what was `found`, in order, by its place in the original."""

    text: str
    found: tuple[Found, ...]


def redact(text: str, cues: Cues | None = None) -> Redacted:
    """`text` with a token like "[name]" for all that gives somebody away; `cues`: of English.

    Redacting again changes nothing. What lies outside of the places found stays as it is.
    """
    cues = cues or english()
    whole: list[Found] = []
    remaining = text
    # What is hidden changes what its neighbours stand behind, so look until nothing is found.
    # Every look hides a word at least, and no look finds what is hidden: it comes to an end.
    while found := _find(remaining, cues):
        whole = sorted(whole + _in_original(found, whole), key=_place)
        remaining = _hide(text, whole)
    return Redacted(remaining, tuple(whole))


def _find(text: str, cues: Cues) -> list[Found]:
    """What gives somebody away in `text`, in order, each place once."""
    tokens = tokens_of(text)
    candidates = [
        *mail(text, tokens, cues),
        *numbers(tokens, cues),
        *houses(tokens, cues),
        *names(tokens, cues),
    ]
    return _united(candidates)


def _place(found: Found) -> int:
    return found.start


def _united(candidates: Iterable[Found]) -> list[Found]:
    """Those that overlap as one, so that no part of one stays: its kind is the surest of theirs."""
    united: list[Found] = []
    for found in sorted(candidates, key=_place):
        last = united[-1] if united else None
        if last and found.start < last.end:
            kind = min(last.kind, found.kind, key=RANK.__getitem__)
            united[-1] = Found(kind, last.start, max(last.end, found.end))
        else:
            united.append(found)
    return united


def _hide(text: str, found: Iterable[Found]) -> str:
    pieces, at = [], 0
    for each in found:
        pieces += [text[at : each.start], each.kind.token]
        at = each.end
    return "".join([*pieces, text[at:]])


def _in_original(found: Iterable[Found], hidden: Iterable[Found]) -> list[Found]:
    """`found` in a text where tokens stand for what is `hidden`, by its place in the original."""
    moved = []
    for each in found:
        start, end = each.start, each.end
        for before in hidden:
            if before.start > start:
                break
            longer = before.end - before.start - len(before.kind.token)
            start, end = start + longer, end + longer
        moved.append(Found(each.kind, start, end))
    return moved
