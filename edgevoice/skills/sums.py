"""English arithmetic, as it is said, into an expression: "twelve percent of eighty" is 12% of 80.

sum     = term { (plus | minus) term }          the words are read from left to right; which
term    = factor { (times | divided by) factor } sign binds closer is left to whoever works
factor  = … percent of factor | the square root of factor | three quarters of factor
        | number [squared | cubed | to the power of factor] | ( sum )
"""

from collections.abc import Sequence

from edgevoice.skills.amounts import number_at
from edgevoice.skills.number_words import written

_SIGNS: tuple[tuple[tuple[str, ...], str], ...] = (
    (("plus",), "+"),
    (("added", "to"), "+"),
    (("minus",), "-"),
    (("take", "away"), "-"),
    (("times",), "*"),
    (("multiplied", "by"), "*"),
    (("divided", "by"), "/"),
    (("over",), "/"),
    (("to", "the", "power", "of"), "^"),
    (("to", "the", "power"), "^"),
)
_JOINED = {"sum": ("+", "of"), "product": ("*", "of"), "difference": ("-", "between")}
_RAISED = {"squared": "^ 2", "cubed": "^ 3"}


class _NotASumError(Exception):
    """The words are none."""


def expression(words: Sequence[str]) -> str | None:
    """The sum that all of `words` say; None if they say none, or but a number."""
    try:
        sum_ = _Sum(words)
        text = sum_.joined() or sum_.terms()
    except (_NotASumError, RecursionError):
        return None
    return text if sum_.at == len(words) and sum_.signs else None


class _Sum:
    """Reads words from left to right. `signs`: how many there were that ask for work."""

    def __init__(self, words: Sequence[str]) -> None:
        self._words = words
        self.at = 0
        self.signs = 0

    def joined(self) -> str:
        """ "the sum of three and four"; empty where the words say nothing like that."""
        begin = self.at
        self._take("the")
        for name, (sign, of) in _JOINED.items():
            if self._take(name, of):
                one = self.factor()
                if not self._take("and"):
                    raise _NotASumError
                self.signs += 1
                return f"{one} {sign} {self.factor()}"
        self.at = begin
        return ""

    def terms(self) -> str:
        """Factors, and the signs between them."""
        part = self.part()
        parts = [part or self.factor()]
        while sign := self._sign():
            parts += [sign, self.factor()]
        if part and len(parts) > 1:
            parts[0] = f"({part})"
        return " ".join(parts)

    def part(self) -> str:
        """A part of something: "twelve percent of …", "a third of …"; empty where there is none."""
        begin = self.at
        value, self.at = number_at(self._words, self.at)
        if value is not None and (self._take("percent", "of") or self._take("per", "cent", "of")):
            self.signs += 1
            return f"{written(value)}% of {self.factor()}"
        if value is not None and value < 1 and self._take("of"):
            self.signs += 1
            many = "" if value.numerator == 1 else f" * {value.numerator}"
            return f"{self.factor()}{many} / {value.denominator}"
        self.at = begin
        return ""

    def factor(self) -> str:
        """One number, and what belongs to it, in brackets where there could be a doubt."""
        if self._take("("):
            inner = self.terms()
            if not self._take(")"):
                raise _NotASumError
            return f"({inner})"
        if self._take("the", "square", "root", "of") or self._take("square", "root", "of"):
            self.signs += 1
            return f"sqrt({self.factor()})"
        if part := self.part():
            return f"({part})"
        value, self.at = number_at(self._words, self.at)
        if value is None:
            raise _NotASumError
        for word, power in _RAISED.items():
            if self._take(word):
                self.signs += 1
                figures = written(value)
                return f"({figures}) {power}" if value < 0 else f"{figures} {power}"
        return written(value)

    def _sign(self) -> str:
        for words, sign in _SIGNS:
            if self._take(*words):
                self.signs += 1
                return sign
        return ""

    def _take(self, *words: str) -> bool:
        end = self.at + len(words)
        there = tuple(self._words[self.at : end]) == words
        self.at = end if there else self.at
        return there
