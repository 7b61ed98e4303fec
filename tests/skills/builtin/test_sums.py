"""The calculator is exact, takes words and signs, and never thinks for long."""

import operator
import time
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgevoice.dialog.speakable import speakable
from edgevoice.skills.builtin.arithmetic import LONGEST, SumError, work_out
from edgevoice.skills.builtin.sums import sum_tools
from edgevoice.skills.number_words import in_digits, spoken, written
from edgevoice.skills.tool import Effect, ToolFailedError
from tests.skills.builtin.using import Bench

TOOLS = Bench(sum_tools())


def said(expression: str) -> str:
    return TOOLS.say("calculate", expression=expression)


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        ("0.1 + 0.2", "0.3"),
        ("1/3", "about 0.333"),
        ("12 * (3 + 4)", "84"),
        ("2(3 + 4)", None),
        ("-2^2", "-4"),
        ("2^3^2", "512"),
        ("2^-1", "0.5"),
        ("10 - 4 - 3", "3"),
        ("100 / 10 / 5", "2"),
        ("7 × 8", "56"),
        ("7 ÷ 2", "3.5"),
        ("5 − 8", "-3"),
        ("sqrt(16)", "4"),
        ("sqrt 16 + 9", "13"),
        ("sqrt(2)", "about 1.414"),
        ("2 * pi", "about 6.283"),
        ("8^(1/3)", "2"),
        ("0^0", "1"),
        ("0^0.5", "0"),
        ("10 % 3", "1"),
        ("10 mod 3", "1"),
        ("-7 mod 3", "2"),
        ("15 percent of 80", "12"),
        ("15 per cent of 80", "12"),
        ("5 %", "0.05"),
        ("80 + 10%", "88"),
        ("80 - 10%", "72"),
        ("10% + 5%", "0.15"),
        ("(10%) + 5", "5.1"),
        ("20 percent off 80", "64"),
        ("half of 10", "5"),
        ("a third of nine", "3"),
        ("three quarters of 8", "6"),
        ("twelve times four plus two", "50"),
        ("What is two plus two?", "4"),
        ("What's 2 + 2", "4"),
        ("how much is 3 x 4", "12"),
        ("five squared plus two cubed", "33"),
        ("the square root of eighty-one", "9"),
        ("two to the power of ten", "1024"),
        ("ten to the power of twenty", "10 to the power of 20"),
        ("1,250,000 divided by 4", "312500"),
        ("two point five million divided by 4", "625000"),
        ("two and a half times four", "10"),
        ("one hundred and five minus five", "100"),
        ("minus five plus three", "-2"),
        ("twice four", "8"),
        ("open bracket one plus two close bracket times three", "9"),
        ("22/7", "about 3.143"),
        ("1/3000", "about 0.000333"),
        ("2^1000", "about 1.07 times 10 to the power of 301"),
        ("1/10^9", "10 to the power of -9"),
        ("0.0000001 * 0", "0"),
    ],
)
def test_says(asked: str, answer: str | None) -> None:
    if answer is None:
        with pytest.raises(ToolFailedError):
            said(asked)
    else:
        assert said(asked) == f"That is {answer}."


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ("1 / 0", "divided by zero"),
        ("1 / (2 - 2)", "divided by zero"),
        ("5 mod 0", "divided by zero"),
        ("0 ^ -1", "divided by zero"),
        ("sqrt(-1)", "no square root"),
        ("(-8)^0.5", "no such power"),
        ("9^9^9", "too big"),
        ("2^2^2^2^2^2", "too big"),
        ("2^(10^400)", "too big"),
        ("(2^15000) * (3^10000)", "too big"),
        ("1+" * LONGEST, "too long"),
        ("(" * 100 + "1" + ")" * 100, "too long"),
        ("-" * 200 + "1", "too long"),
        ("", "could not make"),
        ("hello", "could not make"),
        ("2 2", "could not make"),
        ("1.2.3", "could not make"),
        ("5 of 7", "could not make"),
        ("two to the tenth", "could not make"),
        ("cube root of 27", "could not make"),
        ("__import__('os')", "could not make"),
        ("(1", "could not make"),
        ("1 +", "could not make"),
        ("١ + ٢", "could not make"),
    ],
)
def test_says_why_not(asked: str, why: str) -> None:
    with pytest.raises(ToolFailedError, match=why):
        said(asked)


