"""Whole numbers as English words, and back to digits."""

import re

_SMALL = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()

NUMBER_WORDS: frozenset[str] = frozenset([*_SMALL, *_TENS, "hundred", "thousand", "half"])

ORDINALS: tuple[str, ...] = (
    "first", "second", "third", "fourth", "fifth", "sixth",
    "seventh", "eighth", "ninth", "tenth", "eleventh", "twelfth",
)  # fmt: skip


def words(n: int) -> str:
    """Spell ``n`` out, without hyphens and without "and": 365 is "three hundred sixty five".

    Raises ValueError outside -999999 to 999999.
    """
    if not -1_000_000 < n < 1_000_000:
        raise ValueError(f"cannot spell {n}: only numbers of up to six digits")
    if n < 0:
        return "minus " + words(-n)
    if n < 20:
        return _SMALL[n]
    if n < 100:
        tens, ones = divmod(n, 10)
        return _TENS[tens - 2] + (f" {_SMALL[ones]}" if ones else "")
    for size, name in ((1000, "thousand"), (100, "hundred")):
        if n >= size:
            many, rest = divmod(n, size)
            return f"{words(many)} {name}" + (f" {words(rest)}" if rest else "")
    raise AssertionError("unreachable: every number up to 999999 has returned")


_VALUES = {word: n for n, word in enumerate(_SMALL)} | {
    word: 10 * n for n, word in enumerate(_TENS, start=2)
}
_RUN = re.compile(r"\b(?:{0})(?: (?:{0}))*\b".format("|".join([*_VALUES, "hundred", "thousand"])))


def _value(run: str) -> int | None:
    """The number that ``run`` spells, or None if it is not the spelling of one number."""
    total = part = 0
    for word in run.split():
        if word == "hundred":
            part *= 100
        elif word == "thousand":
            total, part = part * 1000, 0
        else:
            part += _VALUES[word]
    n = total + part
    return n if n < 1_000_000 and words(n) == run else None


def _clock(run: str) -> str | None:
    """The time that ``run`` spells, such as "seven thirty", or None."""
    said = run.split()
    for i in range(1, len(said)):
        hour, minute = _value(" ".join(said[:i])), _value(" ".join(said[i:]))
        if hour is not None and minute is not None and hour < 24 and 10 <= minute < 60:
            return f"{hour}:{minute}"
    return None


def to_digits(text: str) -> str:
    """Write every number and time that is spelt out in ``text`` as digits."""

    def digits(match: re.Match[str]) -> str:
        n = _value(match.group())
        return str(n) if n is not None else _clock(match.group()) or match.group()

    return _RUN.sub(digits, text)
