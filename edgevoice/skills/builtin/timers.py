"""Timers, alarms and reminders: set them, ask for them, cancel them."""

from collections.abc import Callable, Sequence
from typing import Annotated, Literal

from pydantic import BeforeValidator

from edgevoice.skills.announcing import late_words
from edgevoice.skills.ringing import Ringer
from edgevoice.skills.schedule import (
    After,
    At,
    Entry,
    Kind,
    clock_times,
    found,
    label_of,
    reminder_of,
    ring_time,
)
from edgevoice.skills.spoken_time import duration_words, joined, left_words, when_words
from edgevoice.skills.tool import Effect, Tool, ToolFailedError, tool

LONGEST_TIMER_S = 24 * 3_600
LONGEST_REMINDER_S = 31 * 24 * 3_600
WAKING_HOUR, WORKING_HOUR = 5, 7
"""When a day begins for alarms and for reminders, where nobody says whether am or pm: tomorrow at
six, one is woken in the morning, and reminded in the evening."""
ALL = frozenset({"all", "all of them", "both", "every", "everything"})

Day = Annotated[
    Literal[
        "", "today", "tomorrow",
        "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
    ],
    BeforeValidator(lambda day: day.strip().lower() if isinstance(day, str) else day),
]  # fmt: skip


def timer_tools(ringer: Ringer) -> list[Tool]:
    """All of them, for what `ringer` keeps."""
    return [*_timers(ringer), *_alarms(ringer), *_reminders(ringer)]


def _timers(ringer: Ringer) -> list[Tool]:
    @tool
    async def set_timer(seconds: int, label: str = "") -> str:
        """Set a timer that rings after some time.

        seconds: How long it runs, in seconds.
        label: What it is for, such as pasta; empty if the person does not say.
        """
        if seconds < 1:
            raise ToolFailedError("A timer needs at least one second.")
        if seconds > LONGEST_TIMER_S:
            raise ToolFailedError("A timer can run for 24 hours at most.")
        words = label_of(label)
        ringer.add(Kind.TIMER, After(seconds, ringer.now.moment), words)
        what = f"{words[0].upper()}{words[1:]} timer" if words else "Timer"
        return f"{what} set for {duration_words(seconds)}."

    @tool
    async def cancel_timer(label: str = "") -> str:
        """Cancel a timer.

        label: Which one, by its label or how long it was set for; empty for the only one; all.
        """
        return _cancel(ringer, Kind.TIMER, label, lambda them: found(them, label))

    @tool(effect=Effect.NONE)
    async def timer_status(label: str = "") -> str:
        """How much time is left on the timers.

        label: Which one, by its label or how long it was set for; empty for every one.
        """
        timers = ringer.pending(Kind.TIMER)
        left = [_left(ringer, entry) for entry in found(timers, label) or timers]
        told = f"There are {len(left)} timers." if left[1:] else ""
        return _told([told, *left] if left else ["There is no timer."], ringer, Kind.TIMER)

    return [set_timer, cancel_timer, timer_status]


def _left(ringer: Ringer, entry: Entry) -> str:
    left = entry.when.left(ringer.now)
    return f"Your {entry.name} " + (f"has {left_words(left)} left." if left > 0 else "is done.")


def _alarms(ringer: Ringer) -> list[Tool]:
    @tool
    async def set_alarm(time: str, day: Day = "") -> str:
        """Set an alarm that rings at a time of day.

        time: The time, as HH:MM, from 00:00 to 23:59.
        day: today, tomorrow or a weekday; empty for the next time that it is so late.
        """
        at = ring_time(time, day, ringer.now.local, WAKING_HOUR)
        when = f"will ring {when_words(at, ringer.now.local)}"
        if any(entry.when == At(at) for entry in ringer.pending(Kind.ALARM)):
            return f"That alarm was set already. It {when}."
        ringer.add(Kind.ALARM, At(at))
        return f"The alarm {when}."

    @tool
    async def cancel_alarm(time: str = "") -> str:
        """Cancel an alarm.

        time: Which one, as HH:MM; empty for the only one; all.
        """
        any_time = not time.strip() or time.strip().lower() in ALL
        wanted = None if any_time else clock_times(time)

        def about(them: Sequence[Entry]) -> list[Entry]:
            if wanted is None:
                return list(them)
            now = ringer.now
            next_ones = {at: it for it in them[::-1] if (at := it.ends(now).time()) in wanted}
            return list(next_ones.values())[::-1]

        return _cancel(ringer, Kind.ALARM, time, about)

    @tool(effect=Effect.NONE)
    async def list_alarms() -> str:
        """Say which alarms are set."""
        alarms = [_when(ringer, entry) for entry in ringer.pending(Kind.ALARM)]
        if alarms[1:]:
            said = f"There are {len(alarms)} alarms: {joined(alarms)}."
        else:
            said = f"There is one alarm, {alarms[0]}." if alarms else "There is no alarm."
        return _told([said], ringer, Kind.ALARM)

    return [set_alarm, cancel_alarm, list_alarms]


