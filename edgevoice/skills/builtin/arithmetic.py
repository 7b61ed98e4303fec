"""Works out what people ask a calculator, exactly, and never for long.

    sum      = product { ("+" | "-") product }        "80 + 10 %" is 88, as on a pocket calculator
    product  = factor { ("*" | "/" | "mod" | "of" | "off") factor }
    factor   = [ "+" | "-" ] power
    power    = root [ "^" factor ]
    root     = "sqrt" root | atom { "%" | "squared" | "cubed" }
    atom     = number | "pi" | "(" sum ")"

Numbers are fractions, so that 0.1 + 0.2 is 0.3. Only roots, pi and powers that are not whole may be
no more than near; they have 50 digits.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Context, Decimal
from fractions import Fraction
from math import isqrt, log2
from typing import NoReturn

from edgevoice.skills.number_words import in_digits

LONGEST = 300
"""Characters of a sum; people say shorter ones."""
MOST_BITS = 20_000
"""Of a numerator or a denominator: 6,000 digits. Nothing larger is worked out."""
DEEPEST = 30
"""Brackets, roots and signs inside one another."""
DIGITS = 50
"""Of what cannot be exact."""

PI = Fraction("3.14159265358979323846264338327950288419716939937510")

_NEAR = Context(prec=DIGITS)


class SumError(Exception):
    """Why there is no result: a sentence for the person."""


@dataclass(frozen=True, slots=True)
class Number:
    """`value`; `exact`: whether it is that, or as near as 50 digits come. `percent`: whether it was
    written as so many percent."""

    value: Fraction
    exact: bool = True
    percent: bool = False


def work_out(text: str) -> Number:
    """The result of a sum in signs or in words: "twelve times four plus two" is 50.

    Raises `SumError`.
    """
    if len(text) > LONGEST:
        raise SumError("That is too long for me to work out.")
    return _Parser(_tokens(text)).whole()


_WORDS = tuple(
    (re.compile(pattern), sign)
    for pattern, sign in (
        (r"^(?:please )?(?:what(?: is| are| ' s| s)|how much (?:is|are)|calculate|work out)\b", ""),
        (r"\b(?:please|equals)\b|[=?!]|\.$", " "),
        (r"\bper ?cent\b", "%"),
        (r"\b(?:raised )?to the power(?: of)?\b|\braised to\b(?! the)|\* \*", "^"),
        (r"\b(?:the )?square root(?: of)?\b|√|\broot of\b", " sqrt "),
        (r"\b(?:take away|minus|less|negative)\b|[−–]", "-"),
        (r"\b(?:plus|and)\b", "+"),
        (r"\b(?:multiplied by|times|x)\b|[×·]", "*"),
        (r"\b(?:divided by|over)\b|÷", "/"),
        (r"\bmodulo\b", "mod"),
        (r"\b(?:open|left) (?:bracket|parenthesis)\b", "("),
        (r"\b(?:close|right) (?:bracket|parenthesis)\b", ")"),
        (r"\b(?:twice|double)\b", "2 *"),
        ("²", " squared "),
        ("³", " cubed "),
    )
)
_NUMBER = re.compile(r"\d+(?:\.\d+)?|\.\d+", re.ASCII)
_TOKEN = re.compile(rf"{_NUMBER.pattern}|[a-z]+|\S", re.ASCII)


def _tokens(text: str) -> list[str]:
    text = in_digits(text)
    for pattern, sign in _WORDS:
        text = pattern.sub(sign, text)
    return _TOKEN.findall(text)


def _unreadable() -> NoReturn:
    raise SumError("I could not make a calculation out of that.")


class _Parser:
    """Reads and works out at once, from left to right."""

    def __init__(self, tokens: Sequence[str]) -> None:
        self._tokens = tokens
        self._at = 0
        self._depth = 0

    def whole(self) -> Number:
        result = self._sum()
        if self._at < len(self._tokens):
            _unreadable()
        return result

    @property
    def _next(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def _take(self, *wanted: str) -> str:
        """The next token, if it is one of those; else nothing."""
        token = self._next
        if token not in wanted:
            return ""
        self._at += 1
        return token

    def _sum(self) -> Number:
        left = self._product()
        while sign := self._take("+", "-"):
            right = self._product()
            amount = right.value * (left.value if right.percent and not left.percent else 1)
            left = _made(left.value + (amount if sign == "+" else -amount), left, right)
        return left

    def _product(self) -> Number:
        left = self._factor()
        while sign := self._take("*", "/", "mod", "of", "off"):
            right = self._factor()
            # "20 % of", "half of"; and nothing like "5 of 7".
            if sign in ("of", "off") and not (left.percent or left.value.denominator > 1):
                _unreadable()
            left = _made(_PRODUCTS[sign](left.value, right.value), left, right)
        return left

    def _factor(self) -> Number:
        if sign := self._take("+", "-"):
            factor = self._inside(self._factor)
            return replace(factor, value=-factor.value) if sign == "-" else factor
        base = self._root()
        return _power(base, self._inside(self._factor)) if self._take("^") else base

    def _root(self) -> Number:
        if self._take("sqrt"):
            return _square_root(self._inside(self._root))
        number = self._atom()
        while sign := self._take("%", "squared", "cubed"):
            match sign:
                case "squared" | "cubed":
                    number = _power(number, Number(Fraction(2 if sign == "squared" else 3)))
                case _ if self._next and (self._next[0].isdigit() or self._next in ("(", ".")):
                    right = self._factor()  # "10 % 3", as in programs
                    number = _made(_remainder(number.value, right.value), number, right)
                case _:
                    number = Number(number.value / 100, number.exact, percent=True)
        return number

    def _atom(self) -> Number:
        token = self._next
        self._at += 1
        if token == "(":
            number = self._inside(self._sum)
            if not self._take(")"):
                _unreadable()
            return replace(number, percent=False)
        if token == "pi":
            return Number(PI, exact=False)
        if not _NUMBER.fullmatch(token):
            _unreadable()
        return Number(Fraction(token))

    def _inside(self, read: Callable[[], Number]) -> Number:
        if self._depth >= DEEPEST:
            raise SumError("That is too long for me to work out.")
        self._depth += 1
        number = read()
        self._depth -= 1
        return number


def _made(value: Fraction, *of: Number) -> Number:
    """`value`, made of those numbers. Raises `SumError` where it is too large to go on with."""
    if max(value.numerator.bit_length(), value.denominator.bit_length()) > MOST_BITS:
        raise SumError("That number is too big for me.")
    return Number(value, all(number.exact for number in of))


def _divide(left: Fraction, right: Fraction) -> Fraction:
    if not right:
        raise SumError("Nothing can be divided by zero.")
    return left / right


def _remainder(left: Fraction, right: Fraction) -> Fraction:
    return left - right * (_divide(left, right) // 1)


_PRODUCTS: dict[str, Callable[[Fraction, Fraction], Fraction]] = {
    "*": lambda left, right: left * right,
    "of": lambda left, right: left * right,
    "off": lambda left, right: right - left * right,  # "20 % off 80"
    "/": _divide,
    "mod": _remainder,
}


def _power(base: Number, exponent: Number) -> Number:
    number, times = base.value, exponent.value
    if not number:
        if times < 0:
            raise SumError("Nothing can be divided by zero.")
        return Number(Fraction(not times), base.exact and exponent.exact)
    if abs(times) * _bits(number) > MOST_BITS:
        raise SumError("That number is too big for me.")
    if times.denominator == 1:
        return _made(number**times.numerator, base, exponent)
    if number < 0:
        raise SumError("A negative number has no such power.")
    near = Fraction(_NEAR.power(_decimal(number), _decimal(times)))
    whole, roots = Fraction(round(near)), times.denominator
    if roots <= DIGITS and whole**roots == number**times.numerator:  # as 8 ^ (1/3)
        return _made(whole, base, exponent)
    return Number(near, exact=False)


def _bits(number: Fraction) -> Fraction:
    """The larger of the two logarithms, to the base 2, of what `number` is made of."""
    return Fraction(max(log2(abs(number.numerator)), log2(number.denominator)))


def _square_root(number: Number) -> Number:
    value = number.value
    if value < 0:
        raise SumError("A negative number has no square root.")
    whole = Fraction(isqrt(value.numerator), isqrt(value.denominator))
    if whole * whole == value:
        return Number(whole, number.exact)
    return Number(Fraction(_NEAR.sqrt(_decimal(value))), exact=False)


def _decimal(value: Fraction) -> Decimal:
    return _NEAR.divide(Decimal(value.numerator), Decimal(value.denominator))
