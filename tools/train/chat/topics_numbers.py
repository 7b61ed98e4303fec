"""Arithmetic up to one hundred, counting, and comparing numbers."""

import random

from tools.train.chat.number_words import words
from tools.train.chat.phrase_frames import asking, wondering
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
        *wondering("what {a} plus {b} is"),
        *wondering("how much {a} and {b} is"),
        *asking("the sum of {a} and {b}"),
        "{a} [plus|and] {b} makes",
        "{a} and {b} together",
        "put {a} and {b} together",
        "what do {a} and {b} make",
        "how much do {a} and {b} make",
        "{a} plus {b} equals",
        "what does {a} plus {b} equal",
        "i need {a} plus {b}",
        "if i have {a} and get {b} more how many do i have",
        "can you work out {a} plus {b}",
        "{a} added to {b}",
        "what comes out of {a} plus {b}",
        "please add {a} and {b}",
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
        *wondering("what {a} minus {b} is"),
        *wondering("how much {a} minus {b} is"),
        *asking("the difference between {a} and {b}"),
        "{a} minus {b} makes",
        "{a} minus {b} equals",
        "what does {a} minus {b} equal",
        "i need {a} minus {b}",
        "if i have {a} and give away {b} how many are left",
        "what is left of {a} without {b}",
        "can you work out {a} minus {b}",
        "{b} taken from {a}",
        "{b} less than {a}",
        "what comes out of {a} minus {b}",
        "please subtract {b} from {a}",
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
        *wondering("what {a} times {b} is"),
        *wondering("how much {a} times {b} is"),
        *asking("the product of {a} and {b}"),
        "{a} times {b} makes",
        "{a} times {b} equals",
        "what does {a} times {b} equal",
        "i need {a} times {b}",
        "can you work out {a} times {b}",
        "{a} [groups|lots] of {b}",
        "{a} multiplied with {b}",
        "what do you get from {a} times {b}",
        "what comes out of {a} times {b}",
        "please multiply {a} by {b}",
        "{a} by {b}",
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
        *wondering("what {a} divided by {b} is"),
        *wondering("how much {a} divided by {b} is"),
        "{a} divided by {b} makes",
        "{a} divided by {b} equals",
        "what does {a} divided by {b} equal",
        "i need {a} divided by {b}",
        "{a} over {b}",
        "{a} shared by {b}",
        "share {a} among {b}",
        "split {a} into {b} parts",
        "can you work out {a} divided by {b}",
        "how often does {b} fit into {a}",
        "what comes out of {a} divided by {b}",
        "how much do i get if i divide {a} by {b}",
        "please divide {a} by {b}",
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
        *wondering("what half of {a} is"),
        *wondering("how much half of {a} is"),
        "one half of {a}",
        "what do i get for half of {a}",
        "split {a} in half",
        "what's {a} halved",
        "cut {a} in half",
        "can you halve {a}",
        "i need half of {a}",
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
        "how much is double {a}",
        *wondering("what double {a} is"),
        *wondering("how much double {a} is"),
        *wondering("what twice {a} is"),
        "twice {a}",
        "{a} doubled",
        "what's {a} doubled",
        "what do i get if i double {a}",
        "i need double {a}",
        "two times {a}",
        "{a} and {a} again",
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
        *wondering("[what|which] number comes after {a}"),
        *asking("the number after {a}"),
        "[what|which] number is after {a}",
        "what do i count after {a}",
        "{a} and then",
        "[what|which] is the next number after {a}",
        "[what|which] number is one more than {a}",
        "one more than {a}",
    ),
    ("after {a} comes what number",),
)
BEFORE = Phrasings(
    (
        "what comes before {a}",
        "[what|which] number comes before {a}",
        "[what is|what's] [the number before|before] {a}",
        "tell me the number before {a}",
        *wondering("[what|which] number comes before {a}"),
        *asking("the number before {a}"),
        "[what|which] number is before {a}",
        "what do i count before {a}",
        "[what|which] number is one less than {a}",
        "one less than {a}",
        "[what|which] is the number right before {a}",
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
        *wondering("[what|which] [number |one |]is [bigger|larger|more] {a} or {b}"),
        "{a} or {b} which is [bigger|larger|more]",
        "what's the [bigger|larger] number {a} or {b}",
        "which is the [bigger|larger] one {a} or {b}",
        "compare {a} and {b}",
        "between {a} and {b} which is [bigger|larger]",
        "is {a} [bigger|larger] than {b}",
        "is {a} greater than {b} or not",
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
        *wondering("whether {a} is [even|odd|even or odd|odd or even]"),
        "what is {a} [even or odd|odd or even]",
        "is the number {a} [even|odd|even or odd]",
        "would you call {a} [even|odd]",
        "{a} [even or odd|odd or even]",
        "is {a} an even or an odd number",
        "{a} is [even|odd] right",
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
        "[could|would] you count from {a} to {b}",
        "i'd like you to count from {a} to {b}",
        "i would like to hear the numbers from {a} to {b}",
        "count up from {a} to {b}",
        "count the numbers from {a} to {b}",
        "count for me from {a} to {b}",
        "[can you |could you |please |]say all numbers from {a} to {b}",
        "give me the numbers from {a} to {b}",
        "what are the numbers from {a} to {b}",
        "start with {a} and go to {b}",
        "begin at {a} and count until {b}",
        "count from {a} until {b}",
        "tell me the numbers between {a} and {b}",
        "list the numbers from {a} to {b}",
        "from {a} to {b} please count",
        "numbers from {a} to {b}",
        "count {a} through {b}",
        "go from {a} to {b}",
    ),
    ("let me hear you count from {a} to {b}",),
)
COUNT_DOWN = Phrasings(
    (
        "[can you |please |]count [down|backwards|back] from {a} to {b}",
        "count from {a} [down|back] to {b}",
        "[please |]count backwards {a} to {b}",
        "[could|would] you count [down|backwards|back] from {a} to {b}",
        "i'd like you to count [down|backwards] from {a} to {b}",
        "count for me [down|backwards] from {a} to {b}",
        "start at {a} and count [down|back|backwards] to {b}",
        "begin at {a} and go down to {b}",
        "say the numbers [down|backwards|back] from {a} to {b}",
        "count down {a} to {b}",
        "backwards from {a} to {b} please",
        "start a countdown from {a} to {b}",
        "countdown from {a} to {b}",
        "give me the numbers from {a} down to {b}",
        "count in reverse from {a} to {b}",
        "from {a} down to {b}",
        "the numbers from {a} back to {b}",
    ),
    ("i want you to count down from {a} to {b}", "go backwards from {a} to {b}"),
)
COUNT_TO = Phrasings(
    (
        "[can you |please |]count to {b}",
        "[can you |]count up to {b}",
        "count all the way to {b}",
        "i want you to count to {b}",
        "[could|would] you count to {b}",
        "i'd like you to count to {b}",
        "count for me to {b}",
        "start counting and stop at {b}",
        "count until {b}",
        "say the numbers to {b}",
        "say the numbers up to {b}",
        "give me the numbers up to {b}",
        "how do you count to {b}",
        "show me how you count to {b}",
        "count to {b} for me",
        "i would like to hear the numbers up to {b}",
        "are you able to count to {b}",
        "let's count to {b}",
        "count as far as {b}",
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
        "plus {b} [more|please]",
        "and {b} on top",
        "add {b} more",
        "and another {b}",
        "what is it plus {b}",
        "now {b} more",
        "then plus {b}",
        "okay plus {b}",
        "and what is that plus {b}",
        "and if i add {b}",
        "give it {b} more",
        "what if i add {b}",
        "plus {b} is",
        "so plus {b}",
        "that plus {b}",
        "add {b} to it",
    ),
    ("now add {b} to that",),
)
MORE_MINUS = Phrasings(
    (
        "[and |]minus {b}",
        "[and |]take away {b}",
        "[what is|what's] that minus {b}",
        "now minus {b}",
        "minus {b} please",
        "and {b} less",
        "{b} less",
        "subtract {b}",
        "and subtract {b}",
        "then minus {b}",
        "okay minus {b}",
        "what is it minus {b}",
        "and what is that minus {b}",
        "and if i take away {b}",
        "what if i take {b} away",
        "so minus {b}",
        "that minus {b}",
        "now {b} less",
        "take {b} off",
    ),
    ("now take away {b} from that",),
)
MORE_TIMES = Phrasings(
    (
        "[and |]times {b}",
        "[and |]multiply [that |it |]by {b}",
        "[what is|what's] that times {b}",
        "now times {b}",
        "times {b} please",
        "then times {b}",
        "okay times {b}",
        "what is it times {b}",
        "and what is that times {b}",
        "and if i multiply by {b}",
        "what if i multiply it by {b}",
        "so times {b}",
        "that times {b}",
        "multiplied by {b}",
        "and multiplied by {b}",
        "and {b} times that",
        "{b} times that",
    ),
    ("now multiply that by {b}",),
)
MORE_DOUBLE = Phrasings(
    (
        "[and |]double [that|it]",
        "[and |]what is double that",
        "[and |]twice that",
        "what is that doubled",
        "okay double that",
        "then double that",
        "double that please",
        "so twice that",
        "and the double of that",
        "what's twice that",
        "what if i double it",
        "and doubled",
        "can you double that",
        "two times that",
    ),
    ("now double it",),
)
MORE_HALF = Phrasings(
    (
        "[and |]half of that",
        "[and |][what is|what's] half of that",
        "half that",
        "then half of that",
        "okay half of that",
        "half of that please",
        "and the half of that",
        "halve that",
        "and halve it",
        "and halved",
        "can you halve that",
        "what if i take half of that",
        "so half of that",
        "cut that in half",
    ),
    ("now half of it",),
)