def _reminders(ringer: Ringer) -> list[Tool]:
    @tool
    async def set_reminder(text: str, seconds: int = 0, time: str = "", day: Day = "") -> str:
        """Remind the person of something, after some time or at a time of day.

        text: What to remind them of, such as: take the bread out.
        seconds: In how many seconds; 0 if a time of day is given.
        time: At which time, as HH:MM, from 00:00 to 23:59; empty if seconds are given.
        day: today, tomorrow or a weekday; empty for the next time that it is so late.
        """
        words = reminder_of(text)
        if not words:
            raise ToolFailedError("What shall I remind you of?")
        if time:
            at = ring_time(time, day, ringer.now.local, WORKING_HOUR)
            ringer.add(Kind.REMINDER, At(at), words)
            return f"I will remind you {when_words(at, ringer.now.local)}."
        if seconds < 1:
            raise ToolFailedError("When shall I remind you?")
        if seconds > LONGEST_REMINDER_S:
            raise ToolFailedError("I can remind you within 31 days at most.")
        ringer.add(Kind.REMINDER, After(seconds, ringer.now.moment), words)
        return f"I will remind you in {duration_words(seconds)}."

    @tool(effect=Effect.NONE)
    async def list_reminders() -> str:
        """Say which reminders are set."""
        there = ringer.pending(Kind.REMINDER)
        each = [f"{_when(ringer, entry)}{_about(entry)}." for entry in there]
        if each[1:]:
            said = [f"There are {len(each)} reminders.", *(it[0].upper() + it[1:] for it in each)]
        else:
            said = [f"There is one reminder, {each[0]}" if each else "There is no reminder."]
        return _told(said, ringer, Kind.REMINDER)

    @tool
    async def cancel_reminder(text: str = "") -> str:
        """Cancel a reminder.

        text: Which one, by what it is of; empty for the only one; all.
        """
        return _cancel(ringer, Kind.REMINDER, text, lambda them: found(them, reminder_of(text)))

    return [set_reminder, list_reminders, cancel_reminder]


# --- what they have in common


def _name(ringer: Ringer, entry: Entry) -> str:
    """How one speaks of it, behind "your"."""
    if entry.kind is Kind.TIMER:
        return entry.name
    return f"{entry.kind.value} {_when(ringer, entry)}"


def _about(entry: Entry) -> str:
    """What it is of, where its name does not say so."""
    return f": {entry.words}" if entry.kind is Kind.REMINDER and entry.words else ""


def _when(ringer: Ringer, entry: Entry) -> str:
    now = ringer.now
    return when_words(entry.ends(now), now.local)


def _told(sentences: Sequence[str], ringer: Ringer, kind: Kind) -> str:
    """`sentences`, and what was missed."""
    missed = ringer.missed(kind)
    told = [*sentences, late_words(missed, ringer.now) if missed else ""]
    return " ".join(filter(None, told))


def _cancel(
    ringer: Ringer, kind: Kind, asked: str, about: Callable[[Sequence[Entry]], list[Entry]]
) -> str:
    """Cancel what a person means who has `asked` for it; `about`: which ones that may be.

    What rang just now is meant first, and is off already: by the same words. Raises
    `ToolFailedError` where nothing is meant, or it is unclear what.
    """
    there = ringer.pending(kind)
    every = asked.strip().lower() in ALL
    if not every and (rang := ringer.just_answered(kind)) and (rung := about(rang)):
        return f"Your {_name(ringer, rung[0])} is off{_about(rung[0])}."
    if not there:
        raise ToolFailedError(f"There is no {kind.value}.")
    chosen = there if every else about(there)
    names = [f"{_name(ringer, entry)}{_about(entry)}" for entry in chosen]
    if every or len(set(names)) == 1:
        chosen = chosen if every else chosen[:1]
        ringer.cancel(chosen)
        if chosen[1:]:
            return f"All {len(chosen)} {kind.value}s are off."
        return f"Your {_name(ringer, chosen[0])} is off{_about(chosen[0])}."
    all_names = joined([f"your {_name(ringer, entry)}{_about(entry)}" for entry in there])
    why = "Which one?" if names else f"There is no such {kind.value}."
    raise ToolFailedError(f"{why} There is {all_names}.")
