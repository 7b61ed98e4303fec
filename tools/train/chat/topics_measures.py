"""Days, months, seasons, unit sizes and opposites."""

import random

from tools.train.chat.facts import DAYS, MONTH_DAYS, MONTHS, OPPOSITES, UNITS, title
from tools.train.chat.number_words import ORDINALS, words
from tools.train.chat.phrase_frames import asking, wondering
from tools.train.chat.phrasing import Phrasings, Turn

AFTER = Phrasings(
    (
        "[what|which] {k} comes after {x}",
        "what comes after {x}",
        "[what is|what's] the {k} after {x}",
        "which {k} is after {x}",
        "what {k} follows {x}",
        "[what is|what's] after {x}",
        "tell me the {k} after {x}",
        *wondering("[what|which] {k} comes after {x}"),
        *asking("the {k} after {x}"),
        "{x} is followed by [what|which] {k}",
        "[what|which] {k} comes [next|right] after {x}",
        "when {x} is over [what|which] {k} is it",
        "{x} and then",
        "what's next after {x}",
    ),
    ("after {x} comes which {k}",),
)
BEFORE = Phrasings(
    (
        "[what|which] {k} comes before {x}",
        "what comes before {x}",
        "[what is|what's] the {k} before {x}",
        "which {k} is before {x}",
        "[what is|what's] before {x}",
        "tell me the {k} before {x}",
        *wondering("[what|which] {k} comes before {x}"),
        *asking("the {k} before {x}"),
        "[what|which] {k} comes [right|just] before {x}",
        "[what|which] {k} do we have before {x}",
        "what's right before {x}",
    ),
    ("before {x} comes which {k}",),
)
NEXT = Phrasings(
    (
        "and after that",
        "and then",
        "and the next one",
        "what comes next",
        "and the {k} after that",
        "and which {k} comes next",
        "and after that one",
        "then what",
        "and which is next",
        "and next",
        "what's next",
        "what comes after that",
        "and what comes then",
        "what comes after that one",
        "after that",
        "and the {k} after",
        "next one",
        "which {k} is next",
        "and what's after that",
    ),
    ("what is the one after that",),
)
TOMORROW = Phrasings(
    (
        "if today is {x} what is tomorrow",
        "today is {x} what day is tomorrow",
        "if it is {x} today what day is tomorrow",
    ),
    ("what day is tomorrow if today is {x}",),
)
YESTERDAY = Phrasings(
    (
        "if today is {x} what was yesterday",
        "today is {x} what day was yesterday",
        "if it is {x} today what day was yesterday",
    ),
    ("what day was yesterday if today is {x}",),
)
DAYS_IN = Phrasings(
    (
        "how many days are [in|there in] {x}",
        "how many days does {x} have",
        "how many days has {x} [got|]",
        "how long is {x}",
        "{x} has how many days",
        "[what is|what's] the number of days in {x}",
        "tell me how many days {x} has",
        *wondering("how many days {x} has"),
        *wondering("how many days there are in {x}"),
        *asking("the number of days in {x}"),
        "how many days long is {x}",
        "{x} how many days",
        "how many days are there in the month of {x}",
        "what is the length of {x}",
        "how many days can {x} have",
    ),
    ("how many days in {x}",),
)
MONTH_AT = Phrasings(
    (
        "[what is|what's|which is] the {n} month [of the year|]",
        "[what|which] month is [the |]{n}",
        "[what|which] month is number {m}",
        "name the {n} month",
        *asking("the {n} month"),
        *wondering("[what|which] month is [the |]{n}"),
        "month number {m}",
        "[what|which] month comes {n}",
        "[what|which] month is in {n} place",
        "the {n} month of the year is",
    ),
    ("tell me the {n} month of the year",),
)
ALL_DAYS = Phrasings(
    (
        "[name|tell me|what are|say] the days of the week",
        "[what are|name] all the days of the week",
        "list the days of the week",
        "which days does a week have",
        *asking("the days of the week"),
        *wondering("what days a week has"),
        "what days are there",
        "recite the days of the week",
        "days of the week",
        "go through the days of the week",
    ),
    ("give me the days of the week",),
)
ALL_MONTHS = Phrasings(
    (
        "[name|tell me|what are|say] the months [of the year|]",
        "[what are|name] all the months [of the year|]",
        "list the months of the year",
        "which months does a year have",
        *asking("the months of the year"),
        *wondering("what months there are"),
        "what months are there",
        "recite the months",
        "months of the year",
        "go through the months",
    ),
    ("give me the months of the year",),
)
SEASONS = Phrasings(
    (
        "[name|what are|tell me] the [four |]seasons",
        "which seasons are there",
        "give me the seasons",
        *asking("the seasons"),
        *wondering("what seasons there are"),
        "what are the four seasons called",
        "list the seasons",
        "the names of the seasons",
    ),
    ("what seasons does a year have",),
)
HOW_MANY = Phrasings(
    (
        "how many {s} are [in|there in] {l}",
        "how many {s} in {l}",
        "how many {s} does {l} have",
        "how many {s} make {l}",
        "how many {s} has {l} [got|]",
        "{l} is how many {s}",
        "[what is|what's] {l} in {s}",
        "how many {s} fit in {l}",
        "how many {s} is {l}",
        "[what is|what's] the number of {s} in {l}",
        "i want to know how many {s} are in {l}",
        "tell me how many {s} are in {l}",
        *wondering("how many {s} {l} has"),
        *wondering("how many {s} are in {l}"),
        *asking("the number of {s} in {l}"),
        "in {l} how many {s} are there",
        "how many {s} do i get from {l}",
        "how many {s} go into {l}",
        "how many {s} can you get in {l}",
        "convert {l} to {s}",
        "{l} in {s}",
        "how many {s} equal {l}",
        "{l} is equal to how many {s}",
    ),
    ("{l} has how many {s}", "how many {s} are there to {l}"),
)
HOW_MANY_NEXT = Phrasings(
    (
        "and in {l}",
        "and {l}",
        "what about {l}",
        "how about {l}",
        "and how many in {l}",
        "okay what about {l}",
        "{l} too",
        "and {l} too",
        "{l} please",
        "now {l}",
        "and now {l}",
        "same for {l}",
        "and {l} please",
        "so what about {l}",
        "and for {l}",
        "how about [in|for] {l}",
        "and how many for {l}",
        "the same for {l}",
    ),
    ("then {l}",),
)
DOZEN = Phrasings(
    (
        "how many is a dozen",
        "how many are in a dozen",
        "[what is|what's] a dozen",
        *wondering("how many a dozen is"),
        "a dozen is how many",
        "what does a dozen mean",
        "how much is a dozen",
    ),
    ("tell me how many a dozen is",),
)
OPPOSITE = Phrasings(
    (
        "[what is|what's] the opposite of {x}",
        "opposite of {x}",
        "tell me the opposite of {x}",
        "what is the opposite word [of|to|for] {x}",
        "the opposite of {x}",
        "what word is the opposite of {x}",
        "[say|give me] the opposite of {x}",
        "i want the opposite of {x}",
        "what is opposite to {x}",
        "name the opposite of {x}",
        *asking("the opposite of {x}"),
        *asking("the opposite word of {x}"),
        *wondering("what the opposite of {x} is"),
        "what is not {x}",
        "if it is not {x} it is what",
        "[what|which] word means the opposite of {x}",
        "opposite word for {x}",
        "{x} opposite",
        "{x} and its opposite",
        "turn {x} into its opposite",
        "what would you say is the opposite of {x}",
        "what is the antonym of {x}",
    ),
    ("do you know the opposite of {x}", "{x} has what opposite"),
)
OPPOSITE_NEXT = Phrasings(
    (
        "and {x}",
        "and of {x}",
        "what about {x}",
        "how about {x}",
        "and the opposite of {x}",
        "okay what about {x}",
        "{x} too",
        "and {x} too",
        "{x} please",
        "now {x}",
        "and now {x}",
        "same for {x}",
        "and {x} please",
        "so what about {x}",
        "and for {x}",
        "how about the opposite of {x}",
        "next {x}",
        "and what of {x}",
        "and what is the opposite of {x}",
    ),
    ("then {x}",),
)