NUMBERS = st.decimals(min_value=0, max_value=10**6, places=3, allow_nan=False)
SIGNS = {"+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv}


@given(NUMBERS, NUMBERS, NUMBERS, st.sampled_from("+-*"), st.sampled_from("+-*/"))
def test_is_exact(a: object, b: object, c: object, first: str, second: str) -> None:
    left, middle, right = (Fraction(str(number)) for number in (a, b, c))
    if second == "/" and not right:
        return
    wanted = SIGNS[second](SIGNS[first](left, middle), right)
    result = work_out(f"({a:f} {first} {b:f}) {second} {c:f}")
    assert (result.value, result.exact) == (wanted, True)


@given(st.text(alphabet="0123456789.+-*/^%() sqrtmodofpi", max_size=LONGEST + 20))
def test_any_text_has_a_result_or_a_reason_soon(text: str) -> None:
    began = time.process_time()
    try:
        number = work_out(text)
        assert spoken(number.value, exact=number.exact)
    except SumError:
        pass
    assert time.process_time() - began < 2


@pytest.mark.parametrize("towers", ["^9.9" * 60, "^(1/3)" * 40, "*7^7000" * 40, "^0.001" * 40])
def test_nothing_takes_long(towers: str) -> None:
    began = time.process_time()
    with pytest.raises(SumError):
        work_out("1.1" + towers + "/0")
    assert time.process_time() - began < 2


@given(st.fractions(max_denominator=10**6))
def test_a_spoken_number_is_near(value: Fraction) -> None:
    words = spoken(value)
    digits, _, power = words.removeprefix("about ").partition(" times 10 to the power of ")
    told = Fraction(digits) * Fraction(10) ** int(power or 0)
    assert abs(told - value) <= abs(value) / 200
    assert words.startswith("about") == (told != value)


@given(st.integers(-(10**14), 10**14), st.integers(0, 6))
def test_short_decimals_are_said_whole(digits: int, places: int) -> None:
    value = Fraction(digits, 10**places)
    assert Fraction(written(value)) == value
    if abs(value) >= 1:
        assert spoken(value) == written(value)


@pytest.mark.parametrize(
    ("words", "digits"),
    [
        ("zero", "0"),
        ("twenty one", "21"),
        ("one hundred", "100"),
        ("a hundred and one", "101"),
        ("hundred and one", "101"),
        ("thousand times thousand", "1000 times 1000"),
        ("nineteen hundred", "1900"),
        ("two thousand and twenty six", "2026"),
        ("three hundred thousand four hundred and five", "300405"),
        ("one million two hundred thousand", "1200000"),
        ("5 thousand", "5000"),
        ("three point one four", "3.14"),
        ("three point oh five", "3.05"),
        ("3 point 14", "3.14"),
        ("point five", "0.5"),
        ("half", "0.5"),
        ("a quarter", "0.25"),
        ("two thirds", "(2/3)"),
        ("three and three quarters", "3.75"),
        ("one hundred and three quarters", "100.75"),
        ("one and two", "1 and 2"),
        ("a dozen eggs", "a dozen eggs"),
        ("1,234.5", "1234.5"),
        ("1,23", "1 , 23"),
    ],
)
def test_numbers_in_words(words: str, digits: str) -> None:
    assert in_digits(words) == digits


def test_only_looks_and_can_be_spoken() -> None:
    assert TOOLS.tools["calculate"].effect is Effect.NONE
    assert speakable(said("2 - 5")) == "That is minus 3."
    assert speakable(said("1/10^9")) == "That is 10 to the power of minus 9."