def _sum(text: str, result: int, ask: str, topic: str) -> Turn:
    said = words(result)
    return Turn(ask, f"{text} is {said}.".capitalize(), topic, (f"is {said}",))


def _small(rng: random.Random, top: int) -> int:
    """A number up to ``top``, small ones more often, as people ask."""
    return rng.randint(0, rng.choice((min(top, 12), min(top, 20), top)))


def _carrying(rng: random.Random) -> tuple[int, int]:
    """Two numbers whose ones add up to ten or more, and both to one hundred at most."""
    while True:
        a, b = rng.randint(2, 89), rng.randint(2, 89)
        if a % 10 + b % 10 >= 10 and a + b <= 100:
            return a, b


def _first_sum(rng: random.Random, held_out: bool) -> tuple[Turn, int]:
    kind = rng.choices(("plus", "minus", "times", "over", "half", "double"), (6, 6, 6, 4, 2, 2))[0]
    practise = not held_out and rng.random() < 0.35
    if kind == "plus":
        a = _small(rng, 100)
        b = _small(rng, 100 - a)
        a, b = rng.sample((a, b), 2)
        if practise:
            a, b = _carrying(rng)
        text, result, ways = f"{words(a)} plus {words(b)}", a + b, PLUS
    elif kind == "minus":
        a = _small(rng, 100)
        b = _small(rng, a if a and rng.random() < 0.93 else 10)
        if practise:
            b, rest = _carrying(rng)
            a = b + rest
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
