"""Arithmetic up to one hundred, counting, and comparing numbers."""

import random

from tools.train.chat.number_words import words
from tools.train.chat.phrasing import Phrasings, Turn

_LEAD = "[what is|what's|how much is|tell me|calculate|||and what is]"
PLUS = Phrasings(
    (
        _LEAD + " {a} [plus|and] {b}",
        "[can you |]add {a} [and|to] {b}",
        "what do you get if you add {a} and {b}",
        "[what is|what's] the sum of {a} and {b}",
        "what does {a} plus {b} make",
        "{a} plus {b} please",
        "what would {a} plus {b} be",
        "let's add {a} and {b}",
        "i have {a} and [get|add] {b} how many is that",
        "work out {a} plus {b}",
    ),
    ("how much do you get for {a} plus {b}", "{a} plus {b} is what"),
)
MINUS = Phrasings(
    (
        _LEAD + " {a} [minus|take away|less] {b}",
        "[can you |]take {b} [from|away from] {a}",
        "[can you |]subtract {b} from {a}",
        "what does {a} minus {b} make",
        "what do you get if you take {b} from {a}",
        "{a} minus {b} please",
        "what would {a} minus {b} be",
        "{a} take away {b}",
        "i have {a} and lose {b} what is left",
        "work out {a} minus {b}",
    ),
    ("how much do you get for {a} minus {b}", "{a} minus {b} is what"),
)
TIMES = Phrasings(
    (
        _LEAD + " {a} [times|times|multiplied by] {b}",
        "[can you |]multiply {a} [by|and|with] {b}",
        "what does {a} times {b} make",
        "what do you get if you multiply {a} by {b}",
        "{a} times {b} please",
        "what would {a} times {b} be",
        "let's multiply {a} and {b}",
        "work out {a} times {b}",
    ),
    ("how much do you get for {a} times {b}", "{a} times {b} is what"),
)
OVER = Phrasings(
    (
        _LEAD + " {a} divided by {b}",
        "[can you |]divide {a} by {b}",
        "what does {a} divided by {b} make",
        "how many times does {b} go into {a}",
        "{a} divided by {b} please",
        "what would {a} divided by {b} be",
        "let's divide {a} by {b}",
        "work out {a} divided by {b}",
    ),
    ("{a} divided by {b} is what",),
)
HALF = Phrasings(
    (
        "[what is|what's|tell me|] half of {a}",
        "[what is|what's] a half of {a}",
        "halve {a}",
        "half of {a} please",
        "what would half of {a} be",
        "the half of {a}",
        "how much is half of {a}",
    ),
    ("work out half of {a}",),
)
DOUBLE = Phrasings(
    (
        "[what is|what's|tell me|] double {a}",
        "[what is|what's] twice {a}",
        "[can you |]double {a}",
        "double {a} please",
        "what would double {a} be",
        "the double of {a}",
        "two times {a} is what",
        "how much is double {a}",
    ),
    ("work out double {a}",),
)
AFTER = Phrasings(
    (
        "what comes after {a}",
        "[what|which] number comes after {a}",
        "[what is|what's] [the number after|after|the next number after] {a}",
        "what number follows {a}",
        "tell me the number after {a}",
    ),
    ("after {a} comes what number",),
)
BEFORE = Phrasings(
    (
        "what comes before {a}",
        "[what|which] number comes before {a}",
        "[what is|what's] [the number before|before] {a}",
        "tell me the number before {a}",
    ),
    ("before {a} comes what number",),
)
BIGGER = Phrasings(
    (
        "[what is|what's|which is] [bigger|more|larger] {a} or {b}",
        "which number is [bigger|larger] {a} or {b}",
        "is {a} [bigger|more|larger] or {b}",
        "which one is [bigger|larger] {a} or {b}",
        "what is more {a} or {b}",
        "of {a} and {b} which is bigger",
    ),
    ("tell me which is bigger {a} or {b}",),
)
EVEN = Phrasings(
    (
        "is {a} [even or odd|odd or even]",
        "is {a} an [even|odd] number",
        "is {a} [even|odd]",
        "{a} is it [even or odd|odd or even]",
        "do you know if {a} is [even|odd]",
    ),
    ("tell me if {a} is [even|odd]",),
)
COUNT = Phrasings(
    (
        "[can you |please |]count from {a} to {b}",
        "[can you |]count {a} to {b}",
        "say the numbers from {a} to {b}",
        "start at {a} and count to {b}",
        "i want you to count from {a} to {b}",
    ),
    ("let me hear you count from {a} to {b}",),
)
COUNT_DOWN = Phrasings(
    (
        "[can you |please |]count [down|backwards|back] from {a} to {b}",
        "count from {a} [down|back] to {b}",
        "[please |]count backwards {a} to {b}",
    ),
    ("i want you to count down from {a} to {b}", "go backwards from {a} to {b}"),
)
COUNT_TO = Phrasings(
    (
        "[can you |please |]count to {b}",
        "[can you |]count up to {b}",
        "count all the way to {b}",
        "i want you to count to {b}",
    ),
    ("let me hear you count to {b}",),
)
MORE_PLUS = Phrasings(
    (
        "[and |]plus {b}",
        "[and |]add {b}",
        "[and |]{b} more",
        "[what is|what's] that plus {b}",
        "now plus {b}",
    ),
    ("now add {b} to that",),
)
MORE_MINUS = Phrasings(
    (
        "[and |]minus {b}",
        "[and |]take away {b}",
        "[what is|what's] that minus {b}",
        "now minus {b}",
    ),
    ("now take away {b} from that",),
)
MORE_TIMES = Phrasings(
    (
        "[and |]times {b}",
        "[and |]multiply [that |it |]by {b}",
        "[what is|what's] that times {b}",
        "now times {b}",
    ),
    ("now multiply that by {b}",),
)
MORE_DOUBLE = Phrasings(
    ("[and |]double [that|it]", "[and |]what is double that", "[and |]twice that"),
    ("now double it",),
)
MORE_HALF = Phrasings(
    ("[and |]half of that", "[and |][what is|what's] half of that"), ("now half of it",)
)


