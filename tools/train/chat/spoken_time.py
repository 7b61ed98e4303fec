"""Durations and times of day as people say them, with what they come to."""

import random

from tools.train.chat.facts import DAYS
from tools.train.chat.number_words import words

_COMMON_MINUTES = (1, 2, 3, 5, 5, 10, 10, 15, 20, 25, 30, 40, 45, 50, 90)
_COMMON_SECONDS = (10, 15, 20, 30, 40, 45, 60, 90)


def _many(n: int, unit: str) -> str:
    if n == 1:
        return f"one {unit}"
    return f"{words(n)} {unit}s"


def _one(unit: str, rng: random.Random) -> str:
    return rng.choice((f"one {unit}", f"an {unit}" if unit == "hour" else f"a {unit}"))


def _plain(rng: random.Random) -> tuple[str, int]:
    unit, size = rng.choices((("minute", 60), ("second", 1), ("hour", 3600)), (6, 2, 2))[0]
    if unit == "minute":
        n = rng.choice(_COMMON_MINUTES) if rng.random() < 0.4 else rng.randint(1, 60)
        n = rng.choice((70, 75, 80, 90, 100, 120)) if rng.random() < 0.04 else n
    elif unit == "second":
        n = rng.choice(_COMMON_SECONDS) if rng.random() < 0.5 else rng.randint(2, 90)
    else:
        n = rng.choice((1, 2, 3, rng.randint(1, 12), 24))
    return (_one(unit, rng) if n == 1 else _many(n, unit)), n * size


def _parts(rng: random.Random) -> tuple[str, int]:
    n = rng.randint(2, 6)
    m, s = 5 * rng.randint(1, 11), 5 * rng.randint(1, 11)
    h = rng.choice((1, 1, 2, 3, rng.randint(1, 6)))
    hours = _one("hour", rng) if h == 1 else _many(h, "hour")
    low = rng.choice((1, 1, 2, 3, rng.randint(1, 10)))
    minutes = _one("minute", rng) if low == 1 else _many(low, "minute")
    joint = rng.choice((" and ", " and ", " "))
    return rng.choice(
        (
            ("half an hour", 1800),
            ("half an hour", 1800),
            ("a quarter of an hour", 900),
            ("three quarters of an hour", 2700),
            ("an hour and a half", 5400),
            ("one and a half hours", 5400),
            ("an hour and a quarter", 4500),
            (f"{words(n)} and a half hours", n * 3600 + 1800),
            (f"{words(n)} hours and a half", n * 3600 + 1800),
            ("half a minute", 30),
            ("a minute and a half", 90),
            ("one and a half minutes", 90),
            (f"{words(n)} and a half minutes", n * 60 + 30),
            (f"{words(n)} minutes and a half", n * 60 + 30),
            (f"{hours}{joint}{words(m)} minutes", h * 3600 + m * 60),
            (f"{hours}{joint}{words(m)} minutes", h * 3600 + m * 60),
            (f"{minutes}{joint}{words(s)} seconds", low * 60 + s),
            (f"{minutes}{joint}{words(s)} seconds", low * 60 + s),
            (f"one minute {words(s)}" if s > 5 else "one minute thirty", 60 + (s if s > 5 else 30)),
        )
    )


def duration(rng: random.Random) -> tuple[str, int]:
    """A length of time and its seconds."""
    return _parts(rng) if rng.random() < 0.35 else _plain(rng)


def adjective(said: str) -> str:
    """A duration as it stands before a noun: "a ten minute timer"."""
    head, _, unit = said.rpartition(" ")
    return f"{head} {unit.removesuffix('s')}"


def _clock(minute_of_day: int) -> str:
    hour, minute = divmod(minute_of_day % 1440, 60)
    return f"{hour:02d}:{minute:02d}"


