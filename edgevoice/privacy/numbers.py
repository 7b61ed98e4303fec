"""Rows of digits as people say and write them, and what a row is by its length."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from edgevoice.privacy.cues import Cues
from edgevoice.privacy.kinds import Kind
from edgevoice.privacy.tokens import Token

_BETWEEN = frozenset("-‐‑–—.,()")
LONG = 7
"""Digits in the shortest row that is somebody's number although nothing announced it."""

_LONGEST = 128
"""Tokens of a row that are looked at, so that no text takes long."""


@dataclass(frozen=True, slots=True)
class Row:
    """Digits, one after the other, in tokens `start` to `end`; `groups`: how many each number has.

    `most`: so many there are if every "fifty one" was meant as 50 and 1.
    """

    start: int
    end: int
    digits: str
    groups: tuple[int, ...]
    most: int


def row_at(tokens: Sequence[Token], at: int, cues: Cues, *, letters: bool = False) -> Row | None:
    """The row of digits that begins at `at`, if one does; with `letters`, spelled ones count too.

    "double seven" is 77, "oh" 0, "forty two" 42, "eight hundred" 800. What counted something, as
    in "two million", is none.
    """
    first = tokens[at] if at < len(tokens) else None
    if not first or not (letters or first.is_figures or first.word in cues.numerals):
        return None
    place = end = at
    digits, groups, unsure = "", [], 0
    while place < min(at + _LONGEST, len(tokens)):
        said, after = _item(tokens, place, cues)
        if not said and letters:
            after = _spelled(tokens, place)
        if after > place:
            digits += said
            unsure += len(said) == 2 and after == place + 2 and cues.has(tokens[place], "tens")
            groups.append(len(said))
            place = end = after
        elif end > at and (tokens[place].word in _BETWEEN or cues.has(tokens[place], "dashes")):
            place += 1
        else:
            break
    if not digits or (end < len(tokens) and cues.has(tokens[end], "large")):
        return None
    return Row(at, end, digits, tuple(groups), len(digits) + unsure)


def shape(row: Row, tokens: Sequence[Token]) -> Kind | None:
    """What a row is that nothing announced; None: nobody's."""
    count = len(row.digits)
    if row.most < LONG or _counts_up(row.digits) or _is_measure(row, tokens):
        return None
    if 13 <= count <= 19 and luhn(row.digits):
        return Kind.CARD
    possible = range(count, row.most + 1)
    if 7 in possible or 10 in possible or (11 in possible and row.digits[0] == "1"):
        return Kind.PHONE
    return Kind.SSN if count == 9 else Kind.NUMBER


def luhn(digits: str) -> bool:
    """Whether the last of `digits` is the check digit of the others (ISO/IEC 7812-1)."""
    doubled = (
        sum(divmod(2 * int(digit), 10)) if place % 2 else int(digit)
        for place, digit in enumerate(reversed(digits))
    )
    return sum(doubled) % 10 == 0


def _item(tokens: Sequence[Token], at: int, cues: Cues) -> tuple[str, int]:
    """The digits that one number at `at` stands for, and where it ends; "" if none is there."""
    token = tokens[at]
    if token.is_figures:
        return "".join(str(int(figure)) for figure in token.text), at + 1
    after = tokens[at + 1] if at + 1 < len(tokens) else None
    if after and cues.has(token, "doubles", "triples"):
        digit = cues.values.get(after.word, after.text if after.is_figures else "")
        if len(digit) == 1 and not cues.has(after, "tens"):
            return _plain(digit) * (2 if cues.has(token, "doubles") else 3), at + 2
    digits = cues.values.get(token.word, "")
    if cues.has(token, "tens"):
        ones = at + 2 if after and after.word == "-" else at + 1
        if ones < len(tokens) and cues.has(tokens[ones], "digits"):
            value = cues.values[tokens[ones].word]
            if value != "0":
                return digits + value, ones + 1
        return f"{digits}0", at + 1
    if digits and after and cues.has(after, "hundreds"):
        return f"{digits}00", at + 2
    return digits, at + 1 if digits else at


def _plain(digit: str) -> str:
    return str(int(digit))


def _spelled(tokens: Sequence[Token], at: int) -> int:
    """Where the letters at `at` end that belong to a number: "b c", or "abc" against figures."""
    token = tokens[at]
    if not token.is_word:
        return at
    if token.is_letter:
        # "… nine i think": the last letter is one only if more of the number follows it.
        return at + 1 if token.word not in "ai" or _goes_on(tokens, at + 1) else at
    before = at > 0 and tokens[at - 1].is_figures and tokens[at - 1].end == token.start
    behind = at + 1 < len(tokens) and tokens[at + 1].start == token.end
    touches = before or (behind and (tokens[at + 1].is_figures or tokens[at + 1].word == "-"))
    return at + 1 if touches else at


def _goes_on(tokens: Sequence[Token], at: int) -> bool:
    return at >= len(tokens) or not tokens[at].is_word or tokens[at].is_letter


def _counts_up(digits: str) -> bool:
    """Whether somebody counts: "one two three four …"."""
    return digits.startswith("1234567") and all(
        int(after) == (int(before) + 1) % 10 for before, after in pairwise(digits[:9])
    )


def _is_measure(row: Row, tokens: Sequence[Token]) -> bool:
    """Whether signs make the row a day (2026-11-21), an amount (1,234,567) or a fraction."""
    parts = tokens[row.start : row.end]
    touching = all(one.end == other.start for one, other in pairwise(parts))
    signs = {part.word for part in parts if part.sort == "sign"}
    if not touching or not signs:
        return False
    if signs == {","}:
        return row.groups[0] <= 3 and set(row.groups[1:]) == {3}
    if signs == {"."} and len(row.groups) == 2:
        return row.groups != (3, 4)
    return row.groups in ((4, 2, 2), (2, 2, 4))
