"""Requests for the calculator and for the converter of units."""

import random

from tools.train.chat.number_words import words
from tools.train.chat.phrase_frames import wondering
from tools.train.chat.phrasing import Phrasings
from tools.train.chat.topics_tools import Asked, Request

_LEAD = "[what is|what's|how much is|tell me|calculate|work out||and what is]"

_SIGNS = {"+": ("plus",), "-": ("minus",), "*": ("times", "times", "multiplied by"),
          "/": ("divided by",)}  # fmt: skip
SUM = Phrasings(
    (
        "tell me what {s} comes to", "i want to know {s}", "let me know {s}", "give me {s}",
        "do {s}", "solve {s}", "how much do {s} make", "answer this {s}", "compute {s}",
        "please work out {s}", "the result of {s}", "what's the result of {s}", "help me with {s}",
        "could you work out {s}", "figure out {s}", "do the sum {s}",
        _LEAD + " {s}", "{s} please", "what would {s} be", "can you work out {s}",
        "what does {s} make", "what do you get for {s}", "i need {s}", "please calculate {s}",
        "{s} equals", "what comes out of {s}", "can you calculate {s}", "what does {s} equal",
        "calculate for me {s}", "use the calculator for {s}", *wondering("what {s} is"),
        *wondering("how much {s} is"),
    ),
    ("how much do you get for {s}", "{s} is what", "find out {s} for me"),
)  # fmt: skip
ADD = Phrasings(
    ("add {a} [and|to] {b}", "[what is|what's] the sum of {a} and {b}", "put {a} and {b} together",
     "what do you get if you add {a} and {b}", "{a} added to {b}"),
    ("let me add {a} and {b}", "may i have the sum of {a} and {b}"),
)  # fmt: skip
TAKE = Phrasings(
    ("take {b} [from|away from] {a}", "subtract {b} from {a}", "{b} taken from {a}",
     "what do you get if you take {b} from {a}", "can you subtract {b} from {a}"),
    ("deduct {b} from {a}",),
)  # fmt: skip
MULTIPLY = Phrasings(
    ("multiply {a} [by|and|with] {b}", "what do you get if you multiply {a} by {b}",
     "[what is|what's] the product of {a} and {b}", "can you multiply {a} by {b}"),
    ("let me multiply {a} by {b}",),
)  # fmt: skip
DIVIDE = Phrasings(
    ("divide {a} by {b}", "split {a} by {b}", "what do you get if you divide {a} by {b}",
     "can you divide {a} by {b}"),
    ("let me divide {a} by {b}",),
)  # fmt: skip
_WAYS = {"+": ADD, "-": TAKE, "*": MULTIPLY, "/": DIVIDE}
ROOT = Phrasings(
    (_LEAD + " the square root of {a}", "square root of {a}", "the square root of {a} please",
     "what number squared is {a}", "can you take the square root of {a}", "root of {a}",
     *wondering("what the square root of {a} is")),
    ("find the square root of {a}", "i want the root of {a}"),
)  # fmt: skip
SQUARED = Phrasings(
    (_LEAD + " {a} squared", "{a} squared", "square {a}", "the square of {a}",
     "what is the square of {a}", *wondering("what {a} squared is")),
    ("give me the square of {a}", "take {a} squared"),
)  # fmt: skip
POWER = Phrasings(
    (_LEAD + " {a} to the power of {b}", "{a} to the power of {b}", "raise {a} to the power of {b}",
     "{a} to the power {b}", *wondering("what {a} to the power of {b} is")),
    ("take {a} to the power of {b}",),
)  # fmt: skip
PERCENT = Phrasings(
    (_LEAD + " {a} percent of {b}", "{a} percent of {b}", "{a} percent of {b} please",
     "how much are {a} percent of {b}", "i need {a} percent of {b}", "take {a} percent of {b}",
     "can you work out {a} percent of {b}", "a tip of {a} percent on {b}",
     *wondering("how much {a} percent of {b} is")),
    ("give me {a} percent of {b}", "find {a} percent of {b}", "{a} percent of {b} is what"),
)  # fmt: skip
CONVERT = Phrasings(
    (
        "tell me {n} {a} in {b}", "{n} {a} make how many {b}",
        "let me know how many {b} {n} {a} are", "i have {n} {a} how many {b} is that",
        "put {n} {a} into {b}", "what would {n} {a} be in {b}", "how long is {n} {a} in {b}",
        "how much is {n} {a} in {b}", "calculate {n} {a} in {b}", "{n} {a} as {b}",
        "can you tell me {n} {a} in {b}", "how many {b} would {n} {a} be",
        "translate {n} {a} into {b}", "what's {n} {a} in {b} please",
        "{n} {a} equals how many {b}",
        "convert {n} {a} [to|into] {b}", "how many {b} are {n} {a}", "what is {n} {a} in {b}",
        "[what's|how much is] {n} {a} in {b}", "{n} {a} in {b}", "{n} {a} to {b}",
        "how many {b} are in {n} {a}", "how many {b} is {n} {a}", "change {n} {a} into {b}",
        "turn {n} {a} into {b}", "please convert {n} {a} [to|into] {b}", "{n} {a} is how many {b}",
        "how many {b} do {n} {a} make", "can you convert {n} {a} [to|into] {b}",
        "{n} {a} in {b} please", "what are {n} {a} in {b}", "express {n} {a} in {b}",
        "i need {n} {a} in {b}", *wondering("how many {b} {n} {a} are"),
    ),
    ("give me {n} {a} in {b}", "how much are {n} {a} in {b}", "what do {n} {a} come to in {b}",
     "i want {n} {a} converted to {b}"),
)  # fmt: skip
TEMPERATURE = Phrasings(
    (
        "tell me {n} degrees {a} in {b}", "it is {n} degrees {a} what is that in {b}",
        "{n} degrees {a} is how much {b}", "change {n} {a} into {b}",
        "i need {n} degrees {a} in {b}", "how much is {n} degrees {a} in {b}",
        "turn {n} degrees {a} into {b}", "what would {n} degrees {a} be in {b}",
        "express {n} degrees {a} in {b}", "{n} degrees {a} as {b}",
        "convert {n} degrees {a} [to|into] {b}", "what is {n} degrees {a} in {b}",
        "[what's|how much is] {n} degrees {a} in {b}", "{n} degrees {a} in {b}",
        "{n} degrees {a} to {b}", "how hot is {n} degrees {a} in {b}", "{n} {a} in {b}",
        "what is {n} {a} in {b}", "convert {n} {a} to {b}",
        "how many degrees {b} are {n} degrees {a}",
        "change {n} degrees {a} to {b}", *wondering("what {n} degrees {a} is in {b}"),
    ),
    ("give me {n} degrees {a} in {b}", "how warm are {n} degrees {a} in {b}"),
)  # fmt: skip

