"""Sentences to learn from: requests to a small assistant, loose English, and word salad.

Everything is lower case, without punctuation except apostrophes, numbers as words. Two thirds of
the sentences are requests filled from templates, the rest keeps the recogniser from believing that
only requests exist: a model that has seen nothing else hears them everywhere.
"""

import random
import re
import zlib
from collections.abc import Callable
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent
LONGEST = 90  # characters: about seven seconds of speech

ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen"
).split()
TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
ORDINALS = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth "
    "thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth"
).split()


def number(n: int, joiner: str = " ") -> str:
    """A whole number below a billion in words; ``joiner`` stands after hundreds."""
    if n < 20:
        return ONES[n]
    if n < 100:
        return TENS[n // 10 - 2] + (f" {ONES[n % 10]}" if n % 10 else "")
    for size, word in ((1_000_000, "million"), (1_000, "thousand"), (100, "hundred")):
        if n >= size:
            gap = joiner if word == "hundred" else " "
            rest = gap + number(n % size, joiner) if n % size else ""
            return f"{number(n // size, joiner)} {word}{rest}"
    raise ValueError(f"{n} is negative")


def ordinal(n: int) -> str:
    """A day of the month in words, 1 to 31."""
    if n <= 20:
        return ORDINALS[n - 1]
    return "thirtieth" if n == 30 else f"{TENS[n // 10 - 2]} {ORDINALS[n % 10 - 1]}"


def normalise(text: str) -> str:
    """Written English as the recogniser writes it: "It's 3:05, Tom!" → "it's three oh five tom"."""
    text = text.lower().replace("\u2019", "'").replace("%", " percent ").replace("&", " and ")
    text = re.sub(r"(?<=\d),(?=\d{3})", "", text)
    text = re.sub(r"(\d):0(\d)", r"\1 oh \2", text)
    text = re.sub(r"(\d)\.(\d)", r"\1 point \2", text)
    text = re.sub(r"\b(\d{1,2})(?:st|nd|rd|th)\b", lambda m: f" {ordinal(int(m[1]))} ", text)
    text = re.sub(r"\d{1,9}", lambda m: f" {number(int(m[0]))} ", text)
    text = re.sub(r"[^a-z' ]", " ", text)
    return re.sub(r"(?<![a-z])'+|'+(?![a-z])|\s+", " ", text).strip().replace("  ", " ")


def split_of(sentence: str) -> str:
    """Which of "train", "dev" and "test" a sentence belongs to, for ever.

    Decided by its text alone, so no list has to be kept and two generators cannot disagree. Very
    short ones ("stop", "good morning") are what everybody says: they are always learned.
    """
    if len(sentence.split()) < 4:
        return "train"
    return {0: "test", 1: "dev"}.get(zlib.crc32(sentence.encode()) % 40, "train")


@cache
def sections(name: str) -> dict[str, list[str]]:
    """The ``[section]`` blocks of a text file beside this module: heading → its lines."""
    found: dict[str, list[str]] = {}
    for line in (HERE / name).read_text().splitlines():
        if line.startswith("["):
            found[heading := line.strip("[]")] = []
        elif line and not line.startswith("#"):
            found[heading].append(line)
    return found


@cache
def words() -> dict[str, list[str]]:
    """Group → its entries, as in words.txt."""
    return {
        group: [entry.replace("_", " ") for entry in " ".join(lines).split()]
        for group, lines in sections("words.txt").items()
    }


@cache
def vocabulary() -> list[str]:
    """Every single word that the lists and number words hold, in a fixed order."""
    entries = [*ONES, *TENS, *ORDINALS, *(entry for group in words().values() for entry in group)]
    return sorted({word for entry in entries for word in entry.split()})


UNIT_GROUPS = ("lengths", "weights", "volumes", "times")
SINGULAR = {"feet": "foot", "inches": "inch"}
GROUP_OF = {
    "animal": "animals", "food": "foods", "item": "items", "room": "rooms", "device": "devices",
    "medicine": "medicines", "country": "countries", "city": "cities", "planet": "planets",
    "colour": "colours", "body": "body", "symptom": "symptoms", "job": "jobs",
    "adjective": "adjectives", "measure": "measures", "noun": "nouns", "verb": "verbs",
    "day": "days", "month": "months", "topic": "topics", "surname": "surnames",
    "language": "languages",
}  # fmt: skip


class Sentences:
    """A seeded stream of sentences."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.templates = {
            heading.split()[0]: lines for heading, lines in sections("templates.txt").items()
        }
        weights = {h.split()[0]: int(h.split()[1]) for h in sections("templates.txt")}
        self.topics = [topic for topic, weight in weights.items() if weight]
        self.topic_weights = [weights[topic] for topic in self.topics]
        self.makers: dict[str, Callable[[], str]] = {
            "person": self.person,
            "number": lambda: number(self._any_number(), rng.choice([" ", " and "])),
            "few": lambda: number(rng.randint(2, 30)),
            "hundred": lambda: number(rng.randint(1, 100)),
            "duration": self.duration,
            "clock": self.clock,
            "date": self.date,
            "task": lambda: self.fill(rng.choice(self.templates["task"])),
        }

    def sample(self) -> str:
        """One sentence of any kind, at most ``LONGEST`` characters."""
        while True:
            kind = self.rng.random()
            text = self.request() if kind < 0.66 else self.loose() if kind < 0.80 else self.salad()
            if len(text) <= LONGEST:
                return text

    def request(self) -> str:
        """A request from the templates, sometimes politer, sometimes two in one breath."""
        rng, pick = self.rng, self.rng.choice
        topic = rng.choices(self.topics, self.topic_weights)[0]
        text = self.fill(pick(self.templates[topic]))
        if rng.random() < 0.12:
            text = f"{pick(self.templates['prefix'])} {text}"
        if rng.random() < 0.08:
            text = f"{text} {pick(self.templates['suffix'])}"
        if rng.random() < 0.03:
            second = pick(self.templates[pick(["control", "social", "volume", "lights", "list"])])
            text = f"{text}{pick([' and ', ' then ', ' and then ', ' '])}{self.fill(second)}"
        return text

    def loose(self) -> str:
        """A sentence that is grammatical but need not make sense."""
        return self.fill(self.rng.choice(self.templates["free"]))

    def salad(self) -> str:
        """One to eight words in no order: the acoustics alone must tell."""
        rng = self.rng
        pools = (vocabulary(), words()["function_words"])
        count = rng.choice([1, 1, 2, 3, 4, 5, 6, 7, 8])
        return " ".join(rng.choice(pools[rng.random() > 0.75]) for _ in range(count))

    def fill(self, template: str) -> str:
        """The template with every {slot} replaced."""
        units = self.rng.sample(words()[self.rng.choice(UNIT_GROUPS)], 2)
        one = SINGULAR.get(units[1], units[1].removesuffix("s"))
        fixed = {"unit": units[0], "other_unit": units[1], "one_unit": one}
        return re.sub(r"\{(\w+)\}", lambda m: fixed.get(m[1]) or self._slot(m[1]), template)

    def _slot(self, name: str) -> str:
        if maker := self.makers.get(name):
            return maker()
        return self.rng.choice(words()[GROUP_OF[name]])

    def _any_number(self) -> int:
        ranges = [(0, 20), (0, 100), (100, 999), (1000, 99_999)]
        return self.rng.randint(*self.rng.choices(ranges, [35, 40, 17, 8])[0])

    def person(self) -> str:
        """A first name, a title with a surname, or both names."""
        first, last = self.rng.choice(words()["names"]), self.rng.choice(words()["surnames"])
        title = self.rng.choice("doctor mister missus miss nurse professor".split())
        return self.rng.choices([first, f"{title} {last}", f"{first} {last}"], [60, 24, 16])[0]

    def duration(self) -> str:
        """ "five minutes", "half an hour", "two minutes and ten seconds"."""
        rng = self.rng
        unit = rng.choice(["seconds", "minutes", "minutes", "minutes", "hours"])
        count = rng.choice([1, 2, 3, 4, 5, 10, 15, 20, 25, 30, 45, 60, 90, *range(1, 100)])
        plain = f"{number(count)} {unit if count != 1 else unit[:-1]}"
        two = [number(rng.randint(2, 59)) for _ in range(2)]
        kinds = [
            "half an hour",
            "an hour and a half",
            f"one hour and {two[0]} minutes",
            f"{two[0]} minutes and {two[1]} seconds",
            plain,
        ]
        return rng.choices(kinds, [8, 5, 5, 6, 76])[0]

    def clock(self) -> str:
        """A time of day as people say it."""
        rng, hour, minute = self.rng, ONES[self.rng.randint(1, 12)], self.rng.randint(1, 59)
        digits = f"oh {ONES[minute]}" if minute < 10 else number(minute)
        side = rng.choice(["past", "to"])
        kinds = [
            hour + rng.choice([" o'clock", ""]),
            f"{rng.choice(['half past', 'quarter past', 'quarter to'])} {hour}",
            f"{rng.choice(['five', 'ten', 'twenty', 'twenty five'])} {side} {hour}",
            f"{hour} {digits}",
        ]
        if rng.random() < 0.06:
            return rng.choice(["noon", "midnight", "midday"])
        part = "|||in the morning|in the evening|in the afternoon|at night|a m|p m|tonight|tomorrow"
        return f"{rng.choices(kinds, [25, 15, 10, 44])[0]} {rng.choice(part.split('|'))}".strip()

    def date(self) -> str:
        """A day, near or in the calendar."""
        rng, month, day = self.rng, self.rng.choice(words()["months"]), self.rng.randint(1, 31)
        weekdays = words()["days"]
        near = "today|tomorrow|yesterday|tonight|the day after tomorrow|christmas|easter|halloween"
        kinds = [
            rng.choice(weekdays),
            f"{rng.choice(['next', 'this', 'last'])} "
            + rng.choice([*weekdays, "week", "month", "year", "weekend"]),
            f"{month} {rng.choice([ordinal(day), number(day), f'the {ordinal(day)}'])}",
            f"the {ordinal(day)} of {month}",
            rng.choice([*near.split("|"), "new year's eve", "next weekend"]),
        ]
        return rng.choices(kinds, [30, 20, 20, 15, 15])[0]
