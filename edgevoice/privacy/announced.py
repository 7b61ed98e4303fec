"""Numbers and dates of birth: what a cue announces, and rows of digits too long to be nobody's."""

from collections.abc import Iterator, Sequence

from edgevoice.privacy.cues import Cues
from edgevoice.privacy.kinds import Found, Kind
from edgevoice.privacy.numbers import Row, row_at, shape
from edgevoice.privacy.tokens import Token

_CUES = {
    # list → kind, digits at least, whether letters may be among them
    "ssn_cues": (Kind.SSN, 4, False),
    "mrn_cues": (Kind.MRN, 4, True),
    "insurance_cues": (Kind.INSURANCE, 4, True),
    "card_cues": (Kind.CARD, 12, False),
    "phone_cues": (Kind.PHONE, 6, False),
    "address_cues": (Kind.ADDRESS, 3, False),
}
_LINKS = 8
"""So many words and signs may stand between a cue and what it announces."""

_DATE = 14
"""A date has so many words and signs at most."""


def numbers(tokens: Sequence[Token], cues: Cues) -> Iterator[Found]:
    """Everything in `tokens` that is a number of somebody's, and dates of birth."""
    until = 0  # what was announced needs no second look
    for at in range(len(tokens)):
        for end, lists in cues.starts(tokens, at):
            place = behind_links(tokens, end, cues)
            if "birth_cues" in lists and (row := _date(tokens, end, place, cues)):
                yield _found(Kind.DOB, row, tokens, cues)
                until = max(until, row.end)
            for name in lists & _CUES.keys():
                if row := _announced(tokens, place, cues, name):
                    yield _found(_CUES[name][0], row, tokens, cues)
                    until = max(until, row.end)
        if at >= until and (row := row_at(tokens, at, cues)):
            until = row.end
            if kind := shape(row, tokens):
                yield _found(kind, row, tokens, cues)


def behind_links(tokens: Sequence[Token], at: int, cues: Cues) -> int:
    """The first place from `at` on that no word like "is" and no sign like ":" takes up."""
    for place in range(at, min(at + _LINKS, len(tokens))):
        token = tokens[place]
        if not (token.sort == "sign" or cues.has(token, "links")):
            return place
    return min(at + _LINKS, len(tokens))


def _announced(tokens: Sequence[Token], at: int, cues: Cues, name: str) -> Row | None:
    _, least, letters = _CUES[name]
    row = row_at(tokens, at, cues, letters=letters)
    return row if row and row.most >= least else None


def _found(kind: Kind, row: Row, tokens: Sequence[Token], cues: Cues) -> Found:
    first = row.start
    # "(212) 555", "+1", "plus one": these belong to the number.
    while first and (tokens[first - 1].word in ("(", "+") or cues.has(tokens[first - 1], "plus")):
        first -= 1
    return Found(kind, tokens[first].start, tokens[row.end - 1].end)


def _date(tokens: Sequence[Token], cue_end: int, at: int, cues: Cues) -> Row | None:
    """The date at `at`: one that has a month's name, or four figures; "the" before it included."""
    place = end = at
    digits, named = "", False
    while place < min(at + _DATE, len(tokens)):
        token = tokens[place]
        if cues.has(token, "months") or cues.has(token, "ordinals") or token.sort == "nth":
            named = named or cues.has(token, "months")
            place = end = place + 1
        elif row := row_at(tokens, place, cues):
            digits += row.digits
            place = end = row.end
        elif token.word in ("/", "-", ".", ",") or cues.has(token, "date_joiners"):
            place += 1
        else:
            break
    if end == at or not (named or len(digits) >= 4):
        return None
    while at > cue_end and cues.has(tokens[at - 1], "date_openers"):
        at -= 1
    return Row(at, end, digits, (len(digits),), len(digits))
