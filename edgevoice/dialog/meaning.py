"""What words are to the conversation itself, before anybody answers them."""

from dataclasses import dataclass

from edgevoice.dialog.attention import Signal
from edgevoice.dialog.events import (
    Acknowledged,
    Event,
    Misunderstood,
    NothingSaid,
    Stopped,
    Understood,
)
from edgevoice.dialog.phrases import Overlap, Phrases


@dataclass(frozen=True, slots=True)
class Circumstances:
    """How words came to be said. `over_us`: while our reply was heard, and is held now.
    `interrupted`: their beginning took the floor from us. `dozing`: we were told to sleep."""

    over_us: bool
    interrupted: bool
    dozing: bool


def meant(
    words: Understood | Misunderstood, said: Circumstances, phrases: Phrases
) -> tuple[Event, Signal | None]:
    """What the words mean to us, and what they ask for once it is certain that they were all."""
    if said.dozing:  # and therefore nobody asks again
        wakes = isinstance(words, Understood) and phrases.says_wake(words.text)
        return NothingSaid(words.at), Signal.WAKE if wakes else None
    if isinstance(words, Misunderstood):
        return words, None
    nothing = Stopped(words.at) if said.over_us else NothingSaid(words.at)
    if phrases.says_sleep(words.text):
        return nothing, Signal.SLEEP
    if phrases.says_forget(words.text):
        return words, Signal.FORGET  # and we say that we have
    if said.over_us or said.interrupted:
        if phrases.says_stop(words.text):
            return nothing, None
        overlap = phrases.overlap(words.text)
        if said.over_us and overlap in (Overlap.BACKCHANNEL, Overlap.NOTHING):
            return Acknowledged(words.at), None
    return words, None
