"""Where somebody can be reached: addresses of mail and of houses."""

import re
from collections.abc import Iterator, Sequence

from edgevoice.privacy.announced import behind_links
from edgevoice.privacy.cues import Cues
from edgevoice.privacy.kinds import Found, Kind
from edgevoice.privacy.numbers import row_at
from edgevoice.privacy.tokens import Token

# Bounded, so that no text takes long.
_WRITTEN = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
_LOCAL = 12
"""Tokens before the "at" that are looked at, and behind it."""
_STREET = 5
"""Words that the name of a street has at most, with "street"."""
_ZIP = 4
"""Digits of a zip code at least: of five, one may be lost when "twenty" and "three" are two."""


def mail(text: str, tokens: Sequence[Token], cues: Cues) -> Iterator[Found]:
    """Addresses for mail, written and said."""
    for found in _WRITTEN.finditer(text):
        yield Found(Kind.EMAIL, found.start(), found.end())
    for at, token in enumerate(tokens):
        if token.word == "@" or cues.has(token, "at"):
            end = _domain(tokens, at + 1, cues)
            start = _local(tokens, at, cues) if end else at
            if start < at:
                yield Found(Kind.EMAIL, tokens[start].start, tokens[end - 1].end)


def _domain(tokens: Sequence[Token], at: int, cues: Cues) -> int:
    """Where the domain at `at` ends: words, a dot, and a domain that there is; 0: it is none."""
    end = 0
    for place in range(at, min(at + _LOCAL, len(tokens))):
        token = tokens[place]
        dotted = place > at and _is_dot(tokens, place - 1, cues)
        if dotted and cues.has(token, "domains"):
            end = place + 1
        elif not _is_dot(tokens, place, cues) and (
            (end and end == place) or not (_is_part(token) or token.word == "-")
        ):
            break
    return end


def _local(tokens: Sequence[Token], at: int, cues: Cues) -> int:
    """Where what belongs to the address before the "at" begins."""
    start = at
    while start > max(at - _LOCAL, 0):
        before = tokens[start - 1]
        if _joins(before, cues) and start < at:
            if start < 2 or not _is_part(tokens[start - 2]):
                break
            start -= 2
        elif _is_part(before) and (
            _is_spelled(tokens, start - 1, at) or not cues.has(before, "before_mail")
        ):
            # One word is enough, unless it is a number, spelled, or behind a name: "anna smith at".
            if start < at and not (
                _is_short(tokens[start], cues) or _is_short(before, cues) or cues.is_given(before)
            ):
                break
            start -= 1
        else:
            break
    return start


def _is_part(token: Token) -> bool:
    return token.is_word or token.is_figures


def _is_short(token: Token, cues: Cues) -> bool:
    return token.is_figures or token.is_letter or token.word in cues.values


def _is_spelled(tokens: Sequence[Token], at: int, end: int) -> bool:
    """Whether a letter at `at` has another beside it, before `end`: "a" may be a word."""
    beside = [*tokens[max(at - 1, 0) : at], *tokens[at + 1 : min(at + 2, end)]]
    return tokens[at].is_letter and any(token.is_letter for token in beside)


def _joins(token: Token, cues: Cues) -> bool:
    return token.word in ("-", ".", "_", "+") or cues.has(token, "mail_joiners")


def _is_dot(tokens: Sequence[Token], at: int, cues: Cues) -> bool:
    """Whether a dot is at `at`; a written one has no space behind it, or it ends a sentence."""
    if cues.has(tokens[at], "dots"):
        return True
    behind = at + 1 < len(tokens) and tokens[at + 1].start == tokens[at].end
    return tokens[at].word == "." and behind


def houses(tokens: Sequence[Token], cues: Cues) -> Iterator[Found]:
    """Streets with a number before them, or behind words like "i live on"."""
    row_end = 0
    for at in range(len(tokens)):
        row = row_at(tokens, at, cues) if at >= row_end else None
        if row:
            row_end = row.end
            end = _street(tokens, row.end, cues, surely=len(row.digits) > 1)
            if end:
                yield _house(tokens, at, end, cues)
        for after, lists in cues.starts(tokens, at):
            if "homes" in lists:
                place = behind_links(tokens, after, cues)
                end = _street(tokens, place, cues, surely=True)
                if end:
                    yield _house(tokens, place, end, cues)


def _street(tokens: Sequence[Token], at: int, cues: Cues, *, surely: bool) -> int:
    """Where the street ends whose name begins at `at`; 0: it is none."""
    kinds = ("streets", "maybe_streets") if surely else ("streets",)
    for place in range(at, min(at + _STREET, len(tokens))):
        token = tokens[place]
        if place > at and cues.has(token, *kinds):
            return place + 1
        if token.sort in ("sign", "hidden") or cues.has(token, "not_in_streets"):
            return 0
    return 0


def _house(tokens: Sequence[Token], start: int, end: int, cues: Cues) -> Found:
    """The address from `start` on, with flat, town and state if they follow the street at `end`."""
    place = _behind_commas(tokens, end)
    if place < len(tokens) and cues.has(tokens[place], "units"):
        row = row_at(tokens, place + 1, cues, letters=True)
        end = row.end if row else end
        place = _behind_commas(tokens, end)
    for town in range(place, min(place + 4, len(tokens))):
        state = next(
            (after for after, lists in cues.starts(tokens, town) if "states" in lists), town
        )
        row = row_at(tokens, _behind_commas(tokens, state), cues)
        if row and len(row.digits) >= _ZIP:
            end = row.end
            break
        if state > town:
            end = state
            break
        if tokens[town].sort == "hidden" or cues.has(tokens[town], "not_in_streets"):
            break
    return Found(Kind.ADDRESS, tokens[start].start, tokens[end - 1].end)


def _behind_commas(tokens: Sequence[Token], at: int) -> int:
    while at < len(tokens) and tokens[at].word in (",", "."):
        at += 1
    return at
