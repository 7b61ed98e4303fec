"""Numbers as people say them, in digits, and digits as people say them.

>>> in_digits("two hundred and five times twelve point five")
'205 times 12.5'
>>> spoken(Fraction(1, 3))
'about 0.333'
"""

import math
import re
from collections.abc import Iterator, Sequence
from fractions import Fraction

_UNITS = {
    word: n
    for n, word in enumerate(
        (
            "zero one two three four five six seven eight nine ten eleven twelve thirteen "
            "fourteen fifteen sixteen seventeen eighteen nineteen"
        ).split()
    )
}
_TENS = {
    word: 10 * n
    for n, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), 2)
}
_LARGE = {"thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
_PARTS = {
    word: parts
    for words, parts in (
        ("half halves", 2),
        ("third thirds", 3),
        ("quarter quarters fourth fourths", 4),
        ("fifth fifths", 5),
        ("sixth sixths", 6),
        ("eighth eighths", 8),
        ("tenth tenths", 10),
        ("hundredth hundredths", 100),
    )
    for word in words.split()
}
_SPELLED = {word: str(n) for word, n in _UNITS.items() if n < 10} | {"oh": "0"}

_NUMBER = re.compile(r"\d{1,3}(?:,\d{3})+(?![\d,])(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+", re.ASCII)
_TOKEN = re.compile(rf"{_NUMBER.pattern}|[^\W\d_]+|\S", re.ASCII)
_HYPHEN = re.compile(r"(?<=[a-z])-(?=[a-z])")


def in_digits(text: str) -> str:
    """`text` in small letters, its numbers in digits, a space between any two things."""
    # A hyphen between words, as in "twenty-one", is no minus.
    return " ".join(_replaced(_TOKEN.findall(_HYPHEN.sub(" ", text.lower()))))


def _replaced(tokens: Sequence[str]) -> Iterator[str]:
    at = 0
    while at < len(tokens):
        value, end = number_at(tokens, at)
        yield tokens[at] if end == at else written(value)
        at = max(end, at + 1)


def written(value: Fraction) -> str:
    """`value` in digits: as a decimal if it is one, else as a fraction in brackets."""
    places = decimal_places(value)
    if places is None:
        return f"({value.numerator}/{value.denominator})"
    digits = str(abs(value.numerator) * (10**places // value.denominator)).zfill(places + 1)
    cut = len(digits) - places
    return f"{'-' if value < 0 else ''}{digits[:cut]}{'.' if places else ''}{digits[cut:]}"


def decimal_places(value: Fraction) -> int | None:
    """How many decimals write `value` exactly; None: none do."""
    rest, twos, fives = value.denominator, 0, 0
    while rest % 2 == 0:
        rest, twos = rest // 2, twos + 1
    while rest % 5 == 0:
        rest, fives = rest // 5, fives + 1
    return max(twos, fives) if rest == 1 else None


def spoken(value: Fraction, *, exact: bool = True, places: int = 6) -> str:
    """`value` as one would say it: whole if it has no more than so many `places`, or "about" that.

    `exact`: whether it is `value` at all, or only nearly.
    """
    size = _magnitude(value)
    if value and not -6 <= size < 15:
        return _in_powers(value, size, exact)
    needed = decimal_places(value)
    if needed is None or needed > places:
        value, exact = _rounded(value, max(3, 2 - size)), False
    return written(value) if exact else f"about {written(_rounded(value, max(3, 2 - size)))}"


def _in_powers(value: Fraction, size: int, exact: bool) -> str:
    """ "About 1.27 times 10 to the power of 30"."""
    factor = value / Fraction(10) ** size
    short = _rounded(factor, 2)
    if abs(short) == 10:
        short, size = short / 10, size + 1
    about = "" if exact and short == factor else "about "
    times = "" if short == 1 else f"{written(short)} times "
    return f"{about}{times}10 to the power of {size}"


def _rounded(value: Fraction, places: int) -> Fraction:
    return Fraction(round(value * 10**places), 10**places)


def _magnitude(value: Fraction) -> int:
    """The power of ten that leads `value`: 2 for 345; of nothing, 0."""
    if not value:
        return 0
    size = math.floor(math.log10(abs(value.numerator)) - math.log10(value.denominator))
    # The logarithm may be off by a hair.
    while abs(value) >= Fraction(10) ** (size + 1):
        size += 1
    while abs(value) < Fraction(10) ** size:
        size -= 1
    return size


def number_at(tokens: Sequence[str], at: int) -> tuple[Fraction, int]:
    """The number that begins at `at`, and where it ends; at `at`, if none does."""
    value, end = _whole(tokens, at)
    digits, behind = _decimals(tokens, end)
    if digits:
        value += Fraction(int(digits), 10 ** len(digits))
        large = _LARGE.get(_word(tokens, behind))  # "two point five million"
        return (value * large, behind + 1) if large else (value, behind)
    if end == at:
        return _part(tokens, at, Fraction(1))
    if _word(tokens, end) == "and":  # "two and a half", "three and three quarters"
        count, behind = _whole(tokens, end + 1)
        part, last = _part(tokens, behind, count if behind > end + 1 else Fraction(1))
        return (value + part, last) if last > behind else (value, end)
    return _part(tokens, end, value)


def _part(tokens: Sequence[str], at: int, count: Fraction) -> tuple[Fraction, int]:
    """So many of the "thirds" that follow, or of "a third"; `count` itself if none do."""
    end = at + 1 if _word(tokens, at) in ("a", "an") else at
    parts = _PARTS.get(_word(tokens, end))
    return (count / parts, end + 1) if parts else (count, at)


def _decimals(tokens: Sequence[str], at: int) -> tuple[str, int]:
    """The digits behind a "point" at `at`."""
    if _word(tokens, at) != "point":
        return "", at
    digits, end = "", at + 1
    while found := _SPELLED.get(_word(tokens, end)) or re.sub(r"\D", "", _word(tokens, end)):
        digits, end = digits + found, end + 1
    return digits, end


def _whole(tokens: Sequence[str], at: int) -> tuple[Fraction, int]:
    """The number in words, or begun in digits, at `at`: the thousands, and a group below them."""
    total, group, last, end = Fraction(0), Fraction(0), "nothing", at
    while True:
        word = _word(tokens, end)
        fresh = last in ("nothing", "hundred", "large")
        if _NUMBER.fullmatch(word) and last in ("nothing", "large"):
            group, last = Fraction(word.replace(",", "")), "unit"
        elif word in _UNITS and (fresh or (last == "ten" and 0 < _UNITS[word] < 10)):
            group, last = group + _UNITS[word], "unit"
        elif word in _TENS and fresh:
            group, last = group + _TENS[word], "ten"
        elif word == "hundred" and last == "unit":
            group, last = group * 100, "hundred"
        elif word in _LARGE and last in ("unit", "ten", "hundred"):
            total, group, last = total + group * _LARGE[word], Fraction(0), "large"
        elif last == "nothing" and _is_large(word):
            group, last = Fraction(1), "unit"  # "hundred" is one of them
            continue
        elif last == "nothing" and word == "a" and _is_large(_word(tokens, end + 1)):
            group, last = Fraction(1), "unit"
        elif not (word == "and" and last in ("hundred", "large") and _goes_on(tokens, end + 1)):
            return total + group, end
        end += 1


def _goes_on(tokens: Sequence[str], at: int) -> bool:
    """Whether the number goes on behind "and": "… and five", but not "… and three quarters"."""
    counts = _word(tokens, at) in _UNITS or _word(tokens, at) in _TENS
    return counts and _word(tokens, at + 1) not in _PARTS


def _is_large(word: str) -> bool:
    return word == "hundred" or word in _LARGE


def _word(tokens: Sequence[str], at: int) -> str:
    return tokens[at] if at < len(tokens) else ""
