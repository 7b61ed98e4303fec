"""English amounts, as they are said and as a recogniser writes them: numbers and durations.

    "two and a half"                     Fraction(5, 2)
    "an hour and twenty minutes"         4800 seconds

Everything works on words: the words of `spoken`. Whoever wants the whole of a text gets None where
a word is left over: a half-understood amount is none.
"""

import re
from collections.abc import Sequence
from fractions import Fraction

from edgevoice.skills import number_words

_SECONDS = {
    **dict.fromkeys(("second", "seconds", "sec", "secs"), 1),
    **dict.fromkeys(("minute", "minutes", "min", "mins"), 60),
    **dict.fromkeys(("hour", "hours", "hr", "hrs"), 3_600),
    **dict.fromkeys(("day", "days"), 86_400),
    **dict.fromkeys(("week", "weeks"), 604_800),
}
_ARTICLES = ("a", "an")

_SIGNS = {
    "+": " plus ",
    "×": " times ",
    "*": " times ",
    "÷": " divided by ",
    "/": " divided by ",
    "−": " minus ",
    "%": " percent ",
    "^": " to the power of ",
    "²": " squared ",
    "½": " and a half ",
    "¼": " and a quarter ",
    "¾": " and three quarters ",
    "=": " equals ",
    "√": " the square root of ",
}
_CLEAN: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"[’‘ʼ`]"), "'"),
    (re.compile(r"\b([ap])\.\s?m\b\.?"), r"\1m"),  # p.m.
    (re.compile(r"\bo clock\b"), "o'clock"),
    (re.compile(r"(?<=\d),(?=\d{3}\b)"), ""),  # 1,500
    (re.compile(r"(?<=\d)\s*x\s*(?=\d)"), " times "),
    (re.compile(r"(?<=\d)\s+-\s*(?=\d)|(?<=\d)-(?=\d)"), " minus "),
    (re.compile(r"(?<=\s)-(?=\d)|^-(?=\d)"), "minus "),
    (re.compile(r"(?<=\d)(am|pm|sec|secs|min|mins|hrs?|h|kg|g|km|cm|mm|ml|lb|oz|mph)\b"), r" \1"),
    (re.compile(r"(?<=\d)\.(?!\d)|(?<!\d)\.|(?<!\d):|:(?!\d)"), " "),
    (re.compile(r"[^\w\s.:'&°()]|_"), " "),  # a hyphen too: "twenty-five"
    (re.compile(r"(?<!\w)'|'(?!\w)"), " "),
    (re.compile(r"([()])"), r" \1 "),
)


def spoken(text: str) -> list[str]:
    """The words of `text`, in lower case and without punctuation; signs become words, figures with
    their points and colons stay: "It's 7:30, 12 × 2.5" is it's, 7:30, 12, times, 2.5."""
    text = text.casefold()
    for pattern, words in _CLEAN[:7]:
        text = pattern.sub(words, text)
    for sign, words in _SIGNS.items():
        text = text.replace(sign, words)
    for pattern, words in _CLEAN[7:]:
        text = pattern.sub(words, text)
    return text.split()


def number(words: Sequence[str]) -> Fraction | None:
    """The number that all of `words` are; None if they are none."""
    value, end = number_at(words, 0)
    return value if end == len(words) else None


def number_at(words: Sequence[str], at: int) -> tuple[Fraction | None, int]:
    """The longest number that begins at `words[at]`, and where it ends; (None, `at`) if none does.

    An article alone is no number; "minus" in front is part of it.
    """
    minus = _word(words, at) in ("minus", "negative")
    value, end = number_words.number_at(words, at + minus)
    if end == at + minus:
        return None, at
    return -value if minus else value, end


def duration(words: Sequence[str]) -> int | None:
    """The seconds that all of `words` say; None if they are no duration, or not one of whole
    seconds."""
    seconds, end = duration_at(words, 0)
    return seconds if end == len(words) else None


def duration_at(words: Sequence[str], at: int) -> tuple[int | None, int]:
    """The longest duration that begins at `words[at]`, and where it ends; (None, `at`) if none
    does: "an hour and a half", "one hour 20 minutes", "half an hour", "two and a half minutes"."""
    total, end, smallest = Fraction(0), at, 10**9
    while end < len(words):
        begin = end + (end > at and words[end] == "and")
        many, after = _many(words, begin)
        unit = _SECONDS.get(_word(words, after))
        if many is None or unit is None or unit >= smallest:
            break
        total, end, smallest = total + many * unit, after + 1, unit
        if _word(words, end) == "and":  # "an hour and a half", and no other unit after it
            part, after = number_at(words, end + 1)
            own = _word(words, after) in (*_ARTICLES, "of", *_SECONDS)
            if part is not None and part < 1 and not own:
                return _seconds(total + part * unit, after, at)
    return _seconds(total, end, at)


def _many(words: Sequence[str], at: int) -> tuple[Fraction | None, int]:
    """How many of a unit: a number, an article, "half an", "a quarter of an", "a couple of"."""
    if _word(words, at) in _ARTICLES and _word(words, at + 1) == "couple":
        return Fraction(2), at + 2 + (_word(words, at + 2) == "of")
    value, end = number_at(words, at)
    if value is None:
        return (Fraction(1), at + 1) if _word(words, at) in _ARTICLES else (None, at)
    if value < 1:
        end += _word(words, end) == "of"
        end += _word(words, end) in _ARTICLES
    return value, end


def _seconds(total: Fraction, end: int, at: int) -> tuple[int | None, int]:
    whole = total > 0 and total.denominator == 1
    return (int(total), end) if whole else (None, at)


def _word(words: Sequence[str], at: int) -> str:
    return words[at] if 0 <= at < len(words) else ""
