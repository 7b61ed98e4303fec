"""Timers, alarms and reminders: when each is due, in a world whose clocks are set and fail.

A timer runs for time that really passes: the kernel counts it, asleep or not, and setting the clock
changes nothing. Only for the time that a machine was off there is nothing but the date. An alarm
goes by the clock on the wall, whoever sets it: 7 AM is when the clock says so. A local time that is
skipped in spring comes as much later as the clock was put forward; of one that comes twice in
autumn, the first counts.

Everything here is a value, or a function of values; the present is an argument.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo
from enum import Enum

from edgevoice.privacy.lifetime import Moment, this_moment
from edgevoice.skills.moments import EITHER
from edgevoice.skills.spoken_time import DAYS, duration_words, time_words
from edgevoice.skills.tool import ToolFailedError

MOST_LETTERS = 200
"""Of a label, or of what a reminder is of; the rest is cut."""


class Kind(Enum):
    """What may come due."""

    TIMER = "timer"
    ALARM = "alarm"
    REMINDER = "reminder"


@dataclass(frozen=True, slots=True)
class Now:
    """The present: what the machine says of it, and where that is (None: by its own settings)."""

    moment: Moment
    zone: tzinfo | None = None

    @property
    def local(self) -> datetime:
        """What the clock on the wall shows; without a zone."""
        return self.in_seconds(0)

    def in_seconds(self, seconds: float) -> datetime:
        """What it will show in so many seconds."""
        then = datetime.fromtimestamp(self.moment.wall + seconds, self.zone)
        return then.replace(tzinfo=None)


def local_now() -> datetime:
    """What the clock on the wall shows."""
    return Now(this_moment()).local


@dataclass(frozen=True, slots=True)
class After:
    """When `seconds` have passed since the moment `since`."""

    seconds: int
    since: Moment

    def left(self, now: Now) -> float:
        """Seconds until then; negative: since then."""
        here, since = now.moment, self.since
        if here.boot == since.boot and here.up >= since.up:
            return self.seconds - (here.up - since.up)
        # The machine was off meanwhile. The date may be wrong; what it has run for is not.
        return self.seconds - max(here.up, here.wall - since.wall)


@dataclass(frozen=True, slots=True)
class At:
    """When the clock on the wall shows `local`, which has no zone."""

    local: datetime

    def left(self, now: Now) -> float:
        """Seconds until then; negative: since then."""
        return self.local.replace(tzinfo=now.zone).timestamp() - now.moment.wall


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that will be due. `id`: of its own, and without a meaning. `words`: a timer's
    label, or what a reminder is of; empty where there is none, or it was lost."""

    id: str
    kind: Kind
    when: After | At
    words: str = ""

    @property
    def name(self) -> str:
        """How one speaks of a timer."""
        if self.words:
            return f"{self.words} timer"
        span = f" of {duration_words(self.when.seconds)}" if isinstance(self.when, After) else ""
        return f"timer{span}"

    def ends(self, now: Now) -> datetime:
        """What the clock on the wall shows, or showed, when it is due."""
        return now.in_seconds(self.when.left(now))


def by_time(entries: Sequence[Entry], now: Now) -> list[Entry]:
    """`entries`, the next one first."""
    return sorted(entries, key=lambda entry: entry.when.left(now))


# --- what a person says


_CLOCK = re.compile(rf"(\d{{1,2}}):(\d\d)(?::\d\d)?(?P<either> {EITHER})?", re.ASCII)


def clock_times(text: str) -> tuple[time, ...]:
    """The time of day "HH:MM"; both of "H:MM am/pm", the earlier first. Raises `ToolFailedError`.

    >>> clock_times("4:15 am/pm")
    (datetime.time(4, 15), datetime.time(16, 15))
    """
    match = _CLOCK.fullmatch(text.strip())
    try:
        if match and not match["either"]:
            return (time(int(match[1]), int(match[2])),)
        if match and 1 <= int(match[1]) <= 12:
            early = time(int(match[1]) % 12, int(match[2]))
            return early, early.replace(hour=early.hour + 12)
    except ValueError:
        pass
    raise ToolFailedError("I need a time between 0:00 and 23:59.")


def ring_time(text: str, day: str, now: datetime, morning: int = 0) -> datetime:
    """When the clock shows `text` ("HH:MM" or "H:MM am/pm") on that `day`, seen from `now`.

    `day`: empty for the next time that it does; "today", "tomorrow", or a weekday: the next one,
    today's if the time is still to come. `morning`: the hour from which on another day than today
    a time without its half is looked for. Raises `ToolFailedError`.
    """
    times = clock_times(text)
    day = day.strip().lower()
    if day in ("", "today"):
        there = [datetime.combine(now.date(), each) for each in times]
        if coming := [at for at in there if at > now]:
            return coming[0]
        if day:
            raise ToolFailedError(f"It is after {time_words(there[-1])} already.")
        return there[0] + timedelta(days=1)
    usual = next((each for each in times if each.hour >= morning), times[-1])
    at = datetime.combine(now.date(), usual)
    if day == "tomorrow":
        return at + timedelta(days=1)
    weekdays = [name.lower() for name in DAYS]
    if day not in weekdays:
        raise ToolFailedError("I need a day of the week, or today, or tomorrow.")
    days = (weekdays.index(day) - now.weekday()) % 7
    return at + timedelta(days=days if days or at > now else 7)


_AROUND_LABEL = re.compile(
    r"^(?:(?:the|my|a|an|timers?|for|called|named)\s+)+|\s*\btimers?$", re.IGNORECASE
)


def label_of(text: str) -> str:
    """The label in what a person calls a timer: "pasta" of "my pasta timer"."""
    label = " ".join(text.split()).strip(" .,;:!?\"'")
    return (
        "" if label.lower() in ("timer", "timers") else _AROUND_LABEL.sub("", label)[:MOST_LETTERS]
    )


_LEADING = re.compile(r"^(?:please\s+)?(?:(?:to|that|about|of)\s+)?", re.IGNORECASE)
_YOURS = {
    "i": "you", "me": "you", "my": "your", "mine": "yours", "myself": "yourself",
    "i'm": "you're", "i've": "you've", "i'll": "you'll", "i'd": "you'd", "am": "are",
}  # fmt: skip
_MINE = re.compile(r"\b(?:i'(?:m|ve|ll|d)|i am|i|me|my|mine|myself)\b", re.IGNORECASE)


def reminder_of(text: str) -> str:
    """What a person wants to be reminded of, as it is said to them: "take your pills"."""
    words = " ".join(text.split()).strip(' .,;:!?"').replace("\u2019", "'")
    words = _LEADING.sub("", words, count=1)
    return _MINE.sub(_to_you, words)[:MOST_LETTERS]


def _to_you(match: re.Match[str]) -> str:
    return " ".join(_YOURS[word] for word in match[0].lower().split())


_WORD = re.compile(r"\w+")
_SMALL = {
    name: str(number)
    for number, name in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve".split()
    )
} | {"fifteen": "15", "twenty": "20", "thirty": "30", "forty": "40", "sixty": "60", "ninety": "90"}


def found(entries: Sequence[Entry], asked: str) -> list[Entry]:
    """Those whose words, or span, hold all the words of `asked`; every one if it has none."""
    wanted = _words(label_of(asked))
    return [entry for entry in entries if wanted <= _words(f"{entry.words} {entry.name}")]


def _words(text: str) -> set[str]:
    plain = (_SMALL.get(word, word) for word in _WORD.findall(text.lower()))
    return {word.removesuffix("s") or word for word in plain}