def _sum(text: str, result: int, ask: str, topic: str) -> Turn:
    said = words(result)
    return Turn(ask, f"{text} is {said}.".capitalize(), topic, (f"is {said}",))


def _small(rng: random.Random, top: int) -> int:
    """A number up to ``top``, small ones more often, as people ask."""
    return rng.randint(0, rng.choice((min(top, 12), min(top, 20), top)))


def _first_sum(rng: random.Random, held_out: bool) -> tuple[Turn, int]:
    kind = rng.choices(("plus", "minus", "times", "over", "half", "double"), (6, 6, 6, 4, 2, 2))[0]
    if kind == "plus":
        a = _small(rng, 100)
        b = _small(rng, 100 - a)
        a, b = rng.sample((a, b), 2)
        text, result, ways = f"{words(a)} plus {words(b)}", a + b, PLUS
    elif kind == "minus":
        a = _small(rng, 100)
        b = _small(rng, a if a and rng.random() < 0.93 else 10)
        text, result, ways = f"{words(a)} minus {words(b)}", a - b, MINUS
    elif kind == "times":
        a = _small(rng, 20)
        b = rng.randint(0, min(12, 100 // a if a else 12))
        a, b = rng.sample((a, b), 2)
        text, result, ways = f"{words(a)} times {words(b)}", a * b, TIMES
    elif kind == "over":
        b = rng.randint(1, 12)
        result = rng.randint(0, 100 // b if b < 4 else 12 if b < 9 else 100 // b)
        a = b * result
        text, ways = f"{words(a)} divided by {words(b)}", OVER
    elif kind == "half":
        a, b = 2 * _small(rng, 50), 2
        text, result, ways = f"half of {words(a)}", a // 2, HALF
    else:
        a, b = _small(rng, 50), 2
        text, result, ways = f"double {words(a)}", 2 * a, DOUBLE
    ask = ways.pick(rng, held_out, a=words(a), b=words(b)).strip()
    return _sum(text, result, ask, "arithmetic"), result


def _more(rng: random.Random, held_out: bool, so_far: int) -> tuple[Turn, int]:
    kind = rng.choice(("plus", "plus", "minus", "times", "double", "half"))
    b = rng.randint(1, 10)
    at_first = words(so_far)
    if kind == "times" and so_far * b <= 100 and so_far <= 20:
        text, result, ways = f"{at_first} times {words(b)}", so_far * b, MORE_TIMES
    elif kind == "double" and so_far <= 50:
        text, result, ways = f"double {at_first}", 2 * so_far, MORE_DOUBLE
    elif kind == "half" and so_far % 2 == 0:
        text, result, ways = f"half of {at_first}", so_far // 2, MORE_HALF
    elif (kind == "minus" and so_far >= b) or so_far + b > 100:
        text, result, ways = f"{at_first} minus {words(b)}", so_far - b, MORE_MINUS
    else:
        text, result, ways = f"{at_first} plus {words(b)}", so_far + b, MORE_PLUS
    ask = ways.pick(rng, held_out, b=words(b))
    return _sum(text, result, ask, "follow-ups"), result


def arithmetic(rng: random.Random, held_out: bool) -> list[Turn]:
    """A sum, then perhaps one or two that go on from its result."""
    turn, result = _first_sum(rng, held_out)
    turns = [turn]
    if result >= 0 and rng.random() < 0.3:
        for _ in range(rng.choice((1, 2))):
            turn, result = _more(rng, held_out, result)
            turns.append(turn)
    return turns


def compare(rng: random.Random, held_out: bool) -> list[Turn]:
    """Neighbours, even and odd, the bigger of two."""
    a, b = rng.sample(range(101), 2)
    kind = rng.randrange(4)
    if kind == 0:
        a = min(a, 99)
        ask, said = AFTER.pick(rng, held_out, a=words(a)), words(a + 1)
        return [Turn(ask, f"After {words(a)} comes {said}.", "numbers", (f"comes {said}",))]
    if kind == 1:
        a = max(a, 1)
        ask, said = BEFORE.pick(rng, held_out, a=words(a)), words(a - 1)
        return [Turn(ask, f"Before {words(a)} comes {said}.", "numbers", (f"comes {said}",))]
    if kind == 2:
        big, small = words(max(a, b)), words(min(a, b))
        ask = BIGGER.pick(rng, held_out, a=words(a), b=words(b))
        reply = f"{big} is bigger than {small}.".capitalize()
        return [Turn(ask, reply, "numbers", (f"{big} is bigger",))]
    said = "odd" if a % 2 else "even"
    ask = EVEN.pick(rng, held_out, a=words(a))
    return [Turn(ask, f"{words(a)} is {said}.".capitalize(), "numbers", (said,))]


def counting(rng: random.Random, held_out: bool) -> list[Turn]:
    """Counting up or down, up to a dozen numbers."""
    a = rng.choice((1, rng.randint(0, 20), rng.randint(0, 88)))
    b = a + rng.randint(2, 11)
    if a == 1 and rng.random() < 0.6:
        ask = COUNT_TO.pick(rng, held_out, b=words(b))
    else:
        a, b = (a, b) if rng.random() < 0.7 else (b, a)
        ways = COUNT_DOWN if a > b and rng.random() < 0.7 else COUNT
        ask = ways.pick(rng, held_out, a=words(a), b=words(b))
    numbers = range(a, b + 1) if a < b else range(a, b - 1, -1)
    said = [words(n) for n in numbers]
    return [Turn(ask, (", ".join(said) + ".").capitalize(), "counting", tuple(said))]