#: Units of which one is turned into another: (one, many).
_LENGTHS = (
    ("kilometer", "kilometers"), ("mile", "miles"), ("meter", "meters"), ("foot", "feet"),
    ("inch", "inches"), ("centimeter", "centimeters"), ("yard", "yards"),
    ("millimeter", "millimeters"),
)  # fmt: skip
_WEIGHTS = (("pound", "pounds"), ("kilogram", "kilograms"), ("gram", "grams"), ("ounce", "ounces"))
_VOLUMES = (
    ("liter", "liters"), ("gallon", "gallons"), ("cup", "cups"), ("milliliter", "milliliters"),
    ("pint", "pints"), ("tablespoon", "tablespoons"), ("teaspoon", "teaspoons"),
)  # fmt: skip
_KINDS = (_LENGTHS, _WEIGHTS, _VOLUMES)


def _spelt(n: int, rng: random.Random) -> str:
    """``n`` in words, with "and" after the hundreds now and then."""
    said = words(n)
    if n > 100 and n % 100 and rng.random() < 0.4:
        head, _, rest = said.rpartition("hundred ")
        return f"{head}hundred and {rest}" if head else said
    if n in (100, 1000) and rng.random() < 0.3:
        return f"a {said.split()[1]}"
    return said


def _beyond(sign: str, rng: random.Random) -> tuple[int, int]:
    """Two numbers whose sum is not one of those that the model does by itself."""
    big = rng.choice((rng.randint(101, 999), 10 * rng.randint(11, 99), rng.randint(1001, 9999)))
    big = 100 * rng.randint(1, 20) if rng.random() < 0.2 else big
    small = rng.choice((rng.randint(2, 12), rng.randint(2, 99), rng.randint(101, 999)))
    if rng.random() < 0.3:
        if sign == "*":
            return rng.randint(13, 99), rng.randint(13, 99)
        if sign == "+":
            return rng.randint(61, 99), rng.randint(61, 99)
        if sign == "/":
            a, b = rng.randint(13, 99), rng.randint(3, 12)
            return (a, b) if a % b else (a * 11, b)
    if sign in "+*" and rng.random() < 0.3:
        big, small = small, big
    return big, small