def calendar(rng: random.Random, held_out: bool) -> list[Turn]:
    """Neighbouring days and months, then perhaps the next one."""
    names, kind = rng.choice(((DAYS, "day"), (DAYS, "day"), (MONTHS, "month")))
    i = rng.randrange(len(names))
    step = rng.choice((1, 1, -1))
    ways, word = (AFTER, "After") if step > 0 else (BEFORE, "Before")
    if kind == "day" and rng.random() < 0.15:
        ways = TOMORROW if step > 0 else YESTERDAY
    turns = []
    for n in range(rng.choice((1, 1, 1, 2, 3)) if step > 0 else 1):
        start, found = title(names[i]), title(names[(i + step) % len(names)])
        ask = (NEXT if n else ways).pick(rng, held_out, x=names[i], k=kind)
        topic = "follow-ups" if n else "calendar"
        turns.append(Turn(ask, f"{word} {start} comes {found}.", topic, (f"comes {found}",)))
        i = (i + step) % len(names)
    return turns


def months(rng: random.Random, held_out: bool) -> list[Turn]:
    """The length and number of months; the names of days, months and seasons."""
    i = rng.randrange(12)
    kind = rng.random()
    if kind < 0.45:
        said = f"{words(MONTH_DAYS[i])} days"
        if i == 1:
            said += ", or twenty nine in a leap year"
        turns = []
        for n, j in enumerate((i, *rng.sample(range(12), rng.choice((0, 0, 1))))):
            said = f"{words(MONTH_DAYS[j])} days"
            tail = ", or twenty nine in a leap year" if j == 1 else ""
            ways = HOW_MANY_NEXT if n else DAYS_IN
            ask = ways.pick(rng, held_out, x=MONTHS[j], l=MONTHS[j])
            reply = f"{title(MONTHS[j])} has {said}{tail}."
            turns.append(Turn(ask, reply, "follow-ups" if n else "calendar", (said,)))
        return turns
    if kind < 0.75:
        ask = MONTH_AT.pick(rng, held_out, n=ORDINALS[i], m=words(i + 1))
        reply = f"The {ORDINALS[i]} month is {title(MONTHS[i])}."
        return [Turn(ask, reply, "calendar", (MONTHS[i],))]
    ways, names = rng.choice(
        (
            (ALL_DAYS, DAYS),
            (ALL_MONTHS, MONTHS),
            (SEASONS, ("spring", "summer", "autumn", "winter")),
        )
    )
    shown = [name if ways is SEASONS else title(name) for name in names]
    reply = f"{', '.join(shown[:-1])} and {shown[-1]}."
    return [Turn(ways.pick(rng, held_out), reply[0].upper() + reply[1:], "calendar", tuple(names))]