def _face(hour: int, rng: random.Random) -> tuple[str, int]:
    """A time around ``hour`` on a clock's face, and its minutes after that hour."""
    said, following = words(hour), words(hour % 12 + 1)
    five = 5 * rng.randint(1, 5)
    minute = rng.choice((10, 15, 20, 30, 40, 45, 50, 55, rng.randint(10, 59)))
    return rng.choices(
        (
            (said, 0),
            (f"{said} o'clock", 0),
            (f"half past {said}", 30),
            (f"{said} thirty", 30),
            (rng.choice((f"quarter past {said}", f"a quarter past {said}")), 15),
            (rng.choice((f"quarter to {following}", f"a quarter to {following}")), 45),
            (f"{words(five)} past {said}", five),
            (f"{words(five)} to {following}", 60 - five),
            (f"{said} {words(minute)}", minute),
            (f"{said} oh five", 5),
        ),
        (5, 3, 3, 2, 1.5, 1.5, 1.5, 1.5, 3, 0.4),
    )[0]


def _part_of_day(hour: int, rng: random.Random) -> tuple[str, int]:
    """Words that tell morning from evening, and the hours that they add to ``hour``."""
    late = [(" pm", 12), (" in the afternoon", 12)] if hour <= 5 else [(" pm", 12)]
    if 5 <= hour <= 10:
        late += [(" in the evening", 12), (" in the evening", 12)]
    if 9 <= hour <= 11:
        late.append((" at night", 12))
    early = [(" am", 0), (" in the morning", 0), (" in the morning", 0)]
    return rng.choice(early if rng.random() < 0.5 else late)


def time_of_day(rng: random.Random, part: int | None = None) -> tuple[str, str]:
    """A time and how a clock of twenty four hours shows it.

    ``part``: the hours that are to be added because the request says "tonight" or "tomorrow
    morning" elsewhere. Without a hint the hour is taken as it is said.
    """
    if part is not None:
        hour = rng.randint(6, 11)
        said, minutes = _face(hour, rng)
        return said, _clock((hour + part) * 60 + minutes)
    chance = rng.random()
    if chance < 0.06:
        return rng.choice((("noon", "12:00"), ("midnight", "00:00"), ("midday", "12:00")))
    if chance < 0.14:
        hour = rng.randint(13, 23)
        minute = rng.choice((0, 15, 30, 45, rng.randint(10, 59)))
        said = f"{words(hour)} {words(minute)}" if minute else f"{words(hour)} o'clock"
        return said, _clock(hour * 60 + minute)
    hour = rng.randint(1, 12)
    said, minutes = _face(hour, rng)
    if chance < 0.55 or hour == 12:
        # "quarter to one" is a quarter of an hour after noon's, as people mean it.
        return said, _clock(hour * 60 + minutes)
    hint, more = _part_of_day(hour, rng)
    return said + hint, _clock((hour + more) * 60 + minutes)


def moment(rng: random.Random, lead: str) -> tuple[str, dict[str, str]]:
    """When something is to happen, after ``lead`` ("at" or "for"), and the arguments for it."""
    chance = rng.random()
    at = "" if lead == "for" else "at "
    if chance < 0.5:
        said, time = time_of_day(rng)
        return f"{at}{said}", {"time": time}
    if chance < 0.62:
        said, time = time_of_day(rng, 0)
        phrase = (
            f"tomorrow morning at {said}" if rng.random() < 0.7 else f"{at}{said} tomorrow morning"
        )
        return phrase, {"time": time, "day": "tomorrow"}
    if chance < 0.72:
        evening, day = rng.choice(
            (("tonight", "today"), ("this evening", "today"), ("tomorrow evening", "tomorrow"))
        )
        said, time = time_of_day(rng, 12)
        phrase = f"{evening} at {said}" if rng.random() < 0.5 else f"{at}{said} {evening}"
        return phrase, {"time": time, "day": day}
    said, time = time_of_day(rng)
    day = rng.choice(("tomorrow", "tomorrow", "today", *(name.lower() for name in DAYS)))
    on = day if day in ("tomorrow", "today") else f"on {day}"
    bare = day if lead == "for" else on
    phrase = f"{bare} at {said}" if rng.random() < 0.5 else f"{at}{said} {on}"
    return phrase, {"time": time, "day": day}