def _sum(rng: random.Random, held_out: bool) -> tuple[str, str]:
    sign = rng.choice("+-*/**")
    a, b = _beyond(sign, rng)
    if rng.random() < 0.15:
        # Three numbers, from left to right, as they are heard.
        first, second = rng.choice((("*", "+"), ("*", "-"), ("+", "+"), ("+", "-"), ("*", "*")))
        a, b, c = (rng.randint(2, 60) for _ in range(3))
        said = f"{words(a)} {_SIGNS[first][0]} {words(b)} {_SIGNS[second][0]} {words(c)}"
        return SUM.pick(rng, held_out, s=said), f"{a} {first} {b} {second} {c}"
    if rng.random() < 0.12:
        whole, part = rng.randint(0, 30), rng.randint(1, 9)
        said = f"{words(whole)} point {words(part)} {rng.choice(_SIGNS[sign])} {words(b)}"
        return SUM.pick(rng, held_out, s=said), f"{whole}.{part} {sign} {b}"
    if rng.random() < 0.25:
        user = _WAYS[sign].pick(rng, held_out, a=_spelt(a, rng), b=_spelt(b, rng))
        return user, f"{a} {sign} {b}"
    said = f"{_spelt(a, rng)} {rng.choice(_SIGNS[sign])} {_spelt(b, rng)}"
    return SUM.pick(rng, held_out, s=said), f"{a} {sign} {b}"


def calculate(rng: random.Random, held_out: bool) -> Asked:
    """A sum beyond the model's own."""
    chance = rng.random()
    if chance < 0.6:
        user, expression = _sum(rng, held_out)
    elif chance < 0.7:
        a = rng.choice((rng.randint(2, 40) ** 2, rng.randint(2, 999)))
        user, expression = ROOT.pick(rng, held_out, a=_spelt(a, rng)), f"sqrt({a})"
    elif chance < 0.77:
        a = rng.randint(2, 99)
        user, expression = SQUARED.pick(rng, held_out, a=words(a)), f"{a} ^ 2"
    elif chance < 0.83:
        a, b = rng.randint(2, 20), rng.randint(2, 12)
        user, expression = POWER.pick(rng, held_out, a=words(a), b=words(b)), f"{a} ^ {b}"
    else:
        a = rng.choice((5 * rng.randint(1, 19), rng.randint(1, 99)))
        b = rng.choice((10 * rng.randint(1, 99), rng.randint(10, 999), 100 * rng.randint(1, 30)))
        user = PERCENT.pick(rng, held_out, a=words(a), b=_spelt(b, rng))
        expression = f"{a} percent of {b}"
    return Asked(user, "calculate", {"expression": expression})


def _amount(rng: random.Random) -> tuple[str, float]:
    chance = rng.random()
    if chance < 0.12:
        n = rng.randint(1, 12)
        return f"{words(n)} and a half", n + 0.5
    if chance < 0.2:
        n, part = rng.randint(0, 20), rng.randint(1, 9)
        return f"{words(n)} point {words(part)}", float(f"{n}.{part}")
    n = rng.choice((rng.randint(2, 12), rng.randint(2, 100), 10 * rng.randint(1, 50)))
    return _spelt(n, rng), n


def convert(rng: random.Random, held_out: bool) -> Asked:
    """An amount in one unit, wanted in another."""
    if rng.random() < 0.22:
        one, other = rng.sample(("celsius", "fahrenheit"), 2)
        n = rng.randint(0, 100) if rng.random() < 0.7 else 10 * rng.randint(1, 40)
        below = rng.random() < 0.08 and n > 0
        said = f"minus {words(n)}" if below else _spelt(n, rng)
        user = TEMPERATURE.pick(rng, held_out, n=said, a=one, b=other)
        degrees = -n if below else n
        return Asked(user, "convert", {"value": degrees, "from_unit": one, "to_unit": other})
    kind = rng.choices(_KINDS, (5, 3, 3))[0]
    source, target = rng.sample(kind, 2)
    said, value = _amount(rng)
    user = CONVERT.pick(rng, held_out, n=said, a=source[1], b=target[1])
    return Asked(user, "convert", {"value": value, "from_unit": source[1], "to_unit": target[1]})


REQUESTS: tuple[tuple[Request, float], ...] = ((calculate, 13), (convert, 8))
