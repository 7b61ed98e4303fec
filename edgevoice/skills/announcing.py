"""What is said, unasked, of timers, alarms and reminders that are due."""

from collections.abc import Sequence

from edgevoice.skills.phrasing import joined, sentence
from edgevoice.skills.schedule import Entry, Kind, Now
from edgevoice.skills.spoken_time import time_words, when_words


def ring_words(entries: Sequence[Entry], now: Now) -> str:
    """`entries`, one at least, are due now."""
    timers = [f"your {entry.name}" for entry in entries if entry.kind is Kind.TIMER]
    reminders = [entry for entry in entries if entry.kind is Kind.REMINDER]
    sentences = []
    if any(entry.kind is Kind.ALARM for entry in entries):
        sentences.append(f"It's {time_words(now.local)}.")
    if timers:
        sentences.append(sentence(f"{joined(timers)} {'are' if timers[1:] else 'is'} done"))
    if told := [entry.words for entry in reminders if entry.words]:
        sentences.append(f"A reminder: {joined(told)}.")
    if lost := [entry for entry in reminders if not entry.words]:
        times = joined([time_words(entry.ends(now)) for entry in lost])
        sentences.append(f"You had a reminder at {times}.")
    return " ".join(sentences)


def late_words(entries: Sequence[Entry], now: Now, off: bool = False) -> str:
    """`entries`, one at least, were due some time ago; `off`: while we did not run."""
    reminders = [entry for entry in entries if entry.kind is Kind.REMINDER]
    others = [entry for entry in entries if entry.kind is not Kind.REMINDER]
    parts = [_past(entry, now) for entry in (*others, *reminders)]
    return sentence(f"{'while I was off, ' if off else ''}{joined(parts)}")


def _past(entry: Entry, now: Now) -> str:
    when = when_words(entry.ends(now), now.local)
    match entry.kind:
        case Kind.TIMER:
            return f"your {entry.name} ended {when}"
        case Kind.ALARM:
            return f"there was an alarm {when}"
        case Kind.REMINDER:
            return f"you had a reminder {when}" + (f": {entry.words}" if entry.words else "")