def _unit_turn(n: int, unit: int, ways: Phrasings, rng: random.Random, held_out: bool) -> Turn:
    _, small, large, larges, size = UNITS[unit]
    one = ("an " if large in ("hour", "inch", "ounce") else "a ") + large
    spoken = (one if rng.random() < 0.8 else f"one {large}") if n == 1 else f"{words(n)} {larges}"
    said = f"{words(n * size)} {small}"
    head = one.capitalize() if n == 1 else spoken.capitalize()
    verb = "has" if n == 1 else "have"
    topic = "follow-ups" if ways is HOW_MANY_NEXT else "units"
    reply = f"{head} {verb} {said}."
    return Turn(ways.pick(rng, held_out, s=small, l=spoken), reply, topic, (said,))


def units(rng: random.Random, held_out: bool) -> list[Turn]:
    """How many small units make a large one, or several large ones."""
    if rng.random() < 0.04:
        return [Turn(DOZEN.pick(rng, held_out), "A dozen is twelve.", "units", ("twelve",))]
    unit = rng.randrange(len(UNITS))
    size = UNITS[unit][4]
    several = min(10, 200 // size) if size < 100 else 10 if size in (100, 1000) else 1
    first = 1 if rng.random() < 0.6 else rng.randint(1, max(1, several))
    turns = [_unit_turn(first, unit, HOW_MANY, rng, held_out)]
    if rng.random() < 0.25:
        second = rng.randint(1, max(1, several))
        turns.append(_unit_turn(second, unit, HOW_MANY_NEXT, rng, held_out))
    return turns


def opposite(rng: random.Random, held_out: bool) -> list[Turn]:
    """The opposite of a word, then perhaps of another."""
    turns = []
    for i, word in enumerate(rng.sample(sorted(OPPOSITES), rng.choice((1, 1, 2)))):
        ask = (OPPOSITE_NEXT if i else OPPOSITE).pick(rng, held_out, x=word)
        reply = f"The opposite of {word} is {OPPOSITES[word]}."
        topic = "follow-ups" if i else "opposites"
        turns.append(Turn(ask, reply, topic, (f"is {OPPOSITES[word]}",)))
    return turns
